"""What the script of a ranking reads: every contender's values in full, and how they are shown.

Scores are worked out again in the browser, by `assets/rank.js`, from the same values and in the
same order as `advise.rank` does; so nothing here is rounded that is summed there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pick_model.advise.contenders import Break, Contender, Contest
from pick_model.advise.report import estimates, expected_score
from pick_model.documents.profile import Profile
from pick_model.documents.report import Candidate, TaskSummary
from pick_model.documents.task import CRITERIA, PRESETS, Constraints
from pick_model.render.html.page import linked
from pick_model.render.words import CRITERION_LABELS
from pick_model.words.say import say_all

# A contender takes about 850 bytes; so many leave room in a page of 1.5 MB for all the rest.
MOST = 1200
NO_ROOM = "not on this page"
# Estimates a page offers as an axis: name, label, unit.
AXES = (
    ("training_hours", "time to fine-tune", "h"),
    ("training_memory_gib", "memory to fine-tune", "GiB"),
    ("serving_memory_gib", "memory to serve", "GiB"),
    ("latency_ms", "latency", "ms"),
    ("disk_gib", "disk", "GiB"),
    ("forward_gflops", "arithmetic an input", "GFLOP"),
    ("energy_kwh", "energy to fine-tune", "kWh"),
)
LIMITS = {
    "license": "licence: {}",
    "max_parameters": "at most {} parameters",
    "max_disk_gib": "at most {} GiB on disk",
    "max_training_memory_gib": "at most {} GiB to train",
    "max_serving_memory_gib": "at most {} GiB to serve",
    "max_latency_ms": "at most {} ms an input",
    "max_training_hours": "at most {} h of training",
    "min_input_tokens": "reads at least {} tokens",
    "min_sample_rate_hz": "hears at least {} samples a second",
    "released_after": "released on or after {}",
    "released_before": "released on or before {}",
    "require_families": "of the families {}",
    "ban_families": "none of the families {}",
    "require_models": "one of {}",
    "ban_models": "none of {}",
    "safetensors": "weights as safetensors",
    "pretrained": "with pretrained weights",
}


def ranking_data(
    contest: Contest,
    profile: Profile,
    task: TaskSummary,
    candidates: Sequence[Candidate],
    *,
    unit: str,
    shown: int,
    command: str,
    facts: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    """The data of the interactive parts.

    candidates: those of the report, with the chances that were worked out for them. shown: rows
    before "show all". command: what asks for the same ranking, to which weights are added.
    """
    by_id = {c.id: c for c in candidates}
    # Where not all fit, those that no limit keeps out stay, and of the others the best.
    order = sorted(
        contest.contenders,
        key=lambda c: (
            *(bool(c.breaks), c.doubtful or bool(c.outdone_by)),
            *(-c.scored.score.value, c.scored.entry.id),
        ),
    )
    return {
        "task": task.name,
        "metric": task.metric,
        "unit": unit,
        "shown": shown,
        "command": command,
        "price": profile.price_per_hour or 0.0,
        "left_out": max(0, len(order) - MOST),
        "criteria": [
            {"id": name, "label": CRITERION_LABELS[name], "weight": weight}
            for name, weight in zip(CRITERIA, profile.weights, strict=True)
        ],
        "presets": {name: list(weights) for name, weights in PRESETS.items()},
        "limits": [
            {"id": name, "label": limit_words(name, profile.constraints)} for name in contest.limits
        ],
        "axes": [{"id": name, "label": label, "unit": unit} for name, label, unit in AXES],
        "outsiders": [
            {"constraint": constraint, "breaks": [list(one) for one in breaks], "n": n}
            for (constraint, breaks), n in _outsiders(contest, order[MOST:]).items()
        ],
        "contenders": [
            contender_data(c, contest, by_id.get(c.scored.entry.id)) for c in order[:MOST]
        ],
        "facts": facts,
    }


def _outsiders(
    contest: Contest, left_out: Iterable[Contender]
) -> Counter[tuple[str, tuple[Break, ...]]]:
    """How many are out for good, by what keeps them out; some because the page has no room."""
    counts = Counter((one.constraint, one.breaks) for one in contest.outsiders)
    counts.update((NO_ROOM, one.breaks) for one in left_out)
    return counts


def contender_data(one: Contender, contest: Contest, candidate: Candidate | None) -> dict[str, Any]:
    """One contender. `candidate`: the report's, None for a model that a limit keeps out."""
    scored = one.scored
    entry, costs = scored.entry, scored.costs
    expected = expected_score(scored, contest.scoring)
    return {
        "id": entry.id,
        "repo": entry.hub_repo,
        "kind": entry.kind,
        "values": [list(value) for value in scored.values],
        "breaks": [list(broken) for broken in one.breaks],
        "doubts": list(one.doubts),
        "doubtful": one.doubtful,
        "outdoneBy": list(one.outdone_by),
        "worth": one.points_worth,
        "hours": costs.training_hours.value if costs.training_hours else None,
        "p": candidate.p_best if candidate else None,
        "loss": candidate.expected_loss if candidate else None,
        "expected": [_short(end) for end in (expected.value, expected.low, expected.high)],
        "metric": expected.metric,
        "basis": expected.basis,
        "standing": scored.expected.z.value,
        "n": entry.n_parameters,
        "license": entry.license,
        "estimates": {
            name: [_short(e.value), _short(e.low), _short(e.high), e.unit, e.basis]
            for name, e in estimates(costs).items()
        },
        "unknown": list(candidate.unknown) if candidate else [],
        "cautions": list(say_all(candidate.caution_messages)) if candidate else [],
    }


def _short(value: float) -> float:
    """In the digits that are shown, and one more: nothing is worked out from it."""
    return float(f"{value:.4g}")


def limit_words(name: str, constraints: Constraints) -> str:
    """A limit of the profile as one reads it."""
    value = getattr(constraints, name)
    if isinstance(value, tuple):
        value = ", ".join(value)
    elif isinstance(value, int | float):
        value = f"{value:,}"
    return LIMITS[name].format(value)


def fact_data(facts: Iterable[Any]) -> list[dict[str, Any]]:
    """Facts of an entry (`catalog.sourced`) with what each rests on and where that lies."""
    return [
        {
            "field": fact.field,
            "value": fact.value,
            "basis": fact.basis,
            "source": fact.title or fact.source,
            "url": linked(fact.url),
        }
        for fact in facts
    ]
