"""Candidates that a later version of theirs outdoes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pick_model.advise.rank import Scored
from pick_model.advise.robustness import HAIR
from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Entry
from pick_model.vocabulary.licenses import strictness


def outdone(
    scored: Iterable[Scored], catalog: Catalog, named: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Candidates that later versions outdo, and which, the nearest first.

    A later version outdoes one of which no more is expected, that is better in no criterion by more
    than a hair, and whose licence allows no more: whatever the weights, it is no choice that its
    makers have replaced. None of `named` is outdone, which somebody has asked for or measured.
    """
    by_id = {one.entry.id: one for one in scored}
    found = {}
    for name, one in by_id.items():
        if one.entry.superseded_by is None or name in named:
            continue
        later = (by_id.get(entry.id) for entry in _later(one.entry, catalog))
        better = tuple(x.entry.id for x in later if x is not None and _outdoes(x, one))
        if better:
            found[name] = better
    return found


def _later(entry: Entry, catalog: Catalog) -> Iterator[Entry]:
    """The versions after an entry, in turn, up to one that is banned."""
    later: Entry | None = entry
    while later is not None and later.superseded_by is not None:
        later = catalog.entries.get(later.superseded_by)
        if later is not None:
            yield later


def _outdoes(later: Scored, older: Scored) -> bool:
    if later.expected.z.value < older.expected.z.value:
        return False
    pairs = zip(later.values, older.values, strict=True)
    no_worse = all(a.value >= b.value - HAIR for a, b in pairs)
    return no_worse and _strictness(later.entry) <= _strictness(older.entry)


def _strictness(entry: Entry) -> int:
    return max(map(strictness, entry.licenses))
