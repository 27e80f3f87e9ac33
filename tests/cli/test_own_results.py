"""recommend with the user's own measurements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pick_model.documents.probe import LedgerLine

from .conftest import ROOT, TICKETS, Run


def line(model: str, score: float, half: float = 0.01, **changes: Any) -> str:
    """One line of a ledger as `probe --record` writes it."""
    values: dict[str, Any] = {
        "model": model, "revision": None, "weights_digest": "0" * 64, "data_digest": "1" * 64,
        "data_source": "train.csv", "kind": "single-label", "method": "full",
        "metric": "macro_f1", "score": score, "interval": (score - half, score + half),
        "extrapolated": score, "extrapolated_interval": (score - half, score + half),
        "verdict": "transfers", "rows": 300, "steps": 30, "seeds": 2, "baselines": {},
        "step_seconds": 0.5, "peak_memory_gib": 1.0, "device": "cpu", "versions": {},
    }  # fmt: skip
    return LedgerLine(**{**values, **changes}).model_dump_json() + "\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "results.jsonl"


def candidates(run: Run, *words: str) -> dict[str, Any]:
    done = run("recommend", TICKETS, "--format", "json", "--top", "0", *words)
    assert done.code == 0, done.err
    found: dict[str, Any] = {c["id"]: c for c in json.loads(done.out)["candidates"]}
    return found


def test_a_measured_model_moves_by_what_was_measured_and_takes_its_relatives_along(
    run: Run, ledger: Path
) -> None:
    ledger.write_text(line("distilbert-base-uncased", 0.95) + line("gpt2", 0.80), "utf-8")
    before, after = candidates(run), candidates(run, "--results", str(ledger))
    up, down = "distilbert-base-uncased", "gpt2"
    assert after[up]["standing"]["value"] > before[up]["standing"]["value"]
    assert after[down]["standing"]["value"] < before[down]["standing"]["value"]
    assert after[up]["expected"]["basis"] == "measured"
    assert after[up]["expected"]["value"] == pytest.approx(0.95, abs=0.01)
    assert after[up]["measured"]["score"] == 0.95
    relative, stranger = (
        after[name]["standing"]["value"] - before[name]["standing"]["value"]
        for name in ("distilbert-base-multilingual-cased", "pythia-160m")
        if name in after
    )
    assert relative > stranger


def test_one_result_anchors_what_every_row_is_expected_to_score(run: Run, ledger: Path) -> None:
    ledger.write_text(line("roberta-base", 0.5), "utf-8")
    before, after = candidates(run), candidates(run, "--results", str(ledger))
    for name in ("roberta-base", "bert-base-uncased", "deberta-v3-base"):
        wide, narrow = before[name]["expected"], after[name]["expected"]
        assert narrow["metric"] == "macro_f1"
        assert narrow["high"] - narrow["low"] < wide["high"] - wide["low"]
        assert narrow["low"] < 0.55 < narrow["high"] + 0.06


def test_results_in_another_metric_than_the_tasks_are_told(run: Run, ledger: Path) -> None:
    ledger.write_text(line("roberta-base", 0.5), "utf-8")
    assert "asks for" not in run("recommend", TICKETS, "--results", str(ledger)).err
    ledger.write_text(line("roberta-base", 0.5, metric="accuracy"), "utf-8")
    for words in (["recommend", TICKETS], ["compare", TICKETS, "roberta-base", "gpt2"]):
        done = run(*words, "--results", str(ledger))
        told = " ".join((done.out + done.err).split())
        assert "the task asks for macro_f1, the results are in accuracy" in told


def test_the_latest_result_of_a_model_counts(run: Run, ledger: Path) -> None:
    ledger.write_text(
        line("roberta-base", 0.5) + line("gpt2", 0.7) + line("roberta-base", 0.9), "utf-8"
    )
    assert candidates(run, "--results", str(ledger))["roberta-base"]["measured"]["score"] == 0.9


def test_two_columns_of_labels_in_one_file_are_two_tasks(run: Run, ledger: Path) -> None:
    of_mood = line("distilbert-base-uncased", 0.95, label="mood")
    of_coin = line("roberta-base", 0.50, label="coin")
    ledger.write_text(of_mood + of_coin, "utf-8")
    found = candidates(run, "--results", str(ledger))
    assert found["roberta-base"]["expected"]["basis"] == "measured"
    assert found["distilbert-base-uncased"]["expected"]["basis"] != "measured"
    told = " ".join(run("recommend", TICKETS, "--results", str(ledger)).out.split())
    assert "results are of the labels coin; those of mood in the same file" in told
    ledger.write_text(of_mood + line("roberta-base", 0.50), "utf-8")  # before columns were kept
    assert candidates(run, "--results", str(ledger))["roberta-base"]["measured"]["score"] == 0.5


def test_what_is_not_in_the_catalog_is_told(run: Run, ledger: Path) -> None:
    ledger.write_text(line("my/own-model", 0.9) + line("gpt2", 0.7), "utf-8")
    done = run("recommend", TICKETS, "--results", str(ledger))
    assert "measured, but not in the catalog: my/own-model" in done.out


OTHERS = "".join(
    line(model, score, data_digest=digest * 64, data_source=f"{name}.csv")
    for digest, name in (("2", "orders"), ("3", "mails"))
    for model, score in (
        ("distilbert-base-uncased", 0.86),
        ("bert-base-uncased", 0.74),
        ("roberta-base", 0.70),
        ("gpt2", 0.60),
    )
)


def test_results_on_other_data_tell_which_models_do_well(
    run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    data = "examples/support-tickets/train.csv"
    ledger.write_text(OTHERS, "utf-8")
    before, after = candidates(run), candidates(run, "--results", str(ledger), "--data", data)
    up, down = "distilbert-base-uncased", "roberta-base"
    assert after[up]["standing"]["value"] > before[up]["standing"]["value"] + 0.5
    assert after[down]["standing"]["value"] < before[down]["standing"]["value"] - 0.3
    assert after[up]["expected"]["basis"] == "published"  # not measured on the task's own data
    assert after[up]["expected"]["n_items"] == before[up]["expected"]["n_items"] + 2
    assert after["modernbert-large"]["standing"] == before["modernbert-large"]["standing"]


def test_results_on_other_data_are_told_and_explained(
    run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    words = ["--results", str(ledger), "--data", "examples/support-tickets/train.csv"]
    ledger.write_text(OTHERS, "utf-8")
    told = " ".join(run("recommend", TICKETS, *words).out.split())
    assert "8 of your results on other data (mails.csv, orders.csv) count as evidence" in told
    assert "the ledger holds no result on this data" in told
    words = ["explain", TICKETS, "roberta-base", *words]
    found = json.loads(run(*words, "--format", "json").out)["evidence"]
    mine = [one for one in found if one["source"] == "yours"]
    assert [(one["benchmark"], one["score"]) for one in mine] == [
        ("mails.csv", 0.7),
        ("orders.csv", 0.7),
    ]
    assert all(one["share"] > 0.1 for one in mine)
    assert "and 2 of yours" in " ".join(run(*words).out.split())


def test_other_data_do_not_stand_for_the_task_s_own(run: Run, ledger: Path) -> None:
    """One model alone on other data says nothing, pictures nothing of texts; without --data
    nobody knows which is the task's."""
    data = str(ROOT / "examples/support-tickets/train.csv")
    ledger.write_text(line("gpt2", 0.7), "utf-8")
    assert run("recommend", TICKETS, "--results", str(ledger), "--data", data).code == 2
    ledger.write_text(OTHERS, "utf-8")
    assert run("recommend", TICKETS, "--results", str(ledger)).code == 2
    ledger.write_text(line("vit-base-patch16-224", 0.7) + line("resnet-50", 0.8), "utf-8")
    assert run("recommend", TICKETS, "--results", str(ledger), "--data", data).code == 2


