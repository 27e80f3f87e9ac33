"""The parts: splits, ranks, baselines, the head and the verdict."""

from __future__ import annotations

from dataclasses import replace
from math import log2
from pathlib import Path

import numpy as np
import pytest

from pick_model.data.interactions import Interactions
from pick_model.documents.base import Figure
from pick_model.documents.recommendation import WayName
from pick_model.errors import InputError, UsageError
from pick_model.measure.recommendation import baselines
from pick_model.measure.recommendation.judge import judged, next_copy, over_copies
from pick_model.measure.recommendation.ranking import ranks, values
from pick_model.measure.recommendation.settings import Settings
from pick_model.measure.recommendation.similarity import by_similarity
from pick_model.measure.recommendation.split import Question, parted
from pick_model.measure.retrieval.metrics import METRICS, Resampling
from tests.measure.recommendation.shop import ignorant, knowing, read
from tests.told import words

pytest.importorskip("torch")


def small(**more: object) -> Interactions:
    """Three users: with four, two and one item."""
    whole = Interactions(
        ids=("v", "w", "x", "y", "z"),
        texts=("v", "w", "x", "y", "z"),
        users=("a", "b", "c"),
        histories=((0, 1, 2, 3), (1, 4), (2,)),
        times=((0.0, 10.0, 20.0, 95.0), (50.0, 96.0), (1.0,)),
        timed=True,
        n_in_file=7,
        n_items_in_file=5,
        columns={},
        text_columns=(),
        source="",
        digest="",
        file_digests=(),
        notes=(),
    )
    return replace(whole, **more)  # type: ignore[arg-type]


def test_the_last_item_is_asked_for_and_the_one_before_it_tuned_on() -> None:
    split = parted(small(), Settings())
    assert split.tests == (Question(0, (0, 1, 2), 3), Question(1, (1,), 4))
    assert split.tuning == (Question(0, (0, 1), 2),)
    assert split.learn == ((0, 1), (1,), (2,))
    assert split.seen == ((0, 1, 2), (1,), (2,))
    assert split.cold.tolist() == [False, False, False, True, True]


def test_by_time_nothing_later_than_the_question_is_seen() -> None:
    histories = tuple(tuple(range(n, n + 4)) for n in range(10))
    times = tuple(tuple(float(10 * at + n) for at in range(4)) for n in range(10))
    data = small(
        users=tuple("abcdefghij"), histories=histories, times=times, ids=tuple("0123456789xyz")
    )
    split = parted(data, Settings(split="time"))
    # The last tenth of forty are the times 36 to 39, of the users g to j.
    assert [question.user for question in split.tests] == [6, 7, 8, 9]
    assert split.tests[0] == Question(6, (6, 7, 8), 9)
    assert [question.user for question in split.tuning] == [2, 3, 4, 5]
    latest = [max(t[: len(seen)]) for t, seen in zip(times, split.seen, strict=True)]
    assert max(latest) < 36


def test_a_split_by_time_needs_times_and_something_new() -> None:
    with pytest.raises(UsageError, match="needs times"):
        parted(small(timed=False), Settings(split="time"))
    with pytest.raises(InputError, match="nobody"):
        parted(small(times=((1.0,) * 4, (1.0,) * 2, (1.0,))), Settings(split="time"))


def test_users_are_drawn_where_there_are_too_many() -> None:
    split = parted(small(), Settings(rows=1))
    assert (len(split.tests), split.n_tests) == (1, 2)


def slow_rank(scores: list[float], question: Question) -> int:
    """Of different scores, by sorting."""
    left = [item for item in range(len(scores)) if item not in question.history]
    return 1 + sorted(left, key=lambda item: -scores[item]).index(question.target)


def test_ranks_are_those_of_a_sorted_list_without_what_the_user_had() -> None:
    random = np.random.default_rng(3)
    scores = random.normal(size=(40, 30))
    asked = [Question(n, tuple(random.choice(29, 5, replace=False)), 29) for n in range(40)]
    found = ranks(lambda block: scores[[q.user for q in block]], asked, 30)
    assert found.tolist() == [slow_rank(list(scores[q.user]), q) for q in asked]


def test_equal_scores_find_nothing_by_the_order_of_the_file() -> None:
    asked = [Question(0, (), target) for target in range(100)]
    found = ranks(lambda block: np.zeros((len(block), 100)), asked, 100)
    assert sorted(found.tolist()) == list(range(1, 101))  # all places, each once
    assert abs(np.corrcoef(found, np.arange(100))[0, 1]) < 0.3


