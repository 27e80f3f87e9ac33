"""What to measure next says what to type, and it can be typed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from .conftest import TICKETS, Run
from .test_own_results import line


def decision(run: Run, *words: str) -> dict[str, Any]:
    done = run("recommend", *words, "--format", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)["decision"]
    return found


def test_models_that_can_be_trained_are_named_for_a_probe(run: Run, tmp_path: Path) -> None:
    told = decision(run, TICKETS)["next"]
    _, command, *words = shlex.split(told["command"])
    assert command == "probe"
    models = words[: words.index("--data")]
    assert models == told["models"]
    assert told["minutes"] > 0
    assert run("compare", TICKETS, *models).code == 0
    ledger = tmp_path / "results.jsonl"
    ledger.write_text("".join(line(name, 0.9) for name in models), "utf-8")
    again = decision(run, TICKETS, "--results", str(ledger))
    assert again["anchored"]
    assert not set(models) & set((again["next"] or {"models": []})["models"])


def test_the_first_line_says_what_to_take_and_the_next_what_to_type(
    run: Run, tmp_path: Path
) -> None:
    """With the profile's own path, so that it can be copied."""
    told = decision(run, TICKETS)
    spaced = tmp_path / "my task.yaml"
    spaced.write_bytes(Path(TICKETS).read_bytes())
    for profile in (TICKETS, str(spaced)):
        first, _, rest = run("recommend", profile).out.partition("\n")
        assert first.startswith(f"take {told['pick']} ")
        command = told["next"]["command"].replace("TASK.yaml", shlex.quote(profile))
        assert command in re.sub(r" \\\n +", " ", rest)


@pytest.mark.parametrize("task", ["object-detection", "automatic-speech-recognition"])
def test_where_the_probe_cannot_train_the_models_are_compared(
    task: str, run: Run, tmp_path: Path
) -> None:
    profile = tmp_path / "task.yaml"
    profile.write_text(f"task: {task}\n", "utf-8")
    told = decision(run, str(profile))["next"]
    assert told["stage"] == "compare"
    command = told["command"].removeprefix("pick-model ")
    assert run(*shlex.split(command.replace("TASK.yaml", shlex.quote(str(profile))))).code == 0


def test_a_choice_that_quality_does_not_matter_for_needs_no_measuring(run: Run) -> None:
    assert decision(run, TICKETS, "--weight", "transferability=0")["next"] is None
