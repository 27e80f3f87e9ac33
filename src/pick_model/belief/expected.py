"""From published scores to the expected standing of a model on a task, with an interval.

The unit is the standard score: 0 is the average model of the evidence on a scale, 1 is one
spread better. What the facts of a model suggest (size, date, data, kind), what others of
its family showed, and its own scores on other benchmarks, each weighted by how much it
resembles the task, are averaged by precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from pick_model.belief.facts import Facts, facts_of, matches_of
from pick_model.belief.parts import (
    NO_SCORES,
    Regression,
    Residual,
    Variances,
    prior_offset,
    suggested,
)
from pick_model.belief.rows import scale_of
from pick_model.belief.similarity import Target, similarity
from pick_model.documents.catalog import Benchmark, Entry
from pick_model.documents.names import Basis
from pick_model.interval import Interval

Z90 = 1.645  # two-sided 90 % of a normal distribution
# A model trained from nothing brings no ability: it starts two spreads below the average.
UNTRAINED = -2.0
# Where a modality has no scores of the wanted kind, those of another kind stand in, and
# the variance grows by what two scales that agree by √½ leave open.
OTHER_WAY = 0.5

# What is said outside a table is trusted inside it this much less than the spread between
# tables alone asks for; chosen on the back-test among 1, 2, 3 and 10, which differ little.
OUTSIDE = 2.0

# One standing of a model as plain numbers: benchmark, protocol and source (numbers into
# `Numbering`), standard score, and weight: below 1 for a number that other sources repeat,
# that comes from a noisy source or fits the model's others badly.
Standing = tuple[int, int, int, float, float]


class Numbering(NamedTuple):
    """What the numbers of a Standing stand for."""

    benchmarks: Sequence[Benchmark]
    protocols: Sequence[str]
    sources: Sequence[str]


class Expected(NamedTuple):
    """Expected standing on a task, in standard scores.

    `z` has the 90 % interval for one new benchmark of the kind; `standing` that for the mean
    over many, which is what evidence can narrow: models are told apart by it.
    """

    z: Interval
    standing: Interval
    prior: float
    prior_share: float
    basis: Basis
    n_items: int  # scores that carried it


def shifted(expected: Expected, by: float) -> Expected:
    """The same, expected `by` standard scores higher."""
    return expected._replace(
        z=Interval(*(end + by for end in expected.z)),
        standing=Interval(*(end + by for end in expected.standing)),
        prior=expected.prior + by,
    )


class Shipped(NamedTuple):
    """One scale's fitted numbers as the program reads them."""

    line: Regression
    variances: Variances
    noise: Mapping[str, float]  # source -> variance of its rest, in units of the usual
    families: Mapping[str, Sequence[float]]  # see scales.family_sums
    residuals: Mapping[str, Residual]
    links: Mapping[str, float]  # other scale -> correlation of what the lines leave


class Table:
    """What one source's scores on one task under one protocol say together."""

    __slots__ = ("mean", "n", "number", "own", "scale", "squares", "total")

    def __init__(self, scale: str, own: bool) -> None:
        self.scale, self.own = scale, own
        self.n = 0
        self.total = self.number = self.mean = self.squares = 0.0

    def precision(self, variances: Variances) -> float:
        """For a target outside the table: similarity / (table² + rest²/n)."""
        return self.total / self.number / (variances.table + self.variance(variances))

    def variance(self, variances: Variances) -> float:
        """Of the mean, without what is the whole table's."""
        return variances.rest * self.squares / (self.total * self.total)


class _Weights(dict[int, list[tuple[float, int]]]):
    """Weights by a benchmark's number, worked out for those that candidates have scores on."""

    def __init__(self, work_out: Callable[[int], list[tuple[float, int]]]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, number: int) -> list[tuple[float, int]]:
        found = self[number] = self._work_out(number)
        return found


