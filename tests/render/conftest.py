"""Running the command line, for its pages, models small enough to run it on, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import run  # noqa: F401  the same
from tests.measure.conftest import minilm, one_layer, tiny  # noqa: F401
from tests.render.chromium import CHROMIUM


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        # In a container the sandbox of Chromium has no right to its namespaces.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab; the test fails on a word on its console, an error, or a request beside the file."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda one: one.url.startswith("file:") or said.append(one.url))
    yield tab
    tab.close()
    assert said == []
