"""Fit the shipped rates on published runs: `python -m pick_model.cost.fit_rates`.

Reads `catalogs/speed/runs.csv`, writes `rates.json` beside this file, and prints how often the
90 % intervals hold a run on a chip that was left out of the fit. The formula is that of `rates`;
the three rates are found by Gauss–Newton on ln(time), each cell starting from its parent's, so
that a cell with few runs stays near what is known of similar ones.
"""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from pick_model.cost.rates import (
    NORMAL_90,
    TABLE,
    WIDTH,
    Rates,
    Step,
    held_peak,
    quadratic,
    spread,
    step_of,
    time_and_slope,
)
from pick_model.documents.hardware import NetworkKind, Phase

Array = npt.NDArray[np.float64]
Cell = tuple[str, NetworkKind, Phase]  # arithmetic ("tensor", "single", "cpu"), kind, phase

# Beside the package's sources, or inside it where it is installed.
RUNS = next(
    (
        path
        for path in (
            Path(__file__).parents[3] / "catalogs" / "speed" / "runs.csv",
            Path(__file__).parents[1] / "catalogs" / "speed" / "runs.csv",
        )
        if path.exists()
    ),
    Path("catalogs/speed/runs.csv"),
)
PASSES: dict[Phase, float] = {"train": 3.0, "infer": 1.0}

# Before any run is seen: half the peak, most of the bandwidth, and 0.3 ms for a layer of a dozen
# operations launched in 5 to 50 microseconds each; with the sd of their logarithms.
START = (math.log(0.65), math.log(0.7), math.log(1e6 / 300))
START_SD = np.array([0.12, 0.5, 0.5])
NOISE = 0.2  # sd of ln(time) of one run around its cell's formula; weighs runs against START
# Runs of one source on one chip share most of what is wrong about them; more than so many count
# no more.
MOST_RUNS = 4.0
# Models differ at least so much on one chip, however few of them were run on it.
LEAST_WITHIN = 0.1
# Three or four chips that agree do not vouch for every other.
LEAST_BETWEEN = 0.15
# Where a cell has no run at all, its rates lie this many times further from its parent's.
GUESSED = 1.5


class PublishedRun(NamedTuple):
    """One published run."""

    chip: str
    source: str
    cell: Cell
    devices: int
    key: tuple[str, ...]  # all that runs of one and of several devices share
    peak_tflops: float  # as far as the card's power holds it
    bandwidth_gb_s: float
    step: Step
    seconds: float


class RateFit(NamedTuple):
    """ln of the share of the peak, of the bandwidth, and of launches a second."""

    logs: Array
    within: float  # sd of ln(time) around it, on one chip and by one source
    runs: int


def read_runs(path: Path = RUNS) -> list[PublishedRun]:
    """All runs of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_run(row) for row in csv.DictReader(file)]


def _run(row: dict[str, str]) -> PublishedRun:
    phase: Phase = "train" if row["phase"] == "train" else "infer"
    kind = next(k for k in get_args(NetworkKind) if k == row["kind"])
    cpu = row["device"].startswith(("intel", "amd-epyc"))
    arithmetic = "cpu" if cpu else "single" if row["dtype"] == "fp32" else "tensor"
    batch = float(row["batch"])
    tdp_w = float(row["tdp_w"]) if row["tdp_w"] else None
    return PublishedRun(
        chip=re.sub(r"-\d+gb$", "", row["device"]),
        source=row["source"],
        cell=(arithmetic, kind, phase),
        devices=int(row["count"]),
        key=tuple(row[k] for k in ("source", "device", "model", "phase", "dtype", "batch")),
        peak_tflops=held_peak(float(row["peak_tflops"]), tdp_w, arithmetic),
        bandwidth_gb_s=float(row["bandwidth_gb_s"]),
        step=step_of(
            passes=PASSES[phase],
            flops=batch * 1e9 * float(row["gflops"]),
            written=batch * 1e6 * float(row["mwritten"]),
            weights=1e6 * float(row["mparameters"]),
            trained=1e6 * float(row["mparameters"]) if phase == "train" else 0.0,
            layers=float(row["layers"] or 0),
            width=4 if row["dtype"] in ("fp32", "tf32") else WIDTH["mixed"],
        ),
        seconds=float(row["seconds"]),
    )


def rates_for(run: PublishedRun, logs: Sequence[float], between: float, within: float) -> Rates:
    """A fit as the rates of this run's device."""
    return Rates(
        logs=(
            logs[0] + math.log(run.peak_tflops * 1e12),
            logs[1] + math.log(run.bandwidth_gb_s * 1e9),
            logs[2],
        ),
        covariance=spread(between),
        within=within,
    )


