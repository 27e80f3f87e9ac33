"""The documents say what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pick_model import errors
from pick_model.cli.main import main

from .reference import PROFILE, REFERENCE, commands_of, profile_reference, reference

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_command_line_reference_is_fresh() -> None:
    # Versions of typer lay help out differently; the words must agree.
    assert REFERENCE.read_text(encoding="utf-8").split() == reference().split(), "run: make docs"


def test_the_page_of_a_profiles_keys_is_fresh() -> None:
    assert PROFILE.read_text(encoding="utf-8") == profile_reference(), "run: make docs"


def test_every_command_is_in_the_readme() -> None:
    for name in commands_of():
        assert f"pick-model {name}" in README, name


def test_ci_installs_and_tests_as_the_readme_says() -> None:
    line = next(line for line in README.splitlines() if " -m pytest " in line)
    assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_exit_code_is_in_the_readme() -> None:
    codes = {
        getattr(errors, name)
        for name in ("OK", "GATE_FAILED", "WRONG_INPUT", "INCONCLUSIVE", "ENVIRONMENT", "BUG")
    } | {errors.INTERRUPTED}
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README, flags=re.M)}
    assert told == codes


def shown_runs() -> list[tuple[str, str]]:
    """The commands README shows with their output: `$ pick-model …` in a console block."""
    runs = []
    for block in re.findall(r"```console\n(.*?)```", README, flags=re.S):
        command, _, output = block.partition("\n")
        if command.startswith("$ pick-model "):
            runs.append((command.removeprefix("$ "), output))
    return runs


@pytest.mark.parametrize(
    ("command", "shown"),
    [r for r in shown_runs() if r[0].split()[1] in ("recommend", "explain", "compare")],
    ids=lambda v: v[:60],
)
def test_the_readme_shows_what_the_command_prints(
    command: str, shown: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(command)[1:]) == 0
    printed = capsys.readouterr().out
    kept = shown.rstrip("\n").removesuffix("…").rstrip("\n")  # a long output may be cut
    assert printed.startswith(kept), "the README shows another output"
