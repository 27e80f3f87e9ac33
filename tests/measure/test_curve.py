"""The learning curve's reading: on synthetic curves whose truth is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pick_model.measure.probe.curve import (
    DISTRUST,
    RUN_TOLD,
    SEEN_TAUGHT,
    TRAINED_WINS,
    TRAINED_WINS_BY_LENGTH,
    WON_BY_LENGTH,
    Curve,
    Point,
    Trained,
    Wider,
    interval,
    read_curve,
    seed_sd,
)

N_HELDOUT, REPLICATES = 600, 400


def points(
    curve: dict[int, float], *, seeds: int = 3, sd: float = 0.008, seed: int = 0
) -> list[Point]:
    """Points with accuracies near `curve`, their rows right or wrong one by one."""
    random = np.random.default_rng(seed)
    hardness = random.permutation(N_HELDOUT)  # the same rows are hard at every size
    weights = random.multinomial(N_HELDOUT, np.full(N_HELDOUT, 1 / N_HELDOUT), size=REPLICATES)
    found = []
    for n, accuracy in curve.items():
        runs = seeds if n == max(curve) else 1
        right = []
        for _ in range(runs):
            wanted = round(N_HELDOUT * np.clip(accuracy + random.normal(0, sd), 0, 1))
            flips = random.permutation(N_HELDOUT)[: N_HELDOUT // 50]
            row = (hardness < wanted).astype(float)
            row[flips] = row[random.permutation(flips)]
            right.append(row)
        hits = np.stack(right)
        found.append(Point(n, n // 32, 1.0, hits.mean(axis=1), hits @ weights.T / N_HELDOUT))
    return found


def power(c: float, a: float, b: float) -> dict[int, float]:
    return {n: c - a * n**-b for n in (250, 500, 1000)}


def repeated(first: Point, gain: float) -> Point:
    """The first point's rows three times over, `gain` better."""
    better = first.resampled + gain
    return Point(first.rows, 3 * first.steps, 3.0, first.utilities + gain, better)


def test_a_flat_curve_has_flattened_and_stays_where_it_is() -> None:
    found = long(points({250: 0.9, 500: 0.9, 1000: 0.9}), 300)
    curve = read_curve(found, 1000, 3.0, repeated=repeated(found[0], 0.0))
    assert curve.flattened
    assert abs(float(np.median(curve.extrapolated)) - 0.9) < 0.015


def test_a_curve_that_rises_with_rows_is_extrapolated_upwards() -> None:
    curve = read_curve(points(power(0.95, 4.0, 0.5)), 10_000, 1.0)
    assert not curve.flattened
    assert float(np.median(curve.extrapolated)) > float(curve.measured.mean()) + 0.01


def test_a_curve_that_rises_with_rows_has_flattened_when_there_are_no_more_rows() -> None:
    """Passes over the same rows won nothing, so neither will they on all."""
    found = long(points(power(0.95, 4.0, 0.5)), 300)
    assert read_curve(found, 1000, 3.0, repeated=repeated(found[0], -0.01)).flattened


def test_a_curve_that_rises_with_passes_has_not_flattened() -> None:
    found = long(points({250: 0.9, 500: 0.9, 1000: 0.9}), 300)
    assert not read_curve(found, 1000, 3.0, repeated=repeated(found[0], 0.08)).flattened


def long(found: list[Point], steps: int) -> list[Point]:
    """The same points, the last of which took this many steps."""
    return [*found[:-1], dataclasses.replace(found[-1], steps=steps)]


def test_a_run_of_a_few_steps_far_from_the_best_is_not_said_to_have_flattened() -> None:
    found = points({250: 0.6, 500: 0.6, 1000: 0.6})
    flat = repeated(found[0], 0.0)
    assert not read_curve(long(found, 25), 1000, 3.0, repeated=flat).flattened
    assert read_curve(long(found, 2000), 1000, 3.0, repeated=flat).flattened


