"""What `backtest` gives back. Fields are added, never renamed."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Ends, record
from pick_model.documents.message import Message

Hide = Literal["dataset", "family", "source"]


@record
class Agreement:
    """How well one way of ranking agrees with what was measured."""

    tau: float | None  # weighted Kendall tau, -1 to 1, higher is better
    pearson: float | None
    regret1: float | None  # points lost by taking its first, 0 or more; only bounded metrics
    regret3: float | None  # points lost by taking the best of its first three


@record
class BenchmarkResult:
    """One hidden benchmark."""

    benchmark: str
    metric: str
    protocol: str
    n_models: int
    tau: float | None
    pearson: float | None
    regret1: float | None
    regret3: float | None
    coverage: float | None  # share of measured standings inside the 90 % interval
    first_group_hit: bool | None  # whether the best model is in the first tie group
    first_group_share: float | None  # of all models; a group of all is no advice
    baselines: dict[str, Agreement]


@record
class Gain:
    """Expected standing against a baseline, benchmark by benchmark."""

    baseline: str
    tau: float  # mean difference, positive where the expected standing is better
    tau_interval: Ends  # 90 %, paired bootstrap over data sets
    regret1: float | None  # mean difference in points, negative where it is better
    regret1_interval: Ends | None


@record
class Summary:
    """Means over benchmarks, or over tables."""

    n_benchmarks: int
    tau: float | None
    pearson: float | None
    regret1: float | None
    regret3: float | None
    coverage: float | None
    first_group_hit: float | None
    first_group_share: float | None
    baselines: dict[str, Agreement]
    gains: tuple[Gain, ...]


@record
class TableResult:
    """The benchmarks of one source, or of one file."""

    table: str
    matched: tuple[str, ...]  # models by their catalog ids
    unmatched: tuple[str, ...]  # names of a file that the catalog does not know
    benchmarks: tuple[BenchmarkResult, ...]
    mean: Summary


@record
class Ceiling:
    """Agreement of single runs with the mean of the other runs: what noise allows."""

    n_benchmarks: int
    n_runs: int
    tau: float
    pearson: float


@record
class Backtest:
    """The report of `backtest`."""

    schema_version: Literal[1] = 1
    command: Literal["backtest"] = "backtest"
    tool_version: str
    catalog_digest: str
    hide: Hide
    file: str | None
    tables: tuple[TableResult, ...]
    mean: Summary  # over tables, each counted once
    ceiling: Ceiling | None
    notes: tuple[str, ...]
    note_messages: tuple[Message, ...] = ()  # of the notes, in their order
