"""What else stands in the way of a model that one limit keeps out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pick_model.advise.constraints import FACT_CHECKS, Broken, Rejection, over_limits
from pick_model.catalog.catalog import Catalog
from pick_model.cost.estimate import estimate
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.record import replace
from pick_model.vocabulary.languages import served_by
from pick_model.words.message import Message
from pick_model.words.say import message

# Costs are estimated of the nearest until so many are known to break no other limit: as many as a
# terminal lists, and the start waits for no more.
ENOUGH = 5
# Limits of what training takes: it takes less the way in which a model would fit the machine.
OF_TRAINING = ("max_training_memory_gib", "max_training_hours")


def with_the_rest(
    rejections: Sequence[Rejection], catalog: Catalog, profile: Profile
) -> list[Rejection]:
    """Near misses with the other limits that they break, those that break none first.

    rejections: the nearest first, as `nearest_first` has them; their order is kept otherwise.
    """
    alone: list[Rejection] = []
    others: list[Rejection] = []
    for one in rejections:
        # Of those for other tasks, which are most of the catalog, no entry is read.
        near = one.broken.near_miss
        entry = catalog.entries.get(one.id) if near is not None else None
        if near is None or entry is None:
            others.append(one)
            continue
        rest = tuple(dict.fromkeys(_others(one.broken, entry, profile, costed=len(alone) < ENOUGH)))
        if rest:
            told = message("near-and-more", what=near, others=rest)
            others.append(replace(one, broken=one.broken._replace(near_miss=told)))
        else:
            alone.append(one)
    return alone + others


def _others(first: Broken, entry: Entry, profile: Profile, *, costed: bool) -> Iterator[str]:
    """Names of the limits that an entry breaks beside the first."""
    for check in FACT_CHECKS:
        broken = check(entry, profile)
        if broken is not None and broken.constraint != first.constraint:
            yield broken.constraint
    if costed:
        trained_otherwise = first.constraint == "training_memory"
        for broken in over_limits(entry, profile, estimate(entry, profile)):
            if broken.constraint == first.constraint:
                continue
            if not (trained_otherwise and broken.constraint in OF_TRAINING):
                yield broken.constraint


def with_languages_of_base(rejection: Rejection, catalog: Catalog, profile: Profile) -> Rejection:
    """Of a model that is out for a language: the base that reads it, where it was made from one."""
    if rejection.broken.constraint != "languages":
        return rejection
    for base in catalog.lineage(catalog.entries[rejection.id])[1:]:
        if all(served_by((code,)) & {*(base.languages or ())} for code in profile.languages):
            told: Message = message(
                "languages-of-base", missing=rejection.broken.reason.values["missing"], base=base.id
            )
            return replace(rejection, broken=rejection.broken._replace(reason=told))
    return rejection
