"""What letters to providers say: texts a hotline may edit, and the facts they may name.

A text is a template of Jinja, of which little is allowed: facts from one list, a
condition, one loop over the addresses. What else it could do is refused when it is
saved, and a sandbox stands behind that. No fact holds a live address, so that no text
can let one out; the exact addresses go in the attachment alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, auto
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reportbox.ntd.subject import BASELINE, Subject, moment
from reportbox.plain import one_line
from reportbox.settings import Settings
from reportbox.tracing.address import defang

FOLDER = Path(__file__).parents[1] / "templates" / "letters"
GAP = re.compile(r"\n{3,}")  # what is left of a line whose fact is empty
LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000  # characters


class Text(StrEnum):
    """One editable text each."""

    NTD = auto()
    NTD_REMINDER = auto()
    NTD_CORRECTION = auto()
    ORIGIN_REQUEST = auto()
    ORIGIN_REMINDER = auto()
    UPSTREAM_COPY = auto()
    REGISTRAR_REQUEST = auto()


TITLES = {
    Text.NTD: "Notice and takedown",
    Text.NTD_REMINDER: "Reminder",
    Text.NTD_CORRECTION: "Correction: please disregard",
    Text.ORIGIN_REQUEST: "Request for the origin, to a proxy",
    Text.ORIGIN_REMINDER: "Reminder of that request",
    Text.UPSTREAM_COPY: "Copy to the network that carries the provider",
    Text.REGISTRAR_REQUEST: "Last request, to the registrar of the name",
}
FIRST = frozenset({Text.NTD, Text.ORIGIN_REQUEST})
REMINDERS = frozenset({Text.NTD_REMINDER, Text.ORIGIN_REMINDER})
# To others than who was asked; they have not heard of it before.
ABOVE = frozenset({Text.UPSTREAM_COPY, Text.REGISTRAR_REQUEST})
NAMED = ("number", "address")  # of each item, in the texts below
LISTING = FIRST | REMINDERS | ABOVE

# Digital Services Act, Article 16(2)(d).
GOOD_FAITH = {
    "en": "We make this notice in good faith and believe that what it says is "
    "accurate and complete.",
    "de": "Wir machen diese Meldung in gutem Glauben und sind überzeugt, dass die "
    "darin enthaltenen Angaben richtig und vollständig sind.",
    "fr": "Nous faisons cette notification de bonne foi et pensons que les "
    "informations qu’elle contient sont exactes et complètes.",
    "es": "Hacemos esta notificación de buena fe y creemos que la información que "
    "contiene es exacta y completa.",
    "nl": "Wij doen deze melding te goeder trouw en zijn ervan overtuigd dat de "
    "informatie erin juist en volledig is.",
}

# What a text may name, and what it means.
FACTS = {
    "number": "reference of the first address; it stands in the subject in brackets",
    "count": "how many addresses",
    "items": "the addresses, one after the other",
    "provider": "the provider's name",
    "hotline_name": "your name",
    "hotline_description": "the sentence about you, or nothing",
    "hotline_email": "your mail address",
    "hotline_phone": "your telephone, or nothing",
    "hotline_address": "your postal address, or nothing",
    "inhope_since": "the year you joined INHOPE, or nothing",
    "trusted_flagger": "your number as a trusted flagger, or nothing",
    "verify_url": "where the reference can be verified, or nothing",
    "country": "your country",
    "law": "the law that makes it illegal, or nothing",
    "lea": "the law enforcement agency that was told",
    "good_faith": "that you act in good faith (Digital Services Act, Article 16)",
    "within_hours": "within how many hours to act; 0: without delay",
    "keep_days": "for how many days to keep the data; 0: as the law provides",
    "reminder_hours": "after how many hours you remind",
    "attachment": "the attachment with the exact addresses, or nothing",
    "has_xarf": "whether there is X-ARF for machines beside it",
    "by_form": "whether a person copies it into the provider's own form",
    "asked_at": "when the provider was asked, or nothing",
    "asked": "who was asked before, in letters to others, or nothing",
    "reminder": "which reminder it is; 0: none",
}
ITEM_FACTS = {
    "number": "its reference",
    "address": "the address, unusable on purpose",
    "host": "its host, unusable on purpose",
    "port": "the port",
    "ip_addresses": "its IP addresses, or nothing",
    "classification": "“baseline” (illegal by international criteria) or “national”",
    "first_seen": "when a trained analyst first saw it",
    "verified_at": "when a trained analyst last saw it",
}
LOOP_FACTS = frozenset({"index", "first", "last", "length"})
FILTERS: dict[str, Callable[..., Any]] = {
    "length": len,
    "upper": lambda text: str(text).upper(),
    "lower": lambda text: str(text).lower(),
}
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Filter,
)
ONLY = "A text may name facts, ask “if”, and go through “items”; nothing else"


class _Sandbox(ImmutableSandboxedEnvironment):
    """Plain data, read only: no attribute of any object, no call of anything."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002 - as inherited
        return isinstance(obj, LoopContext) and attr in LOOP_FACTS

    def is_safe_callable(self, obj: object) -> bool:  # noqa: ARG002 - as inherited
        return False


