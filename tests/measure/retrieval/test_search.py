"""A screen on queries, from models in folders to its report."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pick_model.measure.retrieval.vectors as reading
from pick_model.data.search import Query, SearchData, read_pairs, read_search
from pick_model.documents.retrieval import RetrievalReport
from pick_model.encoders.resolve import ModelRef
from pick_model.errors import InputError, UsageError
from pick_model.measure.probe.settings import Progress
from pick_model.measure.retrieval.run import search
from pick_model.measure.retrieval.settings import Settings
from pick_model.measure.retrieval.work import BLOCK
from tests.conftest import ROOT
from tests.encoders.models import bert, rewrite
from tests.measure.retrieval.test_metrics import slow

EXAMPLE = ROOT / "examples" / "help-desk-search"
FILES = tuple(EXAMPLE / f"{name}.csv" for name in ("queries", "corpus", "relevance"))


@pytest.fixture(scope="module")
def example() -> SearchData:
    return read_search(*FILES)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(precision="fp32", device="cpu", cache=tmp_path / "cache")


@pytest.fixture
def small(tmp_path: Path) -> SearchData:
    path = tmp_path / "pairs.csv"
    path.write_text("query,passage\n" + "".join(f"good {n},the good film {n}\n" for n in range(40)))
    return read_pairs(path)


def stable(report: RetrievalReport) -> dict[str, Any]:
    """Without what the clock and the cache have a say in."""
    plain = report.model_dump(mode="json")
    for one in (*plain["results"], plain["bm25"]):
        for name in ("seconds", "cached", "query_ms", "passages_per_second"):
            one.pop(name, None)
    return {**plain, "made_on": None}


def test_the_example_is_two_languages_of_fifty_queries(example: SearchData) -> None:
    assert (len(example.queries), example.n_passages) == (100, 200)
    assert {q.language for q in example.queries} == {"en", "de"}
    assert example.graded
    assert example.notes == ()


def by_sentence_transformers(folder: Path, data: SearchData) -> dict[str, float]:
    """The means of every metric by their own vectors, whole matrices and the slow metrics."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    texts = [passage.text for passage in data.corpus]
    scores = model.encode_query([q.text for q in data.queries]) @ model.encode_document(texts).T
    lines = [
        slow(sorted(range(len(texts)), key=lambda n: (-round(float(row[n]), 6), n)), query.relevant)
        for query, row in zip(data.queries, scores, strict=True)
    ]
    return {name: float(np.mean([line[name] for line in lines])) for name in lines[0]}


def test_on_the_example_minilm_finds_what_their_library_says(
    minilm: Path, example: SearchData, settings: Settings
) -> None:
    pytest.importorskip("sentence_transformers")
    report = search([str(minilm)], example, settings)
    [found] = report.results
    wanted = by_sentence_transformers(minilm, example)
    assert {name: f.value for name, f in found.scores.items()} == pytest.approx(wanted, abs=1e-4)
    assert found.over_bm25 is not None
    assert found.over_bm25.value == pytest.approx(
        (found.score or 0.0) - (report.bm25.score or 0.0), abs=2e-6
    )
    apart = {one.language: one.scores["ndcg_at_10"].value for one in found.languages}
    assert apart["en"] > apart["de"] + 0.3  # it was pretrained on English
    over = {one.language: one.over_bm25 for one in found.languages}
    assert over["en"] is not None
    assert over["de"] is not None
    assert over["en"].low > 0 > over["de"].low
    assert any("the queries in de alone" in note for note in report.notes)
    assert np.mean(list(apart.values())) == pytest.approx(found.score, abs=1e-6)  # 50 each
    assert (found.dimension, found.max_tokens, found.poolings) == (384, 256, ("mean",))
    assert report.bm25.stemmed == ("de", "en")
    assert found.memory_gib == pytest.approx(22.7e6 * 4 / 2**30, rel=0.01)
    assert found.index_gib == pytest.approx(200 * 384 * 4 / 2**30)


