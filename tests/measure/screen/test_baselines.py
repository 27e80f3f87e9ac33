"""What a screen holds frozen features against."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

from scipy import sparse

from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.screen import baselines
from pick_model.measure.screen import rows as rows_module
from pick_model.measure.screen.baselines import StageBaselines, predictions_of, principal
from pick_model.measure.screen.contest import ContestStanding, worth_of
from pick_model.measure.screen.ridge import left_out
from pick_model.measure.screen.rows import blocks_of, stages
from pick_model.measure.screen.run import screen
from pick_model.measure.screen.settings import Settings
from pick_model.measure.screen.spectrum import spectrum
from pick_model.measure.screen.work import Work
from tests.measure.conftest import make_rows


def settings(cache: Path, **options: Any) -> Settings:
    return Settings(cache=cache, device="cpu", precision="fp32", **options)


def shuffled(data: Any) -> Any:
    order = np.random.default_rng(0).permutation(len(data))
    return dataclasses.replace(data, labels=tuple(data.labels[i] for i in order))


@pytest.mark.parametrize("shape", [(30, 200), (30, 12)])
def test_a_regression_on_products_alone_is_that_on_the_lines(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    lines = sparse.random(*shape, density=0.3, random_state=random, format="csr")
    few = principal(lines)
    assert few.shape == (30, min(shape))
    assert np.allclose(few @ few.T, (lines @ lines.T).toarray(), atol=1e-12)
    targets, blocks = random.normal(size=(30, 2)), blocks_of(np.arange(30) // 2)
    assert np.allclose(
        left_out(spectrum(few), targets, blocks, [0.1]),
        left_out(spectrum(lines.toarray()), targets, blocks, [0.1]),
        atol=1e-9,
    )


@pytest.mark.parametrize(
    ("kind", "pairs", "least"),
    [
        ("single-label", False, 0.9),
        ("multi-label", False, 0.7),
        ("regression", False, 0.6),
        ("regression", True, 0.6),
    ],
)
def test_words_that_tell_the_label_are_found_and_the_commonest_label_is_below(
    one_layer: Path, tmp_path: Path, kind: str, pairs: bool, least: float
) -> None:
    data = make_rows(kind, 150, pairs=pairs)
    report = screen([str(one_layer)], data, settings(tmp_path))
    words, commonest = report.baselines["tfidf"], report.baselines["majority"]
    assert words.score > least > commonest.score
    assert words.interval[0] <= words.score <= words.interval[1]
    assert words.rows == commonest.rows == 150
    [found] = report.results
    assert found.gain is not None
    assert found.score is not None
    assert found.gain.over == "tfidf"
    assert found.gain.difference.value == pytest.approx(found.score - words.score, abs=1e-5)


def test_labels_without_meaning_and_texts_that_stand_twice_teach_nothing() -> None:
    data = shuffled(make_rows("single-label", 100))
    twice = data.take([i for i in range(100) for _ in range(2)])
    twice = dataclasses.replace(twice, rows=tuple(range(2, 202)), n_total=200)
    [stage] = stages(twice, 200, False, 0)
    scorer = Scorer(stage.rows, "accuracy")
    for name in ("tfidf", "majority"):
        assert scorer.score(predictions_of(name, stage)) < 0.65


def test_of_words_in_sentences_there_is_the_commonest_tag_of_each_by_other_sentences(
    one_layer: Path, tmp_path: Path
) -> None:
    data = make_rows("tokens", 60)
    report = screen([str(one_layer)], data, settings(tmp_path))
    assert [*report.baselines] == ["majority"]
    assert report.baselines["majority"].score > 0.9
    alone = dataclasses.replace(data, tokens=(("zebra", *data.tokens[0][1:]), *data.tokens[1:]))
    alone = dataclasses.replace(alone, labels=((0, 2, 2, 2, 2, 2), *data.labels[1:]))
    [stage] = stages(alone, 60, False, 0)
    at = stage.rows.rows.index(alone.rows[0])
    assert predictions_of("majority", stage)[at][0] == 2  # no other sentence knows that word


def test_up_is_better_where_lower_scores_are(one_layer: Path, tmp_path: Path) -> None:
    report = screen(
        [str(one_layer)], make_rows("regression", 90), settings(tmp_path, metric="rmse")
    )
    [found] = report.results
    assert found.gain is not None
    assert found.score is not None
    best = min(report.baselines.values(), key=lambda one: one.score)
    assert found.gain.difference.value == pytest.approx(best.score - found.score, abs=1e-5)
    assert found.gain.difference.low <= found.gain.difference.value <= found.gain.difference.high


def test_a_model_that_was_read_no_further_is_held_against_what_its_rows_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_module, "FIRST", 30)
    parts = stages(make_rows("single-label", 120), 120, True, 0)
    scorers = [Scorer(part.rows, "accuracy") for part in parts]
    work = Work(parts, scorers, settings(tmp_path), lambda _: None, time.monotonic, True)
    judged: Any = None  # its predictions are given
    before: ContestStanding | None = None
    for n, (part, scorer) in enumerate(zip(parts, scorers, strict=True)):
        right = worth_of(part.rows.labels, scorer)
        before = ContestStanding(judged, n, 1.0, right, 1.0, before)
        found = StageBaselines(work).gain(before)
        assert found is not None
        words = scorer.score(predictions_of(found.over, part))
        assert found.difference.value == pytest.approx(1.0 - words, abs=1e-5)


def test_the_fits_are_kept_and_are_not_made_of_too_many_rows_or_where_nobody_asks(
    one_layer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_module, "FIRST", 30)
    data, models = make_rows("single-label", 90), [str(one_layer)]
    first = screen(models, data, settings(tmp_path, adaptive=False))
    with monkeypatch.context() as fitting:
        fitting.setattr(baselines, "predictions_of", None)
        again = screen(models, data, settings(tmp_path, adaptive=False))
    assert again.baselines == first.baselines
    monkeypatch.setattr(baselines, "MOST", 60)
    many = screen(models, data, settings(tmp_path, adaptive=False))
    unasked = screen(models, data, settings(tmp_path, baselines=False))
    monkeypatch.setattr(baselines, "MOST", 90)
    late = screen(models, data, settings(tmp_path, adaptive=False, budget_seconds=15.0))
    for one in (many, unasked, late):
        assert (one.baselines, one.results[0].gain) == ({}, None)
        told = {note.code for note in one.note_messages}
        assert ("screen-without-baselines" in told) == (one is not unasked)
    (tmp_path / "broken").mkdir()
    broken = screen([str(tmp_path / "broken")], data, settings(tmp_path))
    assert broken.baselines == {}
