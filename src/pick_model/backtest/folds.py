"""What the back-test hides at once, and the fit without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pick_model.belief.broken import sound
from pick_model.belief.copies import repeated_elsewhere, same_data
from pick_model.belief.expected import Numbering, Standing
from pick_model.belief.fit import fit_scale
from pick_model.belief.parts import Shipped
from pick_model.belief.prior import Design, Moments
from pick_model.belief.rows import Group, by_scale, gather
from pick_model.belief.scales import Scale, aligned
from pick_model.belief.ship import shipped
from pick_model.belief.similarity import PROTOCOL_WEIGHTS
from pick_model.documents.catalog import Benchmark, Entry, Score

# Data sets, or families, are hidden so many at a time; each data set of one table falls into
# another fold as far as there are folds, so a table loses hardly more than the one.
FOLDS = {"dataset": 24, "family": 12}

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
        places = [
            (
                row.entry,
                of_benchmark[row.benchmark],
                of_protocol[row.protocol],
                of_source[row.source],
            )
            for row in rows
        ]
        self.cells = sorted(set(places))
        number = {place: index for index, place in enumerate(self.cells)}
        self.cell_of_row = np.array([number[place] for place in places])  # (rows,)
        self._prepared: dict[Key, tuple[Design, list[Moments]]] = {}
        self._whole: dict[Key, Scale] = {}

    def whole(self, key: Key) -> Scale:
        """The fit of one scale on everything."""
        if key not in self._whole:
            self._whole[key] = fit_scale(
                self.groups[key], self.entries, self.benchmarks, self._design(key)
            )
        return self._whole[key]

    def _design(self, key: Key) -> tuple[Design, list[Moments]]:
        if key not in self._prepared:
            design = Design(self.groups[key], self.entries, self.benchmarks)
            moments = [design.moments(group) for group in self.groups[key]]
            self._prepared[key] = design, moments
        return self._prepared[key]

    def without(self, hidden: set[int], worlds: set[str]) -> Fitted:
        """The fit of some worlds without the rows at these positions."""
        scales: dict[Key, Scale] = {}
        kept_groups: list[Group] = []
        for key, groups in self.groups.items():
            if key[0] not in worlds:
                continue
            touched = [
                index
                for index, group in enumerate(groups)
                if any(member.position in hidden for member in group.members)
            ]
            if not touched:
                scales[key] = self.whole(key)
                kept_groups += groups
                continue
            gone = set(touched)
            if all(m.position in hidden for i in touched for m in groups[i].members):
                kept = [i for i in range(len(groups)) if i not in gone]
                left = [groups[i] for i in kept]
                design, moments = self._design(key)
                prepared = design, [moments[i] for i in kept]
            else:
                left = gather(
                    ((p, row) for p, row in self.scaled[key] if p not in hidden), self.benchmarks
                )
                prepared = None
            if left:
                part = fit_scale(left, self.entries, self.benchmarks, prepared)
                scales[key] = aligned(part, self.whole(key))
                kept_groups += left
        return Fitted(self, scales, kept_groups)


class Fitted:
    """A fit, and the scores of each model that it rests on."""

    def __init__(
        self, evidence: Evidence, scales: Mapping[Key, Scale], groups: Sequence[Group]
    ) -> None:
        self.groups = groups
        self.scales: dict[Key, Shipped] = shipped(scales, evidence.entries)
        self.scores: dict[str, list[Standing]] = {}
        n = len(evidence.cells)
        total, weight = np.zeros(n), np.zeros(n)
        for scale in scales.values():
            cell = evidence.cell_of_row[scale.standards.rows]
            total += np.bincount(cell, scale.standards.weight * scale.standards.z, n)
            weight += np.bincount(cell, scale.standards.weight, n)
        for index in np.flatnonzero(weight).tolist():
            entry, *place = evidence.cells[index]
            share = float(weight[index])
            score = (*place, float(total[index]) / share, share)
            self.scores.setdefault(entry, []).append(score)


class Fold(NamedTuple):
    """Rows to hide at once, and the groups to predict, with the models to predict in each."""

    hidden: set[int]
    groups: list[tuple[Group, tuple[int, ...]]]  # group, indices into its members


def folds(evidence: Evidence, hide: str, least: int, source: str | None = None) -> Iterator[Fold]:
    """Folds that between them predict every group of `least` models, of one source or all."""
    groups = [
        group
        for some in evidence.groups.values()
        for group in some
        if len({member.entry for member in group.members}) >= least
        and source in (None, group.source)
    ]
    if hide == "dataset":
        yield from _by_dataset(evidence, groups)
    elif hide == "source":
        yield from _by_source(evidence, groups)
    else:
        yield from _by_family(evidence, groups)


def _by_dataset(evidence: Evidence, groups: Sequence[Group]) -> Iterator[Fold]:
    order: dict[str, None] = {}
    for group in sorted(groups, key=lambda g: (g.source, g.protocol, g.benchmark)):
        order.setdefault(evidence.datasets[group.benchmark])
    number = {name: index % FOLDS["dataset"] for index, name in enumerate(order)}
    for fold in range(min(FOLDS["dataset"], len(order))):
        names = {name for name, n in number.items() if n == fold}
        hidden = {
            position
            for position, row in enumerate(evidence.rows)
            if evidence.datasets[row.benchmark] in names
        }
        yield Fold(
            hidden,
            [
                (group, tuple(range(len(group.members))))
                for group in groups
                if evidence.datasets[group.benchmark] in names
            ],
        )


def _by_source(evidence: Evidence, groups: Sequence[Group]) -> Iterator[Fold]:
    rows = dict(enumerate(evidence.rows))
    for source in sorted({group.source for group in groups}):
        own = {position for position, row in rows.items() if row.source == source}
        others = {position: row for position, row in rows.items() if position not in own}
        hidden = own | repeated_elsewhere((rows[position] for position in sorted(own)), others)
        yield Fold(
            hidden,
            [(g, tuple(range(len(g.members)))) for g in groups if g.source == source],
        )


def _by_family(evidence: Evidence, groups: Sequence[Group]) -> Iterator[Fold]:
    entries = evidence.entries
    families = sorted({entries[m.entry].family for group in groups for m in group.members})
    for fold in range(min(FOLDS["family"], len(families))):
        names = set(families[fold :: FOLDS["family"]])
        hidden = {
            position
            for position, row in enumerate(evidence.rows)
            if entries[row.entry].family in names
        }
        chosen = []
        for group in groups:
            members = tuple(
                i for i, m in enumerate(group.members) if entries[m.entry].family in names
            )
            if members:
                chosen.append((group, members))
        yield Fold(hidden, chosen)
