"""Screens as observations: another way of use, with an offset that all of them share."""

from __future__ import annotations

from math import log, sqrt
from operator import sub
from statistics import NormalDist, pstdev

import pytest

from pick_model.belief import equal_rows
from pick_model.belief.decision import Decision, drawn
from pick_model.belief.equal_rows import RowsLine, ScreenMeasurement, at_equal_rows
from pick_model.belief.expected import Z90
from pick_model.belief.joint import KIND, Marginal
from pick_model.belief.observations import (
    ProbeResult,
    as_observations,
    compared,
    normal_scores,
)
from pick_model.belief.posterior import Belief, Observation
from pick_model.belief.ways import (
    CORRELATIONS,
    FROZEN,
    PROBED,
    ROWS_EXPONENT_SD,
    THE_SAME,
    ObservationKind,
    measure_way,
    probed_on,
)
from pick_model.interval import Interval
from pick_model.record import replace
from tests.belief.test_posterior import LEVEL, MEMBERS

NAMES = [member.name for member in MEMBERS]


def screen(name: str, score: float, measure: float, rows: int = 250) -> ScreenMeasurement:
    measures = {"logme": measure, "h_score": measure}
    return ScreenMeasurement(
        name, "accuracy", Interval(score, score - 0.02, score + 0.02), rows, measures
    )


SCREENS = [screen(name, 0.7 + 0.04 * n, 0.1 * n) for n, name in enumerate(NAMES)]


def believed(results: list[ScreenMeasurement], method: str = "full") -> Belief:
    return Belief(MEMBERS, LEVEL, as_observations(results, None, LEVEL.link, MEMBERS, method))


def test_screens_put_first_what_they_find_best_and_widen_nothing() -> None:
    before, after = Belief(MEMBERS, LEVEL, ()), believed(SCREENS)
    moved = [after.standing(n).mean - before.standing(n).mean for n in range(len(MEMBERS))]
    assert moved[-1] > moved[0]
    for n in range(len(MEMBERS)):
        assert after.standing(n).variance <= before.standing(n).variance + 1e-12


def test_their_order_does_not_matter() -> None:
    one, other = believed(SCREENS), believed(SCREENS[::-1])
    for n in range(len(MEMBERS)):
        assert one.standing(n).mean == pytest.approx(other.standing(n).mean, abs=1e-9)


def test_what_all_frozen_scores_share_says_nothing_of_who_is_better() -> None:
    loose = FROZEN._replace(offset_sd=1e2)
    link = LEVEL.link

    def at(shift: float) -> Belief:
        told = []
        for n, name in enumerate(NAMES):
            score = link.score(0.3 * n + shift)
            told.append(Observation(name, Interval(score, score, score), loose))
        return Belief(MEMBERS, LEVEL, told)

    low, high = at(-1.0), at(1.0)
    assert low.difference(0, 1).mean == pytest.approx(high.difference(0, 1).mean, abs=1e-3)


def test_frozen_scores_anchor_the_level_less_than_a_fine_tune_does() -> None:
    score = Interval(0.9, 0.89, 0.91)
    variance = {
        way.name: Belief(MEMBERS, LEVEL, [Observation(NAMES[0], score, way)]).score(0).variance
        for way in (THE_SAME, FROZEN)
    }
    assert variance["the same"] < variance["frozen"]
    assert variance["frozen"] < Belief(MEMBERS, LEVEL, ()).score(0).variance


def test_frozen_features_that_will_be_used_as_such_are_the_task_itself() -> None:
    told = as_observations(SCREENS, None, LEVEL.link, MEMBERS, "frozen")
    assert [one.way for one in told] == [THE_SAME] * len(SCREENS)


def test_measures_are_compared_at_equal_rows_between_three_models_at_least() -> None:
    pair = as_observations(SCREENS[:2], None, LEVEL.link, MEMBERS, "full")
    assert {one.way.name for one in pair} == {"frozen"}
    apart = [replace(one, rows=250 * (n + 1)) for n, one in enumerate(SCREENS)]
    assert {o.way.name for o in as_observations(apart, None, LEVEL.link, MEMBERS, "full")} == {
        "frozen"
    }
    together = as_observations(SCREENS, None, LEVEL.link, MEMBERS, "full")
    assert {one.way.name for one in together} == {"frozen", "logme 250", "h_score 250"}
    # Three of one model's features count as one.
    assert {one.way.variance for one in together if one.way.scored} == {3 * FROZEN.variance}


