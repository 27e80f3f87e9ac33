"""`--help`: every example in it is right, every option has its words, and nothing is cut."""

from __future__ import annotations

import functools
import inspect
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pick_model.catalog.load import load_catalog
from pick_model.cli import cache, catalog
from pick_model.cli.app import COMMANDS
from pick_model.cli.main import main
from tests.reference import every_command, help_of

ROOT = Path(__file__).parents[2]
EVERY = list(every_command())
# What trains, asks the Hub or waits for a client, needs files that are not there, or takes many
# seconds is parsed only.
RUN = (
    *("recommend", "explain", "compare", "gate", "schema", "catalog", "init", "estimate"),
    *("hardware", "cache", "lock"),
)
SLOW = re.compile(r" --(probe|calibrate)\b| (validate|diff|add|refresh)\b| lock (?!.*--offline)")


def examples_of(words: tuple[str, ...]) -> list[str]:
    """The command lines under Examples: of one help text, joined where they go on."""
    _, _, listed = help_of(*words).partition("\nExamples:\n")
    return [line.strip() for line in re.sub(r" \\\n *", " ", listed).splitlines()]


EXAMPLES = sorted({line for words in EVERY for line in examples_of(words)})
FAST = [e for e in EXAMPLES if e.split()[1] in RUN and not SLOW.search(e)]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_shows_an_example_of_itself(words: tuple[str, ...]) -> None:
    found = examples_of(words)
    assert found
    assert all(line.startswith(" ".join(("pick-model", *words))) for line in found)


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_no_line_is_longer_than_the_terminal_is_wide(words: tuple[str, ...]) -> None:
    assert all(len(line) <= 80 for line in help_of(*words).splitlines())


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_option_says_what_it_does(words: tuple[str, ...]) -> None:
    listed = help_of(*words).partition("\nExamples:\n")[0].splitlines()
    for line, after in zip(listed, [*listed[1:], ""], strict=True):
        if line.startswith("  -"):  # the words stand two columns on, or below what is long
            assert re.search(r"\S  +\S", line) or after.startswith(" " * 8), line


def parsed(line: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command of an example is called with. Nothing of it runs."""
    calls: list[dict[str, Any]] = []

    def deaf(command: Any) -> Any:
        return functools.wraps(command)(lambda **given: calls.append(given))

    for _, place in COMMANDS.values():
        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        if inspect.isfunction(command):
            monkeypatch.setattr(import_module(module), name, deaf(command))
    for info in (*catalog.app.registered_commands, *cache.app.registered_commands):
        monkeypatch.setattr(info, "callback", deaf(info.callback))
    assert main(shlex.split(line)[1:]) == 0
    [given] = calls
    return given


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_is_parsed_and_names_what_is_there(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    known = load_catalog(()).entries
    for name, value in parsed(line, monkeypatch).items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Path) and one.parts[0] in ("examples", "catalogs"):
                assert one.exists()
            if (
                name in ("model", "models") and isinstance(one, str) and "/" not in one
            ):  # the Hub's names are its own
                assert one in known


@pytest.mark.parametrize("line", FAST)
def test_a_fast_example_runs(
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    for name in ("examples", "catalogs"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(line)[1:]) == 0
    file = re.search(r" (-o|--output|export) (\w[\w.-]*)", line)
    assert (tmp_path / file[2]).exists() if file else capsys.readouterr().out


def test_asking_for_no_help_imports_none_of_what_draws_it() -> None:
    code = (
        "import sys; from pick_model.cli.main import main; "
        "main(['recommend', 'examples/support-tickets/task.yaml', '-f', 'json']); "
        "print([m for m in sys.modules if m.startswith(('rich.', 'typer.rich'))], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == "[]\n"
