"""`screen` on queries, on the command line: what it takes, prints, records and returns."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pick_model.catalog.catalog import Catalog
from pick_model.cli.searching import prior_ranks
from pick_model.documents.retrieval import RetrievalLine, RetrievalReport
from pick_model.encoders.resolve import ModelRef
from pick_model.escape import in_json
from pick_model.measure.ledger import read_ledger
from tests.cli.conftest import ROOT, Run
from tests.render.test_pages import check_whole

pytest.importorskip("torch")

EXAMPLE = ROOT / "examples" / "help-desk-search"
TASK = str(EXAMPLE / "task.yaml")
FILES = [
    word
    for name in ("queries", "corpus", "relevance")
    for word in (f"--{name}", str(EXAMPLE / f"{name}.csv"))
]


def test_all_formats_say_the_same(run: Run, tiny: Path, one_layer: Path) -> None:
    asked = ("screen", *FILES, "--model", tiny, "--model", one_layer, "--task", TASK)
    done = run(*asked, "-f", "json")
    assert done.code == 0
    report = RetrievalReport.model_validate_json(done.out)
    assert report.metric == "ndcg_at_10"
    assert [one.model for one in report.results] == [str(one_layer), str(tiny)]
    table = run(*asked).out
    for words in ("one-layer", "BM25", "100 of 100 queries", "words at their stem (de, en)"):
        assert words in table
    assert all(len(line) <= 80 for line in table.splitlines())
    page = check_whole(run(*map(str, asked), "-f", "html").out).text
    for words in ("finds most: ", "de (50)", "words at their stem (de, en)", "recall_at_10"):
        assert words in page
    markdown = run(*asked, "-f", "markdown").out
    assert "| rank | model | ndcg_at_10 |" in markdown
    assert "| ndcg_at_10 | de (50) | en (50) |" in markdown
    lines = list(csv.DictReader(io.StringIO(run(*asked, "-f", "csv").out)))
    assert [(one["model"], one["language"]) for one in lines][:4] == [
        (str(one_layer), "all"),
        (str(one_layer), "de"),
        (str(one_layer), "en"),
        (str(tiny), "all"),
    ]
    assert float(lines[0]["score"]) == report.results[0].score
    assert float(lines[-1]["ndcg_at_10"]) == report.bm25.languages[1].scores["ndcg_at_10"].value


def test_pairs_and_named_columns(run: Run, tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("asked;told\n" + "".join(f"good {n};the film {n}\n" for n in range(5)))
    asked = ["screen", "--pairs", path, "--model", tiny, "--column", "query=asked", "-f", "json"]
    done = run(*asked, "--column", "passage=told", "--query-prefix", "the ", "--rows", "3")
    assert done.code == 0
    report = RetrievalReport.model_validate_json(done.out)
    assert (report.data.queries, report.data.queries_in_file, report.data.passages) == (3, 5, 5)
    assert report.settings["query_prefix"] == "the "
    done = run(*asked)
    assert done.code == 2
    said = json.loads(done.out)["error"]
    assert said["location"] == {"file": str(path), "line": None}
    assert "--column passage=COLUMN" in said["hint"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "nothing to screen on"),
        (FILES[:2], "--queries FILE --corpus FILE --relevance FILE"),
        (["--pairs", "x.csv", *FILES[:2]], "--pairs FILE"),
        ([*FILES, "--data", "x.csv"], "not both"),
        ([*FILES, "--label", "y"], "--label belongs to labelled rows"),
        ([*FILES, "--all-rows"], "--all-rows belongs to labelled rows"),
        ([*FILES, "--jobs", "2"], "--jobs belongs to labelled rows"),
        ([*FILES, "--executor", "ray"], "--executor belongs to labelled rows"),
        ([*FILES, "--layers"], "--layers belongs"),
        (["--data", "x.csv", "--query-prefix", "q"], "--query-prefix belongs to queries"),
        (["--data", "x.csv", "--column", "query=q"], "--column belongs to queries"),
        ([*FILES, "--column", "colour=q"], "unknown part 'colour'"),
        ([*FILES, "--metric", "accuracy"], "not computed for queries"),
        ([*FILES, "--task", "examples/support-tickets/task.yaml"], "no model searches for"),
        ([*FILES[:4], "--relevance", "nowhere.csv"], "nowhere.csv"),
        ([*FILES, "--rows", "0"], "--rows"),
    ],
)
def test_wrong_options_are_exit_2_and_say_what_to_type(
    run: Run, tiny: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    done = run("screen", *words, "--model", tiny)
    assert done.code == 2
    assert says in done.err


def test_no_output_writes_over_an_input(run: Run, tiny: Path) -> None:
    done = run("screen", *FILES, "--model", tiny, "--output", EXAMPLE / "corpus.csv")
    assert done.code == 2
    assert "would overwrite" in done.err


def test_without_a_model_that_can_be_read_the_exit_is_4(run: Run) -> None:
    done = run("screen", *FILES, "--model", "nobody/nothing", "--offline", "-f", "json")
    assert done.code == 4
    report = RetrievalReport.model_validate_json(done.out)
    assert report.results[0].error is not None
    assert "warning: nobody/nothing was not screened" in done.err


def test_an_interrupt_ends_with_130_and_leaves_no_report(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("query,passage\n" + "".join(f"good {n},the film {n}\n" for n in range(30_000)))
    out = tmp_path / "out.json"
    words = ["screen", "--pairs", str(path), "--model", str(tiny), "-f", "json", "-o", str(out)]
    with subprocess.Popen(
        [sys.executable, "-m", "pick_model", *words],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PICK_MODEL_CACHE": str(tmp_path / "cache")},
    ) as started:
        assert started.stderr is not None
        for said in started.stderr:
            if "reading" in said:
                break
        time.sleep(0.5)
        started.send_signal(signal.SIGINT)
        assert started.wait(60) == 130
    assert not out.exists()


def line(model: str, score: float, width: float = 0.02) -> RetrievalLine:
    return RetrievalLine(
        made_on="2026-11-28",
        model=model,
        revision=None,
        weights_digest="0" * 64,
        data_digest="1" * 64,
        file_digests=("2" * 64, "3" * 64),
        data_source="queries.csv",
        metric="ndcg_at_10",
        score=score,
        interval=(max(0.0, score - width), min(1.0, score + width)),
        standard_error=width / 1.645,
        queries=100,
        passages=200,
        versions={},
    )


def test_the_ledger_keeps_what_was_found(run: Run, tiny: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    done = run("screen", *FILES, "--model", tiny, "--record", ledger, "-f", "json")
    report = RetrievalReport.model_validate_json(done.out)
    read = read_ledger(ledger)
    assert (read.lines, read.screens) == ((), ())
    [kept] = read.retrievals
    assert (kept.score, kept.interval) == (report.results[0].score, report.results[0].interval)
    assert kept.file_digests == report.data.file_digests


def test_recommend_takes_what_was_found_on_the_users_queries(
    run: Run, tmp_path: Path, catalog: Catalog
) -> None:
    """Two models that were measured move: the better one up, to where the other was found."""
    plain = json.loads(run("recommend", TASK, "-f", "json").out)
    first, *_, last = [one["id"] for one in plain["candidates"]]
    ledger = tmp_path / "ledger.jsonl"
    lines = [line(first, 0.30), line(last, 0.90)]
    ledger.write_text("".join(in_json(one.model_dump_json()) + "\n" for one in lines))
    done = run("recommend", TASK, "--results", ledger, "-f", "json")
    assert done.code == 0
    then = json.loads(done.out)
    assert then["decision"]["pick"] == last
    [now] = [one for one in then["candidates"] if one["id"] == last]
    assert now["measured"]["score"] == 0.90
    assert now["expected"]["value"] == pytest.approx(0.90, abs=0.03)
    ranks = [one["id"] for one in then["candidates"]]
    assert first not in ranks or ranks.index(first) > ranks.index(last)


def test_a_perfect_score_is_taken_too(run: Run, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text(line("all-minilm-l6-v2", 1.0, 0.0).model_dump_json() + "\n")
    assert run("recommend", TASK, "--results", ledger).code == 0


def test_any_of_the_files_names_the_data_of_a_ledger(run: Run, tiny: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    run("screen", *FILES, "--model", tiny, "--record", ledger)
    for name in ("queries", "corpus", "relevance"):
        done = run("recommend", TASK, "--results", ledger, "--data", EXAMPLE / f"{name}.csv")
        assert done.code == 0
    assert run("recommend", TASK, "--results", ledger, "--data", TASK).code == 2


def test_the_catalogs_ranks_stand_beside_what_was_found(catalog: Catalog) -> None:
    names = ("all-minilm-l6-v2", "multilingual-e5-small", "multilingual-e5-base")
    refs = [ModelRef(name, hub_repo=catalog.entries[name].hub_repo) for name in names]
    ranks = prior_ranks(refs, Path(TASK), None)
    assert set(ranks) == set(names[1:])  # the first reads no German
    assert sorted(ranks.values()) == [1, 2]
    assert prior_ranks(refs, None, None) == {}
