"""What an overlay may not say, because nothing would show it afterwards.

A schema sees one field at a time. These look at a whole entry, and at what an entry is to the
others of the catalog: names that mean two models, lineages that run round or lead nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pick_model.catalog.catalog import Catalog, names_of
from pick_model.catalog.validate.context import value_at
from pick_model.catalog.validate.dates import day_exists
from pick_model.catalog.validate.facts import RANGES
from pick_model.documents.catalog import Entry
from pick_model.errors import Location, SchemaError, did_you_mean, slip
from pick_model.words.message import Message
from pick_model.words.say import message


class Doubt(NamedTuple):
    """Something wrong in one entry: the field, dotted, what, and what to write."""

    field: str
    message: Message
    hint: Message | None = None


def doubts(entry: Entry, catalog: Catalog) -> Iterator[Doubt]:
    """What is wrong in one entry that is laid over a catalog."""
    for name, (_, high) in RANGES.items():
        value = value_at(entry, name)
        if value is not None and value > high:
            yield Doubt(
                name,
                message("value-cannot-be", name=name, given=value),
                message("at-most", high=high),
            )
    if entry.release_date is not None and not day_exists(entry.release_date):
        yield Doubt("release_date", message("no-day-of-calendar", date=entry.release_date))
    for word in entry.domains:
        known = catalog.domains
        near = None if word in known else slip(word, known)
        if near:
            yield Doubt(
                "domains",
                message("unknown-domain", word=word),
                message("did-you-mean", guess=near),
            )


def check_together(
    before: Catalog, after: Catalog, places: Mapping[str, Location], added: frozenset[str]
) -> None:
    """Names mean one model each, and base models and successors are entries in a line.

    places: where each entry that the overlays touched stands. added: those they brought.
    Raises SchemaError for the first that is wrong.
    """
    _check_names(before, after, places, added)
    for entry_id, where in places.items():
        if entry_id not in after.entries:
            continue  # banned since
        for name in ("base_model", "superseded_by"):
            _check_line(after, entry_id, name, where)


def _check_names(
    before: Catalog, after: Catalog, places: Mapping[str, Location], added: frozenset[str]
) -> None:
    taken = {name.lower(): i for name, i in before.entries.names() if i in after.entries}
    taken |= {
        entry_id.lower(): entry_id for entry_id in before.entries if entry_id in after.entries
    }
    for entry_id, where in places.items():
        entry = after.entries.get(entry_id)
        if entry is None:
            continue  # banned since
        held = set() if entry_id in added else set(names_of(before.entries[entry_id]))
        new = [name for name in names_of(entry) if name not in held]
        for name in [entry_id, *new] if entry_id in added else new:
            owner = taken.get(name.lower())
            if owner is not None and owner != entry_id:
                raise SchemaError(
                    message("name-taken", entry_id=entry_id, name=name, owner=owner),
                    location=where,
                    hint=None if owner in added else message("use-corrections-of", owner=owner),
                )
            if name != entry.hub_repo:  # one repository may hold several models of an overlay
                taken[name.lower()] = entry_id


def _check_line(catalog: Catalog, entry_id: str, name: str, where: Location) -> None:
    line = [entry_id]
    while (following := getattr(catalog.entries[line[-1]], name)) is not None:
        if following in catalog.banned:
            return
        if following not in catalog.entries:
            if len(line) > 1:
                return  # said where that entry stands
            raise SchemaError(
                message("base-names-no-entry", entry_id=entry_id, name=name, following=following),
                location=where,
                hint=did_you_mean(following, catalog.entries),
            )
        if following in line:
            shown = " -> ".join([*line[line.index(following) :], following])
            raise SchemaError(
                message("entries-in-circle", entry_id=entry_id, name=name, shown=shown),
                location=where,
            )
        line.append(following)
