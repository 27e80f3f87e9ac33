"""How fast a machine computes one step: rates fitted on published runs, and on timings of it.

    t = FLOPs / F + bytes / B + launches / N

F and B are what the machine reaches in FLOP/s and bytes/s, N how many layers a second it gets
through however small they are: each is launched, and the ends of its kernels do not fill the
device. A small step therefore
reaches little of F, a large one nearly all.

The three are uncertain together: normal in their logarithms, around the shipped table
(`rates.json`, made by `cost.fit_rates`). Timings of the machine itself condition that, and so
narrow every interval that is read off it.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from pick_model.documents.hardware import Arithmetic, Machine, NetworkKind, Phase, Timing
from pick_model.interval import Interval
from pick_model.record import replace

TABLE = Path(__file__).with_name("rates.json")
NORMAL_90 = 1.645  # half-width of a 90 % interval, in standard deviations

# Bytes of one number as it is moved: 16-bit arithmetic moves 16-bit numbers.
WIDTH: dict[Arithmetic, int] = {"fp32": 4, "mixed": 2, "bf16": 2}
# A number that a product writes is read and written so often until it has passed bias,
# activation, dropout, residual and normalisation. Chosen so that B comes out near the memory's
# bandwidth; only their quotient is fitted.
ACCESSES = 4
# AdamW reads weight, gradient and two moments and writes all but the gradient, in fp32.
OPTIMIZER_BYTES = 28

# Where a machine's bandwidth is unknown: dual-channel DDR4-3200 for a processor, as for the
# generic ones of hardware.yaml; elsewhere the median of that file, in GB/s a fp32 TFLOP/s.
CPU_GB_S = 51.2
GB_S_PER_TFLOPS = 25.0
# A card with less power than so many watts for a dense TFLOP/s of its arithmetic cannot hold the
# clock its peak is counted at: a T4 has 1.1 (tensor cores) and 8.6, a V100 2.4 and 19.
WATTS = {"tensor": 2.4, "single": 19.0}
# How closely the three rates of a machine move together between machines. Chosen by hand: a
# slow clock or old software slows all of them, a narrow bus only one.
CORRELATION = 0.8


class Step(NamedTuple):
    """What one device computes in one step."""

    flops: float
    moved_bytes: float
    launches: float  # layers passed


class Rates(Struct, frozen=True):
    """What one machine reaches, for one kind of network, arithmetic and phase."""

    logs: tuple[float, float, float]  # ln of FLOP/s, of bytes/s, of launches/s
    covariance: tuple[tuple[float, ...], ...]  # of `logs`
    within: float  # sd of ln(time) between models on one machine
    timings: int = 0  # of this machine, that these rates are conditioned on


def step_of(
    *,
    passes: float,
    flops: float,
    written: float,
    weights: float,
    trained: float,
    layers: float,
    width: int,
) -> Step:
    """A step from the counts of one forward pass of its batch.

    passes: 1 to infer, 3 to train, for a backward pass costs two forward ones (Kaplan et al.
    2020, section 2.1). Weights are read once a pass, whatever the batch; `trained` of them are
    moved by the optimizer. width: bytes of a number.
    """
    moved = passes * width * (ACCESSES * written + weights) + OPTIMIZER_BYTES * trained
    return Step(passes * flops, moved, passes * layers)


def seconds(step: Step, rates: Rates, *work: Interval) -> Interval:
    """Seconds of one step; `work`: estimates that the step is made of, or multiplied by.

    Each of them may be off as far as its ends, to either side as it is skewed.
    """
    time, gradient = time_and_slope(step, rates)
    machine = NORMAL_90**2 * (quadratic(gradient, rates.covariance) + rates.within**2)
    below = above = machine
    for value, low, high in work:
        if low > 0:
            below += math.log(value / low) ** 2
            above += math.log(high / value) ** 2
    return Interval(time, time / math.exp(math.sqrt(below)), time * math.exp(math.sqrt(above)))


def rates_of(machine: Machine, dtype: Arithmetic, kind: NetworkKind, phase: Phase) -> Rates | None:
    """The rates of one device of the machine; None where neither its peak nor a timing of it
    is known."""
    timings = tuple(
        t for t in machine.measured if (t.dtype, t.kind, t.phase) == (dtype, kind, phase)
    )
    peak, arithmetic = _peak(machine, dtype)
    if peak is None:
        if not timings:
            return None
        peak, unsure = (machine.bandwidth_gb_s or GB_S_PER_TFLOPS) / GB_S_PER_TFLOPS, NO_PEAK
    elif machine.kind not in ("cpu", "gpu"):
        unsure = OTHER_KIND
    else:
        unsure = GENERIC if machine.vendor == "generic" else 0.0
    bandwidth = machine.bandwidth_gb_s
    if bandwidth is None:
        bandwidth = CPU_GB_S if machine.kind == "cpu" else GB_S_PER_TFLOPS * peak
    if machine.kind != "cpu":
        peak = held_peak(peak, machine.tdp_w, arithmetic)
    return _conditioned(
        machine.kind == "cpu", arithmetic, kind, phase, peak, bandwidth, unsure, timings
    )


def held_peak(peak: float, tdp_w: float | None, arithmetic: str) -> float:
    """TFLOP/s that the card's power sustains; the peak where power is ample or unknown."""
    if tdp_w is None or arithmetic not in WATTS:
        return peak
    return min(peak, tdp_w / WATTS[arithmetic])