def fit_cell(runs: Sequence[PublishedRun], parent: RateFit) -> RateFit:
    """The most likely three logarithms, and the spread around them; its parent's without one."""
    at, sd = parent.logs, START_SD
    groups = [(run.source, run.chip) for run in runs]
    weight = _weights(groups) / NOISE**2
    logs = at.copy()
    for _ in range(50):
        residual, slope = _residuals(runs, logs)
        precision = slope.T @ (weight[:, None] * slope) + np.diag(1 / sd**2)
        gradient = slope.T @ (weight * residual) + (at - logs) / sd**2
        logs = logs + np.clip(np.linalg.solve(precision, gradient), -0.5, 0.5)
    residual, _ = _residuals(runs, logs)
    spreads = [
        float(np.std([r for r, g in zip(residual, groups, strict=True) if g == group]))
        for group in sorted(set(groups))
        if groups.count(group) >= 5
    ]
    within = max(float(np.median(spreads)), LEAST_WITHIN) if spreads else parent.within
    return RateFit(logs, within, len(runs))


def _weights(groups: Sequence[tuple[object, ...]]) -> Array:
    """One for each run; together no more than MOST_RUNS for those of one group."""
    return np.array([min(1.0, MOST_RUNS / groups.count(group)) for group in groups])


def _residuals(runs: Sequence[PublishedRun], logs: Sequence[float] | Array) -> tuple[Array, Array]:
    """ln(published / computed) of each run, and the slope of ln(computed) by each logarithm."""
    plain = [float(x) for x in logs]
    found = [time_and_slope(run.step, rates_for(run, plain, 0.0, 0.0)) for run in runs]
    residual = [math.log(run.seconds / time) for run, (time, _) in zip(runs, found, strict=True)]
    return np.array(residual), np.array([slope for _, slope in found]).reshape(-1, 3)


# A cell's parent: inference before training, transformers before the others, for those have the
# most runs.
ORDER: tuple[tuple[NetworkKind, Phase, tuple[NetworkKind, Phase] | None], ...] = (
    ("transformer", "infer", None),
    ("transformer", "train", ("transformer", "infer")),
    ("hierarchical", "infer", ("transformer", "infer")),
    ("hierarchical", "train", ("hierarchical", "infer")),
    ("convolution", "infer", ("hierarchical", "infer")),
    ("convolution", "train", ("convolution", "infer")),
)


def fit_all(runs: Iterable[PublishedRun]) -> dict[Cell, RateFit]:
    """Every cell; one without runs has its parent's rates and `runs` 0."""
    single = [run for run in runs if run.devices == 1]
    start = RateFit(np.array(START), NOISE, 0)
    fits: dict[Cell, RateFit] = {}
    for arithmetic in ("tensor", "single", "cpu"):
        for kind, phase, parent in ORDER:
            cell = (arithmetic, kind, phase)
            above = fits[(arithmetic, parent[0], parent[1])] if parent else start
            fits[cell] = fit_cell([run for run in single if run.cell == cell], above)
    return fits


class HeldOutRun(NamedTuple):
    """A run on a chip that the fit did not see."""

    run: PublishedRun
    residual: float  # ln(published / computed)
    slope: tuple[float, float, float]
    within: float
    rates: RateFit


