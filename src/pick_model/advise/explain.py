"""explain and compare: one model's whole account, and several side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pick_model import __version__
from pick_model.advise.constraints import Rejection
from pick_model.advise.criteria import anchored, readings
from pick_model.advise.profile import settled
from pick_model.advise.rank import Scored, contributions
from pick_model.advise.report import candidate, estimates, figure, rejected, rounded, summary
from pick_model.advise.robustness import acceptability, flips, quality_cost_front
from pick_model.advise.scoring import Scoring
from pick_model.belief.instructions import taken_off
from pick_model.belief.load import every_standing, standard_scores
from pick_model.belief.outlook import Standing
from pick_model.belief.own_data import OtherResult
from pick_model.belief.posterior import Belief, Observation
from pick_model.catalog.catalog import Catalog
from pick_model.catalog.leaks import leaks, seen_by
from pick_model.catalog.sourced import sourced
from pick_model.cost.estimate import estimate
from pick_model.documents.accounts import (
    Comparison,
    EvidenceAccount,
    Explanation,
    Fact,
    LeakedScore,
    Move,
    ValueAccount,
)
from pick_model.documents.base import Figure
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.documents.task import CRITERIA, Task
from pick_model.vocabulary.uses import YOURS
from pick_model.words.message import Message
from pick_model.words.say import message, say, say_all

if TYPE_CHECKING:
    from pick_model.belief.observations import Measured


def explain(
    task: Task | Profile, catalog: Catalog, model: str, *, results: Sequence[Measured] = ()
) -> Explanation:
    """The whole account of one model: values, estimates, evidence, facts, how results on the
    task's own data moved it, and what would make it win.

    Raises UnknownName when the catalog does not hold it.
    """
    profile = task if isinstance(task, Profile) else settled(task, catalog)
    entry = catalog.find(model)
    scoring = Scoring(profile, catalog, results)
    place = next((r for r in scoring.ranked if r.scored.entry.id == entry.id), None)
    rejection = next((r for r in scoring.rejected if r.id == entry.id), None)
    scored = place.scored if place else _scored_anyway(entry, scoring)
    added = contributions(scored, profile.weights)
    accepted = acceptability(scoring.front)
    front = {c.entry.id for c in quality_cost_front(scoring.scored)}
    to_win = _to_win(scored, rejection, scoring)
    reads = readings(READS, entry, profile)
    if entry.scored_with and (lost := taken_off(entry, scoring.target)):
        usual = reads["transferability"]
        reads["transferability"] = message(
            "reads-scored-with", usual=usual, lost=lost, what=entry.scored_with
        )
    return Explanation(
        tool_version=__version__,
        catalog_digest=catalog.digest,
        task=summary(profile),
        candidate=candidate(place, scoring, accepted, front) if place else None,
        rejected=rejected(rejection) if rejection else None,
        values=tuple(
            ValueAccount(
                criterion=name,
                weight=rounded(weight),
                **figure(value),
                contribution=rounded(part),
                reads=say(reads[name]),
                reads_message=reads[name],
            )
            for name, weight, value, part in zip(
                CRITERIA, profile.weights, scored.values, added, strict=True
            )
        ),
        estimates=estimates(scored.costs),
        evidence=tuple(_evidence(entry, scoring)),
        leaked=tuple(_leaked(entry, catalog)),
        moves=tuple(_moves(entry, scoring)),
        prior_share=rounded(scored.expected.prior_share),
        prior_standard_score=rounded(scored.expected.prior),
        facts=tuple(
            Fact(field=f.field, value=f.value, basis=f.basis, source=f.title or f.source)
            for f in sourced(entry, catalog)
        ),
        to_win=say_all(to_win),
        to_win_messages=tuple(to_win),
    )


def _evidence(entry: Entry, scoring: Scoring) -> list[EvidenceAccount]:
    """The scores on other data behind the expected standing, heaviest benchmark first."""
    catalog = scoring.catalog
    shares: defaultdict[tuple[str, str], float] = defaultdict(float)
    fit, protocols = scoring.fit, scoring.outlook.numbering.protocols
    own = scoring.own_data.scores.get(entry.id, ()) if scoring.own_data else ()
    every = [*every_standing(entry.id), *(one.standing for one in own)]
    found, mine = [], {one.standing[0]: one.result for one in own}
    for standing, share in scoring.outlook.shares(catalog.lineage(entry), every):
        if standing[0] in mine:
            found.append(_own(mine[standing[0]], standing, share, protocols))
            continue
        place = fit.benchmark_ids[standing[0]], fit.protocols[standing[1]]
        shares[place] += share
    rows = catalog.details["scores"].get(entry.id, ())
    for row, z in zip(rows, standard_scores().get(entry.id, ()), strict=True):
        benchmark, metric, value, split, protocol, conditions, n_runs, source = row
        if z is None or (benchmark, protocol) not in shares:
            continue
        found.append(
            EvidenceAccount(
                benchmark=benchmark,
                metric=metric,
                score=value,
                split=split,
                protocol=protocol,
                conditions=conditions,
                n_runs=n_runs,
                standard_score=rounded(z),
                share=rounded(shares[benchmark, protocol]),
                source=source,
            )
        )
    return sorted(found, key=lambda e: (-e.share, e.benchmark, e.source))


def _own(
    result: OtherResult, standing: Standing, share: float, protocols: Sequence[str]
) -> EvidenceAccount:
    """A result of the user's on other data."""
    return EvidenceAccount(
        benchmark=result.data,
        metric=result.metric,
        score=result.score.value,
        split="held-out",
        protocol=protocols[standing[1]],
        conditions="",
        n_runs=None,
        standard_score=rounded(standing[3]),
        share=rounded(share),
        source=YOURS,
    )


