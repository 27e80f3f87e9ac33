"""`screen` and `cache` on the command line: what they take, print, write and return."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import pick_model.cli.candidates as command
from pick_model.documents.screen import ScreenReport
from pick_model.measure.ledger import read_ledger
from tests.cli.conftest import ROOT, TICKETS, Run
from tests.encoders.models import bert
from tests.measure.conftest import make_rows

pytest.importorskip("torch")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = make_rows("single-label", 60)
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for text, label in zip(rows.texts, rows.labels, strict=True):
            writer.writerow([text, rows.label_names[label]])
    return path


def test_a_csv_becomes_a_report_and_lines_in_the_ledger(
    run: Run,
    one_layer: Path,
    tiny: Path,
    data: Path,
    tmp_path: Path,
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    done = run(
        "screen", "--data", data, "--model", tiny, "--model", one_layer, "--record", ledger, "-f", "json",
    )  # fmt: skip
    assert done.code == 0
    report = ScreenReport.model_validate_json(done.out)
    assert [one.model for one in report.results] == [str(one_layer), str(tiny)]
    assert "labels read as single-label" in done.err
    read = read_ledger(ledger)
    assert read.lines == ()
    assert [(line.model, line.score) for line in read.screens] == [
        (one.model, one.score) for one in report.results
    ]


OWN = """\
models:
  - {id: our-model, family: bert, kind: encoder, modality: text, tasks: [text-classification],
     languages: [en], license: MIT, n_parameters: 1000, weights: [safetensors],
     sources: {our model card: [languages, license, n_parameters]}}
