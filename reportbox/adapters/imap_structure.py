"""What a mail is made of, by its BODYSTRUCTURE (RFC 9051, section 7.5.2)."""

import base64
import binascii
import quopri
import re
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple

DEEPEST = 20  # parts within parts
ATOM = re.compile(rb"[^\s()\"]+")
TAG = re.compile(r"/?[A-Za-z][A-Za-z0-9]{0,20}")
HREF = re.compile(r"(?i)\bhref=[\"']?([^\"'\s>]{1,4000})")
LONGEST_TAG = 5_000  # characters of a tag that are looked at
BREAKS = {"p", "br", "div", "li", "tr", "title"}
MOST_PARTS = 10  # texts of one mail


SIZE = 6  # where the octets of a part stand in its structure


@dataclass(frozen=True)
class Part:
    path: str  # such as "1.2"
    kind: str  # "plain" or "html"
    charset: str
    encoding: str

    def raw(self, sent: bytes) -> bytes:
        """Return the bytes of the part, whatever it was wrapped in for the way."""
        match self.encoding:
            case "base64":
                whole = sent[: len(sent) - len(sent) % 4]
                try:
                    return base64.b64decode(whole)
                except (binascii.Error, ValueError):
                    return b""
            case "quoted-printable":
                return quopri.decodestring(sent)
            case _:
                return sent

    def decode(self, sent: bytes) -> str:
        """Return the words of the part; what cannot be read is replaced."""
        plain = self.raw(sent)
        try:
            text = plain.decode(self.charset or "utf-8", "replace")
        except (LookupError, ValueError):
            text = plain.decode("utf-8", "replace")
        return _words(text) if self.kind == "html" else text


Sealed = tuple[Part | None, int]


def read_structure(answer: list[Any]) -> Any:  # noqa: ANN401 - lists in lists
    """Read imaplib's answer to FETCH BODYSTRUCTURE into nested lists of text."""
    # Literals come apart from the line they stand in; here they are only names.
    line = b" ".join(
        part[0] + b' "literal"' if isinstance(part, tuple) else part
        for part in answer
        if isinstance(part, (bytes, tuple))
    )
    at = line.upper().find(b"BODYSTRUCTURE ")
    if at < 0:
        return []
    return _Reader(line, at + len(b"BODYSTRUCTURE ")).value(0)


def text_parts(structure: Any, path: str = "") -> list[Part]:  # noqa: ANN401
    """List the parts that are words: plain ones, or else the HTML ones."""
    found = list(_texts(structure, path))[: MOST_PARTS * 2]
    plain = [part for part in found if part.kind == "plain"]
    return (plain or found)[:MOST_PARTS]


def sealed_part(structure: Any, before: str = "", depth: int = 0) -> Sealed:  # noqa: ANN401
    """Find what is encrypted, and its size: it follows what says so (RFC 3156).

    Mail servers wrap such a mail in another one, or call it mixed; so it is looked for.
    """
    is_next = False
    for number, part in enumerate(_inside(structure) if depth < DEEPEST else []):
        path = f"{before}{number + 1}"
        if isinstance(part[0], list):
            found = sealed_part(part, f"{path}.", depth + 1)
            if found[0]:
                return found
        elif len(part) > SIZE:
            kind = f"{part[0]}/{part[1]}".lower()
            if is_next and kind == "application/octet-stream":
                size = str(part[SIZE])
                octets = int(size) if size.isascii() and size.isdigit() else 0
                return Part(path, "", "", str(part[5]).lower()), octets
            is_next = kind == "application/pgp-encrypted"
    return None, 0


class Report(NamedTuple):
    """Where in a delivery report its parts stand (RFC 3462, RFC 6533)."""

    status: Part
    headers: str  # those of the mail that came back; empty if none came


STATUS = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",  # a receipt that it was read (RFC 8098)
}
HEADERS = {"text/rfc822-headers", "message/global-headers"}
RETURNED = {"message/rfc822", "message/global"}


def report_parts(structure: Any) -> Report | None:  # noqa: ANN401
    """Find the parts of a delivery report, also one that a gateway has wrapped."""
    wrapped = [p for p in _inside(structure) if isinstance(p[0], list)]
    numbers = [str(_inside(structure).index(part) + 1) for part in wrapped]
    found = [_report_in(structure, "")]
    found += [_report_in(p, f"{n}.") for p, n in zip(wrapped, numbers, strict=True)]
    return next((report for report in found if report), None)


