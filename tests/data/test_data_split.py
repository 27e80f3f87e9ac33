"""Splits and nested subsets: what they keep in proportion, and what they keep together."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.data.dataset import Dataset
from pick_model.data.split import split, subsample
from pick_model.data.strata import row_traits, strata
from pick_model.data.texts import text_keys
from pick_model.errors import InputError, UsageError
from tests.data.build import Load, dataset, flat
from tests.told import words

class_sizes = st.lists(st.integers(1, 40), min_size=2, max_size=6).filter(
    lambda sizes: sum(size >= 2 for size in sizes) >= 2
)
shares = st.sampled_from([0.1, 0.2, 0.25, 0.5])
seeds = st.integers(0, 3)


@given(class_sizes, shares, seeds)
def test_a_split_is_a_partition_in_file_order_with_every_class_in_proportion(
    sizes: list[int], heldout: float, seed: int
) -> None:
    labels: list[object] = [c for c, size in enumerate(sizes) for _ in range(size)]
    random.Random(seed).shuffle(labels)
    train, held = split(dataset(labels), heldout=heldout, seed=seed)
    assert sorted(train.rows + held.rows) == list(range(2, len(labels) + 2))
    assert list(train.rows) == sorted(train.rows)
    assert list(held.rows) == sorted(held.rows)
    counts = Counter(held.labels)
    raised = 0
    for c, size in enumerate(sizes):
        if size >= 2:
            assert 1 <= counts[c] <= size - 1
            raised += heldout * size < 1
        else:
            assert counts[c] == 0  # nothing is learnt from a class that is only held out
    # whole rows, a row more for each class too small for one, and none of single rows
    assert abs(len(held) - heldout * len(labels)) <= 1 + raised + sizes.count(1)


@given(class_sizes, seeds)
def test_a_split_is_the_same_for_a_seed(sizes: list[int], seed: int) -> None:
    data = dataset([c for c, size in enumerate(sizes) for _ in range(size)])
    assert split(data, seed=seed) == split(data, seed=seed)


def test_another_seed_is_another_split() -> None:
    data = dataset([0, 1] * 50)
    assert split(data, seed=0)[1].rows != split(data, seed=1)[1].rows


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 12)), min_size=30, max_size=60), seeds)
def test_texts_alike_but_for_case_and_spaces_stay_on_one_side(
    rows: list[tuple[int, int]], seed: int
) -> None:
    spellings = ["Word {}", "word  {}", " ＷORD {}"]  # the last W is full-width
    texts = [spellings[i % 3].format(word) for i, (_, word) in enumerate(rows)]
    data = dataset([label for label, _ in rows], texts=texts, names=("c0", "c1"))
    try:
        train, held = split(data, heldout=0.3, seed=seed)
    except InputError:  # all words, or all of one class, on one side
        return
    assert not {text.split()[-1] for text in train.texts} & {t.split()[-1] for t in held.texts}


def test_pairs_are_the_same_only_when_both_texts_are() -> None:
    texts, pairs = ["a", "A", "a", "b"] * 5, [f"p{i // 2}" for i in range(20)]
    data = dataset([0, 1] * 10, texts=texts, pairs=pairs)
    train, held = split(data, heldout=0.5)
    assert not set(text_keys(train)) & set(text_keys(held))
    assert {key[0] for key in text_keys(train)} & {key[0] for key in text_keys(held)}


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=40, max_size=80), seeds)
def test_groups_stay_on_one_side_and_so_do_rows_linked_through_them(
    rows: list[tuple[int, int]], seed: int
) -> None:
    groups = [f"g{group}" for _, group in rows]
    texts = [f"text {i // 2}" for i in range(len(rows))]  # rows 2i and 2i + 1 share a text
    data = dataset([label for label, _ in rows], texts=texts, groups=groups, names=("a", "b", "c"))
    try:
        train, held = split(data, seed=seed)
    except InputError:
        return
    assert train.groups is not None
    assert held.groups is not None
    assert not set(train.groups) & set(held.groups)
    assert not set(train.texts) & set(held.texts)


def test_classes_are_on_both_sides_where_groups_permit() -> None:
    groups = [f"g{i // 10}" for i in range(100)]
    labels: list[object] = [1 if i in (7, 63) else 0 for i in range(100)]  # two groups have class 1
    for seed in range(10):
        train, held = split(dataset(labels, groups=groups), seed=seed)
        assert set(train.labels) == set(held.labels) == {0, 1}


def _both_sides(rows: list[tuple[int, ...]], held: int) -> bool:
    """Whether the rows whose bit is set in `held` leave every label of two rows or more on
    both sides, and every label of one row in training."""
    for label in {label for row in rows for label in row}:
        n = sum(label in row for row in rows)
        n_held = sum(held >> i & 1 for i, row in enumerate(rows) if label in row)
        if n_held > 0 if n == 1 else not 0 < n_held < n:
            return False
    return True


def test_where_some_split_has_every_label_on_both_sides_ours_nearly_always_does() -> None:
    """The oracle tries all splits of small sets; 1 in 100 may be missed."""
    rng = random.Random(0)
    possible = missed = 0
    for _ in range(600):
        labels = range(rng.randint(2, 6))
        rows = [
            tuple(sorted(rng.sample(labels, rng.randint(1, min(3, len(labels))))))
            for _ in range(rng.randint(3, 8))
        ]
        if any(_both_sides(rows, held) for held in range(1, 2 ** len(rows) - 1)):
            data = dataset(list(rows), kind="multi-label", names=tuple("abcdef"))
            _, held = split(data, heldout=0.2)
            possible += 1
            missed += not _both_sides(rows, sum(1 << row - 2 for row in held.rows))
    assert possible > 300
    assert missed <= 0.01 * possible


def test_large_groups_among_small_ones_do_not_spoil_the_share() -> None:
    sizes = [30, 1, 2, 3] * 15
    groups = [f"g{i}" for i, size in enumerate(sizes) for _ in range(size)]
    labels: list[object] = [i // 7 % 2 for i, size in enumerate(sizes) for _ in range(size)]
    for seed in range(20):
        _, held = split(dataset(labels, groups=groups), seed=seed)
        assert abs(len(held) / len(groups) - 0.2) < 0.005


def test_groups_come_close_to_the_share_asked_for() -> None:
    groups = [f"g{i % 40}" for i in range(400)]
    _, held = split(dataset([0, 1] * 200, groups=groups), heldout=0.2)
    assert len(held) == 8 * 10


def test_several_labels_a_row_are_all_in_proportion() -> None:
    rng = random.Random(0)
    weights = [0.5, 0.2, 0.1, 0.05, 0.02]
    rows: list[object] = [
        tuple(i for i, p in enumerate(weights) if rng.random() < p) for _ in range(1000)
    ]
    data = dataset(rows, kind="multi-label")
    train, held = split(data, heldout=0.25)
    whole, part = Counter(flat(rows)), Counter(flat(list(held.labels)))
    for label, count in whole.items():
        assert abs(part[label] - 0.25 * count) <= 1 + 0.02 * count
    assert abs(len(held) - 250) <= 15
    assert len(train) + len(held) == 1000


@given(
    st.lists(st.sets(st.integers(0, 4), max_size=3), min_size=20, max_size=40),
    seeds,
)
def test_a_label_of_five_rows_or_more_is_on_both_sides(rows: list[set[int]], seed: int) -> None:
    labels: list[object] = [tuple(sorted(row)) for row in rows]
    data = dataset(labels, kind="multi-label", names=("a", "b", "c", "d", "e"))
    train, held = split(data, heldout=0.3, seed=seed)
    for label, count in Counter(flat(labels)).items():
        if count >= 5:
            assert label in flat(list(train.labels))
            assert label in flat(list(held.labels))


def test_numbers_keep_their_distribution() -> None:
    rng = random.Random(0)
    values: list[object] = [rng.gauss(3, 1) ** 2 for _ in range(500)]
    train, held = split(dataset(values, kind="regression"), heldout=0.2)
    assert len(held) == 100
    for quantile in (0.1, 0.5, 0.9):
        one, two = (sorted(part.labels)[int(quantile * len(part))] for part in (train, held))  # type: ignore[type-var]
        assert abs(one - two) < 1.5  # type: ignore[operator]
    assert abs(fmean(train.labels) - fmean(held.labels)) < 0.5  # type: ignore[type-var]


def test_entity_types_are_in_proportion_whatever_their_prefix() -> None:
    names = ("B-rare", "B-x", "I-rare", "I-x", "O")
    rows: list[object] = [(1, 3, 4)] * 80 + [(0, 2, 1)] * 10 + [(4, 4)] * 110
    train, held = split(dataset(rows, kind="tokens", names=names), heldout=0.2)
    counts = Counter(trait for row in row_traits(held) for trait in row)
    assert counts == {"x": 0.2 * 90, "rare": 0.2 * 10, "": 0.2 * 110}
    assert len(train) == 160


@pytest.mark.parametrize("heldout", [0, 1, -0.1, 1.5])
def test_a_share_outside_0_to_1_is_a_usage_error(heldout: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        split(dataset([0, 1] * 5), heldout=heldout)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (dataset([0]), "it has one row"),
        (dataset([0, 1] * 5, texts=["same"] * 10), "all rows are of one group or text"),
        (dataset([0, 1] * 5, groups=["g"] * 10), "all rows are of one group or text"),
        (dataset([0] * 5 + [1] * 5, groups=["g"] * 5 + ["h"] * 5), "held-out side would be empty"),
    ],
)
def test_what_cannot_be_split_is_refused_with_the_reason(data: Dataset, message: str) -> None:
    with pytest.raises(InputError, match="cannot be split") as caught:
        split(data)
    assert message in words(caught.value.message)
    assert caught.value.hint is not None


@given(class_sizes, st.integers(1, 60), st.integers(1, 60), seeds)
def test_a_smaller_subset_lies_within_a_larger_one(
    sizes: list[int], n: int, m: int, seed: int
) -> None:
    data = dataset([c for c, size in enumerate(sizes) for _ in range(size)])
    small, large = (subsample(data, size, seed) for size in sorted((n, m)))
    assert set(small.rows) <= set(large.rows)
    assert len(small) == min(n, m, len(data))
    assert list(small.rows) == sorted(small.rows)


@given(class_sizes, st.integers(1, 100), seeds)
def test_a_subset_has_two_rows_of_each_class_and_then_each_in_proportion(
    sizes: list[int], n: int, seed: int
) -> None:
    data = dataset([c for c, size in enumerate(sizes) for _ in range(size)])
    found = Counter(subsample(data, n, seed).labels)
    n = min(n, len(data))
    if n >= len(sizes):
        assert all(found[c] >= 1 for c in range(len(sizes)))
    if n >= 2 * len(sizes):
        assert all(found[c] >= min(2, size) for c, size in enumerate(sizes))
    surplus = sum(max(0.0, 2 - n * size / len(data)) for size in sizes)
    for c, size in enumerate(sizes):
        assert found[c] <= max(2, n * size / len(data) + 2)
        assert found[c] >= min(n * size / len(data) - 2 - surplus, size)


def test_a_subset_of_all_rows_is_the_data_set_itself() -> None:
    data = dataset([0, 1] * 5)
    assert subsample(data, 10) is data
    with pytest.raises(UsageError):
        subsample(data, 0)


def test_subsets_of_other_kinds_keep_rare_strata() -> None:
    rows: list[object] = [(0,)] * 90 + [(0, 1)] * 10
    found = subsample(dataset(rows, kind="multi-label"), 10)
    assert Counter(found.labels) == {(0,): 8, (0, 1): 2}
    values = subsample(dataset([float(i) for i in range(100)], kind="regression"), 20)
    assert set(Counter(int(v) // 10 for v in values.labels).values()) == {2}  # type: ignore[call-overload]


def test_the_stratum_of_a_row_is_its_rarest_label() -> None:
    rows: list[object] = [(0,)] * 5 + [(0, 1)] * 2 + [(1,)] + [()]
    assert strata(dataset(rows, kind="multi-label")) == ["c000"] * 5 + ["c001"] * 3 + [""]


@pytest.mark.parametrize("name", ["banking77", "goemotions", "restaurant8k", "jsts"])
def test_real_data_split_in_proportion_without_a_text_on_both_sides(load: Load, name: str) -> None:
    data, _ = load(name)
    train, held = split(data, heldout=0.2)
    assert not set(text_keys(train)) & set(text_keys(held))
    assert len(held) == pytest.approx(0.2 * len(data), rel=0.015)
    if data.kind == "regression":
        return
    sides: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for side, part in enumerate((train, held)):
        for row in row_traits(part):
            for trait in row:
                sides[trait][side] += 1
    for one, two in sides.values():
        assert two == pytest.approx(0.2 * (one + two), abs=1 + 0.01 * (one + two))
