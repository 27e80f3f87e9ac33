"""From published scores to the expected standing of a model on a task, with an interval.

The unit is the standard score: 0 is the average model of the evidence on a scale, 1 is one
spread better. What the facts of a model suggest (size, date, data, kind), what others of
its family showed, and its own scores on other benchmarks, each weighted by how much it
resembles the task, are averaged by precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from operator import mul

from msgspec import Struct

from pick_model.belief.expected import Z90, Expected, blended, correlation
from pick_model.belief.facts import facts_of, matches_of
from pick_model.belief.instructions import NOTHING, Lost, lost_by
from pick_model.belief.offsets import Told, borrowed, prior_of, through, told_by
from pick_model.belief.parts import NO_SCORES, Residual, Shipped, member_precision
from pick_model.belief.rows import FROZEN, TUNED, scale_of
from pick_model.belief.similarity import BenchmarkKind, Target, similarity
from pick_model.belief.source_tables import (
    Gathered,
    Key,
    LazyWeights,
    Own,
    OwnTable,
    SourceTable,
    at_the_source,
    precisions,
)
from pick_model.documents.catalog import Benchmark, Entry
from pick_model.documents.names import Basis
from pick_model.interval import Interval

# What one new task adds to what is unknown of a standing, as a share of the variances by which the
# fit tells tables and scores apart. Hidden benchmarks scatter less around what is expected: with
# 1, .7, .5, .35 and .2 the mean log density of their scores (a score, level and unit taken out) is
# −.286, −.271, −.262, −.260 and −.274 over tables, and −.285, −.275, −.271, −.275 and −.300 with
# tables counting as the root of their benchmarks.
OF_A_TASK = 0.5

# One standing of a model as plain numbers: benchmark, protocol and source (numbers into
# `Numbering`), standard score, weight: below 1 for a number that other sources repeat,
# that comes from a noisy source or fits the model's others badly; and the benchmarks it is
# the mean of: those that resemble any task alike may be told as one (`ship.merged`).
Standing = tuple[int, int, int, float, float, int]


class Numbering(Struct, frozen=True):
    """What the numbers of a Standing stand for."""

    benchmarks: Sequence[Benchmark | BenchmarkKind]
    protocols: Sequence[str]
    sources: Sequence[str]


class Outlook:
    """Expected standings on one task: what is the same for all models is worked out once."""

    def __init__(
        self,
        target: Target,
        numbering: Numbering,
        scales: Mapping[tuple[str, str], Shipped],
        standings: Callable[[str], Iterable[Standing]] = lambda _: (),
        own: Own | None = None,
    ) -> None:
        """`standings`: those of an entry by its id, for what base models tell of others. `own`:
        where the task is of the makers of one source themselves."""
        self.target, self.numbering = target, numbering
        self.scales = {n: one for (world, n), one in scales.items() if world == target.world}
        known = sorted(self.scales)
        self.frozen_share = target.frozen_share if known else 0.0
        self.main = FROZEN if self.frozen_share == 1 else target.scale
        for name in (self.main, FROZEN) if self.frozen_share else (self.main,):
            if known and name not in self.scales:
                self.scales[name] = borrowed(self.scales[known[0]], known[0])
        self._standings, self._own = standings, own
        self._bases: dict[tuple[str, str], Residual] = {}  # by id and scale
        self._tables_of_bases: dict[str, dict[tuple[int, int], SourceTable]] = {}
        self._kinds: list[tuple[str, str, str]] = []  # (scale, task, protocol) by number
        self._heard: dict[str, list[tuple[float, int]]] = {}
        self._weights = LazyWeights(self._weighed)

    def _weighed(self, number: int) -> list[tuple[float, int]]:
        """For each protocol: what a score on a benchmark weighs, and the number of its kind."""
        benchmark = self.numbering.benchmarks[number]
        similar = similarity(benchmark, self.target)
        if not similar:
            return [(0.0, 0)] * len(self.numbering.protocols)
        return [(similar * weight, kind) for weight, kind in self._of_task(benchmark.task)]

    def _of_task(self, task: str) -> list[tuple[float, int]]:
        """The same for a benchmark of this task that resembles the target in all else."""
        if task not in self._heard:
            found = self._heard[task] = []
            for protocol in self.numbering.protocols:
                scale = scale_of(task, protocol)
                if scale in self.scales:
                    found.append((self.target.protocols[protocol], len(self._kinds)))
                    self._kinds.append((scale, task, protocol))
                else:
                    found.append((0.0, 0))
        return self._heard[task]

    def expected(self, lineage: Sequence[Entry], scores: Iterable[Standing]) -> Expected:
        """The expected standing of a lineage's first, given its standings on benchmarks."""
        return self._blended(lineage, self._tables(scores))[0]

    def shares(
        self, lineage: Sequence[Entry], scores: Sequence[Standing]
    ) -> list[tuple[Standing, float]]:
        """Each score with its share of the expected standing; the prior has the rest."""
        tables = self._tables(scores)
        _, shares = self._blended(lineage, tables)
        found = []
        for score in scores:
            weight, kind = self._weights[score[0]][score[1]]
            if weight:
                key = kind, score[2]
                part = weight * score[4] / tables[key].total
                found.append((score, shares.get(key, 0.0) * part))
        return found

    def _tables(self, scores: Iterable[Standing]) -> dict[tuple[int, int], SourceTable]:
        """Scores summed up by kind and source."""
        found: dict[tuple[int, int], SourceTable] = {}
        weights = self._weights
        for benchmark, protocol, source, z, n, benchmarks in scores:
            weight, kind = weights[benchmark][protocol]
            if not weight:
                continue
            table = found.get((kind, source))
            if table is None:
                table = found[kind, source] = SourceTable(self._kinds[kind][0])
            w = weight * n
            table.n += benchmarks
            if weight > table.nearest:
                table.nearest = weight
            table.total += w
            table.squares += w * weight
            table.mean += w * z
        for table in found.values():
            table.mean /= table.total
        return found

    def _blended(
        self, lineage: Sequence[Entry], tables: Mapping[tuple[int, int], SourceTable]
    ) -> tuple[Expected, dict[tuple[int, int], float]]:
        """The estimate on the main scale, or between the two that few rows call for."""
        share, known = self.frozen_share, Told(lineage[0], facts_of(lineage), self.scales, tables)
        matches = self._matches(lineage)
        if share in (0.0, 1.0):
            return self._combined(lineage, known, self.main, matches)
        tuned, on_tuned = self._combined(lineage, known, TUNED, matches)
        frozen, on_frozen = self._combined(lineage, known, FROZEN, matches)
        shares = {
            key: (1 - share) * on_tuned.get(key, 0.0) + share * on_frozen.get(key, 0.0)
            for key in sorted(on_tuned.keys() | on_frozen.keys())
        }
        # How much each scale's own scores tell, against what was known before them.
        told = [
            sum(part for key, part in parts.items() if tables[key].scale == scale)
            / expected.prior_share
            for scale, expected, parts in (
                (TUNED, tuned, on_tuned),
                (FROZEN, frozen, on_frozen),
            )
        ]
        link = max(
            self.scales[one].links.get(other, 0.0)
            for one, other in ((TUNED, FROZEN), (FROZEN, TUNED))
        )
        alike = correlation(link, *told)
        return blended(tuned, frozen, share, alike, sum(tables[key].n for key in shares)), shares

    def _combined(
        self, lineage: Sequence[Entry], told: Told, main: str, matches: Sequence[float]
    ) -> tuple[Expected, dict[tuple[int, int], float]]:
        """The estimate on one scale, and the share of each table in it.

        A normal model: prior N(line + family, model²); each table's mean with variance
        table² + rest²/n, over its similarity; other scales through their correlation. A new
        benchmark adds the variance of a table and a score. Where the text alone is read, what
        scores were taken with is lost (`instructions`).
        """
        scale = self.scales.get(main)
        if scale is None:
            nothing = Interval(0.0, -Z90, Z90)
            return Expected(nothing, nothing, 0.0, 1.0, "prior", 0), {}
        variances = scale.variances
        centre, offset, variance = told.prior(main)
        lost = lost_by(lineage[0], self.target) if main == FROZEN else NOTHING
        base = self._base(lineage, main)
        if base.precision and main == FROZEN and not lost.mean:
            # What the base was scored with its child may never have had.
            of_base = lost_by(lineage[1], self.target)
            precise = 1 / (1 / base.precision + of_base.sd**2)
            base = Residual(base.offset - of_base.mean, precise)
        if base.precision:
            p = member_precision(base, variances)
            offset = (offset / variance + p * base.offset) / (1 / variance + p)
            variance = 1 / (1 / variance + p)
        prior = weight = 1 / variance
        total = offset * weight
        shares: dict[tuple[int, int], float] = {}
        own = self._own_tables(told.tables.get(main, {}))
        for key, p in told.each(main).items():
            if key not in own:
                shares[key] = p
                weight += p
                total += p * (told.all[key].mean - centre)
        for name in told.tables:
            link = scale.links.get(name, 0.0) if name != main else 0.0
            if link > 0:
                value, p, parts = through(link, told, main, name)
                weight += p
                total += p * value
                shares.update(parts)
        rest = OF_A_TASK * (variances.table + variances.rest)
        over_many = 1 / (weight + sum(told.each(main)[key] for key in own))
        here = over_many
        if own:
            found = Gathered(total, weight, prior, shares)
            total, weight, prior, shares = at_the_source(found, own, centre, variances, OF_A_TASK)
            here, rest = 1 / weight, OF_A_TASK * variances.rest
        if own and self._own:
            part = sum(shares[key] for key in own) / weight
            here += part**2 * self._own.unsure.get(lineage[0].id, 0.0)
            over_many = min(over_many, here)  # over many tasks of one's own
        centre += in_common(scale, matches, lost)
        mean = centre + total / weight
        here, over_many = here + lost.sd**2, over_many + lost.sd**2
        half, sure = Z90 * sqrt(here + rest), Z90 * sqrt(over_many)
        expected = Expected(
            z=Interval(mean, mean - half, mean + half),
            standing=Interval(mean, mean - sure, mean + sure),
            prior=centre + offset,
            prior_share=prior / weight,
            basis=basis_of(shares, self._own),
            n_items=sum(told.all[key].n for key in shares),
        )
        return expected, {key: share / weight for key, share in shares.items()}

    def on_scale(self, lineage: Sequence[Entry], main: str) -> Expected:
        """The expected standing of a lineage's first on one scale, however the target mixes them,
        by its standings on benchmarks."""
        tables = self._tables(self._standings(lineage[0].id))
        told = Told(lineage[0], facts_of(lineage), self.scales, tables)
        return self._combined(lineage, told, main, self._matches(lineage))[0]

    def of_the_task(self, lineage: Sequence[Entry], main: str) -> float:
        """What a standing on the task has that those on benchmarks are told without: what model
        and task have in common, and what scores on the scale were taken with."""
        lost = lost_by(lineage[0], self.target) if main == FROZEN else NOTHING
        return in_common(self.scales[main], self._matches(lineage), lost)

    def _own_tables(self, tables: Mapping[Key, SourceTable]) -> dict[Key, OwnTable]:
        """Those of the target's own source."""
        if self._own is None:
            return {}
        source, protocol, _ = self._own
        of_the_target = self.target.task, protocol
        return {
            key: OwnTable(table, self._kinds[key[0]][1:] == of_the_target)
            for key, table in tables.items()
            if key[1] == source
        }

    def _matches(self, lineage: Sequence[Entry]) -> tuple[float, ...]:
        """What the model and the task's data have in common, in the order of facts.MATCHES."""
        entry = lineage[0]
        found = matches_of(lineage, self.target.languages, self.target.domain, self.target.task)
        if self.target.languages and entry.languages is None and entry.pretrained:
            return *found[:2], 1.0, *found[3:]  # of languages nobody told, as of foreign ones
        return found

    def _base(self, lineage: Sequence[Entry], main: str) -> Residual:
        """What the scores of a model's base tell of its own offset, by how they resemble the task.

        A model is taken to differ from its base as much as from its family, whatever that is
        called: with half or twice the variance the back-test is the same to .002 of tau. A base
        that is good at another task, or in another language, does not make its children good at
        this one: source hidden, the mean tau over benchmarks is .532, and .521 with all scores
        of the base alike (over tables .576 both).
        """
        scale = self.scales[main]
        if len(lineage) == 1 or not lineage[0].pretrained or lineage[1].id not in scale.residuals:
            return NO_SCORES
        base = lineage[1]
        found = self._bases.get((base.id, main))
        if found is None:
            tables = self._tables_of_bases.get(base.id)
            if tables is None:
                tables = self._tables(self._standings(base.id))
                self._tables_of_bases[base.id] = tables
            here = {key: table for key, table in tables.items() if table.scale == main}
            centre, _, _ = prior_of(base, facts_of(lineage[1:]), scale)
            found = told_by(here, precisions(here, scale.variances), centre)
            self._bases[base.id, main] = found
        return found


def in_common(scale: Shipped, matches: Sequence[float], lost: Lost) -> float:
    """What a model's standing on one task has beside that on any: what the two have in common,
    less what its scores were taken with and the task does without."""
    return sum(map(mul, scale.line.matches, matches), -lost.mean)


def basis_of(shares: Iterable[Key], own: Own | None) -> Basis:
    """What an expected standing rests on beside the prior; on the user's own scores alone where
    none was published."""
    if not shares:
        return "prior"
    mine = own is not None and all(source == own.source for _, source in shares)
    return "measured" if mine else "published"