"""


def test_a_folder_is_measured_probed_and_locked_under_an_id_of_the_catalog(
    run: Run, one_layer: Path, tiny: Path, data: Path, tmp_path: Path
) -> None:
    own, task, probed = (tmp_path / name for name in ("own.yaml", "task.yaml", "probe.json"))
    own.write_text(OWN, encoding="utf-8")
    task.write_text("task: text-classification\n", encoding="utf-8")
    ours = f"our-model={one_layer}"
    asked = ("--data", data, "--catalog", own)
    done = run("screen", *asked, "--model", ours, "--model", f"nobody={tiny}", "-f", "json")
    assert done.code == 0
    read, fault = ScreenReport.model_validate_json(done.out).results
    assert (read.model, fault.model) == ("our-model", f"nobody={tiny}")
    assert fault.error is not None
    assert fault.error.message_code == "no-model-in-catalog"
    missing = run("screen", *asked, "--model", "our-model=./nowhere")
    assert (missing.code, "no folder './nowhere'" in missing.err) == (2, True)

    selected = run("select", task, *asked, "--model", ours, "--budget", "1m", "-f", "json")
    assert {one["model"] for one in json.loads(selected.out)["steps"]} == {"our-model"}

    run("probe", ours, *asked, "--budget", "1m", "-f", "json", "-o", probed)
    lock = tmp_path / "pick-model.lock"
    asked = ("lock", task, "our-model", "--catalog", own, "--probe", probed, "-o", lock)
    assert run(*asked).code == 0
    assert "our-model" in lock.read_text(encoding="utf-8")
    gated = run("gate", "--lock", lock, "--catalog", own, "--probe", probed, "-f", "json")
    [weights] = [one for one in json.loads(gated.out)["checks"] if one["code"] == "PM707"]
    assert weights["state"] == "pass"
    run("probe", one_layer, "--data", data, "--budget", "1m", "-f", "json", "-o", probed)
    refused = run(*asked)
    assert (refused.code, "our-model=FOLDER" in refused.err) == (2, True)


def test_the_table_the_layers_markdown_and_csv_say_the_same(
    run: Run,
    one_layer: Path,
    data: Path,
) -> None:
    asked = ("screen", "--data", data, "--model", one_layer)
    report = ScreenReport.model_validate_json(run(*asked, "-f", "json").out)
    [found] = report.results
    table = run(*asked, "--layers").out
    assert "one-layer" in table
    assert "cached" in table
    assert "mean: " in table
    markdown = run(*asked, "--layers", "-f", "markdown").out
    assert "| rank | model | accuracy |" in markdown
    assert markdown.count("| mean |") == 2  # layers 0 and 1
    line, *trivial = csv.DictReader(io.StringIO(run(*asked, "-f", "csv").out))
    assert {one["model"]: float(one["score"]) for one in trivial} == {
        name: one.score for name, one in report.baselines.items()
    }
    assert found.gain is not None
    assert float(line["gain"]) == found.gain.difference.value
    assert f"lead over {'TF-IDF' if found.gain.over == 'tfidf' else found.gain.over}" in table
    assert float(line["score"]) == found.score
    assert line["model"] == str(one_layer)
    assert found.measures is not None
    assert float(line["h_score"]) == found.measures.h_score


def test_models_from_a_file_and_one_that_is_broken_among_them(
    run: Run,
    tiny: Path,
    data: Path,
    tmp_path: Path,
) -> None:
    broken = bert(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"none")
    listed = tmp_path / "models.txt"
    listed.write_text(f"# ours\n{tiny}  # small\n\n{broken}\n{tmp_path / 'nowhere'}\n{tiny}\n")
    done = run("screen", "--data", data, "--models", listed, "-f", "json")
    assert done.code == 0
    assert done.err.count("warning: ") == 2
    results = json.loads(done.out)["results"]
    assert [one["model"] for one in results] == [str(tiny), str(broken), str(tmp_path / "nowhere")]
    assert [one["error"] is None for one in results] == [True, False, False]
    table = run("screen", "--data", data, "--models", listed).out
    assert " ".join(table.split()).count("not screened") == 2


def test_where_no_model_can_be_read_the_report_says_why_and_the_exit_is_4(
    run: Run, data: Path, tmp_path: Path
) -> None:
    broken = bert(tmp_path / "broken")
    (broken / "model.safetensors").unlink()
    done = run("screen", "--data", data, "--model", broken, "-f", "json")
    assert done.code == 4
    [one] = json.loads(done.out)["results"]
    assert one["error"]["message"]
    assert (one["rank"], one["score"]) == (None, None)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "--model NAME"),
        (["--top", "3"], "--task"),
        (["--top", "0", "--task", str(TICKETS)], "--top"),
        (["--model", "./nowhere"], "no folder"),
        (["--model", "TINY", "--rows", "0"], "--rows"),
        (["--model", "TINY", "--metric", "rmse"], "metric"),
        (["--model", "TINY", "--budget", "soon"], "budget"),
        (["--models", "EMPTY"], "names no model"),
    ],
)
def test_wrong_options_are_exit_2_and_say_what_to_type(
    run: Run,
    tiny: Path,
    data: Path,
    tmp_path: Path,
    words: list[str],
    says: str,
) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n")
    meant = {"TINY": str(tiny), "EMPTY": str(tmp_path / "empty.txt")}
    done = run("screen", "--data", data, *(meant.get(word, word) for word in words))
    assert done.code == 2
    assert says in done.err


def test_the_first_that_recommend_names_are_screened_after_those_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = [
        SimpleNamespace(id=name, hub_repo="org/name")
        for name in ("roberta-base", "bert-base-uncased", "albert-base-v2")
    ]
    monkeypatch.setattr(command, "candidates", lambda *_: said)
    refs, unknown = command.to_screen(["albert-base-v2"], None, 2, Path(TICKETS), None)
    assert [ref.name for ref in refs] == ["albert-base-v2", "roberta-base", "bert-base-uncased"]
    assert unknown == {}


def test_with_a_task_models_are_ranked_by_the_catalog_by_the_data_and_by_both(
    run: Run, minilm: Path, one_layer: Path, tiny: Path, data: Path, tmp_path: Path
) -> None:
    task = tmp_path / "task.yaml"
    task.write_text("task: text-classification\nlanguages: [en]\nn_labels: 2\nn_rows: 60\n")
    named = [word for folder in (tiny, one_layer, minilm) for word in ("--model", folder)]
    done = run("screen", "--data", data, "--task", task, *named, "-f", "json")
    report = ScreenReport.model_validate_json(done.out)
    by_prior = sorted(report.results, key=lambda one: one.prior_rank or 0)
    # By size alone: 22.7M, 13.8M and half a million parameters.
    assert [one.model for one in by_prior] == [str(minilm), str(one_layer), str(tiny)]
    # One layer is the first of MiniLM's, which tells most: the rows say the same of both.
    assert sorted(one.data_rank or 0 for one in report.results) == [1, 1, 3]
    assert [one.rank for one in report.results] == [1, 2, 3]
    assert sum(one.p_best or 0.0 for one in report.results) == pytest.approx(1.0, abs=0.01)
    assert report.results[-1].model == str(tiny)  # by both
    alone = ScreenReport.model_validate_json(
        run("screen", "--data", data, *named, "-f", "json").out
    )
    assert [(one.rank, one.data_rank) for one in alone.results] == [(1, 1), (2, 1), (3, 3)]
    assert {one.p_best for one in alone.results} == {None}
    table = run("screen", "--data", data, "--task", task, *named).out
    assert table.startswith("first ")
    assert "P(best)" in table.splitlines()[0]
    assert "prior, data: the rank by the catalog alone" in " ".join(table.split())


def test_what_a_screen_records_moves_a_recommendation(
    run: Run, tmp_path: Path, data: Path, minilm: Path
) -> None:
    task = tmp_path / "task.yaml"
    task.write_text("task: text-classification\nlanguages: [en]\nn_labels: 2\nn_rows: 60\n")
    ledger = tmp_path / "ledger.jsonl"
    run("screen", "--data", data, "--model", minilm, "--record", ledger)
    line = ledger.read_text().replace(json.dumps(str(minilm)), '"all-minilm-l6-v2"')
    ledger.write_text(line)
    before = json.loads(run("recommend", str(task), "--top", "0", "-f", "json").out)
    after = json.loads(
        run("recommend", str(task), "--top", "0", "--results", str(ledger), "-f", "json").out
    )

    def expected(report: Any, name: str) -> float:
        [one] = [c for c in report["candidates"] if c["id"] == name]
        return float(one["standing"]["value"])

    assert not before["decision"]["anchored"]
    assert after["decision"]["anchored"]
    assert expected(before, "all-minilm-l6-v2") != expected(after, "all-minilm-l6-v2")


def test_a_warm_screen_imports_no_torch(
    tiny: Path,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PICK_MODEL_CACHE", str(tmp_path / "cache"))
    code = (
        "import sys\n"
        "from pick_model.cli.main import main\n"
        f"assert main(['screen', '--data', {str(data)!r}, '--model', {str(tiny)!r}]) == 0\n"
        "print('torch' in sys.modules, file=sys.stderr)"
    )
    said: list[Any] = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stderr.splitlines()[-1]
        for _ in range(2)
    ]
    assert said == ["True", "False"]


def test_the_cache_is_shown_and_cleared(run: Run, tiny: Path, data: Path) -> None:
    run("screen", "--data", data, "--model", tiny)
    shown = {one["what"]: one for one in json.loads(run("cache", "show", "-f", "json").out)["kept"]}
    assert shown["features"]["files"] > 0
    assert shown["work"]["bytes"] > 0
    assert "features" in run("cache", "clear", "features").out
    after = {one["what"]: one for one in json.loads(run("cache", "show", "-f", "json").out)["kept"]}
    assert (after["features"]["files"], after["work"]) == (0, shown["work"])
    assert run("cache", "clear").code == 0
    assert run("cache", "clear", "everything").code == 2


@pytest.mark.parametrize("words", [("screen", "--model"), ("probe", "--max-steps", "1")])
def test_a_profile_that_the_rows_contradict_is_told(
    run: Run, tiny: Path, data: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    task = tmp_path / "task.yaml"
    task.write_text("task: text-classification\nlabel_kind: multi-label\nn_rows: 5000\n")
    done = run(*words, tiny, "--data", data, "--task", task, "-f", "json")
    assert done.code == 0
    assert "the profile says label_kind: multi-label" in done.err
    assert "the profile says n_rows: 5,000" in done.err
