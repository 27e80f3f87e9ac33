"""The probe's report: what a short fine-tune measured, and what may be concluded from it.

Scores of bounded metrics are fractions (0.927). Intervals are 90 % unless named otherwise.
Everything that depends on the clock or on the machine's load sits in `made_on`, `seconds`,
`peak_memory_gib` and `timing`; `deterministic_part` leaves those out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pick_model.core_schema import Bounds
from pick_model.documents.base import Amount, Count, Ends, Figure, Fraction, PositiveCount
from pick_model.documents.checked import Document
from pick_model.documents.lock import Day
from pick_model.documents.names import MetricName
from pick_model.vocabulary.uses import ProbeMethod
from pick_model.words.message import Message

Verdict = Literal["transfers", "does-not-transfer", "inconclusive"]
RateFrom = Literal["given", "trials", "published", "none"]


class SameRows(Document):
    """A baseline fitted on no more rows than the model was trained on."""

    rows: PositiveCount
    score: float
    difference: Figure


class Baseline(Document):
    """A trivial baseline, scored on the same held-out rows."""

    score: float
    interval: Ends
    difference: Figure  # the probed model minus this baseline on the same rows; up is better
    metrics: dict[str, float]
    in_verdict: bool  # frozen features are shown and do not decide
    rows: PositiveCount | None = None  # training rows it was fitted on; None: not recorded
    words: PositiveCount | None = None  # a tagger's, where not all of those rows' words were used
    same_rows: SameRows | None = None  # where the model was trained on fewer rows


class Extrapolated(Document):
    """What the full fine-tune would score: all rows, `passes` passes."""

    score: float
    interval: Ends  # 90 %, eval sampling, seeds and the curve's own uncertainty together
    rows: Count  # training rows the full fine-tune would use
    passes: Amount
    models: dict[str, Fraction]  # weight of each curve family in the average


class Confusion(Document):
    """What was said of the held-out rows of each label, by the largest runs."""

    labels: tuple[str, ...]  # most frequent first, at most 40; rows of others do not count
    counts: tuple[tuple[Amount, ...], ...]  # [true label][label said], rows, mean over seeds


class RowsPoint(Document):
    """One point of the learning curve over training rows."""

    rows: PositiveCount
    steps: Count
    passes: Amount
    seeds: PositiveCount
    score: float  # mean over seeds, on the held-out rows
    interval: Ends


class StepsPoint(Document):
    """One point of the learning curve over steps, on rows kept back from training."""

    step: Count
    score: float
    loss: float


class Advice(Document):
    """One line of the recipe for the full fine-tune."""

    what: str
    value: str
    why: str
    source: str
    value_message: Message | None = None
    why_message: Message | None = None


class ProbeTiming(Document):
    """Measured here, so different in every run."""

    step_seconds: Amount | None = None  # median of the steps, each as of a batch of the mean size
    rows_per_second: Amount | None = None  # training rows
    predict_rows_per_second: Amount | None = None
    train_seconds: Amount | None = None  # all seeds and curve points
    frozen_seconds: Amount | None = None
    baseline_seconds: Amount | None = None
    full_seconds: Amount | None = None  # estimate of the full fine-tune, one seed
    micro_batch: PositiveCount | None = None  # rows at once after any out-of-memory halving
    resumed: Count = 0  # results read from the work store instead of computed


class Result(Document):
    """One probed model."""

    model: str
    revision: str | None  # 40-hex commit; None for a local folder
    verdict: Verdict
    metric: MetricName
    score: float  # mean over seeds at the largest stage
    interval: Ends
    baselines: dict[str, Baseline]
    extrapolated: Extrapolated
    seeds: tuple[int, ...]
    steps: Count  # optimisation steps of one seed's largest run
    seconds: Amount
    peak_memory_gib: Amount | None
    reason: str
    reason_message: Message | None = None
    needs: tuple[str, ...]  # what it would take, when inconclusive
    needs_messages: tuple[Message, ...] = ()
    flattened: bool  # more steps or rows are not expected to move the score by two points
    extended: bool  # the run went on past one pass
    direct: bool = False  # the full fine-tune itself: it costs hardly more than a probe of it
    dropped: tuple[str, ...] = ()  # what the budget did not reach
    dropped_messages: tuple[Message, ...] = ()  # of these, in their order
    method: ProbeMethod
    metrics: dict[str, float]  # all metrics, mean over seeds
    seed_scores: tuple[float, ...]
    rows: PositiveCount  # training rows of the largest run
    passes: Amount
    total_steps: Count  # every optimisation step taken: all seeds, curve points, trials
    full_steps: Count  # steps of the full fine-tune extrapolated to
    curve: tuple[RowsPoint, ...]
    steps_curve: tuple[StepsPoint, ...]
    learning_rate: Amount | None
    learning_rate_from: RateFrom
    batch: PositiveCount
    max_length: PositiveCount
    truncated: Fraction  # share of training rows longer than max_length
    early_stopped: bool
    threshold: float | None  # decision threshold, multi-label only
    majority_only: bool  # every seed predicts one class (or one value) for all rows
    weights_digest: str  # sha256 over the weight, configuration and tokenizer files
    recipe: tuple[Advice, ...]
    timing: ProbeTiming
    confusion: Confusion | None = None  # of single labels


class Data(Document):
    """Which rows were used."""

    source: str
    digest: str  # sha256 of the file
    label: str | None = None  # column of the labels
    fingerprint: str  # sha256 of the training and held-out rows as used
    kind: Literal["single-label", "multi-label", "regression", "tokens"]
    pairs: bool
    n_labels: Count
    rows_in_file: Count
    rows_train: PositiveCount
    rows_tuning: PositiveCount  # kept back from training for stopping, threshold, rate
    rows_heldout: PositiveCount


class Environment(Document):
    """Where the figures were measured."""

    device: str
    device_name: str
    dtype: str  # of the forward and backward pass
    threads: PositiveCount
    versions: dict[str, str]


class ProbeReport(Document):
    """`pick-model probe`, one result a model, in the order asked for."""

    schema_version: Literal[1] = 1
    command: Literal["probe"] = "probe"
    made_on: Day  # when the report was written
    data: Data
    settings: dict[str, bool | int | float | str | None]
    environment: Environment
    results: Annotated[tuple[Result, ...], Bounds(min_length=1)]
    notes: tuple[str, ...] = ()
    note_messages: tuple[Message, ...] = ()  # of the notes, in their order


class LedgerLine(Document):
    """One line of a results ledger: a probe's outcome as evidence about its own task."""

    schema_version: Literal[1] = 1
    made_on: Day | None = None
    model: str
    revision: str | None
    weights_digest: str
    data_digest: str
    data_source: str
    label: str | None = None  # column of the labels; None: not recorded, or no column
    kind: str
    method: ProbeMethod
    metric: MetricName
    score: float
    interval: Ends
    extrapolated: float
    extrapolated_interval: Ends
    verdict: Verdict
    rows: PositiveCount
    full_rows: PositiveCount | None = None  # of the fine-tune foretold; None: not recorded
    undecided: bool = False  # it still said one class for every row, and was not the whole of it
    steps: Count
    seeds: PositiveCount
    baselines: dict[str, float]
    step_seconds: Amount | None
    peak_memory_gib: Amount | None
    device: str
    versions: dict[str, str]


def deterministic_part(report: ProbeReport) -> dict[str, Any]:
    """The report as JSON values, without what depends on the clock or the load."""
    document = report.model_dump(mode="json", exclude={"made_on"})
    for result in document["results"]:
        for key in ("seconds", "peak_memory_gib", "timing"):
            del result[key]
    return document
