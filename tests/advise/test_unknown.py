"""Unknown is a low value and the whole scale, never the middle."""

from __future__ import annotations

from pick_model.advise.criteria import UNKNOWN, compute_value, pretraining_value, values
from pick_model.cost.estimate import estimate
from pick_model.documents.catalog import Pretraining, Shape

from .helpers import entry, expected, profile


def test_an_amount_of_data_that_nobody_tells_is_worth_a_quarter_and_may_be_all() -> None:
    one = entry(pretraining=Pretraining())
    assert pretraining_value(one, profile(), (one,)) == UNKNOWN
    assert (UNKNOWN.value, UNKNOWN.low, UNKNOWN.high) == (0.25, 0.0, 1.0)


def test_a_cost_that_cannot_be_told_is_worth_no_more_than_one_that_is_known() -> None:
    asked = profile()
    known, unknown = entry(), entry(n_parameters=None, shape=Shape())
    costs = estimate(known, asked), estimate(unknown, asked)
    a, b = (compute_value(each, asked) for each in costs)
    assert b.value < a.value
    assert b.low == 0.0
    assert values(unknown, asked, costs[1], expected(), (unknown,))[3] == UNKNOWN
