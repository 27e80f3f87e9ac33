"""`screen` and `probe` on interactions, on the command line."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pick_model.documents.recommendation import RecommendationReport
from pick_model.measure.ledger import read_ledger
from tests.cli.conftest import ROOT, Run
from tests.encoders.models import reinitialised
from tests.measure.recommendation.shop import shop

pytest.importorskip("torch")

SHOP = ROOT / "examples" / "shop"
TASK = str(SHOP / "task.yaml")
FILES = ["--data", str(SHOP / "interactions.csv"), "--items", str(SHOP / "items.csv")]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    taken, items = shop(tmp_path_factory.mktemp("shop"), users=120)
    return ["--data", str(taken), "--items", str(items)]


def test_a_screen_says_the_same_in_all_formats(
    run: Run, tiny: Path, one_layer: Path, files: list[str]
) -> None:
    asked = ("screen", *files, "--model", str(tiny), "--model", str(one_layer))
    done = run(*asked, "-f", "json")
    assert done.code == 0, done.err
    assert "columns taken: user = userId, item = movieId" in done.err
    report = RecommendationReport.model_validate_json(done.out)
    assert (report.command, report.metric, report.split) == (
        "screen-recommendation",
        "ndcg_at_10",
        "leave-last-out",
    )
    assert {one.name for one in report.baselines} == {"popularity", "item-knn", "als", "words"}
    assert [one.verdict for one in report.results] == [None, None]
    first = report.results[0]
    assert first.score == first.scores["ndcg_at_10"].value
    table = run(*asked).out
    for word in ("one-layer", "popularity", "item-kNN", "ALS", "TF-IDF", "120 users"):
        assert word in table
    assert all(len(line) <= 80 for line in table.splitlines())
    assert "| rank | model | ndcg_at_10 |" in run(*asked, "-f", "markdown").out
    lines = list(csv.DictReader(io.StringIO(run(*asked, "-f", "csv").out)))
    assert [line["model"] for line in lines] == [
        *(one.model for one in report.results),
        *(one.name for one in report.baselines),
    ]
    assert float(lines[0]["score"]) == first.score
    assert float(lines[0]["over_popularity"]) == first.over["popularity"].value


def test_a_probe_trains_a_head_and_gives_a_verdict(
    run: Run, tiny: Path, files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("probe", str(tiny), *files, "--split", "time", "--min-rating", "2")
    ledger = tmp_path / "ledger.jsonl"
    done = run(*asked, "-f", "json", "--record", str(ledger))
    assert done.code == 0, done.err
    report = RecommendationReport.model_validate_json(done.out)
    [one] = report.results
    assert (report.command, report.split) == ("probe-recommendation", "time")
    assert one.verdict in ("does-not-transfer", "inconclusive")  # its weights are random
    assert {"popularity", "item-knn", "als", "words"} <= set(one.over)
    assert "ratings-below" in {note.code for note in report.note_messages}

    def fit(*_: object) -> None:
        raise AssertionError("a head that was kept is not trained again")

    monkeypatch.setattr("pick_model.measure.recommendation.head.fit", fit)
    again = RecommendationReport.model_validate_json(run(*asked, "-f", "json").out)
    assert again.results[0].over == one.over
    assert again.results[0].cached
    [line] = read_ledger(ledger).recommendations
    assert (line.score, line.verdict, line.method) == (one.score, one.verdict, "frozen")
    table = run(*asked).out
    assert f"tiny: {one.verdict}" in table
    assert "item-kNN: " in table


@pytest.mark.slow
def test_on_the_shop_a_real_encoder_transfers_and_a_random_one_does_not(
    run: Run, minilm: Path, tmp_path: Path
) -> None:
    random = reinitialised(minilm, tmp_path / "random")
    done = run("probe", str(minilm), str(random), *FILES, "--budget", "1h", "-f", "json")
    assert done.code == 0, done.err
    real, drawn = RecommendationReport.model_validate_json(done.out).results
    assert (real.model, real.verdict) == (str(minilm), "transfers")
    assert real.over["popularity"].low > 0
    assert real.over["untrained"].low > 0
    assert {control.name for control in real.controls} == {"shuffled-texts", "untrained"}
    assert "which untrained copies of the network are not" in (real.reason or "")
    assert drawn.verdict == "does-not-transfer"
    assert drawn.over["popularity"].low <= 0
    # Of items that nobody took yet, only texts say anything.
    report = RecommendationReport.model_validate_json(done.out)
    popular = next(one for one in report.baselines if one.name == "popularity")
    assert real.cold is not None
    assert popular.cold is not None
    assert real.cold["ndcg_at_10"].value > popular.cold["ndcg_at_10"].value


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["screen", *FILES, "--label", "y"], "--label does not belong to interactions"),
        (["screen", *FILES, "--layers"], "--layers does not belong"),
        (["screen", *FILES, "--queries", "x.csv"], "--queries does not belong"),
        (["screen", *FILES, "--format", "html"], "--format html does not belong"),
        (["screen", *FILES[2:]], "--items needs the interactions"),
        (["screen", *FILES, "--metric", "accuracy"], "not computed for recommendations"),
        (["screen", *FILES, "--column", "colour=x"], "unknown part 'colour'"),
        (["screen", *FILES, "--task", "examples/support-tickets/task.yaml"], "recommends no items"),
        (["screen", *FILES, "--min-rating", "3"], "no column of ratings"),
        (["screen", *FILES[:2], "--task", TASK], "--items ITEMS.csv"),
        (["screen", *FILES[:2]], "--items ITEMS.csv"),
        (["screen", *FILES[:2], "--split", "time"], "--split belongs to interactions"),
        (["screen", *FILES, "--rows", "0"], "--rows"),
        (["probe", *FILES, "--method", "lora"], "--method does not belong"),
        (["probe", *FILES, "--seeds", "2"], "--seeds does not belong"),
        (["probe", *FILES, "--eval-data", "x.csv"], "--eval-data does not belong"),
        (["probe", *FILES[:2]], "holds who took what (user, item)"),
        (["probe", *FILES[:2], "--column", "user=x"], "--column belongs to interactions"),
        (["probe", *FILES[:2], "--items", "nowhere.csv"], "nowhere.csv"),
        (["select", TASK, *FILES[:2]], "pick-model probe MODEL --data FILE --items FILE"),
    ],
)
def test_wrong_options_are_exit_2_and_say_what_to_type(
    run: Run, tiny: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    command, *rest = words
    model = [str(tiny)] if command == "probe" else ["--model", str(tiny)]
    done = run(command, *model, *rest) if command != "select" else run(command, *rest)
    assert done.code == 2, done.err
    assert says in done.err


def test_a_task_of_items_gives_its_metric(
    run: Run, tiny: Path, files: list[str], tmp_path: Path
) -> None:
    task = tmp_path / "task.yaml"
    task.write_text("task: item-recommendation\nitem_texts: true\nmetric: recall@10\n")
    done = run("screen", *files, "--model", str(tiny), "--task", str(task), "-f", "json")
    assert RecommendationReport.model_validate_json(done.out).metric == "recall_at_10"


def test_models_that_fail_are_named_and_the_others_go_on(
    run: Run, tiny: Path, files: list[str]
) -> None:
    asked = ("screen", *files, "--model", "nobody/nothing", "--offline", "-f", "json")
    done = run(*asked)
    assert done.code == 4
    assert "warning: nobody/nothing was not read" in done.err
    done = run(*asked, "--model", str(tiny))
    assert done.code == 0
    report = RecommendationReport.model_validate_json(done.out)
    assert [one.error is None for one in report.results] == [True, False]


def test_a_budget_that_holds_nothing_is_exit_3(run: Run, tiny: Path, files: list[str]) -> None:
    done = run("probe", str(tiny), *files, "--budget", "0.01s", "-f", "json")
    assert done.code == 3
    [one] = RecommendationReport.model_validate_json(done.out).results
    assert one.error is not None
    assert "the time ended" in one.error.message


def test_too_few_users_for_a_verdict_are_exit_3(run: Run, tiny: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text(
        "user,item,rating,timestamp\n" + "".join(f"a,{at},4,{at}\n" for at in range(9))
    )
    items = tmp_path / "items.csv"
    items.write_text("item,title\n" + "".join(f"{at},thing {at}\n" for at in range(12)))
    done = run("probe", str(tiny), "--data", str(taken), "--items", str(items), "-f", "json")
    assert done.code == 3, done.err
    [one] = RecommendationReport.model_validate_json(done.out).results
    assert one.verdict == "inconclusive"
    assert one.reason == (
        "one user was asked: too few for a verdict, which takes 30 with two items or more"
    )
    assert all(-1 <= figure.low <= figure.high <= 1 for figure in one.over.values())


def test_errors_are_json_where_json_is_asked_for(run: Run, tiny: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text("user,item\na,x\n")
    done = run("probe", str(tiny), "--data", str(taken), *FILES[2:], "-f", "json")
    assert done.code == 2
    said = json.loads(done.out)["error"]
    assert said["location"]["file"] == str(taken)
    assert said["location"]["line"] == 2


def test_an_interrupt_ends_with_130_and_leaves_no_report(
    tiny: Path, files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    words = ["probe", str(tiny), *files, "-f", "json", "-o", str(out)]
    with subprocess.Popen(
        [sys.executable, "-m", "pick_model", *words],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PICK_MODEL_CACHE": str(tmp_path / "cache")},
    ) as started:
        assert started.stderr is not None
        for said in started.stderr:
            if "training the head" in said:
                break
        started.send_signal(signal.SIGINT)
        assert started.wait(120) == 130
    assert not out.exists()


def test_recommend_takes_what_recommenders_of_the_catalog_were_measured_at(
    run: Run, tmp_path: Path, tiny: Path
) -> None:
    """Those move the belief; encoders of the catalog, and models outside it, are named."""
    ledger = tmp_path / "ledger.jsonl"
    run("screen", *FILES, "--model", str(tiny), "--rows", "50", "--record", str(ledger))
    done = run("recommend", TASK, "--results", str(ledger), "-f", "json")
    assert done.code == 0, done.err
    notes = json.loads(done.out)["notes"]
    assert any("tiny" in note and "not in the catalog" in note for note in notes)
    [line] = ledger.read_text().splitlines()
    lines = [line.replace(str(tiny), name) for name in ("unisrec-fhckm-300", "all-minilm-l6-v2")]
    ledger.write_text("\n".join(lines) + "\n")
    found = json.loads(run("recommend", TASK, "--results", str(ledger), "-f", "json").out)
    assert any("all-minilm-l6-v2: measured as encoders" in note for note in found["notes"])
    assert found["decision"]["anchored"]
    measured = {one["id"]: one for one in found["candidates"] if one.get("measured")}
    assert set(measured) <= {"unisrec-fhckm-300"}
    assert run("recommend", TASK, "--results", str(ledger), *FILES[:2]).code == 0
    assert run("recommend", TASK, "--results", str(ledger), "--data", TASK).code == 2
