"""Put published scores on common scales: fitted once, when the catalog is compiled.

For each world (text, image, audio, items) and scale (tuned, frozen), in standard scores:

    score of model m in group g  =  (raw − mean_g) / spread_g · d_g + c_g
                                 =  standing_m + table_{m, source, task} + rest
    standing_m  =  line(facts of m) + family + own part

`c_g` is the mean standing of the group's members and `d_g` the spread their scores should
have, so that groups of strong models only do not make those models look average. The line
is fitted inside groups (see `prior`), and every part is drawn to 0 with a normal prior, so
weakly linked groups stay where the facts of their members put them. The result is a table
of fixed numbers: nothing of it changes when an overlay adds a model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt

from pick_model.belief.facts import matches_of_benchmark
from pick_model.belief.parts import (
    UNTOLD,
    Line,
    Told,
    Variances,
    prior_offset,
)
from pick_model.belief.prior import Design, Moments, regression
from pick_model.belief.rows import Group, Row, by_scale, gather
from pick_model.belief.scales import Scale, Standard, family_sums, in_spreads
from pick_model.documents.catalog import Benchmark, Entry

# Group places and standings are found in turn, and the variances anew after some rounds,
# until no standing moves by more than a thousandth.
REVISED = (2, 5, 8)
MOST_ROUNDS = 30
SETTLED = 1e-3
# A score far from what the model's others suggest (a collapsed run, a misprint) counts less,
# as under Student's t with this many degrees of freedom (Lange et al. 1989, eq. 6); of 5, 10,
# 20, 30 and 1000 the back-test's regret was least from 30 on.
TAIL = 30.0
# What half of a group's spread rests on: the members' standings; the other half on the line.
POSTERIOR_SHARE = 0.5


# Before any score is seen, in squared standard scores, and how many scores, tables and
# models that counts for.
START = Variances(family=0.2, model=0.35, table=0.8, rest=0.5)
FIRM = 10.0
FIRM_TABLE = 100.0  # tables differ by more than the few models two of them share can show


def fit(
    rows: Sequence[Row], entries: Mapping[str, Entry], benchmarks: Mapping[str, Benchmark]
) -> dict[tuple[str, str], Scale]:
    """The scale of every (world, scale) that has a group of at least three models."""
    scales = {}
    for key, some in by_scale(enumerate(rows), benchmarks).items():
        groups = gather(some, benchmarks)
        if groups:
            scales[key] = fit_scale(groups, entries, benchmarks)
    return scales


def fit_scale(
    groups: Sequence[Group],
    entries: Mapping[str, Entry],
    benchmarks: Mapping[str, Benchmark],
    prepared: tuple[Design, Sequence[Moments]] | None = None,
) -> Scale:
    """Fit one scale. `prepared` spares the regression's sums when folds share them."""
    if prepared is None:
        design = Design(groups, entries, benchmarks)
        prepared = design, [design.moments(group) for group in groups]
    design, moments = prepared
    line, widths = regression(design, moments, groups)
    return _Alternation(design, groups, line, widths).run()


