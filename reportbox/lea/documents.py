"""Annex I of one item, and the proofs beside it; made when they are asked for."""

from dataclasses import dataclass, replace

from reportbox.agreements.terms import Terms
from reportbox.lea.annex_one import WHOLE, Case, as_json, as_text, url_list
from reportbox.lea.case import case_of
from reportbox.lea.printed_annex import as_html, as_pdf
from reportbox.lea.proof import proofs
from reportbox.post.wording import say_when
from reportbox.records import NoSuchRecord
from reportbox.records.items import Item
from reportbox.records.tracks import LeaNotice
from reportbox.settings import Settings

# What it can be taken away as: file ending -> name and media type.
KINDS = {
    "pdf": ("PDF", "application/pdf"),
    "html": ("HTML", "text/html"),
    "txt": ("text", "text/plain"),
    "json": ("JSON", "application/json"),
    "csv": ("addresses (CSV)", "text/csv"),
}


@dataclass(frozen=True)
class Document:
    name: str
    media_type: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def case_for_reading(item: Item, settings: Settings) -> Case:
    """Fill the template with the moment at which the agency was told, if it was."""
    told = [n.told_at for n in LeaNotice.of(item) if n.told_at]
    when = say_when(min(told), settings.zone) if told else "not yet"
    return replace(case_of(item, settings), forwarded_at=when)


def document(item: Item, kind: str, settings: Settings, terms: Terms) -> Document:
    """Make Annex I of one item, or raise NoSuchRecord for what is no kind of ours."""
    if kind not in KINDS:
        raise NoSuchRecord
    case, off = case_for_reading(item, settings), set(terms.fields_off)
    if kind == "pdf":
        made = as_pdf([case], WHOLE, off)
    else:
        made = {
            "html": lambda: as_html([case], WHOLE, off),
            "txt": lambda: as_text(case, off) + "\n",
            "json": lambda: as_json([case], WHOLE, off),
            "csv": lambda: url_list([case], off),
        }[kind]().encode()
    return Document(f"annex-one-{item.number}.{kind}", KINDS[kind][1], made)


def proofs_for(notice: LeaNotice) -> list[Document]:
    """List the proofs an agency was sent, or told of: a provider does not react."""
    item = notice.item
    if not notice.told.get("reaction") or notice.appearance != item.appearance:
        return []
    return [Document(name, kind, text.encode()) for name, kind, text in proofs(item)]