def test_who_was_read_no_further_is_not_worse_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading two of five on gives them as much as all would have gained, and loses nothing but
    how surely that is known."""
    link = LEVEL.link
    gained = [
        replace(
            one,
            rows=500,
            score=Interval(*link.scores([link.of(end) + 0.4 for end in one.score])),
            measures={name: value + 0.05 for name, value in one.measures.items()},
        )
        for one in SCREENS
    ]
    two = [replace(gained[n], earlier=(SCREENS[n],)) for n in (1, 2)]
    mixed = [one for n, one in enumerate(SCREENS) if n not in (1, 2)] + two
    every = believed(gained)
    [unsure] = at_equal_rows(mixed, link)
    by_name = {one.entry: link.half_width(one.score) for one in unsure}
    read, moved = gained[1], gained[0]
    assert by_name[read.entry] == pytest.approx(link.half_width(read.score))
    wide = link.half_width(moved.score) ** 2 + (Z90 * equal_rows.MOVED_SD) ** 2
    assert by_name[moved.entry] == pytest.approx(wide**0.5)
    monkeypatch.setattr(equal_rows, "MOVED_SD", 0.0)
    some = believed(mixed)
    for n in range(len(MEMBERS)):
        assert some.standing(n).mean == pytest.approx(every.standing(n).mean, abs=1e-9)
        assert some.standing(n).variance == pytest.approx(every.standing(n).variance, abs=1e-9)
    told = as_observations(mixed, None, link, MEMBERS, "full")
    assert {one.way.name for one in told} == {"frozen", "logme 500", "h_score 500"}


def test_weak_models_gain_more_by_more_rows() -> None:
    """The best was read no further; the others' mean gain would put it too far ahead."""
    line = RowsLine.through([0.0, 1.0, 2.0], [0.5, 1.25, 2.0])
    assert line.of(2.5) == pytest.approx(2.375)
    assert RowsLine.through([0.0, 1.0], [0.5, 1.0]).of(2.0) == pytest.approx(2.25)  # two: the mean
    assert RowsLine.through([0.0, 1.0, 2.0], [3.0, 2.0, 1.0]).slope == 0.0
    assert RowsLine.through([1.0, 1.0, 1.0], [2.0, 2.0, 3.5]).of(0.0) == pytest.approx(1.5)


def test_a_score_at_the_bottom_says_nothing_of_how_far_it_is_below() -> None:
    worst = replace(SCREENS[0], score=Interval(0.0, 0.0, 0.01))
    constant = replace(SCREENS[1], score=Interval(0.5, 0.5, 0.5))
    told = as_observations([worst, constant, *SCREENS[2:]], None, LEVEL.link, MEMBERS, "full")
    scored = {one.name for one in told if one.way.scored}
    assert scored == set(NAMES[2:])
    assert {one.name for one in told} == set(NAMES)  # its measures are read


def test_draws_agree_with_the_posterior_where_two_groups_share_an_offset() -> None:
    """Of two screens at other rows the groups differ in size, and so in what an error counts."""
    few = [replace(one, rows=100) for one in SCREENS[:2]]
    after = believed([*few, *SCREENS[2:]])
    assert len({one.way for one in after.readings if one.way.scored}) == 2
    draws = drawn(after, range(len(MEMBERS))).standings
    last = len(MEMBERS) - 1
    apart = [b - a for a, b in zip(draws[0], draws[last], strict=True)]
    mean = sum(apart) / len(apart)
    spread = sum((x - mean) ** 2 for x in apart) / len(apart)
    told = after.difference(last, 0)
    assert mean == pytest.approx(told.mean, abs=0.15)
    assert spread == pytest.approx(told.variance, rel=0.2)


