"""Rows with sensible defaults, for tests that begin in the middle of the journey."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms, read_units
from reportbox.agreements.terms import SETTINGS, Terms
from reportbox.lea.owed import columns_of
from reportbox.lifecycle import Actor, Move, Paper
from reportbox.ntd.subject import Subject
from reportbox.ports import NetworkRecord
from reportbox.records import Record, atomic
from reportbox.records.agreements import Agreement
from reportbox.records.items import Finding, Item, Verdict
from reportbox.records.letters import Letter
from reportbox.records.reports import Report
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.tracing.book import seed


def a_report(now: datetime, **more: Any) -> Report:  # noqa: ANN401
    unique = uuid4().hex
    columns = {"received_at": now, "form_key": unique, "code_hash": unique, **more}
    report: Report = Report.create(**columns)
    return report


def an_item(now: datetime, host: str = "item-one.example", **more: Any) -> Item:  # noqa: ANN401
    """Make an item that waits for its verdict, unless told otherwise."""
    address = f"https://{host}/{uuid4().hex}"
    columns = {
        "report": a_report(now),
        "address_as_reported": address,
        "address_key": address,
        "host": host,
        "reported_at": now,
        "appeared_at": now,
        "waits_from": now,
        **more,
    }
    item: Item = Item.create(**columns)
    return item


def agreed(now: datetime, **changes: Any) -> None:  # noqa: ANN401
    """Change what is agreed with the LEA from now on."""
    terms = replace(read_terms(), **changes)
    with atomic():
        Agreement.create(terms=terms.to_data(), changed_by="Mira", changed_at=now)


def as_typed(terms: Terms) -> dict[str, str]:
    """Return the form of an agreement as a browser sends it back unchanged."""
    data = terms.to_data()
    known = {s.name: data[s.name] for s in SETTINGS}
    ticked = {True: "yes", False: "", None: ""}
    return {
        name: str(value) if type(value) is int else ticked.get(value, value)
        for name, value in known.items()
    }


def a_judged_item(now: datetime, **more: Any) -> Item:  # noqa: ANN401
    """Make an item that the LEA must decide, so that nothing but its notice moves."""
    columns = {"state": lifecycle.Item.TO_DECIDE, "judged_at": now, **more}
    item = an_item(now, **columns)
    item.verdict = Verdict.create(
        item=item,
        move=Move.JUDGE_UNCERTAIN,
        given_by="Anna",
        actor=Actor.ANALYST,
        given_at=now,
    )
    item.save()
    return item


def a_notice(now: datetime, item: Item | None = None, **more: Any) -> LeaNotice:  # noqa: ANN401
    """Make a notice that is due to be written."""
    columns = {
        "item": item or a_judged_item(now),
        "appearance": 1,
        "opened_at": now,
        **columns_of(next(iter(read_units()), None)),
        "latest_at": now,
        **more,
    }
    notice: LeaNotice = LeaNotice.create(**columns)
    return notice


def many_notices(now: datetime, count: int) -> None:
    """Make notices of as many judged items in a few statements, in an empty box."""
    numbers = range(1, count + 1)
    hosts = {n: f"item-{n}.example" for n in numbers}
    unit = columns_of(next(iter(read_units())))
    state, move = lifecycle.Item.TO_DECIDE, Move.JUDGE_UNCERTAIN
    given = {"move": move, "given_by": "Anna", "actor": Actor.ANALYST, "given_at": now}
    moments = dict.fromkeys(
        ("reported_at", "appeared_at", "waits_from", "judged_at"), now
    )
    rows: dict[type[Record], list[dict[str, Any]]] = {
        Report: [
            {"id": n, "received_at": now, "form_key": f"{n}", "code_hash": f"{n}"}
            for n in numbers
        ],
        Item: [
            {
                "id": n,
                "report": n,
                "verdict": n,
                "state": state,
                **moments,
                **dict.fromkeys(
                    ("address_as_reported", "address_key"),
                    f"https://{hosts[n]}/page",
                ),
                "host": hosts[n],
            }
            for n in numbers
        ],
        Verdict: [{"id": n, "item": n, **given} for n in numbers],
        LeaNotice: [
            {"item": n, "appearance": 1, "opened_at": now, "latest_at": now, **unit}
            for n in numbers
        ],
    }
    with atomic():
        for table, made in rows.items():
            for start in range(0, count, 100):
                table.insert_many(made[start : start + 100]).execute()


def an_item_at_home(now: datetime, judged_at: datetime, **answers: str) -> Item:
    """Make an item that was judged illegal and then found at home."""
    item = an_item(now, state=lifecycle.Item.TO_FINISH, judged_at=judged_at)
    item.verdict = Verdict.create(
        item=item,
        move=Move.JUDGE_ILLEGAL,
        classification="baseline",
        given_by="Anna",
        actor=Actor.ANALYST,
        given_at=judged_at,
        answers=answers,
    )
    provider = "Home Hosting One"
    registered = "abuse@host-one.example"
    item.finding = Finding.create(
        item=item,
        traced_at=now,
        hosting="home",
        country="EE",
        provider=provider,
        contact=registered,
        at_home=[[provider, registered]],
        locations=[asdict(NetworkRecord("192.0.2.7", provider=provider, country="EE"))],
    )
    item.save()
    return item


def an_ntd(now: datetime, item: Item, contact: str) -> Ntd:
    """Make an NTD that waits to fall due."""
    ntd: Ntd = Ntd.create(
        item=item,
        appearance=1,
        opened_at=now,
        finding=item.finding,
        provider=item.finding.provider,
        contact=contact,
    )
    return ntd


def a_case_at_home(now: datetime, told_at: datetime, contact: str) -> Ntd:
    """Make an item at home whose LEA was told, with its NTD waiting to fall due."""
    item = an_item_at_home(now, judged_at=told_at - timedelta(days=30))
    a_notice(now, item, state=lifecycle.Lea.CONFIRMED, told_at=told_at)
    seed([contact], now)  # a person approved it once
    return an_ntd(now, item, contact)


def a_subject(address: str = "https://item-one.example/page", **more: Any) -> Subject:  # noqa: ANN401
    """Make what a provider may know of one item."""
    seen = datetime(2030, 1, 7, 9, tzinfo=UTC)
    columns = {
        "number": "RB-000001",
        "address": address,
        "key": address,
        "host": "item-one.example",
        "port": 443,
        "classification": "baseline",
        "first_seen": seen,
        "verified_at": seen,
        "ip_addresses": ("192.0.2.7", "2001:db8::7"),
        **more,
    }
    return Subject(**columns)


def a_letter(now: datetime, notice: LeaNotice | None = None, **more: Any) -> Letter:  # noqa: ANN401
    """Put a letter to the LEA in the outbox, its notice waiting for it to leave."""
    notice = notice or a_notice(now, state=lifecycle.Lea.TO_SEND)
    columns = {
        "paper": Paper.LEA_NOTICE,
        "sender": "desk@hotline.example",
        "recipient": notice.address,
        "key": notice.key,
        "subject": "report one",
        "body": "item one\n",
        "due_at": now - timedelta(seconds=1),
        **more,
    }
    with atomic():
        return Letter.write([notice], **columns)
