"""The agreement: what was agreed, then and now; it drives the box."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from reportbox.agreements import actions
from reportbox.agreements.milestones import milestones
from reportbox.agreements.reading import name_of_lea, read_terms
from reportbox.agreements.recognition import Partners, as_pdf
from reportbox.agreements.terms import ABOUT, CHOICES, KINDS, SAYS, Terms, read_form
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings, world
from reportbox.lea.annex_one import switchable
from reportbox.office.roles import Right
from reportbox.questions import said
from reportbox.records.agreements import Agreement, Annex
from reportbox.web import download, go, grave, needs

bp = Blueprint("agreements", __name__)


@bp.get("/agreement")
@needs(Right.BE_HERE)
def show_agreement() -> str:
    return _agreement(read_terms(), None)


@bp.get("/agreement/<int:version>")
@needs(Right.BE_HERE)
def show_version(version: int) -> str:
    """Show what was agreed then."""
    row = Agreement.get_by_id(version)
    return _agreement(Terms.from_data(row.terms), row)


def _agreement(terms: Terms, then: Agreement | None) -> str:
    return render_template(
        "agreements/agreement.html",
        terms=terms,
        then=then,
        about=ABOUT,
        says=SAYS,
        versions=list(Agreement.select().order_by(Agreement.id.desc()).limit(100)),
        annexes=Annex.rows(),
        milestones=milestones(terms, _today()),
        fields=[(n, label) for n, label, _ in switchable() if n in terms.fields_off],
    )


@bp.get("/agreement/recognition.pdf")
@needs(Right.BE_HERE)
def take_recognition() -> Response:
    """Print what the agency signs to recognise the hotline as its partner (B16)."""
    we = settings()
    partners = Partners(
        agency=name_of_lea(),
        hotline=we.hotline_name,
        description=we.hotline_description,
        address=we.hotline_address,
        email=we.hotline_email,
        phone=we.hotline_phone,
        country=we.country_name or we.country,
        law=we.legal_basis,
    )
    made = as_pdf(partners, read_terms(), _today())
    return download("confirmation-of-recognition.pdf", "application/pdf", made)


@bp.get("/agreement/change")
@needs(Right.RUN_LEA)
def show_change_agreement() -> str:
    terms = read_terms().to_data()
    typed = {k: "yes" if v is True else v for k, v in terms.items() if v is not None}
    typed |= {f"paragraph_{k}": v for k, v in terms["paragraphs"].items()}
    return _agreement_form(typed, terms["fields_off"], {})


@bp.post("/agreement/change")
@needs(Right.RUN_LEA)
@grave
def change_agreement() -> Any:  # noqa: ANN401
    form = request.form.to_dict()
    known = {name for name, _, _ in switchable()}
    off = [name for name in known if form.get(f"field_{name}") != "yes"]
    try:
        terms = read_form(form, sorted(off), read_terms())
        actions.agree(terms, deed(said(form, "why")))
    except InvalidInput as wrong:
        return _agreement_form(form, off, wrong.problems), 422
    flash("In force from now on; the earlier version is kept.")
    return go(".show_agreement")


def _today() -> date:
    return world().clock.now().astimezone(settings().zone).date()


def _agreement_form(
    typed: Mapping[str, Any], off: list[str], problems: dict[str, str]
) -> str:
    return render_template(
        "agreements/agreement_form.html",
        typed=typed,
        problems=problems,
        about=ABOUT,
        says=SAYS,
        choices=CHOICES,
        kinds=KINDS,
        fields=switchable(),
        off=set(off),
    )
