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

Shapes on the array lines: N scores, G groups, M models, C cells (a model in one table's scores
on one task), S sources, F families.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from pick_model.belief.broken import sound_groups
from pick_model.belief.facts import matches_of_benchmark
from pick_model.belief.parts import (
    FactsRegression,
    Residual,
    Variances,
)
from pick_model.belief.prior import (
    Design,
    Moments,
    from_elsewhere,
    matches_told,
    regression,
)
from pick_model.belief.rows import Group
from pick_model.belief.scales import Array, Scale, Standards, in_spreads
from pick_model.belief.source_tables import OF_SOURCE
from pick_model.belief.spreads import usual_variances
from pick_model.documents.catalog import Benchmark, Entry, Score

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
# models that counts for. Set by hand, and looked at on the back-test: with FIRM at 3, 10 and 30
# weighted tau is .660, .660 and .658, coverage .909, .919 and .920, regret 1.26, 1.26 and 1.36.
START = Variances(family=0.2, model=0.35, table=0.8, rest=0.5)
FIRM = 10.0
FIRM_TABLE = 100.0  # tables differ by more than the few models two of them share can show


Key = tuple[str, str]  # (world, scale)
Prepared = tuple[Design, Sequence[Moments]]  # a regression's columns, and each group's sums


def fit(
    rows: Sequence[Score], entries: Mapping[str, Entry], benchmarks: Mapping[str, Benchmark]
) -> dict[Key, Scale]:
    """The scale of every (world, scale) that has a group of models, broken runs left out."""
    found = sound_groups(rows, entries, benchmarks)
    prepared = {key: prepare(groups, entries, benchmarks) for key, groups in found.items()}
    drawn = drawn_to(prepared)
    return {key: fit_scale(groups, prepared[key], drawn[key]) for key, groups in found.items()}


def prepare(
    groups: Sequence[Group], entries: Mapping[str, Entry], benchmarks: Mapping[str, Benchmark]
) -> Prepared:
    """What the regression of one scale sums up of its groups."""
    design = Design(groups, entries, benchmarks)
    return design, [design.moments(group) for group in groups]


def drawn_to(prepared: Mapping[Key, Prepared]) -> dict[Key, Array]:
    """What each scale's matches are drawn to, (M,): what the other scales of its world tell."""
    told = {key: matches_told(*one) for key, one in prepared.items()}
    return {
        key: from_elsewhere(
            own, (one for other, one in told.items() if other[0] == key[0] and other != key)
        )
        for key, own in told.items()
    }


def fit_scale(groups: Sequence[Group], prepared: Prepared, drawn: Array | None = None) -> Scale:
    """Fit one scale; `drawn` as of `drawn_to`."""
    design, moments = prepared
    line, widths = regression(design, moments, groups, drawn)
    return _Alternation(design, groups, line, widths).run()


