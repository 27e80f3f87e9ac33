"""What to take, what that may lose, and what to measure next."""

from __future__ import annotations

from typing import Literal

from pick_model.advise.criteria import ANCHORS
from pick_model.advise.report import CHANCE_DIGITS, better_than_current, rounded
from pick_model.advise.scoring import Scoring
from pick_model.belief.measuring import next_to_measure
from pick_model.documents import report
from pick_model.documents.task import CRITERIA
from pick_model.vocabulary.tasks import TRAINABLE

# A probe gets five minutes unless it is told otherwise, and needs no longer than the whole
# fine-tune would take; half a minute goes into loading (set by hand).
PROBE_MINUTES, LEAST_MINUTES = 5.0, 0.5
BEHIND = 1e3  # standard scores: more than any score makes up for
SCREENS_QUERIES = "feature-extraction"  # whose models are compared by what they find
COMMANDS = {
    "probe": "pick-model probe {models} --data FILE --task TASK.yaml --record results.jsonl",
    "screen": "pick-model screen --queries QUERIES.csv --corpus CORPUS.csv "
    "--relevance RELEVANCE.csv {models} --task TASK.yaml --record results.jsonl",
    "compare": "pick-model compare TASK.yaml {models}",
}


def decide(scoring: Scoring) -> report.Decision:
    """The decision on a ranking that has at least one candidate."""
    decision, belief = scoring.decision, scoring.belief
    pick = scoring.ranked[0].scored.entry.id
    number = scoring.number(pick)
    shortlist, held = decision.shortlist
    highest = decision.contenders[0]
    by_score = "" if highest == number else belief.members[highest].name
    finalists, lost = decision.finalists
    return report.Decision(
        pick=pick,
        p_best=rounded(decision.p_best[number], CHANCE_DIGITS),
        p_better_than_current=better_than_current(number, scoring),
        expected_loss=rounded(decision.loss(number), CHANCE_DIGITS),
        unit="points" if decision.in_points else "standard_score",
        n_candidates=len(scoring.ranked),
        shortlist=tuple(belief.members[i].name for i in shortlist),
        shortlist_p=rounded(held, CHANCE_DIGITS),
        anchored=bool(belief.observed),
        n_similar=belief.level.n if belief.level else 0,
        next=_next(scoring),
        finalists=tuple(belief.members[i].name for i in finalists),
        finalists_loss=rounded(lost, CHANCE_DIGITS),
        first_by_score=by_score,
        first_by_score_loss=rounded(decision.loss(highest), CHANCE_DIGITS) if by_score else 0.0,
    )


def _next(scoring: Scoring) -> report.NextStep | None:
    """Whom to measure: by a probe where there is one for the task, else by the user's means."""
    bonus = bonus_of(scoring)
    if bonus is None:
        return None
    probes = scoring.profile.task in TRAINABLE
    minutes: dict[int, float | None] = {}
    for scored in scoring.scored:
        entry, hours = scored.entry, scored.costs.training_hours
        number = scoring.number(entry.id)
        if number in scoring.belief.scored or (probes and entry.hub_repo is None):
            continue
        if probes:
            whole = hours.value * 60 if hours else PROBE_MINUTES
            minutes[number] = min(max(whole, LEAST_MINUTES), PROBE_MINUTES)
        else:
            minutes[number] = None
    # A search scores the model on the task itself, as a comparison made elsewhere does.
    stage: Literal["probe", "compare"] = "probe" if probes else "compare"
    found = next_to_measure(scoring.decision, stage, list(minutes), minutes, bonus)
    if found is None:
        return None
    models = tuple(scoring.belief.members[i].name for i in found.models)
    searches = scoring.profile.task == SCREENS_QUERIES
    named = [f"--model {name}" for name in models] if searches else models
    return report.NextStep(
        stage="screen" if searches else stage,
        models=models,
        minutes=None if found.minutes is None else rounded(found.minutes, 1),
        expected_loss_after=rounded(found.loss_after, CHANCE_DIGITS),
        command=COMMANDS["screen" if searches else stage].format(models=" ".join(named)),
    )


def bonus_of(scoring: Scoring) -> dict[int, float] | None:
    """What all but transferability adds to each candidate, in standard scores.

    By the user's prices where there are any, else by the weights; None where quality counts
    for nothing, so that no measurement can matter. One that comes late in the ranking is behind
    all others here too.
    """
    found = _bonus(scoring)
    late = {scoring.number(name) for name in scoring.late}
    if found is None or len(late) == len(found):
        return found
    return {i: value - BEHIND if i in late else value for i, value in found.items()}


def _bonus(scoring: Scoring) -> dict[int, float] | None:
    found: dict[int, float] = {}
    decision = scoring.decision
    if scoring.net_values:
        worth = (scoring.profile.point_worth or 0.0) * decision.points_per_standing
        for name, value in scoring.net_values.items():
            number = scoring.number(name)
            if worth > 0:
                found[number] = value / worth - decision.means[number]
        most = max(found.values(), default=0.0)  # what all have is no difference
        return {number: value - most for number, value in found.items()} or None
    index = CRITERIA.index("transferability")
    anchor = ANCHORS["expected"]
    weight = scoring.profile.weights[index] / (anchor.worth_1 - anchor.worth_0)
    if weight <= 0:
        return None
    for scored in scoring.scored:
        number = scoring.number(scored.entry.id)
        quality = scoring.profile.weights[index] * scored.values[index].value
        found[number] = (scored.score.value - quality) / weight
    return found
