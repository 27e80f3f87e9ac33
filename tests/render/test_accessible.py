"""What axe-core finds on each page, in light and dark, on a desk and on a phone: nothing serious."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pick_model.cli.main import main
from tests.render.chromium import faults, needs_chromium
from tests.render.pages import PAGES, TICKETS

pytestmark = needs_chromium
LOCK = TICKETS.parent / "pick-model.lock"
COMMANDS = {
    "recommend": ["recommend", str(TICKETS)],
    "compare": ["compare", str(TICKETS), "roberta-base", "neobert", "bart-large"],
    "explain": ["explain", str(TICKETS), "roberta-base"],
    "gate it": ["gate", "--lock", str(LOCK), "--offline"],
}
SIZES = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]


@pytest.mark.parametrize("name", [*COMMANDS, *PAGES])
def test_no_page_has_a_serious_fault(name: str, browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    if name in COMMANDS:
        assert main([*COMMANDS[name], "-f", "html", "-o", str(path)]) in (0, 3)
    else:
        path.write_text(PAGES[name](), encoding="utf-8")
    found = [
        f"{width} {scheme}: {f}"
        for width, scheme in SIZES
        for f in faults(browser, path, width, scheme)
    ]
    assert found == []


def test_the_checker_sees_a_fault(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<!doctype html><html lang=en><title>t</title><main><h1>t</h1><button></button></main>"
    )
    assert any("button-name" in one for one in faults(browser, path, 1280, "light"))