def test_metrics_are_those_of_one_item_to_find() -> None:
    found = dict(zip(METRICS, values(np.array([3, 20])).T.tolist(), strict=True))
    assert found["ndcg_at_10"] == [pytest.approx(1 / log2(4)), 0]
    assert found["recall_at_10"] == [1, 0]
    assert found["map"] == [pytest.approx(1 / 3), pytest.approx(1 / 20)]


def test_item_knn_is_the_sum_of_cosines() -> None:
    sequences = [(0, 1), (0, 1, 2), (2, 3), (3,)]
    scores = baselines.item_knn(sequences, 4)([Question(0, (0, 2), 3)])[0]
    # Items 0 and 1 were taken twice, both times together; 2 twice, once with each other.
    expected = [1 / 2, 2 / 2 + 1 / 2, 1 / 2, 1 / 2]
    assert scores == pytest.approx(expected)


def test_popularity_and_factors_know_whom_they_are_asked_about(tmp_path: Path) -> None:
    pytest.importorskip("implicit")
    data = read(tmp_path)
    split = parted(data, Settings())
    popular, factors = (
        values(ranks(scorer, split.tests, split.n_items))[:, 0].mean()
        for scorer in (
            baselines.popularity(split.seen, split.n_items),
            baselines.collaborative(split, 0),
        )
    )
    assert factors > 1.5 * popular
    again = values(ranks(baselines.collaborative(split, 0), split.tests, split.n_items))
    assert again[:, 0].mean() == factors


def test_the_head_finds_more_than_popularity_by_vectors_that_know(tmp_path: Path) -> None:
    from pick_model.measure.recommendation import head

    data = read(tmp_path)
    split = parted(data, Settings())
    popular = values(
        ranks(baselines.popularity(split.seen, split.n_items), split.tests, split.n_items)
    )[:, 0].mean()
    fitted = head.fit(knowing(data), split)
    assert fitted.learnt
    known = head.log_popularity(split.seen, split.n_items)
    found = values(ranks(head.scorer(fitted.head, known), split.tests, split.n_items))[:, 0]
    assert found.mean() > 1.3 * popular
    again = head.fit(knowing(data), split)
    again_found = ranks(head.scorer(again.head, known), split.tests, split.n_items)
    assert (values(again_found)[:, 0] == found).all()  # the same to the last bit


def test_the_head_learns_few_items_by_heart(tmp_path: Path) -> None:
    """On vectors that know nothing it gains a quarter at most of what there is to gain."""
    from pick_model.measure.recommendation import head

    data = read(tmp_path)
    split = parted(data, Settings())
    known = head.log_popularity(split.seen, split.n_items)

    def found(vectors: np.ndarray) -> float:
        fitted = head.fit(vectors, split)
        scorer = head.scorer(fitted.head, known)
        if not fitted.learnt:
            scorer = baselines.popularity(split.seen, split.n_items)
        return float(values(ranks(scorer, split.tests, split.n_items))[:, 0].mean())

    popular = values(
        ranks(baselines.popularity(split.seen, split.n_items), split.tests, split.n_items)
    )[:, 0].mean()
    most = found(knowing(data)) - popular
    gains = [found(ignorant(data, seed=seed)) - popular for seed in range(4)]
    assert max(gains) < most / 4


