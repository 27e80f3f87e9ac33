"""From published scores to the expected standing of a model on a task, with an interval.

The unit is the standard score: 0 is the average model of the evidence on a scale, 1 is one
spread better. What the facts of a model suggest (size, date, data, kind), what others of
its family showed, and its own scores on other benchmarks, each weighted by how much it
resembles the task, are combined by precision; the last line of `Account` is the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from pick_model.cost.ranges import Range
from pick_model.documents.catalog import Benchmark, Entry
from pick_model.documents.names import Basis
from pick_model.documents.task import Profile
from pick_model.documents.tasks import TASKS
from pick_model.evidence.facts import matches_of
from pick_model.evidence.parts import UNTOLD, Line, Told, Variances, prior_offset, suggested
from pick_model.evidence.rows import scale_of, world_of
from pick_model.evidence.similarity import protocol_weights, scale_for, similarity

Z90 = 1.645  # two-sided 90 % of a normal distribution
# A model trained from nothing brings no ability: it starts two spreads below the average.
UNTRAINED = -2.0

# Where a modality has no scores of the wanted kind, those of another kind stand in, and
# the variance grows by what two scales that agree by √½ leave open.
OTHER_WAY = 0.5


class Item(NamedTuple):
    """A model's standing on one benchmark in one source under one protocol.

    `weight` is below 1 for a number that other sources repeat or that fits the model's
    others badly.
    """

    benchmark: str
    protocol: str
    source: str
    z: float
    weight: float


class Weighted(NamedTuple):
    """An item and its share of the whole estimate, prior included."""

    item: Item
    share: float


class Expected(NamedTuple):
    """Expected standing on a task: mean and 90 % interval in standard scores."""

    z: Range
    prior: float
    prior_share: float
    basis: Basis  # prior | published | measured
    items: tuple[Weighted, ...]


class Shipped(NamedTuple):
    """One scale's fitted numbers as the program reads them."""

    line: Line
    variances: Variances
    families: Mapping[str, Sequence[float]]  # see fit.family_sums
    told: Mapping[str, Told]
    links: Mapping[str, float]  # other scale -> correlation of what the lines leave


class Table(NamedTuple):
    """What one source's scores on one kind of task say together."""

    mean: float
    precision: float
    members: list[tuple[Item, float]]