def test_a_measure_is_read_where_the_metric_has_no_scale() -> None:
    told = compared("h_score", SCREENS, MEMBERS, "full")
    after = Belief(MEMBERS, None, told)
    assert after.observed
    assert after.standing(len(MEMBERS) - 1).mean > MEMBERS[-1].mean


def test_measures_without_an_error_and_slope_one_are_the_standings() -> None:
    exact = ObservationKind("exact", offset_sd=1e2, scored=False)
    told = [Observation(name, Interval(n, n, n), exact) for n, name in enumerate(NAMES)]
    after = Belief(MEMBERS, LEVEL, told)
    for n in range(1, len(MEMBERS)):
        assert after.difference(n, 0).mean == pytest.approx(float(n), abs=0.02)


def two_probes(way: ObservationKind) -> Belief:
    """The last scores well above the first, each to within as much as they are apart."""
    first, last = Interval(0.80, 0.75, 0.85), Interval(0.85, 0.80, 0.90)
    told = [Observation(NAMES[0], first, way), Observation(NAMES[-1], last, way)]
    return Belief(MEMBERS, LEVEL, told)


def test_probes_err_together_so_two_tell_more_of_who_is_better_than_of_how_good() -> None:
    results = [ProbeResult(name, "accuracy", Interval(0.8, 0.7, 0.9), "transfers") for name in "ab"]
    told = as_observations(results, None, LEVEL.link, MEMBERS, "full")
    assert [one.way for one in told] == [PROBED, PROBED]
    alone, together = two_probes(THE_SAME), two_probes(PROBED)
    last = len(MEMBERS) - 1
    assert together.difference(last, 0).mean > alone.difference(last, 0).mean
    assert together.difference(last, 0).variance < alone.difference(last, 0).variance
    assert together.better(last, 0) > alone.better(last, 0)
    assert together.score(last).variance > alone.score(last).variance
    assert together.scored == alone.scored == {0, last}


@pytest.mark.parametrize("half", [0.1, 0.25, 1.2])
def test_a_better_probe_never_lowers_what_is_expected_of_its_model(half: float) -> None:
    """Beside one that is much surer, or much less sure."""

    def probed(name: str, at: float, half: float) -> Observation:
        ends = LEVEL.link.scores((at, at - half, at + half))
        return Observation(name, Interval(*ends), PROBED)

    other = probed(NAMES[1], 1.4, 0.25)
    found = [
        Belief(MEMBERS, LEVEL, [other, probed(NAMES[0], at, half)]) for at in (0.8, 1.1, 1.4, 1.7)
    ]
    means = [belief.score(0).mean for belief in found]
    assert means == sorted(means)


def test_one_probe_tells_what_its_interval_does() -> None:
    score = Interval(0.8, 0.7, 0.9)
    one, other = (
        Belief(MEMBERS, LEVEL, [Observation(NAMES[0], score, way)]) for way in (THE_SAME, PROBED)
    )
    for n in range(len(MEMBERS)):
        assert one.standing(n) == pytest.approx(other.standing(n))
        assert one.score(n) == pytest.approx(other.score(n))


def test_draws_of_probes_are_apart_as_the_posterior_says() -> None:
    last = len(MEMBERS) - 1
    wide, near = Interval(0.85, 0.6, 0.95), Interval(0.8, 0.78, 0.82)
    unequal = [Observation(NAMES[0], wide, PROBED), Observation(NAMES[-1], near, PROBED)]
    for after in (*map(two_probes, (THE_SAME, PROBED)), Belief(MEMBERS, LEVEL, unequal)):
        draws = drawn(after, range(len(MEMBERS))).standings
        apart = [b - a for a, b in zip(draws[0], draws[last], strict=True)]
        mean = sum(apart) / len(apart)
        told = after.difference(last, 0)
        assert mean == pytest.approx(told.mean, abs=0.1)
        spread = sum((x - mean) ** 2 for x in apart) / len(apart)
        assert spread == pytest.approx(told.variance, rel=0.15)


