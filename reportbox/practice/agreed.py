"""What a practice hotline has agreed with its practice police."""

from datetime import datetime, timedelta

from reportbox.agreements.terms import Terms
from reportbox.practice.internet import LEA_ADDRESS
from reportbox.records import atomic
from reportbox.records.agencies import Agency, AgencyKey
from reportbox.records.agreements import Agreement

BEGAN = timedelta(days=150)  # before the practice box was made
POLICE_ID, COUNTY_ID = 1, 2
COUNTY = {
    "name": "Practice County Police",
    "level": "regional",
    "parent": POLICE_ID,
    "mailbox": "county@police.example",
    "channel": "portal",
    "phone": "+000 000 0200",
    "regions": ["North"],
}
POLICE = {
    "name": "Practice Police",
    "level": "central",
    "mailbox": LEA_ADDRESS,
    "phone": "+000 000 0100",
    "hours": "Monday to Friday, 8:00 to 18:00",
    "languages": "Estonian, English",
    "contact_name": "Inspector Practice",
    "urgent_name": "Duty officer",
    "urgent_phone": "+000 000 0112",
    "deputy_name": "Second duty officer",
    "deputy_phone": "+000 000 0113",
    "agreed_in": "Annex II, § 1",
    "channel": "both",
    "gets_copies": True,
}


def agree(key: str, now: datetime) -> None:
    """Enter the practice police and a signed agreement, unless they are there."""
    with atomic():
        if Agency.get_or_none(Agency.name == POLICE["name"]):
            return
        day = now.date()
        police = Agency.create(
            id=POLICE_ID,
            **POLICE,
            key=key,
            verified_on=day,
            tested_at=now,
            test_confirmed_at=now,
        )
        Agency.create(id=COUNTY_ID, **COUNTY, tested_at=now, test_confirmed_at=now)
        AgencyKey.create(
            agency=police,
            fingerprint=key,
            imported_by="Practice",
            imported_at=now,
            verified_by="Practice",
            verified_at=now,
            verified_how="made beside the box",
        )
        terms = Terms(
            parties="Practice Hotline and Practice Police",
            legal_basis="Practice Act, § 1",
            first_contact_on=day - BEGAN,
            signed_on=day - BEGAN / 3,
            paragraphs={"ntd_delay_hours": "Annex II, § 3"},
        )
        Agreement.create(
            terms=terms.to_data(),
            changed_by="Practice",
            changed_at=now,
            why="signed",
        )
