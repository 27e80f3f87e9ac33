"""A headless Chromium, where there is one, and what tests ask the page of a ranking in it."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ROWS = """[...document.querySelectorAll('.rank tbody tr[data-id]')].map(
    r => [r.dataset.id, +r.dataset.rank, +r.dataset.score, +r.dataset.low, +r.dataset.high])"""
# The page's own listener comes first.
FOLLOW = """link => new Promise(done => {
    addEventListener('hashchange', done, {once: true}); location.hash = link; }).then(() => 0)"""

# Marks a test that opens a page, and skips it where nothing can.
needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path"),
]


def faults(browser: Any, path: Path, width: int, scheme: str) -> list[str]:
    """What axe-core finds serious or critical on a page; its closed parts are opened first."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not there")
    # The page's own policy would refuse the checker's script.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    tab = context.new_page()
    tab.goto(path.as_uri())
    tab.evaluate("document.querySelector('.rank .name')?.click()")
    tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    tab.evaluate((files(axe) / "axe.min.js").read_text(encoding="utf-8"))
    found = tab.evaluate("axe.run(document)")
    context.close()
    assert found["passes"], "axe looked at nothing"
    return [
        f"{one['impact']}: {one['id']} at {node['html'][:200]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
