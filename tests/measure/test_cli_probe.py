"""The command: options to settings, names to models, files to rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import typer

from pick_model.cli.labelled import model_refs, task_field
from pick_model.cli.probe import probe, unprobed
from pick_model.documents.probe import ProbeReport
from pick_model.errors import PickModelError, UsageError
from pick_model.measure.ledger import read_ledger
from tests.measure.conftest import make_rows

pytest.importorskip("torch")


def call(*arguments: object) -> Any:
    app = typer.Typer()
    app.command()(probe)
    return app([str(a) for a in arguments], standalone_mode=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = make_rows("single-label", 160)
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(
            (f"{text} {i}", rows.label_names[label])
            for i, (text, label) in enumerate(zip(rows.texts, rows.labels, strict=True))
        )
    return path


def test_a_csv_becomes_a_report_on_stdout_and_a_line_in_the_ledger(
    tiny: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    call(
        tiny, "--data", data, "--max-steps", 4, "--seeds", 1, "--no-extend",
        "--record", ledger, "--format", "json",
    )  # fmt: skip
    said = capsys.readouterr()
    report = ProbeReport.model_validate_json(said.out)
    assert report.data.rows_train + report.data.rows_heldout == 160
    assert "columns taken: text = text, label = label" in said.err
    assert "labels read as single-label" in said.err
    [line] = read_ledger(ledger).lines
    assert line.score == report.results[0].score


def test_the_table_goes_to_the_file_asked_for(
    tiny: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.txt"
    call(tiny, "--data", data, "--eval-data", data, "--method", "linear", "--output", out)
    assert "linear probe is better by" in out.read_text()
    said = capsys.readouterr()
    assert said.out == ""
    assert "warning" in said.err  # the same rows on both sides


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--budget", "soon"], "budget"),
        (["--max-steps", "0"], "--max-steps"),
        (["--lr", "7"], "learning rate"),
        (["--seed", "-1"], "--seed should lie between"),
        (["--seed", "9" * 20], "--seed should lie between"),
        (["--threads", "100000"], "--threads should lie between"),
        (["--seeds", "100000"], "--seeds should lie between"),
        (["--budget", "9999999h"], "--budget should lie between"),
        (["--metric", "accurracy"], "accuracy"),
        (["--label", "lable"], "label"),
    ],
)
def test_wrong_options_are_exit_2_and_say_what_to_type(
    tiny: Path, data: Path, arguments: list[str], says: str
) -> None:
    with pytest.raises(PickModelError, match=says) as caught:
        call(tiny, "--data", data, *arguments)
    assert caught.value.exit_code == 2


def test_a_catalog_id_is_probed_at_its_hub_repository_and_commit() -> None:
    [ref] = model_refs(["all-minilm-l6-v2"], None)
    assert ref.name == "all-minilm-l6-v2"
    assert ref.hub_repo == "sentence-transformers/all-MiniLM-L6-v2"
    [pinned] = model_refs(["all-minilm-l6-v2@main"], None)
    assert pinned.revision == "main"


def test_other_names_are_hub_ids_or_folders(tiny: Path) -> None:
    refs = model_refs(["org/name@v1", str(tiny)], None)
    assert (refs[0].hub_repo, refs[0].revision) == ("org/name", "v1")
    assert refs[1].folder == tiny


def test_a_misspelt_catalog_id_is_told_before_the_hub_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    model_refs(["robeta-base", "org/robeta-base"], None)
    told = capsys.readouterr().err
    assert told.count("roberta-base?") == 1
    assert "robeta-base is not in the catalog" in told


def test_a_task_that_probe_cannot_train_for_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text("task: object-detection\n")
    with pytest.raises(UsageError, match="object-detection"):
        task_field(path, "task")


def test_task_and_metric_come_from_the_profile(tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text("task: text-classification\nmetric: macro_f1\n")
    assert task_field(path, "metric") == "macro_f1"
    assert task_field(None, "metric") is None


def test_a_report_survives_json(tmp_path: Path) -> None:
    from pick_model.documents.base import to_json
    from tests.measure.reports import report

    assert ProbeReport.model_validate(json.loads(to_json(report()))) == report()


@pytest.mark.parametrize("name", ["m" * 300 + "x", "org/" + "m" * 5000, "a/" * 4000])
def test_a_name_of_thousands_of_characters_is_no_model(name: str) -> None:
    with pytest.raises(UsageError, match="no model is named by") as caught:
        model_refs([name], None)
    assert len(str(caught.value)) < 250


def test_a_file_of_pairs_and_one_of_single_texts_are_exit_2(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    pairs = tmp_path / "pairs.csv"
    lines = [f"{i} apples,{i} pears,{'same' if i % 2 else 'other'}" for i in range(40)]
    pairs.write_text("text,text_pair,label\n" + "\n".join(lines) + "\n")
    for given in ([pairs, "--eval-data", data], [data, "--eval-data", pairs]):
        with pytest.raises(PickModelError) as caught:
            call(tiny, "--data", *given, "--max-steps", 2)
        assert caught.value.exit_code == 2


def test_a_single_training_row_ends_in_a_report_or_in_words(
    tiny: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(tiny, "--data", data, "--max-rows", 1, "--max-steps", 2, "--format", "json")
    [result] = ProbeReport.model_validate_json(capsys.readouterr().out).results
    assert result.rows == 1


def test_a_budget_that_holds_no_run_is_exit_3_and_names_one_that_does(
    tiny: Path, data: Path
) -> None:
    with pytest.raises(PickModelError, match="--budget") as caught:
        call(tiny, "--data", data, "--budget", "0.01s")
    assert caught.value.exit_code == 3


def test_a_model_that_cannot_be_read_costs_no_other_its_result(
    tiny: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    (broken := tmp_path / "broken").mkdir()
    brief = ["--data", data, "--max-steps", 4, "--seeds", 1, "--no-extend", "--record", ledger]
    assert call(tiny, broken, *brief) == 3
    assert "not probed:" in " ".join(capsys.readouterr().out.split())
    assert len(read_ledger(ledger).lines) == 1
    with pytest.raises(PickModelError, match="config") as caught:
        call(broken, *brief)
    assert caught.value.exit_code == 2


def test_a_report_without_a_model_that_was_asked_for_is_inconclusive() -> None:
    from tests.measure.reports import report

    assert unprobed(report(), 1) == 0
    assert unprobed(report(), 2) == 3
