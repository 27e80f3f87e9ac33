"""What `explain` and `compare` give back. Fields are added, never renamed."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Figure, FrozenRecord
from pick_model.documents.names import Basis
from pick_model.documents.report import Candidate, Estimate, Rejected, TaskSummary
from pick_model.words.message import Message


class Fact(FrozenRecord):
    """One fact of the catalog with where it is from."""

    field: str
    value: str | int | float | bool | None
    basis: Basis | None
    source: str | None


class ValueAccount(Figure):
    """How one criterion came to its value."""

    criterion: str
    weight: float
    contribution: float
    reads: str  # the value function and its anchors, in words
    reads_message: Message


class EvidenceAccount(FrozenRecord):
    """One score, published or yours on other data, where it stands, and what it weighed."""

    benchmark: str
    metric: str
    score: float
    split: str
    protocol: str
    conditions: str
    n_runs: int | None
    standard_score: float
    share: float  # of the whole estimate, for all scores of this benchmark and protocol
    source: str


class LeakedScore(FrozenRecord):
    """A published score that does not count: the model saw the benchmark's training data."""

    benchmark: str
    metric: str
    score: float
    protocol: str
    source: str
    seen_by: str  # the model, or the base model that saw it


class Move(FrozenRecord):
    """What one score measured on the task did to what is expected of a model."""

    model: str  # the one that was measured
    metric: str
    score: float
    low: float  # 90 %
    high: float
    before: Figure  # score expected of the explained model with the observations above
    after: Figure


class Explanation(FrozenRecord):
    """One model's whole account for one task."""

    schema_version: Literal[1] = 1
    command: Literal["explain"] = "explain"
    tool_version: str
    catalog_digest: str
    task: TaskSummary
    candidate: Candidate | None  # None when a constraint rejects it
    rejected: Rejected | None
    values: tuple[ValueAccount, ...]
    estimates: dict[str, Estimate]
    evidence: tuple[EvidenceAccount, ...]  # heaviest first
    leaked: tuple[LeakedScore, ...] = ()  # scores that do not count, by benchmark
    moves: tuple[Move, ...]  # in the order of the models' ids
    prior_share: float
    prior_standard_score: float
    facts: tuple[Fact, ...]
    to_win: tuple[str, ...]  # what would have to change for it to come first
    to_win_messages: tuple[Message, ...]  # the same, in the same order


class Comparison(FrozenRecord):
    """Models side by side on one task."""

    schema_version: Literal[1] = 1
    command: Literal["compare"] = "compare"
    tool_version: str
    catalog_digest: str
    task: TaskSummary
    candidates: tuple[Candidate, ...]
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]
    note_messages: tuple[Message, ...] = ()  # of the notes, in their order