def _peak(machine: Machine, dtype: Arithmetic) -> tuple[float | None, str]:
    """The dense peak that products of this arithmetic could reach, TFLOP/s, and its unit."""
    if machine.kind == "cpu":
        return machine.fp32_tflops, "single"
    if dtype == "fp32":
        return machine.fp32_tflops, "single"
    half = machine.fp16_tflops or machine.bf16_tflops
    if dtype == "bf16":
        half = machine.bf16_tflops or half
    # A card from before tensor cores computes 16 bits no faster than 32, or far slower.
    if half is not None and half > (machine.fp32_tflops or 0.0):
        return half, "tensor"
    return machine.fp32_tflops, "single"


# Further sd of ln(rate). A processor that is named by its cores alone has a clock of 2 to 4 GHz:
# ln(2) / √12 = .2 if all are as likely. By hand: no published run of a TPU or of Apple's devices
# was read; and where the peak is unknown, only timings tell.
GENERIC, OTHER_KIND, NO_PEAK = 0.2, 0.4, 1.0


@lru_cache(maxsize=256)
def _conditioned(
    cpu: bool,
    arithmetic: str,
    kind: NetworkKind,
    phase: Phase,
    peak_tflops: float,
    bandwidth_gb_s: float,
    unsure: float,
    timings: tuple[Timing, ...],
) -> Rates:
    cell = _table()["cells"][f"{'cpu' if cpu else arithmetic} {kind} {phase}"]
    prior = Rates(
        logs=(
            math.log(cell["peak_share"] * peak_tflops * 1e12),
            math.log(cell["bandwidth_share"] * bandwidth_gb_s * 1e9),
            math.log(1e6 / cell["launch_us"]),
        ),
        covariance=spread(math.hypot(cell["between"], unsure)),
        within=cell["within"],
    )
    return conditioned(prior, timings)


def spread(between: float) -> tuple[tuple[float, ...], ...]:
    """The covariance of the three logarithms between machines."""
    return tuple(
        tuple(between**2 * (1.0 if i == j else CORRELATION) for j in range(3)) for i in range(3)
    )


@lru_cache(maxsize=1)
def _table() -> Any:
    return json.loads(TABLE.read_text(encoding="utf-8"))


def conditioned(prior: Rates, timings: tuple[Timing, ...]) -> Rates:
    """The rates after timings of the machine itself: linearised least squares in ln(time).

    Each timing is one observation of variance `within`²; the linearisation is repeated around
    the new mean, and a fifth time changes nothing that is shown.
    """
    rates = prior
    for _ in range(4):
        mean, covariance = list(prior.logs), [list(row) for row in prior.covariance]
        for timing in timings:
            step = Step(timing.flops, timing.moved_bytes, timing.launches)
            time, gradient = time_and_slope(step, rates)
            at = [m - r for m, r in zip(mean, rates.logs, strict=True)]
            expected = math.log(time) + sum(g * d for g, d in zip(gradient, at, strict=True))
            gains = [sum(c * g for c, g in zip(row, gradient, strict=True)) for row in covariance]
            variance = sum(g * k for g, k in zip(gradient, gains, strict=True)) + prior.within**2
            off = (math.log(timing.seconds) - expected) / variance
            mean = [m + k * off for m, k in zip(mean, gains, strict=True)]
            covariance = [
                [covariance[i][j] - gains[i] * gains[j] / variance for j in range(3)]
                for i in range(3)
            ]
        rates = replace(
            prior,
            logs=(mean[0], mean[1], mean[2]),
            covariance=tuple(tuple(row) for row in covariance),
            timings=len(timings),
        )
    return rates


def time_and_slope(step: Step, rates: Rates) -> tuple[float, tuple[float, float, float]]:
    """Seconds, and their logarithm's derivative by each of the three rates' logarithms."""
    flops, moved, launches = step
    arithmetic, bandwidth, layers = rates.logs
    computing = flops / math.exp(arithmetic)
    moving = moved / math.exp(bandwidth)
    launching = launches / math.exp(layers)
    time = computing + moving + launching
    return time, (-computing / time, -moving / time, -launching / time)


@lru_cache(maxsize=64)
def data_parallel_share(count: int) -> Interval:
    """What each of `count` devices reaches of what it would alone, its batch unchanged.

    Measured for eight (`rates.json`); exchanging gradients in a ring sends (n − 1)/n of them
    over every link (Patarasu and Yuan 2009), so that fewer devices lose less.
    """
    found = _table()["data_parallel"]
    sent = (1 - 1 / count) / (1 - 1 / found["devices"])
    return Interval(*(1 - sent * (1 - found[end]) for end in ("value", "low", "high")))


def quadratic(
    vector: tuple[float, float, float], covariance: tuple[tuple[float, ...], ...]
) -> float:
    """vectorᵀ · covariance · vector, of the three rates."""
    x, y, z = vector
    (xx, xy, xz), (_, yy, yz), (_, _, zz) = covariance
    return x * x * xx + y * y * yy + z * z * zz + 2 * (x * y * xy + x * z * xz + y * z * yz)
