"""What the back-test hides at once.

Whoever has a task has a new data set, labelled in a place that nobody published from. So the
strictest fold hides both: every score of the source that is predicted, and its data set under
every name that others measured it by. Hiding the data set alone leaves the source's other
tables, made with the same recipe: a user has more published sources than the first leaves, and
none as near as the second's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pick_model.backtest.evidence import Evidence
from pick_model.belief.rows import Group

# Data sets, or families, are hidden so many at a time; each data set of one table falls into
# another fold as far as there are folds, so a table loses hardly more than the one. Of a
# hidden source, the data sets that others measured too are hidden in so many parts.
FOLDS = {"dataset": 12, "family": 12, "source": 4}


class Fold(NamedTuple):
    """Rows to hide at once, and the groups to predict, with the models to predict in each."""

    hidden: set[int]
    groups: list[tuple[Group, tuple[int, ...]]]  # group, indices into its members


def to_predict(evidence: Evidence, least: int, source: str | None = None) -> list[Group]:
    """Every group of `least` models that speak its languages, of one source or all.

    `recommend` rejects the others, so nobody who has the task is advised about them.
    """
    return [
        group
        for group in evidence.spoken
        if source in (None, group.source)
        and len({member.entry for member in group.members}) >= least
        and len({member.score for member in group.members}) > 1
    ]


def folds(evidence: Evidence, hide: str, least: int, source: str | None = None) -> Iterator[Fold]:
    """Folds that between them predict every group of `least` models, of one source or all."""
    groups = to_predict(evidence, least, source)
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
    for names in _dealt(list(order), FOLDS["dataset"]):
        yield _fold(evidence, groups, names, set())


def _by_source(evidence: Evidence, groups: Sequence[Group]) -> Iterator[Fold]:
    """Each source without all it tells, and without what others tell of its data sets.

    Data sets that nobody else measured need no fit of their own.
    """
    rows, datasets = evidence.rows, evidence.datasets
    for source in sorted({group.source for group in groups}):
        own = {position for position, row in enumerate(rows) if row.source == source}
        others = {datasets[row.benchmark] for row in rows if row.source != source}
        told = [group for group in groups if group.source == source]
        names = sorted({datasets[group.benchmark] for group in told})
        shared = [name for name in names if name in others]
        parts = _dealt(shared, FOLDS["source"])
        alone = set(names) - set(shared)
        for part in [*parts, alone] if alone else parts:
            yield _fold(evidence, told, part, own)


def _dealt(names: Sequence[str], parts: int) -> list[set[str]]:
    """Names dealt out to at most so many parts."""
    return [set(names[part::parts]) for part in range(min(parts, len(names)))]


def _fold(evidence: Evidence, groups: Sequence[Group], names: set[str], own: set[int]) -> Fold:
    """The groups of some data sets, without any score on these, and without some more rows."""
    datasets = evidence.datasets
    hidden = {p for p, row in enumerate(evidence.rows) if datasets[row.benchmark] in names}
    told = [group for group in groups if datasets[group.benchmark] in names]
    return Fold(hidden | own, [(group, tuple(range(len(group.members)))) for group in told])


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
