"""What a mail is made of, by its BODYSTRUCTURE (RFC 9051, section 7.5.2)."""

import base64
import binascii
import quopri
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

DEEPEST = 20  # parts within parts
ATOM = re.compile(rb"[^\s()\"]+")
MOST_PARTS = 10  # texts of one mail


@dataclass(frozen=True)
class Part:
    path: str  # such as "1.2"
    kind: str  # "plain" or "html"
    charset: str
    encoding: str

    def decode(self, raw: bytes) -> str:
        """Return the words of the part; what cannot be read is replaced."""
        match self.encoding:
            case "base64":
                whole = raw[: len(raw) - len(raw) % 4]
                try:
                    plain = base64.b64decode(whole)
                except (binascii.Error, ValueError):
                    plain = b""
            case "quoted-printable":
                plain = quopri.decodestring(raw)
            case _:
                plain = raw
        try:
            text = plain.decode(self.charset or "utf-8", "replace")
        except (LookupError, ValueError):
            text = plain.decode("utf-8", "replace")
        return _words(text) if self.kind == "html" else text


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


class _Words(HTMLParser):
    """The words of a page and where its links lead; nothing is loaded."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script", "head"}
        if tag in {"p", "br", "div", "li", "tr"}:
            self.found.append("\n")
        link = dict(attrs).get("href") if tag == "a" else None
        if link:
            self.found.append(f" {link} ")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script", "head"} and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def _words(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    reader.close()
    return "".join(reader.found)
