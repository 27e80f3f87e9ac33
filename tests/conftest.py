"""Shared by all tests: a cache of their own, the shipped catalog, where the data lies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pick_model import load_catalog
from pick_model.catalog.catalog import Catalog
from pick_model.words.reader import speak

ROOT = Path(__file__).parents[1]

# Each worker has a core; a network that takes them all would slow the others down.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
# In the background a shell has Ctrl-C ignored, which the programs that tests start and interrupt
# would inherit.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No test measures time, and CI tries the same examples every time; elsewhere they vary.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's cache, or depends on the terminal or the locale."""
    monkeypatch.setenv("PICK_MODEL_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "HF_TOKEN", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """What a test leaves spoken is heard by no other."""
    yield
    speak("en")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The shipped catalog."""
    return load_catalog()


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Real labelled data sets; what needs them is skipped where they are absent."""
    folder = Path(os.environ.get("PICK_MODEL_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}; set PICK_MODEL_TEST_DATA")
    return folder
