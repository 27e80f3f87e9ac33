"""Takes the picture in README: `python -m tests.picture --write`, with a Chromium on the path."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from pick_model.cli.main import main
from tests.render.chromium import CHROMIUM

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "ranking.png"
WIDTH, HEIGHT = 1280, 1240  # the decision, the weights and the first of the table


def take(path: Path) -> None:
    """The page of README's first command, in light, as a PNG of one window."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "ranking.html"
        task = ROOT / "examples" / "support-tickets" / "task.yaml"
        if main(["recommend", str(task), "--format", "html", "--output", str(page)]):
            raise SystemExit("no page to take a picture of")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        tab.goto(page.as_uri())
        tab.screenshot(path=str(path))
        browser.close()


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    take(PICTURE)
