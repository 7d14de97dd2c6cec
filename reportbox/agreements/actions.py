"""People keep the record of what is agreed: agencies, keys, the agreement, annexes."""

import re
from datetime import date
from ipaddress import ip_network
from typing import Any

from reportbox.agreements.terms import Terms
from reportbox.errors import InvalidInput, Refused
from reportbox.lea.agency import Channel, Level
from reportbox.lifecycle import Lea
from reportbox.lifecycle import Letter as LetterState
from reportbox.plain import is_mail_address, one_line
from reportbox.ports import RecipientKeys
from reportbox.post.keys import compare, take_in, trouble_with
from reportbox.records import atomic
from reportbox.records.agencies import Agency, AgencyChange, AgencyKey
from reportbox.records.agreements import Agreement, Annex
from reportbox.records.answers import OwnAddress
from reportbox.records.journey import Deed, dissolve, letters_of, put_on_record
from reportbox.records.letters import Letter
from reportbox.records.tracks import LeaNotice

LONGEST = 300  # characters of one field
TEXTS = (
    "name", "mailbox", "tool", "agreed_in", "phone", "hours", "languages",
    "contact_name", "urgent_name", "urgent_phone", "deputy_name", "deputy_phone",
)  # fmt: skip
PHONE = re.compile(r"[+0-9][0-9 ()/.-]{2,40}")


def read_agency(form: dict[str, str], known: Agency | None) -> dict[str, Any]:
    """Take the form of an agency, or raise InvalidInput for each wrong field."""
    given: dict[str, Any] = {
        name: one_line(form.get(name, "")).strip()[:LONGEST] for name in TEXTS
    }
    problems = _problems(given, form)
    parent = form.get("parent", "")
    given["parent"] = int(parent) if parent.isascii() and parent.isdigit() else None
    others = Agency.rows(Agency.name == given["name"])
    if any(known is None or other.id != known.id for other in others):
        problems["name"] = "There is an agency of this name already."
    if known is not None and _is_below(given["parent"], known.id):
        problems["parent"] = "An agency cannot stand below itself."
    if problems:
        raise InvalidInput(**problems)
    for name in ("regions", "topics"):
        parts = (part.strip() for part in form.get(name, "").split(","))
        given[name] = [part[:LONGEST] for part in parts if part]
    return {
        **given,
        "level": Level(form["level"]),
        "channel": Channel(form["channel"]),
        "gets_copies": form.get("gets_copies") == "yes",
    }


def _problems(given: dict[str, str], form: dict[str, str]) -> dict[str, str]:
    checks = {
        "name": (bool(given["name"]), "Please give its name."),
        "mailbox": (
            not given["mailbox"] or is_mail_address(given["mailbox"]),
            "Please write it like unit@police.example.",
        ),
        "level": (form.get("level") in list(Level), "Please choose its level."),
        "channel": (form.get("channel") in list(Channel), "Please choose a channel."),
        **{
            name: (
                not given[name] or bool(PHONE.fullmatch(given[name])),
                "Please write a telephone number with its country code.",
            )
            for name in ("phone", "urgent_phone", "deputy_phone")
        },
    }
    return {name: words for name, (is_good, words) in checks.items() if not is_good}


def _is_below(parent: int | None, agency: int) -> bool:
    """Tell whether the new parent is the agency itself, or stands below it."""
    walked: set[int] = set()
    while parent and parent not in walked:
        if parent == agency:
            return True
        walked.add(parent)
        row = Agency.get_or_none(Agency.id == parent)
        parent = row.parent_id if row else None
    return False


def enter_agency(given: dict[str, Any], deed: Deed) -> Agency:
    with atomic():
        made: Agency = Agency.create(**given)
        _take_over(made)
        put_on_record(deed, "enter_agency", f"agency {made.id}")
    return made


def _take_over(agency: Agency) -> None:
    """What was told to this mailbox before it stood here is this agency's."""
    mine = LeaNotice.unit.is_null() & (LeaNotice.address == agency.mailbox)
    if agency.mailbox:
        LeaNotice.update(unit=agency).where(mine).execute()


def change_agency(agency: Agency, given: dict[str, Any], deed: Deed) -> None:
    with atomic():
        _keep_what_it_was(agency, given, deed)
        Agency.update(**given).where(Agency.id == agency.id).execute()
        put_on_record(deed, "change_agency", f"agency {agency.id}")
        if (given["channel"], given["mailbox"]) != (agency.channel, agency.mailbox):
            _write_anew(agency, deed)
            _forget_test(agency.id)


def _forget_test(agency: int) -> None:
    """What arrived elsewhere, or could be read by another key, proves nothing now."""
    nothing = {"tested_at": None, "test_code": "", "test_confirmed_at": None}
    Agency.update(**nothing).where(Agency.id == agency).execute()


def _keep_what_it_was(agency: Agency, given: dict[str, Any], deed: Deed) -> None:
    was = {name: agency.__data__[name] for name in given}
    before = {name: value for name, value in was.items() if value != given[name]}
    if before:
        AgencyChange.create(agency=agency, at=deed.at, who=deed.who, before=before)


def _write_anew(agency: Agency, deed: Deed) -> None:
    """What waits to leave goes by the new channel, to the new mailbox."""
    waiting = (LeaNotice.unit == agency.id) & (LeaNotice.state == Lea.TO_SEND)
    for notice in LeaNotice.rows(waiting):
        for letter in letters_of(notice, LetterState.WAITING):
            dissolve(letter, deed)


def check_agency(agency: Agency, deed: Deed, today: date) -> None:
    """Somebody has called, and all of it is still right."""
    with atomic():
        Agency.update(verified_on=today).where(Agency.id == agency.id).execute()
        put_on_record(deed, "check_agency", f"agency {agency.id}")


