"""Grave moves, each asked on a page of its own: one form, one action, and back."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for

from reportbox.errors import InvalidInput

LONGEST = 2_000  # characters of one answer


def said(form: Mapping[str, str], name: str) -> str:
    """Return one answer of a form without the space around it."""
    return form.get(name, "").strip()


def day_of(form: Mapping[str, str], name: str) -> date | None:
    """Read a day, or raise InvalidInput."""
    try:
        return date.fromisoformat(said(form, name)) if said(form, name) else None
    except ValueError:
        raise InvalidInput(**{name: "Please write the day like 2026-11-22."}) from None


class Field(NamedTuple):
    name: str
    label: str
    hint: str = ""
    # or "textarea", "checkbox", "password", "code", "date", "select"
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()  # value and words of a "select"


class Question(NamedTuple):
    """A grave move asked on a page of its own: what it does, and what we need to know.

    ``do`` takes the traveller and the form, and returns the sentence to show after.
    """

    title: str
    text: str
    button: str
    do: Callable[[Any, Mapping[str, str]], str]
    fields: tuple[Field, ...] = ()


def ask(question: Question, back: str, problems: dict[str, str] | None = None) -> str:
    """Draw the question; ``back`` is where a person goes on afterwards."""
    return render_template(
        "question.html", question=question, back=back, problems=problems or {}
    )


def answer(question: Question, traveller: object, back: str) -> Any:  # noqa: ANN401
    """Do it and go on, or draw the question again with what was typed."""
    try:
        _refuse_too_long(question)
        words = question.do(traveller, request.form)
    except InvalidInput as wrong:
        return ask(question, back, wrong.problems), 422
    flash(words)
    return redirect(back, code=303)


def _refuse_too_long(question: Question) -> None:
    problems = {
        field.name: f"Please keep this under {LONGEST} characters."
        for field in question.fields
        if len(request.form.get(field.name, "")) > LONGEST
    }
    if problems:
        raise InvalidInput(**problems)


def item_page(item_id: int) -> str:
    return url_for("assessment.show_item", item_id=item_id)
