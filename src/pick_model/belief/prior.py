"""What size, date, data and kind suggest of a model: a regression inside groups.

Only differences between models of one group enter, so that a table of strong models and a
table of weak ones, which share no model, still agree on what a tenfold size is worth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from pick_model.belief.algebra import solve
from pick_model.belief.facts import FACTS, MATCHES, Facts, facts_of, matches_of_benchmark
from pick_model.belief.parts import Line, predicted
from pick_model.belief.rows import Group
from pick_model.documents.catalog import Benchmark, Entry, lineage

# Slopes are drawn to their mean over the scales with the most models (per spread of the
# fact, in standard scores; measured on the shipped evidence), by as much as so many models.
USUAL_SLOPES = (0.7, 0.3, 0.25, -0.2, 0.0, 0.0)
RIDGE = 20.0
# Kinds and matches are drawn to 0.
RIDGE_OF_KINDS = 2.0
ODD = 20
MIN_KIND = 4  # models of a kind before it gets a term of its own
# Around the line models differ about as much as along it.
OWN_SPREAD = 1.0
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
        self.facts = {
            name: facts_of(lineage(entries[name], entries)) for name in sorted(self.counts)
        }
        known = self.facts
        self.means, self.spreads = _centres(list(known.values()))
        columns = [_scaled(facts, self.means, self.spreads) for facts in known.values()]
        ends = [_ends(column) for column in zip(*columns, strict=True)]
        self.lows, self.highs = (tuple(end) for end in zip(*ends, strict=True))
        kinds = Counter(entries[name].kind for name in known)
        self.kinds = sorted(kind for kind, n in kinds.items() if n >= MIN_KIND)
        if len(kinds) == 1:  # what all share is in the intercept
            self.kinds = []
        self.few = sorted(kinds.keys() - set(self.kinds))
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
            # A model counts once, over however many groups it is spread.
            weights.append(member.weight / self.counts[member.entry])
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
            right[i] = sum(a * (y - mean) / spread for a, y in zip(column, scores, strict=True))
            start = i * (i + 1) // 2
            for j in used:
                if j > i:
                    break
                matrix[start + j] = sum(a * x[j] for a, x in zip(column, centred, strict=True))
        return Moments(tuple(matrix), tuple(right), spread, total)

    def predicted(self, line: Line, name: str) -> float:
        """The standing that a line suggests for one model."""
        return predicted(line, self.entries[name], self.facts[name])

    def line(self, values: Sequence[float]) -> Line:
        """The coefficients under their names, centred on the models of this scale."""
        n, k = len(FACTS), len(self.kinds)
        kinds = dict.fromkeys(self.few, 0.0)
        kinds.update(zip(self.kinds, values[n : n + k], strict=True))
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
        suggested = [self.predicted(line, name) for name in self.rows]
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


def _ends(column: Sequence[float]) -> tuple[float, float]:
    """Where a fact's values end, but for the odd one in `ODD` on either side."""
    ordered = sorted(column)
    odd = len(ordered) // ODD
    return ordered[odd], ordered[-1 - odd]


def _scaled(facts: Facts, means: Sequence[float], spreads: Sequence[float]) -> list[float]:
    """Facts in spreads from their means; what is unknown stays at the mean."""
    return [
        0.0 if value is None or not spread else (value - mean) / spread
        for value, mean, spread in zip(facts, means, spreads, strict=True)
    ]


def regression(
    design: Design, moments: Sequence[Moments], groups: Sequence[Group]
) -> tuple[Line, list[float]]:
    """The line, and for each group the spread of standing its members should have.

    Scores are first taken in spreads of their group, then in the spread the line and the
    differences around it suggest: a table of miniatures and giants is wider
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
    usual = [RIDGE * slope for slope in USUAL_SLOPES] + [0.0] * (width - len(FACTS))
    for i in range(width):
        full[i][i] += RIDGE if i < len(FACTS) else RIDGE_OF_KINDS
    widths = [1.0] * len(groups)
    line = design.line([0.0] * width)
    for _ in range(PASSES):
        right = usual
        for one, spread in zip(moments, widths, strict=True):
            right = [a + spread * b for a, b in zip(right, one.right, strict=True)]
        line = design.line(solve(full, right))
        widths = _widths(design, line, groups)
    return line, widths


def _widths(design: Design, line: Line, groups: Sequence[Group]) -> list[float]:
    suggested = {name: design.predicted(line, name) for name in design.rows}
    squares = []
    for group in groups:
        values = [suggested[m.entry] for m in group.members]
        n = len(values)
        mean = sum(values) / n
        squares.append(sum((v - mean) ** 2 for v in values) / n + OWN_SPREAD**2 * (1 - 1 / n))
    typical = sum(squares) / len(squares)
    return [sqrt(square / typical) for square in squares]