def test_less_is_left_to_win_the_nearer_the_best() -> None:
    def gain(score: float) -> float:
        found = long(points({250: score, 500: score, 1000: score}), 60)
        return read_curve(found, 1000, 3.0, repeated=repeated(found[0], 0.0)).gain

    assert gain(0.95) < gain(0.7)


def test_a_run_below_its_own_frozen_features_has_not_flattened() -> None:
    found = long(points({250: 0.8, 500: 0.8, 1000: 0.8}), 300)
    frozen = found[-1].resampled.mean(axis=0) + 0.06
    below = read_curve(found, 1000, 3.0, repeated=repeated(found[0], 0.0), frozen=frozen)
    assert not below.flattened
    low, high = interval(below.extrapolated)
    assert low < 0.86 < high


@pytest.mark.parametrize("above", [0.0, 0.01])
def test_a_run_not_surely_above_one_class_may_still_learn_anything(above: float) -> None:
    """A row or two beyond the majority class is no end that was reached."""
    level = 0.5 + above
    found = long(points({250: 0.5, 500: 0.5, 1000: level}, seeds=1, sd=0.0), 300)
    majority = points({1000: 0.5}, seeds=1, sd=0.0)[0].resampled.mean(axis=0)
    curve = read_curve(found, 1000, 3.0, repeated=repeated(found[0], 0.0), majority=majority)
    low, high = interval(curve.extrapolated)
    assert low < 0.6 < 0.9 < high
    assert not curve.flattened


def test_a_run_surely_above_one_class_is_read_by_its_curve() -> None:
    found = long(points({250: 0.9, 500: 0.9, 1000: 0.9}), 300)
    majority = points({1000: 0.5}, seeds=1, sd=0.0)[0].resampled.mean(axis=0)
    again = repeated(found[0], 0.0)
    alone = read_curve(found, 1000, 3.0, repeated=again)
    beside = read_curve(found, 1000, 3.0, repeated=again, majority=majority)
    assert np.array_equal(alone.extrapolated, beside.extrapolated)


def test_what_has_learnt_nothing_yet_is_expected_no_lower_than_its_frozen_features_tell() -> None:
    found = long(points({250: 0.5, 500: 0.5, 1000: 0.5}), 300)
    majority = points({1000: 0.5}, seeds=1, sd=0.0)[0].resampled.mean(axis=0)
    frozen = found[-1].resampled.mean(axis=0) + 0.4
    again = repeated(found[0], 0.0)
    without = read_curve(found, 1000, 3.0, repeated=again, majority=majority)
    known = read_curve(found, 1000, 3.0, repeated=again, majority=majority, frozen=frozen)
    assert known.gain > without.gain + 0.02


def short(
    score: float,
    wider: float,
    rows: int = 100,
    *,
    alike: float = 0.75,
    majority: float = 0.5,
    classes: int = 2,
    head: float | None = None,
    steps: int = 40,
    trained: float | None = None,
    full: int = 1000,
) -> Curve:
    """A run of one seed on `rows` of `full`, beside frozen features of all of them and, `alike`, of
    the rows it saw; it began at `head`. `trained`: features of all rows after it."""
    values = {"features": wider, "alike": alike, "majority": majority, "head": head or 0.0}
    values["trained"] = trained or 0.0
    drawn = {k: points({1000: v}, seeds=1, sd=0.0)[0].resampled[0] for k, v in values.items()}
    return read_curve(
        long(points({rows: score}, seeds=1, sd=0.0), steps),
        full,
        3.0,
        frozen=None if head is None else drawn["head"],
        wider=Wider(full, drawn["features"], drawn["alike"], classes),
        trained=None if trained is None else Trained(full, drawn["trained"], classes),
        majority=drawn["majority"],
    )


def middle(curve: Curve) -> float:
    return float(np.median(curve.extrapolated))