def test_draws_agree_with_the_posterior() -> None:
    after = believed(SCREENS)
    decision = Decision(after, range(len(MEMBERS)))
    for n, standings in decision.drawn.standings.items():
        mean = sum(standings) / len(standings)
        assert mean == pytest.approx(after.standing(n).mean, abs=0.15)


def test_normal_scores_are_quantiles_of_ranks() -> None:
    found = normal_scores([10.0, -3.0, 0.5])
    top = NormalDist().inv_cdf((3 - 0.375) / 3.25)
    unit = (2 * top * top / 3) ** 0.5
    assert found == pytest.approx([top / unit, -top / unit, 0.0])
    assert normal_scores([1e9, -3.0, 0.5]) == found  # how far one is out does not matter
    one, other, _ = normal_scores([2.0, 2.0, 1.0])
    assert one == other


def test_probes_on_more_and_on_fewer_rows_err_in_opposite_ways() -> None:
    """Were the exponent larger, the one on fewer rows would be better than told, the other worse."""
    few, many = probed_on(100, 1000), probed_on(10_000, 1000)
    assert (few.offset, few.offset_sd) == pytest.approx((-many.offset, -many.offset_sd))
    score = Interval(0.8, 0.79, 0.81)
    told = [Observation(NAMES[0], score, few), Observation(NAMES[1], score, many)]
    belief = Belief(MEMBERS[:2], LEVEL, told)
    one, other = belief.readings
    spread = ROWS_EXPONENT_SD * log(10)
    assert one.in_common(other) == pytest.approx(-spread * spread)
    drawn_apart = drawn(belief, [0, 1])
    sd = pstdev(map(sub, drawn_apart.standings[0], drawn_apart.standings[1]))
    assert sd == pytest.approx(sqrt(belief.difference(0, 1).variance), rel=0.1)


def test_a_linear_probe_and_a_screen_of_frozen_features_count_once() -> None:
    name = NAMES[0]
    probe = ProbeResult(name, "accuracy", Interval(0.8, 0.78, 0.82), "transfers", "linear")
    both, alone = (
        as_observations(some, None, LEVEL.link, MEMBERS, "frozen")
        for some in ([probe, screen(name, 0.79, 0.1)], [probe])
    )
    assert both == alone


def test_a_measure_that_correlates_more_says_more() -> None:
    def moved(method: str) -> float:
        compared_by = [replace(one, score=Interval(0.7, 0.7, 0.7)) for one in SCREENS]
        after = believed(compared_by, method)
        return abs(after.difference(0, len(NAMES) - 1).mean - apart)

    apart = Belief(MEMBERS, LEVEL, ()).difference(0, len(NAMES) - 1).mean
    assert CORRELATIONS["lora"]["logme"] > CORRELATIONS["full"]["logme"]
    assert moved("lora") > moved("full")


def test_many_relatives_do_not_make_a_measure_surer_of_what_they_share() -> None:
    """A measure errs with relatives as they stand: each model moves by its own reading alone."""
    family = [Marginal(f"a{n}", 0.0, 1.0, "encoder", "a", "a") for n in range(20)]
    others = [Marginal(f"b{n}", 0.0, 1.0, "encoder", "b", "b") for n in range(2)]
    some = [*family, *others]
    way = measure_way("h_score", "lora", 1.0)
    values = [1.0] * len(family) + [-1.0] * len(others)
    told = [Observation(m.name, Interval(v, v, v), way) for m, v in zip(some, values, strict=True)]
    after = Belief(some, None, told)
    apart = after.difference(0, len(family))
    gain = way.slope / (way.slope**2 + way.variance)
    assert apart.mean == pytest.approx(gain * 2.0, abs=0.02)
    # What is unknown between two families: of all but the kind, that they share.
    before = 2 * (1 - KIND)
    assert apart.variance == pytest.approx(before * (1 - way.slope * gain), abs=0.02)
    draws = drawn(after, [0, len(family)]).standings
    moved = [a - b for a, b in zip(draws[0], draws[len(family)], strict=True)]
    mean = sum(moved) / len(moved)
    spread = sum((x - mean) ** 2 for x in moved) / len(moved)
    assert spread == pytest.approx(apart.variance, rel=0.15)