def test_the_head_sees_an_eighth_of_the_items_in_directions() -> None:
    from pick_model.measure.recommendation import head

    vectors = np.random.default_rng(0).normal(size=(80, 30))
    found = head.directions_of(vectors)
    assert found.shape == (80, 80 // 8)
    assert (found**2).sum(axis=1).mean() == pytest.approx(1)
    # The first principal direction, up to its sign.
    _, _, axes = np.linalg.svd(vectors - vectors.mean(axis=0))
    along = (vectors - vectors.mean(axis=0)) @ axes[0]
    assert abs(np.corrcoef(along, found[:, 0])[0, 1]) == pytest.approx(1)


def test_what_was_had_cannot_be_asked_for_in_training() -> None:
    import torch

    from pick_model.measure.recommendation import head

    found = head.had_of([(5, 3, 7), (3, 9)], torch.tensor([3, 5, 7, 9]))
    assert found.tolist() == [
        [False, True, False, False],  # after 5
        [True, True, False, False],  # after 5, 3
        [True, False, False, False],  # after 3
    ]
    # Of items that were drawn for the softmax, those alone.
    assert head.had_of([(5, 3, 7)], torch.tensor([3, 7])).tolist() == [
        [False, False],
        [True, False],
    ]


def test_a_sampled_softmax_learns_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pick_model.measure.recommendation import head

    monkeypatch.setattr(head, "COMPETING", 15)
    data = read(tmp_path)
    assert head.fit(knowing(data), parted(data, Settings())).learnt


def test_time_that_ends_leaves_the_best_pass_so_far(tmp_path: Path) -> None:
    from pick_model.measure.recommendation import head

    data = read(tmp_path)
    fitted = head.fit(knowing(data), parted(data, Settings()), in_time=lambda: False)
    assert (fitted.passes, fitted.cut_short) == (1, True)


def test_similarity_needs_no_training_and_late_items_count_more() -> None:
    vectors = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
    scores = by_similarity(vectors)([Question(0, (0, 1), 2)])[0]
    assert scores == pytest.approx([0.8, 1.0, -0.8, -1.0])


def fig(value: float, width: float = 0.01) -> Figure:
    return Figure(value=value, low=value - width, high=value + width)


LEAD = fig(0.1)  # over everything, unless another figure is given


@pytest.mark.parametrize(
    ("less", "learnt", "verdict", "code"),
    [
        ({}, True, "transfers", "above-popularity"),
        ({}, False, "does-not-transfer", "vectors-say-nothing"),
        ({"popularity": fig(-0.1)}, True, "does-not-transfer", "below-popularity"),
        ({"popularity": fig(0.005)}, True, "inconclusive", "level-with-popularity"),
        ({"shuffled-texts": fig(-0.01)}, True, "does-not-transfer", "as-shuffled"),
        ({"untrained": fig(-0.001)}, True, "does-not-transfer", "as-untrained"),
        ({"untrained": fig(0.005)}, True, "does-not-transfer", "as-untrained"),  # .015 of .1
        ({"untrained": fig(0.005, 0.06)}, True, "inconclusive", "as-untrained"),  # .065 of .1
        ({"words": fig(-0.05)}, True, "transfers", "above-popularity"),  # told beside it
        ({"untrained": None}, True, "inconclusive", "without-control"),
        ({"untrained": None, "shuffled-texts": None}, True, "inconclusive", "without-control"),
    ],
)
def test_a_verdict_needs_popularity_and_all_controls(
    less: dict[WayName, Figure | None], learnt: bool, verdict: str, code: str
) -> None:
    ways: tuple[WayName, ...] = ("popularity", "shuffled-texts", "untrained", "words")
    figures = {way: less.get(way, LEAD) for way in ways}
    over = {way: one for way, one in figures.items() if one is not None}
    found = judged(over, learnt, 400, 0.0)
    assert (found.verdict, found.reason.code) == (verdict, code)


def test_a_verdict_says_whether_untrained_copies_are_above_popularity() -> None:
    over: dict[WayName, Figure] = dict.fromkeys(
        ("popularity", "shuffled-texts", "untrained", "words"), LEAD
    )
    said = {code: words(judged(over, True, 400, lead).reason) for code, lead in LEADS.items()}
    assert "copies of the network are not (+0.100" in said["not"]
    assert "copies of the network are as well, by less (+0.100" in said["too"]


LEADS = {"not": -0.01, "too": 0.05}


def test_a_few_users_give_no_verdict() -> None:
    over: dict[WayName, Figure] = {"popularity": LEAD}
    found = judged(over, True, 29)
    assert (found.verdict, found.reason.code) == ("inconclusive", "too-few-users")
    assert found.reason.values == {"n": 29, "least": 30}


def test_no_difference_of_metrics_is_beyond_one() -> None:
    one_user = [np.array([value]) for value in (0.0, 1.0, 0.0)]
    found = over_copies(np.array([1.0]), one_user, Resampling(1))
    assert -1 <= found.low <= found.high <= 1


def test_one_more_copy_is_above_the_others_once_in_twenty() -> None:
    """The interval of a network that is a copy itself, over 400 worlds of four copies."""
    random, draws, above = np.random.default_rng(5), Resampling(200), 0
    for _ in range(400):
        base = random.random(200)
        mine, *copies = (base + random.normal(0, 0.03) for _ in range(5))
        above += over_copies(mine, copies, draws).low > 0
    assert 0.02 * 400 <= above <= 0.08 * 400


def test_the_interval_of_one_more_copy_is_students() -> None:
    copies = [np.full(10, value) for value in (0.2, 0.3, 0.4)]
    middle, low, high = next_copy(copies)
    half = 2.91999 * 0.1 * (1 + 1 / 3) ** 0.5  # t of .95 at two degrees
    assert (middle, low, high) == pytest.approx((0.3, max(0, 0.3 - half), 0.3 + half), abs=1e-4)
