"""Transfers, does not transfer, or cannot tell yet: by intervals against the trivial baselines.

transfers           the measured score is above every trivial baseline, each by a paired
                    interval that excludes zero; or, where the budget reached only some of
                    the rows, it is so above the baselines fitted on the same rows, and the
                    full fine-tune's extrapolated score above those fitted on all
does-not-transfer   the full fine-tune's extrapolated score is below the best trivial
                    baseline by an interval that excludes zero, or that is measured of the
                    full fine-tune; or after it the model still says one class where
                    another baseline is above that
inconclusive        anything else, with what it would take; and whatever rests on held-out
                    rows of a few groups

A run still at the majority class is never judged by its extrapolation: it has not begun to
learn, so its curve says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from pick_model.documents.base import Figure, significant
from pick_model.documents.probe import Verdict
from pick_model.interval import Interval
from pick_model.measure.probe.curve import interval
from pick_model.vocabulary.baselines import DECIDING, MAJORITY, MEAN, learnt
from pick_model.words.message import Message
from pick_model.words.say import message

# Draws of so few groups are alike, and intervals too narrow: labels by lot "transferred" in four of
# twenty sets with one of five groups held out. By hand.
LEAST_UNITS = 10

Array = np.ndarray[Any, np.dtype[Any]]


MORE_PASSES = message("more-passes")


class UtilityDraws(NamedTuple):
    """A utility (up is better) and its draws, (R,), paired with those of others."""

    value: float
    draws: Array

    @property
    def interval(self) -> Interval:
        """The value between the 90 % of its draws."""
        return _around(self.value, self.draws)

    def ends(self, sign: float) -> tuple[float, float]:
        """The 90 % interval of the metric, which is `sign` times the utility, for a report."""
        low, high = sorted(significant(sign * end) for end in self.interval[1:])
        return low, high

    def above(self, other: UtilityDraws) -> Interval:
        """The difference, with the 90 % of the paired draws'."""
        return _around(self.value - other.value, self.draws - other.draws)

    def lead(self, other: UtilityDraws) -> Figure:
        """The same for a report."""
        return Figure(**{k: significant(v) for k, v in self.above(other)._asdict().items()})


def _around(value: float, draws: Array) -> Interval:
    low, high = interval(draws)
    return Interval(value, min(low, value), max(high, value))


@dataclass(frozen=True)
class ScoreDraws:
    """All a verdict rests on."""

    measured: UtilityDraws
    extrapolated: UtilityDraws
    baselines: Mapping[str, UtilityDraws]  # by name, the trivial ones and others
    same_rows: (
        Mapping[str, UtilityDraws] | None
    )  # the trivial ones on the rows trained on, if fewer
    flattened: bool
    whole: bool  # it is the full fine-tune: all rows, as often or until it was stopped
    few_passes: bool  # and so few rows take more passes
    majority_only: bool
    n_heldout: int
    n_units: int  # of the held-out rows, that are drawn as one: rows of a group, or of one text
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
    trivial = {name: one for name, one in seen.baselines.items() if name in DECIDING}
    best = max(trivial, key=lambda name: trivial[name].value)
    now = {name: seen.measured.above(one) for name, one in trivial.items()}
    if seen.n_units < min(LEAST_UNITS, seen.n_heldout):
        few = message("few-groups-held-out", n=seen.n_units)
        return Judgement("inconclusive", few, (message("more-groups", least=LEAST_UNITS),))
    if all(d.low > 0 for d in now.values()):
        return Judgement(
            "transfers", message("scores-above", by=_gap(now[best]), baseline=seen.called(best))
        )
    later = seen.extrapolated.above(trivial[best])
    learning = now[MAJORITY].low > 0 and not seen.majority_only
    if seen.same_rows is not None and learning:
        close = _best(seen.same_rows)
        alike = seen.measured.above(seen.same_rows[close])
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
    lead = trivial[other].above(trivial[MAJORITY])
    more = (MORE_PASSES,) if seen.few_passes else ()
    if seen.majority_only and seen.whole and lead.low > 0:
        told = message(
            "never-above-mean" if seen.of_numbers else "never-above-majority",
            lead=_gap(lead),
            baseline=other,
        )
        return Judgement("does-not-transfer", told, more)
    if seen.whole and now[best].high < 0:
        below = message("whole-below", by=_gap(now[best]), baseline=seen.called(best))
        return Judgement("does-not-transfer", below, more)
    against = best if learning else MAJORITY  # which the reason speaks of
    return Judgement(
        "inconclusive", _why(seen, now, best, learning), _needs(seen, best, now[against], learning)
    )


def _best(trivial: Mapping[str, UtilityDraws]) -> str:
    """The best of those that look at the rows."""
    return max(learnt(trivial), key=lambda name: trivial[name].value)


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
    if seen.baselines[best].value >= seen.perfect:
        return (message("harder-heldout-rows", baseline=seen.called(best)),)  # nothing is above it
    needs = []
    if seen.more_steps > 0 and not (seen.flattened and learning):
        needs.append(message("more-steps", steps=seen.more_steps))
    half = (gap.high - gap.low) / 2
    if half > 0 and (gap.value > 0 or (gap.value < 0 and learning)):
        # The interval shrinks with the root of the rows; aim for it to end at zero.
        wanted = int(np.ceil(seen.n_heldout * (half / abs(gap.value)) ** 2))
        if wanted >= 100 * seen.n_heldout:
            needs.append(message("far-more-heldout-rows"))
        elif wanted > seen.n_heldout:
            needs.append(message("more-heldout-rows", rows=_round(wanted)))
    if seen.few_passes:
        needs.append(MORE_PASSES)
    if not seen.flattened and not seen.whole:
        steps = seen.full_steps
        needs.append(
            message("or-full-fine-tune", steps=steps)
            if needs
            else message("full-fine-tune", steps=steps)
        )
    return tuple(needs) or (message("more-labelled-rows"),)


def _gap(d: Interval) -> Message:
    return message("difference", value=d.value, low=d.low, high=d.high)


def _round(count: int) -> int:
    """Two significant digits: more would be pretence."""
    size: int = 10 ** max(0, len(str(count)) - 2)
    return -(-count // size) * size
