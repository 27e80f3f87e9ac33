"""Rates: the formula, the shipped table, and what a timing does to them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.cost.rates import (
    NORMAL_90,
    WATTS,
    Rates,
    Step,
    conditioned,
    data_parallel_share,
    held_peak,
    rates_of,
    seconds,
    spread,
    step_of,
    time_and_slope,
)
from pick_model.documents.hardware import Machine, Timing
from pick_model.interval import Interval
from pick_model.record import replace

T4 = Machine(
    id="t4", kind="gpu", memory_gib=16.0, bandwidth_gb_s=320.0, fp32_tflops=8.1, fp16_tflops=65.0
)
CPU = Machine(id="cpu", kind="cpu", memory_gib=16.0, fp32_tflops=0.32)
TERA, GIGA, MEGA = (math.log(x) for x in (1e12, 1e9, 1e6))
FLAT = Rates(logs=(TERA, GIGA, MEGA), covariance=spread(0.3), within=0.1)


def timing(step: Step, took: float, **other: object) -> Timing:
    plain = Timing(
        origin="calibration",
        what="a network",
        kind="transformer",
        phase="infer",
        dtype="fp32",
        flops=step.flops,
        moved_bytes=step.moved_bytes,
        launches=step.launches,
        seconds=took,
        made_on="2026-11-28",
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def test_time_is_arithmetic_and_memory_and_launches() -> None:
    time, _ = time_and_slope(Step(2e12, 3e9, 4e6), FLAT)
    assert time == pytest.approx(2 + 3 + 4)


@pytest.mark.parametrize("axis", range(3))
def test_the_slope_is_that_of_the_logarithm(axis: int) -> None:
    step, nudge = Step(2e12, 3e9, 4e6), 1e-6
    logs = [value + nudge * (at == axis) for at, value in enumerate(FLAT.logs)]
    time, slope = time_and_slope(step, FLAT)
    later, _ = time_and_slope(step, replace(FLAT, logs=(logs[0], logs[1], logs[2])))
    assert slope[axis] == pytest.approx(math.log(later / time) / nudge, abs=1e-4)


def test_the_interval_is_as_wide_as_machines_and_models_differ() -> None:
    found = seconds(Step(1e12, 0.0, 0.0), FLAT)
    factor = math.exp(NORMAL_90 * math.hypot(0.3, 0.1))  # all of it arithmetic
    assert found == pytest.approx((1.0, 1 / factor, factor))


def test_the_interval_is_skewed_as_the_work_is() -> None:
    of_machine = NORMAL_90 * math.hypot(0.3, 0.1)
    found = seconds(Step(1e12, 0.0, 0.0), FLAT, Interval(1.0, 0.5, 1.1), Interval(3.0, 3.0, 6.0))
    assert found.value == pytest.approx(1.0)
    assert found.low == pytest.approx(math.exp(-math.hypot(of_machine, math.log(2))))
    assert found.high == pytest.approx(math.exp(math.hypot(of_machine, math.log(1.1), math.log(2))))


@given(
    flops=st.floats(1e6, 1e15), moved=st.floats(0, 1e12), layers=st.integers(0, 200),
    factor=st.floats(1.0, 100.0), part=st.integers(0, 2),
)  # fmt: skip
def test_more_work_never_takes_less_time(
    flops: float, moved: float, layers: int, factor: float, part: int
) -> None:
    step = Step(flops, moved, layers)
    more = Step(*(value * factor if at == part else value for at, value in enumerate(step)))
    for machine in (T4, CPU):
        rates = rates_of(machine, "fp32", "transformer", "train")
        assert rates is not None
        assert seconds(more, rates).value >= seconds(step, rates).value * (1 - 1e-12)


@given(batch=st.integers(1, 4096))
def test_a_row_takes_no_longer_in_a_larger_batch(batch: int) -> None:
    def row(size: int) -> float:
        step = step_of(
            passes=3, flops=1e9 * size, written=1e6 * size, weights=1e7, trained=1e7, layers=12,
            width=4,
        )  # fmt: skip
        return seconds(step, FLAT).value / size

    assert row(batch + 1) <= row(batch)


# ---------------------------------------------------------------- which rates a machine has


def test_sixteen_bits_are_faster_on_tensor_cores_and_not_without() -> None:
    step = Step(1e13, 1e6, 1.0)

    def value(machine: Machine, dtype: str) -> float:
        rates = rates_of(machine, dtype, "transformer", "infer")  # type: ignore[arg-type]
        assert rates is not None
        return seconds(step, rates).value

    assert value(T4, "mixed") < value(T4, "fp32") / 2
    pascal = replace(T4, fp16_tflops=0.14)  # a GTX 1080 has some, and they are slow
    assert value(pascal, "mixed") == pytest.approx(value(pascal, "fp32"), rel=0.01)
    assert value(CPU, "mixed") == value(CPU, "fp32")


def test_a_machine_without_a_peak_and_without_a_timing_has_no_rates() -> None:
    unknown = Machine(id="x", kind="mps", memory_gib=64.0, bandwidth_gb_s=546.0)
    assert rates_of(unknown, "fp32", "transformer", "train") is None
    step = Step(1e12, 1e9, 12.0)
    timed = replace(unknown, measured=(timing(step, 0.5),))
    rates = rates_of(timed, "fp32", "transformer", "infer")
    assert rates is not None
    assert seconds(step, rates).value == pytest.approx(0.5, rel=0.25)


def test_a_card_reaches_no_more_than_its_power_sustains() -> None:
    assert held_peak(65.0, 70.0, "tensor") == pytest.approx(70 / WATTS["tensor"])
    assert held_peak(71.0, 350.0, "tensor") == 71.0
    assert held_peak(71.0, None, "tensor") == 71.0


def test_before_calibration_the_interval_is_at_most_four_wide_where_runs_were_read() -> None:
    for machine, dtype in ((T4, "mixed"), (T4, "fp32"), (CPU, "fp32")):
        for phase in ("train", "infer"):
            rates = rates_of(machine, dtype, "transformer", phase)  # type: ignore[arg-type]
            assert rates is not None
            found = seconds(Step(1e12, 5e9, 36.0), rates)
            bound = 5.0 if machine is CPU and phase == "train" else 4.0  # eight runs, one machine
            assert found.high / found.low < bound


# ---------------------------------------------------------------- what timings do


def test_a_timing_moves_the_estimate_to_itself_and_narrows_it() -> None:
    step = Step(1e12, 1e9, 0.0)
    before = seconds(step, FLAT)
    after = seconds(step, conditioned(FLAT, (timing(step, 3 * before.value),) * 4))
    assert after.value == pytest.approx(3 * before.value, rel=0.05)
    assert after.high / after.low < before.high / before.low


@given(factor=st.floats(0.2, 5.0), mix=st.floats(0.0, 1.0))
def test_a_timing_never_widens_an_interval(factor: float, mix: float) -> None:
    seen = Step(1e12, 1e8, 1.0)
    other = Step(1e12 * (1 - mix) + 1e9, 1e9 * mix, 1e6 * mix)
    after = conditioned(FLAT, (timing(seen, factor),))
    wide = seconds(other, FLAT)
    narrow = seconds(other, after)
    # The share of each part moves with the rates, so the width may move by as much as that.
    assert narrow.high / narrow.low <= wide.high / wide.low * 1.35


def test_timings_of_two_widths_tell_arithmetic_from_memory() -> None:
    truth = replace(FLAT, logs=(TERA + 0.4, GIGA - 0.3, MEGA - 0.2))
    steps = (Step(1e12, 1e7, 1e3), Step(1e11, 1e9, 1e3), Step(1e10, 1e7, 1e6))
    seen = tuple(timing(s, time_and_slope(s, truth)[0]) for s in steps)
    rates = conditioned(FLAT, seen * 3)
    for step in (Step(5e11, 5e8, 1e5), Step(1e13, 1e8, 1e2)):  # not among them
        time, _ = time_and_slope(step, truth)
        assert seconds(step, rates).value == pytest.approx(time, rel=0.15)


def test_a_timing_counts_for_its_own_arithmetic_kind_and_phase() -> None:
    step = Step(1e12, 1e9, 12.0)
    timed = replace(T4, measured=(timing(step, 9.0, dtype="mixed", phase="train"),))
    for dtype, kind, phase in (
        ("fp32", "transformer", "train"),
        ("mixed", "convolution", "train"),
        ("mixed", "transformer", "infer"),
    ):
        assert rates_of(timed, dtype, kind, phase) == rates_of(T4, dtype, kind, phase)  # type: ignore[arg-type]
    mine = rates_of(timed, "mixed", "transformer", "train")
    assert mine is not None
    assert mine.timings == 1


# ---------------------------------------------------------------- several devices


def test_one_device_loses_nothing_and_more_lose_more() -> None:
    assert data_parallel_share(1) == (1.0, 1.0, 1.0)
    values = [data_parallel_share(n).value for n in (1, 2, 4, 8, 64)]
    assert values == sorted(values, reverse=True)
    eight = data_parallel_share(8)
    assert 0.7 < eight.low < eight.value < eight.high < 1
