"""Grave moves, each asked on a page of its own: one form, one action, and back."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import flash, render_template, request, url_for

from reportbox.errors import InvalidInput
from reportbox.web import go


def said(form: Mapping[str, str], name: str) -> str:
    """Return one answer of a form without the space around it."""
    return form.get(name, "").strip()


class Field(NamedTuple):
    name: str
    label: str
    hint: str = ""
    kind: str = "text"  # or "textarea", "checkbox"


class Question(NamedTuple):
    """A grave move asked on a page of its own: what it does, and what we need to know.

    ``do`` takes the traveller and the form, and returns the sentence to show after.
    """

    title: str
    text: str
    button: str
    do: Callable[[Any, Mapping[str, str]], str]
    fields: tuple[Field, ...] = ()


def ask(question: Question, item_id: int) -> str:
    back = url_for("assessment.show_item", item_id=item_id)
    return render_template("question.html", question=question, back=back, problems={})


def answer(question: Question, traveller: object, item_id: int) -> Any:  # noqa: ANN401
    """Do it and go back to the item, or draw the question again with what was typed."""
    try:
        said = question.do(traveller, request.form)
    except InvalidInput as wrong:
        back = url_for("assessment.show_item", item_id=item_id)
        page = render_template(
            "question.html", question=question, back=back, problems=wrong.problems
        )
        return page, 422
    flash(said)
    return go("assessment.show_item", item_id=item_id)
