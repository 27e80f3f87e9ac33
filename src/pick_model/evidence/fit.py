"""Put published scores on one scale: fitted once, when the catalog is compiled.

Scores can be compared only inside one group: the same benchmark, metric, split, protocol,
conditions and source. Each group gets a mean and a spread, each model a general ability,
alternately, so that groups with strong models only do not make those models look average.
The result is a table of fixed numbers; nothing of it changes when an overlay adds a model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import log10, sqrt
from typing import NamedTuple

from pick_model.documents.catalog import Benchmark, Entry
from pick_model.documents.tasks import LOWER_IS_BETTER

MIN_GROUP = 3  # two scores give a difference but no spread
ROUNDS = 30  # alternations; the table changes by less than 1e-3 after about ten
# A model's ability counts as if one more score of average height had been seen, and a
# group's spread as if two more of spread one had: both keep tiny samples from extremes.
ABILITY_PRIOR = 1.0
SPREAD_PRIOR = 2.0


class Row(NamedTuple):
    """One published score, as in the evidence tables (score as a plain number)."""

    entry: str
    benchmark: str
    metric: str
    score: float
    split: str
    protocol: str
    conditions: str
    n_runs: int | None
    source: str


class Standard(NamedTuple):
    """One score on the common scale of its modality: 0 average, 1 one spread better."""

    entry: str
    row: int  # position in the evidence table
    z: float


class Prior(NamedTuple):
    """Expected ability from what is known of a model: intercept + slopes × features."""

    intercept: float
    per_decade_of_parameters: float
    per_year: float
    mean_log10_parameters: float
    mean_year: float
    spread: float  # standard deviation of abilities around this line
    spread_without_parameters: float
    n_models: int


class Fit(NamedTuple):
    """The shipped numbers of one modality."""

    standards: list[Standard]
    prior: Prior
    noise: float  # standard deviation of one score around its model's ability


def group_of(row: Row) -> tuple[str, ...]:
    """What must agree before two scores may be compared."""
    return (row.benchmark, row.metric, row.split, row.protocol, row.conditions, row.source)


def fit_modality(
    rows: Iterable[tuple[int, Row]], entries: Mapping[str, Entry], floor: float = 0.05
) -> Fit:
    """Standardise the scores of one modality and fit the prior.

    `rows` pairs each score with its position; `entries` maps ids to entries. Smaller-is-
    better metrics are turned round. `floor` keeps a noise-free table from infinite weights.
    """
    groups: dict[tuple[str, ...], list[tuple[int, Row, float]]] = defaultdict(list)
    for position, row in rows:
        sign = -1.0 if row.metric in LOWER_IS_BETTER else 1.0
        groups[group_of(row)].append((position, row, sign * row.score))
    kept = {
        key: members
        for key, members in sorted(groups.items())
        if len({row.entry for _, row, _ in members}) >= MIN_GROUP
        and max(s for _, _, s in members) > min(s for _, _, s in members)
    }
    ability: dict[str, float] = {}
    standards: list[Standard] = []
    for _ in range(ROUNDS):
        standards = []
        for members in kept.values():
            standards.extend(_standardise(members, ability))
        ability = _abilities(standards)
    residual = [(s.z - ability[s.entry]) ** 2 for s in standards]
    noise = sqrt(sum(residual) / len(residual)) if residual else 1.0
    return Fit(
        [Standard(s.entry, s.row, round(s.z, 4)) for s in standards],
        _prior(ability, entries),
        round(max(noise, floor), 4),
    )


def _standardise(
    members: list[tuple[int, Row, float]], ability: Mapping[str, float]
) -> list[Standard]:
    """Scores of one group, shifted and scaled to the abilities of the models in it."""
    n = len(members)
    mean = sum(score for _, _, score in members) / n
    spread = sqrt(sum((score - mean) ** 2 for _, _, score in members) / n)
    known = [ability.get(row.entry, 0.0) for _, row, _ in members]
    centre = sum(known) / n
    width = 1.0
    if ability:
        squares = sum((a - centre) ** 2 for a in known)
        width = sqrt((squares + SPREAD_PRIOR) / (n + SPREAD_PRIOR))
    return [
        Standard(row.entry, position, centre + (score - mean) / spread * width)
        for position, row, score in members
    ]


def _abilities(standards: list[Standard]) -> dict[str, float]:
    """Mean standing of each model, shrunk, then scaled to mean 0 and spread 1."""
    sums: dict[str, list[float]] = defaultdict(list)
    for standard in standards:
        sums[standard.entry].append(standard.z)
    raw = {name: sum(zs) / (len(zs) + ABILITY_PRIOR) for name, zs in sorted(sums.items())}
    if len(raw) < 2:
        return raw
    mean = sum(raw.values()) / len(raw)
    spread = sqrt(sum((v - mean) ** 2 for v in raw.values()) / len(raw)) or 1.0
    return {name: (value - mean) / spread for name, value in raw.items()}


def backbone_size(entry: Entry) -> float | None:
    """log10 of the parameters outside the token embeddings; None if unknown."""
    if entry.n_parameters is None:
        return None
    return log10(max(entry.n_parameters - (entry.n_embedding_parameters or 0), 1))


def release_year(entry: Entry) -> float | None:
    """Year with its fraction; None if unknown."""
    if entry.release_date is None:
        return None
    month = int(entry.release_date[5:7] or 7) if len(entry.release_date) > 4 else 7
    return int(entry.release_date[:4]) + (month - 1) / 12


def _prior(ability: Mapping[str, float], entries: Mapping[str, Entry]) -> Prior:
    """Least squares of ability on size and year, with a unit ridge on both slopes."""
    points = []
    for name, value in ability.items():
        size, year = backbone_size(entries[name]), release_year(entries[name])
        if size is not None and year is not None and entries[name].pretrained:
            points.append((size, year, value))
    n = len(points)
    if n < MIN_GROUP:
        return Prior(0.0, 0.0, 0.0, 8.0, 2020.0, 1.0, 1.0, n)
    mean_x, mean_y, mean_v = (sum(p[i] for p in points) / n for i in range(3))
    xx = sum((p[0] - mean_x) ** 2 for p in points) + 1.0
    yy = sum((p[1] - mean_y) ** 2 for p in points) + 1.0
    xy = sum((p[0] - mean_x) * (p[1] - mean_y) for p in points)
    xv = sum((p[0] - mean_x) * (p[2] - mean_v) for p in points)
    yv = sum((p[1] - mean_y) * (p[2] - mean_v) for p in points)
    determinant = xx * yy - xy * xy
    slope_x = (xv * yy - yv * xy) / determinant
    slope_y = (yv * xx - xv * xy) / determinant
    left = [
        (p[2] - mean_v - slope_x * (p[0] - mean_x) - slope_y * (p[1] - mean_y)) ** 2
        for p in points
    ]
    total = [(p[2] - mean_v) ** 2 for p in points]
    return Prior(
        round(mean_v, 4),
        round(slope_x, 4),
        round(slope_y, 4),
        round(mean_x, 4),
        round(mean_y, 4),
        round(sqrt(sum(left) / max(n - 3, 1)), 4),
        round(sqrt(sum(total) / max(n - 1, 1)), 4),
        n,
    )


def fit(
    rows: list[Row], entries: Mapping[str, Entry], benchmarks: Mapping[str, Benchmark]
) -> dict[str, Fit]:
    """The fit of every modality that has evidence. Scores of a modality share one scale."""
    by_modality: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for position, row in enumerate(rows):
        by_modality[benchmarks[row.benchmark].modality].append((position, row))
    return {name: fit_modality(some, entries) for name, some in sorted(by_modality.items())}
