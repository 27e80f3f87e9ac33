"""`select` on the command line: what it takes, prints, writes and returns."""

from __future__ import annotations

import csv
import io
import itertools
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pick_model.documents.select import SelectReport
from pick_model.measure.ledger import read_ledger
from tests.cli.conftest import ROOT, TICKETS, Run
from tests.cli.test_own_results import OTHERS
from tests.measure.conftest import make_rows

pytest.importorskip("torch")

PROFILE = "task: text-classification\nlanguages: [en]\nn_labels: 2\nn_rows: 60\nmetric: accuracy\n"


@pytest.fixture
def task(tmp_path: Path) -> str:
    path = tmp_path / "task.yaml"
    path.write_text(PROFILE)
    return str(path)


@pytest.fixture
def data(tmp_path: Path) -> str:
    rows = make_rows("single-label", 80, noise=0.2)
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for text, label in zip(rows.texts, rows.labels, strict=True):
            writer.writerow([text, rows.label_names[label]])
    return str(path)


@pytest.fixture
def asked(task: str, data: str, tiny: Path, one_layer: Path) -> list[str]:
    """A selection between two folders that screens and has no time to probe."""
    words = ["select", task, "--data", data, "--model", str(tiny), "--model", str(one_layer)]
    return [*words, "--budget", "14s", "--threads", "1", "--precision", "fp32", "--device", "cpu"]


def test_every_format_says_the_same(run: Run, asked: list[str], one_layer: Path) -> None:
    report = SelectReport.model_validate_json(run(*asked, "-f", "json").out)
    assert report.steps
    assert report.spent_seconds <= 1.15 * report.budget_seconds
    assert report.decision.pick == report.results[0].model
    table = run(*asked).out
    assert table.startswith("take ")
    assert "expected loss" in table
    assert "one-layer" in table
    markdown = run(*asked, "-f", "markdown").out
    assert "| stage | model | measured |" in markdown
    lines = list(csv.DictReader(io.StringIO(run(*asked, "-f", "csv").out)))
    assert [line["model"] for line in lines] == [one.model for one in report.results]
    assert str(one_layer) in {line["model"] for line in lines}


def test_what_was_measured_is_recorded_and_named_models_come_from_a_file(
    run: Run, asked: list[str], tiny: Path, tmp_path: Path
) -> None:
    listed, ledger = tmp_path / "models.txt", tmp_path / "ledger.jsonl"
    listed.write_text(f"{tiny}  # small\n{tmp_path / 'nowhere'}\n")
    words = [w for w in asked if w not in ("--model", str(tiny))]
    words.remove(next(w for w in words if w.endswith("one-layer")))
    done = run(*words, "--models", str(listed), "--record", str(ledger), "-f", "json")
    report = SelectReport.model_validate_json(done.out)
    assert "was not measured" in done.err
    assert {one.model: one.error is None for one in report.results} == {
        str(tiny): True,
        str(tmp_path / "nowhere"): False,
    }
    assert done.code in (0, 3)  # of one model there is nothing to find out
    assert len(read_ledger(ledger).screens) == len(report.steps) if report.steps else True


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--budget", "soon"], 2, "budget"),
        (["--budget", "1000h"], 2, "--budget"),
        (["--top", "0"], 2, "--top"),
        (["--model", "./nowhere"], 2, "no folder"),
        (["--jobs", "0"], 2, "--jobs"),
        (["--ray-address", "127.0.0.1:6379"], 2, "--ray-address"),
        (["--rows", "0"], 2, "--rows"),
        (["--point-worth", "-1"], 2, "--point-worth"),
        (["--data", "none.csv"], 2, "none.csv"),
    ],
)
def test_wrong_options_say_what_to_type(
    run: Run, task: str, data: str, tiny: Path, words: list[str], code: int, says: str
) -> None:
    given = [] if "--data" in words else ["--data", data]
    model = [] if "--model" in words else ["--model", str(tiny)]
    done = run("select", task, *given, *model, *words)
    assert (done.code, says in done.err) == (code, True), done.err
    done = run("select", task, *given, *model, *words, "-f", "json")
    assert json.loads(done.out)["error"]["exit"] == code


def test_a_task_that_trains_nothing_is_refused(
    run: Run, data: str, tiny: Path, tmp_path: Path
) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(PROFILE + "training:\n  method: as-is\n")
    done = run("select", str(path), "--data", data, "--model", str(tiny))
    assert done.code == 2
    assert "compare" in done.err


