"""recommend: from a task profile and a catalog to a ranked and explained shortlist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pick_model import __version__
from pick_model.catalog.model import Catalog
from pick_model.cost.estimate import Costs
from pick_model.cost.ranges import Range
from pick_model.documents.catalog import Entry
from pick_model.documents.reader import Parsed, check, read_yaml
from pick_model.documents.report import (
    Candidate,
    DefaultTaken,
    Estimate,
    ExpectedScore,
    FlipWeight,
    Measured,
    Recommendation,
    Rejected,
    TaskSummary,
)
from pick_model.documents.task import CRITERIA, PRESETS, Profile, Task, Weights, settle
from pick_model.documents.tasks import TASKS
from pick_model.errors import (
    Location,
    NoCandidate,
    SchemaError,
    UnknownName,
    UsageError,
    did_you_mean,
)
from pick_model.evidence.expected import Expected, Outlook
from pick_model.evidence.similarity import target_of
from pick_model.scoring.constraints import Rejection
from pick_model.scoring.rank import Ranked, Scored, contributions, rank, score, screen_out
from pick_model.scoring.robustness import (
    acceptability,
    flips,
    quality_cost_front,
    undominated,
)

if TYPE_CHECKING:
    from pick_model.evidence.own import OwnResult

TOP = 10


def load_task(path: str | Path) -> Task:
    """Read and check a task profile. Raises InputError or SchemaError, with file and line."""
    return check(read_yaml(Path(path)), Task)


def read_profile(
    path: str | Path,
    catalog: Catalog,
    *,
    preset: str | None = None,
    weights: dict[str, float] | None = None,
    hardware: str | None = None,
) -> Profile:
    """A task file, settled against the catalog's machines, with the command line's changes.

    Errors carry the line of the profile they come from.
    """
    parsed = read_yaml(Path(path))
    task = check(parsed, Task)
    return settled(task, catalog, preset=preset, weights=weights, hardware=hardware, parsed=parsed)


def settled(
    task: Task,
    catalog: Catalog,
    *,
    preset: str | None = None,
    weights: dict[str, float] | None = None,
    hardware: str | None = None,
    parsed: Parsed | None = None,
) -> Profile:
    """The profile of a task. Raises UnknownName for a model or machine nobody knows."""
    if preset is not None:
        if preset not in PRESETS:
            hint = did_you_mean(preset, PRESETS)
            raise UsageError(f"--preset: unknown preset {preset!r}", hint=hint)
        task = replace(task, preset=preset, weights=Weights())
    if weights:
        for name, value in weights.items():
            if name not in CRITERIA:
                hint = did_you_mean(name, CRITERIA)
                raise UsageError(f"--weight: unknown criterion {name!r}", hint=hint)
            if not 0 <= value < float("inf"):
                raise UsageError(f"--weight {name}: should be a finite number of 0 or more")
        task = replace(task, weights=replace(task.weights, **weights))

    def where(*path: str) -> Location | None:
        return parsed.location(path) if parsed else None

    def machine(name: str) -> Any:
        try:
            return catalog.machine(name)
        except UnknownName as error:
            if hardware is None:
                error.location = where("hardware")
            raise

    for kind in ("require", "ban"):
        _known_names(task, catalog, kind, where)
    try:
        return settle(task, machine, hardware=hardware)
    except ValueError as error:
        raise SchemaError(str(error), location=where("weights")) from None


def _known_names(task: Task, catalog: Catalog, kind: str, where: Any) -> None:
    """A misspelt family or model in a constraint would silently reject or allow too much."""
    field = f"{kind}_families"
    for name in getattr(task.constraints, field):
        families = {family.lower() for _, family in catalog.entries.column("family")}
        if name.lower() not in families:
            raise UnknownName(
                f"{field}: no family {name!r} in the catalog",
                location=where("constraints", field),
                hint=did_you_mean(name, sorted(families)),
            )
    field = f"{kind}_models"
    for name in getattr(task.constraints, field):
        try:
            catalog.find(name)
        except UnknownName as error:
            if name in catalog.banned:
                continue
            error.location = where("constraints", field)
            raise


class Run:
    """One scoring of the whole catalog, shared by the three commands."""

    def __init__(self, profile: Profile, catalog: Catalog, own: Sequence[OwnResult] = ()) -> None:
        self.profile = profile
        self.catalog = catalog
        self.outlook = Outlook(target_of(profile), catalog.numbering, catalog.scales)
        suited, others = catalog.entries.for_task(profile.task)
        kept, self.rejected = screen_out(suited, profile)
        self.own = {result.entry: result for result in own}
        self._measured: dict[str, Expected] = {}
        if own:
            from pick_model.evidence.own import updated

            published = {
                r.entry: self._expected(catalog.lineage(catalog.entries[r.entry])) for r in own
            }
            self._measured = updated(published, own)
        self.scored = [self.score(entry, costs) for entry, costs in kept]
        self.ranked = rank(self.scored)
        self.rejected += [
            Rejection(name, "task", f"is not a model for {profile.task}") for name in others
        ]
        self.rejected += [
            Rejection(name, "banned by overlay", reason) for name, reason in catalog.banned.items()
        ]

    @cached_property
    def front(self) -> list[Scored]:
        """The candidates that lead under some weighting, and few more."""
        return undominated(self.scored)

    def score(self, entry: Entry, costs: Costs) -> Scored:
        """Score one entry, whether or not it breaks a constraint."""
        lineage = self.catalog.lineage(entry)
        return score(entry, costs, self._expected(lineage), lineage, self.profile)

    def _expected(self, lineage: Sequence[Entry]) -> Expected:
        measured = self._measured.get(lineage[0].id)
        if measured is not None:
            return measured
        return self.outlook.expected(lineage, self.catalog.evidence(lineage[0].id))


def recommend(
    task: Task | Profile,
    catalog: Catalog,
    *,
    top: int | None = TOP,
    own: Sequence[OwnResult] = (),
) -> Recommendation:
    """Rank the catalog for a task.

    `own` are results measured on the task's own data (see `own_results`); they outweigh
    published ones.
    `top` limits the candidates listed (None: all); scores, ranks and rejections are the same
    whatever it is. Raises NoCandidate when every entry is rejected.
    """
    profile = task if isinstance(task, Profile) else settled(task, catalog)
    run = Run(profile, catalog, own)
    if not run.ranked:
        raise _no_candidate(run)
    accepted = acceptability(run.front)
    front = {c.entry.id for c in quality_cost_front(run.scored)}
    shown = run.ranked if top is None else run.ranked[:top]
    return Recommendation(
        tool_version=__version__,
        catalog_digest=catalog.digest,
        task=summary(profile),
        n_models=len(catalog.entries) + len(catalog.banned),
        n_candidates=len(run.ranked),
        candidates=tuple(candidate(r, run, accepted, front) for r in shown),
        rejected=tuple(rejected(r) for r in _nearest_first(run.rejected)),
        rejected_by=_waterfall(run.rejected),
        flips=tuple(
            FlipWeight(
                criterion=f.criterion,
                direction="above" if f.direction == "above" else "below",
                weight=rounded(f.weight),
                winner=f.winner,
            )
            for f in flips(run.ranked[0].scored, run.front, profile.weights)
        ),
        notes=tuple(_notes(run)),
    )


def _no_candidate(run: Run) -> NoCandidate:
    """The error for an empty shortlist: what rejected most, and what comes nearest."""
    counts = ", ".join(f"{name} {n}" for name, n in _waterfall(run.rejected).items())
    suitable = [r for r in _nearest_first(run.rejected) if r.constraint != "task"]
    if suitable:
        near = (f"{r.id}: {r.near_miss or r.reason}" for r in suitable[:3])
        hint = "nearest: " + "; ".join(near)
    else:
        hint = f"the catalog holds no model for {run.profile.task}; add some with --catalog"
    return NoCandidate(
        f"no model is left: all {len(run.rejected)} are rejected ({counts})", hint=hint
    )


def _nearest_first(rejections: Sequence[Rejection]) -> list[Rejection]:
    """Near misses first, the smallest excess before the larger, then by id."""
    return sorted(rejections, key=lambda r: (r.near_miss is None, r.excess, r.id))


def _waterfall(rejected: Sequence[Rejection]) -> dict[str, int]:
    """How many each constraint rejects, largest first, then by name."""
    counts = Counter(r.constraint for r in rejected)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _notes(run: Run) -> list[str]:
    notes = []
    leader = run.ranked[0]
    group = [r for r in run.ranked if r.rank == leader.rank]
    if len(group) > 1:
        notes.append(
            f"the first {len(group)} cannot be told apart at 90 %: choose among them by cost, "
            "or measure with probe"
        )
    if leader.scored.expected.basis == "prior":
        notes.append(f"no published score of {leader.scored.entry.id} resembles this task")
    return notes


def rounded(value: float, digits: int = 6) -> float:
    """Rounded for output, so that the last bits of a sum never differ between machines."""
    return round(value, digits)


def summary(profile: Profile) -> TaskSummary:
    modality = TASKS[profile.task].modality
    parts = []
    if modality in ("text", "image-text", "items"):
        parts.append(f"{profile.input_tokens} tokens")
    if "image" in modality:
        parts.append(f"{profile.input_pixels} px")
    if modality == "audio":
        parts.append(f"{profile.input_seconds:g} s")
    preset = tuple(w / sum(PRESETS[profile.preset]) for w in PRESETS[profile.preset])
    own = any(abs(a - b) > 1e-9 for a, b in zip(preset, profile.weights, strict=True))
    return TaskSummary(
        name=profile.name,
        task=profile.task,
        languages=profile.languages,
        domain=profile.domain,
        n_labels=profile.n_labels,
        n_rows=profile.n_rows,
        metric=profile.metric,
        input=", ".join(parts),
        train_on=profile.train_on.id,
        serve_on=profile.serve_on.id,
        method=profile.method,
        batch_size=profile.batch_size,
        epochs=profile.epochs,
        dtype=profile.dtype,
        preset=profile.preset,
        weights={n: rounded(w) for n, w in zip(CRITERIA, profile.weights, strict=True)},
        weights_origin="user" if own else "hand-set",
        defaults=tuple(
            DefaultTaken(field=d.field, value=d.value, why=d.why) for d in profile.defaults
        ),
    )


def candidate(ranked: Ranked, run: Run, accepted: dict[str, float], front: set[str]) -> Candidate:
    scored = ranked.scored
    entry, profile = scored.entry, run.profile
    own = run.own.get(entry.id)
    added = contributions(scored, profile.weights)
    return Candidate(
        rank=ranked.rank,
        id=entry.id,
        hub_repo=entry.hub_repo,
        revision=entry.revision,
        score=rounded(scored.score.value),
        interval=(rounded(scored.score.low), rounded(scored.score.high)),
        contributions={n: rounded(c) for n, c in zip(CRITERIA, added, strict=True)},
        values={
            name: (rounded(v.value), rounded(v.low), rounded(v.high))
            for name, v in zip(CRITERIA, scored.values, strict=True)
        },
        expected=ExpectedScore(
            value=rounded(scored.expected.z.value),
            low=rounded(scored.expected.z.low),
            high=rounded(scored.expected.z.high),
            metric="standard_score",
            basis=scored.expected.basis,
            n_items=scored.expected.n_items,
        ),
        measured=Measured(**own._asdict()) if own else None,
        estimates=estimates(scored.costs),
        n_parameters=entry.n_parameters,
        license=entry.license,
        micro_batch=scored.costs.micro_batch,
        pretrained=entry.pretrained,
        acceptability=rounded(accepted.get(entry.id, 0.0)),
        pareto=entry.id in front,
        unknown=_unknown(scored),
    )


def estimates(costs: Costs) -> dict[str, Estimate]:
    found: dict[str, Range | None] = {
        "training_hours": costs.training_hours,
        "training_memory_gib": costs.training_memory_gib,
        "serving_memory_gib": costs.serving_memory_gib,
        "latency_ms": costs.latency_ms,
        "disk_gib": costs.disk_gib,
        "forward_gflops": costs.forward_flops.times(1e-9) if costs.forward_flops else None,
    }
    units = {
        "training_hours": "h",
        "latency_ms": "ms",
        "forward_gflops": "GFLOP",
    }
    return {
        name: Estimate(
            value=rounded(amount.value),
            low=rounded(amount.low),
            high=rounded(amount.high),
            unit=units.get(name, "GiB"),
            basis="derived",
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


def rejected(rejection: Rejection) -> Rejected:
    return Rejected(
        id=rejection.id,
        constraint=rejection.constraint,
        reason=rejection.reason,
        near_miss=rejection.near_miss,
    )
