"""Results on other data of the user's: where they stand, and what they tell of the task."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.belief.expected import Expected
from pick_model.belief.joint import KIND, Marginal
from pick_model.belief.level import Level, Link
from pick_model.belief.outlook import OF_A_TASK, Outlook
from pick_model.belief.own_data import OtherResult, OwnData, own_data, placed, variance_of_mean
from pick_model.belief.parts import Variances
from pick_model.belief.source_tables import (
    OF_SOURCE,
    Gathered,
    Own,
    OwnTable,
    SourceTable,
    at_the_source,
)
from pick_model.documents.catalog import Entry
from pick_model.interval import Interval
from pick_model.record import replace

from .small import entry
from .test_expected import NUMBERING, SCALES, TARGET

LEVEL = Level(Link(0.0, 1.0, 1.0), 0.7, 1.0, -0.5, 0.5, 3)
ENTRIES = {name: entry(name) for name in ("ann", "bob", "cat", "dan")}


def result(name: str, score: float, half: float = 0.0, **changes: str) -> OtherResult:
    interval = Interval(score, score - half, score + half)
    base = OtherResult(name, "accuracy", "full", interval, "single-label", "2" * 64, "mails.csv")
    return replace(base, **changes)


def member(name: str, mean: float = 0.0, sd: float = 1.0) -> Marginal:
    return Marginal(name, mean, sd, "encoder", name, name)


def told(*results: OtherResult) -> OwnData | None:
    outlook = Outlook(TARGET, NUMBERING, SCALES)
    return own_data(results, outlook, "full", lambda name: [ENTRIES[name]], lambda _: LEVEL)


def expected(own: OwnData | None, one: Entry) -> Expected:
    if own is None:
        return Outlook(TARGET, NUMBERING, SCALES).expected([one], ())
    outlook = Outlook(TARGET, own.numbering, SCALES, own.standings, own.own)
    return outlook.expected([one], own.standings(one.id))


def table(mean: float, n: int, nearest: float = 1.0) -> SourceTable:
    found = SourceTable("tuned")
    found.n, found.mean, found.nearest = n, mean, nearest
    found.total = found.squares = float(n)
    return found


def test_the_source_s_own_tables_are_conditioned_on_as_the_dense_gaussian_says() -> None:
    """Unknown: standing, the source's part, the table's of the target, and of another task."""
    centre, prior = 0.2, 1.7
    variances = Variances(family=0.1, model=0.2, table=0.8, rest=0.5)
    tables = {
        (0, 9): OwnTable(table(1.1, 4), alike=True),
        (1, 9): OwnTable(table(-0.3, 2), alike=False),
    }
    found = at_the_source(
        Gathered(0.4 * prior, prior, prior, {}), tables, centre, variances, OF_A_TASK
    )
    source = OF_A_TASK * OF_SOURCE * variances.table
    part = OF_A_TASK * (1 - OF_SOURCE) * variances.table
    before = np.diag([1 / prior, source, part, part])
    reads = np.array([[1, 1, 1, 0], [1, 1, 0, 1]], float)
    noise = np.diag([variances.rest / 4, variances.rest / 2])
    target = np.array([1, 1, 1, 0], float)
    gain = before @ reads.T @ np.linalg.inv(reads @ before @ reads.T + noise)
    mean = np.array([0.4, 0, 0, 0])
    after = mean + gain @ (np.array([1.1 - centre, -0.3 - centre]) - reads @ mean)
    left = before - gain @ reads @ before
    assert found.total / found.weight == pytest.approx(target @ after)
    assert 1 / found.weight == pytest.approx(target @ left @ target)
    shares = sum(found.shares.values()) + found.prior
    assert shares == pytest.approx(found.weight)


def test_without_own_tables_nothing_changes() -> None:
    outlook = Outlook(TARGET, NUMBERING, SCALES, own=Own(0, "lora"))
    one = ENTRIES["ann"]
    assert outlook.expected([one], ()) == Outlook(TARGET, NUMBERING, SCALES).expected([one], ())


def test_who_does_better_on_other_data_is_expected_to_do_better_here() -> None:
    own = told(result("ann", 0.9), result("bob", 0.8), result("cat", 0.7))
    ann, bob, cat, dan = (expected(own, one) for one in ENTRIES.values())
    assert ann.z.value > bob.z.value > cat.z.value
    assert bob.z.value == pytest.approx(dan.z.value, abs=0.05)  # in the middle; not measured
    assert (ann.n_items, dan.n_items) == (1, 0)
    assert ann.z.high - ann.z.low < dan.z.high - dan.z.low


def test_more_data_sets_move_more_and_leave_less_unknown() -> None:
    one = [result("ann", 0.9), result("bob", 0.7)]
    two = [*one, *(replace(r, digest="3" * 64, data="orders.csv") for r in one)]
    first, second = (expected(told(*some), ENTRIES["ann"]) for some in (one, two))
    assert second.z.value > first.z.value
    assert second.z.high - second.z.low < first.z.high - first.z.low


def test_results_that_may_be_luck_move_less() -> None:
    sure, vague = (
        expected(told(result("ann", 0.9, half), result("bob", 0.7, half)), ENTRIES["ann"])
        for half in (0.001, 0.09)
    )
    assert sure.z.value > vague.z.value > expected(None, ENTRIES["ann"]).z.value


def test_another_method_or_kind_of_labels_tells_less_than_the_task_s_own() -> None:
    def moved(**changes: str) -> float:
        some = [result("ann", 0.9, 0.0, **changes), result("bob", 0.7, 0.0, **changes)]
        return expected(told(*some), ENTRIES["ann"]).z.value

    same, lora, tags = moved(), moved(method="lora"), moved(kind="tokens")
    assert same > max(lora, tags)
    assert min(lora, tags) > expected(None, ENTRIES["ann"]).z.value


@pytest.mark.parametrize(
    "results",
    [(), (result("ann", 0.9),), (result("ann", 0.9), result("bob", 0.8, digest="3" * 64))],
    ids=["none", "one", "one each"],
)
def test_a_model_alone_on_its_data_tells_nothing(results: tuple[OtherResult, ...]) -> None:
    assert told(*results) is None


def test_a_metric_without_a_scale_tells_nothing() -> None:
    outlook = Outlook(TARGET, NUMBERING, SCALES)
    some = [result("ann", 0.9), result("bob", 0.8)]
    assert own_data(some, outlook, "full", lambda name: [ENTRIES[name]], lambda _: None) is None


@given(
    st.lists(st.floats(0.05, 0.95), min_size=2, max_size=9),
    st.lists(st.floats(-2, 2), min_size=9, max_size=9),
)
def test_models_stand_around_where_they_are_expected_in_the_order_of_their_scores(
    scores: list[float], means: list[float]
) -> None:
    some = [result(f"m{n}", score) for n, score in enumerate(scores)]
    members = [member(f"m{n}", mean) for n, mean in enumerate(means[: len(scores)])]
    z = [one for one, _ in placed(some, members, LEVEL)]
    assert np.mean(z) == pytest.approx(np.mean(means[: len(scores)]), abs=1e-9)
    for a, x in zip(scores, z, strict=True):
        for b, y in zip(scores, z, strict=True):
            assert (a < b) <= (x <= y + 1e-12)


@pytest.mark.parametrize("score", [0.0, 0.17, 0.7, 1.0])
@pytest.mark.parametrize("n", [2, 3, 7])
def test_equal_scores_stand_in_one_place(n: int, score: float) -> None:
    some = [result(f"m{k}", score) for k in range(n)]
    assert {z for z, _ in placed(some, [member(f"m{k}") for k in range(n)], LEVEL)} == {0.0}


def test_a_result_that_says_next_to_nothing_does_not_stretch_the_others() -> None:
    some = [result(f"m{n}", 0.6 + 0.05 * n, 0.01) for n in range(5)]
    members = [member(f"m{n}") for n in range(6)]
    plain = placed(some, members[:5], LEVEL)
    for half in (0.2, 0.45):
        vague = placed([*some, result("m5", 0.55, half)], members, LEVEL)
        assert max(z for z, _ in vague) < 1.5 * max(z for z, _ in plain)
        assert vague[-1][1] > 10 * vague[0][1]


def test_two_scores_a_scale_apart_stand_about_a_standard_score_apart() -> None:
    """Two scores hardly tell their own scale: what is usual of the metric has two thirds."""
    link, scale = LEVEL.link, exp(LEVEL.log_scale)
    scores = link.scores((0.7 + scale / 2, 0.7 - scale / 2))
    some = [result(n, s) for n, s in zip(("ann", "bob"), scores, strict=True)]
    (up, _), (down, _) = placed(some, [member("ann"), member("bob")], LEVEL)
    assert 0.9 < up - down < 1.3


def test_the_mean_s_doubt_is_what_an_unmeasured_model_of_the_kind_does_not_share() -> None:
    """Against draws: of kinds, families, and each model's own part."""
    random = np.random.default_rng(0)
    for kinds in ("ee", "ed", "eedd", "eeed", "edsv"):
        members = [Marginal(f"m{n}", 0.0, 1.0, k, f"m{n}", f"m{n}") for n, k in enumerate(kinds)]
        of_kind = {k: KIND**0.5 * random.standard_normal(200_000) for k in "edsv"}
        own = [(1 - KIND) ** 0.5 * random.standard_normal(200_000) for _ in kinds]
        errors = [of_kind[k] + e for k, e in zip(kinds, own, strict=True)]
        beside = np.var(np.mean(errors, axis=0) - of_kind["e"])
        assert variance_of_mean(members, members[0]) == pytest.approx(beside, rel=0.03)


