"""One gate for all writers, one encrypted file."""

import hashlib
import subprocess
import sys
import threading
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest

from reportbox.errors import Misconfigured
from reportbox.records import atomic, database, open_database
from reportbox.records.beats import Heartbeat
from reportbox.records.copies import FOLDER
from reportbox.records.letters import Letter, Writing
from reportbox.records.reports import Report
from reportbox.records.tables import ALL
from reportbox.records.upgrade import open_ready_database, upgrade
from reportbox.settings import Settings
from tests.builders import a_report
from tests.clock import StillClock

NOW = StillClock().now()
MIGRATIONS = "reportbox.records.migrations"
AN_OLD_LETTER = {
    "id": 1,
    "paper": "lea_notice",
    "state": "waiting",
    "body": "item one",
    "attachments": '[["a.csv", "text/csv", "é"]]',
    "sealed": b"SEALED",
    "sealed_at": NOW.isoformat(),
    "due_at": NOW.isoformat(),
    "passed_at": None,
    "sent_at": None,
}


def test_the_file_is_encrypted(empty_box: Settings) -> None:
    with atomic():
        a_report(NOW, comments="MARKED WORDS")
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    content = empty_box.database.read_bytes()

    assert not content.startswith(b"SQLite format 3")
    assert b"MARKED WORDS" not in content


def test_a_wrong_key_is_one_clear_line_and_the_file_is_untouched(
    settings: Settings,
) -> None:
    before = hashlib.sha256(settings.database.read_bytes()).hexdigest()

    with pytest.raises(Misconfigured, match="the key is not the one it was made with"):
        open_database(settings.database, "00" * 32)

    assert hashlib.sha256(settings.database.read_bytes()).hexdigest() == before


def test_a_box_without_its_tables_refuses_to_start(
    settings: Settings, tmp_path: Path
) -> None:
    settings.database.unlink()

    with pytest.raises(Misconfigured, match="run `reportbox upgrade`"):
        open_ready_database(settings)


def test_the_migrations_build_exactly_the_tables_the_code_knows(
    settings: Settings, tmp_path: Path
) -> None:
    settings.database.unlink()
    upgrade(settings)
    migrated = shape()
    open_database(tmp_path / "other.db", "11" * 32)
    with atomic():
        database.create_tables(ALL)

    assert migrated == shape()
    database.close_file()


def shape() -> set[tuple[object, ...]]:
    """Columns, references and indexes; a column added later stands last and has a
    default, which is no difference.
    """
    found: set[tuple[object, ...]] = set()
    rows = database.execute_sql("SELECT type, name, sql FROM sqlite_master").fetchall()
    for kind, name, sql in rows:
        if "migration" in name or name.startswith("sqlite_"):
            continue
        if kind == "index":
            found.add((name, " ".join(str(sql).replace('"', "").split())))
            continue
        columns = database.execute_sql(f"PRAGMA table_xinfo({name})").fetchall()
        found |= {(name, *c[1:4], c[5]) for c in columns}
        keys = database.execute_sql(f"PRAGMA foreign_key_list({name})").fetchall()
        found |= {(name, *key[2:7]) for key in keys}
    return found


def test_a_hold_placed_before_the_upgrade_still_covers_its_item(
    empty_box: Settings,
) -> None:
    columns = database.execute_sql("PRAGMA table_xinfo(hold)").fetchall()

    defaults = {name: default for _, name, _, _, default, *_ in columns}

    assert defaults["scope"] == "'item'"


def test_a_letter_written_before_the_upgrade_keeps_its_words_and_its_bytes(
    settings: Settings, tmp_path: Path
) -> None:
    scripts = [import_module(f"{MIGRATIONS}.{n}") for n in names_of_migrations()]
    open_database(tmp_path / "old.db", "22" * 32)
    with atomic():
        for script in scripts[:5]:
            script.up(None, database)
        columns = database.execute_sql("PRAGMA table_info(letter)").fetchall()
        row = {c[1]: AN_OLD_LETTER.get(c[1], "") for c in columns}
        marks = ",".join("?" * len(row))
        insert = f"INSERT INTO letter ({','.join(row)}) VALUES ({marks})"  # noqa: S608 - our own names
        database.execute_sql(insert, list(row.values()))
        for script in scripts[5:]:
            script.up(None, database)

    [letter] = Letter.rows()
    said = Writing.of(letter)

    assert (said.body, said.attachments) == ("item one", [["a.csv", "text/csv", "é"]])
    assert bytes(said.sealed or b"") == b"SEALED"
    database.close_file()


def names_of_migrations() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("0*.py"))


def test_an_upgrade_twice_changes_nothing(settings: Settings) -> None:
    assert upgrade(settings) == []
    database.close_file()


def test_many_threads_read_then_write_and_no_count_is_lost(empty_box: Settings) -> None:
    with atomic():
        Heartbeat.beat(NOW, 0, "")

    def add(times: int) -> None:
        for _ in range(times):
            with atomic():
                count = Heartbeat.get_by_id(1).pid
                Heartbeat.update(pid=count + 1).where(Heartbeat.id == 1).execute()
        database.close()

    threads = [threading.Thread(target=add, args=(25,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Heartbeat.get_by_id(1).pid == 200


def test_a_transaction_that_fails_opens_the_gate_again(empty_box: Settings) -> None:
    with pytest.raises(ZeroDivisionError), atomic():
        a_report(NOW)
        raise ZeroDivisionError

    with atomic():
        a_report(NOW)

    assert len(Report.rows()) == 1


def test_two_processes_share_the_gate(empty_box: Settings) -> None:
    key = empty_box.secret("database-key")
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from reportbox.records import atomic, open_database\n"
        "from reportbox.records.beats import Heartbeat\n"
        "open_database(Path(sys.argv[1]), sys.argv[2])\n"
        "for _ in range(50):\n"
        "    with atomic():\n"
        "        count = Heartbeat.get_by_id(1).pid\n"
        "        Heartbeat.update(pid=count + 1).execute()\n"
    )
    with atomic():
        Heartbeat.beat(NOW, 0, "")
    command = [sys.executable, "-c", program, str(empty_box.database), key]
    others = [subprocess.Popen(command) for _ in range(2)]

    assert [other.wait() for other in others] == [0, 0]
    assert Heartbeat.get_by_id(1).pid == 100


def test_moments_come_back_in_utc_and_sort_as_text(empty_box: Settings) -> None:
    later = datetime.fromisoformat("2030-01-07T23:00:00+13:45")
    with atomic():
        a_report(later)

    [report] = Report.rows()

    assert report.received_at == later
    assert report.received_at.utcoffset().total_seconds() == 0
