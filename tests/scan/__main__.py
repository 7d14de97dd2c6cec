"""``make scan``: let a scanner that knows nothing of us attack the three faces.

Wapiti (a Debian package) crawls and attacks a practice box with three weeks of items,
behind the web server as installed, over TLS: the public form as a visitor, the portal
as an officer, the desk as a lead analyst and as an administrator. What it finds of
medium weight or more, and every page that stumbles, is printed and ends it with 1.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import sync_playwright

from reportbox.practice.box import set_up
from reportbox.practice.demo import fill, serving
from reportbox.practice.internet import PracticeInternet
from reportbox.settings import FACES
from tests.browser.conftest import CHROMIUM, QUIET
from tests.web_server import web_server

PORT = 8720  # first of eight
VISITS = (("public", ""), ("portal", "otto"), ("desk", "lena"), ("desk", "adam"))
# All that Wapiti has but three: "ssrf" and "wapp" ask servers of the scanner's makers,
# and "nikto" fetches its list from the net.
MODULES = (
    "backup,blindsql,cookieflags,crlf,csp,exec,file,htaccess,http_headers,methods,"
    "permanentxss,redirect,shellshock,sql,xss,xxe"
)
MEDIUM = 2  # wapiti's levels: 1 is low
CRAWL, ATTACK = 240, 60  # seconds of crawling, and for each kind of attack


class Found(NamedTuple):
    visit: str
    kind: str
    level: int
    path: str
    words: str


def main() -> int:
    if shutil.which("wapiti") is None:
        print("The scanner is missing: apt install wapiti")
        return 1
    with tempfile.TemporaryDirectory(prefix="rbs-", ignore_cleanup_errors=True) as made:
        found = _scan_all(Path(made))
    for one in sorted(set(found)):
        print(f"SCAN {one.visit}: level {one.level} {one.kind} {one.path} {one.words}")
    grave = [one for one in found if one.level >= MEDIUM]
    print(f"SCAN {len(found)} findings, {len(grave)} of them medium or worse")
    return 1 if grave else 0


def _scan_all(folder: Path) -> list[Found]:
    ports = {face: PORT + 4 + number for number, face in enumerate(FACES)}
    urls = {f"{face}_url": f"https://localhost:{port}" for face, port in ports.items()}
    os.umask(0o077)
    with PracticeInternet(folder / "net") as internet:
        (folder / "box").mkdir()
        file, settings = set_up(folder / "box", internet, PORT, **urls)
        passwords = fill(settings, internet)
        with (
            serving(file, settings),
            web_server(folder / "nginx", ports, settings.ports, tls=True),
        ):
            # All log in before the first attack: wrong log-ins slow the right ones.
            visits = [
                (url, who, _log_in(url, who, passwords[who]) if who else "")
                for face, who in VISITS
                for url in [f"https://localhost:{ports[face]}/"]
            ]
            return [one for visit in visits for one in _scan(*visit, folder)]


def _scan(url: str, who: str, cookie: str, folder: Path) -> list[Found]:
    visit = who or "visitor"
    print(f"SCAN {visit} at {url}", flush=True)
    report = folder / f"{visit}.json"
    words = ["wapiti", "--url", url, "--module", MODULES, "--verify-ssl", "0"]
    words += ["--format", "json", "--output", str(report), "-v", "0"]
    words += ["--max-scan-time", str(CRAWL), "--max-attack-time", str(ATTACK)]
    words += ["--no-bugreport", "--flush-session"]
    words += ["--store-session", str(folder / visit), "--store-config", str(folder)]
    words += ["--header", f"Cookie: {cookie}"] if cookie else []
    log = folder / f"{visit}.log"
    with log.open("wb") as said:
        subprocess.run(words, stdout=said, stderr=said, timeout=3600, check=True)
    return list(_read(visit, json.loads(report.read_text())))


def _read(visit: str, told: dict[str, Any]) -> list[Found]:
    # A page that stumbles is what a scanner calls an anomaly: never to be passed over.
    heavier = {"vulnerabilities": 0, "anomalies": MEDIUM}
    return [
        Found(visit, kind, max(at_least, int(x["level"])), x["path"], x["info"])
        for part, at_least in heavier.items()
        for kind, cases in told[part].items()
        for x in cases
    ]


def _log_in(url: str, who: str, password: str) -> str:
    """Log in as a person does, and return the cookies for the scanner."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = chromium.new_context(ignore_https_errors=True)
        page = context.new_page()
        page.goto(f"{url}log-in")
        page.get_by_label("User name").fill(who)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.get_by_label("Code").fill(page.locator(".note strong").inner_text())
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Log out").wait_for()
        cookies = "; ".join(f"{c['name']}={c['value']}" for c in context.cookies())
        chromium.close()
    return cookies


sys.exit(main())