class Outlook:
    """Expected standings on one task: what is the same for all models is worked out once."""

    def __init__(
        self,
        profile: Profile,
        benchmarks: Mapping[str, Benchmark],
        scales: Mapping[tuple[str, str], Shipped],
    ) -> None:
        self.languages, self.domain = profile.languages, profile.domain
        self.world = world_of(TASKS[profile.task].modality)
        self.scales = {name: one for (world, name), one in scales.items() if world == self.world}
        wanted = scale_for(profile.task)
        self.main = next((name for name in (wanted, *self.scales) if name in self.scales), wanted)
        self.detour = 0.0 if self.main == wanted else OTHER_WAY
        self.similarities = {
            name: similarity(benchmark, profile) for name, benchmark in benchmarks.items()
        }
        self.tasks = {name: benchmark.task for name, benchmark in benchmarks.items()}
        self.protocols = protocol_weights(profile.task)

    def expected(self, entry: Entry, items: Iterable[Item]) -> Expected:
        """The expected standing of one entry, given its standings on benchmarks.

        A normal model: prior N(line + family, model²); each table's mean with variance
        table² + rest²/n, over its similarity; other scales through their correlation. The
        interval is for a new benchmark, so it keeps the variance of a table and a score.
        """
        scale = self.scales.get(self.main)
        if scale is None:
            return Expected(Range(0.0, -Z90, Z90), 0.0, 1.0, "prior", ())
        centre, offset, variance = prior_of(entry, scale)
        found = self._tables(items)
        precision = 1 / variance
        total, weight = offset * precision, precision
        shares: list[tuple[Item, float]] = []
        for table in found.pop(self.main, ()):
            weight += table.precision
            total += table.precision * (table.mean - centre)
            shares += [(item, share * table.precision) for item, share in table.members]
        for name, tables in found.items():
            link = scale.links.get(name, 0.0)
            if link > 0:
                value, p = _through(link, entry, scale, self.scales[name], tables)
                weight += p
                total += p * value
                whole = sum(table.precision for table in tables)
                for table in tables:
                    part = p * table.precision / whole
                    shares += [(item, share * part) for item, share in table.members]
        match = sum(
            slope * x
            for slope, x in zip(
                scale.line.matches, matches_of(entry, self.languages, self.domain), strict=True
            )
        )
        mean = centre + match + total / weight
        rest = scale.variances.table + scale.variances.rest + self.detour
        half = Z90 * sqrt(1 / weight + rest)
        return Expected(
            z=Range(mean, mean - half, mean + half),
            prior=centre + match + offset,
            prior_share=precision / weight,
            basis="published" if shares else "prior",
            items=tuple(Weighted(item, share / weight) for item, share in shares),
        )

    def _tables(self, items: Iterable[Item]) -> dict[str, list[Table]]:
        """Items by scale and by source and task, each table summed up."""
        cells: dict[tuple[str, str, str], list[tuple[Item, float]]] = {}
        similarities, tasks, protocols = self.similarities, self.tasks, self.protocols
        for item in items:
            w = similarities.get(item.benchmark, 0.0) * protocols[item.protocol]
            if w > 0:
                task = tasks[item.benchmark]
                key = scale_of(task, item.protocol), item.source, task
                cells.setdefault(key, []).append((item, w))
        found: dict[str, list[Table]] = {}
        for (name, _, _), members in cells.items():
            scale = self.scales.get(name)
            if scale is not None:
                found.setdefault(name, []).append(_summed(members, scale.variances))
        return found


def _summed(members: Sequence[tuple[Item, float]], variances: Variances) -> Table:
    """A table's mean, and its precision: similarity / (table² + rest²/n)."""
    total = number = mean = similar = 0.0
    for item, w in members:
        total += w * item.weight
        number += item.weight
        mean += w * item.weight * item.z
    similar = total / number
    precision = similar / (variances.table + variances.rest / number)
    return Table(mean / total, precision, [(i, w * i.weight / total) for i, w in members])


def _through(
    link: float, entry: Entry, main: Shipped, other: Shipped, tables: Sequence[Table]
) -> tuple[float, float]:
    """What scores on another scale say here: value and precision of an offset from the line.

    The offsets on both scales are jointly normal with correlation `link`; an offset y there,
    known with variance v, is an observation y·a/(link·b) here of variance
    (v + b²(1 − link²))·(a/(link·b))², where a and b are the spreads of the offsets.
    """
    centre, _, _ = prior_of(entry, other)
    precision = sum(table.precision for table in tables)
    mean = sum(table.precision * table.mean for table in tables) / precision - centre
    here = main.variances.family + main.variances.model
    there = other.variances.family + other.variances.model
    slope = sqrt(here / there) / link
    variance = (1 / precision + there * (1 - link * link)) * slope * slope
    return mean * slope, 1 / variance


def prior_of(entry: Entry, scale: Shipped) -> tuple[float, float, float]:
    """Standing by the line; offset by the family and its variance.

    The variance grows by what unknown facts could have told (`parts.suggested`). A model
    trained from nothing has no line.
    """
    variances = scale.variances
    if not entry.pretrained and entry.modality != "items":
        return UNTRAINED, 0.0, variances.family + variances.model
    sums = scale.families.get(entry.family, (0.0, 0.0))
    told = scale.told.get(entry.id, UNTOLD)
    centre, unknown = suggested(scale.line, entry)
    offset, variance = prior_offset(sums, told, variances)
    return centre, offset, variance + unknown
