"""What is forgotten is gone: from the database, the files and a fresh backup."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from reportbox.lifecycle import Item as State
from reportbox.office import retention
from reportbox.office.backup import copy_beside
from reportbox.office.retention import TABLE, forget, retain_due
from reportbox.records import atomic, audit, blinding, database
from reportbox.records.answers import Call, Custody
from reportbox.records.audit import Audit
from reportbox.records.items import Event, Item
from reportbox.records.letters import Letter, Writing
from reportbox.records.messages import Message
from reportbox.records.reports import Report
from reportbox.records.retention import Erasure
from reportbox.records.staff import SavedFilter
from reportbox.records.tables import ALL
from reportbox.settings import Settings
from tests.builders import agreed
from tests.house import House, token_in

MARK = "planted-mark"
ADDRESS = f"https://item-one.example/{MARK}"
MAIL = f"{MARK}@mail.example"


def report(house: House) -> str:
    visitor = house.visitor()
    form = {
        "token": token_in(visitor.get("/").text),
        "address": ADDRESS,
        "comments": f"comments {MARK}",
        "steps": f"steps {MARK}",
        "login": f"login {MARK}",
        "referrer": f"referrer {MARK}",
        "email": MAIL,
        "wants_reply": "yes",
    }
    answer = visitor.post("/", data=form)
    return answer.text.split('class="receipt"><strong>')[1].partition("<")[0]


def live_through_everything(house: House) -> str:
    """Report, ask back, judge, tell, hold, release, ask the provider, confirm."""
    code = report(house)
    say = {"code": code, "text": f"message {MARK}", "once": "x"}
    house.visitor().post("/follow/write", data=say)
    house.does("/reports/1/answer", text=f"answer {MARK}")
    item = house.newest_item()
    house.judges(item, "baseline", summary=f"summary {MARK}")
    house.works()
    house.does(f"/items/{item.id}/hold", why=f"why {MARK}", scope="host")
    house.releases(item)
    tell_more(house, item)
    house.hours_pass(24)
    house.works()
    house.does(f"/items/{item.id}/confirm_removal", why=f"looked {MARK}")
    house.works()
    assert house.item(item).state == State.REMOVED
    return code


def tell_more(house: House, item: Item) -> None:
    """What officers say, what was called and what is held outside, with the mark."""
    now, notice = house.clock.now(), house.notice(item).id
    said = {"status": "closed", "why": f"feedback {MARK}"}
    house.does(f"/lea/notices/{notice}/feedback", as_="otto", **said)
    with atomic():
        call = Call.create(item=item, agency="One", why="silent", opened_at=now)
        Custody.create(item=item, reference=f"evidence {MARK}", opened_at=now)
    house.does(f"/calls/{call.id}", words=f"call {MARK}", number=MARK, reached="yes")


def everything(folder: Path) -> str:
    """Every row of every table in plain text, and every file beside the database."""
    rows = [
        str(row)
        for table in ALL
        for row in database.execute_sql(
            f"SELECT * FROM {table._meta.table_name}"  # noqa: S608, SLF001
        ).fetchall()
    ]
    files = [
        path.read_bytes().decode("latin-1")
        for path in folder.rglob("*")
        if path.is_file() and "gnupg" not in str(path)
    ]
    return "\n".join(rows + files)


def test_a_reporters_data_go_after_their_period_and_the_case_stays(
    house: House,
) -> None:
    code = live_through_everything(house)
    address = house.item(house.newest_item()).address_as_reported

    house.hours_pass(24 * 91)

    [kept] = Report.rows()
    assert MARK not in str(vars(kept))
    assert f"words {MARK}" not in str(vars(kept))
    assert Message.rows() == []
    assert house.newest_item().address_as_reported == address
    opened = house.visitor().post("/follow/", data={"code": code})
    assert "There is no report under this code" in opened.text
    assert [(e.kind, e.count) for e in Erasure.rows()][:1] == [("reporter data", 1)]
    assert MAIL not in str([vars(said) for said in Writing.rows()])


def test_nothing_goes_a_day_too_early(house: House) -> None:
    live_through_everything(house)

    house.hours_pass(24 * 89)

    assert MARK in Report.rows()[0].comments
    assert {e.kind for e in Erasure.rows()} <= {"letters"}  # the note to the reporter


def test_after_a_year_a_planted_mark_is_nowhere_but_the_figures_are(
    house: House, tmp_path: Path
) -> None:
    live_through_everything(house)
    assert MARK in everything(house.settings.data_dir)
    kept = {"field": "host", "value": "item-one.example", "name": "Mine"}
    house.does("/queue/assess/filter", **kept)

    house.hours_pass(24 * 370)
    backup = copy_beside(house.settings, house.clock.now())

    assert MARK not in everything(house.settings.data_dir)
    assert MARK not in in_backup(house.settings, backup)
    item = house.newest_item()
    assert item.state == State.REMOVED
    assert item.address_key.startswith(blinding.HASH)
    assert item.hosted_in
    assert Event.rows(Event.item == item.id)
    assert Letter.rows() == []
    assert Writing.rows() == []
    assert SavedFilter.rows() == []
    assert house.signed_in().get(f"/items/{item.id}").status_code == 200
    assert audit.faults() == []
    told = [a.subject for a in Audit.rows(Audit.what == "forget")]
    assert {"reporter data", "items", "letters"} <= set(told)


def in_backup(settings: Settings, backup: Path) -> str:
    """Open the backup with the key of the box and read every row."""
    key = settings.secret("database-key")
    where = f"ATTACH DATABASE '{backup}' AS saved KEY \"x'{key}'\""
    database.execute_sql(where)
    try:
        rows = [
            str(row)
            for table in ALL
            for row in database.execute_sql(
                f"SELECT * FROM saved.{table._meta.table_name}"  # noqa: S608, SLF001
            ).fetchall()
        ]
    finally:
        database.execute_sql("DETACH DATABASE saved")
    assert rows
    return "\n".join(rows)


def test_a_forgotten_address_is_still_known_when_it_comes_back(house: House) -> None:
    live_through_everything(house)
    house.hours_pass(24 * 370)
    number = house.newest_item().id

    again = house.the_public_reports(ADDRESS)

    assert again.id == number
    assert (again.appearance, again.state) == (2, State.TO_ASSESS)
    assert again.address_as_reported == ADDRESS
    assert again.forgotten_at is None
    assert len(Item.rows()) == 1


def test_a_legal_order_pauses_everything_until_it_is_lifted(house: House) -> None:
    live_through_everything(house)
    item = house.newest_item()
    house.does(f"/items/{item.id}/preserve", as_="lena", why="Court one, 7/26")
    assert house.posts(
        f"/items/{item.id}/preserve", as_="lena", why="again"
    ).status_code in {409, 422}

    house.hours_pass(24 * 400)
    assert house.item(item).address_as_reported == ADDRESS
    assert MARK in Report.rows()[0].comments
    assert "Court one, 7/26" in house.page(f"/items/{item.id}", "lena")
    assert item.number in house.page("/retention", "mira")

    house.does(f"/items/{item.id}/lift", as_="lena", why="lifted by the court")
    house.hours_pass(24)
    assert MARK not in everything(house.settings.data_dir)


def test_an_open_item_keeps_its_reports(house: House) -> None:
    report(house)

    house.hours_pass(24 * 400)

    assert MARK in Report.rows()[0].comments


def test_a_backup_that_is_put_back_is_cleaned_again(house: House) -> None:
    live_through_everything(house)
    backup = copy_beside(house.settings, house.clock.now())
    saved = backup.read_bytes()
    house.hours_pass(24 * 370)
    assert MARK not in everything(house.settings.data_dir)
    database.close_file()
    for name in ("reportbox.db-wal", "reportbox.db-shm"):
        (house.settings.data_dir / name).unlink(missing_ok=True)
    house.settings.database.write_bytes(saved)
    database.open_file(house.settings.database, house.settings.secret("database-key"))
    assert MARK in Report.rows()[0].comments

    house.works()

    assert MARK not in everything(house.settings.data_dir)


def test_old_backups_of_the_box_are_deleted(house: House) -> None:
    live_through_everything(house)
    backup = copy_beside(house.settings, house.clock.now())
    assert backup.stat().st_mode & 0o077 == 0

    made = house.clock.now().timestamp()
    os.utime(backup, (made, made))
    forget(house.settings, house.clock.now() + timedelta(days=29))
    assert backup.exists()

    forget(house.settings, house.clock.now() + timedelta(days=31))
    assert not backup.exists()


def test_what_the_lea_has_confirmed_is_forgotten_at_once_where_that_was_agreed(
    house: House,
) -> None:
    agreed(house.clock.now(), delete_on_receipt=True)
    report(house)
    item = house.newest_item()
    house.judges(item, "baseline")
    house.works()
    forget(house.settings, house.clock.now())
    assert MARK in Report.rows()[0].comments

    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    forget(house.settings, house.clock.now())

    left = vars(Report.rows()[0])["__data__"]
    for word in ("comments", "steps", "login", "referrer"):
        assert left[word] == ""


def test_what_was_agreed_forgets_nothing_unread_and_nothing_ordered(
    house: House,
) -> None:
    agreed(house.clock.now(), delete_on_receipt=True)
    report(house)
    item = house.newest_item()
    house.judges(item, "baseline")
    house.works()
    house.clock.advance(minutes=5)
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    house.clock.advance(minutes=5)
    report(house)  # a second witness, after the LEA's receipt
    forget(house.settings, house.clock.now())
    assert [bool(r.comments) for r in Report.rows()] == [False, True]

    other = house.the_public_reports("https://item-two.example/", comments=MARK)
    house.does(f"/items/{other.id}/preserve", as_="lena", why="Court one")
    house.judges(other, "baseline")
    house.works()
    house.does(f"/notices/{house.notice(other).id}/confirm", receipt="by mail")
    forget(house.settings, house.clock.now())
    assert Report.rows()[-1].comments == MARK


def test_the_code_of_a_report_lives_as_long_whatever_became_of_it(
    house: House,
) -> None:
    agreed(house.clock.now(), delete_on_receipt=True)
    code = report(house)
    item = house.newest_item()
    house.judges(item, "baseline")
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    open_code = token_of_another(house)
    house.hours_pass(24 * 89)

    def opens(one: str) -> bool:
        page = house.visitor().post("/follow/", data={"code": one}).text
        return "Your report" in page

    assert opens(code)
    assert opens(open_code)
    house.hours_pass(25)
    assert not opens(code)
    assert not opens(open_code)  # though its item is still open


def token_of_another(house: House) -> str:
    visitor = house.visitor()
    form = {"token": token_in(visitor.get("/").text), "address": "item-two.example"}
    answer = visitor.post("/", data=form)
    return answer.text.split('class="receipt"><strong>')[1].partition("<")[0]


def test_an_address_told_to_the_police_goes_from_their_letters_too(
    house: House,
) -> None:
    visitor = house.visitor()
    form = {
        "token": token_in(visitor.get("/").text),
        "address": ADDRESS,
        "email": MAIL,
        "police_may_ask": "yes",
        "where_found": f"words {MARK}",
        "topic": f"Words {MARK}",
    }
    visitor.post("/", data=form)
    item = house.newest_item()
    house.judges(item, "baseline")
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    house.does(f"/items/{item.id}/confirm_removal", why="looked")
    house.works()
    assert MAIL in str([vars(said) for said in Writing.rows()])

    house.hours_pass(24 * 92)

    assert MAIL not in str([vars(said) for said in Writing.rows()])
    assert MARK not in str(vars(Report.rows()[0]))


def test_the_key_of_the_flood_counts_goes_at_midnight_without_a_visitor(
    house: House,
) -> None:
    report(house)
    key = (house.settings.run_dir / "tally-key").read_text()

    house.hours_pass(24)

    assert (house.settings.run_dir / "tally-key").read_text() != key


def test_the_job_runs_once_a_day(house: House) -> None:
    assert retain_due(house.settings, house.world) == 0
    first = audit.head()
    house.clock.advance(hours=1)
    retain_due(house.settings, house.world)

    assert audit.head() == first


def test_the_table_names_each_kind_once_with_period_and_reason(house: House) -> None:
    kinds = [rule.kind for rule in TABLE]
    page = house.page("/retention", "ida")

    assert len(set(kinds)) == len(kinds)
    for rule in TABLE:
        assert rule.basis
        assert rule.period(house.settings)
        assert rule.kind[1:] in page


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.__name__)
def test_every_table_is_named_by_a_rule(model: type) -> None:
    """A new table must be thought about here before it can be merged."""
    assert model.__name__ in retention.COVERED
