"""The attachment of a notice: exact addresses, safe to open in any spreadsheet."""

import csv
from collections.abc import Iterable
from io import StringIO

COLUMNS = ("reference", "address", "ip_addresses")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def addresses_csv(rows: Iterable[tuple[str, str, str]]) -> str:
    """Return reference, address and IP addresses as quoted CSV (RFC 4180)."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows([_inert(value) for value in row] for row in rows)
    return text.getvalue()


def _inert(value: str) -> str:
    """Keep a spreadsheet from reading the value as a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
