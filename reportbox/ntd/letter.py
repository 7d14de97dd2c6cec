"""The attachment of a notice: exact addresses, safe to open in any spreadsheet."""

from collections.abc import Iterable

from reportbox.plain import csv_of

COLUMNS = ("reference", "address", "ip_addresses")


def addresses_csv(rows: Iterable[tuple[str, str, str]]) -> str:
    """Return reference, address and IP addresses as quoted CSV (RFC 4180)."""
    return csv_of(COLUMNS, rows)
