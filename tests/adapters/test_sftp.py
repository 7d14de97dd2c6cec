"""Backups on another machine: a real sshd, its real sftp server."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportbox.adapters.sftp import SftpStore, host_keys
from reportbox.errors import PeerRejected, PeerUnavailable
from tests.sftp_server import SftpServer, sftp_server

NAME = "reportbox-20261122T101500Z.tar.gz.gpg"


@pytest.fixture(scope="module")
def running() -> Iterator[SftpServer]:
    with sftp_server() as server:
        yield server


@pytest.fixture
def server(running: SftpServer) -> SftpServer:
    subprocess.run(["rm", "-rf", running.files / "box"], check=True)
    return running


@pytest.fixture
def store(server: SftpServer, tmp_path: Path) -> SftpStore:
    made = SftpStore(tmp_path / "ssh", server.where, server.host_key)
    server.let_in(made.create_identity())
    return made


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(b"sealed" * 50_000)
    return path


def test_a_backup_arrives_whole_and_comes_back(
    store: SftpStore, server: SftpServer, backup: Path, tmp_path: Path
) -> None:
    store.put(backup)
    store.fetch(NAME, tmp_path / "back")

    assert server.names() == [NAME]
    assert (tmp_path / "back").read_bytes() == backup.read_bytes()


def test_what_a_run_left_that_was_cut_off_is_no_backup_and_goes(
    store: SftpStore, server: SftpServer, backup: Path
) -> None:
    store.put(backup)
    (server.files / "box" / f".{NAME}.part").write_bytes(b"half")

    assert store.tidy(lambda _: ()) == [NAME]

    store.put(backup)
    assert server.names() == [NAME]


def test_only_what_is_doomed_is_removed(
    store: SftpStore, server: SftpServer, backup: Path
) -> None:
    store.put(backup)
    for name in ("reportbox-old", "notes.txt"):
        (server.files / "box" / name).write_text("x")

    stays = store.tidy(lambda names: [x for x in names if x.endswith("old")])

    assert stays == [NAME]
    assert server.names() == ["notes.txt", NAME]


def test_a_server_with_another_key_is_refused_before_anything_is_sent(
    store: SftpStore, server: SftpServer, backup: Path
) -> None:
    other = SftpStore(store.home, server.where, store.identity().rpartition(" ")[0])

    with pytest.raises(PeerRejected, match="another key than the one in"):
        other.put(backup)

    assert not (server.files / "box").exists()


def test_a_server_that_does_not_know_the_box_is_named_with_what_to_do(
    store: SftpStore, server: SftpServer, backup: Path
) -> None:
    server.let_in("")

    with pytest.raises(PeerRejected, match="`reportbox backup-identity` prints"):
        store.put(backup)


def test_a_server_that_is_away_is_worth_another_try(
    server: SftpServer, store: SftpStore, backup: Path
) -> None:
    nobody = SftpStore(store.home, "box@127.0.0.1:9/x", server.host_key)

    with pytest.raises(PeerUnavailable):
        nobody.put(backup)


def test_a_folder_that_takes_nothing_is_said_in_the_servers_words(
    store: SftpStore, server: SftpServer, backup: Path
) -> None:
    (server.files / "box").write_text("a file stands in the way")

    with pytest.raises(PeerUnavailable, match="box"):
        store.put(backup)


def test_without_a_key_of_either_side_nothing_is_tried(
    server: SftpServer, tmp_path: Path, backup: Path
) -> None:
    with pytest.raises(PeerRejected, match="“backup_host_key” is missing"):
        SftpStore(tmp_path, server.where, "").put(backup)
    with pytest.raises(PeerRejected, match="run `reportbox backup-identity`"):
        SftpStore(tmp_path, server.where, server.host_key).put(backup)


def test_the_boxs_key_is_made_once_and_only_it_may_read_it(tmp_path: Path) -> None:
    store = SftpStore(tmp_path / "ssh", "", "")

    made = store.create_identity()

    assert made.startswith("ssh-ed25519 ")
    assert store.create_identity() == made
    assert (tmp_path / "ssh").stat().st_mode & 0o077 == 0
    assert (tmp_path / "ssh" / "identity").stat().st_mode & 0o077 == 0


def test_the_servers_keys_are_shown_as_its_operator_sees_them(
    server: SftpServer,
) -> None:
    [(key, fingerprint)] = host_keys(server.where)
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", server.folder / "host.pub"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert key == server.host_key
    assert fingerprint in shown.stdout
