"""The settings file is the manual, so the manual must be true."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reportbox.errors import Misconfigured
from reportbox.settings import Settings

MANUAL = Path(__file__).parents[1] / "config" / "reportbox.toml"
REQUIRED = "".join(
    line for line in MANUAL.read_text().splitlines(keepends=True) if line[0].isalpha()
)


def with_line(tmp_path: Path, line: str) -> Path:
    file = tmp_path / "reportbox.toml"
    key = line.partition(" ")[0]
    kept = [x for x in REQUIRED.splitlines() if x.partition(" ")[0] != key]
    file.write_text("\n".join([*kept, line]))
    return file


def test_the_manual_shows_every_setting_and_no_other() -> None:
    shown = re.findall(r"^(?:# )?(\w+) = ", MANUAL.read_text(), re.MULTILINE)

    assert sorted(shown) == sorted(Settings.names())


def test_the_manual_shows_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "reportbox.toml"
    file.write_text(re.sub(r"(?m)^# (?=\w+ = )", "", MANUAL.read_text()))

    assert Settings.read(file) == Settings.read(MANUAL)


def test_a_misspelt_key_stops_the_start_and_the_right_one_is_named(
    tmp_path: Path,
) -> None:
    file = with_line(tmp_path, 'smpt_host = "mail.example"')

    with pytest.raises(Misconfigured, match=r"“smpt_host”\. Did you mean “smtp_host”"):
        Settings.read(file)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('smtp_port = "twenty-five"', "“smtp_port” cannot be 'twenty-five'"),
        ("smtp_port = 99999", "“smtp_port” cannot be 99999: it is 1 to 65535"),
        ('mode = "watch"', "it is one of assess, register_and_forward"),
        ('country = "ee"', "two capital letters"),
        ('time_zone = "Mars/Olympus"', "no such time zone"),
        ('desk_url = "desk.hotline.example"', "write it like https://"),
        ('listen_address = "0.0.0.0"', "the web server stands in front"),
        ('resolvers = ["nonsense"]', "write it as an address"),
        ('whois_servers = ["arin=host:abc"]', "write it as a name"),
        ('embed_on = ["x; script-src *"]', "https://www.hotline.example"),
        ('smtp_host = "mail..example"', "no machine can be called so"),
        ('smtp_host = "mail.example."', "no machine can be called so"),
        ('smtp_host = "mäil.example"', "no machine can be called so"),
        ('smtp_host = "mail server.example"', "no machine can be called so"),
        ('smtp_host = "192.0.2.300"', "no machine can be called so"),
        (f'smtp_host = "{"a" * 64}.example"', "no machine can be called so"),
        (f'smtp_host = "{"a." * 130}example"', "no machine can be called so"),
        ('imap_host = "-mail.example"', "no machine can be called so"),
        ('desk_url = "https://-desk.example"', "no machine can be called so"),
        ('desk_url = "https://desk.example:99999"', "no machine can be called so"),
        ('portal_url = "https://[::1"', "no machine can be called so"),
        ('verify_url = "https://:8080"', "no machine can be called so"),
        ('embed_on = ["https://-www.example"]', "https://www.hotline.example"),
        ('rdap_urls = ["arin=https://-rdap.example"]', "no machine can be called so"),
        ('whois_servers = ["arin=whois..example"]', "write it as a name"),
        ('registry_hosts = ["registry..example"]', "write it as a name"),
        ('registry_hosts = ["https://registry.example"]', "write it as a name"),
        ('resolvers = ["192.0.2.300"]', "write it as an address"),
        ('origin_views = ["origin..example"]', "the name of a zone"),
        ('backup_sftp = "box@backup..example/f"', "box@backup.example"),
        ("portal_port = 8082", "each face needs a port of its own"),
        ("practice = 1", "“practice” cannot be 1"),
        ("working_day_begins = 17", "the working day ends before it begins"),
        ('holidays_region = "DE-BY"', "only what follows the hyphen"),
        ('closed_on = ["24 December"]', 'each like "2026-12-24", or "12-24"'),
        ("closed_on = [2026-12-24]", 'each like "2026-12-24", or "12-24"'),
        ('closed_on = ["12-24", "2026-02-29"]', "there is no 2026-02-29"),
        ('closed_on = ["13-01"]', "there is no 13-01"),
    ],
)
def test_a_value_that_cannot_work_is_named_with_what_can(
    tmp_path: Path, line: str, sentence: str
) -> None:
    with pytest.raises(Misconfigured, match=re.escape(sentence)):
        Settings.read(with_line(tmp_path, line))


@pytest.mark.parametrize(
    "line",
    [
        'smtp_host = "mail.hotline.example"',
        'smtp_host = "relay"',
        'smtp_host = "192.0.2.25"',
        'smtp_host = "2001:db8::25"',
        'smtp_host = "mail25.example"',
        'imap_host = "xn--mil-qla.example"',
        'resolvers = ["192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"]',
        'backup_sftp = "box@[2001:db8::22]:22/folder"',
        'desk_url = "http://localhost:8081"',
        'whois_servers = ["arin=whois.example:43"]',
    ],
)
def test_every_way_to_name_a_machine_is_taken(tmp_path: Path, line: str) -> None:
    Settings.read(with_line(tmp_path, line))


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "reportbox.toml"
    file.write_text('public_url = "https://report.hotline.example"')

    with pytest.raises(Misconfigured, match="“desk_url” is missing"):
        Settings.read(file)


def test_a_file_may_leave_open_whose_box_it_is(tmp_path: Path) -> None:
    file = tmp_path / "reportbox.toml"
    urls = [line for line in REQUIRED.splitlines() if "_url" in line]
    file.write_text("\n".join(urls))

    assert not Settings.read(file).is_complete
    assert Settings.read(MANUAL).is_complete


def secret_read_under_systemd(folder: Path, name: str) -> str:
    """Read a secret in a process that was handed a folder, as systemd does it."""
    program = (
        "import sys; from pathlib import Path; from reportbox.settings import Settings;"
        "print(Settings.read(Path(sys.argv[1])).secret(sys.argv[2]))"
    )
    file = with_line(folder, f'secrets_dir = "{folder}"')
    said = subprocess.run(
        [sys.executable, "-c", program, str(file), name],
        env={**os.environ, "CREDENTIALS_DIRECTORY": str(folder / "handed")},
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


def test_a_secret_that_systemd_hands_over_goes_first(tmp_path: Path) -> None:
    (tmp_path / "handed").mkdir()
    (tmp_path / "database-key").write_text("1" * 64)
    (tmp_path / "handed" / "database-key").write_text("2" * 64)

    assert secret_read_under_systemd(tmp_path, "database-key") == "2" * 64


def test_a_secret_that_systemd_hands_over_with_its_folder_is_found(
    tmp_path: Path,
) -> None:
    (tmp_path / "handed").mkdir()
    words = "words of the mail server"
    (tmp_path / "handed" / "secrets_smtp-password").write_text(words)

    assert secret_read_under_systemd(tmp_path, "smtp-password") == words


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "reportbox.toml"
    file.write_text("hotline_name: Example")

    with pytest.raises(Misconfigured, match=r"reportbox\.toml: the settings cannot"):
        Settings.read(file)


def test_a_missing_secret_is_named_with_its_folder(tmp_path: Path) -> None:
    file = with_line(tmp_path, f'secrets_dir = "{tmp_path}"')

    with pytest.raises(Misconfigured, match="secret “database-key” in"):
        Settings.read(file).secret("database-key")


def test_a_long_mailbox_leaves_no_room_for_reply_tokens(tmp_path: Path) -> None:
    mailbox = f'hotline_email = "{"d" * 31}@hotline.example"'

    with pytest.raises(Misconfigured, match="no room for “reply_tokens”"):
        Settings.read(with_line(tmp_path, mailbox))

    without = f"{mailbox}\nreply_tokens = false"
    assert Settings.read(with_line(tmp_path, without)).reply_tokens is False
