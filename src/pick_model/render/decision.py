"""The first lines of a recommendation: what to take, what it may lose, what to measure."""

from __future__ import annotations

from pick_model.documents.report import Candidate, Decision, NextStep, Recommendation
from pick_model.render.words import chance, duration, gib, loss
from pick_model.words.figures import figure
from pick_model.words.reader import phrase

_LISTED = 8  # of a longer shortlist


def headline(report: Recommendation) -> list[tuple[str, list[str]]]:
    """The first words of each line, and the others in parts."""
    decision = report.decision
    pick = next(c for c in report.candidates if c.id == decision.pick)
    lines = [(phrase("take", model=pick.id), [*_chances(decision), _cost(pick, report)])]
    if decision.next is not None:
        lines.append((phrase("next-step"), [_next(decision.next, decision)]))
    return lines


def _next(step: NextStep, decision: Decision) -> str:
    """Whom to measure, for how long, and how far the expected loss would fall."""
    models = phrase("stage-of", stage=f"{step.stage} models", models=step.models)
    if step.minutes is not None:
        models = phrase("for-so-long", what=models, seconds=step.minutes * 60)
    return phrase(
        "loss-would-fall",
        what=models,
        now=loss(decision.expected_loss, decision.unit, bare=True),
        after=loss(step.expected_loss_after, decision.unit),
    )


def _chances(decision: Decision) -> list[str]:
    alone = decision.n_candidates == 1
    words = [phrase("only-candidate") if alone else phrase("p-best", p=chance(decision.p_best))]
    if decision.p_better_than_current is not None:
        words.append(phrase("p-better", p=chance(decision.p_better_than_current)))
    if alone:
        return words
    lost = loss(decision.expected_loss, decision.unit)
    words.append(phrase("expected-to-lose", lost=lost, n=decision.n_candidates))
    least = loss(decision.first_by_score_loss, decision.unit)
    if decision.first_by_score and least != lost:
        words.append(phrase("loses-least", model=decision.first_by_score, lost=least))
    return words


def _cost(pick: Candidate, report: Recommendation) -> str:
    """What the pick takes: to train, or to run where nothing is trained."""
    hours, memory = pick.estimates.get("training_hours"), pick.estimates.get("training_memory_gib")
    if report.task.method == "as-is" or hours is None:
        latency = pick.estimates.get("latency_ms")
        return phrase("ms-an-input", ms=figure(latency.value, 2)) if latency else phrase("no-cost")
    cost = [duration(hours.value), *([f"{gib(memory.value)}iB"] if memory else [])]
    return phrase("to-fine-tune", cost=tuple(cost))


def basis(report: Recommendation) -> str:
    """What the points of the decision rest on, and what would make them the task's own."""
    decision = report.decision
    if decision.unit == "standard_score":
        return phrase("losses-unscaled")
    if decision.anchored:
        return ""
    return phrase("no-score-known", n=decision.n_similar, metric=report.task.metric)


def shortlist(decision: Decision) -> str:
    """The few of which the best loses little, and among how many the best of all is.

    Empty where those are all there are.
    """
    names, among, of = decision.finalists, len(decision.shortlist), decision.n_candidates
    held = phrase("best-is-among", n=among, p=chance(decision.shortlist_p))
    if len(names) in (1, of):
        return held if among < of else ""
    return phrase(
        "finalists",
        n=len(names),
        lost=loss(decision.finalists_loss, decision.unit),
        names=names[:_LISTED],
        more=max(len(names) - _LISTED, 0),
        held=held,
    )
