"""Without the extra, what needs it says what to install and nothing is a bug of ours."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import ROOT, TICKETS

ROWS = "examples/support-tickets/train.csv"


@pytest.mark.parametrize("lacking", ["scipy", "torch", "sklearn"])
@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["screen", "--data", ROWS, "--model", "bert-base-uncased"], "screen"),
        (["probe", "bert-base-uncased", "--data", ROWS], "probe"),
        (["recommend", TICKETS, "--probe", "--data", ROWS], "probe"),
    ],
)
def test_a_command_without_its_extra_names_the_install_command(
    words: list[str], what: str, lacking: str
) -> None:
    code = (
        f"import sys; sys.modules[{lacking!r}] = None\n"
        f"from pick_model.cli.main import main; sys.exit(main({words!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4, done.stderr
    assert f"{what} needs the 'probe' extra" in done.stderr
    assert 'pip install "pick-model[probe]"' in done.stderr