def test_what_models_compared_with_each_other_alone_share_stays_unknown() -> None:
    alone = told(result("ann", 0.9), result("bob", 0.7))
    assert alone is not None
    sure = alone._replace(own=alone.own._replace(unsure={}))
    wide, narrow = (expected(own, ENTRIES["ann"]).z for own in (alone, sure))
    assert wide.value == narrow.value
    assert wide.high > narrow.high


def test_what_model_and_task_have_in_common_is_counted_once() -> None:
    """English models that do equally well with each other on a German user's data."""
    target = replace(TARGET, languages=("de",))
    outlook = Outlook(target, NUMBERING, SCALES)
    results = [result("ann", 0.8), result("bob", 0.8)]
    own = own_data(results, outlook, "full", lambda name: [ENTRIES[name]], lambda _: LEVEL)
    assert own is not None
    beside = Outlook(target, own.numbering, SCALES, own.standings, own.own)
    line = [ENTRIES["ann"]]
    before, after = outlook.expected(line, ()), beside.expected(line, own.standings("ann"))
    assert outlook.of_the_task(line, "tuned") < -0.5
    assert after.z.value == pytest.approx(before.z.value)


def test_results_leave_less_unknown() -> None:
    before = expected(None, ENTRIES["ann"])
    for half in (0.01, 0.3):
        after = expected(told(result("ann", 0.6, half), result("bob", 0.6, half)), ENTRIES["ann"])
        for name in ("z", "standing"):
            wide, narrow = getattr(before, name), getattr(after, name)
            assert narrow.high - narrow.low < wide.high - wide.low
        assert after.standing.high < after.z.high
        assert after.basis == "measured"  # no score of hers was published


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_however_much_is_told_one_task_is_known_less_well_than_many(share: float) -> None:
    """Also between the two scales that few rows mix."""
    target = replace(TARGET, frozen_share=share)
    scales = {
        key: one._replace(variances=Variances(2.0, 3.0, 1.5, 0.2)) for key, one in SCALES.items()
    }
    outlook = Outlook(target, NUMBERING, scales)
    some = [
        replace(result(name, score), digest=f"{n}")
        for n in range(30)
        for name, score in (("ann", 0.9), ("bob", 0.8), ("cat", 0.7), ("dan", 0.6))
    ]
    own = own_data(some, outlook, "full", lambda name: [ENTRIES[name]], lambda _: LEVEL)
    assert own is not None
    found = Outlook(target, own.numbering, scales, own.standings, own.own).expected(
        [ENTRIES["ann"]], own.standings("ann")
    )
    assert found.standing.high < found.z.high
    assert found.basis == "measured"
