"""The report of a screen on a user's own queries: what each model finds of what answers them.

Metrics are fractions, as trec_eval defines them (`measure/retrieval/metrics.py`). Intervals are
90 %, over the queries. What depends on the clock, the machine or the cache sits in `made_on`,
`seconds`, `cached` and the figures of speed.
"""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Amount, Count, Ends, Figure, Fraction, PositiveCount
from pick_model.documents.checked import Document
from pick_model.documents.lock import Day
from pick_model.documents.names import MetricName
from pick_model.documents.probe import Environment
from pick_model.documents.screen import ScreenFault
from pick_model.words.message import Message

Scores = dict[MetricName, Figure]


class LanguageScores(Document):
    """The queries of one language alone."""

    language: str  # ISO 639 code, or the script where it is of several languages
    queries: PositiveCount
    scores: Scores
    over_bm25: Figure | None  # of the report's metric; None of BM25 itself


class Prompt(Document):
    """What was written before each text of one side."""

    text: str
    # given: by the user; model: its own files say so; family: its card does, by the
    # repository's name; none: nothing says any, and none was written.
    source: Literal["given", "model", "family", "none"]
    own: str | None  # the model's, whatever was written; None: nothing says any


class SearchFigures(Document):
    """What a way of searching found, and what it took."""

    score: float | None  # of the report's metric
    interval: Ends | None
    standard_error: Amount | None
    scores: Scores  # every metric
    languages: tuple[LanguageScores, ...]  # most queries first; none where all are of one
    index_gib: Amount | None  # of the vectors in float32, or of the index of words
    # One query alone: making its vector; of words, the whole search.
    query_ms: Amount | None
    passages_per_second: Amount | None


class WordSearch(SearchFigures):
    """BM25, the baseline."""

    name: str
    stemmed: tuple[str, ...]  # languages whose words were put to their stem
    plain: tuple[str, ...]  # languages, or scripts, whose words were taken as they are
    paired: bool  # whether runs of a script without spaces were cut into pairs of characters
    versions: dict[str, str]


class RetrievalResult(SearchFigures):
    """One model. Without `error` everything but the ranks and the revision is there."""

    rank: PositiveCount | None  # by these queries, BM25 not counted
    model: str
    revision: str | None  # 40-hex commit; None for a local folder
    weights_digest: str | None  # sha256 over the weight, configuration and tokenizer files
    prior_rank: PositiveCount | None  # by the catalog alone, among the models screened
    may_lead: bool  # these queries do not tell it apart from the first
    over_bm25: Figure | None  # its score less BM25's on the same queries
    query_prompt: Prompt | None
    passage_prompt: Prompt | None
    poolings: tuple[str, ...]
    compared_by: Literal["cosine", "dot"] | None
    dimension: PositiveCount | None
    max_tokens: PositiveCount | None  # where texts were cut
    truncated: Fraction | None  # share of passages that filled max_tokens
    n_parameters: PositiveCount | None
    memory_gib: Amount | None  # of the weights, as loaded in float32
    seconds: Amount
    cached: bool  # no text went through the model in this run
    error: ScreenFault | None = None


class RetrievalData(Document):
    """What was searched, and for what."""

    source: str
    digest: str  # of the file, or over those of the three
    file_digests: tuple[str, ...]  # sha256 of each
    queries: PositiveCount  # that were searched for
    queries_in_file: PositiveCount
    passages: PositiveCount
    judgements: PositiveCount  # relevant passages of those queries
    graded: bool


class RetrievalReport(Document):
    """`pick-model screen --queries`: the best first, models that could not be screened last."""

    schema_version: Literal[1] = 1
    command: Literal["screen-retrieval"] = "screen-retrieval"
    made_on: Day
    metric: MetricName
    data: RetrievalData
    settings: dict[str, bool | int | float | str | None]
    environment: Environment | None  # where the first model was read; None: none was
    bm25: WordSearch
    results: tuple[RetrievalResult, ...]
    notes: tuple[str, ...] = ()
    note_messages: tuple[Message, ...] = ()


class RetrievalLine(Document):
    """One line of a results ledger: a model used as it comes, on the user's own queries."""

    schema_version: Literal[1] = 1
    stage: Literal["retrieval"] = "retrieval"
    made_on: Day
    model: str
    revision: str | None
    weights_digest: str
    data_digest: str
    file_digests: tuple[str, ...]
    data_source: str
    method: Literal["as-is"] = "as-is"
    metric: MetricName
    score: float
    interval: Ends
    standard_error: Amount
    queries: PositiveCount
    passages: Count
    versions: dict[str, str]
