"""The appliance, installed by its own scripts below a scratch folder."""

import os
import re
import shutil
import site
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.test_installer import COMMANDS

CHECKOUT = Path(__file__).parents[1]
WORDS = (CHECKOUT / "installer/lib.sh").read_text()
PARTS = WORDS.partition("\nPARTS=(")[2].partition(")")[0].split()
CODE = re.compile(r"^ +[A-Z2-9]{5}(-[A-Z2-9]{5}){3}$", re.MULTILINE)
NAMES = ("--public", "report.hotline.example", "--desk", "desk.hotline.example")


@dataclass(frozen=True)
class Machine:
    """A scratch folder that stands for a whole machine, and a checkout beside it."""

    root: Path
    checkout: Path

    def at(self, path: str) -> Path:
        return self.root / path

    @property
    def current(self) -> Path:
        return self.at("opt/reportbox/current").readlink()

    def runs(self, script: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self._do(str(self.checkout / "installer" / script), *options)

    def installs(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Install as the README says, as whoever runs the tests: without sudo."""
        self._prepare_packages()
        words = COMMANDS[-1].removeprefix("sudo ")
        as_printed = f'cd {self.checkout} && {words} "$@"'
        return self._do("bash", "-c", as_printed, "bash", *options)

    def says(self, *words: str) -> str:
        """Ask the installed command."""
        return self._do(str(self.checkout / "installer/reportbox.sh"), *words).stdout

    def _do(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={
                "PATH": os.defpath,
                "ROOT": str(self.root),
                "RELEASE": str(self.root / "opt/reportbox/current"),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _prepare_packages(self) -> None:
        """Lend the coming release the packages these tests run with.

        What the installer finds is a .venv at its place, made for its lock.
        """
        words = "source installer/lib.sh; echo $OPT/releases/$(release_name)"
        release = self._do("bash", "-c", f"cd {self.checkout}; {words}").stdout.strip()
        venv = Path(release) / ".venv"
        subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", venv], check=True
        )
        [packages] = venv.glob("lib/python*/site-packages")
        lent = [release, *site.getsitepackages()]
        (packages / "lent.pth").write_text("\n".join(lent) + "\n")
        command = venv / "bin/reportbox"
        command.write_text(
            f"#!{venv}/bin/python\nfrom reportbox.cli import main\nmain()\n"
        )
        command.chmod(0o755)
        promise = f"cd {self.checkout}; cat requirements.lock pyproject.toml"
        version = f"<({venv}/bin/python --version)"
        stamp = f"{venv}/.lock-stamp-requirements"
        self._do("bash", "-c", f"{promise} {version} | sha256sum >{stamp}")

    def grows(self, name: str, body: str) -> None:
        """Add a migration to the checkout, as a newer release may bring one."""
        text = f'"""As in a newer release."""\n\n\ndef up(migrator, db):\n    {body}\n'
        folder = self.checkout / "reportbox/records/migrations"
        (folder / f"{name}.py").write_text(text)


@contextmanager
def a_machine() -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="rb") as folder:  # gpg wants short names
        machine = Machine(Path(folder, "m"), Path(folder, "checkout"))
        machine.at("etc").mkdir(parents=True)
        shutil.copy("/etc/os-release", machine.at("etc"))
        for part in PARTS:
            source = CHECKOUT / part
            if source.is_dir():
                skip = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, machine.checkout / part, ignore=skip)
            else:
                shutil.copy(source, machine.checkout)
        yield machine


@pytest.fixture
def bare() -> Iterator[Machine]:
    with a_machine() as machine:
        yield machine


@pytest.fixture
def box() -> Iterator[Machine]:
    """Install one that a test may do anything to."""
    with a_machine() as machine:
        done = machine.installs()
        assert done.returncode == 0, done.stderr
        yield machine


@pytest.fixture(scope="module")
def installed() -> Iterator[tuple[Machine, str]]:
    """Install one that tests only look at, and keep what was said."""
    with a_machine() as machine:
        done = machine.installs(*NAMES, "--desk-from", "192.0.2.0/24")
        assert done.returncode == 0, done.stderr
        yield machine, done.stdout


def words_of(path: Path) -> str:
    return path.read_text()


def test_it_ends_with_the_wizards_address_and_a_code(
    installed: tuple[Machine, str],
) -> None:
    _, said = installed

    end = said[said.index("is installed") :]
    assert "\n    https://desk.hotline.example/setup\n" in end
    assert CODE.search(end)


def test_nobody_else_can_read_a_file_of_the_box(
    installed: tuple[Machine, str],
) -> None:
    machine, _ = installed
    own = [machine.at(p) for p in ("opt/reportbox", "etc/reportbox")]
    files = [
        path
        for folder in [*own, machine.at("var/lib/reportbox")]
        for path in [folder, *folder.rglob("*")]
        if not path.is_symlink() and ".venv" not in path.parts  # lent by the tests
    ]

    assert len(files) > 100
    assert [path for path in files if path.stat().st_mode & 0o007] == []
    closed = [machine.at(f"etc/reportbox/{x}") for x in ("secrets", "tls", "nginx")]
    for path in [x for folder in closed for x in [folder, *folder.iterdir()]]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_keys_are_four_and_no_two_alike(installed: tuple[Machine, str]) -> None:
    machine, _ = installed
    keys = [x.read_text() for x in machine.at("etc/reportbox/secrets").iterdir()]

    assert len(set(keys)) == 4
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)


def test_the_settings_hold_what_is_of_this_machine_and_nothing_else(
    installed: tuple[Machine, str],
) -> None:
    machine, _ = installed
    settings = tomllib.loads(words_of(machine.at("etc/reportbox/reportbox.toml")))

    # The folders are below the scratch folder, which no machine has.
    faces = {key: settings[key] for key in settings if not key.endswith("_dir")}
    assert faces == {
        "public_url": "https://report.hotline.example",
        "desk_url": "https://desk.hotline.example",
        "portal_url": "https://desk.hotline.example:4444",  # a name that is shared
    }


def test_the_sites_are_filled_in_and_close_the_desk(
    installed: tuple[Machine, str],
) -> None:
    machine, _ = installed
    site = words_of(machine.at("etc/nginx/sites-enabled/reportbox.conf"))

    assert not re.search("@[A-Z_]+@", site)
    assert "server_name desk.hotline.example report.hotline.example;" in site
    assert re.findall(r"listen (\d+) ssl;", site) == ["443", "443", "4444"]
    assert re.findall(r"proxy_pass .*:(\d+);", site) == ["8081", "8082", "8083"]
    assert site.count("allow 192.0.2.0/24; deny all;") == 1


def test_its_own_certificate_names_every_host(installed: tuple[Machine, str]) -> None:
    machine, said = installed
    file = machine.at("etc/reportbox/tls/made-here.pem")
    told = subprocess.run(
        [
            "openssl",
            "x509",
            "-noout",
            "-ext",
            "subjectAltName",
            "-fingerprint",
            "-sha256",
            "-in",
            str(file),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "DNS:desk.hotline.example, DNS:report.hotline.example" in told
    assert told.strip().rpartition("=")[2] in said


def test_nothing_but_the_appliance_is_installed(
    installed: tuple[Machine, str],
) -> None:
    machine, _ = installed

    parts = {x.name for x in machine.current.iterdir()} - {".venv"}
    assert parts == set(PARTS)
    assert not {".git", "tests"} & parts


def test_the_installed_command_works(installed: tuple[Machine, str]) -> None:
    machine, _ = installed

    assert CODE.search("  " + machine.says("setup-code").split()[1])


def test_nobody_at_a_terminal_gets_the_machines_own_name_and_three_ports(
    bare: Machine,
) -> None:
    bare.runs("install.sh", "--first-port", "9001", "--wheels", "/no/such/folder")

    settings = tomllib.loads(words_of(bare.at("etc/reportbox/reportbox.toml")))
    public = settings["public_url"]
    assert settings["desk_url"] == f"{public}:4443"
    assert settings["portal_url"] == f"{public}:4444"
    assert [settings[f"{x}_port"] for x in ("public", "desk", "portal")] == [
        9001,
        9002,
        9003,
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--colour", "blue"], "there is no option --colour"),
        (["--public"], "what should follow --public?"),
        (["--public", "https://report.hotline.example"], "is no name"),
        (["--desk", "two words"], "is no name"),
        (["--portal", "-portal.hotline.example"], "is no name"),
        (["--desk-from", "the office"], "'the' is no network"),
        (["--certbot", "nobody"], "is no mail address"),
        (["--certificate", "/etc/os-release"], "which --key belongs to"),
        (["--key", "/etc/os-release"], "which --certificate belongs to"),
        (
            ["--certificate", "/no/such.pem", "--key", "/etc/os-release"],
            "there is no file /no/such.pem",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words_before_anything_is_made(
    bare: Machine, options: list[str], words: str
) -> None:
    refusal = bare.runs("install.sh", *options)

    assert refusal.returncode == 1
    assert words in refusal.stderr
    assert not bare.at("var").exists()


def test_another_system_is_refused(bare: Machine) -> None:
    bare.at("etc/os-release").write_text("ID=f\nVERSION_ID=40\nPRETTY_NAME='F 40'\n")

    refusal = bare.runs("install.sh")

    assert refusal.returncode == 1
    assert "this is F 40" in refusal.stderr


def test_a_folder_without_the_packages_is_refused(bare: Machine) -> None:
    refusal = bare.runs("install.sh", "--wheels", "no-such-folder")

    assert refusal.returncode == 1
    assert "there is no folder" in refusal.stderr


def test_running_it_again_repairs_and_leaves_keys_and_the_operators_file(
    box: Machine,
) -> None:
    secrets, file = box.at("etc/reportbox/secrets"), "etc/reportbox/reportbox.toml"
    keys = {x.name: x.read_text() for x in secrets.iterdir()}
    with box.at(file).open("a") as settings:
        settings.write('time_zone = "Europe/Tallinn"  # mine\n')
    before = words_of(box.at(file))
    harmed = box.current / "reportbox/errors.py"
    harmed.write_text("broken")
    unit = box.at("etc/systemd/system/reportbox.service")
    unit.unlink()

    again = box.runs("install.sh")

    assert again.returncode == 0, again.stderr
    assert words_of(box.at(file)) == before
    assert {x.name: x.read_text() for x in secrets.iterdir()} == keys
    assert words_of(harmed) == words_of(CHECKOUT / "reportbox/errors.py")
    assert unit.exists()
    assert "Database: Nothing to do." in again.stdout
    refusal = box.runs("install.sh", "--desk", "other.hotline.example")
    assert refusal.returncode == 1
    assert "change it there, then start me again" in refusal.stderr


def test_a_key_is_never_made_anew_beside_the_data_it_belongs_to(box: Machine) -> None:
    key = box.at("etc/reportbox/secrets/database-key")
    key.unlink()

    refusal = box.runs("install.sh")

    assert refusal.returncode == 1
    assert "put it back" in refusal.stderr
    assert not key.exists()


def test_an_upgrade_keeps_the_release_before_and_one_command_goes_back(
    box: Machine,
) -> None:
    first = box.current
    box.grows("0100_newer", "db.execute_sql('CREATE TABLE newer (id INTEGER)')")

    upgraded = box.installs()
    second = box.current
    box.says("setup-code")
    unasked = box.runs("rollback.sh")
    back = box.runs("rollback.sh", "--yes")

    assert upgraded.returncode == 0, upgraded.stderr
    assert "Backup: before the upgrade" in upgraded.stdout
    assert "Database: Applied: 0100_newer." in upgraded.stdout
    assert second != first
    assert unasked.returncode == 1
    assert "reports, verdicts and letters since then will not be in it" in (
        unasked.stdout
    )
    assert back.returncode == 0, back.stderr
    assert box.current == first
    assert box.says("upgrade") == "Nothing to do.\n", "the old one reads its database"
    assert box.at("var/lib/reportbox/after-upgrade/reportbox.db").exists()
    assert box.runs("rollback.sh", "--yes").returncode == 1, "there is nothing before"


def test_an_upgrade_that_changes_no_table_goes_back_without_a_word_of_loss(
    box: Machine,
) -> None:
    first = box.current
    (box.checkout / "CHANGELOG.md").write_text("# Changes\n")
    box.installs()

    back = box.runs("rollback.sh")

    assert back.returncode == 0, back.stderr
    assert box.current == first


def test_a_change_that_fails_leaves_the_database_and_the_release_as_they_were(
    box: Machine,
) -> None:
    first = box.current
    box.grows("0100_half", "db.execute_sql('CREATE TABLE half (id INTEGER)')")
    box.grows("0101_broken", "db.execute_sql('no such words')")

    refusal = box.installs()

    assert refusal.returncode == 1
    assert "the upgrade was not made" in refusal.stderr
    assert box.current == first
    assert box.says("upgrade") == "Nothing to do.\n"
    assert not box.at("opt/reportbox/previous").exists()


def everything(machine: Machine) -> list[str]:
    return sorted(str(x.relative_to(machine.root)) for x in machine.root.rglob("*"))


def test_uninstalled_with_its_data_it_leaves_nothing(bare: Machine) -> None:
    bare.installs()

    gone = bare.runs("uninstall.sh", "--delete-data")
    again = bare.runs("uninstall.sh", "--delete-data")

    assert gone.returncode == 0, gone.stderr
    assert again.returncode == 0, again.stderr
    files = [x for x in bare.root.rglob("*") if not x.is_dir()]
    assert files == [bare.at("etc/os-release")]
    assert [x for x in everything(bare) if "reportbox" in x] == []


def test_uninstalled_without_its_data_a_later_box_takes_them_up(box: Machine) -> None:
    keys = box.at("etc/reportbox/secrets")
    before = {x.name: x.read_text() for x in keys.iterdir()}

    unsure = box.runs("uninstall.sh")
    gone = box.runs("uninstall.sh", "--keep-data")
    kept = [x for x in everything(box) if "reportbox" in x]
    again = box.installs()

    assert unsure.returncode == 1
    assert gone.returncode == 0, gone.stderr
    assert {x.split("/reportbox")[0] for x in kept} == {"etc", "var/lib"}
    assert again.returncode == 0, again.stderr
    assert {x.name: x.read_text() for x in keys.iterdir()} == before
    assert "Database: Nothing to do." in again.stdout