class _Alternation:
    """Places of groups and standings of models, each given the other."""

    def __init__(
        self,
        design: Design,
        groups: Sequence[Group],
        line: FactsRegression,
        widths: Sequence[float],
    ) -> None:
        self.line, self.variances, self.groups = line, START, groups
        members = [(g, m) for g, group in enumerate(groups) for m in group.members]
        self.positions = np.array([m.position for _, m in members])  # (N,)
        self.group = np.array([g for g, _ in members])  # (N,)
        self.score = np.array([m.score for _, m in members])  # (N,)
        self.weight = np.array([m.weight for _, m in members])  # (N,)
        self.match = np.array(  # (N,) what model and benchmark have in common adds
            [
                _match(
                    line,
                    design.made[m.entry],
                    design.benchmarks[groups[g].benchmark],
                    groups[g].source,
                )
                for g, m in members
            ]
        )
        self.names, self.model = _numbered([m.entry for _, m in members])  # (N,) into M
        self.sources, source = _numbered([group.source for group in groups])
        self.group_source = source  # (G,) into S
        _, self.cell = _numbered(  # (N,) into C
            [(m.entry, groups[g].source, groups[g].task) for g, m in members]
        )
        first = np.unique(self.cell, return_index=True)[1]
        self.cell_model = self.model[first]  # (C,)
        self.cell_source = source[self.group[first]]  # (C,)
        _, self.told = _numbered(  # (C,) a model in all tables of a source
            list(zip(self.cell_model.tolist(), self.cell_source.tolist(), strict=True))
        )
        families = [design.entries[name].family for name in self.names]
        self.family = _numbered(families)[1]  # (M,) into F
        self.noise: Array = np.ones(len(self.sources))  # (S,)
        self.width_squares = np.square(widths)  # (G,)
        self.usual, self.firm = np.array(usual_variances(groups)).T  # (G,) each
        self.freedom = np.array([len(group.members) - 1.0 for group in groups])  # (G,)
        self.centres = np.array([design.predicted(line, name) for name in self.names])  # (M,)
        self.standing = self.centres
        self.spread2 = np.full(len(self.names), START.family + START.model)  # (M,)
        self.offset: Array = np.zeros(len(self.names))  # (M,) what a model's own scores say …
        self.precision: Array = np.zeros(len(self.names))  # (M,) … and how surely
        self.doubt = np.ones(len(members))  # (N,)
        self.z = np.zeros(len(members))  # (N,)

    def run(self) -> Scale:
        """Alternate until no standing moves."""
        for turn in range(MOST_ROUNDS):
            before = self.standing
            self._place()
            self._stand()
            if turn in REVISED:
                self._revise_variances()
            if turn > REVISED[-1] and np.abs(before - self.standing).max() < SETTLED:
                break
        residuals = map(Residual, self.offset.tolist(), self.precision.tolist())
        weights = self.weight * self.doubt / self.noise[self.group_source[self.group]]  # (N,)
        standards = Standards(self.positions, self.z, weights)
        return in_spreads(
            Scale(
                self.line,
                self.variances,
                dict(zip(self.names, residuals, strict=True)),
                dict(zip(self.names, self.standing.tolist(), strict=True)),
                standards,
            )
        )

    def _place(self) -> None:
        """Shift and scale every group to the standings of its members."""
        group, model = self.group, self.model
        w = self.weight * self.doubt  # (N,)
        total = np.bincount(group, w)  # (G,)
        expected = self.standing[model] + self.match  # (N,)
        mean = np.bincount(group, w * self.score) / total  # (G,)
        centre = np.bincount(group, w * expected) / total  # (G,)
        apart = self.score - mean[group]  # (N,)
        raw = np.bincount(group, w * apart**2) / total  # (G,)
        raw = (self.freedom * raw + self.firm * self.usual) / (self.freedom + self.firm)
        around = (expected - centre[group]) ** 2 + self.spread2[model]  # (N,)
        signal = POSTERIOR_SHARE * np.bincount(group, w * around) / total
        signal += (1 - POSTERIOR_SHARE) * self.width_squares
        rest = self.variances.rest * self.noise[self.group_source] + self.variances.table  # (G,)
        ratio = np.divide(signal + rest, raw, out=np.zeros_like(raw), where=raw > 0)
        self.z = centre[group] + apart * np.sqrt(ratio)[group] - self.match
        far = (self.z - self.standing[model]) ** 2 / rest[group]  # (N,)
        self.doubt = (TAIL + 1) / (TAIL + far)

    def _stand(self) -> None:
        """Standings given the groups: the line, the family, and the model's own scores."""
        variances = self.variances
        weight, mean, _ = self._cells()
        own = (1 - OF_SOURCE) * variances.table + variances.rest * (
            self.noise[self.cell_source] / weight
        )  # (C,)
        # The tables of one source share part of their error (see `source_tables.precisions`).
        shared = OF_SOURCE * variances.table
        p = 1 / own / (1 + shared * np.bincount(self.told, 1 / own)[self.told])  # (C,)
        precision = np.bincount(self.cell_model, p)  # (M,)
        offset = np.bincount(self.cell_model, p * mean) / precision - self.centres  # (M,)
        # How much a member tells of its family, and what the others say of it.
        own = 1 / (variances.model + 1 / precision)  # (M,)
        others = np.bincount(self.family, own)[self.family] - own  # (M,)
        summed = np.bincount(self.family, own * offset)[self.family] - own * offset  # (M,)
        of_family = np.maximum(others, 0.0) + 1 / variances.family  # (M,)
        prior = 1 / (1 / of_family + variances.model)  # (M,)
        self.offset, self.precision = offset, precision
        self.standing = self.centres + (summed / of_family * prior + offset * precision) / (
            prior + precision
        )
        self.spread2 = 1 / (prior + precision)

    def _cells(self) -> tuple[Array, Array, Array]:
        """Weight, mean and sum of squares of each model's scores in each table, each (C,)."""
        w = self.weight * self.doubt
        weight = np.bincount(self.cell, w)
        mean = np.bincount(self.cell, w * self.z) / weight
        return weight, mean, np.bincount(self.cell, w * self.z**2)

    def _revise_variances(self) -> None:
        """Moments of the parts; a few scores' worth of the start keeps small scales sane."""
        weight, mean, square = self._cells()
        n_sources = len(self.sources)
        several = weight > 1  # (C,)
        source = self.cell_source[several]
        squares = (square - weight * mean**2)[several]
        within = np.bincount(source, squares, n_sources)  # (S,)
        freedom = np.bincount(source, weight[several] - 1, n_sources)  # (S,)
        # Each source's noise counts with the square root of its scores, or the largest
        # would be the rule.
        firm = np.sqrt(freedom)
        known = freedom > 0
        rest = FIRM * START.rest + (firm[known] * within[known] / freedom[known]).sum()
        rest /= FIRM + firm.sum()
        weight = weight / self.noise[self.cell_source]
        self.noise = (within + FIRM * rest) / (freedom + FIRM) / rest
        n: Array = np.bincount(self.cell_model)  # (M,) tables of each model
        centre = np.bincount(self.cell_model, mean) / n  # (M,)
        between = ((mean - centre[self.cell_model]) ** 2).sum()
        # Part of the difference between tables is the rest of their few scores.
        between -= rest * (np.bincount(self.cell_model, 1 / weight) * (n - 1) / n).sum()
        tables = (n - 1).sum()
        table = (max(between, 0.0) + FIRM_TABLE * START.table) / (tables + FIRM_TABLE)
        own = (self.standing - self.centres) ** 2 + self.spread2  # (M,)
        prior = START.family + START.model
        around = (own.sum() + FIRM * prior) / (len(own) + FIRM)
        self.variances = Variances(
            *map(float, (around * START.family / prior, around * START.model / prior, table, rest))
        )


def _numbered(names: Sequence[Hashable]) -> tuple[list[Any], Array]:
    """The different names, sorted, and each one's place among them."""
    known = sorted(set(names))  # type: ignore[type-var]
    number = {name: index for index, name in enumerate(known)}
    return known, np.array([number[name] for name in names])


def _match(
    line: FactsRegression, made: Sequence[Entry], benchmark: Benchmark, source: str
) -> float:
    matches = matches_of_benchmark(made, benchmark, source)
    return sum(s * x for s, x in zip(line.matches, matches, strict=True))
