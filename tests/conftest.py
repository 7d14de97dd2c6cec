"""Shared stage props: a box, a still clock, and the practice internet on loopback.

The tests run far from UTC on purpose: nothing may depend on the machine's zone.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import gnupg
import pytest
from flask import Flask

from reportbox.adapters.loop import AnswersLoop
from reportbox.app import create_app
from reportbox.office.accounts import add_account
from reportbox.ports import World
from reportbox.practice.atlas import practice_atlas
from reportbox.practice.box import set_up
from reportbox.practice.demo import PEOPLE
from reportbox.practice.internet import HOME, PracticeInternet
from reportbox.practice.manners import good_manners
from reportbox.records import database
from reportbox.records.settings_chosen import SettingsChosen
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import Settings
from reportbox.tracing.proxies import read_proxies
from reportbox.web import plug
from reportbox.world import lookups_of, real_world
from tests.clock import StillClock
from tests.house import House
from tests.watched import sitecustomize as watched

os.environ["TZ"] = "Pacific/Chatham"
time.tzset()

# Whatever would leave this machine is stopped here and in every process begun here.
_notes = tempfile.NamedTemporaryFile(prefix="rb-went-to-")  # noqa: SIM115 - to the end
os.environ[watched.NOTES] = _notes.name
_folder = str(Path(watched.__file__).parent)
_paths = [_folder, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, _paths)))
watched.watch()


@pytest.fixture(autouse=True)
def _nothing_leaves_this_machine() -> Iterator[None]:
    yield
    assert watched.went_to() == []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What a process did after its test had ended fails the run."""
    if left := watched.went_to():
        print(f"\nThis would have left the machine: {left}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@dataclass(frozen=True)
class Pattern:
    """A box made once; each test gets a copy of its database."""

    folder: Path
    settings: Settings
    internet: PracticeInternet


@pytest.fixture(scope="session")
def pattern() -> Iterator[Pattern]:
    # A short path of its own: gpg's agent cannot live deep in pytest's folders.
    with tempfile.TemporaryDirectory(prefix="rbt-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with PracticeInternet(folder) as internet:
            _, settings = set_up(
                folder, internet, 8081, second_look_percent=0, form_wait_seconds=0
            )
            for person in PEOPLE:
                password = f"a sentence of {person.username[::-1]}"
                add_account(person, password, StillClock().now())
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            database.close_file()
            yield Pattern(folder, settings, internet)
        for home in (settings.gnupg_home, folder / "lea"):
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


@pytest.fixture
def internet(pattern: Pattern) -> PracticeInternet:
    """The practice internet as on its first day."""
    fresh = practice_atlas(HOME)
    for name in (
        "networks",
        "hosts",
        "aliases",
        "broken",
        "registry_down",
        "registrars",
    ):
        setattr(pattern.internet.atlas, name, getattr(fresh, name))
    pattern.internet.names.questions.clear()
    pattern.internet.more_names.questions.clear()
    pattern.internet.registry.calls.clear()
    pattern.internet.post_office.letters.clear()
    pattern.internet.post_office.manners = good_manners
    return pattern.internet


@pytest.fixture(scope="session")
def weak_key() -> Iterator[Callable[[str, int], str]]:
    """Make a public key such as some still have, by its kind and length; each once."""
    subkeys = {"RSA": {"subkey_type": "RSA", "subkey_usage": "encrypt"}}
    with tempfile.TemporaryDirectory(prefix="rbw-", ignore_cleanup_errors=True) as home:
        ring = gnupg.GPG(gnupghome=home, options=["--batch"])

        @cache
        def made(kind: str, bits: int) -> str:
            request = ring.gen_key_input(
                key_type=kind,
                key_length=bits,
                key_usage="sign",
                subkey_length=bits,
                name_email=f"{kind.lower()}-{bits}@police.example",
                no_protection=True,
                **subkeys.get(kind, {"subkey_type": "ELG-E"}),
            )
            return str(ring.export_keys(ring.gen_key(request).fingerprint))

        yield made
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


@pytest.fixture
def settings(pattern: Pattern, tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(pattern.settings.database, data / "reportbox.db")
    # gpg's home keeps its short name; everything else is this test's own.
    (data / "gnupg").symlink_to(pattern.settings.gnupg_home)
    return replace(pattern.settings, data_dir=data, run_dir=tmp_path / "run")


@pytest.fixture
def empty_box(settings: Settings) -> Iterator[Settings]:
    open_ready_database(settings)
    yield settings
    database.close_file()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def house(
    empty_box: Settings, clock: StillClock, internet: PracticeInternet, pattern: Pattern
) -> House:
    return build_house(empty_box, clock, internet, pattern)


def build_house(
    settings: Settings, clock: StillClock, internet: PracticeInternet, pattern: Pattern
) -> House:
    """Build the application over an open database."""
    with_short_home = replace(settings, data_dir=pattern.settings.data_dir)
    resolver, registry = lookups_of(settings, clock)
    world = replace(
        real_world(with_short_home),
        clock=clock,
        loop=AnswersLoop(registry.close),
        resolver=resolver,
        registry=registry,
    )
    house = House(app_of(settings, world), settings, world, clock, internet)
    _plug_in(house, pattern)
    return house


def _plug_in(house: House, pattern: Pattern) -> None:
    """Let the box try other settings, and be renewed, as gunicorn would do it."""

    def world_of(those: Settings) -> World:
        short = replace(those, data_dir=pattern.settings.data_dir)
        return replace(real_world(short), clock=house.clock)

    def renew() -> None:
        plug(house.app, house.settings.with_chosen(SettingsChosen.now()), house.world)

    house.app.extensions.update(world_of=world_of, renew=renew)


def app_of(settings: Settings, world: World) -> Flask:
    """Copy the application, as its pages and templates take long to read in."""
    app = copy(_app_once(settings.practice, settings, world))
    app.extensions, app.config = dict(app.extensions), copy(app.config)
    plug(app, settings, world)
    read_proxies(settings.proxies_file)
    return app


_apps: dict[bool, Flask] = {}  # what belongs to a practice box alone, and what does not


def _app_once(is_practice: bool, settings: Settings, world: World) -> Flask:
    if is_practice not in _apps:
        _apps[is_practice] = create_app(settings, world)
        _apps[is_practice].jinja_env.auto_reload = False
    return _apps[is_practice]
