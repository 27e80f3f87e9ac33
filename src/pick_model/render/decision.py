"""The first lines of a recommendation: what to take, what it may lose, what to measure."""

from __future__ import annotations

from pick_model.documents.report import Candidate, Decision, Recommendation
from pick_model.render.words import chance, duration, gib, loss
from pick_model.words.figures import figure

_STAGES = {"compare": "measure", "screen": "screen", "probe": "probe"}
_LISTED = 8  # of a longer shortlist


def headline(report: Recommendation) -> list[tuple[str, list[str]]]:
    """The first words of each line, and the others in parts."""
    decision = report.decision
    pick = next(c for c in report.candidates if c.id == decision.pick)
    lines = [(f"take {pick.id}", [*_chances(decision), _cost(pick, report)])]
    step = decision.next
    if step is not None:
        time = f" ({duration(step.minutes / 60)})" if step.minutes is not None else ""
        now, after = decision.expected_loss, step.expected_loss_after
        fall = f"{loss(now, decision.unit, bare=True)} → {loss(after, decision.unit)}"
        models = f"{_STAGES[step.stage]} {', '.join(step.models)}{time}"
        lines.append(("next:", [f"{models}: expected loss {fall}"]))
    return lines


def _chances(decision: Decision) -> list[str]:
    words = [f"P(best) {chance(decision.p_best)}"]
    if decision.p_better_than_current is not None:
        words.append(f"P(better than now) {chance(decision.p_better_than_current)}")
    lost = loss(decision.expected_loss, decision.unit)
    words.append(f"expected to lose {lost} against the best of {decision.n_candidates}")
    return words


def _cost(pick: Candidate, report: Recommendation) -> str:
    """What the pick takes: to train, or to run where nothing is trained."""
    hours, memory = pick.estimates.get("training_hours"), pick.estimates.get("training_memory_gib")
    if report.task.method == "as-is" or hours is None:
        latency = pick.estimates.get("latency_ms")
        return f"{figure(latency.value, 2)} ms an input" if latency else "cost unknown"
    room = f", {gib(memory.value)}iB" if memory else ""
    return f"{duration(hours.value)}{room} to fine-tune"


def basis(report: Recommendation) -> str:
    """What the points of the decision rest on, and what would make them the task's own."""
    decision = report.decision
    if decision.unit == "standard_score":
        return "losses are in standard scores: nothing scales them to the metric"
    if decision.anchored:
        return ""
    return (
        f"no score on this task is known: points are those of {decision.n_similar} groups of "
        f"published scores in {report.task.metric} (current: {{model, score}} in the profile, "
        "or a probe, makes them this task's)"
    )


def shortlist(decision: Decision) -> str:
    """The few of which the best loses little, and among how many the best of all is."""
    names, among = decision.finalists, len(decision.shortlist)
    shown = ", ".join(names[:_LISTED])
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    lost = loss(decision.finalists_loss, decision.unit)
    held = f"the best of all is among {among} with {chance(decision.shortlist_p)}"
    if len(names) == 1:
        return held
    return f"the best of these {len(names)} is expected to lose {lost}: {shown}{more}; {held}"
