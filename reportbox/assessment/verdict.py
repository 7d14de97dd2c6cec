"""The verdict form: what an analyst may answer, and what must be answered.

The questions are those of Annex I (blocks “content” and “additional information”).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum, auto

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
CONTENT_TYPES = ("image", "video", "text", "link", "other")

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


@dataclass(frozen=True)
class VerdictForm:
    choice: Choice
    reason: str = ""
    retry_on: date | None = None
    is_urgent: bool = False
    urgent_reason: str = ""
    answers: dict[str, str] = field(default_factory=dict)

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
    form: Mapping[str, str], allowed: tuple[Choice, ...], today: date
) -> VerdictForm:
    """Read the form, or raise InvalidInput with a sentence for each wrong field."""
    choice = _choice(form, allowed)
    problems: dict[str, str] = {}
    reason = form.get("reason", "").strip()
    if not reason and choice in {Choice.NOT_ILLEGAL, Choice.NOT_ASSESSED}:
        problems["reason"] = "Please give the reason in a few words."
    retry_on = _retry_on(form, choice, today, problems)
    is_urgent = form.get("is_urgent") == "yes"
    urgent_reason = form.get("urgent_reason", "").strip()
    if is_urgent and not urgent_reason:
        problems["urgent_reason"] = "Say in one sentence what makes it urgent."
    answers = _answers(form, problems)
    if problems:
        raise InvalidInput(**problems)
    return VerdictForm(choice, reason, retry_on, is_urgent, urgent_reason, answers)


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


def _answers(form: Mapping[str, str], problems: dict[str, str]) -> dict[str, str]:
    answers = {name: form.get(name, "").strip() for name in (*TICKS, *TEXTS)}
    kind = form.get("content_type", "")
    answers["content_type"] = kind if kind in CONTENT_TYPES else ""
    for name in TICKS:
        if answers[name] not in ("", *YES_NO):
            problems[name] = "Choose yes, no or not sure."
    if answers["victim_identifiable"] != "yes":
        answers["victim_identified"] = ""  # Annex I asks it only “if yes”
    for name, question in TEXTS.items():
        if len(answers[name]) > LONGEST:
            problems[name] = f"“{question}” is longer than {LONGEST} characters."
    return {name: value for name, value in answers.items() if value}
