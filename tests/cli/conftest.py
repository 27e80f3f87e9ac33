"""Running the command line inside the test process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pick_model.cli.main import main
from tests.measure.conftest import minilm, one_layer, tiny  # noqa: F401  the same models

ROOT = Path(__file__).parents[2]
TICKETS = str(ROOT / "examples" / "support-tickets" / "task.yaml")


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `pick-model` with the words given and returns its code, stdout and stderr."""

    def go(*words: str) -> Done:
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return go
