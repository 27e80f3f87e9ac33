"""A headless Chromium, where there is one, and what tests ask the page of a ranking in it."""

from __future__ import annotations

import shutil

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
