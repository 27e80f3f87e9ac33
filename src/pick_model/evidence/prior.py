"""What size, date, data and kind suggest of a model: a regression inside groups.

Only differences between models of one group enter, so that a table of strong models and a
table of weak ones, which share no model, still agree on what a tenfold size is worth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from pick_model.documents.catalog import Benchmark, Entry
from pick_model.evidence.algebra import solve
from pick_model.evidence.facts import FACTS, MATCHES, Facts, facts_of, matches_of_benchmark
from pick_model.evidence.parts import Line, predicted
from pick_model.evidence.rows import Group

# Slopes are per spread of their fact and expected to be about half a standard score; with
# a variance of about 1/2 around the line that is a ridge of two models.
RIDGE = 2.0
MIN_KIND = 4  # models of a kind before it gets a term of its own
# Two scores of one model agree, beyond the prior, by about a half: n of them tell as much
# as n / (1 + (n − 1)/2) models would.
SAME_MODEL = 0.5
PASSES = 4  # of slopes and group spreads in turn; they settle after three


class Moments(NamedTuple):
    """What one group adds to the normal equations."""

    matrix: tuple[float, ...]  # lower triangle, row by row
    right: tuple[float, ...]
    spread: float  # of the raw scores
    weight: float


class Design:
    """The columns of a regression over the models of one scale."""

    def __init__(
        self,
        groups: Sequence[Group],
        entries: Mapping[str, Entry],
        benchmarks: Mapping[str, Benchmark],
    ) -> None:
        self.entries, self.benchmarks = entries, benchmarks
        self.counts = Counter(m.entry for group in groups for m in group.members)
        known = {name: facts_of(entries[name]) for name in sorted(self.counts)}
        self.means, self.spreads = _centres(list(known.values()))
        columns = [_scaled(facts, self.means, self.spreads) for facts in known.values()]
        self.lows = tuple(min(column) for column in zip(*columns, strict=True))
        self.highs = tuple(max(column) for column in zip(*columns, strict=True))
        kinds = Counter(entries[name].kind for name in known)
        self.kinds = sorted(kind for kind, n in kinds.items() if n >= MIN_KIND)
        if len(self.kinds) == len(kinds) == 1:
            self.kinds = []
        self.rows = {name: self._row(name, facts) for name, facts in known.items()}
        self.width = len(FACTS) + len(self.kinds) + len(MATCHES)

    def _row(self, name: str, facts: Facts) -> list[float]:
        row = _scaled(facts, self.means, self.spreads)
        return row + [float(self.entries[name].kind == kind) for kind in self.kinds]

    def moments(self, group: Group) -> Moments:
        """Cross products of the columns and the standardised scores inside a group."""
        benchmark = self.benchmarks[group.benchmark]
        columns, weights, scores = [], [], []
        for member in group.members:
            match = matches_of_benchmark(self.entries[member.entry], benchmark)
            columns.append([*self.rows[member.entry], *match])
            weights.append(
                member.weight / (1 + SAME_MODEL * (self.counts[member.entry] - 1))
            )
            scores.append(member.score)
        total = sum(weights)
        width = self.width
        centre = [
            sum(w * x[i] for w, x in zip(weights, columns, strict=True)) / total
            for i in range(width)
        ]
        mean = sum(w * y for w, y in zip(weights, scores, strict=True)) / total
        plain_mean = sum(scores) / len(scores)
        spread = sqrt(sum((y - plain_mean) ** 2 for y in scores) / len(scores))
        centred = [[a - b for a, b in zip(x, centre, strict=True)] for x in columns]
        used = [i for i in range(width) if any(x[i] for x in centred)]
        matrix = [0.0] * (width * (width + 1) // 2)
        right = [0.0] * width
        for i in used:
            column = [w * x[i] for w, x in zip(weights, centred, strict=True)]
            right[i] = sum(
                a * (y - mean) / spread for a, y in zip(column, scores, strict=True)
            )
            start = i * (i + 1) // 2
            for j in used:
                if j > i:
                    break
                matrix[start + j] = sum(a * x[j] for a, x in zip(column, centred, strict=True))
        return Moments(tuple(matrix), tuple(right), spread, total)

    def line(self, values: Sequence[float]) -> Line:
        """The coefficients under their names, centred on the models of this scale."""
        n, k = len(FACTS), len(self.kinds)
        kinds = dict(zip(self.kinds, values[n : n + k], strict=True))
        line = Line(
            self.means,
            self.spreads,
            self.lows,
            self.highs,
            tuple(values[:n]),
            kinds,
            tuple(values[n + k :]),
            0.0,
        )
        suggested = [predicted(line, self.entries[name]) for name in self.rows]
        return line._replace(intercept=-sum(suggested) / len(suggested))


def _centres(known: Sequence[Facts]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    means, spreads = [], []
    for values in zip(*known, strict=True):
        told = [v for v in values if v is not None]
        mean = sum(told) / len(told) if told else 0.0
        spread = sqrt(sum((v - mean) ** 2 for v in told) / len(told)) if told else 0.0
        means.append(mean)
        spreads.append(spread if spread > 1e-9 else 0.0)
    return tuple(means), tuple(spreads)


def _scaled(facts: Facts, means: Sequence[float], spreads: Sequence[float]) -> list[float]:
    """Facts in spreads from their means; what is unknown stays at the mean."""
    return [
        0.0 if value is None or not spread else (value - mean) / spread
        for value, mean, spread in zip(facts, means, spreads, strict=True)
    ]


def regression(
    design: Design, moments: Sequence[Moments], groups: Sequence[Group], own_spread: float
) -> tuple[Line, list[float]]:
    """The line, and for each group the spread of standing its members should have.

    Scores are first taken in spreads of their group, then in the spread the line and
    `own_spread` (of models around it) suggest: a table of miniatures and giants is wider
    than one of equals. Spreads are scaled to a mean square of 1 over the groups.
    """
    width = design.width
    matrix = [0.0] * (width * (width + 1) // 2)
    for one in moments:
        matrix = [a + b for a, b in zip(matrix, one.matrix, strict=True)]
    full = [
        [matrix[max(i, j) * (max(i, j) + 1) // 2 + min(i, j)] for j in range(width)]
        for i in range(width)
    ]
    for i in range(width):
        full[i][i] += RIDGE
    widths = [1.0] * len(groups)
    line = design.line([0.0] * width)
    for _ in range(PASSES):
        right = [0.0] * width
        for one, spread in zip(moments, widths, strict=True):
            right = [a + spread * b for a, b in zip(right, one.right, strict=True)]
        line = design.line(solve(full, right))
        widths = _widths(design, line, groups, own_spread)
    return line, widths


def _widths(
    design: Design, line: Line, groups: Sequence[Group], own_spread: float
) -> list[float]:
    suggested = {name: predicted(line, design.entries[name]) for name in design.rows}
    squares = []
    for group in groups:
        values = [suggested[m.entry] for m in group.members]
        n = len(values)
        mean = sum(values) / n
        squares.append(sum((v - mean) ** 2 for v in values) / n + own_spread**2 * (1 - 1 / n))
    typical = sum(squares) / len(squares)
    return [sqrt(square / typical) for square in squares]
