"""gpg as the box calls it: in time, and with nothing of a letter on any disk."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from reportbox.adapters.gpg import GpgKeyring
from reportbox.errors import PeerUnavailable

SIGNER = "desk@hotline.example"
OPEN = Path("/proc/self/fd")  # a file for each one this process holds open
# The real gpg, but for what is called to encrypt.
SLOW = """#!/bin/sh
for word in "$@"; do [ "$word" = --encrypt ] && sleep 60; done
exec {gpg} "$@"
"""


@pytest.fixture
def home() -> Iterator[Path]:
    # A short path of its own: gpg's agent cannot live deep in pytest's folders.
    with TemporaryDirectory(prefix="rbt-", ignore_cleanup_errors=True) as folder:
        made = Path(folder) / "gnupg"
        yield made
        subprocess.run(["gpgconf", "--homedir", made, "--kill", "all"], check=True)


@pytest.fixture
def own_key(home: Path) -> str:
    return GpgKeyring(home, SIGNER).create_own_key("Practice Hotline")


def test_a_gpg_that_hangs_is_ended_and_the_letter_waits(
    home: Path, own_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "gpg"
    slow.write_text(SLOW.format(gpg=shutil.which("gpg")))
    slow.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    ring = GpgKeyring(home, SIGNER, longest=2)
    began = time.monotonic()

    with pytest.raises(PeerUnavailable, match="gpg could not encrypt"):
        ring.sign_and_encrypt(b"item one", own_key)

    assert time.monotonic() - began < 30


def test_a_letter_of_many_lines_is_sealed_and_opened_to_the_byte(
    home: Path, own_key: str
) -> None:
    ring = GpgKeyring(home, SIGNER)
    letter = b"item one\r\n" * 200_000
    open_before = len(list(OPEN.iterdir()))

    sealed = ring.sign_and_encrypt(letter, own_key)

    opened, signer = ring.decrypt(sealed)
    assert opened == letter
    assert SIGNER in signer
    assert len(list(OPEN.iterdir())) == open_before
