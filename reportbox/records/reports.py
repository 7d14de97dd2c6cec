"""What somebody sent. A report holds one or more items, one address each."""

from datetime import datetime

from peewee import BooleanField, IntegerField, TextField

from reportbox.records import DayField, MomentField, Record, database

# What “source” says; only the first is written to in return.
PUBLIC_FORM = "public form"
FROM_ICCAM = "ICCAM"


class Report(Record):
    """What tells of a person goes after its period; see office/retention.py."""

    received_at = MomentField(index=True)
    source = TextField(default=PUBLIC_FORM)
    form_key = TextField(unique=True)  # a double click or a retry is the same report
    code_hash = TextField(index=True)  # SHA-256 of the receipt code
    topic = TextField(default="")  # a code of intake/topics.toml
    where_found = TextField(default="")  # a code of intake/form.py, or a few words
    referrer = TextField(default="")
    steps = TextField(default="")
    login = TextField(default="")  # a user name or password that opens the page
    seen_on = DayField(null=True)
    comments = TextField(default="")
    says_urgent = BooleanField(default=False)  # the reporter's hint, not a decision
    is_distressing = BooleanField(default=False)  # its words stay folded at the desk
    is_flood = BooleanField(default=False)  # came in over a limit: a possible flood
    email = TextField(default="")  # only with one of the two consents below
    wants_reply = BooleanField(default=False)
    police_may_ask = BooleanField(default=False)
    language = TextField(default="en")
    campaign = TextField(default="")
    account = IntegerField(default=0)  # of whoever entered it at the desk
    sent_by = TextField(default="")  # the hotline or partner it came from
    reference = TextField(default="")  # their number for it
    forgotten_at = MomentField(null=True)  # since then nothing in it tells of anybody

    @classmethod
    def naming(cls, item_id: int) -> list["Report"]:
        """List the reports of an item that say more than its address, the first ones.

        Only those from ICCAM and those with a consent: a known address is sent often.
        """
        query = (
            "SELECT DISTINCT report.id FROM sighting "
            "JOIN report ON report.id = report_id "
            "WHERE item_id = ? AND (source = ? OR police_may_ask) "
            "ORDER BY report.id LIMIT 100"
        )
        found = database.execute_sql(query, (item_id, FROM_ICCAM)).fetchall()
        return [cls.get_by_id(number) for (number,) in found]

    @classmethod
    def topics_of(cls, item_id: int) -> set[str]:
        """Return the topics its reporters chose, by code."""
        query = (
            "SELECT DISTINCT topic FROM report JOIN sighting ON report_id = report.id "
            "WHERE item_id = ? AND topic != ''"
        )
        found = database.execute_sql(query, (item_id,)).fetchall()
        return {str(topic) for (topic,) in found}

    @classmethod
    def sent_under(cls, code_hash: str) -> dict[str, datetime]:
        """Return which forms were sent under a receipt, and when."""
        query = "SELECT form_key, received_at FROM report WHERE code_hash = ?"
        found = database.execute_sql(query, (code_hash,)).fetchall()
        return {key: datetime.fromisoformat(at) for key, at in found}

    @classmethod
    def last_received_at(cls) -> datetime | None:
        """Find when the newest report came."""
        query = "SELECT received_at FROM report ORDER BY id DESC LIMIT 1"
        found = database.execute_sql(query).fetchone()
        return datetime.fromisoformat(found[0]) if found else None

    @classmethod
    def of_code(cls, code_hash: str) -> list["Report"]:
        """List what was sent under one receipt: one report, or a form sent anew."""
        return cls.rows(cls.code_hash == code_hash)