def after_training(features: float, full: int = 1000) -> float:
    """Where a fine-tune gets of which `short` tells nothing beyond such features."""
    trust = 1 / (1 + DISTRUST * np.log(30))  # ten times the rows, three passes
    won = WON_BY_LENGTH * np.log(np.clip(3 * full, *SEEN_TAUGHT) / SEEN_TAUGHT[0])
    return 1 - (1 - features) * float(np.exp(-(1 - trust) * won))


def test_the_longer_the_full_fine_tune_the_more_it_wins_over_features_as_far_as_was_seen() -> None:
    sizes = (300, 500, 1000, 2000, 20_000)
    found = [middle(short(0.5, 0.8, rows=n // 10, head=0.75, full=n)) for n in sizes]
    for n, one in zip(sizes, found, strict=True):
        assert one == pytest.approx(after_training(0.8, n), abs=0.01)
    assert found[0] == pytest.approx(0.8, abs=0.01)
    assert found[3] > found[2] + 0.01 > found[0] + 0.02


def test_a_short_run_and_the_features_of_all_rows_tell_of_the_full_fine_tune_together() -> None:
    """What the run wins over features of its own rows counts, and those of all rows count more."""
    level = short(0.75, 0.8)
    assert middle(level) == pytest.approx(after_training(0.8), abs=0.01)
    better_run, better_features = short(0.85, 0.8), short(0.75, 0.9)
    assert middle(level) + 0.01 < middle(better_run) < middle(better_features) < 0.95
    assert sum(level.weights.values()) == pytest.approx(1.0, abs=1e-4)
    assert level.weights["features"] > level.weights["run"] > 0.05


def test_beside_a_run_of_few_steps_the_head_that_it_began_with_counts() -> None:
    """A few steps end where the rate has upset what it has not yet mended."""
    good, poor = short(0.6, 0.8, head=0.85, steps=10), short(0.6, 0.8, head=0.6, steps=10)
    assert middle(good) > middle(poor) + 0.02
    longer = short(0.6, 0.8, head=0.85, steps=300)
    assert middle(good) > middle(longer) + 0.01
    assert longer.weights["run"] > 3 * good.weights["run"]


def test_training_wins_more_over_features_where_the_classes_are_many() -> None:
    two, seven, many = (middle(short(0.75, 0.8, classes=n)) for n in (2, 7, 77))
    assert two + 0.01 < seven < many - 0.01


def test_the_nearer_a_run_is_to_the_whole_the_more_it_counts_and_the_more_sure_it_is() -> None:
    def width(rows: int) -> float:
        low, high = interval(short(0.8, 0.85, rows).extrapolated)
        return high - low

    assert width(800) < width(100)
    near, far, few = short(0.8, 0.85, 800), short(0.8, 0.85), short(0.8, 0.85, steps=10)
    assert near.weights["run"] > 1.2 * far.weights["run"] > 2 * few.weights["run"]


def test_a_short_run_that_tells_nothing_yet_is_expected_where_its_features_are() -> None:
    stuck = short(0.5, 0.75, head=0.75)
    assert stuck.weights["run"] == 0.0
    assert middle(stuck) == pytest.approx(after_training(0.75), abs=0.01)
    low, high = interval(stuck.extrapolated)
    learning = short(0.75, 0.75, head=0.75)
    near, far = interval(learning.extrapolated)
    assert high - low > 1.5 * (far - near)
    assert not stuck.flattened


def test_features_after_a_run_tell_in_place_of_those_before_and_what_the_run_won_counts() -> None:
    def expected(after: float, run: float, head: float) -> float:
        won = TRAINED_WINS + TRAINED_WINS_BY_LENGTH * np.log(3 * 1000 / SEEN_TAUGHT[0])
        return 1 - (1 - after) * ((1 - run) / (1 - head)) ** RUN_TOLD * float(np.exp(-won))

    for after, run, head in ((0.8, 0.7, 0.7), (0.85, 0.7, 0.7), (0.8, 0.75, 0.7), (0.8, 0.6, 0.7)):
        for before in (0.78, 0.82):
            told = short(run, before, head=head, trained=after)
            assert middle(told) == pytest.approx(expected(after, run, head), abs=0.01)
    assert told.weights == {"trained features": 1.0}
    many = short(0.6, 0.8, head=0.6, trained=0.85, classes=77)
    two = short(0.6, 0.8, head=0.6, trained=0.85)
    assert middle(many) > middle(two) + 0.005
    low, high = interval(short(0.5, 0.8, head=0.5, trained=0.85).extrapolated)
    near, far = interval(two.extrapolated)
    assert high - low > 1.5 * (far - near)  # of a run that tells nothing yet


def test_features_of_more_rows_say_nothing_where_three_sizes_tell_the_curve() -> None:
    found = long(points(power(0.95, 4.0, 0.5)), 300)
    worse = found[-1].resampled.mean(axis=0) - 0.3
    beside = Wider(3000, worse, worse)
    alone, both = read_curve(found, 10_000, 1.0), read_curve(found, 10_000, 1.0, wider=beside)
    assert np.array_equal(alone.extrapolated, both.extrapolated)


def test_three_sizes_of_runs_too_short_to_settle_tell_no_curve_beside_features() -> None:
    found = long(points(power(0.95, 4.0, 0.5)), 19)
    wide = found[-1].resampled.mean(axis=0)
    curve = read_curve(found, 10_000, 1.0, wider=Wider(10_000, wide - 0.1, wide - 0.2))
    assert set(curve.weights) == {"run", "features"}


def test_a_full_run_that_was_measured_is_not_extrapolated() -> None:
    run = points({1000: 0.8})[0]
    done = Point(run.rows, 96, 3.0, run.utilities, run.resampled)
    curve = read_curve([done], 1000, 3.0)
    assert curve.gain == 0
    assert curve.weights == {"measured": 1.0}


def test_nothing_is_extrapolated_beyond_the_best_score_there_is() -> None:
    curve = read_curve(points({250: 0.9, 500: 0.96, 1000: 0.99}), 100_000, 3.0)
    assert float(curve.extrapolated.max()) <= 1.0


def test_more_data_is_never_expected_to_hurt() -> None:
    curve = read_curve(points({250: 0.9, 500: 0.88, 1000: 0.86}), 50_000, 3.0)
    assert curve.gain >= 0


def test_the_families_share_the_whole_weight() -> None:
    curve = read_curve(points(power(0.95, 4.0, 0.5)), 3000, 3.0)
    assert sum(curve.weights.values()) == pytest.approx(1.0, abs=1e-4)


def saturating(start: float, top: float, steps: float, at: float) -> float:
    """A learner outside the fitted families: what is missing falls by 1/e each `steps` steps."""
    return top - (top - start) * float(np.exp(-at / steps))


def coverage(intervals: list[tuple[float, float]], truths: list[float]) -> float:
    return float(
        np.mean([low <= t <= high for (low, high), t in zip(intervals, truths, strict=True)])
    )


def width(intervals: list[tuple[float, float]]) -> float:
    return float(np.median([high - low for low, high in intervals]))


# The largest run is no shorter than the time constant: of a curve that still climbs steadily
# no three points tell where it will bend.
@pytest.mark.parametrize(
    ("start", "top", "steps", "widest"),
    [(0.75, 0.95, 5, 0.06), (0.5, 0.9, 9, 0.13), (0.5, 0.9, 19, 0.18), (0.5, 0.85, 31, 0.20)],
)
def test_intervals_cover_four_times_the_rows_of_a_learner_of_another_law_and_stay_narrow(
    start: float, top: float, steps: float, widest: float
) -> None:
    random = np.random.default_rng(1)
    intervals, truths = [], []
    for trial in range(40):
        seen = {n: saturating(start, top, steps, n / 32) for n in (250, 500, 1000)}
        intervals.append(interval(read_curve(points(seen, seed=trial), 4000, 1.0).extrapolated))
        truths.append(saturating(start, top, steps, 4000 / 32) + random.normal(0, 0.008))
    assert coverage(intervals, truths) >= 0.85
    assert width(intervals) <= widest


@pytest.mark.parametrize(
    ("start", "top", "steps", "widest"),
    [(0.5, 0.9, 5, 0.12), (0.5, 0.9, 20, 0.20), (0.5, 0.9, 30, 0.20), (0.5, 0.75, 20, 0.17)],
)
def test_intervals_cover_three_passes_of_a_learner_of_another_law_and_stay_narrow(
    start: float, top: float, steps: float, widest: float
) -> None:
    random = np.random.default_rng(2)
    intervals, truths = [], []
    for trial in range(40):
        seen = {n: saturating(start, top, steps, n / 32) for n in (250, 500, 1000)}
        found = points(seen, seed=trial)
        thrice = repeated(found[0], saturating(start, top, steps, 3 * 250 / 32) - seen[250])
        intervals.append(interval(read_curve(found, 1000, 3.0, repeated=thrice).extrapolated))
        truths.append(saturating(start, top, steps, 3 * 1000 / 32) + random.normal(0, 0.008))
    assert coverage(intervals, truths) >= 0.85
    assert width(intervals) <= widest


def test_the_same_points_give_the_same_draws() -> None:
    twice = [read_curve(points(power(0.9, 2.0, 0.5)), 3000, 3.0).extrapolated for _ in range(2)]
    assert (twice[0] == twice[1]).all()


def test_one_seed_is_given_the_usual_spread() -> None:
    assert seed_sd([np.array([0.5])], 1.0) == pytest.approx(0.010)


def test_many_seeds_speak_for_themselves() -> None:
    spread = np.random.default_rng(0).normal(0, 0.05, size=400)
    assert seed_sd([spread], 1.0) == pytest.approx(0.05, rel=0.1)


def test_an_error_in_its_own_unit_is_read_like_a_share() -> None:
    """Scaling metric and unit by 100 scales everything by 100."""
    small = points(power(0.9, 2.0, 0.5))
    large = [Point(p.rows, p.steps, p.passes, 100 * p.utilities, 100 * p.resampled) for p in small]
    a = read_curve(small, 3000, 3.0, best=2.0)
    b = read_curve(large, 3000, 3.0, unit=100.0, best=200.0)
    assert b.flattened == a.flattened
    np.testing.assert_allclose(b.extrapolated, 100 * a.extrapolated, rtol=1e-9)


def test_luck_is_smaller_near_the_top() -> None:
    """At .99 a seed moves a score less than at .75."""

    def width(score: float) -> float:
        hits = np.full((1, REPLICATES), score)
        curve = read_curve([Point(500, 16, 3.0, np.array([score]), hits)], 500, 3.0)
        low, high = interval(curve.extrapolated)
        return high - low

    assert width(0.98) < 0.5 * width(0.75)


def two_rows(utilities: list[float], passes: float) -> Point:
    """A run that is judged by two rows: one right, one wrong, by chance neither or both."""
    drawn = np.random.default_rng(0).choice([0.0, 0.5, 0.5, 1.0], REPLICATES)
    return Point(2, 3, passes, np.array(utilities), np.stack([drawn] * len(utilities)))


@pytest.mark.parametrize(("passes", "worst"), [(1.0, 0.0), (3.0, 0.0), (3.0, 0.4)])
def test_nothing_is_below_the_worst_score_or_above_the_best(passes: float, worst: float) -> None:
    curve = read_curve([two_rows([0.5], passes)], 2, 3.0, worst=worst)
    for draws in (curve.measured, curve.extrapolated):
        assert draws.min() == worst
        assert draws.max() == 1.0


def test_what_passes_may_win_shrinks_with_the_passes_that_are_left() -> None:
    majority = np.full(REPLICATES, 0.5)

    def gain(passes: float) -> float:
        return read_curve([two_rows([0.5], passes)], 2, 3.0, majority=majority).gain

    early, late = gain(1.0), gain(2.8)
    assert early > 0.1
    assert gain(0.5) == early
    assert late == pytest.approx(early / 10, rel=0.01)
