"""``make screenshots``: draw the pictures of the README and the docs anew."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, log_in, start_demo, stop_demo

PICTURES = Path(__file__).parents[2] / "docs" / "screenshots"
PAGES = {
    "form": ("public", "/"),
    "queue": ("desk", "/queue/assess"),
    "item": ("desk", "/items/9"),
    "verdict": ("desk", "/items/30"),
    "tasks": ("desk", "/tasks"),
    "post-office": ("office", "/"),
}


def main(port: int) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = start_demo(Path(folder), port)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            context = chromium.new_context(viewport={"width": 1100, "height": 760})
            log_in(context, demo)
            page = context.new_page()
            for name, (face, path) in PAGES.items():
                height = 1080 if path.startswith("/items/") else 760
                page.set_viewport_size({"width": 1100, "height": height})
                page.goto(getattr(demo, face) + path)
                page.screenshot(path=PICTURES / f"{name}.png")
            page.goto(f"{demo.desk}/items/9")
            history = page.get_by_role("region", name="History")
            history.screenshot(path=PICTURES / "history.png")
            log_in(context, demo, "otto")
            page.set_viewport_size({"width": 1100, "height": 760})
            page.goto(f"{demo.portal}/lea/notices/")
            page.screenshot(path=PICTURES / "portal.png")
            chromium.close()
        stop_demo(demo)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8540)
