"""What a running box writes is the box's own: nobody else on the machine reads it."""

import http.client
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.settings import Settings
from tests.bench.served import REAL, served
from tests.house import token_in

PORT = 8640


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = os.umask(0o077)
    yield tmp_path_factory.mktemp("rb")
    os.umask(before)


def test_no_file_of_a_box_at_work_is_open_to_others(folder: Path) -> None:
    with PracticeInternet(folder / "net") as internet:
        box = folder / "box"
        box.mkdir()
        file, settings = set_up(box, internet, PORT, form_wait_seconds=0)
        database.close_file()
        os.umask(0o022)  # as a shell has it
        with served(REAL, file, settings):
            form = _ask(settings.public_port, "GET", "/")
            _ask(settings.desk_port, "GET", "/")
            report = {"token": token_in(form), "address": "https://item-one.example/"}
            _ask(settings.public_port, "POST", "/", report)
            _until_it_leads(settings)
            for words in (["check"], ["backup"], ["key", "create"]):
                command = [sys.executable, "-m", "reportbox", "--settings", str(file)]
                subprocess.run([*command, *words], capture_output=True, check=False)

            written = list(_files_of(settings))
        for home in (settings.gnupg_home, folder / "net" / "lea"):
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)

    names = {path.name for path, _ in written}
    assert {"reportbox.db", "leader.lock", "database-key", "tally"} <= names
    assert [f"{path} {mode:o}" for path, mode in written if mode & 0o077] == []


def _ask(port: int, method: str, path: str, form: dict[str, str] | None = None) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"X-Real-IP": "127.9.8.7"}  # as the web server in front sets it
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, urlencode(form or {}), headers)
    page = connection.getresponse().read().decode()
    connection.close()
    return page


def _until_it_leads(settings: Settings) -> None:
    lock, deadline = settings.data_dir / "leader.lock", time.monotonic() + 20
    while not (lock.exists() and lock.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _files_of(settings: Settings) -> Iterator[tuple[Path, int]]:
    for folder in (settings.data_dir, settings.secrets_dir, settings.run_dir):
        for path in (folder, *folder.rglob("*")):
            yield path, stat.S_IMODE(path.lstat().st_mode)