class Outlook:
    """Expected standings on one task: what is the same for all models is worked out once."""

    def __init__(
        self,
        target: Target,
        numbering: Numbering,
        scales: Mapping[tuple[str, str], Shipped],
    ) -> None:
        self.target, self.numbering = target, numbering
        self.scales = {n: one for (world, n), one in scales.items() if world == target.world}
        known = (target.scale, *self.scales)
        self.main = next((name for name in known if name in self.scales), target.scale)
        self.detour = 0.0 if self.main == target.scale else OTHER_WAY
        self._kinds: list[tuple[str, str, str]] = []  # (scale, task, protocol) by number
        self._weights = _Weights(self._weighed)

    def _weighed(self, number: int) -> list[tuple[float, int]]:
        """For each protocol: what a score on a benchmark weighs, and the number of its kind."""
        benchmark = self.numbering.benchmarks[number]
        similar = similarity(benchmark, self.target)
        found = []
        for protocol in self.numbering.protocols:
            kind = scale_of(benchmark.task, protocol), benchmark.task, protocol
            if not similar or kind[0] not in self.scales:
                found.append((0.0, 0))
                continue
            if kind not in self._kinds:
                self._kinds.append(kind)
            weight = similar * self.target.protocols[protocol]
            found.append((weight, self._kinds.index(kind)))
        return found

    def expected(self, lineage: Sequence[Entry], scores: Iterable[Standing]) -> Expected:
        """The expected standing of a lineage's first, given its standings on benchmarks."""
        return self._combined(lineage, self._tables(scores))[0]

    def shares(
        self, lineage: Sequence[Entry], scores: Sequence[Standing]
    ) -> list[tuple[Standing, float]]:
        """Each score with its share of the expected standing; the prior has the rest."""
        tables = self._tables(scores)
        _, shares = self._combined(lineage, tables)
        found = []
        for score in scores:
            weight, kind = self._weights[score[0]][score[1]]
            if weight:
                key = kind, score[2]
                part = weight * score[4] / tables[key].total
                found.append((score, shares.get(key, 0.0) * part))
        return found

    def _tables(self, scores: Iterable[Standing]) -> dict[tuple[int, int], Table]:
        """Scores summed up by kind and source."""
        found: dict[tuple[int, int], Table] = {}
        weights = self._weights
        for benchmark, protocol, source, z, n in scores:
            weight, kind = weights[benchmark][protocol]
            if not weight:
                continue
            table = found.get((kind, source))
            if table is None:
                scale, task, protocol_name = self._kinds[kind]
                own = (
                    (task, protocol_name) == (self.target.task, self.target.protocol)
                    and scale == self.main
                    and self.numbering.sources[source] == self.target.source
                )
                table = found[kind, source] = Table(scale, own)
            w = weight * n
            table.n += 1
            table.total += w
            table.number += n
            table.squares += w * weight
            table.mean += w * z
        for table in found.values():
            table.mean /= table.total
        return found

    def _combined(
        self, lineage: Sequence[Entry], tables: Mapping[tuple[int, int], Table]
    ) -> tuple[Expected, dict[tuple[int, int], float]]:
        """The estimate, and the share of each table in it.

        A normal model: prior N(line + family, model²); each table's mean with variance
        table² + rest²/n, over its similarity; other scales through their correlation. A new
        benchmark adds the variance of a table and a score.
        """
        scale = self.scales.get(self.main)
        if scale is None:
            nothing = Interval(0.0, -Z90, Z90)
            return Expected(nothing, nothing, 0.0, 1.0, "prior", 0), {}
        variances = scale.variances
        entry, facts = lineage[0], facts_of(lineage)
        centre, offset, variance = prior_of(entry, facts, scale)
        prior = weight = 1 / variance
        total = offset * weight
        shares: dict[tuple[int, int], float] = {}
        own: tuple[tuple[int, int], Table] | None = None
        elsewhere: dict[str, dict[tuple[int, int], Table]] = {}
        for key, table in tables.items():
            if table.scale != self.main:
                elsewhere.setdefault(table.scale, {})[key] = table
            elif table.own:
                own = key, table
            else:
                p = shares[key] = table.precision(variances)
                weight += p
                total += p * (table.mean - centre)
        for name, found in elsewhere.items():
            link = scale.links.get(name, 0.0)
            if link > 0:
                value, p, parts = _through(link, entry, facts, scale, self.scales[name], found)
                weight += p
                total += p * value
                shares.update(parts)
        rest = variances.rest * scale.noise.get(self.target.source or "", 1.0)
        rest += variances.table + self.detour
        if own is not None:
            # Inside its own table a score needs no allowance for being from elsewhere; what
            # all else says needs one.
            key, table = own
            kept = 1 / (1 + weight * variances.table * OUTSIDE)
            p = table.total / table.number / table.variance(variances)
            prior, weight, total = prior * kept, weight * kept + p, total * kept
            total += p * (table.mean - centre)
            shares = {name: share * kept for name, share in shares.items()}
            shares[key] = p
            rest -= variances.table
        matches = matches_of(entry, self.target.languages, self.target.domain)
        match = sum(s * x for s, x in zip(scale.line.matches, matches, strict=True))
        mean = centre + match + total / weight
        half, sure = Z90 * sqrt(1 / weight + rest), Z90 * sqrt(1 / weight)
        expected = Expected(
            z=Interval(mean, mean - half, mean + half),
            standing=Interval(mean, mean - sure, mean + sure),
            prior=centre + match + offset,
            prior_share=prior / weight,
            basis="published" if shares else "prior",
            n_items=sum(tables[key].n for key in shares),
        )
        return expected, {key: share / weight for key, share in shares.items()}


def _through(
    link: float,
    entry: Entry,
    facts: Facts,
    main: Shipped,
    other: Shipped,
    tables: Mapping[tuple[int, int], Table],
) -> tuple[float, float, dict[tuple[int, int], float]]:
    """What scores on another scale say here: an offset from the line, its precision, by table.

    The offsets on both scales are jointly normal with correlation `link`; an offset y there,
    known with variance v, is an observation y·a/(link·b) here of variance
    (v + b²(1 − link²))·(a/(link·b))², where a and b are the spreads of the offsets.
    """
    centre, _, _ = prior_of(entry, facts, other)
    each = {key: table.precision(other.variances) for key, table in tables.items()}
    precision = sum(each.values())
    mean = sum(p * tables[key].mean for key, p in each.items()) / precision - centre
    here = main.variances.family + main.variances.model
    there = other.variances.family + other.variances.model
    slope = sqrt(here / there) / link
    precise = 1 / ((1 / precision + there * (1 - link * link)) * slope * slope)
    return mean * slope, precise, {key: precise * p / precision for key, p in each.items()}


def prior_of(entry: Entry, facts: Facts, scale: Shipped) -> tuple[float, float, float]:
    """Standing by the line; offset by the family and its variance.

    The variance grows by what unknown facts could have told (`parts.suggested`). A model
    trained from nothing has no line.
    """
    variances = scale.variances
    if not entry.pretrained and entry.modality != "items":
        return UNTRAINED, 0.0, variances.family + variances.model
    sums = scale.families.get(entry.family, (0.0, 0.0))
    residual = scale.residuals.get(entry.id, NO_SCORES)
    centre, unknown = suggested(scale.line, entry, facts)
    offset, variance = prior_offset(sums, residual, variances)
    return centre, offset, variance + unknown