def test_real_questions_and_their_intents(
    test_data: Path, tmp_path: Path, minilm: Path, tiny: Path, settings: Settings
) -> None:
    """banking77: a question is a query, the passage its intent in words."""
    pytest.importorskip("sentence_transformers")
    with (test_data / "banking77" / "test.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::12]
    path = tmp_path / "pairs.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["query", "passage"])
        label = "category" if "category" in rows[0] else "label"
        for row in rows:
            writer.writerow([row["text"], row[label].replace("_", " ")])
    data = read_pairs(path, language="en")
    assert data.n_passages > 60
    report = search([str(tiny), str(minilm)], data, settings)
    first, last = report.results
    assert (first.model, last.model) == (str(minilm), str(tiny))
    assert first.over_bm25 is not None
    assert first.over_bm25.low > 0 > (last.over_bm25.high if last.over_bm25 else 0)
    assert not last.may_lead
    wanted = by_sentence_transformers(minilm, data)
    assert {n: f.value for n, f in first.scores.items()} == pytest.approx(wanted, abs=1e-4)


def test_the_same_report_from_the_cache_without_a_model(
    tiny: Path, example: SearchData, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold = search([str(tiny)], example, settings)
    monkeypatch.setattr(reading.Vectors, "loaded", lambda _: pytest.fail("read again"))
    warm = search([str(tiny)], example, settings)
    assert stable(cold) == stable(warm)
    assert [cold.results[0].cached, warm.results[0].cached] == [False, True]


def test_passages_that_were_queries_before_are_read_as_what_they_are_now(
    tiny: Path, small: SearchData, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "swapped.csv"
    pairs = "".join(f"the good film {n},good {n}\n" for n in range(40))
    path.write_text("query,passage\n" + pairs)
    for data in (small, read_pairs(path)):
        [found] = search([str(tiny)], data, settings).results
        assert found.error is None
        assert found.query_ms is not None


def test_another_prefix_is_read_anew_and_said(
    tmp_path: Path, small: SearchData, settings: Settings
) -> None:
    folder = sentence_bert(tmp_path / "model", {"query": "good: ", "passage": "film: "})
    [own] = search([str(folder)], small, settings).results
    assert own.query_prompt is not None
    assert own.passage_prompt is not None
    assert (own.query_prompt.text, own.query_prompt.source) == ("good: ", "model")
    assert (own.passage_prompt.text, own.passage_prompt.source) == ("film: ", "model")
    given = Settings(precision="fp32", cache=settings.cache, query_prefix="sad: ")
    report = search([str(folder)], small, given)
    [one] = report.results
    assert not one.cached
    assert one.query_prompt is not None
    assert (one.query_prompt.text, one.query_prompt.own) == ("sad: ", "good: ")
    assert [n for n in report.notes if "'good: '" in n and "'sad: '" in n]


def sentence_bert(folder: Path, prompts: dict[str, str]) -> Path:
    """A random BERT that says how its vectors are made."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    parts = [Transformer(str(bert(folder / "encoder"))), Pooling(16)]
    whole = SentenceTransformer(modules=parts, device="cpu", prompts=prompts)
    whole.save(str(folder / "whole"))
    return folder / "whole"


def test_prompts_under_unknown_names_and_models_of_no_settings_are_said(
    tmp_path: Path, tiny: Path, small: SearchData, settings: Settings
) -> None:
    folder = sentence_bert(tmp_path / "model", {"sts": "same: "})
    rewrite(folder / "config_sentence_transformers.json", lambda c: {**c, "prompts": {"sts": "s"}})
    notes = search([str(folder), str(tiny)], small, settings).notes
    assert [n for n in notes if "has prompts (sts)" in n]
    assert [n for n in notes if str(tiny) in n and "says nothing of vectors" in n]


def test_one_broken_model_is_a_row_and_the_others_go_on(
    tmp_path: Path, tiny: Path, small: SearchData, settings: Settings
) -> None:
    broken = bert(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"none")
    odd = Path(shutil.copytree(tiny, tmp_path / "odd"))
    (odd / "modules.json").write_text('[{"path": "", "type": "pylate.models.ColBERT"}]')
    report = search([str(broken), str(tiny), str(odd)], small, settings)
    assert [one.model for one in report.results] == [str(tiny), str(broken), str(odd)]
    first, *failed = report.results
    assert first.error is None
    assert [one.error.code for one in failed if one.error] == ["weights", "model"]
    assert "2 models could not be screened" in report.notes
    assert [one.rank for one in report.results] == [1, None, None]


def test_where_no_model_can_be_read_bm25_is_there_all_the_same(
    small: SearchData, settings: Settings
) -> None:
    settings = Settings(offline=True, cache=settings.cache)
    report = search([ModelRef("nobody/nothing", hub_repo="nobody/nothing")], small, settings)
    assert report.environment is None
    assert report.bm25.score == pytest.approx(1.0, abs=0.05)
    assert report.results[0].error is not None


def test_a_budget_that_has_ended_leaves_models_unread(
    tiny: Path, one_layer: Path, small: SearchData, settings: Settings
) -> None:
    times = iter([0.0, *[1.0] * 5, *[100.0] * 50])
    timed = Settings(budget_seconds=50, cache=settings.cache)
    report = search([str(tiny), str(one_layer)], small, timed, now=lambda: next(times))
    assert report.results[-1].error is not None
    assert report.results[-1].error.code == "budget"


def test_a_run_that_was_stopped_reads_on_where_it_stopped(
    tmp_path: Path, tiny: Path, settings: Settings
) -> None:
    path = tmp_path / "pairs.csv"
    lines = [f"good {n},the good film {n}\n" for n in range(2 * BLOCK + 10)]
    path.write_text("query,passage\n" + "".join(lines))
    data = read_pairs(path, most_queries=20)
    seen: list[int] = []

    def stop(tick: Progress) -> None:
        if tick.stage.code == "reading-passages":
            seen.append(tick.done)
            if tick.done > BLOCK + 100:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search([str(tiny)], data, settings, stop)
    seen.clear()
    report = search([str(tiny)], data, settings, lambda t: seen.append(t.done) if t.stage.code == "reading-passages" else None)  # fmt: skip
    assert min(seen) > BLOCK  # the first block came from the cache
    whole = search(
        [str(tiny)], data, Settings(precision="fp32", device="cpu", cache=tmp_path / "x")
    )
    assert stable(report) == stable(whole)


def test_a_damaged_file_of_the_cache_is_made_again_and_said(
    tiny: Path, small: SearchData, settings: Settings
) -> None:
    before = search([str(tiny)], small, settings)
    assert settings.cache is not None
    for file in settings.cache.rglob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:-7])
    notes: list[str] = []
    after = search(
        [str(tiny)], small, settings, lambda t: notes.append(t.note.code if t.note else "")
    )
    assert stable(before) == stable(after)
    assert notes.count("features-damaged") == 2


def test_models_that_find_the_same_are_level_in_the_order_asked_for(
    tmp_path: Path, tiny: Path, small: SearchData, settings: Settings
) -> None:
    twin = Path(shutil.copytree(tiny, tmp_path / "twin"))
    report = search([str(twin), str(tiny)], small, settings, prior={str(tiny): 1})
    assert [one.model for one in report.results] == [str(twin), str(tiny)]
    assert [one.may_lead for one in report.results] == [True, True]
    assert [one.prior_rank for one in report.results] == [None, 1]
    assert any("may be the best" in note for note in report.notes)


@pytest.mark.parametrize(("metric", "is_"), [("recall@5", "recall_at_5"), ("MRR", "mrr_at_10")])
def test_a_metric_by_any_of_its_names_ranks(
    tiny: Path, small: SearchData, settings: Settings, metric: str, is_: str
) -> None:
    report = search([str(tiny)], small, Settings(metric=metric, cache=settings.cache))
    assert report.metric == is_
    assert report.results[0].score == report.results[0].scores[is_].value


def test_what_is_wrong_with_all_models_is_raised(small: SearchData, settings: Settings) -> None:
    with pytest.raises(InputError):
        search([], small, settings)
    with pytest.raises(UsageError):
        search(["x/y"], small, Settings(metric="accuracy"))


def test_few_queries_are_said(tmp_path: Path, tiny: Path, settings: Settings) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("query,passage\na,good\nb,bad\n")
    assert any(
        "2 queries are too few" in n for n in search([str(tiny)], read_pairs(path), settings).notes
    )


def test_one_passage_of_a_query_is_found_wherever_it_stands(
    tiny: Path, settings: Settings, small: SearchData
) -> None:
    """A query that is its passage to the letter finds it first, in any block."""
    texts = [passage.text for passage in small.corpus]
    asked = tuple(
        Query(str(n), text, "Latin", {n: 1.0}) for n, text in enumerate(texts) if n % 7 == 0
    )
    [found] = search([str(tiny)], replace(small, queries=asked), settings).results
    assert found.scores["recall_at_1"].value == 1.0


def test_a_query_that_stands_among_the_passages_does_not_find_itself(
    tmp_path: Path, tiny: Path, settings: Settings
) -> None:
    lines = [line for line in FILES[0].read_text("utf-8").splitlines()[1:] if line]
    both = tmp_path / "corpus.csv"
    with both.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text", "language"], extrasaction="ignore")
        writer.writeheader()
        for name in ("corpus", "queries"):
            with (EXAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
                writer.writerows(csv.DictReader(rows))
    data = read_search(FILES[0], both, FILES[2])
    assert [query.itself for query in data.queries] == list(range(200, 200 + len(lines)))
    found = search([str(tiny)], data, settings)
    plain = search([str(tiny)], replace(data, queries=unlike(data.queries)), settings)
    first, there = found.bm25.scores["mrr_at_10"].value, plain.bm25.scores["mrr_at_10"].value
    assert first > there  # each query is the passage that is most like it


def unlike(queries: tuple[Query, ...]) -> tuple[Query, ...]:
    """As if nobody knew which passages the queries are."""
    return tuple(query._replace(itself=None) for query in queries)
