"""Whom the hotline tells: agencies as a tree, and the OpenPGP keys they gave us."""

from peewee import BooleanField, TextField

from reportbox.records import DayField, JsonField, Link, MomentField, Record


class Agency(Record):
    """One unit of law enforcement; ``level`` and ``channel`` are words of lea.agency.

    ``regions`` and ``topics`` say what is routed to it; with neither it is told of
    whatever is routed to nobody else.
    """

    name = TextField(unique=True)
    level = TextField(default="central")
    parent = Link("self", null=True, backref="below")
    parent_id: int | None
    mailbox = TextField(default="", collation="NOCASE")  # the unit's, as agreed
    channel = TextField(default="mail")
    key = TextField(default="")  # fingerprint a person compared; empty until then
    tool = TextField(default="")  # the name of its own web tool
    agreed_in = TextField(default="")  # the paragraph that names channel and mailbox
    phone = TextField(default="")
    hours = TextField(default="")
    languages = TextField(default="")
    contact_name = TextField(default="")
    urgent_name = TextField(default="")
    urgent_phone = TextField(default="")
    deputy_name = TextField(default="")
    deputy_phone = TextField(default="")
    regions = JsonField(default=list)
    topics = JsonField(default=list)
    gets_copies = BooleanField(default=False)  # of what units below it are told
    verified_on = DayField(null=True)  # when a person last checked all this
    is_active = BooleanField(default=True)
    tested_at = MomentField(null=True)  # a test letter was written
    test_code = TextField(default="")  # confirms that it arrived
    test_confirmed_at = MomentField(null=True)
    listed_at = MomentField(null=True)  # told until then of what is not illegal
    addresses_told_at = MomentField(null=True)  # told of the hotline's own addresses

    @classmethod
    def key_of(cls, mailbox: str) -> str:
        """Return the key of whoever has this mailbox; empty if they have none."""
        mine = (cls.mailbox == mailbox) & (cls.key != "")
        found = cls.get_or_none(mine)
        return str(found.key) if found else ""


class AgencyKey(Record):
    """A public key in the ring, for one agency; used once a person compared it."""

    agency = Link(Agency, backref="keys")
    agency_id: int
    fingerprint = TextField()
    imported_by = TextField()
    imported_at = MomentField()
    expires_at = MomentField(null=True)
    verified_by = TextField(default="")
    verified_at = MomentField(null=True)
    verified_how = TextField(default="")  # such as “read out by telephone”

    class Meta:
        indexes = ((("agency", "fingerprint"), True),)


class AgencyChange(Record):
    """What an agency's record said before somebody changed it; never changed itself."""

    agency = Link(Agency, backref="changes")
    agency_id: int
    at = MomentField()
    who = TextField()
    before = JsonField()  # each changed field, as it was

    @classmethod
    def of(cls, agency: Agency) -> list["AgencyChange"]:
        """List them, the newest first."""
        return cls.rows_with(agency=agency.id)[::-1]
