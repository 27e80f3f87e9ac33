"""What a model was made from, as far as the catalog tells, and where its telling ends."""

from __future__ import annotations

from typing import NamedTuple

from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Entry
from pick_model.words.message import Message
from pick_model.words.say import message


class Chain(NamedTuple):
    """The base models of one entry."""

    bases: tuple[Entry, ...]  # nearest first
    missing: str | None = None  # the base model where the catalog ends
    broken: Message | None = None  # why what lies beyond the last is unknown; None: nothing does


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
            model, missing = last.id, last.base_model
            broken = message("base-not-in-catalog", model=model, base=missing)
            if reason:
                broken = message("base-banned-by-overlay", model=model, base=missing, reason=reason)
            return Chain(tuple(bases), last.base_model, broken)
        if base.id in seen:
            broken = message("bases-in-circle", model=last.id, base=base.id)
            return Chain(tuple(bases), None, broken)
        seen.add(base.id)
        bases.append(base)
        last = base
    return Chain(tuple(bases))
