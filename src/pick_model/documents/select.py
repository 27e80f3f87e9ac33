"""The report of `pick-model select`: what was measured, what it changed, and what to take.

Losses are in the unit of the decision, scores in the metric. Intervals are 90 %. What depends
on the clock sits in `made_on`, `spent_seconds`, and `seconds` of steps and results.
"""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Amount, Count, Figure, Fraction, PositiveCount
from pick_model.documents.checked import Document
from pick_model.documents.lock import Day
from pick_model.documents.names import MetricName
from pick_model.documents.report import Decision, Measured
from pick_model.documents.screen import ScreenFault
from pick_model.words.message import Message

StageName = Literal["screen", "probe"]
# decided: no measurement is expected to change what is taken by enough; worth: the next is worth
# less than it costs by the user's prices; budget: none that would help fits into what is left;
# nothing-left: all that can be measured was.
Ending = Literal["decided", "worth", "budget", "nothing-left"]


class Expectation(Document):
    """What was believed of one model at one time."""

    score: Figure | None  # in the metric; None: nothing scales standings to it
    standing: Figure  # in standard scores
    p_best: Fraction
    expected_loss: Amount


class StepObservation(Document):
    """What a step measured."""

    score: float  # of a linear model of frozen features, or of the full fine-tune to expect
    low: float
    high: float
    rows: PositiveCount
    verdict: str | None = None  # of a probe


class SelectStep(Document):
    """One measurement, in the order they were made."""

    stage: StageName
    model: str
    foreseen_seconds: Amount
    seconds: Amount
    observation: StepObservation | None  # None: it failed, or says nothing yet
    before: Expectation | None  # of the model; None: nothing is believed of it
    after: Expectation | None
    pick: str  # what was to be taken afterwards
    expected_loss_after: Amount  # of taking it
    majority_only: bool = False  # still at the majority class: to be extended, not dropped
    error: ScreenFault | None = None


class Selected(Document):
    """One candidate as it stands at the end; the measured ones, and the first of the others."""

    rank: PositiveCount | None  # None: it could not be measured, or breaks a limit
    model: str
    prior: Expectation | None  # before anything was measured
    believed: Expectation | None
    screened: Measured | None
    probed: Measured | None
    n_parameters: PositiveCount | None
    full_seconds: Amount | None  # foreseen of fine-tuning it on this machine
    error: ScreenFault | None = None


class Further(Document):
    """What more time would buy."""

    minutes: Amount
    steps: tuple[tuple[StageName, str], ...]
    expected_loss_after: Amount


class SelectReport(Document):
    """`pick-model select`."""

    schema_version: Literal[1] = 1
    command: Literal["select"] = "select"
    made_on: Day
    metric: MetricName
    source: str  # the labelled rows
    data_digest: str  # sha256 of their file
    rows: Count  # to learn from
    rows_heldout: Count
    settings: dict[str, bool | int | float | str | None]
    preset: str
    weights: dict[str, Fraction]  # of the criteria by which the decision is taken
    decision: Decision  # at the end
    pick_before: str
    expected_loss_before: Amount  # of taking that, before anything was measured
    ended: Ending
    steps: tuple[SelectStep, ...]
    results: tuple[Selected, ...]
    baselines: dict[str, float]  # trivial ones on the held-out rows; none without a probe
    further: Further | None  # the next ten minutes; None: nothing is worth measuring
    budget_seconds: Amount
    spent_seconds: Amount
    full_seconds: Amount | None  # foreseen of fine-tuning every candidate that can be measured
    notes: tuple[str, ...] = ()
    note_messages: tuple[Message, ...] = ()
