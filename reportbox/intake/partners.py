"""Partners that send reports by the JSON endpoint, each with a token of its own."""

import secrets
from datetime import datetime
from typing import Any

from reportbox.errors import InvalidInput, Refused
from reportbox.intake import sheet
from reportbox.intake.actions import Origin, accept
from reportbox.intake.form import Submission, clean
from reportbox.intake.receipt import code_hash, digest, receipt_code
from reportbox.plain import one_line
from reportbox.records import atomic
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.partners import Partner
from reportbox.records.reports import Report

LONGEST = 200  # characters of a name or reference
TEXTS = frozenset(sheet.COLUMNS) - {"address", "urgent"}


def invite_partner(name: str, deed: Deed) -> str:
    """Open the endpoint for a partner; the token is shown this once."""
    plain = one_line(name)
    if not plain or len(plain) > LONGEST:
        raise InvalidInput(name="Please give the partner a name.")
    if Partner.find_id(Partner.name, plain) is not None:
        raise InvalidInput(name="There is a partner of that name.")
    token = secrets.token_urlsafe(32)
    with atomic():
        made = Partner.create(name=plain, token_hash=digest(token), made_at=deed.at)
        put_on_record(deed, "invite_partner", f"partner {made.id}")
    return token


def end_partner(partner: Partner, deed: Deed) -> None:
    with atomic():
        partner.end(deed.at)
        put_on_record(deed, "end_partner", f"partner {partner.id}")


def partner_of(token: str) -> Partner | None:
    return Partner.of_token(digest(token)) if token else None


def take_from_partner(
    partner: Partner,
    said: Any,  # noqa: ANN401 - whatever JSON can say
    key: bytes,
    now: datetime,
) -> tuple[str, bool]:
    """Keep what a partner sent; the same reference again is the same report.

    Returns the receipt code and whether it is new; raise InvalidInput, or Refused when
    the reference was used for something else.
    """
    form, reference = _from_json(said)
    sent = Submission.parse(form, now.date())
    token = f"partner {partner.id} {reference or secrets.token_hex(16)}"
    code = receipt_code(key, token)
    known = Report.of_code(code_hash(code))
    form_key = digest(f"{token}\x00{sent.said}")
    if known and known[0].form_key != form_key:
        raise Refused("This reference was used for another report. Nothing was saved.")
    origin = Origin(
        source="partner",
        who=f"partner {partner.name}",
        sent_by=partner.name,
        reference=reference,
    )
    return code, accept(sent, form_key, code_hash(code), now, origin)


def _from_json(said: Any) -> tuple[dict[str, str], str]:  # noqa: ANN401 - JSON
    if not isinstance(said, dict):
        raise InvalidInput(body="Please send one JSON object.")
    addresses = said.get("addresses")
    texts = {k: v for k, v in said.items() if k not in {"addresses", "urgent"}}
    if not isinstance(addresses, list) or not all(
        isinstance(one, str) for one in addresses
    ):
        raise InvalidInput(addresses="Please send a list of addresses, as texts.")
    for name, text in texts.items():
        if name not in TEXTS:
            raise InvalidInput(**{name: "There is no such field."})
        if not isinstance(text, str):
            raise InvalidInput(**{name: "Please send a text."})
    reference = one_line(texts.pop("reference", ""))
    if len(reference) > LONGEST:
        raise InvalidInput(reference=f"Please keep this under {LONGEST} characters.")
    plain = [" ".join(clean(one).split("\n")) for one in addresses]
    urgent = "yes" if said.get("urgent") is True else ""
    return {**texts, "address": "\n".join(plain), "urgent": urgent}, reference
