"""Candidates that a later version of theirs outdoes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from pick_model.advise.criteria import ANCHORS
from pick_model.advise.rank import Scored
from pick_model.advise.robustness import HAIR
from pick_model.catalog.catalog import Catalog
from pick_model.cost.estimate import Costs
from pick_model.documents.catalog import Entry
from pick_model.vocabulary.licenses import strictness

# Costs of which a criterion says nothing more from some amount on: all beyond it is worth nothing.
_ENDLESS = ("training_hours", "latency_ms", "disk_gib")


def outdone(
    scored: Iterable[Scored],
    catalog: Catalog,
    named: Collection[str],
    points: Mapping[str, float] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Candidates that later versions outdo, and which, the nearest first.

    A later version outdoes one of which no more is expected, that is better in no criterion by more
    than a hair, and whose licence allows no more: whatever the weights, it is no choice that its
    makers have replaced. None of `named` is outdone, which somebody has asked for or measured.

    `points`: the expected score of each candidate, where they are ranked by what points are worth
    less what hours cost; there a later version may have no fewer points and no more hours.
    """
    by_id = {one.entry.id: one for one in scored}
    found = {}
    for name, one in by_id.items():
        if one.entry.superseded_by is None or name in named:
            continue
        later = (by_id.get(entry.id) for entry in _later(one.entry, catalog))
        better = tuple(x.entry.id for x in later if x is not None and _outdoes(x, one, points))
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


def _outdoes(later: Scored, older: Scored, points: Mapping[str, float] | None) -> bool:
    if later.expected.z.value < older.expected.z.value or _dearer(later.costs, older.costs):
        return False
    if points and (
        points[later.entry.id] < points[older.entry.id] or _longer(later.costs, older.costs)
    ):
        return False
    pairs = zip(later.values, older.values, strict=True)
    no_worse = all(a.value >= b.value - HAIR for a, b in pairs)
    return no_worse and _strictness(later.entry) <= _strictness(older.entry)


def _dearer(later: Costs, older: Costs) -> bool:
    """Whether a cost is higher and beyond what its criterion tells apart."""
    for name in _ENDLESS:
        now, before = getattr(later, name), getattr(older, name)
        known = now is not None and before is not None
        if known and now.value > max(before.value, ANCHORS[name].worth_0):
            return True
    return False


def _longer(later: Costs, older: Costs) -> bool:
    """Whether more hours of training are to be paid; unknown ones cost what the dearest's do."""
    now, before = later.training_hours, older.training_hours
    if before is None:
        return False
    return now is None or now.value > before.value


def _strictness(entry: Entry) -> int:
    return max(map(strictness, entry.licenses))
