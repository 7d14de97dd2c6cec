"""The post office's page: each letter that arrived, opened with the practice key."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

from flask import Flask, render_template

from reportbox.practice.internet import PracticeInternet


class Opened(NamedTuple):
    recipient: str
    subject: str
    sent_at: str  # by the practice clock
    is_encrypted: bool
    signed_by: str
    parts: list[tuple[str, str]]  # name, text


def office_page(internet: PracticeInternet) -> Flask:
    app = Flask("reportbox")

    @app.get("/")
    def show_letters() -> str:
        return render_template("practice/office.html", letters=list(opened(internet)))

    @app.after_request
    def headers(answer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'"
        )
        return answer

    return app


def opened(internet: PracticeInternet) -> Iterator[Opened]:
    """Open every letter that arrived, the latest first."""
    for arrived in reversed(list(internet.post_office.letters)):
        message = message_from_bytes(arrived.data, policy=policy.default)
        is_encrypted = message.get_content_type() == "multipart/encrypted"
        signed_by, sent_at = "", str(message["Date"])
        if is_encrypted:
            armoured = list(message.iter_parts())[1].get_payload(decode=True)
            plain, signed_by = internet.lea.decrypt(bytes(armoured))
            message = message_from_bytes(plain, policy=policy.default)
        yield Opened(
            recipient=arrived.recipient,
            subject=str(message["Subject"]),
            sent_at=sent_at,
            is_encrypted=is_encrypted,
            signed_by=signed_by,
            parts=_parts(message),
        )


def _parts(message: EmailMessage) -> list[tuple[str, str]]:
    return [
        (part.get_filename() or "text", _text(part))
        for part in message.walk()
        if not part.is_multipart()
    ]


def _text(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    return bytes(content or b"").decode(errors="replace").replace("\r\n", "\n")
