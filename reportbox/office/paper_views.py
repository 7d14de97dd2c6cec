"""Papers for administrators: begun by the box, finished by people."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from reportbox.here import settings
from reportbox.office.roles import Right
from reportbox.office.starter import STARTERS, fill
from reportbox.records import NoSuchRecord
from reportbox.web import download, needs

bp = Blueprint("papers", __name__, url_prefix="/papers")


@bp.get("/")
@needs(Right.RUN_ACCOUNTS)
def show_papers() -> str:
    return render_template("office/papers.html", starters=STARTERS)


@bp.get("/<paper>")
@needs(Right.RUN_ACCOUNTS)
def take_paper(paper: str) -> Response:
    if paper not in STARTERS:
        raise NoSuchRecord
    title, _ = STARTERS[paper]
    file = f"{title.lower().replace(' ', '-')}.txt"
    return download(file, "text/plain", fill(paper, settings()).encode())
