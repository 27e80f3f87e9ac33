"""Whether a text encoder transfers to recommending: more than popularity, and why it is more.

transfers           above popularity, above the same head on shuffled texts and above untrained
                    copies of the network, each by an interval that excludes zero
does-not-transfer   the head finds nothing in the vectors that tells what is taken next; or
                    popularity is above it; or what it has over popularity comes without
                    pretraining: a control has it as well, or all but a small part of it
inconclusive        anything else, with what it would take

Texts that share words (genres, brands) let any network recommend, for one with random weights
still carries which words there are. So popularity alone does not tell what pretraining brought.
TF-IDF of the texts, which may be all that is needed, is told beside the verdict, not in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from pick_model.documents.base import Figure
from pick_model.documents.probe import Verdict
from pick_model.documents.recommendation import WayName
from pick_model.measure.probe.settings import CONFIDENCE
from pick_model.measure.retrieval.metrics import REPLICATES, SEED, Resampling, figure
from pick_model.measure.retrieval.result import FEW
from pick_model.words.message import Message
from pick_model.words.say import message

# Part of the lead over popularity that a control must surely lack, else it has the lead as well;
# by hand: what is left is less than half, also at the upper end of the interval.
SMALL_PART = 0.5
CONTROLS: tuple[WayName, ...] = ("shuffled-texts", "untrained")


@dataclass(frozen=True)
class RankingJudgement:
    verdict: Verdict
    reason: Message


def judged(
    over: Mapping[WayName, Figure],
    learnt: bool,
    users: int,
    copies_lead: float | None = None,
) -> RankingJudgement:
    """The verdict from differences in the report's metric; controls that lack were not reached.

    users: that were asked. copies_lead: what one more untrained copy has over popularity, at the
    lower end of its interval.
    """
    popular = over["popularity"]
    ahead = shown(popular)
    if users < FEW:
        return RankingJudgement("inconclusive", message("too-few-users", n=users, least=FEW))
    if not learnt:
        return RankingJudgement("does-not-transfer", message("vectors-say-nothing"))
    if popular.high < 0:
        return RankingJudgement("does-not-transfer", message("below-popularity", by=ahead))
    if popular.low <= 0:
        return RankingJudgement("inconclusive", message("level-with-popularity", by=ahead))
    for name in CONTROLS:
        if name in over and over[name].low <= 0:
            told = message(
                "as-shuffled" if name == "shuffled-texts" else "as-untrained",
                by=ahead,
                over=shown(over[name]),
            )
            return RankingJudgement(_as_well(over[name], popular), told)
    if any(name not in over for name in CONTROLS) or copies_lead is None:
        return RankingJudgement("inconclusive", message("without-control", by=ahead))
    return RankingJudgement(
        "transfers",
        message(
            "above-popularity",
            by=ahead,
            copies=message("copies-are-too" if copies_lead > 0 else "copies-are-not"),
            over=shown(over["untrained"]),
            words=shown(over["words"]),
        ),
    )


def _as_well(over: Figure, popular: Figure) -> Verdict:
    """Of a control that is not told from the model: whether it surely has most of the lead."""
    lacks = over.high if over.value > 0 else 0.0
    return "does-not-transfer" if lacks < SMALL_PART * popular.value else "inconclusive"


def shown(one: Figure) -> Message:
    return message("difference", value=one.value, low=one.low, high=one.high)


def over_copies(mine: np.ndarray, copies: Sequence[np.ndarray], draws: Resampling) -> Figure:
    """How far values (Q,) are above those that one more copy would have.

    Users are drawn as for every difference; beside them stands how far copies are from each
    other: a new one lies around their mean as Student's t with k - 1 degrees says, times
    s (1 + 1/k)^0.5. Of a network with random weights, which is such a copy itself, the interval
    lies above zero once in twenty. Metrics lie in 0..1, so that no difference is beyond 1.
    """
    means, middle = np.array([one.mean() for one in copies]), np.mean(copies, axis=0)
    k = len(copies)
    noise = np.random.default_rng(SEED).standard_t(k - 1, REPLICATES) * _spread(means)
    drawn = np.clip(draws.drawn(mine - middle) + noise, -1.0, 1.0)
    return figure(float((mine - middle).mean()), drawn)


def next_copy(copies: Sequence[np.ndarray]) -> tuple[float, float, float]:
    """Mean of the copies, and the 90 % interval of one more; a metric of 0..1."""
    means = np.array([one.mean() for one in copies])
    half = float(student.ppf((1 + CONFIDENCE) / 2, len(copies) - 1)) * _spread(means)
    middle = float(means.mean())
    return middle, max(0.0, middle - half), min(1.0, middle + half)


def _spread(means: np.ndarray) -> float:
    return float(means.std(ddof=1)) * float(np.sqrt(1 + 1 / len(means)))