def _report_in(structure: Any, before: str) -> Report | None:  # noqa: ANN401
    status, headers = None, ""
    for number, part in enumerate(_inside(structure)):
        if len(part) < 2 or isinstance(part[0], list):  # noqa: PLR2004 - its type
            continue
        kind, path = f"{part[0]}/{part[1]}".lower(), f"{before}{number + 1}"
        if kind in STATUS:
            encoding = str(part[5]).lower() if len(part) > 5 else ""  # noqa: PLR2004 - as above
            status = Part(path, "plain", "utf-8", encoding)
        elif kind in HEADERS:
            headers = path
        elif kind in RETURNED:
            headers = f"{path}.HEADER"
    return Report(status, headers) if status else None


def _inside(structure: Any) -> list[Any]:  # noqa: ANN401
    """List the parts of a multipart body that are no empty ones."""
    whole = structure if isinstance(structure, list) else []
    return [part for part in whole if isinstance(part, list) and part]


def _texts(structure: Any, path: str) -> Any:  # noqa: ANN401 - lists in lists
    if not isinstance(structure, list) or not structure:
        return
    if isinstance(structure[0], list):
        for number, part in enumerate(p for p in structure if isinstance(p, list)):
            inner = f"{path}.{number + 1}" if path else str(number + 1)
            yield from _texts(part, inner)
        return
    if len(structure) < 7:  # noqa: PLR2004 - the fields of a body
        return
    kind, sub = (str(word).lower() for word in structure[:2])
    if kind != "text" or sub not in {"plain", "html"} or _is_attached(structure):
        return
    options = structure[2] if isinstance(structure[2], list) else []
    names = [str(word).lower() for word in options]
    at = names.index("charset") if "charset" in names else -1
    charset = names[at + 1] if 0 <= at < len(names) - 1 else "utf-8"
    yield Part(path or "1", sub, charset, str(structure[5]).lower())


def _is_attached(structure: list[Any]) -> bool:
    """A part that names itself an attachment stays where it is, text or not."""
    return any(
        isinstance(field, list) and field and str(field[0]).lower() == "attachment"
        for field in structure[7:]
    )


class _Reader:
    """Reads one parenthesised value; anything torn ends it quietly."""

    def __init__(self, line: bytes, at: int) -> None:
        self.line, self.at = line, at

    def value(self, depth: int) -> Any:  # noqa: ANN401 - lists in lists
        self._skip()
        here = self.line[self.at : self.at + 1]
        if here == b"(" and depth < DEEPEST:
            return self._list(depth)
        if here == b'"':
            return self._quoted()
        found = ATOM.match(self.line, self.at)
        self.at = found.end() if found else len(self.line)
        return found[0].decode("ascii", "replace") if found else ""

    def _list(self, depth: int) -> list[Any]:
        self.at += 1
        values: list[Any] = []
        while True:
            self._skip()
            if self.line[self.at : self.at + 1] in {b")", b""}:
                self.at += 1
                return values
            values.append(self.value(depth + 1))

    def _quoted(self) -> str:
        end = self.at + 1
        while end < len(self.line) and self.line[end : end + 1] != b'"':
            end += 2 if self.line[end : end + 1] == b"\\" else 1
        text = self.line[self.at + 1 : end]
        self.at = end + 1
        return text.decode("utf-8", "replace")

    def _skip(self) -> None:
        while self.line[self.at : self.at + 1] in {b" ", b"\r", b"\n"}:
            self.at += 1


def _words(page: str) -> str:
    """Return the words of a page and where its links lead; nothing is loaded.

    Piece by piece from one “<” to the next, so that it takes linear time: whoever
    writes to the hotline chooses what stands here.
    """
    first, *pieces = page.split("<")
    found, silent = [first], ""
    for piece in pieces:
        tag, is_whole, text = piece.partition(">")
        name = TAG.match(tag)
        what = name[0].lower() if name else ""
        if silent:
            silent = "" if what == f"/{silent}" else silent
            if silent:
                continue
        if what in {"style", "script"}:
            silent = what
            continue
        if what.lstrip("/") in BREAKS:
            found.append("\n")
        link = HREF.search(tag, 0, LONGEST_TAG) if what == "a" else None
        if link:
            found.append(f" {link[1]} ")
        found.append(text if is_whole else "")
    return unescape("".join(found))
