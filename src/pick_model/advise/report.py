"""The parts of a recommendation as they are reported: rounded, named, in JSON's own types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from typing import TYPE_CHECKING, Literal, TypedDict

from pick_model.advise.cautions import cautions
from pick_model.advise.constraints import Rejection, doubtful
from pick_model.advise.needs import input_limit
from pick_model.advise.rank import Ranked, Scored, contributions
from pick_model.belief.posterior import normal_cdf
from pick_model.cost.estimate import Costs, fits
from pick_model.documents.base import Figure
from pick_model.documents.names import Basis
from pick_model.documents.profile import Profile
from pick_model.documents.report import (
    Candidate,
    CurrentScore,
    DefaultTaken,
    Estimate,
    ExpectedScore,
    Measured,
    Rejected,
    TaskSummary,
)
from pick_model.documents.task import CRITERIA, PRESETS
from pick_model.interval import Interval
from pick_model.vocabulary.tasks import TASKS, reads_tokens
from pick_model.words.message import Message, Value
from pick_model.words.say import message, say, say_all

if TYPE_CHECKING:
    from pick_model.advise.scoring import Scoring
    from pick_model.belief.observations import ProbeResult


CHANCE_DIGITS = 4  # of probabilities and losses: chance moves the third


def rounded(value: float, digits: int = 6) -> float:
    """Rounded for output, so that the last bits of a sum never differ between machines."""
    return round(value, digits)


def figure(amount: Interval) -> dict[str, float]:
    """The three numbers of a `Figure`, rounded."""
    return {name: rounded(number) for name, number in amount._asdict().items()}


def summary(profile: Profile) -> TaskSummary:
    modality, current = TASKS[profile.task].modality, profile.current
    parts = []
    if reads_tokens(modality, profile.item_texts):
        parts.append(_positions(modality, profile.input_tokens))
    if "image" in modality:
        parts.append(message("input-pixels", n=profile.input_pixels))
    if modality == "audio":
        parts.append(message("input-seconds", n=profile.input_seconds))
    preset = tuple(w / sum(PRESETS[profile.preset]) for w in PRESETS[profile.preset])
    changed = any(abs(a - b) > 1e-9 for a, b in zip(preset, profile.weights, strict=True))
    return TaskSummary(
        name=profile.name,
        task=profile.task,
        languages=profile.languages,
        domain=profile.domain,
        n_labels=profile.n_labels,
        n_rows=profile.n_rows,
        metric=profile.metric,
        input=", ".join(say_all(parts)),
        input_messages=tuple(parts),
        train_on=profile.train_on.id,
        serve_on=profile.serve_on.id,
        method=profile.method,
        batch_size=profile.batch_size,
        epochs=float(profile.epochs),
        dtype=profile.dtype,
        preset=profile.preset,
        weights={n: rounded(w) for n, w in zip(CRITERIA, profile.weights, strict=True)},
        weights_origin="user" if changed else "fitted",
        defaults=tuple(
            DefaultTaken(field=d.field, value=d.value, why=say(d.why), why_message=d.why)
            for d in profile.defaults
        ),
        translate=profile.direction,
        label_kind=profile.label_kind,
        pairs=profile.pairs,
        item_texts=profile.item_texts,
        user_graph=profile.user_graph,
        current=CurrentScore(model=current.name, entry=current.entry, score=current.score)
        if current
        else None,
        point_worth=profile.point_worth,
        price_per_hour=profile.price_per_hour,
    )


def _positions(modality: str, n: int) -> Message:
    """The length of an input by what the networks of a modality have for tokens."""
    if modality == "time-series":
        return message("input-patches", n=n)
    if modality == "tabular":
        return message("input-table-rows", n=n)
    if modality == "biosequence":
        return message("input-residues", n=n)
    return message("input-tokens", n=n)


def candidate(
    ranked: Ranked, scoring: Scoring, accepted: dict[str, float], front: set[str]
) -> Candidate:
    scored = ranked.scored
    entry, profile = scored.entry, scoring.profile
    probed = scoring.probed.get(entry.id)
    added = contributions(scored, profile.weights)
    told = cautions(entry, profile, scored.costs)
    limit, wanted = input_limit(entry, profile)
    return Candidate(
        rank=ranked.rank,
        id=entry.id,
        hub_repo=entry.hub_repo,
        revision=entry.revision,
        score=rounded(scored.score.value),
        interval=(rounded(scored.score.low), rounded(scored.score.high)),
        contributions={n: rounded(c) for n, c in zip(CRITERIA, added, strict=True)},
        values={
            name: Interval(*map(rounded, v))
            for name, v in zip(CRITERIA, scored.values, strict=True)
        },
        expected=expected_score(scored, scoring),
        standing=Figure(**figure(scored.expected.z)),
        **_chances(entry.id, scoring),
        resembling_scores=scoring.resembling_scores(entry),
        measured=_measured(probed) if probed else None,
        estimates=estimates(scored.costs),
        n_parameters=entry.n_parameters,
        license=entry.license,
        micro_batch=scored.costs.micro_batch,
        checkpointing=scored.costs.checkpointing,
        doubtful=doubtful(scored.costs, profile),
        pretrained=entry.pretrained,
        net_value=_net_value(entry.id, scoring),
        acceptability=rounded(accepted.get(entry.id, 0.0)),
        pareto=entry.id in front,
        unknown=_unknown(scored),
        fits=_fits(scored, profile),
        cautions=say_all(told),
        caution_messages=told,
        base_license=entry.base_license,
        superseded_by=entry.superseded_by,
        outdone_by=scoring.outdone_by.get(entry.id),
        input_limit=limit if limit is not None and limit < wanted else None,
    )


def expected_score(scored: Scored, scoring: Scoring) -> ExpectedScore:
    """In the task's metric, where there is any scale to read it on; else in standard scores."""
    number = scoring.number(scored.entry.id)
    known = scoring.in_metric
    return ExpectedScore(
        **figure(scoring.belief.interval(number) if known else scored.expected.z),
        metric=scoring.metric if known else "standard_score",
        basis=scored.expected.basis,
        n_items=scored.expected.n_items,
    )


