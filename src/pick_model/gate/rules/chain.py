"""What a model was made from, as far as the catalog tells, and where its telling ends."""

from __future__ import annotations

from typing import NamedTuple

from pick_model.catalog.model import Catalog
from pick_model.documents.catalog import Entry


class Chain(NamedTuple):
    """The base models of one entry."""

    bases: tuple[Entry, ...]  # nearest first
    missing: str | None = None  # the base model where the catalog ends
    broken: str | None = None  # why what lies beyond the last is unknown; None: nothing does


def chain_of(entry: Entry, catalog: Catalog) -> Chain:
    """Every base model, however long the chain is.

    Unlike `Catalog.lineage`, which serves estimates and may stop anywhere, this one says how it
    ends: a licence or a ban beyond the end must not be lost.
    """
    seen = {entry.id}
    bases: list[Entry] = []
    last = entry
    while last.base_model is not None:
        base = catalog.entries.get(last.base_model)
        if base is None:
            reason = catalog.banned.get(last.base_model)
            told = f"is banned by an overlay: {reason}" if reason else "is not in the catalog"
            broken = f"{last.id} was made from {last.base_model}, which {told}"
            return Chain(tuple(bases), last.base_model, broken)
        if base.id in seen:
            broken = f"its base models run in a circle: {last.id} was made from {base.id}"
            return Chain(tuple(bases), None, broken)
        seen.add(base.id)
        bases.append(base)
        last = base
    return Chain(tuple(bases))
