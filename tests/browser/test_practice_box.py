"""The practice box as a newcomer meets it, in a real browser."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Demo, log_in, start_demo, stop_demo

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_a_report_travels_before_your_eyes(
    demo: Demo, browser: Browser, *, scripts: bool
) -> None:
    address = f"https://item-one.example/{'with' if scripts else 'without'}"
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()

    # A visitor reports and gets a receipt; no cookie was set.
    page.goto(demo.public)
    page.get_by_label("Address", exact=True).fill(address)
    page.get_by_role("button", name="Send report").click()
    if not scripts:
        page.get_by_role("heading", name="One moment").wait_for()
        page.wait_for_timeout(5_000)
        page.get_by_role("button", name="Send report").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert context.cookies() == []

    # Anna judges it.
    log_in(context, demo)
    page.goto(f"{demo.desk}/queue/assess")
    page.locator("table a").last.click()
    page.get_by_label("Illegal: baseline").check()
    page.get_by_role("button", name="Give verdict").click()
    item = page.get_by_role("status").inner_text().partition(":")[0]

    # The box tells the practice police within moments.
    wait_for_words(page, f"{demo.office}/", f"report {item}")

    # A day later the NTD has arrived at the provider, before your eyes.
    page.goto(f"{demo.desk}/")
    page.get_by_role("button", name="+ 1 day").click()
    wait_for_words(page, f"{demo.office}/", f"[{item}] Notice and takedown")
    context.close()


def wait_for_words(page, url: str, words: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    for _ in range(60):
        page.goto(url)
        if words in page.content():
            return
        page.wait_for_timeout(500)
    pytest.fail(f"“{words}” never came to {url}")


def test_the_practice_box_talks_to_loopback_only(demo: Demo, browser: Browser) -> None:
    context = browser.new_context()
    log_in(context, demo)
    context.close()

    notes = demo.notes.read_text().splitlines()

    assert len(notes) > 50  # the hook was there
    elsewhere = [note for note in notes if not is_loopback(note)]
    assert elsewhere == []


def is_loopback(note: str) -> bool:
    where = ast.literal_eval(note.partition(" ")[2])
    host = where[0] if isinstance(where, tuple) else where
    return host in {"127.0.0.1", "localhost", "::1", None} or str(host).startswith("/")


def test_two_boxes_run_side_by_side(demo: Demo, tmp_path: Path) -> None:
    other = start_demo(tmp_path / "other", 8510)
    try:
        assert other.passwords != demo.passwords
        assert other.process.poll() is None
        assert demo.process.poll() is None
    finally:
        stop_demo(other)


def test_a_port_in_use_is_said_in_one_line(demo: Demo) -> None:
    port = demo.public.rpartition(":")[2]
    command = [sys.executable, "-m", "reportbox", "demo", "--port", port]

    refusal = subprocess.run(command, capture_output=True, text=True, check=False)

    assert refusal.returncode == 1
    assert refusal.stderr == (
        f"Error: port {port} is in use; choose others: --port {int(port) + 100}.\n"
    )
