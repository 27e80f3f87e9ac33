"""What a user measured on their own data, as the strongest evidence about their task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from pick_model.belief.equal_rows import ScreenMeasurement, at_equal_rows
from pick_model.belief.expected import Z90
from pick_model.belief.joint import Marginal, covariance
from pick_model.belief.level import Link
from pick_model.belief.own_data import OtherResult
from pick_model.belief.posterior import Observation
from pick_model.belief.ways import (
    CORRELATIONS,
    FROZEN,
    PROBED,
    THE_SAME,
    ObservationKind,
    measure_way,
    normal_scores,
    probed_on,
    spread_of,
)
from pick_model.interval import Interval

# Two runs of one fine-tune differ: .07 on the logit scale is the median standard deviation over
# seeds (IBM/model-recycling, 6 models, 27 tasks, 16 to 20 runs each).
RUN_SD = 0.07
LEAST_SCREENED = 3  # models of which a measure says anything: two tell their own spread alone


class ProbeResult(Struct, frozen=True):
    """One probed model: its expected full fine-tune on the user's data."""

    entry: str  # id in the catalog
    metric: str
    score: Interval  # 90 %
    verdict: str
    method: str = "full"  # of the probe; "linear": of frozen features
    rows: int | None = None  # of the fine-tune that it foretells; None: as many as the task has


Measured = ProbeResult | ScreenMeasurement | OtherResult


def probes(results: Iterable[Measured]) -> list[ProbeResult]:
    return [one for one in results if isinstance(one, ProbeResult)]


def screens(results: Iterable[Measured]) -> list[ScreenMeasurement]:
    return [one for one in results if isinstance(one, ScreenMeasurement)]


def others(results: Iterable[Measured]) -> list[OtherResult]:
    return [one for one in results if isinstance(one, OtherResult)]


def as_observations(
    results: Sequence[Measured],
    current: tuple[str, float, int] | None,
    link: Link | None,
    members: Sequence[Marginal],
    method: str,
    n_rows: int | None = None,
) -> list[Observation]:
    """Results, and the score of the model in use, as the belief reads them.

    All are scores in one metric (that of `link`) on the task's data; `method` is how the model
    is to be trained, on `n_rows` rows (None: not known). The score in use is one run's, on so many
    rows; where its model was probed anew, that stands for it.
    """
    screened_too = {one.entry for one in screens(results)}
    frozen = [r for r in probes(results) if r.method == "linear" and method != "frozen"]
    tuned = [r for r in probes(results) if r not in frozen]
    found = [Observation(r.entry, r.score, _way(r, n_rows)) for r in tuned]
    # A linear probe and a screen are of the same features and count once: as a screen, with its
    # measures, where the model is tuned; else as the probe, which is the task's own way.
    found += [
        Observation(r.entry, r.score, FROZEN)
        for r in frozen
        if r.entry not in screened_too and _is_told(r.score, link)
    ]
    if current is not None and link and current[0] not in {r.entry for r in probes(results)}:
        name, score, rows = current
        u = link.of(score)
        luck = Z90 * (RUN_SD**2 + link.sampling_variance(score, rows)) ** 0.5
        low, high = sorted((link.score(u - luck), link.score(u + luck)))
        found.append(Observation(name, Interval(score, min(low, score), max(high, score))))
    probed = {r.entry for r in tuned if r.method == "linear"}
    read = [one for one in screens(results) if one.entry not in probed]
    return found + screened(read, members, method, link)


def _way(result: ProbeResult, n_rows: int | None) -> ObservationKind:
    """Of a probe: a fine-tune's as of the rows that the task has."""
    if result.method == "linear" or not (result.rows and n_rows):
        return PROBED
    return probed_on(result.rows, n_rows)


def _is_told(score: Interval, link: Link | None) -> bool:
    """Whether a score of frozen features says anything of a fine-tune, as `screened` has it."""
    return score.high > score.low and not (link and link.is_worst(score.value))


def screened(
    results: Sequence[ScreenMeasurement],
    members: Sequence[Marginal],
    method: str,
    link: Link | None,
) -> list[Observation]:
    """Screens as the belief reads them: the score, and the measures where they were compared.

    All of one model come of the same features and err together, so that k of them count as
    one: each with k times its variance. Where frozen features are what will be used, the score
    is the task's own and the measures have nothing to add. Else a score at the bottom of its
    metric is not read, for it does not tell how far below the others it would be; nor anywhere
    one without an error, which only a constant has and tells nothing of the features.
    """
    groups = at_equal_rows(results, link)
    if method == "frozen":
        every = [one for some in groups for one in some]
        return [Observation(one.entry, one.score, THE_SAME) for one in every if _has_error(one)]
    found = []
    for some in groups:
        enough = len(some) >= LEAST_SCREENED
        names = _varying(some) if enough else []
        way = _shared_out(FROZEN, 1 + len(names))
        found += [
            Observation(one.entry, _widened(one.score, 1 + len(names), link), way)
            for one in some
            if _is_told(one.score, link)
        ]
        for name in names:
            found += compared(name, some, members, method, 1 + len(names))
    return found


def _has_error(one: ScreenMeasurement) -> bool:
    return one.score.high > one.score.low


def _varying(some: Sequence[ScreenMeasurement]) -> list[str]:
    """The measures that tell these models apart."""
    names = CORRELATIONS["full"]
    return [name for name in names if len({one.measures[name] for one in some}) > 1]


def compared(
    name: str,
    some: Sequence[ScreenMeasurement],
    candidates: Sequence[Marginal],
    method: str,
    shares: int = 1,
) -> list[Observation]:
    """One measure of models that read as many rows, in standard scores around their mean."""
    by_name = {member.name: member for member in candidates}
    members = [by_name[one.entry] for one in some]
    pairs = [covariance(a, b) for k, a in enumerate(members) for b in members[:k]]
    spread = spread_of(
        [m.mean for m in members], [m.sd**2 for m in members], sum(pairs) / len(pairs)
    )
    kind = "lora" if method in ("lora", "qlora") else "full"
    one_way = measure_way(name, kind, spread)._replace(name=f"{name} {some[0].rows}")
    way = _shared_out(one_way, shares)
    found = []
    for one, at in zip(some, normal_scores([one.measures[name] for one in some]), strict=True):
        found.append(Observation(one.entry, Interval(*3 * (spread * at,)), way))
    return found


def _shared_out(way: ObservationKind, shares: int) -> ObservationKind:
    return way._replace(variance=way.variance * shares)


def _widened(score: Interval, shares: int, link: Link | None) -> Interval:
    """The interval of an error whose variance is so many times as large on the link's scale."""
    if link is None:
        return score
    value, *ends = (link.of(end) for end in score)
    low, high = sorted(link.scores(value + shares**0.5 * (end - value) for end in ends))
    return Interval(score.value, min(low, score.value), max(high, score.value))
