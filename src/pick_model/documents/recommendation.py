"""The report of recommending a user's items by their texts: what each text encoder finds.

All items are ranked for each user, save those the user had. Metrics are fractions, with one
item to find: `map` is the mean reciprocal rank without a cut. Intervals are 90 %, over the
users. What depends on the clock, the machine or the cache sits in `made_on`, `seconds`,
`cached` and the figures of speed.
"""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Amount, Count, Ends, Figure, Fraction, PositiveCount
from pick_model.documents.checked import Document
from pick_model.documents.lock import Day
from pick_model.documents.names import MetricName
from pick_model.documents.probe import Environment, Verdict
from pick_model.documents.retrieval import Prompt, Scores
from pick_model.documents.screen import ScreenFault
from pick_model.words.message import Message

WayName = Literal["popularity", "item-knn", "als", "words", "shuffled-texts", "untrained"]


class RankingFigures(Document):
    """What a way of recommending found."""

    score: float | None  # of the report's metric
    interval: Ends | None
    standard_error: Amount | None
    scores: Scores  # every metric
    # Of users whose next item nobody was seen to take: that item among all, by what texts say
    # alone where texts are read. None: no such users.
    cold: Scores | None


class RankingBaseline(RankingFigures):
    """A way that reads no text, or none with a model.

    popularity: what was taken most; item-knn: cosines of who took what; als: factors by
    alternating least squares; words: TF-IDF of the texts in place of a model's vectors.
    """

    name: WayName


class Control(Document):
    """What the same head finds on vectors that say less.

    shuffled-texts: the model's vectors, each given to another item. untrained: of the same
    network with its weights shuffled, the mean of `copies`; its interval is of one more copy.
    """

    name: Literal["shuffled-texts", "untrained"]
    score: float
    interval: Ends
    copies: PositiveCount


class RecommenderResult(RankingFigures):
    """One text encoder. Without `error` everything but what a screen does not do is there."""

    rank: PositiveCount | None  # by these users, baselines not counted
    model: str
    revision: str | None  # 40-hex commit; None for a local folder
    weights_digest: str | None  # sha256 over the weight, configuration and tokenizer files
    may_lead: bool  # these users do not tell it apart from the first
    over: dict[WayName, Figure]  # its score less another way's, on the same users
    controls: tuple[Control, ...]  # of a probe
    verdict: Verdict | None  # of a probe; None in a screen, which trains nothing
    reason: str | None
    reason_message: Message | None
    learnt: bool | None  # the head found something in the vectors; else it is popularity
    passes: Count | None  # of the head over the users
    dropped: tuple[str, ...]  # what the budget did not reach
    dropped_messages: tuple[Message, ...]
    prompt: Prompt | None  # before each text
    dimension: PositiveCount | None
    max_tokens: PositiveCount | None  # where texts were cut
    truncated: Fraction | None  # share of texts that filled max_tokens
    n_parameters: PositiveCount | None
    memory_gib: Amount | None  # of the weights, as loaded in float32
    items_per_second: Amount | None
    seconds: Amount
    cached: bool  # no text went through the model in this run
    error: ScreenFault | None = None


class RecommendationData(Document):
    """Who took what, and what was asked for."""

    source: str
    digest: str  # over those of the files
    file_digests: tuple[str, ...]  # sha256 of each
    columns: dict[str, str]  # by part
    text_columns: tuple[str, ...]
    interactions_in_file: PositiveCount
    interactions: PositiveCount  # that count
    users: PositiveCount  # with any of those
    items_in_file: PositiveCount
    items: PositiveCount  # that are ranked
    cold_items: Count  # of them, those nobody was seen to take
    timed: bool
    tests: PositiveCount  # users whose next item was asked for
    tests_in_file: PositiveCount
    cold_tests: Count  # of them, those whose next item is cold
    tuning: Count  # users that the head is tuned on


class RecommendationReport(Document):
    """`pick-model screen --items` and `probe --items`: the best first, failed models last."""

    schema_version: Literal[1] = 1
    command: Literal["screen-recommendation", "probe-recommendation"]
    made_on: Day
    metric: MetricName
    split: Literal["leave-last-out", "time"]
    data: RecommendationData
    settings: dict[str, bool | int | float | str | None]
    environment: Environment | None  # where the first model was read; None: none was
    baselines: tuple[RankingBaseline, ...]
    results: tuple[RecommenderResult, ...]
    notes: tuple[str, ...] = ()
    note_messages: tuple[Message, ...] = ()


class RecommendationLine(Document):
    """One line of a results ledger: a text encoder on the user's own interactions."""

    schema_version: Literal[1] = 1
    stage: Literal["recommendation"] = "recommendation"
    made_on: Day
    model: str
    revision: str | None
    weights_digest: str
    data_digest: str
    file_digests: tuple[str, ...]
    data_source: str
    method: Literal["as-is", "frozen"]  # by similarity, or under a head that was trained
    split: Literal["leave-last-out", "time"]
    metric: MetricName
    score: float
    interval: Ends
    standard_error: Amount
    verdict: Verdict | None
    baselines: dict[WayName, float]
    users: PositiveCount
    items: PositiveCount
    versions: dict[str, str]
