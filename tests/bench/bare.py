"""The least a server can do for a report: one row, committed. The bench's yardstick."""

import os
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from reportbox.records import atomic
from reportbox.records.reports import Report
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import Settings
from reportbox.world import SETTINGS


def bare() -> Flask:
    open_ready_database(Settings.read(Path(os.environ[SETTINGS])))
    app = Flask("bare")

    @app.post("/")
    def create() -> str:
        unique = os.urandom(16).hex()
        with atomic():
            Report.create(
                received_at=datetime.now(UTC), form_key=unique, code_hash=unique
            )
        return "ok"

    return app
