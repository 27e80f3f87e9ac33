"""Whether a text encoder transfers to recommending: more than popularity, and why it is more.

transfers           above popularity, above the same head on shuffled texts and above untrained
                    copies of the network, each by an interval that excludes zero
does-not-transfer   the head finds nothing in the vectors that tells what is taken next; or
                    popularity is above it; or what it has over popularity an untrained copy
                    has as well
inconclusive        anything else, with what it would take
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from pick_model.documents.base import Figure
from pick_model.documents.probe import Verdict
from pick_model.measure.retrieval.metrics import REPLICATES, SEED, Resampling, figure
from pick_model.measure.screen.contest import TAIL
from pick_model.words.message import Message
from pick_model.words.say import message


@dataclass(frozen=True)
class RankingJudgement:
    verdict: Verdict
    reason: Message


def judged(
    over_popularity: Figure,
    over_shuffled: Figure | None,
    over_untrained: Figure | None,
    learnt: bool,
) -> RankingJudgement:
    """The verdict from differences in the report's metric. None: the budget did not reach it."""
    ahead = shown(over_popularity)
    if not learnt:
        return RankingJudgement("does-not-transfer", message("vectors-say-nothing"))
    if over_popularity.high < 0:
        return RankingJudgement("does-not-transfer", message("below-popularity", by=ahead))
    if over_popularity.low <= 0:
        return RankingJudgement("inconclusive", message("level-with-popularity", by=ahead))
    if over_shuffled is not None and over_shuffled.low <= 0:
        told = message("as-shuffled", by=ahead, over=shown(over_shuffled))
        return RankingJudgement(_as_well(over_shuffled), told)
    if over_untrained is not None and over_untrained.low <= 0:
        told = message("as-untrained", by=ahead, over=shown(over_untrained))
        return RankingJudgement(_as_well(over_untrained), told)
    if over_shuffled is None or over_untrained is None:
        return RankingJudgement("inconclusive", message("without-control", by=ahead))
    return RankingJudgement(
        "transfers", message("above-popularity", by=ahead, over=shown(over_untrained))
    )


def _as_well(over: Figure) -> Verdict:
    """Of a control that is not told from the model: it may be as good, or is."""
    return "does-not-transfer" if over.value <= 0 else "inconclusive"


def shown(one: Figure) -> Message:
    return message("difference", value=one.value, low=one.low, high=one.high)


def over_copies(mine: np.ndarray, copies: Sequence[np.ndarray], draws: Resampling) -> Figure:
    """How far values (Q,) are above those that one more copy would have.

    Users are drawn as for every difference; beside them stands how far copies are from each
    other: a new one lies around their mean as Student's t with k - 1 degrees says, times
    s (1 + 1/k)^0.5. Of a network with random weights, which is such a copy itself, the interval
    lies above zero once in twenty.
    """
    means, middle = np.array([one.mean() for one in copies]), np.mean(copies, axis=0)
    k = len(copies)
    noise = np.random.default_rng(SEED).standard_t(k - 1, REPLICATES) * _spread(means)
    return figure(float((mine - middle).mean()), draws.drawn(mine - middle) + noise)


def next_copy(copies: Sequence[np.ndarray]) -> tuple[float, float, float]:
    """Mean of the copies, and the 90 % interval of one more; a metric of 0..1."""
    means = np.array([one.mean() for one in copies])
    half = float(student.ppf(1 - TAIL / 100, len(copies) - 1)) * _spread(means)
    middle = float(means.mean())
    return middle, max(0.0, middle - half), min(1.0, middle + half)


def _spread(means: np.ndarray) -> float:
    return float(means.std(ddof=1)) * float(np.sqrt(1 + 1 / len(means)))