def test_a_lock_needs_results_on_its_own_data(run: Run, ledger: Path, tmp_path: Path) -> None:
    data = str(ROOT / "examples/support-tickets/train.csv")
    ledger.write_text(OTHERS, "utf-8")
    words = ["lock", TICKETS, "roberta-base", "--results", str(ledger), "--data", data]
    done = run(*words, "-o", str(tmp_path / "lock.json"))
    assert (done.code, "no result on this data" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        (line("gpt2", 0.7) + line("gpt2", 0.7, data_digest="2" * 64), [], "results on 2 data sets"),
        (line("gpt2", 0.7), ["--data", "examples/support-tickets/train.csv"], "no result on this data"),
        ("{}\n", [], "not a line of a results ledger"),
        ("nonsense\n", [], "not a line of a results ledger"),
    ],
)  # fmt: skip
def test_a_ledger_that_does_not_fit_is_refused(
    text: str, words: list[str], message: str, run: Run, ledger: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(ROOT)
    ledger.write_text(text, "utf-8")
    done = run("recommend", TICKETS, "--results", str(ledger), *words)
    assert done.code == 2
    assert message in done.err


def test_a_missing_ledger_and_missing_data_are_wrong_input(run: Run) -> None:
    assert run("recommend", TICKETS, "--results", "none.jsonl").code == 2
    done = run("recommend", TICKETS, "--probe")
    assert (done.code, "add --data FILE" in done.err) == (2, True)


def test_a_near_exact_result_narrows_the_interval_of_its_model(run: Run, ledger: Path) -> None:
    models = ("roberta-base", "distilbert-base-uncased", "bert-base-uncased", "deberta-v3-base")
    ledger.write_text("".join(line(m, 0.8 + 0.01 * i, 1e-4) for i, m in enumerate(models)), "utf-8")
    before, after = candidates(run), candidates(run, "--results", str(ledger))
    for index, name in enumerate(models):
        (_, low, high), (_, lower, higher) = (
            found[name]["values"]["transferability"] for found in (after, before)
        )
        assert high - low < higher - lower
        (low, high), (lower, higher) = after[name]["interval"], before[name]["interval"]
        assert high - low < higher - lower
        expected = after[name]["expected"]
        assert expected["low"] < 0.8 + 0.01 * index < expected["high"]
        assert expected["high"] - expected["low"] < 0.002


def test_a_ledger_of_a_metric_nobody_knows_is_refused(run: Run, ledger: Path) -> None:
    ledger.write_text(line("gpt2", 0.7).replace("macro_f1", "grumpiness"), "utf-8")
    assert run("recommend", TICKETS, "--results", str(ledger)).code == 2


def test_a_linear_probe_is_never_compared_with_a_fine_tune(run: Run, ledger: Path) -> None:
    frozen = line("distilbert-base-uncased", 0.60, method="linear")
    ledger.write_text(frozen + line("roberta-base", 0.85) + line("gpt2", 0.80), "utf-8")
    done = run("recommend", TICKETS, "--results", str(ledger), "--top", "0", "-f", "json")
    found = json.loads(done.out)
    measured = {c["id"] for c in found["candidates"] if c["measured"]}
    assert measured == {"roberta-base", "gpt2"}
    assert "results by another method than full were left out: linear" in found["notes"]


def test_data_that_nothing_would_read_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("recommend", TICKETS, "--data", str(tmp_path / "train.csv"))
    assert done.code == 2
    assert "--data is read with --probe" in done.err
