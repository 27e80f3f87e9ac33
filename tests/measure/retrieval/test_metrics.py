"""Metrics of retrieval against trec_eval's definitions, written out the slow way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.measure.retrieval.metrics import METRICS, Resampling, by_language, of_query
from pick_model.measure.retrieval.ranking import DEPTH, Best, best_of, ranks
from pick_model.vocabulary.tasks import TASKS


def slow(order: list[int], grades: dict[int, float]) -> dict[str, float]:
    """Every metric of a whole ranked list, going down it."""

    def dcg(gains: list[float]) -> float:
        return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))

    gains = [grades.get(one, 0.0) for one in order]
    precisions = [
        sum(gain > 0 for gain in gains[: at + 1]) / (at + 1)
        for at, gain in enumerate(gains)
        if gain > 0
    ]
    first = next((at for at, gain in enumerate(gains[:10]) if gain > 0), None)
    return {
        "ndcg_at_10": dcg(gains[:10]) / dcg(sorted(grades.values(), reverse=True)[:10]),
        "mrr_at_10": 0.0 if first is None else 1 / (first + 1),
        "map": sum(precisions) / len(grades),
        **{f"recall_at_{k}": sum(gain > 0 for gain in gains[:k]) / len(grades) for k in (1, 5, 10)},
    }


@given(st.data())
def test_metrics_are_what_going_down_the_list_gives(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 40))
    order = data.draw(st.permutations(range(n)))
    relevant = data.draw(st.lists(st.sampled_from(range(n)), min_size=1, unique=True))
    grades = {one: float(data.draw(st.integers(1, 4))) for one in relevant}
    found = dict(zip(METRICS, of_query(ranks(np.array(order), grades), grades), strict=True))
    assert found == pytest.approx(slow(order, grades))


def test_a_worked_case() -> None:
    # Passages 7 and 3 are relevant, the first twice as much; 3 is second, 7 not found.
    values = dict(zip(METRICS, of_query({3: 2}, {7: 2.0, 3: 1.0}), strict=True))
    assert values["ndcg_at_10"] == pytest.approx((1 / math.log2(3)) / (2 + 1 / math.log2(3)))
    assert values["mrr_at_10"] == 1 / 2
    assert values["map"] == (1 / 2) / 2
    assert (values["recall_at_1"], values["recall_at_5"]) == (0.0, 1 / 2)


def test_every_metric_of_the_vocabulary_is_computed_and_may_be_named_by_a_task() -> None:
    assert TASKS["text-ranking"].metrics == METRICS
    assert METRICS[0] == TASKS["feature-extraction"].metric


@given(st.data())
def test_blocks_of_any_size_give_the_order_of_the_whole(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 30))
    scores = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n))) / 4
    depth = data.draw(st.integers(1, 12))
    best = Best(1, 6, depth)
    at = 0
    while at < n:
        size = data.draw(st.integers(1, 7))
        best.add(scores[None, at : at + size])
        at += size
    wanted = sorted(range(n), key=lambda place: (-scores[place], place))[:depth]
    assert best.places[0].tolist() == wanted
    positive = [place for place in wanted if scores[place] > 0]
    assert best_of(scores, 6, depth).tolist() == positive


def test_what_rounding_cannot_tell_apart_keeps_the_order_of_the_corpus() -> None:
    best = Best(1, 6)
    best.add(np.array([[0.5, 0.50000004]]))
    best.add(np.array([[0.50000008, 0.6]]))
    assert best.places.tolist() == [[3, 0, 1, 2]]


def test_memory_stays_at_the_depth() -> None:
    best = Best(2, 6)
    for _ in range(5):
        best.add(np.zeros((2, 700)))
    assert best.scores.shape == (2, DEPTH)
    assert best.seen == 5 * 700


def test_the_interval_is_that_of_resampled_queries() -> None:
    values = np.random.default_rng(0).random(400)
    found = Resampling(400).figure(values)
    half = 1.645 * values.std() / math.sqrt(400)
    assert found.value == pytest.approx(values.mean(), abs=1e-6)
    assert found.high - found.value == pytest.approx(half, rel=0.15)
    assert found.value - found.low == pytest.approx(half, rel=0.15)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 200 samples of 60 queries, about 90 % have the mean of all inside."""
    random = np.random.default_rng(1)
    draws, inside = Resampling(60), 0
    for _ in range(200):
        sample = random.choice([0.0, 0.5, 1.0], size=60, p=[0.3, 0.3, 0.4])
        found = draws.figure(sample)
        inside += found.low <= 0.55 <= found.high
    assert 0.84 <= inside / 200 <= 0.96


def test_one_language_has_no_table_of_its_own() -> None:
    assert by_language(["de", "de"]) == {}
    apart = by_language(["de", "en", "en"])
    assert list(apart) == ["en", "de"]
    assert apart["en"].tolist() == [False, True, True]
