"""What `backtest` gives back. Fields are added, never renamed."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Ends, FrozenRecord
from pick_model.words.message import Message

Hide = Literal["source", "dataset", "family"]


class Agreement(FrozenRecord):
    """How well one way of ranking agrees with what was measured.

    Regrets are points lost against the best model, 0 or more; only bounded metrics have them,
    and only benchmarks with more models than are tried.
    """

    tau: float | None  # weighted Kendall tau, -1 to 1, higher is better
    pearson: float | None
    regret1: float | None  # by taking its first
    regret3: float | None  # by taking the best of its first three
    regret5: float | None
    regret10: float | None


class BenchmarkResult(FrozenRecord):
    """One hidden benchmark."""

    benchmark: str
    dataset: str  # the data set behind it, which other benchmarks may share
    metric: str
    protocol: str
    n_models: int
    tau: float | None
    pearson: float | None
    regret1: float | None
    regret3: float | None
    regret5: float | None
    regret10: float | None
    coverage: float | None  # share of measured standings inside the 90 % interval
    first_group_hit: bool | None  # whether the best model is in the first tie group
    first_group_share: float | None  # of all models; a group of all is no advice
    baselines: dict[str, Agreement]


class Apart(FrozenRecord):
    """A gain without the one data set that makes most of its regret."""

    dataset: str
    share: float  # of the gain in regret; above 1 where the others lose
    tau: float
    regret1: float | None  # None: no other data set has a bounded metric
    regret1_interval: Ends | None


class Gain(FrozenRecord):
    """Expected standing against a baseline, benchmark by benchmark."""

    baseline: str
    tau: float  # mean difference, positive where the expected standing is better
    tau_interval: Ends  # 90 %, paired bootstrap over tables, or data sets
    regret1: float | None  # mean difference in points, negative where it is better
    regret1_interval: Ends | None
    without: Apart | None  # None: no data set adds to a gain in regret


class Summary(FrozenRecord):
    """Means over tables or over data sets, each counted once."""

    n_benchmarks: int
    tau: float | None
    tau_interval: Ends | None  # 90 %, bootstrap over tables, or data sets
    pearson: float | None
    regret1: float | None
    regret1_interval: Ends | None
    regret3: float | None
    regret5: float | None
    regret10: float | None
    coverage: float | None
    first_group_hit: float | None
    first_group_share: float | None
    baselines: dict[str, Agreement]
    gains: tuple[Gain, ...]


class TableResult(FrozenRecord):
    """The benchmarks of one source, or of one file."""

    table: str
    matched: tuple[str, ...]  # models by their catalog ids
    unmatched: tuple[str, ...]  # names of a file that the catalog does not know
    benchmarks: tuple[BenchmarkResult, ...]
    mean: Summary


class SizeClass(FrozenRecord):
    """Benchmarks with so many models, each data set counted once.

    A regret among five models and one among a hundred are two quantities, so they are shown
    beside each other and not weighed against each other.
    """

    least: int  # models
    most: int | None
    mean: Summary


class ReliabilityBin(FrozenRecord):
    """Cases that were predicted alike."""

    n: int
    predicted: float  # mean
    realised: float  # mean
    realised_interval: Ends  # 90 %, bootstrap over sources
    enough: bool  # whether cases, of enough sources, tell what came true to a fifth of it
    n_enough: int | None = None  # cases as these that would


class Shortlist(FrozenRecord):
    """Whether the shortlist that holds the best with 90 % held it."""

    predicted: float  # mean probability that it holds the best, 0.9 or more
    held: float  # share of benchmarks in which it did
    held_interval: Ends
    share: float  # its mean share of the models


class PointIntervals(FrozenRecord):
    """Scores in points of the metric, expected once the score of one model is known."""

    n: int
    coverage: float  # of their 90 % intervals
    coverage_interval: Ends
    half_width: float  # mean
    error: float  # mean absolute error of the expected score


class Reliability(FrozenRecord):
    """Whether what is said of a choice between the models of a hidden benchmark comes true.

    Each data set of a table counts once, and of a large table every so manieth.
    """

    n: int  # benchmarks
    p_best: tuple[ReliabilityBin, ...]  # a model's probability to be the best, ten bins
    first: ReliabilityBin  # that of the model to take
    shortlist: Shortlist
    expected_loss: tuple[ReliabilityBin, ...]  # points lost by the model to take, five bins
    loss: ReliabilityBin | None  # the same of all; None where no metric has points
    points: PointIntervals | None
    finalists: ReliabilityBin | None = None  # points lost by the best of the finalists
    finalists_share: float | None = None  # their mean share of the models


class Beside(FrozenRecord):
    """The same with less hidden: an upper bound, where the headline is a lower one."""

    hide: Hide
    mean: Summary  # over tables
    by_dataset: Summary


class Ceiling(FrozenRecord):
    """Agreement of single runs with the mean of the other runs: what noise allows."""

    n_benchmarks: int
    n_runs: int
    tau: float
    pearson: float


class Backtest(FrozenRecord):
    """The report of `backtest`."""

    schema_version: Literal[1] = 1
    command: Literal["backtest"] = "backtest"
    tool_version: str
    catalog_digest: str
    hide: Hide
    file: str | None
    tables: tuple[TableResult, ...]
    mean: Summary  # over tables, each counted once
    by_dataset: Summary  # over data sets, each counted once
    by_size: tuple[SizeClass, ...]
    reliability: Reliability | None  # None with families hidden: no models are weighed together
    beside: Beside | None  # where the source is hidden: with the data set alone hidden
    ceiling: Ceiling | None
    notes: tuple[str, ...]
    note_messages: tuple[Message, ...] = ()  # of the notes, in their order
