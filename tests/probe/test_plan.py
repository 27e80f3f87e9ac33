"""What a budget buys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.errors import UsageError
from pick_model.probe.plan import Plan, Speed, make_plan
from pick_model.probe.settings import Settings, parse_budget

SPEED = Speed(step_seconds=0.5, predict_seconds=0.004)


def plan(rows: int = 10_000, **options: object) -> Plan:
    return make_plan(
        Settings(**options),  # type: ignore[arg-type]
        SPEED,
        batch=32,
        rows=rows,
        full_rows=rows,
        evaluated_rows=1000,
        kind="single-label",
    )


def steps(found: Plan, batch: int = 32) -> int:
    """Optimisation steps of the first phase."""
    curve = sum(-(-n // batch) for n in found.sizes[:-1])
    again = round(found.repeated_passes * -(-found.sizes[0] // batch))
    trials = 2 * -(-found.sizes[0] // batch) if found.trials else 0
    return curve + again + trials + found.seeds * -(-found.sizes[-1] // batch)


def test_a_small_set_is_trained_on_whole_by_three_seeds() -> None:
    found = plan(rows=600)
    assert found.sizes == (150, 300, 600)
    assert found.seeds == 3
    assert found.full_steps == 3 * 19


def test_one_pass_is_a_third_of_the_full_steps() -> None:
    found = plan(rows=960)
    assert -(-found.sizes[-1] // 32) / found.full_steps <= 0.35


@given(st.floats(20, 5000), st.floats(1.1, 5))
def test_a_larger_budget_never_buys_fewer_steps(seconds: float, factor: float) -> None:
    small, large = plan(budget_seconds=seconds), plan(budget_seconds=seconds * factor)
    assert large.sizes[-1] * large.seeds >= 0.6 * small.sizes[-1] * small.seeds
    assert large.sizes[-1] >= small.sizes[-1] or large.seeds > small.seeds


@given(st.floats(60, 3000))
def test_the_first_phase_fits_the_budget(seconds: float) -> None:
    found = plan(budget_seconds=seconds)
    assert steps(found) * SPEED.step_seconds <= seconds


def test_seeds_are_given_up_before_rows() -> None:
    tight = plan(budget_seconds=60)
    assert tight.seeds == 1
    assert tight.sizes[-1] < 1500


def test_given_seeds_are_kept() -> None:
    assert plan(budget_seconds=60, seeds=5).seeds == 5


def test_an_extension_needs_time_left() -> None:
    assert plan(rows=600, budget_seconds=300).extension_passes == 3
    assert plan(rows=10_000, budget_seconds=300).extension_passes == 0


def test_an_extension_can_be_refused() -> None:
    assert plan(rows=600, extend=False).extension_passes == 0


def test_max_steps_bounds_each_run() -> None:
    found = plan(max_steps=20)
    assert -(-found.sizes[-1] // 32) <= 20
    assert found.extension_passes <= 20 * 32 / found.sizes[-1]


def test_max_rows_bounds_the_rows() -> None:
    assert plan(max_rows=500).sizes[-1] == 500


def test_curve_points_of_a_handful_of_rows_are_left_out() -> None:
    assert plan(rows=60).sizes == (60,)


def test_a_linear_probe_takes_no_steps() -> None:
    found = plan(method="linear")
    assert (found.full_steps, found.seeds) == (0, 1)


def test_rates_are_tried_where_none_is_given_and_there_is_a_smaller_size() -> None:
    assert plan(rows=600).trials
    assert not plan(rows=60).trials
    assert not plan(rows=600, learning_rate=1e-4).trials


def test_a_plan_survives_the_store() -> None:
    found = plan(rows=600)
    assert Plan.from_json(found.as_json()) == found


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
        {"max_steps": 0},
        {"max_rows": 0},
        {"seeds": 0},
        {"batch": 0},
        {"budget_seconds": 0.0},
        {"budget_seconds": float("nan")},
        {"learning_rate": 0.0},
        {"learning_rate": 2.0},
        {"method": "prompt"},
        {"precision": "int3"},
    ],
)
def test_senseless_settings_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Settings(**options)  # type: ignore[arg-type]
