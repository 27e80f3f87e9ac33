"""Reject, score and order the catalog's entries. Pure: no files, no clock, no environment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import sqrt

from msgspec import Struct

from pick_model.advise.constraints import Rejection, broken_by_facts, check_costs
from pick_model.advise.criteria import values
from pick_model.belief.expected import Expected
from pick_model.cost.estimate import Costs, estimate
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.interval import Interval


class Scored(Struct, frozen=True):
    """A candidate with all that its score is made of."""

    entry: Entry
    costs: Costs
    expected: Expected
    values: tuple[Interval, ...]  # in the order of CRITERIA
    score: Interval  # 0 to 1, higher is better; the 90 % interval of the weighted sum


class Ranked(Struct, frozen=True):
    """A candidate's place. Candidates that cannot be told apart share a rank."""

    rank: int
    scored: Scored


def weighted_score(found: tuple[Interval, ...], weights: tuple[float, ...]) -> Interval:
    """Σ weight × value. Half-widths add in quadrature: the criteria err independently."""
    score = down = up = 0.0
    for (value, low, high), weight in zip(found, weights, strict=True):
        score += weight * value
        below, above = weight * (value - low), weight * (high - value)
        down += below * below
        up += above * above
    return Interval(score, max(score - sqrt(down), 0.0), min(score + sqrt(up), 1.0))


def contributions(scored: Scored, weights: tuple[float, ...]) -> tuple[float, ...]:
    """What each criterion adds to the score; they sum to it."""
    return tuple(w * v.value for v, w in zip(scored.values, weights, strict=True))


def screen_out(
    entries: Iterable[Entry], profile: Profile, own: Collection[str] = ()
) -> tuple[list[tuple[Entry, Costs]], list[Rejection]]:
    """Entries that meet every hard constraint, and the rest with the reason.

    own: ids of those that nothing rejects for what is not known of them.
    """
    kept, rejected = [], []
    for entry in entries:
        facts = broken_by_facts(entry, profile)
        broken = next((one for one in facts if entry.id not in own or not one.untold), None)
        if broken is None:
            costs = estimate(entry, profile)
            broken = check_costs(entry, profile, costs)
            if broken is None:
                kept.append((entry, costs))
                continue
        rejected.append(Rejection(entry.id, broken))
    return kept, rejected


def score(
    entry: Entry,
    costs: Costs,
    expected: Expected,
    lineage: Sequence[Entry],
    profile: Profile,
) -> Scored:
    """Score an entry whose costs and expected standing are known.

    `lineage` is the entry and the models it was made from, nearest first.
    """
    found = values(entry, profile, costs, expected, lineage)
    return Scored(entry, costs, expected, found, weighted_score(found, profile.weights))


def rank(candidates: Iterable[Scored]) -> list[Ranked]:
    """Best first; ties in the score break by id. Overlapping candidates form tie groups.

    A group is opened by its best member and takes those after it whose difference from it is
    inside the 90 % interval of that difference, √(half-width² + half-width²).
    """
    ordered = sorted(candidates, key=lambda c: (-round(c.score.value, 12), c.entry.id))
    ranked: list[Ranked] = []
    leader: Scored | None = None
    place = 1
    for position, candidate in enumerate(ordered, start=1):
        if leader is None or not tied(leader, candidate):
            leader, place = candidate, position
        ranked.append(Ranked(place, candidate))
    return ranked


def tied(better: Scored, worse: Scored) -> bool:
    """Whether the intervals leave open which of two is better."""
    down = better.score.value - better.score.low
    up = worse.score.high - worse.score.value
    return better.score.value - worse.score.value <= sqrt(down * down + up * up)
