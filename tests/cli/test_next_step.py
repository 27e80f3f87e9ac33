"""The note on models that cannot be told apart says what to type, and it can be typed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from .conftest import TICKETS, Run
from .test_own_results import line


def note(run: Run, *words: str) -> str:
    done = run("recommend", *words, "--format", "json")
    assert done.code == 0, done.err
    return next(n for n in json.loads(done.out)["notes"] if "told apart" in n)


def test_models_that_can_be_trained_are_named_for_a_probe(run: Run, tmp_path: Path) -> None:
    told = re.search(r"pick-model (probe .*?) --data FILE --task TASK.yaml", note(run, TICKETS))
    assert told is not None
    command, *models = shlex.split(told[1])
    assert command == "probe"
    assert len(models) == 3
    assert run("compare", TICKETS, *models).code == 0
    ledger = tmp_path / "results.jsonl"
    ledger.write_text("".join(line(name, 0.9) for name in models), "utf-8")
    again = note(run, TICKETS, "--results", str(ledger))
    assert not any(re.search(rf"probe\b.* {name} ", again) for name in models)


@pytest.mark.parametrize("task", ["image-classification", "automatic-speech-recognition"])
def test_where_the_probe_cannot_train_it_says_so_and_compares(
    task: str, run: Run, tmp_path: Path
) -> None:
    profile = tmp_path / "task.yaml"
    profile.write_text(f"task: {task}\n", "utf-8")
    told = note(run, str(profile))
    assert f"probe cannot train for {task}" in told
    words = re.search(r"pick-model (compare TASK.yaml .*?) shows", told)
    assert words is not None
    command = words[1].replace("TASK.yaml", shlex.quote(str(profile)))
    assert run(*shlex.split(command)).code == 0