def switch_agency(agency: Agency, deed: Deed) -> None:
    """Stop or start telling it; what it was told stays."""
    is_active = not agency.is_active
    with atomic():
        _keep_what_it_was(agency, {"is_active": is_active}, deed)
        Agency.update(is_active=is_active).where(Agency.id == agency.id).execute()
        what = "start_agency" if is_active else "stop_agency"
        put_on_record(deed, what, f"agency {agency.id}")


def import_key(
    agency: Agency, armoured: str, keys: RecipientKeys, deed: Deed
) -> list[AgencyKey]:
    """Take a public key in; it is not used before a person has compared it."""
    found = take_in(armoured, keys)
    with atomic():
        _keep_keys(agency, found, keys, deed)
    mine = AgencyKey.fingerprint.in_(found) & (AgencyKey.agency == agency.id)
    return AgencyKey.rows(mine)


def enter_first(
    form: dict[str, str], armoured: str, keys: RecipientKeys, deed: Deed
) -> Agency:
    """Enter the agency the box tells first, told by mail, with its key if it is given.

    What is asked for is little; the rest is as of most, and changed on its own page.
    """
    usual = {"level": Level.CENTRAL.value, "channel": Channel.MAIL.value}
    if not form.get("mailbox", "").strip():
        raise InvalidInput(mailbox="Please give the mailbox its letters go to.")
    given = read_agency({**form, **usual}, None)
    found = take_in(armoured, keys) if armoured else []
    with atomic():
        made = enter_agency(given, deed)
        _keep_keys(made, found, keys, deed)
    return made


def _keep_keys(
    agency: Agency, found: list[str], keys: RecipientKeys, deed: Deed
) -> None:
    for fingerprint in found:
        AgencyKey.insert(
            agency=agency,
            fingerprint=fingerprint,
            imported_by=deed.who,
            imported_at=deed.at,
            expires_at=keys.expires(fingerprint),
        ).on_conflict(
            conflict_target=[AgencyKey.agency, AgencyKey.fingerprint],
            preserve=[AgencyKey.expires_at],
        ).execute()
        put_on_record(deed, "import_key", f"agency {agency.id}")


def verify_key(
    key: AgencyKey, typed: str, how: str, keys: RecipientKeys, deed: Deed
) -> None:
    """A person has compared the fingerprint, by another way than the key came by."""
    compare(typed, how, key.fingerprint, "the agency")
    if trouble := trouble_with(key.fingerprint, keys):
        raise Refused(trouble)
    with atomic():
        said = {"verified_by": deed.who, "verified_at": deed.at, "verified_how": how}
        AgencyKey.update(**said).where(AgencyKey.id == key.id).execute()
        if key.agency.key not in {"", key.fingerprint}:
            _forget_test(key.agency_id)
        Agency.update(key=key.fingerprint).where(Agency.id == key.agency_id).execute()
        Letter.unseal(key.agency.mailbox)
        put_on_record(deed, "verify_key", f"agency {key.agency_id}")


def drop_key(agency: Agency, deed: Deed) -> None:
    """Use its key no more; what goes to this agency waits, loudly, for another."""
    with atomic():
        Agency.update(key="").where(Agency.id == agency.id).execute()
        Letter.unseal(agency.mailbox)
        put_on_record(deed, "drop_key", f"agency {agency.id}")


def agree(terms: Terms, deed: Deed) -> None:
    """Put another version of the agreement in force, with what it rests on."""
    if not deed.why:
        raise InvalidInput(why="Please say what was agreed, when and with whom.")
    newest = Agreement.newest()
    if newest is not None and newest.terms == terms.to_data():
        raise InvalidInput(why="Nothing is different from what is in force.")
    with atomic():
        made = Agreement.create(
            terms=terms.to_data(),
            changed_by=deed.who,
            changed_at=deed.at,
            why=deed.why,
        )
        put_on_record(deed, "agree", f"agreement {made.id}")


def enter_annex(
    number: str, title: str, text: str, agreed_on: date | None, deed: Deed
) -> None:
    """Keep another version of an annex; the agreement itself needs no signature."""
    number, title = one_line(number).strip(), one_line(title).strip()
    problems = {}
    if not number:
        problems["number"] = "Please name it, such as “Annex II”."
    if not title:
        problems["title"] = "Please say what it is about."
    if problems:
        raise InvalidInput(**problems)
    with atomic():
        earlier = Annex.rows(Annex.number == number)
        made = Annex.create(
            number=number,
            version=len(earlier) + 1,
            title=title,
            text=text,
            agreed_on=agreed_on,
            changed_by=deed.who,
            changed_at=deed.at,
        )
        put_on_record(deed, "enter_annex", f"annex {made.id}")


def enter_own_address(network: str, note: str, deed: Deed) -> None:
    """Enter a network the hotline itself comes from, or raise InvalidInput."""
    try:
        known = str(ip_network(network.strip(), strict=False))
    except ValueError:
        problem = "Please write an IP address or a block, such as 192.0.2.0/28."
        raise InvalidInput(network=problem) from None
    if any(row.network == known for row in OwnAddress.current()):
        raise InvalidInput(network="This one is entered already.")
    with atomic():
        made = OwnAddress.create(
            network=known,
            note=one_line(note)[:LONGEST],
            entered_by=deed.who,
            entered_at=deed.at,
        )
        put_on_record(deed, "enter_own_address", f"own_address {made.id}")


def remove_own_address(row: OwnAddress, deed: Deed) -> None:
    with atomic():
        OwnAddress.update(removed_at=deed.at).where(
            OwnAddress.id == row.id, OwnAddress.removed_at.is_null()
        ).execute()
        put_on_record(deed, "remove_own_address", f"own_address {row.id}")
