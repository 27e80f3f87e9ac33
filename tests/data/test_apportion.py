"""The one rule by which rows are shared out among classes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pick_model.data.apportion import apportion

counts_of_classes = st.dictionaries(st.integers(), st.integers(0, 60), min_size=1, max_size=8)


def test_shares_are_hamiltons_largest_remainders() -> None:
    # ideals 5.0, 3.33, 1.67: whole parts 5, 3, 1, and the largest remainder gets the tenth
    assert apportion({"a": 15, "b": 10, "c": 5}, 10) == {"a": 5, "b": 3, "c": 1 + 1}


def test_a_rare_class_keeps_its_least_at_the_cost_of_the_largest() -> None:
    assert apportion({"a": 996, "b": 4}, 10, least=2) == {"a": 10 - 2, "b": 2}


def test_ties_go_to_the_class_listed_first() -> None:
    assert apportion({"b": 5, "a": 5}, 5) == {"b": 3, "a": 2}


@given(counts_of_classes, st.integers(0, 500), st.integers(0, 3), st.integers(0, 2))
def test_shares_stay_within_their_bounds_and_add_up_where_those_allow(
    counts: dict[int, int], total: int, least: int, spare: int
) -> None:
    shares = apportion(counts, total, least=least, spare=spare)
    most = {key: max(count - spare, 0) for key, count in counts.items()}
    lowest = {key: min(least, most[key]) for key in counts}
    assert all(lowest[key] <= shares[key] <= most[key] for key in counts)
    assert sum(shares.values()) == min(max(total, sum(lowest.values())), sum(most.values()))


@given(counts_of_classes, st.integers(0, 200))
def test_without_bounds_no_share_is_a_row_away_from_its_ideal(
    counts: dict[int, int], total: int
) -> None:
    whole = sum(counts.values())
    total = min(total, whole)
    shares = apportion(counts, total, least=0)
    if whole:
        assert all(abs(shares[k] - total * n / whole) < 1 for k, n in counts.items())
