"""What another ranking is made from: each model's values, and every limit of the profile it breaks.

`recommend` tells the first constraint that a model breaks. Whoever asks what the ranking would be
without one needs all of them, and the values of those that stand behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pick_model.advise.constraints import check_costs, check_facts, doubtful
from pick_model.advise.rank import Scored
from pick_model.advise.scoring import Scoring
from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.documents.task import Constraints
from pick_model.record import replace

if TYPE_CHECKING:
    from pick_model.belief.observations import Measured


# The limits as `constraints` checks them: by the catalog's facts, then by what is estimated.
BY_FACTS = (
    *("license", "ban_models", "ban_families", "require_models", "require_families"),
    *("released_after", "released_before", "pretrained", "safetensors"),
    *("max_parameters", "min_input_tokens", "min_sample_rate_hz"),
)
BY_COSTS = (
    *("max_disk_gib", "max_training_memory_gib", "max_serving_memory_gib"),
    *("max_latency_ms", "max_training_hours"),
)
MACHINE = frozenset({"training_memory", "serving_memory"})  # checked between the two


class Break(NamedTuple):
    """A limit of the profile that a model does not keep."""

    limit: str  # the field of the profile's constraints
    constraint: str  # as a rejection names it


class Outsider(NamedTuple):
    """A model for the task that no lifted limit lets in."""

    id: str
    constraint: str
    breaks: tuple[Break, ...]  # that are checked before it


class Contender(NamedTuple):
    """A model that nothing but the profile's own limits can keep out."""

    scored: Scored  # by the profile's weights, as `recommend` scores it
    breaks: tuple[Break, ...]  # in the order they are checked; none: a candidate
    doubts: tuple[str, ...]  # of these, those expected to be broken though they may hold
    doubtful: bool  # the same of a machine's memory, which no limit of the profile lifts
    outdone_by: tuple[str, ...]  # later versions that are no worse, the nearest first
    points_worth: float | None  # money its expected points are worth; None: no such ranking


class Contest(NamedTuple):
    """All that the ranking of a task is made from, whatever the weights and limits."""

    limits: tuple[str, ...]  # the fields of the profile's constraints that are set
    contenders: tuple[Contender, ...]
    outsiders: tuple[Outsider, ...]
    scoring: Scoring  # of the contenders, without any limit


def contest(
    profile: Profile,
    catalog: Catalog,
    results: Sequence[Measured] = (),
    among: Collection[str] | None = None,
    own: Collection[str] = (),
) -> Contest:
    """Every model with the limits it breaks, and its values had it broken none.

    Each limit is checked by itself: a model that breaks two is let in by lifting both. `among` and
    `own` are as `Scoring` takes them: no limit keeps out what the user brings.
    """
    free = replace(profile, constraints=Constraints())
    scoring = Scoring(free, catalog, results, among, own)
    limits = set_fields(profile.constraints)
    alone = {name: _with_only(profile, name) for name in limits}
    found = []
    for scored in scoring.scored:
        costs = scored.costs
        anyway = doubtful(costs, free)
        breaks = [*_breaks(scored.entry, alone), *_costs_broken(scored, alone)]
        if scored.entry.id in own:
            breaks = []
        broken = {one.limit for one in breaks}
        doubts = [
            name
            for name, limited in alone.items()
            if name not in broken and not anyway and doubtful(costs, limited)
        ]
        worth = _points_worth(scored, scoring)
        by = scoring.outdone.get(scored.entry.id, ())
        found.append(Contender(scored, tuple(breaks), tuple(doubts), anyway, by, worth))
    outsiders = tuple(
        Outsider(
            one.id,
            one.broken.constraint,
            tuple(_breaks(catalog.entries[one.id], alone))
            if one.broken.constraint in MACHINE
            else (),
        )
        for one in scoring.rejected
    )
    return Contest(limits, tuple(found), outsiders, scoring)


def _breaks(entry: Entry, alone: Mapping[str, Profile]) -> Iterator[Break]:
    """The limits that the catalog's facts of a model break. alone: a profile for each limit."""
    for name in alone:
        broken = check_facts(entry, alone[name]) if name in BY_FACTS else None
        if broken is not None:
            yield Break(name, broken.constraint)


def _costs_broken(scored: Scored, alone: Mapping[str, Profile]) -> Iterator[Break]:
    """The limits that a model's estimates break."""
    for name in alone:
        if name in BY_COSTS:
            broken = check_costs(scored.entry, alone[name], scored.costs)
            if broken is not None:
                yield Break(name, broken.constraint)


def set_fields(constraints: Constraints) -> tuple[str, ...]:
    """The names of the limits that a profile sets, in the order they are checked."""
    usual = Constraints()
    every = (*BY_FACTS, *BY_COSTS)
    return tuple(name for name in every if getattr(constraints, name) != getattr(usual, name))


def _with_only(profile: Profile, limit: str) -> Profile:
    """The profile with one of its limits."""
    only: dict[str, Any] = {limit: getattr(profile.constraints, limit)}
    return replace(profile, constraints=replace(Constraints(), **only))


def _points_worth(scored: Scored, scoring: Scoring) -> float | None:
    """100 × expected score × what a point is worth; None where nothing is ranked by money."""
    worth = scoring.profile.point_worth
    if worth is None or not scoring.net_values:
        return None
    return 100 * scoring.belief.mean_score(scoring.number(scored.entry.id)) * worth
