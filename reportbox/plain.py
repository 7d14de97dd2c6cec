"""Text from outside made harmless: one line, nothing invisible, a real mail address.

A table for people is CSV, and no cell of it is one that a spreadsheet would compute.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

# RFC 5321, section 4.1.2, without quoted names and address literals: what abuse desks
# publish, and nothing that could mean something to a mail server or a header.
MAIL_ADDRESS = re.compile(
    r"(?!\.)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}(?<!\.)"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,62}"
)
LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3

# Categories of characters nobody sees: controls, format marks (bidi among them), and
# halves of surrogate pairs.
INVISIBLE = {"Cc", "Cf", "Cs"}

# RFC 1123, section 2.1: what name servers can be asked for.
HOST_NAME = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
LONGEST_HOST_NAME = 253

API_URL = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?(/[!-~]*)?")
LONGEST_URL = 500  # characters

COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n")  # OWASP, “CSV Injection”


def is_mail_address(text: str) -> bool:
    plain = len(text) <= LONGEST_ADDRESS and ".." not in text
    return plain and MAIL_ADDRESS.fullmatch(text) is not None


def is_host(text: str) -> bool:
    """Tell whether a machine can be called so: a name in ASCII, or an IP address."""
    last = text.rpartition(".")[2]
    if ":" in text or last.isdigit():  # no top-level domain is a number
        return _is_ip_address(text)
    is_name = HOST_NAME.fullmatch(text) is not None
    return is_name and len(text) <= LONGEST_HOST_NAME


def _is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_api_url(text: str) -> bool:
    """Tell whether this is an encrypted web address without a name or a password."""
    return len(text) <= LONGEST_URL and API_URL.fullmatch(text) is not None


def api_token_name(url: str) -> str:
    """Name the secret that opens an API: one for each host."""
    return f"api-token-{urlsplit(url).hostname}"


def visible(text: str, *, keep: str = "") -> str:
    """Drop every invisible character but those to keep."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c for c in text if c in keep or unicodedata.category(c) not in INVISIBLE
    )


def one_line(text: str) -> str:
    """Write the text on one line, its white space as single blanks."""
    return visible(" ".join(text.split()))


def uncomputed(cell: str) -> str:
    """Keep a spreadsheet from reading the cell as a formula."""
    return f"'{cell}" if cell.startswith(COMPUTED) else cell


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV (RFC 4180), every cell quoted and none computed."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([uncomputed(cell) for cell in row] for row in rows)
    return text.getvalue()


class Sentence(str):
    """A sentence for a visitor: English as it stands, ready for another language.

    The template is the key of the catalogues; values stand in it as ``%(name)s``.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = template, values
        return made