def _leaked(entry: Entry, catalog: Catalog) -> Iterator[LeakedScore]:
    """The scores on benchmarks whose training data the model saw: they are no evidence."""
    for row in catalog.details["scores"].get(entry.id, ()):
        benchmark, metric, value, _, protocol, _, _, source = row
        if not leaks(entry, catalog.entries, benchmark, protocol):
            continue
        seen = seen_by(entry, catalog.entries, benchmark)
        assert seen is not None  # or it would not leak
        yield LeakedScore(
            benchmark=benchmark,
            metric=metric,
            score=value,
            protocol=protocol,
            source=source,
            seen_by=seen.id,
        )


def _moves(entry: Entry, scoring: Scoring) -> list[Move]:
    """What each observation did to the expected score, one after the other."""
    belief = scoring.belief
    found = []
    before = _in_metric(entry, scoring, ()) if belief.observations else None
    for n, one in enumerate(belief.observations, start=1):
        after = _in_metric(entry, scoring, belief.observations[:n])
        if before is None or after is None:
            break
        found.append(
            Move(
                model=one.name,
                metric=scoring.metric if one.way.scored else one.way.name,
                score=one.score.value,
                low=one.score.low,
                high=one.score.high,
                before=before,
                after=after,
            )
        )
        before = after
    return found


def _in_metric(
    entry: Entry, scoring: Scoring, observations: Sequence[Observation]
) -> Figure | None:
    """The score expected of a model with some of the observations."""
    if scoring.belief.level is None or not scoring.is_believed(entry.id):
        return None
    belief = Belief(scoring.belief.members, scoring.belief.level, observations)
    return Figure(**figure(belief.interval(scoring.number(entry.id))))


def _scored_anyway(entry: Entry, scoring: Scoring) -> Scored:
    return scoring.score(entry, estimate(entry, scoring.profile))


READS = {
    "transferability": anchored("expected"),
    "training_time": anchored("training_hours"),
    "compute": message(
        "reads-compute",
        memory=anchored("memory_share"),
        latency=anchored("latency_ms"),
        disk=anchored("disk_gib"),
    ),
}


def _to_win(scored: Scored, rejection: Rejection | None, scoring: Scoring) -> list[Message]:
    """What would have to change for a model to come first."""
    if rejection is not None:
        constraint, reason, near, *_ = rejection.broken
        lines = [message("is-rejected", reason=reason, constraint=constraint)]
        return [*lines, near] if near else lines
    leader = scoring.ranked[0].scored
    if leader.entry.id == scored.entry.id:
        return [message("comes-first")]
    if scored.entry.id in scoring.late:
        return list(scoring.behind(scored.entry.id))
    gap = leader.score.value - scored.score.value
    lines = []
    for index, criterion in enumerate(CRITERIA):
        weight, value = scoring.profile.weights[index], scored.values[index].value
        if weight > 0 and value + gap / weight <= 1:
            needed = value + gap / weight
            lines.append(
                message("criterion-would-do", criterion=criterion, needed=needed, now=value)
            )
    for flip in flips(leader, [scored], scoring.profile.weights):
        if flip.winner == scored.entry.id:
            lines.append(
                message(
                    "passes-above" if flip.direction == "above" else "passes-below",
                    leader=leader.entry.id,
                    criterion=flip.criterion,
                    weight=flip.weight,
                )
            )
    return lines or [message("no-single-change", leader=leader.entry.id, gap=gap)]


def compare(
    task: Task | Profile,
    catalog: Catalog,
    models: Sequence[str],
    *,
    results: Sequence[Measured] = (),
) -> Comparison:
    """The named models side by side, ranked among themselves.

    Raises UnknownName for a model the catalog does not hold.
    """
    profile = task if isinstance(task, Profile) else settled(task, catalog)
    wanted = list(dict.fromkeys(catalog.find(name).id for name in models))
    scoring = Scoring(profile, catalog, results)
    chosen = [c for c in scoring.scored if c.entry.id in wanted]
    accepted = acceptability(scoring.front)
    front = {c.entry.id for c in quality_cost_front(scoring.scored)}
    places = {r.scored.entry.id: r.rank for r in scoring.ranked}
    notes = scoring.told_elsewhere
    for name in (c.entry.id for c in chosen):
        place = message("ranks-in-catalog", model=name, rank=places[name], n=len(scoring.ranked))
        notes += [place, *scoring.behind(name)]
    return Comparison(
        tool_version=__version__,
        catalog_digest=catalog.digest,
        task=summary(profile),
        candidates=tuple(candidate(r, scoring, accepted, front) for r in scoring.placed(chosen)),
        rejected=tuple(rejected(r) for r in scoring.rejected if r.id in wanted),
        notes=say_all(notes),
        note_messages=tuple(notes),
    )
