"""What a budget buys, and where the full fine-tune is the cheaper probe."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.errors import UsageError
from pick_model.measure.probe.plan import Plan, RowCounts, cost_of, given_up, make_plan, total
from pick_model.measure.probe.run_costs import (
    ALIKE,
    FASTER,
    GOOD_HELDOUT,
    RunCosts,
    Speed,
    costs_of,
    evaluated,
    worth_predicting,
)
from pick_model.measure.probe.settings import BOUNDS, FULL_PASSES, Settings, parse_budget
from pick_model.measure.store import Store
from pick_model.words.say import message

SPEED = Speed(step_seconds=0.5, predict_seconds=0.004)
BATCH = 32


def rows_of(train: int, heldout: int = 600, tuning: int = 400) -> RowCounts:
    return RowCounts(train, train, tuning, heldout, "single-label")


def plan(
    rows: int = 10_000, heldout: int = 600, full: int | None = None, **options: object
) -> Plan:
    settings = Settings(**options)  # type: ignore[arg-type]
    timed = settings.max_steps is None
    counted = RowCounts(rows, full or rows, 400, heldout, "single-label")
    return make_plan(
        settings,
        SPEED if timed else None,
        counted,
        batch=BATCH,
        step_forwards=ALIKE,
        seconds=settings.budget_seconds if timed else math.inf,
    )


def by_steps(settings: Settings, rows: RowCounts, step_forwards: float = FASTER) -> Plan:
    """Where reading takes the faster library, if not told otherwise."""
    return make_plan(settings, None, rows, batch=16, step_forwards=step_forwards)


def costs(heldout: int = 600) -> RunCosts:
    return RunCosts(SPEED, BATCH, 400, heldout, ALIKE)


def test_a_small_set_is_fine_tuned_whole_because_that_is_cheaper_than_probing_it() -> None:
    found = plan(rows=600)
    assert found.direct
    assert (found.sizes, found.seeds, found.passes) == ((600,), 1, FULL_PASSES)
    assert found.full_steps == 3 * 19
    assert not found.trials


def test_a_full_fine_tune_that_the_budget_does_not_hold_is_probed() -> None:
    found = plan(rows=10_000)
    assert not found.direct
    assert found.sizes[-1] < 10_000


def test_a_part_of_a_larger_file_is_probed_and_never_called_the_full_fine_tune() -> None:
    assert not plan(rows=600, full=60_000).direct
    assert not plan(rows=600, max_rows=300).direct


@given(st.integers(40, 50_000), st.integers(50, 10_000), st.floats(20, 5000))
def test_a_probe_of_all_rows_never_costs_more_than_the_full_fine_tune_that_fits(
    rows: int, heldout: int, seconds: float
) -> None:
    found = plan(rows=rows, heldout=heldout, budget_seconds=seconds)
    full = costs(heldout).run(rows, FULL_PASSES)
    if found.sizes[-1] == rows and total(found, costs(heldout)) + full <= 0.9 * seconds:
        assert cost_of(found, costs(heldout)) <= full


@given(st.integers(40, 20_000), st.integers(50, 4000), st.integers(1, 400))
def test_by_steps_a_probe_never_costs_more_than_the_full_fine_tune_where_one_run_does_not(
    rows: int, heldout: int, steps: int
) -> None:
    found = plan(rows=rows, heldout=heldout, max_steps=steps)
    relative = RunCosts(Speed(ALIKE * BATCH, 1.0), BATCH, 400, heldout, ALIKE)
    full = relative.run(rows, FULL_PASSES)
    single = relative.run(found.sizes[-1], 1.0, steps)
    assert cost_of(found, relative, steps) <= max(full, single) + 1e-6


@given(st.floats(20, 5000), st.floats(1.1, 5))
def test_a_larger_budget_never_buys_fewer_rows_by_much(seconds: float, factor: float) -> None:
    small, large = plan(budget_seconds=seconds), plan(budget_seconds=seconds * factor)
    assert large.sizes[-1] * large.passes >= 0.45 * small.sizes[-1] * small.passes


@given(st.floats(60, 3000))
def test_all_that_is_planned_fits_the_budget(seconds: float) -> None:
    found = plan(budget_seconds=seconds)
    assert total(found, costs()) <= seconds


@given(st.floats(30, 3000), st.integers(50, 50_000))
def test_predicting_the_heldout_rows_once_takes_a_tenth_of_the_budget_at_most(
    budget: float, rows: int
) -> None:
    kept = evaluated(rows, SPEED.predict_seconds, budget)
    assert kept * SPEED.predict_seconds <= 0.1 * budget + 1e-6
    assert kept in (rows, GOOD_HELDOUT) or kept * SPEED.predict_seconds >= 0.04 * budget


def test_seeds_are_given_up_before_rows_and_named() -> None:
    tight = plan(budget_seconds=60)
    assert tight.seeds == 1
    assert tight.sizes[-1] < 1500
    assert message("two-more-seeds") in given_up(tight, Settings(budget_seconds=60))


def test_given_seeds_are_kept() -> None:
    assert plan(budget_seconds=60, seeds=5).seeds == 5


def test_an_extension_needs_time_left_and_can_be_refused() -> None:
    assert plan(rows=600, full=1200, budget_seconds=300).extension_passes == FULL_PASSES
    assert plan(rows=10_000, budget_seconds=300).extension_passes == 0
    assert plan(rows=600, full=1200, extend=False).extension_passes == 0


def test_max_steps_bounds_each_run() -> None:
    found = plan(max_steps=20)
    assert -(-found.sizes[-1] // BATCH) <= 20
    assert found.extension_passes <= 20 * BATCH / found.sizes[-1]
    assert not found.direct


def test_by_a_tenth_of_the_steps_frozen_features_of_all_rows_are_read_within_a_third() -> None:
    settings = Settings(max_steps=10, seeds=1)
    found = by_steps(settings, RowCounts(540, 540, 60, 400, "single-label"))
    relative = costs_of(None, 16, 60, 400, FASTER)
    assert found.sizes[-1] == 160
    assert found.reads == 540
    assert not found.after  # of so few rows
    whole = relative.run(540, FULL_PASSES) + relative.features(540)
    assert cost_of(found, relative, 10) + found.reading(relative) <= whole / 3


@pytest.mark.parametrize("steps", [11, 19, 38])
@pytest.mark.parametrize("heldout", [400, 912])
def test_a_short_run_reads_features_of_all_rows_and_makes_no_smaller_runs(
    steps: int, heldout: int
) -> None:
    """Also where three sizes of it would fit into a third: so few steps tell no curve."""
    settings = Settings(max_steps=steps, seeds=1)
    found = by_steps(settings, RowCounts(1800, 1800, 200, heldout, "single-label"))
    relative = costs_of(None, 16, 200, heldout, FASTER)
    assert (found.sizes, found.after, found.trials) == ((16 * steps,), True, False)
    assert (found.reads, found.wider) == (16 * steps, 1800)
    whole = relative.run(1800, FULL_PASSES) + relative.features(1800)
    assert cost_of(found, relative, steps) + found.reading(relative) <= whole / 3


def test_rows_are_read_after_the_run_where_as_many_again_have_not_taught_it() -> None:
    def after(n: int, steps: int, **more: int) -> tuple[bool, int]:
        settings = Settings(max_steps=steps, seeds=1, **more)  # type: ignore[arg-type]
        found = by_steps(settings, RowCounts(n, n, n // 10, 400, "single-label"))
        return found.after, found.wider

    assert after(9000, 60) == (True, 2000)  # as many as a linear model on layers is fitted on
    assert after(9000, 63) == (False, 4000)  # of 1,008 rows
    assert after(1800, 19, max_rows=500)[0] is False
    assert after(1800, 99)[0] is False


def test_runs_that_have_settled_tell_their_curve_by_themselves() -> None:
    found = plan(rows=20_000, max_steps=188, seeds=1)
    assert len(found.sizes) == 3
    assert found.wider == 0
    few = plan(rows=6000, max_steps=110, seeds=1)  # too dear for three sizes
    assert len(few.sizes) < 3
    assert few.wider == 4000


def test_features_of_as_many_rows_are_read_as_a_third_holds() -> None:
    settings = Settings(max_steps=16, seeds=1)
    found = by_steps(settings, RowCounts(540, 540, 60, 400, "single-label"), ALIKE)
    relative = costs_of(None, 16, 60, 400, ALIKE)
    assert 256 < found.wider < 540
    assert not found.after
    whole = relative.run(540, FULL_PASSES) + relative.features(540)
    left = whole / 3 - cost_of(found, relative, 16) - found.reading(relative)
    assert 0 <= left < 1  # a row more would be beyond it
    dear = by_steps(settings, RowCounts(540, 540, 60, 1000, "single-label"), ALIKE)
    assert dear.wider == 0


def test_frozen_features_beyond_the_runs_rows_are_read_only_where_time_is_left() -> None:
    """And where the curve has too few sizes to tell where it goes."""
    for seconds in (20.0, 40.0, 80.0, 300.0):
        found = plan(budget_seconds=seconds)
        assert total(found, costs()) <= seconds
        assert found.reads <= 10_000
        if len(found.sizes) >= 3:
            assert found.reads == min(found.sizes[-1], found.feature_rows)
    tight = plan(budget_seconds=20.0)
    assert tight.reads > tight.sizes[-1]


def test_max_steps_that_hold_the_full_fine_tune_do_it() -> None:
    assert plan(rows=600, max_steps=57).direct
    assert not plan(rows=600, max_steps=56).direct


def test_max_rows_bounds_the_rows() -> None:
    assert plan(max_rows=500).sizes[-1] == 500
    assert plan(max_rows=1).sizes == (1,)


def test_curve_points_of_a_handful_of_rows_are_left_out() -> None:
    assert plan(rows=60, full=600).sizes == (60,)


def test_a_linear_probe_takes_no_steps() -> None:
    found = plan(method="linear")
    assert (found.full_steps, found.seeds) == (0, 1)


def test_rates_are_tried_where_none_is_given_and_there_is_a_smaller_size() -> None:
    assert plan(rows=600, full=1200).trials
    assert not plan(rows=60, full=1200).trials
    assert not plan(rows=600, full=1200, learning_rate=1e-4).trials


@pytest.mark.parametrize(("steps", "looks"), [(4, 1), (40, 1), (300, 6)])
def test_looks_at_the_tuning_rows_cost_a_small_part_of_a_run(steps: int, looks: int) -> None:
    assert costs().evaluations(steps) == pytest.approx(looks, abs=1)
    if steps > 40:
        looked = costs().evaluations(steps) * 400
        assert looked <= 0.2 * ALIKE * steps * BATCH


def test_a_plan_survives_the_store(tmp_path: Path) -> None:
    found = plan(rows=600)
    Store(tmp_path).put({"piece": "plan"}, found)
    assert Store(tmp_path).get(Plan, {"piece": "plan"}) == found


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("1.5h", 5400), (" 2 min", 120)]
)
def test_budgets_are_read(text: str, seconds: float) -> None:
    assert parse_budget(text) == seconds


@pytest.mark.parametrize("text", ["", "five", "-1m", "0", "5d", "1e3s", "nan"])
def test_other_budgets_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="such as 90s, 5m or 1h"):
        parse_budget(text)


@pytest.mark.parametrize(
    "options",
    [
        {"budget_seconds": 0.0},
        {"budget_seconds": float("nan")},
        {"learning_rate": 0.0},
        {"learning_rate": 2.0},
        {"method": "prompt"},
        {"precision": "int3"},
        {"seed": -1},
        {"seed": 99999999999999999999},
        {"seed": int("9" * 4000)},
    ],
)
def test_senseless_settings_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        Settings(**options)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_every_number_has_bounds_that_name_the_option(name: str) -> None:
    least, most = BOUNDS[name]
    option = "--budget" if name == "budget_seconds" else "--" + name.replace("_", "-")
    for value in (least - 1, most + 1, 10**30):
        with pytest.raises(UsageError, match=option):
            Settings(**{name: value})  # type: ignore[arg-type]
    Settings(**{name: least})  # type: ignore[arg-type]
    Settings(**{name: most})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("heldout", "trained", "wanted"),
    [
        (1000, 9 * 16, 400),  # of so little training no more is worth predicting
        (2000, 38 * 16, int(FASTER * 38 * 16) // 2),  # two of so many forward passes read them
        (1000, 200 * 16, 1000),
        (300, 9 * 16, 300),
    ],
)
def test_held_out_rows_cost_no_more_than_the_steps_that_are_asked_for(
    heldout: int, trained: int, wanted: int
) -> None:
    assert worth_predicting(heldout, trained, FASTER) == wanted