def _net_value(name: str, scoring: Scoring) -> float | None:
    found = scoring.net_values.get(name)
    return None if found is None else rounded(found, CHANCE_DIGITS)


class _Chances(TypedDict):
    p_best: float
    p_better_than_current: float | None
    expected_loss: float


def _chances(name: str, scoring: Scoring) -> _Chances:
    decision, number = scoring.decision, scoring.number(name)
    return {
        "p_best": rounded(decision.p_best[number], CHANCE_DIGITS),
        "p_better_than_current": better_than_current(number, scoring),
        "expected_loss": rounded(decision.loss(number), CHANCE_DIGITS),
    }


def better_than_current(number: int, scoring: Scoring) -> float | None:
    """Probability that a model scores better than the one in use, on this task."""
    belief, current = scoring.belief, scoring.profile.current
    if current is None:
        return None
    other = scoring.number(scoring.current) if scoring.current else None
    if other is not None:
        return rounded(scoring.decision.better(number, other), CHANCE_DIGITS)
    if not scoring.in_metric or belief.level is None:
        return None
    found, score = belief.score(number), belief.level.link.of(current.score)
    chance = sum(
        share * normal_cdf((found.mean - fallen * belief.scale - score) / sqrt(found.variance))
        for share, fallen in scoring.decision.falls(number)
    )
    return rounded(chance, CHANCE_DIGITS)


def _fits(scored: Scored, profile: Profile) -> Literal["yes", "maybe"] | None:
    fit = fits(scored.costs.training_memory_gib, profile.train_on)
    return None if fit == "no" else fit


def _measured(result: ProbeResult) -> Measured:
    score, low, high = result.score
    return Measured(
        entry=result.entry,
        metric=result.metric,
        score=score,
        low=low,
        high=high,
        verdict=result.verdict,
    )


def estimates(costs: Costs) -> dict[str, Estimate]:
    found: dict[str, Interval | None] = {
        "training_hours": costs.training_hours,
        "training_memory_gib": costs.training_memory_gib,
        "serving_memory_gib": costs.serving_memory_gib,
        "latency_ms": costs.latency_ms,
        "energy_kwh": costs.energy_kwh,
        "disk_gib": costs.disk_gib,
        "forward_gflops": costs.forward_flops.times(1e-9) if costs.forward_flops else None,
    }
    units = {
        "training_hours": "h",
        "latency_ms": "ms",
        "energy_kwh": "kWh",
        "forward_gflops": "GFLOP",
    }
    bases: dict[str, Basis] = {
        "training_hours": costs.hours_basis,
        "energy_kwh": costs.hours_basis,
        "latency_ms": costs.latency_basis,
        "training_memory_gib": costs.memory_basis,
        "forward_gflops": costs.flops_basis,
    }
    return {
        name: Estimate(
            **figure(amount), unit=units.get(name, "GiB"), basis=bases.get(name, "derived")
        )
        for name, amount in found.items()
        if amount is not None
    }


def _unknown(scored: Scored) -> tuple[str, ...]:
    entry, costs = scored.entry, scored.costs
    lacking = {
        "n_parameters": entry.n_parameters is None,
        "license": entry.license is None,
        "release_date": entry.release_date is None,
        "pretraining data": entry.pretrained
        and entry.pretraining.data_size is None
        and entry.pretraining.data_seen is None,
        "training_hours": costs.training_hours is None,
        "training_memory_gib": costs.training_memory_gib is None,
        "latency_ms": costs.latency_ms is None,
        "published scores": scored.expected.basis == "prior",
    }
    return tuple(name for name, missing in lacking.items() if missing)


def all_rejected(rejections: Iterable[Rejection]) -> tuple[Rejected, ...]:
    """Those out, in their order; a reason that many share is put into words once."""
    words: dict[tuple[Value, ...], str] = {}

    def said(told: Message) -> str:
        key = (told.code, *told.values.values())  # a code always has the same values
        if key not in words:
            words[key] = say(told)
        return words[key]

    return tuple(rejected(one, said) for one in rejections)


def rejected(rejection: Rejection, said: Callable[[Message], str] = say) -> Rejected:
    constraint, reason, near, *_ = rejection.broken
    return Rejected(
        id=rejection.id,
        constraint=constraint,
        reason=said(reason),
        near_miss=said(near) if near else None,
        message=reason,
        near_miss_message=near,
    )
