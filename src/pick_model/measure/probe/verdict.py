"""Transfers, does not transfer, or cannot tell yet: by intervals against the trivial baselines.

transfers           the measured score is above every trivial baseline, each by a paired
                    interval that excludes zero; or, where the budget reached only some of
                    the rows, it is so above the baselines fitted on the same rows, and the
                    full fine-tune's extrapolated score above those fitted on all
does-not-transfer   the full fine-tune's extrapolated score is below the best trivial
                    baseline by an interval that excludes zero; or, after the run was
                    extended, it is still not above majority where another is
inconclusive        anything else, with what it would take

A run still at the majority class is never judged by its extrapolation: it has not begun to
learn, so its curve says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pick_model.documents.probe import Verdict
from pick_model.interval import Interval
from pick_model.measure.probe.curve import interval
from pick_model.vocabulary.baselines import DECIDING, MAJORITY, learnt
from pick_model.words.message import Message
from pick_model.words.say import message

Array = np.ndarray[Any, np.dtype[Any]]


MEAN = "labels-mean"  # what the majority is called among numbers


@dataclass(frozen=True)
class ScoreDraws:
    """All a verdict rests on. Utilities: up is better; (R,) draws are paired."""

    measured: Array
    extrapolated: Array
    baselines: Mapping[str, Array]  # draws by name, of the trivial ones and others
    same_rows: Mapping[str, Array] | None  # the trivial ones on the rows trained on, if fewer
    flattened: bool
    extended: bool  # has trained as long as the full fine-tune would
    majority_only: bool
    n_heldout: int
    full_steps: int  # of the full fine-tune
    more_steps: int  # that an extension would take
    perfect: float = float("inf")  # the utility of a model that makes no mistake
    of_numbers: bool = False  # so what one would always say is their mean, and no class

    def called(self, baseline: str) -> str:
        """A baseline's name for the reader."""
        return MEAN if self.of_numbers and baseline == MAJORITY else baseline


@dataclass(frozen=True)
class Judgement:
    verdict: Verdict
    reason: Message
    needs: tuple[Message, ...] = ()


def judge(seen: ScoreDraws) -> Judgement:
    """The verdict and its reason; what it would take when inconclusive."""
    trivial = {name: draws for name, draws in seen.baselines.items() if name in DECIDING}
    best = max(trivial, key=lambda name: float(trivial[name].mean()))
    now = {name: difference(seen.measured, draws) for name, draws in trivial.items()}
    if all(d.low > 0 for d in now.values()):
        return Judgement(
            "transfers", message("scores-above", by=_gap(now[best]), baseline=seen.called(best))
        )
    later = difference(seen.extrapolated, trivial[best])
    learning = now[MAJORITY].low > 0 and not seen.majority_only
    if seen.same_rows is not None and learning:
        close = _best(seen.same_rows)
        alike = difference(seen.measured, seen.same_rows[close])
        if alike.low > 0 and later.low > 0:
            by, then = _gap(alike), _gap(later)
            told = message(
                "above-on-same-rows", by=by, later=then, baseline=seen.called(best), alike=close
            )
            return Judgement("transfers", told)
    if learning and later.high < 0:
        below = message(
            "full-below-and-flat" if seen.flattened else "full-below",
            later=_gap(later),
            baseline=seen.called(best),
        )
        return Judgement("does-not-transfer", below)
    other = _best(trivial)
    lead = difference(trivial[other], trivial[MAJORITY])
    if not learning and seen.extended and lead.low > 0:
        told = message(
            "never-above-mean" if seen.of_numbers else "never-above-majority",
            lead=_gap(lead),
            baseline=other,
        )
        return Judgement("does-not-transfer", told)
    return Judgement(
        "inconclusive", _why(seen, now, best, learning), _needs(seen, best, now[best], learning)
    )


def _best(trivial: Mapping[str, Array]) -> str:
    """The best of those that look at the rows."""
    return max(learnt(trivial), key=lambda name: float(trivial[name].mean()))


def difference(model: Array, baseline: Array) -> Interval:
    """Mean and 90 % interval of paired draws, model minus baseline."""
    low, high = interval(model - baseline)
    return Interval(float((model - baseline).mean()), low, high)


def _why(seen: ScoreDraws, now: Mapping[str, Interval], best: str, learning: bool) -> Message:
    if not learning:
        return message(
            "not-above-mean-yet" if seen.of_numbers else "not-above-majority-yet",
            by=_gap(now[MAJORITY]),
        )
    return message(
        "flat-within-noise" if seen.flattened else "not-flat-not-clear",
        by=_gap(now[best]),
        baseline=seen.called(best),
    )


def _needs(seen: ScoreDraws, best: str, gap: Interval, learning: bool) -> tuple[Message, ...]:
    if float(np.median(seen.baselines[best])) >= seen.perfect:
        return (message("harder-heldout-rows", baseline=seen.called(best)),)  # nothing is above it
    needs = []
    if seen.more_steps > 0 and not (seen.flattened and learning):
        needs.append(message("more-steps", steps=seen.more_steps))
    half = (gap.high - gap.low) / 2
    if abs(gap.value) > 0 and half > 0:
        # The interval shrinks with the root of the rows; aim for it to end at zero.
        wanted = int(np.ceil(seen.n_heldout * (half / abs(gap.value)) ** 2))
        if wanted >= 100 * seen.n_heldout:
            needs.append(message("far-more-heldout-rows"))
        elif wanted > seen.n_heldout:
            needs.append(message("more-heldout-rows", rows=_round(wanted)))
    if not seen.flattened:
        needs.append(message("full-fine-tune", steps=seen.full_steps))
    return tuple(needs) or (message("more-labelled-rows"),)


def _gap(d: Interval) -> Message:
    return message("difference", value=d.value, low=d.low, high=d.high)


def _round(count: int) -> int:
    """Two significant digits: more would be pretence."""
    size: int = 10 ** max(0, len(str(count)) - 2)
    return -(-count // size) * size