def _sandbox() -> _Sandbox:
    made = _Sandbox(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters = dict(FILTERS)
    return made


_texts = _sandbox()


@dataclass(frozen=True)
class Occasion:
    """What one letter is about."""

    provider: str
    lea: str
    subjects: Sequence[Subject]
    language: str = "en"
    attachment: str = ""
    has_xarf: bool = False
    by_form: bool = False
    asked_at: datetime | None = None
    asked: str = ""
    reminder: int = 0


def facts_of(occasion: Occasion, settings: Settings) -> dict[str, Any]:
    """Gather every fact a text may name; no address among them is a live one."""
    own = (
        "hotline_name",
        "hotline_description",
        "hotline_email",
        "hotline_phone",
        "hotline_address",
        "inhope_since",
        "trusted_flagger",
        "verify_url",
    )
    return {
        **{name: getattr(settings, name) for name in own},
        "number": occasion.subjects[0].number,
        "count": len(occasion.subjects),
        "items": [_item(subject) for subject in occasion.subjects],
        "provider": one_line(occasion.provider),
        "country": settings.country_name or settings.country,
        "law": settings.legal_basis,
        "lea": occasion.lea,
        "good_faith": GOOD_FAITH.get(occasion.language, GOOD_FAITH["en"]),
        "within_hours": settings.ntd_within_hours,
        "keep_days": settings.ntd_keep_days,
        "reminder_hours": settings.ntd_reminder_hours if settings.ntd_reminders else 0,
        "attachment": occasion.attachment,
        "has_xarf": occasion.has_xarf,
        "by_form": occasion.by_form,
        "asked_at": moment(occasion.asked_at) if occasion.asked_at else "",
        "asked": one_line(occasion.asked),
        "reminder": occasion.reminder,
    }


def render(subject: str, body: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Return subject and body as they leave."""
    words = [_template(text).render(facts) for text in (subject, body)]
    return one_line(words[0]), GAP.sub("\n\n", words[1]).strip() + "\n"


@cache
def shipped(text: Text, language: str) -> tuple[str, str] | None:
    """Return subject and body that come with the box, if there are any."""
    file = FOLDER / f"{text}.{language}.txt"
    if not file.exists():
        return None
    subject, _, body = file.read_text().partition("\n")
    return subject, body


def problems_with(
    text: Text, subject: str, body: str, language: str, settings: Settings
) -> dict[str, str]:
    """Say by field what is wrong or missing; nothing if the text may be used."""
    problems = {
        "subject": _too_long(subject, LONGEST_SUBJECT) or _misread(subject),
        "body": _too_long(body, LONGEST_BODY) or _misread(body),
    }
    if "\n" in subject.strip():
        problems["subject"] = "The subject must be one line."
    if not any(problems.values()):
        problems = _tried(text, subject, body, language, settings)
    return {name: sentence for name, sentence in problems.items() if sentence}


def sample(text: Text, language: str, settings: Settings, count: int = 2) -> Occasion:
    """Make up what a preview is about: placeholders, on names that lead nowhere."""
    seen = datetime(2030, 1, 7, 9, tzinfo=UTC)
    hosts = [f"item-{n}.sample.example" for n in range(1, count + 1)]
    subjects = [
        Subject(
            number=f"RB-00000{n}",
            address=f"https://{host}/page",
            key=f"https://{host}/page",
            host=host,
            port=443,
            classification=BASELINE if n % 2 else "national",
            first_seen=seen,
            verified_at=seen,
            ip_addresses=("192.0.2.7", "2001:db8::7"),
            asn=64500,
            country=settings.country,
            hoster="Sample Hosting",
        )
        for n, host in enumerate(hosts, 1)
    ]
    is_later = text not in FIRST
    return Occasion(
        provider="Sample Hosting",
        lea="Sample Police",
        subjects=subjects,
        language=language,
        attachment="addresses.csv" if text in LISTING else "",
        asked_at=seen if is_later else None,
        asked="Another Sample Hosting" if text in ABOVE else "",
        reminder=1 if text in REMINDERS else 0,
    )


@lru_cache(256)
def _template(source: str) -> Template:
    return _texts.from_string(source)


def _item(subject: Subject) -> dict[str, Any]:
    return {
        "number": subject.number,
        "address": defang(subject.address),
        "host": defang(subject.host),
        "port": subject.port,
        "ip_addresses": " ".join(subject.ip_addresses),
        "classification": subject.classification,
        "first_seen": moment(subject.first_seen),
        "verified_at": moment(subject.verified_at),
    }


def _too_long(text: str, most: int) -> str:
    if not text.strip():
        return "Please write something here."
    return "" if len(text) <= most else f"Please keep this under {most} characters."


def _misread(source: str) -> str:
    """Say what in it is not allowed, and in which line."""
    try:
        tree = _texts.parse(source)
    except TemplateSyntaxError as wrong:
        return f"Line {wrong.lineno} cannot be read: {wrong.message}"
    except RecursionError:
        return "This is too deeply nested."
    return next(_refusals(tree, ""), "")


def _refusals(node: nodes.Node, one: str) -> Iterator[str]:
    """Walk the text; ``one`` is the name of an address inside its loop."""
    if sentence := _refusal(node, one):
        yield f"Line {node.lineno}: {sentence}."
        return
    if isinstance(node, nodes.For):
        assert isinstance(node.target, nodes.Name)  # noqa: S101 - as refused above
        inside = [*node.body, *node.else_]
        yield from (x for child in inside for x in _refusals(child, node.target.name))
        return
    skip = isinstance(node, nodes.Getattr)
    children = () if skip else node.iter_child_nodes()
    yield from (x for child in children for x in _refusals(child, one))


def _refusal(node: nodes.Node, one: str) -> str:
    if not isinstance(node, ALLOWED):
        return ONLY
    if isinstance(node, nodes.For):
        return _loop_refusal(node, one)
    if isinstance(node, nodes.Getattr):
        known = {one: set(ITEM_FACTS), "loop": LOOP_FACTS} if one else {}
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        good = node.attr in known.get(name, set())
        return "" if good else f"there is no “{name}.{node.attr}” to be named here"
    if isinstance(node, nodes.Name):
        return "" if node.name in FACTS else f"there is no fact called “{node.name}”"
    if isinstance(node, nodes.Filter):
        good = node.name in FILTERS and not (node.args or node.kwargs)
        return "" if good else f"“{node.name}” cannot be used"
    return ""


def _loop_refusal(node: nodes.For, one: str) -> str:
    is_plain = (
        isinstance(node.iter, nodes.Name)
        and node.iter.name == "items"
        and isinstance(node.target, nodes.Name)
        and node.target.name not in {*FACTS, "loop"}
        and not (node.test or node.recursive or one)
    )
    good = "the only loop is “for item in items”, and not inside another"
    return "" if is_plain else good


def _tried(
    text: Text, subject: str, body: str, language: str, settings: Settings
) -> dict[str, str]:
    """Render it in many ways and look for what each letter must say."""
    problems: dict[str, str] = {}
    for facts in _samples(text, language, settings):
        try:
            found = render(subject, body, facts)
        except (TemplateError, TypeError, ValueError) as wrong:
            return {"body": f"The text cannot be used: {wrong}"}
        problems |= {k: v for k, v in _missing(text, *found, facts).items() if v}
    return problems


def _samples(text: Text, language: str, settings: Settings) -> Iterator[dict[str, Any]]:
    """One address and several, with all that can be known and with next to nothing."""
    for count in (1, 3):
        facts = facts_of(sample(text, language, settings, count), settings)
        for name in ("hotline_description", "hotline_phone", "hotline_address"):
            facts[name] = facts[name] or "Sample"
        yield facts
        more = {"inhope_since": "2012", "trusted_flagger": "1", "law": "Sample Act"}
        yield facts | more | {"verify_url": "https://hotline.example", "keep_days": 90}
        less = ("hotline_description", "hotline_phone", "hotline_address", "law")
        none = {"keep_days": 0, "within_hours": 0, "reminder_hours": 0}
        yield facts | dict.fromkeys(less, "") | none | {"has_xarf": True}
        yield facts | {"by_form": True, "attachment": ""}


def _missing(
    text: Text, subject: str, body: str, facts: dict[str, Any]
) -> dict[str, str]:
    tag = f"[{facts['number']}]"
    needed = [(facts["hotline_name"], "your name, {{ hotline_name }}")]
    if text in FIRST | ABOVE:
        needed += [
            (facts["good_faith"], "the good faith (Article 16), {{ good_faith }}"),
            (facts["hotline_email"], "your mail address, {{ hotline_email }}"),
        ]
    if text in LISTING:
        listed = "the list: number and address of each of the items"
        needed += [(x[name], listed) for x in facts["items"] for name in NAMED]
        if facts["attachment"]:
            where = "where the exact addresses stand, {{ attachment }}"
            needed.append((facts["attachment"], where))
    else:
        needed.append((facts["number"], "the reference, {{ number }}"))
    absent = list(dict.fromkeys(words for value, words in needed if value not in body))
    return {
        "subject": ""
        if tag in subject
        else "Something is missing: the reference in brackets, [{{ number }}].",
        "body": f"Something is missing: {'; '.join(absent)}." if absent else "",
    }
