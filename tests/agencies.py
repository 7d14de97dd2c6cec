"""What the stories about law enforcement say often: who was told, and who answers."""

import re
from typing import Any

from flask.testing import FlaskClient

from reportbox.practice.agreed import COUNTY_ID, POLICE_ID
from reportbox.practice.internet import LEA_ADDRESS
from reportbox.practice.office_page import Opened
from reportbox.records import atomic
from reportbox.records.agencies import Agency
from reportbox.records.answers import Call
from reportbox.records.items import Item
from reportbox.records.letters import Letter
from reportbox.records.tracks import LeaNotice
from tests.house import House, csrf_in

COUNTY_ADDRESS = "county@police.example"
COAST_ADDRESS = "coast@police.example"
PAGE = "https://item-one.example/page"
CODE = re.compile(r"\b(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}\b")

OTTO, OLGA = "otto", "olga"  # officers of the practice police, and of the county
POLICE, COUNTY = POLICE_ID, COUNTY_ID


def told(house: House, address: str = PAGE, **more: str) -> Item:
    """An item that was reported, judged illegal, and told to whom it is routed."""
    item = judged(house, address, **more)
    house.works()
    return item


def judged(house: House, address: str = PAGE, **more: str) -> Item:
    item = house.the_public_reports(address)
    house.judges(item, "baseline", **more)
    return item


def notice_to(house: House, item: Item, unit: int = POLICE) -> LeaNotice:
    [notice] = [n for n in LeaNotice.of(house.item(item)) if n.unit_id == unit]
    return notice


def letters_to(house: House, mailbox: str = LEA_ADDRESS) -> list[Opened]:
    return [x for x in house.letters() if x.recipient == mailbox]


def to_providers(house: House) -> list[Opened]:
    return [x for x in house.letters() if not x.recipient.endswith("@police.example")]


def says(
    house: House, item: Item, verb: str, *, officer: str = OTTO, **fields: str
) -> None:
    """An officer answers on the page of their own agency's notice."""
    unit = POLICE if officer == OTTO else COUNTY
    path = f"/lea/notices/{notice_to(house, item, unit).id}/{verb}"
    house.does(path, as_=officer, **fields)


def portal(house: House, item: Item, officer: str = OTTO) -> str:
    unit = POLICE if officer == OTTO else COUNTY
    return house.page(f"/lea/notices/{notice_to(house, item, unit).id}", officer)


def code_in(letter: Opened) -> str:
    found = CODE.search(dict(letter.parts)["text"])
    assert found, "the letter holds no code"
    return found[0]


def presses(visitor: FlaskClient, code: str, button: str, **fields: str) -> Any:  # noqa: ANN401
    """Somebody without an account opens the link of a letter and presses a button."""
    page = visitor.get(f"/n/{code}")
    form = {"csrf_token": csrf_in(page.text), **fields}
    return visitor.post(f"/n/{code}/{button}", data=form)


def changed(unit: int, **columns: object) -> None:
    """Let an agency be another one than the practice box came with."""
    with atomic():
        Agency.update(**columns).where(Agency.id == unit).execute()


def another(house: House, name: str, **columns: object) -> Agency:
    """Enter one more agency, written to with the key of the practice police."""
    given = {
        "name": name,
        "mailbox": COAST_ADDRESS,
        "key": house.internet.lea.own_fingerprint(),
        **columns,
    }
    with atomic():
        made: Agency = Agency.create(**given)
    return made


def waiting_letters() -> list[str]:
    """Name what stands in the outbox and has not left."""
    return [str(x.paper) for x in Letter.rows(Letter.sent_at.is_null())]


def call_about(item: Item) -> Call:
    [call] = Call.rows(Call.item == item.id, Call.done_at.is_null())
    return call


def refuse_police(point: str, recipient: str) -> str | None:
    refused = point == "rcpt" and "police" in recipient
    return "550 mailbox full" if refused else None


def police_later(point: str, recipient: str) -> str | None:
    return "451 later" if point == "rcpt" and "police" in recipient else None


def good(*_: str) -> None:
    return None
