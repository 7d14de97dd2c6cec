"""The verdict form: what an analyst may answer, and what must be answered.

The questions are those of Annex I (blocks “content” and “additional information”);
the labels come from ``classification.toml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum, auto

from reportbox.assessment.classification import Scheme
from reportbox.errors import InvalidInput
from reportbox.lifecycle import Move


class Choice(StrEnum):
    BASELINE = auto()
    NATIONAL = auto()
    UNCERTAIN = auto()
    NOT_ILLEGAL = auto()
    NOT_ASSESSED = auto()
    SPAM = auto()
    EMPTY = auto()
    OUT_OF_REMIT = auto()
    FORWARD = auto()  # register-and-forward mode: nobody here looks


MOVES = {
    Choice.BASELINE: Move.JUDGE_ILLEGAL,
    Choice.NATIONAL: Move.JUDGE_ILLEGAL,
    Choice.UNCERTAIN: Move.JUDGE_UNCERTAIN,
    Choice.NOT_ILLEGAL: Move.JUDGE_NOT_ILLEGAL,
    Choice.NOT_ASSESSED: Move.POSTPONE,
    Choice.SPAM: Move.SET_ASIDE,
    Choice.EMPTY: Move.SET_ASIDE,
    Choice.OUT_OF_REMIT: Move.SET_ASIDE,
    Choice.FORWARD: Move.FORWARD,
}

LABELS = {
    Choice.BASELINE: "Illegal: baseline",
    Choice.NATIONAL: "Illegal: national",
    Choice.UNCERTAIN: "Uncertain",
    Choice.NOT_ILLEGAL: "Not illegal",
    Choice.NOT_ASSESSED: "Could not be assessed",
    Choice.SPAM: "Set aside: spam",
    Choice.EMPTY: "Set aside: nothing there to judge",
    Choice.OUT_OF_REMIT: "Set aside: out of remit",
    Choice.FORWARD: "Forward to the LEA unassessed",
}

HINTS = {
    Choice.BASELINE: "Illegal by the international baseline criteria.",
    Choice.NATIONAL: "Illegal under our own law.",
    Choice.UNCERTAIN: "The LEA is told; a second opinion or the LEA decides.",
    Choice.NOT_ILLEGAL: "Say why.",
    Choice.NOT_ASSESSED: "Say why; it comes back on the day you choose.",
    Choice.FORWARD: "The LEA judges it and tells us.",
}

ASSESSING = (
    Choice.BASELINE,
    Choice.NATIONAL,
    Choice.UNCERTAIN,
    Choice.NOT_ILLEGAL,
    Choice.NOT_ASSESSED,
    Choice.SPAM,
    Choice.EMPTY,
    Choice.OUT_OF_REMIT,
)
FORWARDING = (Choice.FORWARD, Choice.SPAM, Choice.EMPTY, Choice.OUT_OF_REMIT)
DECIDING = (Choice.BASELINE, Choice.NATIONAL, Choice.NOT_ILLEGAL)

YES_NO = ("yes", "no", "not sure")

# Annex I, block “content”, then “additional information”: field -> question.
TICKS = {
    "offender_identifiable": "Offender identifiable?",
    "victim_identifiable": "Victim identifiable?",
    "victim_identified": "If yes, is the victim identified?",
    "self_generated": "Self-generated?",
}
TEXTS = {
    "summary": "Summary of the content",
    "useful_information": "Useful information for the LEA",
    "password": "Password or referral, if needed",
    "screenshots": "Evidence held outside the box (reference number)",
    "remarks": "Remarks for the LEA",
}
LONGEST_WAIT = timedelta(days=366)  # for another try
LONGEST = 10_000  # characters of one answer
LONGEST_REGION = 300  # characters
LONGEST_REASON = 2_000  # characters
WRITTEN = frozenset({"reason", "urgent_reason", *TEXTS})  # fields people write in


@dataclass(frozen=True)
class VerdictForm:
    choice: Choice
    reason: str = ""
    retry_on: date | None = None
    is_urgent: bool = False
    urgent_reason: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    scheme: str = ""
    reason_code: int = 0

    @property
    def move(self) -> Move:
        return MOVES[self.choice]

    @property
    def classification(self) -> str:
        return self.choice if self.move is Move.JUDGE_ILLEGAL else ""

    @property
    def why(self) -> str:
        parts = [LABELS[self.choice], self.reason]
        return ": ".join(part for part in parts if part)


def read_verdict(
    form: Mapping[str, str], allowed: tuple[Choice, ...], today: date, scheme: Scheme
) -> VerdictForm:
    """Read the form, or raise InvalidInput with a sentence for each wrong field."""
    choice = _choice(form, allowed)
    problems: dict[str, str] = {}
    code, reason = _reason(form, choice, scheme)
    if not reason and choice in {Choice.NOT_ILLEGAL, Choice.NOT_ASSESSED}:
        problems["reason"] = "Please choose the reason, or give it in a few words."
    retry_on = _retry_on(form, choice, today, problems)
    is_urgent = form.get("is_urgent") == "yes"
    urgent_reason = form.get("urgent_reason", "").strip()
    for name, words in (("reason", reason), ("urgent_reason", urgent_reason)):
        if len(words) > LONGEST_REASON:
            problems[name] = f"Please keep this under {LONGEST_REASON} characters."
    if is_urgent and not urgent_reason:
        problems["urgent_reason"] = "Say in one sentence what makes it urgent."
    labels: dict[str, int] = {}
    try:
        labels = scheme.read(form)
    except InvalidInput as wrong:
        problems |= wrong.problems
    answers = _answers(form, scheme.words(labels), problems)
    if problems:
        raise InvalidInput(**problems)
    return VerdictForm(
        choice,
        reason,
        retry_on,
        is_urgent,
        urgent_reason,
        answers,
        labels,
        scheme.version if labels or code else "",
        code,
    )


def choice_of(move: Move, classification: str) -> Choice | None:
    """Name the choice that a verdict came from."""
    if move is Move.JUDGE_ILLEGAL:
        return Choice(classification)
    return next((choice for choice, its in MOVES.items() if its is move), None)


def _reason(form: Mapping[str, str], choice: Choice, scheme: Scheme) -> tuple[int, str]:
    """Join the reason chosen from the list with the one in words."""
    words = form.get("reason", "").strip()
    given = form.get(f"reason_{choice}", "")
    named = scheme.reason(choice, given)
    parts = [part for part in (named, words) if part]
    return (int(given) if named else 0), ": ".join(parts)


def _choice(form: Mapping[str, str], allowed: tuple[Choice, ...]) -> Choice:
    given = form.get("choice", "")
    if given not in allowed:
        raise InvalidInput(choice="Please choose a verdict.")
    return Choice(given)


def _retry_on(
    form: Mapping[str, str], choice: Choice, today: date, problems: dict[str, str]
) -> date | None:
    if choice is not Choice.NOT_ASSESSED:
        return None
    try:
        day = date.fromisoformat(form.get("retry_on", ""))
    except ValueError:
        problems["retry_on"] = "Choose the day on which to try again."
        return None
    if not today < day <= today + LONGEST_WAIT:
        problems["retry_on"] = "Choose a day after today, within a year."
    return day


def _answers(
    form: Mapping[str, str], labels: Mapping[str, str], problems: dict[str, str]
) -> dict[str, str]:
    """Read what Annex I asks; what the labels say already is not asked twice."""
    answers = {name: form.get(name, "").strip() for name in (*TICKS, *TEXTS)}
    answers["content_type"] = labels.get("Content type", "").lower()
    answers["self_generated"] = (
        answers["self_generated"] or labels.get("User-generated", "").lower()
    )
    for name in TICKS:
        if answers[name] not in ("", *YES_NO):
            problems[name] = "Choose yes, no or not sure."
    answers["region"] = form.get("region", "").strip()[:LONGEST_REGION]
    if answers["victim_identifiable"] != "yes":
        answers["victim_identified"] = ""  # Annex I asks it only “if yes”
    for name, question in TEXTS.items():
        if len(answers[name]) > LONGEST:
            problems[name] = f"“{question}” is longer than {LONGEST} characters."
    return {name: value for name, value in answers.items() if value}