def held_out(runs: Sequence[PublishedRun]) -> list[HeldOutRun]:
    """Every run on one device, against the fit on the runs of all other chips."""
    found = []
    for chip in sorted({run.chip for run in runs}):
        fits = fit_all([run for run in runs if run.chip != chip])
        for run in runs:
            if run.chip == chip and run.devices == 1:
                fit = fits[run.cell]
                residual, slope = _residuals([run], fit.logs)
                a, b, c = (float(x) for x in slope[0])
                found.append(HeldOutRun(run, float(residual[0]), (a, b, c), fit.within, fit))
    return found


def covered(held: Sequence[HeldOutRun], between: float) -> float:
    """Share of held-out runs inside their 90 % interval, weighted as in the fit."""
    weight = _weights([(h.run.source, h.run.chip, h.run.cell) for h in held])
    inside = [abs(h.residual) <= NORMAL_90 * _sd(h, between) for h in held]
    return float(weight @ np.array(inside, dtype=np.float64) / weight.sum())


def _sd(held: HeldOutRun, between: float) -> float:
    rates = rates_for(held.run, [float(x) for x in held.rates.logs], between, held.within)
    return math.sqrt(quadratic(held.slope, rates.covariance) + held.within**2)


def between_of(held: Sequence[HeldOutRun]) -> float:
    """The least sd of the rates between machines for which 90 % of the held-out are covered."""
    return next((b for b in np.arange(LEAST_BETWEEN, 1.5, 0.01) if covered(held, b) >= 0.9), 1.5)


def data_parallel(runs: Sequence[PublishedRun]) -> dict[str, float]:
    """Rows a second of several devices, over so many times those of one: 5, 50 and 95 % points."""
    alone = {run.key: run.seconds for run in runs if run.devices == 1}
    shares = [alone[r.key] / r.seconds for r in runs if r.devices > 1 and r.key in alone]
    low, value, high = np.quantile(shares, [0.05, 0.5, 0.95])
    return {
        "devices": max(run.devices for run in runs),
        "value": round(float(value), 3),
        "low": round(float(low), 3),
        "high": round(float(high), 3),
        "pairs": len(shares),
    }


def table(
    runs: Sequence[PublishedRun],
) -> tuple[dict[str, Any], list[tuple[str, int, float, float]]]:
    """What is shipped; and for each arithmetic and kind its held-out runs, coverage and width."""
    fits, held = fit_all(runs), held_out(runs)
    cells: dict[str, Any] = {}
    report = []
    for (arithmetic, kind, phase), fit in fits.items():
        mine = [h for h in held if h.run.cell[:2] == (arithmetic, kind)]
        alike = mine or [h for h in held if h.run.cell[0] == arithmetic]
        between = between_of(alike)
        share, band, launches = (float(np.exp(x)) for x in fit.logs)
        cells[f"{arithmetic} {kind} {phase}"] = {
            "peak_share": round(share, 4),
            "bandwidth_share": round(band, 4),
            "launch_us": round(1e6 / launches, 1),
            "between": round(float(between) * (1 if fit.runs else GUESSED), 3),
            "within": round(fit.within, 3),
            "runs": fit.runs,
        }
        if mine and phase == "infer":
            width = float(np.median([math.exp(2 * NORMAL_90 * _sd(h, between)) for h in mine]))
            report.append((f"{arithmetic} {kind}", len(mine), covered(mine, between), width))
    origin = "catalogs/speed/runs.csv, fitted by python -m pick_model.cost.fit_rates"
    return {"origin": origin, "data_parallel": data_parallel(runs), "cells": cells}, report


def main() -> None:
    """Fit, print, write."""
    runs = read_runs(Path(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
    found, report = table(runs)
    for name, cell in found["cells"].items():
        print(f"{name:28s}", "  ".join(f"{key} {value:g}" for key, value in cell.items()))
    print("data parallel", found["data_parallel"])
    for name, n, share, width in report:
        print(f"{name}: {n} held-out runs, {share:.1%} covered, {width:.2f} x wide")
    TABLE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
