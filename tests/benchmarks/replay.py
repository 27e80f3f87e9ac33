"""Measuring on hidden tables: whom, and what is left to lose after k measurements.

    python tests/benchmarks/replay.py [--data-sets N] [--runs N] [--only WORD]

A benchmark is predicted without its source and its data set, as the back-test does. Then k of
its models are measured, one after the other: their published scores are told with the error
of one run, each moves the belief, and the model of the best expected standing is taken. Who
is measured next is chosen

- by value: `measuring.next_to_measure`, asked anew after every result, which stops where no
  measurement can change what is taken;
- by rank: the models of the best standing before anything was measured, in turn;
- at random.

Regret is in points of the metric, the mean over benchmarks. Those of one data set in one source
share its weight, and no source counts as more than `--data-sets`: half of all benchmarks are of
one. It takes half an hour. The interval of the difference comes of drawing sources:
benchmarks of one are between much the same models, and one turn of luck decides several of them.
Beside it stands on how many benchmarks the one loses less or more than the other.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

import numpy as np
from results_file import report

from pick_model import load_catalog
from pick_model.backtest.backtest import shipped_rows
from pick_model.backtest.evidence import Evidence
from pick_model.backtest.predict import HiddenGroup, hidden_groups
from pick_model.backtest.score import points_of
from pick_model.belief.decision import Decision
from pick_model.belief.expected import Z90
from pick_model.belief.joint import Marginal
from pick_model.belief.level import Level
from pick_model.belief.measuring import next_to_measure
from pick_model.belief.observations import RUN_SD
from pick_model.belief.posterior import Belief, Observation
from pick_model.interval import Interval

MOST = 10  # measurements
LEAST = 8  # models of a benchmark: three measurements leave more than half of them unknown
DRAWS = 500  # of the sources, for intervals
STAGE = "compare"  # a whole fine-tune of one's own, which is what a published score is


class Hidden(NamedTuple):
    """One hidden benchmark, ready to be measured."""

    source: str
    dataset: str
    members: Sequence[Marginal]
    level: Level
    scores: Sequence[float]  # fractions, higher is better
    told: Sequence[Observation]  # of each member, as a run would measure it


Choose = Callable[[Hidden, Belief, Sequence[int]], "int | None"]


def by_value(hidden: Hidden, belief: Belief, measured: Sequence[int]) -> int | None:
    """The model that is worth most to measure; None where none is worth it."""
    every = range(len(hidden.members))
    left = [i for i in every if i not in measured]
    worth = next_to_measure(Decision(belief, every), STAGE, left, {}, {})
    return worth.models[0] if worth is not None else None


def by_rank(hidden: Hidden, belief: Belief, measured: Sequence[int]) -> int | None:
    """The best before anything was measured."""
    order = sorted(range(len(hidden.members)), key=lambda i: (-hidden.members[i].mean, i))
    return next(i for i in order if i not in measured)


def at_random(hidden: Hidden, belief: Belief, measured: Sequence[int]) -> int | None:
    """Any."""
    order = list(range(len(hidden.members)))
    Random(hidden.dataset).shuffle(order)
    return next(i for i in order if i not in measured)


def replay(hidden: Hidden, choose: Choose) -> list[float]:
    """Points lost after 0, 1, … `MOST` measurements."""
    measured: list[int] = []
    lost = []
    stopped = False
    for _ in range(MOST + 1):
        belief = Belief(hidden.members, hidden.level, [hidden.told[i] for i in measured])
        standings = [belief.standing(i).mean for i in range(len(hidden.members))]
        taken = max(range(len(standings)), key=lambda i: (standings[i], -i))
        lost.append(100 * (max(hidden.scores) - hidden.scores[taken]))
        if len(measured) < min(MOST, len(hidden.members)) and not stopped:
            chosen = choose(hidden, belief, measured)
            if chosen is None:
                stopped = True
            else:
                measured.append(chosen)
    return lost


def has_points(evidence: Evidence, one: HiddenGroup) -> bool:
    """Whether scores of a group can be told, and regret counted, in points of its metric."""
    level, scores = one.level(evidence), [member.score for member in one.group.members]
    bounded = level is not None and level.link.high is not None
    return bounded and points_of(one.group.metric, scores) is not None


def prepared(evidence: Evidence, one: HiddenGroup, run: int) -> Hidden:
    """A group that has points, with its scores as one run would tell them."""
    group, level = one.group, one.level(evidence)
    scores = [member.score for member in group.members]
    per_unit = points_of(group.metric, scores)
    assert level is not None
    assert per_unit is not None
    members = [predicted.member for predicted in one.members]
    fractions = [score * per_unit / 100 for score in scores]
    random, link = Random(f"{group.benchmark} {run}"), level.link
    told = []
    for member, fraction in zip(members, fractions, strict=True):
        seen = link.of(link.sign * fraction) + random.gauss(0.0, RUN_SD)
        low, high = sorted(link.score(seen + side * Z90 * RUN_SD) for side in (-1, 1))
        told.append(Observation(member.name, Interval(link.score(seen), low, high)))
    dataset = evidence.datasets[group.benchmark]
    return Hidden(group.source, dataset, members, level, fractions, told)


def weighted_groups(
    evidence: Evidence, most: int, only: str
) -> Iterator[tuple[HiddenGroup, float]]:
    """Benchmarks and what each counts; no source counts as more than `most` data sets."""
    sources: dict[str, dict[str, list[HiddenGroup]]] = defaultdict(lambda: defaultdict(list))
    for one in hidden_groups(evidence, "source", None):
        if len(one.members) >= LEAST and only in one.group.source and has_points(evidence, one):
            sources[one.group.source][evidence.datasets[one.group.benchmark]].append(one)
    for sets in sources.values():
        of_set = min(most, len(sets)) / len(sets)
        for alike in sets.values():
            for one in alike:
                yield one, of_set / len(alike)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-sets", type=int, default=45, help="of a source")
    parser.add_argument("--runs", type=int, default=1, help="times each is measured anew")
    parser.add_argument("--only", default="", help="part of a source's name")
    options = parser.parse_args()
    catalog = load_catalog()
    evidence = Evidence(shipped_rows(catalog), catalog.entries, dict(catalog.benchmarks))
    ways: dict[str, Choose] = {"by value": by_value, "by rank": by_rank, "at random": at_random}
    lost: dict[str, list[list[float]]] = {way: [] for way in ways}
    sources, counting = [], []
    for group, weight in weighted_groups(evidence, options.data_sets, options.only):
        for run in range(options.runs):
            hidden = prepared(evidence, group, run)
            sources.append(hidden.source)
            counting.append(weight)
            for way, choose in ways.items():
                lost[way].append(replay(hidden, choose))
    apart = np.subtract(lost["by value"], lost["by rank"])  # (n, MOST + 1)
    weights = np.array(counting)  # (n,)
    weighted = apart * weights[:, None]
    number = np.unique(sources, return_inverse=True)[1]  # (n,)
    sums = np.array([weighted[number == one].sum(axis=0) for one in range(number.max() + 1)])
    counts = np.bincount(number, weights)  # (sources,)
    drawn = np.random.default_rng(0).integers(len(sums), size=(DRAWS, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)[:, None]  # (DRAWS, MOST + 1)
    low, high = np.quantile(means, (0.05, 0.95), axis=0)
    rows: list[dict[str, Any]] = [
        {
            "measured": k,
            "n": len(apart),
            **{way: float(np.average(of, axis=0, weights=weights)[k]) for way, of in lost.items()},
            "value loses less": int((apart[:, k] < 0).sum()),
            "value loses more": int((apart[:, k] > 0).sum()),
            "value less rank": f"{weighted[:, k].sum() / weights.sum():+.2f} ({low[k]:+.2f} {high[k]:+.2f})",
        }
        for k in range(MOST + 1)
    ]
    report("replay", rows, "numpy")


if __name__ == "__main__":
    main()
