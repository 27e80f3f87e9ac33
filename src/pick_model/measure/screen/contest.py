"""Which model leads by the rows read so far, and which others more rows could still put first.

Every model is scored on the same rows under the same resampling of them, so two models are
compared by the difference that each resample gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pick_model.belief.level import link_of
from pick_model.belief.ways import FROZEN
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.screen.pieces import Judged
from pick_model.measure.screen.rows import Stage
from pick_model.measure.screen.spectrum import Array

# A model stays in while at least this share of the resamples has it level with the leader or
# above. Chosen by hand: twice as strict as the report's interval, for it is asked of every
# model at every stage.
DOUBT = 0.025
# Of the error of frozen features: beside it, the error of drawing rows adds a quarter. By hand:
# of 2,000 rows of subj a half was read of four variants with a half, and the same one led.
ENOUGH = 0.75
TAIL = 5.0  # per cent below and above the 90 % interval


@dataclass(frozen=True)
class ContestStanding:
    """One model on the rows of one stage. Utilities: up is better."""

    judged: Judged
    stage: int
    score: float
    low: float
    high: float
    error: float  # standard
    knn: float
    utility: float
    drawn: Array  # (R,) under the resampling


def scorer_of(stage: Stage, metric: str | None, replicates: int = 1000) -> Scorer:
    """Scores on the stage's rows; what must stay together is drawn together."""
    scorer = Scorer(stage.rows, metric, replicates=1)
    n = int(stage.blocks.max(initial=-1)) + 1
    present = np.unique(stage.blocks)
    drawn = np.zeros((replicates, n))
    random = np.random.default_rng(20250101)
    share = np.full(len(present), 1 / len(present))
    drawn[:, present] = random.multinomial(len(present), share, size=replicates)
    scorer.weights = drawn[:, stage.blocks]
    return scorer


def standing(judged: Judged, stage: int, scorer: Scorer) -> ContestStanding:
    """What a model's predictions are worth."""
    score, drawn = scorer.score(judged.predictions), scorer.resampled(judged.predictions)
    low, high = np.percentile(drawn, [TAIL, 100 - TAIL])
    return ContestStanding(
        judged=judged,
        stage=stage,
        score=score,
        low=min(float(low), score),
        high=max(float(high), score),
        error=float(drawn.std()),
        knn=scorer.score(judged.nearby),
        utility=scorer.sign * score,
        drawn=scorer.sign * drawn,
    )


def ordered(standings: Sequence[ContestStanding]) -> list[int]:
    """Places from the best by `merit`; of equals the larger first, for a list needs an order."""

    def key(at: int) -> tuple[tuple[float, ...], int, int]:
        one = standings[at]
        return tuple(-part for part in merit(one)), -one.judged.machine.parameters, at

    return sorted(range(len(standings)), key=key)


def merit(one: ContestStanding) -> tuple[float, ...]:
    """What the rows say of a model, higher is better: for how long it was read, what is explained,
    the score.

    The share of the squared error that ridge regression explains comes before the score in the
    metric: it sees how far a row lies from being right, where the score counts right ones, and
    on sets of `tests/benchmarks/screen_truth.py` it agreed better with full fine-tunes. Models
    may share the layers that explain most, as a model and its first half do: the rows say the
    same of both. Of five such pairs fine-tuned there on 600 rows the larger was ahead in one.
    """
    return one.stage, one.judged.explained, one.utility


def ranks(standings: Sequence[ContestStanding]) -> list[int]:
    """The rank of each from 1, by place; models of equal merit share the better one."""
    merits = [merit(one) for one in standings]
    return [1 + sum(other > own for other in merits) for own in merits]


def may_lead(standings: Sequence[ContestStanding]) -> list[bool]:
    """Whether the rows leave it open that a model is the first, by place."""
    if not standings:
        return []
    leader = standings[ordered(standings)[0]]
    return [
        one.stage == leader.stage and float((one.drawn >= leader.drawn).mean()) >= DOUBT
        for one in standings
    ]


def worth_reading(standings: Sequence[ContestStanding], metric: str) -> list[bool]:
    """Whether more rows could still change what is taken, by place.

    A model that may lead is read on until the error of drawing rows, in its difference from the
    leader, adds little to what frozen features leave open anyway of a fine-tune (`ways.FROZEN`).
    """
    lead, link = may_lead(standings), link_of(metric)
    if link is None or not standings:
        return lead
    first = ordered(standings)[0]
    leader, known = standings[first], ENOUGH * (2 * FROZEN.variance) ** 0.5
    apart = [
        may and float((one.drawn - leader.drawn).std()) * link.slope(leader.score) > known
        for one, may in zip(standings, lead, strict=True)
    ]
    apart[first] = any(apart)
    return apart
