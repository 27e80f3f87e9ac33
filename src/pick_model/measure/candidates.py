"""Models that a user names, as the belief knows them: entries of the catalog, or made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pick_model import record
from pick_model.catalog.catalog import Catalog, Entries
from pick_model.catalog.draft.unlisted import entry_from_folder, entry_from_hub
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.encoders.resolve import ModelRef, download
from pick_model.errors import PickModelError


class Candidates(NamedTuple):
    """What may be measured."""

    catalog: Catalog  # with an entry for each checkpoint that it did not know
    refs: Mapping[str, ModelRef]  # by entry
    own: frozenset[str]  # entries made here
    faults: Mapping[str, PickModelError]  # names that nothing can be made of


def named(
    refs: Sequence[ModelRef], catalog: Catalog, profile: Profile, *, offline: bool = False
) -> Candidates:
    """Entries of the models named, under their names.

    A checkpoint without one gets what its configuration and the heads of its weights tell:
    kind, size and shape; that it is meant for this task and its languages is the user's word,
    who named it for them.
    """
    found: dict[str, ModelRef] = {}
    own: dict[str, Entry] = {}
    faults: dict[str, PickModelError] = {}
    for ref in refs:
        entry = catalog.get(ref.name) if ref.folder is None or ref.catalogued else None
        if entry is not None:
            found[entry.id] = ref
            continue
        try:
            own[ref.name] = drafted(ref, catalog, profile, offline)
        except PickModelError as fault:
            faults[ref.name] = fault
            continue
        found[ref.name] = ref
    entries = Entries({**catalog.entries.changed(), **own})
    return Candidates(record.replace(catalog, entries=entries), found, frozenset(own), faults)


def drafted(ref: ModelRef, catalog: Catalog, profile: Profile, offline: bool) -> Entry:
    """The entry of a checkpoint that no catalog holds: of its folder, of its copy on this
    machine, or of the Hub's. Raises InputError, EnvironmentProblem."""
    folder = ref.folder
    if folder is None:
        try:
            folder, _ = download(ref, False, False, offline=True)
        except PickModelError:
            if offline:
                raise
    if folder is not None:
        entry = entry_from_folder(folder, catalog)
    else:
        entry = entry_from_hub(ref.hub_repo or ref.name, catalog, revision=ref.revision)
    tasks = dict.fromkeys((*entry.tasks, profile.task))
    return record.replace(
        entry, id=ref.name, tasks=tuple(tasks), languages=tuple(profile.languages)
    )


def of_catalog(catalog: Catalog, ids: Sequence[str]) -> dict[str, ModelRef]:
    """Where the Hub has these entries; those without a repository are left out."""
    found = {}
    for name in ids:
        entry = catalog.entries[name]
        if entry.hub_repo is not None:
            found[name] = ModelRef(name=name, hub_repo=entry.hub_repo, revision=entry.revision)
    return found
