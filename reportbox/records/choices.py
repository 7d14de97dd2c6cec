"""What the hotline chose at the desk for its form: one row, read with every page."""

import json
from typing import Any

from peewee import SQL, TextField

from reportbox.records import MomentField, Record, database
from reportbox.records.reports import Report

FORM = "form"


class Choice(Record):
    name = TextField(unique=True)
    value = TextField()  # JSON

    @classmethod
    def text(cls, name: str) -> str:
        """Return what was chosen as it stands in the table."""
        query = "SELECT value FROM choice WHERE name = ?"
        found = database.execute_sql(query, (name,)).fetchone()
        return str(found[0]) if found else "{}"

    @classmethod
    def read(cls, name: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(cls.text(name))
        return value

    @classmethod
    def write(cls, name: str, value: dict[str, Any]) -> None:
        text = json.dumps(value, ensure_ascii=False)
        cls.insert(name=name, value=text).on_conflict_replace().execute()


class Campaign(Record):
    """A leaflet, a poster, a partner's web site: where reports come from."""

    code = TextField(unique=True)
    name = TextField()
    material = TextField(default="")  # what was made, and where it lies
    made_at = MomentField()

    @classmethod
    def figures(cls, days: int) -> dict[str, tuple[int, int]]:
        """Count by campaign the addresses reported, and the duplicates among them.

        A duplicate names an item that was reported before: within so many days, or
        ever if the days are 0.
        """
        within = "AND julianday(r.received_at) - julianday(e.received_at) <= ?"
        query = f"""
            SELECT r.campaign, COUNT(*), SUM(EXISTS (
                SELECT 1 FROM sighting s2 JOIN report e ON e.id = s2.report_id
                WHERE s2.item_id = s.item_id AND s2.report_id < s.report_id
                {within if days else ""}))
            FROM report r JOIN sighting s ON s.report_id = r.id
            WHERE r.campaign != '' GROUP BY r.campaign
        """  # noqa: S608 - our own words
        rows = database.execute_sql(query, (days,) if days else ()).fetchall()
        return {code: (total, repeated or 0) for code, total, repeated in rows}


# Only reports that came by a campaign cost a line of the index.
Report.add_index(
    SQL("CREATE INDEX report_campaign ON report (campaign) WHERE campaign != ''")
)
