"""Learn at how many rows fine-tuning takes over from frozen features, when the catalog is compiled.

Scores with few labelled rows are published of frozen features with a light head, scores with
many of fine-tuned models, and in between of both. Each group of scores of known rows is set
against its models' standings on either scale, their own scores on its data set left out of both;
the shares under which the blend agrees best with the scores, over all rows at once, are what is
shipped. What the scales learnt of families is not refitted without it, so a group knows a little
of its own scale: few rows draw somewhat to frozen features, and many to fine-tuning.

No table of the evidence fine-tunes classifiers on fewer than some hundred rows, so at the lower
end the frozen scale speaks because it is what was measured there. That fine-tuning itself
forgets the order of the full data set as rows get few is seen in the fine-tuning losses of 30
language models at 15 sizes (Lin et al. 2024, in the evidence as ev-rectified-scaling-law): the
blend of the loss as it comes and the loss after 1.6 million rows that agrees best has .6 of the
former at 200 rows, .6 at 1,600, .5 at 12,800 and .3 at 102,400.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pick_model.belief.broken import sound_groups
from pick_model.belief.copies import same_data
from pick_model.belief.crossover import Crossover
from pick_model.belief.outlook import Numbering, Outlook, Standing
from pick_model.belief.parts import Shipped
from pick_model.belief.rows import FROZEN, TUNED, Group
from pick_model.belief.scales import Scale
from pick_model.belief.ship import Standings, shipped, standings
from pick_model.belief.similarity import LIGHT_HEADED, Target, target_of_benchmark
from pick_model.documents.catalog import Benchmark, Entry, Score, lineage
from pick_model.record import replace
from pick_model.vocabulary import uses

Array = np.ndarray[Any, np.dtype[Any]]

LEAST = 4  # models of a group: with three a correlation is hardly one
# Tried values: from one row to a million in steps of a quarter, and how many powers of ten the
# odds change with tenfold rows.
MIDDLES = np.logspace(0, 6, 61)
STEEPNESSES = np.array((0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0))


class _Seen(NamedTuple):
    """A group's weighted cross products of tuned (t), frozen (f) standings and scores (y)."""

    rows: float
    weight: float
    tt: float
    tf: float
    ff: float
    ty: float
    fy: float
    yy: float


def learn_crossover(
    scales: Mapping[tuple[str, str], Scale],
    rows: Sequence[Score],
    entries: Mapping[str, Entry],
    benchmarks: Mapping[str, Benchmark],
) -> Crossover:
    """The crossover under which blended standings agree best with published scores.

    Agreement is the mean correlation over groups; those of one source and protocol count
    together as the square root of their number, or the largest source would be the rule.
    Raises ValueError where no group of a known number of rows stands on both scales.
    """
    seen = list(_seen(scales, rows, entries, benchmarks))
    if not seen:
        raise ValueError("no group of scores tells how many rows its models were trained on")
    n, weight, tt, tf, ff, ty, fy, yy = np.array(seen).T  # (G,) each
    best = -np.inf, 0.0, 0.0
    for middle in MIDDLES.tolist():
        for steepness in STEEPNESSES.tolist():
            w = 1 / (1 + (n / middle) ** steepness)  # (G,)
            spread = (1 - w) ** 2 * tt + 2 * w * (1 - w) * tf + w * w * ff
            agreement = ((1 - w) * ty + w * fy) / np.sqrt(spread * yy)
            best = max(best, (float(weight @ agreement / weight.sum()), middle, steepness))
    return Crossover(round(best[1]), best[2], len(seen))


def _seen(
    scales: Mapping[tuple[str, str], Scale],
    rows: Sequence[Score],
    entries: Mapping[str, Entry],
    benchmarks: Mapping[str, Benchmark],
) -> Iterator[_Seen]:
    groups = [
        (group, n)
        for group in _groups(rows, entries, benchmarks)
        if (n := rows_trained_on(rows[group.members[0].position], benchmarks[group.benchmark]))
    ]
    per_source = Counter((group.source, group.protocol) for group, _ in groups)
    fitted, known, data = shipped(scales, entries), standings(scales, rows), same_data(rows)
    numbering = Numbering(
        [benchmarks[name] for name in known.benchmarks], known.protocols, known.sources
    )
    for group, n in groups:
        target = target_of_benchmark(benchmarks[group.benchmark], group.protocol)
        weight = np.array([member.weight for member in group.members])  # (n,)
        tuned, frozen = (
            _standings_on(
                replace(target, scale=scale), numbering, fitted, group, known, data, entries
            )
            for scale in (TUNED, FROZEN)
        )
        scores = np.array([member.score for member in group.members])
        t, f, y = (x - weight @ x / weight.sum() for x in (tuned, frozen, scores))
        products = [
            float(weight @ (a * b)) for a, b in ((t, t), (t, f), (f, f), (t, y), (f, y), (y, y))
        ]
        if min(products[0], products[2], products[5]) > 0:
            yield _Seen(n, per_source[group.source, group.protocol] ** -0.5, *products)


def _groups(
    rows: Sequence[Score], entries: Mapping[str, Entry], benchmarks: Mapping[str, Benchmark]
) -> Iterator[Group]:
    """Groups on tasks of one label an input, in worlds that have both scales."""
    found = sound_groups(rows, entries, benchmarks)
    for (world, scale), groups in found.items():
        if scale in (TUNED, FROZEN) and {(world, TUNED), (world, FROZEN)} <= found.keys():
            for group in groups:
                if group.task in LIGHT_HEADED and len(group.members) >= LEAST:
                    yield group


def rows_trained_on(row: Score, benchmark: Benchmark) -> int | None:
    """Labelled rows behind a few-shot or fine-tuned score; None where unknown.

    `k=8` among the conditions of a few-shot score counts rows of each label; `at most 1024
    training texts` among a fine-tuned one's are as many, for hardly a data set is smaller.
    """
    if row.protocol in uses.TUNED:
        most = re.search(r"\bat most ([0-9]+) training", row.conditions)
        if most is None:
            return benchmark.n_rows
        return min(int(most[1]), benchmark.n_rows or int(most[1]))
    shots = re.search(r"\bk=([0-9]+)", row.conditions)
    if row.protocol != "few-shot" or shots is None or benchmark.n_labels is None:
        return None
    return int(shots[1]) * benchmark.n_labels


def _standings_on(
    target: Target,
    numbering: Numbering,
    fitted: Mapping[tuple[str, str], Shipped],
    group: Group,
    known: Standings,
    data: Mapping[str, str],
    entries: Mapping[str, Entry],
) -> Array:
    """The members' standings without their scores on the group's data set, (n,)."""
    own = {i for i, name in enumerate(known.benchmarks) if data[name] == data[group.benchmark]}

    def others(name: str) -> list[Standing]:
        return [one for one in known.by_entry.get(name, ()) if one[0] not in own]

    outlook = Outlook(target, numbering, fitted, others)
    found = []
    for member in group.members:
        line = lineage(entries[member.entry], entries)
        expected = outlook.expected(line, others(member.entry))
        found.append(expected.standing.value)
    return np.array(found)