class _Alternation:
    """Places of groups and standings of models, each given the other."""

    def __init__(
        self,
        design: Design,
        groups: Sequence[Group],
        line: Line,
        widths: Sequence[float],
    ) -> None:
        self.line, self.variances, self.groups = line, START, groups
        self.noise = {group.source: 1.0 for group in groups}
        self.width_squares = [w * w for w in widths]
        names = sorted({m.entry for group in groups for m in group.members})
        number = {name: index for index, name in enumerate(names)}
        self.names = names
        self.families = [design.entries[name].family for name in names]
        self.centres = [design.predicted(line, name) for name in names]
        self.standing = list(self.centres)
        self.spread2 = [START.family + START.model] * len(names)
        self.members = []
        for group in groups:
            benchmark = design.benchmarks[group.benchmark]
            self.members.append(
                [
                    (
                        number[m.entry],
                        m.score,
                        m.weight,
                        _match(line, design.entries[m.entry], benchmark),
                    )
                    for m in group.members
                ]
            )
        self.doubt = [[1.0] * len(group.members) for group in groups]
        self.z = [[0.0] * len(group.members) for group in groups]
        self.told = [UNTOLD] * len(names)
        cells: dict[tuple[int, str, str], int] = {}
        self.cell_of = [
            [
                cells.setdefault((number[m.entry], group.source, group.task), len(cells))
                for m in group.members
            ]
            for group in groups
        ]
        self.cell_model = [m for m, _, _ in cells]
        self.cell_source = [source for _, source, _ in cells]

    def run(self) -> Scale:
        for turn in range(MOST_ROUNDS):
            before = self.standing
            for index in range(len(self.groups)):
                self._place(index)
            self._stand()
            if turn in REVISED:
                self._revise_variances()
            moved = max(abs(a - b) for a, b in zip(before, self.standing, strict=True))
            if turn > REVISED[-1] and moved < SETTLED:
                break
        told = dict(zip(self.names, self.told, strict=True))
        standards = [
            Standard(m.entry, m.position, z, m.weight * doubt / self.noise[group.source])
            for group, zs, doubts in zip(self.groups, self.z, self.doubt, strict=True)
            for m, z, doubt in zip(group.members, zs, doubts, strict=True)
        ]
        standing = dict(zip(self.names, self.standing, strict=True))
        return in_spreads(Scale(self.line, self.variances, self.noise, told, standing, standards))

    def _place(self, index: int) -> None:
        """Shift and scale one group to the standings of its members."""
        members, doubts = self.members[index], self.doubt[index]
        standing, spread2 = self.standing, self.spread2
        total = mean = centre = 0.0
        for (m, score, weight, match), doubt in zip(members, doubts, strict=True):
            w = weight * doubt
            total += w
            mean += w * score
            centre += w * (standing[m] + match)
        mean /= total
        centre /= total
        raw = signal = 0.0
        for (m, score, weight, match), doubt in zip(members, doubts, strict=True):
            w = weight * doubt
            raw += w * (score - mean) ** 2
            signal += w * ((standing[m] + match - centre) ** 2 + spread2[m])
        signal = POSTERIOR_SHARE * signal / total
        signal += (1 - POSTERIOR_SHARE) * self.width_squares[index]
        noise = self.variances.rest * self.noise[self.groups[index].source]
        rest = noise + self.variances.table
        width = sqrt((signal + rest) / (raw / total)) if raw > 0 else 0.0
        scale = TAIL * rest
        for i, (m, score, _, match) in enumerate(members):
            z = centre + (score - mean) * width
            self.z[index][i] = z - match
            doubts[i] = (TAIL + 1) / (TAIL + (z - match - standing[m]) ** 2 * TAIL / scale)

    def _stand(self) -> None:
        """Standings given the groups: the line, the family, and the model's own scores."""
        variances = self.variances
        weights, means, _ = self._cells()
        precision = [0.0] * len(self.names)
        total = [0.0] * len(self.names)
        for m, source, weight, mean in zip(
            self.cell_model, self.cell_source, weights, means, strict=True
        ):
            p = 1 / (variances.table + variances.rest * self.noise[source] / weight)
            precision[m] += p
            total[m] += p * mean
        self.told = [
            Told(t / p - centre if p else 0.0, p)
            for t, p, centre in zip(total, precision, self.centres, strict=True)
        ]
        families = family_sums(self.families, self.told, variances)
        self.standing = list(self.standing)
        for m, (told, family) in enumerate(zip(self.told, self.families, strict=True)):
            mean, variance = prior_offset(families[family], told, variances)
            p = 1 / variance
            self.standing[m] = self.centres[m] + (mean * p + told.offset * told.precision) / (
                p + told.precision
            )
            self.spread2[m] = 1 / (p + told.precision)

    def _cells(self) -> tuple[list[float], list[float], list[float]]:
        """Weight, mean and sum of squares of each model's scores in each table."""
        n = len(self.cell_model)
        weights, sums, squares = [0.0] * n, [0.0] * n, [0.0] * n
        for cells, members, zs, doubts in zip(
            self.cell_of, self.members, self.z, self.doubt, strict=True
        ):
            for cell, (_, _, weight, _), z, doubt in zip(cells, members, zs, doubts, strict=True):
                w = weight * doubt
                weights[cell] += w
                sums[cell] += w * z
                squares[cell] += w * z * z
        means = [value / weight for value, weight in zip(sums, weights, strict=True)]
        return weights, means, squares

    def _revise_variances(self) -> None:
        """Moments of the parts; a few scores' worth of the start keeps small scales sane."""
        weights, means, squares = self._cells()
        within: dict[str, float] = dict.fromkeys(self.noise, 0.0)
        freedom = dict(within)
        by_model: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for m, source, weight, mean, square in zip(
            self.cell_model, self.cell_source, weights, means, squares, strict=True
        ):
            if weight > 1:
                within[source] += square - weight * mean * mean
                freedom[source] += weight - 1
            by_model[m].append((weight / self.noise[source], mean))
        # Each source's noise counts with the square root of its scores, or the largest
        # would be the rule.
        firm = {source: sqrt(f) for source, f in freedom.items()}
        rest = FIRM * START.rest + sum(
            firm[s] * within[s] / freedom[s] for s in within if freedom[s]
        )
        rest /= FIRM + sum(firm.values())
        self.noise = {
            source: (within[source] + FIRM * rest) / (freedom[source] + FIRM) / rest
            for source in self.noise
        }
        between = tables = 0.0
        for cells in by_model.values():
            n = len(cells)
            centre = sum(mean for _, mean in cells) / n
            between += sum((mean - centre) ** 2 for _, mean in cells)
            # Part of the difference between tables is the rest of their few scores.
            between -= rest * sum(1 / weight for weight, _ in cells) * (n - 1) / n
            tables += n - 1
        table = (max(between, 0.0) + FIRM_TABLE * START.table) / (tables + FIRM_TABLE)
        own = [
            (s - c) ** 2 + u
            for s, c, u in zip(self.standing, self.centres, self.spread2, strict=True)
        ]
        prior = START.family + START.model
        around = (sum(own) + FIRM * prior) / (len(own) + FIRM)
        self.variances = Variances(
            around * START.family / prior, around * START.model / prior, table, rest
        )


def _match(line: Line, entry: Entry, benchmark: Benchmark) -> float:
    matches = matches_of_benchmark(entry, benchmark)
    return sum(s * x for s, x in zip(line.matches, matches, strict=True))
