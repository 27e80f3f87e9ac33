"""How often runs fail, and how far they fall: the figures of `belief.failures` and `level.FARTHER`.

    python tests/benchmarks/failed_runs.py

Decisions of the back-test, source hidden, of six models or more. Scores on the scale of the
metric's link are set on the expected standings by medians (level) and median deviations
(spread), so that failed runs move neither. The errors, in the spreads that were expected, are a
normal's and, with a rate, a normal's less an exponential depth; rate, mean depth and the normal's
spread are those of the largest likelihood, models counting as the root of their table's. Intervals
are of 90 %, by drawing tables.
"""

from __future__ import annotations

import argparse
from collections import Counter
from math import exp, log
from typing import Any, NamedTuple

import numpy as np
from results_file import report
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import exponnorm, norm

from pick_model import load_catalog
from pick_model.backtest.backtest import shipped_rows
from pick_model.backtest.evidence import Evidence
from pick_model.backtest.predict import HiddenGroup, hidden_groups
from pick_model.backtest.score import points_of
from pick_model.belief.joint import KIND
from pick_model.belief.level import FARTHER
from pick_model.vocabulary.metrics import METRICS

Array = np.ndarray[Any, np.dtype[Any]]

LEAST = 6  # models of a benchmark: medians of fewer are no robust places
# Errors beyond are cut: a metric's end taken for another's would outweigh all.
DEEPEST, HIGHEST = -15.0, 8.0
NORMAL_MAD = 1.4826  # spread of a normal over its median deviation


class Errors(NamedTuple):
    """The errors of one benchmark's models, and how much wider it is than was expected."""

    source: str
    z: Array  # (n,) in the spreads that were expected
    log_scale: float  # of what the scale was, over what it was expected to be


def spread(values: Array) -> float:
    return NORMAL_MAD * float(np.median(np.abs(values - np.median(values))))


def errors(hidden: HiddenGroup, evidence: Evidence) -> Errors | None:
    """None where there are too few models, or the metric has no scale."""
    level, group = hidden.level(evidence), hidden.group
    scores = [member.score for member in group.members]
    per_unit = points_of(group.metric, scores)
    if level is None or level.link.high is None or per_unit is None or len(scores) < LEAST:
        return None
    known = METRICS.get(group.metric)
    sign = -1.0 if known is not None and known.lower else 1.0
    u = np.array([level.link.of(sign * score * per_unit / 100) for score in scores])  # (n,)
    mean = np.array([one.member.mean for one in hidden.members])
    sd = np.array([one.member.sd for one in hidden.members])
    # Of what models share, the kind and half of the families move them together.
    apart = np.sqrt(spread(mean) ** 2 + np.median(sd) ** 2 * (1 - KIND / 2))
    if not spread(u):
        return None
    log_scale = log(spread(u) / float(apart)) - level.log_scale
    # Of few models the spread says little: it counts as half of them, the expectation as one.
    share = len(u) / (len(u) + 2)
    scale = exp(level.log_scale + share * log_scale)
    z = (u - np.median(u - scale * mean) - scale * mean) / scale / sd
    return Errors(group.source, z, log_scale + FARTHER)


def fitted(found: list[Errors]) -> tuple[float, float, float]:
    """Rate, depth and the normal's spread, by the largest likelihood."""
    n = Counter[str]()
    for one in found:
        n[one.source] += len(one.z)
    z = np.clip(np.concatenate([one.z for one in found]), DEEPEST, HIGHEST)
    weight = np.concatenate([np.full(len(one.z), n[one.source] ** -0.5) for one in found])
    weight /= weight.mean()

    def worst(at: Array) -> float:
        rate, depth, sd = expit(at[0]), exp(at[1]), exp(at[2])
        fails = exponnorm.pdf(-z, depth / sd, 0, sd)
        density = (1 - rate) * norm.pdf(z, 0, sd) + rate * fails
        return -float((weight * np.log(density + 1e-12)).sum())

    rate, depth, sd = minimize(worst, [-3.0, 1.0, 0.0], method="Nelder-Mead").x
    return float(expit(rate)), exp(depth), exp(sd)


def farther(found: list[Errors]) -> tuple[float, float, float]:
    """Mean of the scales' logarithms: each alone, by the root of tables, tables alike."""
    n = Counter(one.source for one in found)
    values = [one.log_scale for one in found]
    weighted = [
        np.average(values, weights=[n[o.source] ** p for o in found]) for p in (0, -0.5, -1)
    ]
    return float(weighted[0]), float(weighted[1]), float(weighted[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=40)
    draws = parser.parse_args().draws
    catalog = load_catalog()
    evidence = Evidence(shipped_rows(catalog), catalog.entries, dict(catalog.benchmarks))
    one_a_dataset: dict[tuple[str, str, str], Errors] = {}
    for hidden in hidden_groups(evidence, "source", None):
        group = hidden.group
        key = (group.source, evidence.datasets[group.benchmark], group.protocol)
        if key not in one_a_dataset and (one := errors(hidden, evidence)) is not None:
            one_a_dataset[key] = one
    found = list(one_a_dataset.values())
    by_source: dict[str, list[Errors]] = {}
    for one in found:
        by_source.setdefault(one.source, []).append(one)
    random = np.random.default_rng(0)
    names = sorted(by_source)
    drawn = [
        fitted(
            [
                one
                for i in random.integers(len(names), size=len(names))
                for one in by_source[names[i]]
            ]
        )
        for _ in range(draws)
    ]
    rate, depth, sd = fitted(found)
    low, high = np.quantile(np.array(drawn), (0.05, 0.95), axis=0)
    z = np.concatenate([one.z for one in found])
    each, root, table = farther(found)
    rows = [
        {"what": name, "value": round(value, 3), "low": round(lo, 3), "high": round(hi, 3)}
        for name, value, lo, hi in zip(
            ("rate", "depth", "spread of the others"), (rate, depth, sd), low, high, strict=True
        )
    ]
    for name, share in (("below -3", float((z < -3).mean())), ("above 3", float((z > 3).mean()))):
        rows.append({"what": name, "value": round(share, 4), "low": None, "high": None})
    for name, value in (
        ("farther, each", each),
        ("farther, root", root),
        ("farther, table", table),
    ):
        rows.append({"what": name, "value": round(value, 3), "low": None, "high": None})
    print(f"{len(z)} errors of {len(found)} benchmarks of {len(names)} sources")
    report("failed_runs", rows, "numpy", "scipy")


if __name__ == "__main__":
    main()
