"""The screen's report: what frozen features of each model say about these labels.

Scores of bounded metrics are fractions (0.927). Intervals are 90 %. What depends on the clock
or on what is in the cache sits in `made_on`, `seconds` and `cached`.
"""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Amount, Count, Ends, Figure, Fraction, PositiveCount
from pick_model.documents.checked import Document
from pick_model.documents.lock import Day
from pick_model.documents.names import MetricName
from pick_model.documents.probe import Environment
from pick_model.words.message import Message, Value

PoolingName = Literal["mean", "first", "last", "max", "word", "own"]


class Layer(Document):
    """Whose vectors are the features, and how those of a row's tokens became one."""

    layer: int | None  # 0: what the first block reads; n: what block n gives; None: mean of all
    of: Count  # blocks; 0: the model does not tell its layers, and `layer` is -1
    pooling: PoolingName


class LayerScore(Document):
    """How well one layer explains the labels."""

    layer: int | None
    pooling: PoolingName
    ridge: float  # as Measures.ridge, at the rows of the first stage that looked at it


class Measures(Document):
    """Higher is better. Compare only between models at equal `rows`."""

    logme: float  # log of the maximum evidence, nats a line: of the block that has most
    h_score: float  # separation of the labels above chance, 1 at most: of the same block
    ridge: float  # squared deviation from the mean that is explained, left out, 1 at most
    knn: float  # the report's metric, by each row's nearest others


class BaselineGain(Document):
    """A score minus that of the best baseline, by the same rows."""

    over: str  # the baseline
    difference: Figure  # up is better


class ScreenBaseline(Document):
    """What is said of the rows without any pretrained model, as models' scores are made."""

    score: float
    interval: Ends
    standard_error: Amount
    rows: PositiveCount


class ScreenReading(Document):
    """What a model was worth by the first rows alone, before it read more."""

    rows: PositiveCount
    score: float
    interval: Ends
    measures: Measures


class ScreenFault(Document):
    """Why a model could not be screened."""

    code: str
    message: str
    message_code: str
    values: dict[str, Value]  # of the message
    hint: str | None
    hint_message: Message | None


class ScreenResult(Document):
    """One model. Without `error` everything but the ranks and the revision is there."""

    rank: PositiveCount | None  # of the belief where there is one, else the place by data_rank
    model: str
    revision: str | None  # 40-hex commit; None for a local folder
    weights_digest: str | None  # sha256 over the weight, configuration and tokenizer files
    score: float | None  # a linear model of frozen features, on rows that did not teach it
    interval: Ends | None
    standard_error: Amount | None
    prior_rank: PositiveCount | None  # by the catalog alone, among the models screened
    data_rank: PositiveCount | None  # by these rows alone; equals share the better one
    gain: BaselineGain | None = None  # over the best baseline; None: there is none on so many rows
    expected: Figure | None = None  # believed of the model as the task uses it, by both
    p_best: Fraction | None = None  # of the models screened
    may_lead: bool  # these rows do not tell it apart from the first, or it was not read in time
    measures: Measures | None
    best_layer: Layer | None
    layers: tuple[LayerScore, ...]
    rows: Count  # read of this model
    earlier: tuple[ScreenReading, ...] = ()  # by fewer of them, the fewest first
    truncated: Fraction | None  # share of rows that filled max_length
    n_parameters: PositiveCount | None  # of the encoder
    seconds: Amount  # loading, reading and judging
    cached: bool  # no row went through the model in this run
    error: ScreenFault | None = None


class ScreenData(Document):
    """Which rows were used."""

    source: str
    digest: str  # sha256 of the file
    label: str | None = None  # column of the labels
    kind: Literal["single-label", "multi-label", "regression", "tokens"]
    pairs: bool
    n_labels: Count
    rows_in_file: Count
    rows: PositiveCount  # read of a model at most
    stages: tuple[PositiveCount, ...]  # rows after which models were compared


class ScreenReport(Document):
    """`pick-model screen`: the best first, models that could not be screened last."""

    schema_version: Literal[1] = 1
    command: Literal["screen"] = "screen"
    made_on: Day
    metric: MetricName
    data: ScreenData
    settings: dict[str, bool | int | float | str | None]
    environment: Environment | None  # where the first model was read; None: none was
    results: tuple[ScreenResult, ...]
    baselines: dict[str, ScreenBaseline]  # on the rows of the model that was read for longest
    notes: tuple[str, ...] = ()
    note_messages: tuple[Message, ...] = ()  # of the notes that have one, in their order


class ScreenLine(Document):
    """One line of a results ledger: a screened model as evidence about its own task."""

    schema_version: Literal[1] = 1
    stage: Literal["screen"] = "screen"
    made_on: Day
    model: str
    revision: str | None
    weights_digest: str
    data_digest: str
    data_source: str
    label: str | None = None  # as of LedgerLine
    kind: str
    metric: MetricName
    score: float
    interval: Ends
    standard_error: Amount
    rows: PositiveCount
    measures: Measures
    earlier: tuple[ScreenReading, ...] = ()  # as of ScreenResult
    best_layer: Layer
    versions: dict[str, str]
