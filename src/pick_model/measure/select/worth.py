"""What measurements win for the choice, whether that pays, and which fine-tunes are worth it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pick_model.belief.measuring import MOST, Chosen, Option, loss_after
from pick_model.measure.select.state import State

# Points of the metric, or hundredths of a standard score, that all that could be measured is to
# win for the choice. By hand: the budget is given, so it is left unspent only where the choice is
# as good as made; a tenth of a point ended it with four fifths of the budget left, beside a model
# that full fine-tuning finds better (tests/benchmarks/funnel.py, subj).
LEAST_POINTS, LEAST_STANDINGS = 0.01, 0.002


def won(state: State, order: Sequence[Chosen], bonus: Mapping[int, float]) -> float:
    """What these measurements take from the loss to expect, in its unit."""
    told = [(one.option.member, one.option.stage) for one in order]
    decision = state.scoring.decision
    return loss_after(decision, (), bonus) - loss_after(decision, told, bonus)


def most_won_by_second(state: State, order: Sequence[Chosen], bonus: Mapping[int, float]) -> float:
    """The most that any number of these measurements, made in turn, win by the second."""
    found, seconds = 0.0, 0.0
    for n, one in enumerate(order, start=1):
        seconds += one.option.cost
        found = max(found, won(state, order[:n], bonus) / seconds)
    return found


def least(state: State) -> float:
    """What measuring is to win at least, in the unit of losses."""
    return LEAST_POINTS if state.scoring.decision.in_points else LEAST_STANDINGS


def pays(state: State, order: Sequence[Chosen], bonus: Mapping[int, float]) -> bool:
    """Whether measuring so far down the list is worth its price, by the user's figures."""
    worth, price = state.profile.point_worth, state.profile.price_per_hour
    if worth is None or price is None:
        return True
    paid = 0.0
    for n, one in enumerate(order, start=1):
        paid += price * one.option.cost / 3600
        if worth * won(state, order[:n], bonus) > paid:
            return True
    return False


class Finals(NamedTuple):
    """Full fine-tunes of what shorter probes told of, one after the other."""

    options: tuple[Option, ...]
    won: float  # by all of them, in the unit of losses

    @property
    def seconds(self) -> float:
        return sum(one.cost for one in self.options)

    @property
    def won_by_second(self) -> float:
        return self.won / self.seconds if self.options else 0.0


def in_full(state: State, options: Sequence[Option], left: float) -> Finals | None:
    """Those of the leaders that win most for the choice by their seconds; None where nothing fits,
    or is worth it. options: `State.again`.

    One alone may tell no more than how hard the data are, and two who of them leads.
    """
    bonus, lost = state.bonus, state.scoring.decision.loss
    if bonus is None:
        return None
    fitting = [one for one in options if one.cost <= left]
    leaders = sorted(fitting, key=lambda one: lost(one.member))[: MOST["compare"]]
    best = Finals((), 0.0)
    for n in range(1, len(leaders) + 1):
        some = [Chosen(one, 0.0) for one in leaders[:n]]
        found = Finals(tuple(leaders[:n]), won(state, some, bonus))
        if found.seconds > left:
            break
        if found.won >= least(state) and pays(state, some, bonus):
            best = max(best, found, key=lambda one: one.won_by_second)
    return best if best.options else None
