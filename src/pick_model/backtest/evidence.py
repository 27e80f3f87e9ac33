"""The evidence of a back-test, and the fit of what is not hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from pick_model.belief.broken import sound
from pick_model.belief.copies import same_data
from pick_model.belief.facts import is_foreign
from pick_model.belief.fit import Prepared, drawn_to, fit_scale, prepare
from pick_model.belief.learn_crossover import rows_trained_on
from pick_model.belief.level import Place
from pick_model.belief.load import load_fit
from pick_model.belief.outlook import Numbering, Standing
from pick_model.belief.parts import Shipped
from pick_model.belief.places import places
from pick_model.belief.rows import Group, by_scale, gather
from pick_model.belief.scales import Scale
from pick_model.belief.ship import shipped
from pick_model.belief.similarity import PROTOCOL_WEIGHTS, Target, target_of_benchmark
from pick_model.documents.catalog import Benchmark, Entry, Score
from pick_model.record import replace

Key = tuple[str, str]


class Evidence:
    """Scores with all that is needed to fit them, in whole or in part."""

    def __init__(
        self,
        rows: Sequence[Score],
        entries: Mapping[str, Entry],
        benchmarks: Mapping[str, Benchmark],
    ) -> None:
        self.rows, self.entries, self.benchmarks = rows, entries, benchmarks
        # Two numbers of some hundred groups: learnt on all of them, whatever is hidden.
        self.crossover = load_fit().crossover
        self.scaled = by_scale(sound(rows, entries, benchmarks), benchmarks)
        self.groups = {key: gather(some, benchmarks) for key, some in self.scaled.items()}
        self.groups = {key: groups for key, groups in self.groups.items() if groups}
        self.datasets = same_data(rows)
        self.names = sorted({row.benchmark for row in rows})
        self.numbering = Numbering(
            [benchmarks[name] for name in self.names],
            list(PROTOCOL_WEIGHTS),
            sorted({row.source for row in rows}),
        )
        numbers = (
            {name: index for index, name in enumerate(names)}
            for names in (self.names, self.numbering.protocols, self.numbering.sources)
        )
        of_benchmark, of_protocol, of_source = numbers
        # Standings of one model on one benchmark, under one protocol and source, are one cell.
        where = [
            (
                row.entry,
                of_benchmark[row.benchmark],
                of_protocol[row.protocol],
                of_source[row.source],
            )
            for row in rows
        ]
        self.cells = sorted(set(where))
        self.cells_of: dict[str, range] = {}  # each entry's cells stand together
        for index, (name, *_) in enumerate(self.cells):
            self.cells_of[name] = range(self.cells_of.get(name, range(index, 0)).start, index + 1)
        number = {place: index for index, place in enumerate(self.cells)}
        self.cell_of_row = np.array([number[place] for place in where])  # (rows,)
        self._prepared: dict[Key, Prepared] = {}
        self._whole: dict[Key, Scale] = {}

    @cached_property
    def spoken(self) -> list[Group]:
        """Every group without the models that do not read its benchmark's languages."""
        return [self._spoken(group) for some in self.groups.values() for group in some]

    def _spoken(self, group: Group) -> Group:
        benchmark = self.benchmarks[group.benchmark]
        members = tuple(
            member
            for member in group.members
            if not is_foreign(self.entries[member.entry], benchmark.languages)
        )
        return group if len(members) == len(group.members) else replace(group, members=members)

    def target(self, group: Group) -> Target:
        """What standings are expected on, as a user's profile of the group's task says it.

        Where the rows are known they count as a profile's do.
        """
        benchmark = self.benchmarks[group.benchmark]
        n_rows = rows_trained_on(self.rows[group.members[0].position], benchmark)
        share = self.crossover.frozen_share(n_rows) if n_rows else 0.0
        return target_of_benchmark(benchmark, group.protocol, share)

    def whole(self, key: Key) -> Scale:
        """The fit of one scale on everything."""
        if key not in self._whole:
            drawn = self._drawn[key]
            self._whole[key] = fit_scale(self.groups[key], self._sums(key), drawn)
        return self._whole[key]

    @cached_property
    def _drawn(self) -> dict[Key, np.ndarray[Any, np.dtype[Any]]]:
        return drawn_to({key: self._sums(key) for key in self.groups})

    def _sums(self, key: Key) -> Prepared:
        if key not in self._prepared:
            self._prepared[key] = prepare(self.groups[key], self.entries, self.benchmarks)
        return self._prepared[key]

    def without(self, hidden: set[int], worlds: set[str]) -> Fitted:
        """The fit of some worlds without the rows at these positions.

        Scales that hold none of them stay as they are, and so does what their matches are drawn to.
        """
        left: dict[Key, list[Group]] = {}
        sums: dict[Key, Prepared] = {}
        untouched = set()
        for key, groups in self.groups.items():
            if key[0] not in worlds:
                continue
            touched = {
                index
                for index, group in enumerate(groups)
                if any(member.position in hidden for member in group.members)
            }
            if not touched:
                untouched.add(key)
                left[key], sums[key] = groups, self._sums(key)
            elif all(m.position in hidden for i in touched for m in groups[i].members):
                kept = [i for i in range(len(groups)) if i not in touched]
                design, moments = self._sums(key)
                left[key] = [groups[i] for i in kept]
                sums[key] = design, [moments[i] for i in kept]
            else:
                rows = ((p, row) for p, row in self.scaled[key] if p not in hidden)
                left[key] = gather(rows, self.benchmarks)
                if left[key]:
                    sums[key] = prepare(left[key], self.entries, self.benchmarks)
        left = {key: groups for key, groups in left.items() if groups}
        drawn = drawn_to({key: sums[key] for key in left})
        scales = {
            key: self.whole(key) if key in untouched else fit_scale(groups, sums[key], drawn[key])
            for key, groups in left.items()
        }
        return Fitted(self, scales, left)


class Fitted:
    """A fit, and what it says of each model and of each group's metric."""

    def __init__(
        self,
        evidence: Evidence,
        scales: Mapping[Key, Scale],
        groups: Mapping[Key, Sequence[Group]],
    ) -> None:
        self.groups = [group for some in groups.values() for group in some]
        self._evidence, self._standards = evidence, [one.standards for one in scales.values()]
        self.scales: dict[Key, Shipped] = shipped(scales, evidence.entries)
        n = len(evidence.cells)
        total, weight = np.zeros(n), np.zeros(n)  # of the standings in a cell
        for one in self._standards:
            cell = evidence.cell_of_row[one.rows]
            total += np.bincount(cell, one.weight * one.z, n)
            weight += np.bincount(cell, one.weight, n)
        self._total, self._weight = total, weight
        self._scores: dict[str, list[Standing]] = {}

    def scores(self, entry: str) -> list[Standing]:
        """Where a model stands on each benchmark that is left."""
        if entry not in self._scores:
            cells = self._evidence.cells_of.get(entry, range(0))
            weights = self._weight[cells.start : cells.stop].tolist()
            self._scores[entry] = [
                (*self._evidence.cells[cell][1:], float(self._total[cell]) / weight, weight, 1)
                for cell, weight in zip(cells, weights, strict=True)
                if weight
            ]
        return self._scores[entry]

    @cached_property
    def places(self) -> list[Place]:
        """Level and scale of each group that is left."""
        standards = {
            row: z
            for one in self._standards
            for row, z in zip(one.rows.tolist(), one.z.tolist(), strict=True)
        }
        return places(self.groups, self._evidence.rows, standards)
