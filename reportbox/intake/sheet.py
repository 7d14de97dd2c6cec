"""A list of addresses as a CSV file: any separator, quotes, newlines in fields."""

import csv
import io
from collections.abc import Iterator

from reportbox.errors import InvalidInput

MOST_LINES = 100_000
LARGEST = 64 * 1024 * 1024  # bytes
ENDINGS = {"csv", "tsv", "txt"}  # of a file's name
COLUMNS = (
    "address",
    "topic",
    "where_found",
    "referrer",
    "steps",
    "login",
    "seen_on",
    "comments",
    "urgent",
    "reference",
)
# What the first column is called elsewhere.
ALSO = {"url": "address", "link": "address", "referer": "referrer", "note": "comments"}
LONGEST_FIELD = 100_000  # characters
MOST_COLUMNS = 1_000  # separators in one line


def refuse_other_files(name: str) -> None:
    """Raise InvalidInput for a file whose name says that it is no list."""
    ending = name.rpartition(".")[2].lower()
    if ending not in ENDINGS:
        raise InvalidInput(
            file="Please choose a list saved as CSV: its name ends with .csv, .tsv or "
            ".txt."
        )


def read_sheet(raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and fields of each line, or raise InvalidInput in words.

    With a heading the columns may stand in any order; without one the address comes
    first. The number counts records, the heading not among them.
    """
    text = _decode(raw)
    separator = _separator(text)
    if any(line.count(separator) > MOST_COLUMNS for line in text.split("\n")):
        raise InvalidInput(file="A line has too many columns for a list of addresses.")
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    names: list[str] | None = None
    number = 0
    try:
        for row in rows:
            if not any(field.strip() for field in row):
                continue
            if names is None:
                names, is_heading = _names(row)
                if is_heading:
                    continue
            number += 1
            if number > MOST_LINES:
                raise InvalidInput(file=_too_long())
            yield number, dict(zip(names, row, strict=False))
    except csv.Error as trouble:
        raise InvalidInput(
            file=f"Line {rows.line_num} cannot be read: a quotation mark is left "
            "open, or the field is too long. Nothing was taken in."
        ) from trouble
    if not number:
        raise InvalidInput(file="There is no line in this file.")


def _too_long() -> str:
    return f"A list may have {MOST_LINES} lines. Please cut it into several files."


def _decode(raw: bytes) -> str:
    if b"\x00" in raw[:4096] and raw[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        raise InvalidInput(file="This is no text file. Please save the list as CSV.")
    is_utf16 = raw[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ("utf-16" if is_utf16 else "utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _separator(text: str) -> str:
    """Take the separator that the first line has most of, outside quotes."""
    first = text.lstrip("\r\n ").partition("\n")[0]
    outside = "".join(first.split('"')[::2])
    return max(",;\t|", key=outside.count)


def _names(row: list[str]) -> tuple[list[str], bool]:
    given = [field.strip().lower().replace(" ", "_") for field in row]
    named = [ALSO.get(name, name) for name in given]
    if "address" in named:
        return [n if n in COLUMNS else f"column {i}" for i, n in enumerate(named)], True
    return [COLUMNS[0], *(f"column {i}" for i in range(1, len(row)))], False
