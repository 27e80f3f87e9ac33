"""A working folder with a catalog of its own for every test of the gate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .bench import Bench, compiled_in


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    return compiled_in(tmp_path_factory.mktemp("catalogs"))


@pytest.fixture
def bench(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    compiled: Callable[..., Path],
) -> Bench:
    return Bench(tmp_path, monkeypatch, capsys, compiled)
