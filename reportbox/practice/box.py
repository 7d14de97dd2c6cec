"""Set up a box in a folder of its own: settings, secrets, keys, tables."""

import json
import secrets
from pathlib import Path

from reportbox.adapters.clock import SystemClock
from reportbox.adapters.gpg import GpgKeyring
from reportbox.practice.agreed import agree
from reportbox.practice.atlas import approved_contacts, known_providers
from reportbox.practice.internet import PracticeInternet
from reportbox.records.upgrade import upgrade
from reportbox.settings import Settings
from reportbox.tracing import providers
from reportbox.tracing.book import seed

SECRETS = ("database-key", "session-key", "receipt-key", "audit-key")


def set_up(
    folder: Path, internet: PracticeInternet, port: int, **more: object
) -> tuple[Path, Settings]:
    """Make the box, or bring an earlier one up to date; return its settings file."""
    values = {
        "hotline_name": "Practice Hotline",
        "hotline_description": "a hotline to learn on",
        "hotline_email": "desk@hotline.example",
        "hotline_phone": "+000 000 0000",
        "hotline_address": "1 Practice Street",
        "emergency_text": "Call the emergency number at once. (A practice text.)",
        "country_name": "Estonia",
        "post_office_url": f"http://localhost:{port + 3}",
        "time_zone": "Europe/Tallinn",
        "public_url": f"http://localhost:{port}",
        "desk_url": f"http://localhost:{port + 1}",
        "portal_url": f"http://localhost:{port + 2}",
        "public_port": port,
        "desk_port": port + 1,
        "portal_port": port + 2,
        "data_dir": str(folder / "data"),
        "secrets_dir": str(folder / "secrets"),
        "run_dir": str(folder / "run"),
        **internet.settings(),
        **more,
    }
    file = folder / "reportbox.toml"
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in values.items()]
    file.write_text("".join(lines))
    settings = Settings.read(file)
    make_secrets(settings.secrets_dir)
    upgrade(settings)
    seed(approved_contacts(internet.home), SystemClock().now())
    providers.seed(known_providers(internet.home), SystemClock().now())
    ring = GpgKeyring(settings.gnupg_home, settings.hotline_email)
    ring.create_own_key(settings.hotline_name)
    ring.import_key(internet.lea.export_own_key())
    internet.lea.import_key(ring.export_own_key())
    agree(internet.lea.own_fingerprint(), SystemClock().now())
    return file, settings


def make_secrets(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in SECRETS:
        if not (folder / name).exists():
            (folder / name).write_text(secrets.token_hex(32))
            (folder / name).chmod(0o600)