def test_where_no_model_can_be_read_the_exit_is_4(
    run: Run, task: str, data: str, tiny: Path, one_layer: Path, tmp_path: Path
) -> None:
    import shutil

    folders = []
    for n, model in enumerate((tiny, one_layer)):
        folder = Path(shutil.copytree(model, tmp_path / f"broken-{n}"))
        (folder / "tokenizer.json").write_text("{")
        for name in ("vocab.txt", "tokenizer_config.json"):
            (folder / name).unlink(missing_ok=True)
        folders += ["--model", str(folder)]
    done = run("select", task, "--data", data, *folders, "--budget", "60s", "-f", "json")
    assert done.code == 4
    report = SelectReport.model_validate_json(done.out)
    assert all(one.error is not None for one in report.results)


def test_candidates_of_the_catalog_without_the_hub_are_named_once_and_the_rest_left(
    run: Run, task: str, data: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    done = run(
        "select", task, "--data", data, "--top", "6", "--budget", "60s", "--offline", "-f", "json"
    )
    assert done.code == 4, done.err
    report = SelectReport.model_validate_json(done.out)
    assert all(step.error is not None for step in report.steps)
    assert sum(one.error is not None for one in report.results) == 6


def start(words: list[str], cache: Path) -> subprocess.Popen[str]:
    import os

    return subprocess.Popen(
        [sys.executable, "-m", "pick_model", *words, "-f", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PICK_MODEL_CACHE": str(cache)},
    )


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture
def unhurried(asked: list[str]) -> list[str]:
    """With time for everything, whatever else this machine does."""
    return ["600s" if word == "14s" else word for word in asked]


def test_two_at_once_on_one_cache_measure_the_same(unhurried: list[str], tmp_path: Path) -> None:
    one, other = (finish(p) for p in [start(unhurried, tmp_path / "cache") for _ in range(2)])
    measured = [
        {
            (s["stage"], s["model"], s["observation"]["score"])
            for s in r["steps"]
            if s["stage"] == "screen"
        }
        for r in (one, other)
    ]
    assert measured[0] == measured[1]
    assert len(measured[0]) == 2


def test_ctrl_c_is_130_and_the_next_run_goes_on(unhurried: list[str], tmp_path: Path) -> None:
    process = start(unhurried, tmp_path / "cache")
    assert process.stderr is not None
    for line in process.stderr:
        if "judging features" in line:
            process.send_signal(signal.SIGINT)
            break
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out == "" or json.loads(out)["error"]["exit"] == 130
    begun = time.monotonic()
    again = finish(start(unhurried, tmp_path / "cache"))
    assert again["spent_seconds"] <= time.monotonic() - begun
    assert {step["model"] for step in again["steps"]} == {
        word for before, word in itertools.pairwise(unhurried) if before == "--model"
    }


def test_the_tickets_of_the_examples_are_a_task(run: Run) -> None:
    done = run(
        "select", TICKETS, "--data", "examples/support-tickets/train.csv", "--budget", "0.1s"
    )
    assert done.code == 3  # nothing fits, nothing is concluded


def test_results_on_other_data_say_whom_to_start_with(
    run: Run, data: str, tiny: Path, one_layer: Path, tmp_path: Path
) -> None:
    """Where nothing was measured yet on the task's own: roberta-base by what was published."""
    task = tmp_path / "task.yaml"
    task.write_text(PROFILE.replace("60", "8000"), "utf-8")
    ledger = tmp_path / "results.jsonl"
    ledger.write_text(OTHERS, "utf-8")
    models = [f"roberta-base={tiny}", f"distilbert-base-uncased={one_layer}"]
    words = ["select", str(task), "--data", data, "--budget", "0.1s", "-f", "json"]
    words += [word for model in models for word in ("--model", model)]
    picks = []
    for more in ([], ["--results", str(ledger), "--record", str(ledger)]):
        done = run(*words, *more)
        report = json.loads(done.out)
        assert report["steps"] == []
        picks.append(report["decision"]["pick"])
        told = any("8 of your results on other data" in note for note in report["notes"])
        assert told is bool(more)
    assert picks == ["roberta-base", "distilbert-base-uncased"]
