"""A ledger's results that are not of what the task asks for: other trainings, rows and metrics."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pick_model.documents.reader import read_yaml

from .conftest import TICKETS, Run
from .test_own_results import candidates, line

MODEL = "roberta-base"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "results.jsonl"


def trained(tmp_path: Path, method: str, rows: str = "n_rows: 8000") -> str:
    """The tickets' profile by another training."""
    path = tmp_path / f"{method}.yaml"
    parts = "task: text-classification\nlanguages: [en]\nn_labels: 6\nmetric: macro_f1\n"
    path.write_text(f"{parts}{rows}\ntraining: {{method: {method}}}\n", "utf-8")
    return str(path)


def notes(run: Run, task: str, ledger: Path) -> str:
    done = run("recommend", task, "--results", str(ledger))
    assert done.code == 0, done.err
    return " ".join(done.out.split())


def test_a_linear_probe_tells_of_a_fine_tune_what_a_screen_does(run: Run, ledger: Path) -> None:
    ledger.write_text(line(MODEL, 0.7), "utf-8")
    tuned = candidates(run, "--results", str(ledger))[MODEL]
    ledger.write_text(line(MODEL, 0.7, method="linear"), "utf-8")
    frozen = candidates(run, "--results", str(ledger))[MODEL]
    assert tuned["expected"]["value"] == pytest.approx(0.7, abs=0.02)
    assert frozen["expected"]["value"] > 0.75  # training wins over frozen features
    widths = [one["expected"]["high"] - one["expected"]["low"] for one in (tuned, frozen)]
    assert widths[1] > 3 * widths[0]
    assert "they count as a screen's do" in notes(run, TICKETS, ledger)


def test_where_the_tasks_own_training_was_probed_the_others_are_left_out(
    run: Run, ledger: Path
) -> None:
    ledger.write_text(line(MODEL, 0.9) + line("gpt2", 0.7, method="linear"), "utf-8")
    found = candidates(run, "--results", str(ledger))
    assert found[MODEL]["measured"]["score"] == 0.9
    assert found["gpt2"]["measured"] is None
    told = notes(run, TICKETS, ledger)
    assert "results by another method than full were left out: linear" in told


def test_of_frozen_features_a_fine_tune_says_nothing(
    run: Run, ledger: Path, tmp_path: Path
) -> None:
    ledger.write_text(line(MODEL, 0.9), "utf-8")
    told = notes(run, trained(tmp_path, "frozen"), ledger)
    assert "results by another method than linear were left out: full" in told
    ledger.write_text(line(MODEL, 0.9, method="linear"), "utf-8")
    assert "left out" not in notes(run, trained(tmp_path, "frozen"), ledger)


def test_a_fine_tune_counts_as_lora_with_a_word(run: Run, ledger: Path, tmp_path: Path) -> None:
    ledger.write_text(line(MODEL, 0.9), "utf-8")
    told = notes(run, trained(tmp_path, "qlora"), ledger)
    assert "the models were probed by full, and the task trains by lora" in told


def test_the_tasks_metric_is_taken_where_some_results_are_in_it(run: Run, ledger: Path) -> None:
    ledger.write_text(line(MODEL, 0.9) + line("gpt2", 0.7, metric="accuracy"), "utf-8")
    found = candidates(run, "--results", str(ledger))
    assert found[MODEL]["measured"]["metric"] == "macro_f1"
    assert "results by another metric than macro_f1" in notes(run, TICKETS, ledger)


def test_more_rows_than_a_probe_foretells_raise_what_is_expected_and_the_doubt(
    run: Run, ledger: Path, tmp_path: Path
) -> None:
    def ends(full_rows: int | None) -> tuple[float, float]:
        ledger.write_text(line(MODEL, 0.74, full_rows=full_rows), "utf-8")
        found = candidates(run, "--results", str(ledger))[MODEL]["expected"]
        return found["value"], found["high"] - found["low"]

    same, unknown, few = ends(7000), ends(None), ends(230)
    assert same == unknown
    # What is missing falls by the power .21 of 35 times as many rows.
    assert few[0] == pytest.approx(0.85, abs=0.03)
    assert few[1] > 1.5 * same[1]
    told = notes(run, TICKETS, ledger)
    assert "foretell fine-tunes on 230 rows, and the profile says n_rows: 8,000" in told
    assert "foretell" not in notes(run, trained(tmp_path, "full", "# none"), ledger)


def test_each_result_counts_as_of_its_own_rows(run: Run, ledger: Path) -> None:
    few = line("all-minilm-l6-v2", 0.74, full_rows=230) + line("gpt2", 0.70, full_rows=230)
    ledger.write_text(few + line(MODEL, 0.86, full_rows=8000), "utf-8")
    found = candidates(run, "--results", str(ledger))
    assert found[MODEL]["expected"]["value"] == pytest.approx(0.86, abs=0.01)
    assert found["all-minilm-l6-v2"]["expected"]["value"] > 0.78


def test_frozen_features_gain_by_more_rows_nobody_knows_what(
    run: Run, ledger: Path, tmp_path: Path
) -> None:
    ledger.write_text(line(MODEL, 0.68, method="linear", full_rows=230), "utf-8")
    task = trained(tmp_path, "frozen")
    assert "foretell" not in notes(run, task, ledger)
    done = run("recommend", task, "--results", str(ledger), "--format", "json", "--top", "0")
    [mine] = [c for c in json.loads(done.out)["candidates"] if c["id"] == MODEL]
    assert mine["expected"]["value"] == pytest.approx(0.68, abs=0.01)


def test_a_linear_probe_of_nothing_right_tells_as_little_as_such_a_screen(
    run: Run, ledger: Path
) -> None:
    ledger.write_text(line(MODEL, 0.0, 0.0, method="linear"), "utf-8")
    before, after = candidates(run), candidates(run, "--results", str(ledger))
    assert after["gpt2"]["expected"]["value"] == before["gpt2"]["expected"]["value"]


def test_a_model_that_was_probed_again_is_not_left_out(run: Run, ledger: Path) -> None:
    ledger.write_text(line("gpt2", 0.05, undecided=True) + line("gpt2", 0.8), "utf-8")
    assert "left out" not in notes(run, TICKETS, ledger)
    ledger.write_text(line("gpt2", 0.05, undecided=True), "utf-8")
    assert "said one class" in notes(run, TICKETS, ledger)  # and it holds a result all the same


def test_a_model_that_had_not_begun_to_learn_is_no_evidence(run: Run, ledger: Path) -> None:
    ledger.write_text(line(MODEL, 0.9) + line("gpt2", 0.05, undecided=True), "utf-8")
    found = candidates(run, "--results", str(ledger))
    assert found["gpt2"]["measured"] is None
    told = notes(run, TICKETS, ledger)
    assert "results of models that still said one class for every row were left out: gpt2" in told


def test_a_lock_takes_the_same_results_as_recommend(run: Run, ledger: Path, tmp_path: Path) -> None:
    ledger.write_text(line(MODEL, 0.9) + line("gpt2", 0.7, metric="accuracy"), "utf-8")
    found = candidates(run, "--results", str(ledger))[MODEL]
    out = tmp_path / "pick-model.lock"
    done = run("lock", TICKETS, MODEL, "--results", str(ledger), "--output", str(out))
    assert done.code == 0, done.err
    assert "results by another metric than macro_f1" in " ".join(done.err.split())
    locked = read_yaml(out).value["ranking"]
    assert locked["score"] == pytest.approx(found["score"], abs=1e-4)
