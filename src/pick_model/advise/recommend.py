"""recommend: from a task profile and a catalog to a ranked and explained shortlist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from pick_model import __version__
from pick_model.advise.cautions import cautions
from pick_model.advise.constraints import Rejection
from pick_model.advise.decide import decide
from pick_model.advise.near import with_the_rest
from pick_model.advise.profile import settled
from pick_model.advise.rank import Ranked
from pick_model.advise.reach import unreached
from pick_model.advise.report import all_rejected, candidate, rounded, summary
from pick_model.advise.robustness import (
    acceptability,
    flips,
    quality_cost_front,
)
from pick_model.advise.scoring import Scoring
from pick_model.belief.evidence_notes import evidence_notes
from pick_model.belief.instructions import taken_off
from pick_model.catalog.catalog import Catalog
from pick_model.documents.profile import Profile
from pick_model.documents.report import (
    FlipWeight,
    Recommendation,
)
from pick_model.documents.task import Task
from pick_model.errors import (
    NoCandidate,
)
from pick_model.record import replace
from pick_model.words.message import Message
from pick_model.words.say import message, say_all

if TYPE_CHECKING:
    from pick_model.belief.observations import Measured


TOP = 10  # set by hand: a list that fits on a screen with its notes
NAMED, SEEN = 3, 0.1  # set by hand: models an example names, standard scores that a rank shows


def recommend(
    task: Task | Profile,
    catalog: Catalog,
    *,
    top: int | None = TOP,
    results: Sequence[Measured] = (),
) -> Recommendation:
    """Rank the catalog for a task.

    `results` were measured on the task's own data, which outweigh published ones, or on other
    data of the user's (see `results_on`).
    `top` limits the candidates listed (None: all); scores, ranks and rejections are the same
    whatever it is. Raises NoCandidate when every entry is rejected.
    """
    profile = task if isinstance(task, Profile) else settled(task, catalog)
    scoring = Scoring(profile, catalog, results)
    if not scoring.ranked:
        raise _no_candidate(scoring)
    accepted = acceptability(scoring.front)
    front = {c.entry.id for c in quality_cost_front(scoring.scored)}
    shown = scoring.ranked if top is None else scoring.ranked[:top]
    first = shown[:TOP]
    notes = [*_notes(scoring), *_outdone(scoring, first), *_later_versions(scoring, first)]
    return Recommendation(
        tool_version=__version__,
        catalog_digest=catalog.digest,
        task=summary(profile),
        n_models=len(catalog.entries) + len(catalog.banned),
        n_candidates=len(scoring.ranked),
        decision=decide(scoring),
        candidates=tuple(candidate(r, scoring, accepted, front) for r in shown),
        rejected=all_rejected(
            with_the_rest(nearest_first(scoring.rejected), catalog, profile),
        ),
        rejected_by=waterfall(scoring.rejected),
        flips=flip_weights(scoring),
        notes=say_all(notes),
        note_messages=tuple(notes),
    )


def flip_weights(scoring: Scoring) -> tuple[FlipWeight, ...]:
    """Where one weight would have to stand for another model than the first to lead."""
    first, weights = scoring.ranked[0].scored, scoring.profile.weights
    return tuple(
        FlipWeight(
            criterion=f.criterion,
            direction="above" if f.direction == "above" else "below",
            weight=rounded(f.weight),
            winner=f.winner,
        )
        for f in flips(first, scoring.front, weights)
    )


def _no_candidate(scoring: Scoring) -> NoCandidate:
    """The error for an empty shortlist: what rejected most, and what comes nearest."""
    counts = tuple(
        message("rejected-by", constraint=name, n=n)
        for name, n in waterfall(scoring.rejected).items()
    )
    # Where none is left, one limit to lift is worth naming however far it is.
    apart = [
        replace(r, broken=r.broken._replace(near_miss=r.broken.near_miss or r.broken.lifted))
        for r in scoring.rejected
        if r.broken.constraint != "task"
    ]
    suitable = with_the_rest(nearest_first(apart), scoring.catalog, scoring.profile)
    if suitable:
        near = [
            message("of-entry", id=r.id, what=r.broken.near_miss or r.broken.reason)
            for r in suitable[:3]
        ]
        far = unreached(scoring.profile, scoring.catalog, scoring.fit.kinds)
        unknown = [told for told in far if told.code == "language-unknown"]
        hint = _in_turn([*unknown, message("nearest", models=_in_turn(near))])
    else:
        hint = message("no-model-for-task", task=scoring.profile.task)
    return NoCandidate(
        message("all-rejected", n_rejected=len(scoring.rejected), counts=counts), hint=hint
    )


def _in_turn(messages: Sequence[Message]) -> Message:
    return reduce(lambda all_before, one: message("and-then", told=all_before, then=one), messages)


def nearest_first(rejections: Sequence[Rejection]) -> list[Rejection]:
    """Near misses first, the smallest excess before the larger, then by id."""
    return sorted(rejections, key=lambda r: (r.broken.near_miss is None, r.broken.excess, r.id))


def waterfall(rejected: Sequence[Rejection]) -> dict[str, int]:
    """How many each constraint rejects, largest first, then by name."""
    counts = Counter(r.broken.constraint for r in rejected)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _notes(scoring: Scoring) -> list[Message]:
    notes = []
    leader = scoring.ranked[0]
    if not scoring.resembling_scores(leader.scored.entry) and not scoring.belief.observed:
        notes.append(message("leader-unscored", model=leader.scored.entry.id))
    notes += unreached(scoring.profile, scoring.catalog, scoring.fit.kinds)
    notes += evidence_notes(scoring.profile, scoring.target)
    notes += _scored_with_more(scoring)
    notes += scoring.told_elsewhere
    first = leader.scored
    for told in cautions(first.entry, scoring.profile, first.costs):
        notes.append(message("leader-caution", model=first.entry.id, told=told))
    return notes


def _scored_with_more(scoring: Scoring) -> list[Message]:
    """That some candidates' scores were taken with what they are used without here."""
    entries = [ranked.scored.entry for ranked in scoring.ranked]
    lost = {one.id: by for one in entries if (by := taken_off(one, scoring.target)) >= SEEN}
    if not lost:
        return []
    first = tuple(lost)[:NAMED]
    return [message("scored-with-more", n=len(lost), models=first, lost=max(lost.values()))]


def _outdone(scoring: Scoring, shown: Sequence[Ranked]) -> list[Message]:
    """That some come last for a later version of theirs, which would stand among those shown."""
    if not shown:
        return []
    worth = scoring.net_values or {one.entry.id: one.score.value for one in scoring.scored}
    least = min(worth[one.scored.entry.id] for one in shown)
    found = [
        (-worth[name], name, by)
        for name, by in scoring.outdone_by.items()
        if worth[name] >= least and name not in scoring.doubtful
    ]
    versions = tuple(message("outdone-by", id=name, by=by) for _, name, by in sorted(found))
    return [message("outdone-versions", versions=versions)] if versions else []


def _later_versions(scoring: Scoring, shown: Iterable[Ranked]) -> list[Message]:
    """That of some there are later versions, which stand elsewhere or were rejected."""
    versions = tuple(
        message("later-version-of", id=entry.id, by=entry.superseded_by)
        for entry in (ranked.scored.entry for ranked in shown)
        if entry.superseded_by is not None and entry.id not in scoring.outdone_by
    )
    return [message("later-versions", versions=versions)] if versions else []
