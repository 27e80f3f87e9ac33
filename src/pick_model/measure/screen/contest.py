"""Which model leads by the rows read so far, and which others more rows could still put first.

Every model is scored on the same rows under the same resampling of them, so two models are
compared by the difference that each resample gives, on the rows that both have read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pick_model.belief.equal_rows import RowsLine
from pick_model.belief.level import link_of
from pick_model.belief.ways import FROZEN
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.verdict import UtilityDraws
from pick_model.measure.screen.pieces import Judged

# A model stays in while at least this share of the resamples has it level with the leader or
# above. Chosen by hand: twice as strict as the report's interval, for it is asked of every
# model at every stage.
DOUBT = 0.025
# Of the error of frozen features: the error of drawing rows is as large at most. By hand: of 1,000
# rows of subj a quarter was read in the median with each of four deals of folds, and one of those
# that all rows leave in the lead was missed in one of them; with .75 two of the four read a half.
ENOUGH = 1.0


@dataclass(frozen=True)
class ContestStanding:
    """One model on the rows of one stage."""

    judged: Judged
    stage: int
    sign: float  # of the metric: -1 where lower is better
    worth: UtilityDraws
    knn: float
    before: ContestStanding | None = None  # where it stood at the stage before

    @property
    def score(self) -> float:
        return self.sign * self.worth.value

    def at(self, stage: int) -> ContestStanding:
        """Where it stood at a stage up to this one."""
        found = self
        while found.stage > stage and found.before is not None:
            found = found.before
        return found


def standing(
    judged: Judged, stage: int, scorer: Scorer, before: ContestStanding | None = None
) -> ContestStanding:
    """What a model's predictions are worth."""
    worth, knn = worth_of(judged.predictions, scorer), scorer.score(judged.nearby)
    return ContestStanding(judged, stage, scorer.sign, worth, knn, before)


def worth_of(predictions: Sequence[Any], scorer: Scorer) -> UtilityDraws:
    """Of one prediction a row, under the scorer's resampling of the rows."""
    drawn = scorer.resampled(predictions)
    return UtilityDraws(scorer.sign * scorer.score(predictions), scorer.sign * drawn)


def ordered(standings: Sequence[ContestStanding]) -> list[int]:
    """Places from the best by `merits`; of equals the larger first, for a list needs an order."""
    found = merits(standings)

    def key(at: int) -> tuple[tuple[float, ...], int, int]:
        larger = -standings[at].judged.machine.parameters
        return tuple(-part for part in found[at]), larger, at

    return sorted(range(len(standings)), key=key)


def merits(standings: Sequence[ContestStanding]) -> list[tuple[float, ...]]:
    """What the rows say of each model: whether it may lead, and its LogME as of equal rows.

    Higher is better. Of the four measures LogME agrees best with full fine-tunes
    (`tests/benchmarks/screen_truth.py`). What counts right answers, a score or nearest neighbours,
    is coarse on few rows: with both and the H-score added, weighted tau was .07 lower on 300 rows
    and .04 on 600.

    Models may share the layers that explain most, as a model and its first half do: the rows say
    the same of both. Of five such pairs fine-tuned for `tests/benchmarks/screen_truth.py` on 600
    rows the larger was ahead in one.
    """
    return [*zip(may_lead(standings), evidence(standings), strict=True)]


def evidence(standings: Sequence[ContestStanding]) -> list[float]:
    """LogME of each as of the most rows that any has read, by place.

    Who was read no further is moved as those were that were read at both row counts, or as the one
    that had just its LogME: two models of one block are told apart by no rows, and one of them is
    left where it was for that.
    """
    found = [one.at(0).judged.logme for one in standings]
    for stage in range(1, max((one.stage for one in standings), default=0) + 1):
        read = [place for place, one in enumerate(standings) if one.stage >= stage]
        before = [found[place] for place in read]
        after = [standings[place].at(stage).judged.logme for place in read]
        line, same = RowsLine.through(before, after), dict(zip(before, after, strict=True))
        found = [same.get(value, line.of(value)) for value in found]
        for place, value in zip(read, after, strict=True):
            found[place] = value
    return found


def ranks(standings: Sequence[ContestStanding]) -> list[int]:
    """The rank of each from 1, by place; models of equal merit share the better one."""
    found = merits(standings)
    return [1 + sum(other > own for other in found) for own in found]


def may_lead(standings: Sequence[ContestStanding]) -> list[bool]:
    """Whether the rows leave it open that a model is the first, by place.

    By the last rows that it and the leader have both read: a model is read no further where more
    rows would tell too little, too. One that then was not level with the leader of those rows is
    out for good.
    """
    if not standings:
        return []

    def level(one: ContestStanding, first: ContestStanding) -> bool:
        return float((one.worth.draws >= first.worth.draws).mean()) >= DOUBT

    found, last = [], leader(standings)
    for one in standings:
        then = leader([other.at(one.stage) for other in standings if other.stage >= one.stage])
        found.append(level(one, then) and level(one, last.at(one.stage)))
    return found


def leader(standings: Sequence[ContestStanding]) -> ContestStanding:
    """Of those read for longest the one whose ridge explains most; of equals the largest.

    It says who is read on. The share of the squared error that is explained sees how far a row
    lies from being right, where the score counts right ones.
    """

    def key(one: ContestStanding) -> tuple[float, ...]:
        return one.stage, one.judged.explained, one.worth.value, one.judged.machine.parameters

    return max(standings, key=key)


def worth_reading(
    standings: Sequence[ContestStanding], metric: str, thorough: bool = False
) -> list[bool]:
    """Whether more rows could still change what is taken, by place.

    A model that may lead is read on until the error of drawing rows, in its difference from the
    leader, is no more than what frozen features leave open anyway of a fine-tune (`ways.FROZEN`);
    thorough: in any case.
    """
    if not standings:
        return []
    lead, link, first = may_lead(standings), link_of(metric), leader(standings)
    known = 0.0 if thorough else ENOUGH * (2 * FROZEN.variance) ** 0.5
    # One that did not come as far as the leader failed on the rows between.
    lead = [may and one.stage == first.stage for one, may in zip(standings, lead, strict=True)]
    if link is None:
        return lead
    apart = [
        may and float((one.worth.draws - first.worth.draws).std()) * link.slope(first.score) > known
        for one, may in zip(standings, lead, strict=True)
    ]
    return [may or (one is first and any(apart)) for one, may in zip(standings, apart, strict=True)]
