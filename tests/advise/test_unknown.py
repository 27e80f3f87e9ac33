"""Unknown is a low value and the whole scale, never the middle."""

from __future__ import annotations

from pick_model.advise.cautions import cautions
from pick_model.advise.constraints import FACT_CHECKS, Broken, check_costs, doubtful
from pick_model.advise.criteria import UNKNOWN, compute_value, pretraining_value, values
from pick_model.cost.estimate import estimate
from pick_model.documents.catalog import Entry, Pretraining, Shape
from pick_model.documents.profile import Profile
from pick_model.documents.task import Constraints

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


def broken(one: Entry, asked: Profile) -> Broken | None:
    """The first constraint that a fact breaks."""
    return next((b for check in FACT_CHECKS if (b := check(one, asked)) is not None), None)


def test_languages_that_nobody_told_are_told_and_no_ground_to_reject() -> None:
    asked = profile(languages=("en",))
    unknown = entry(languages=None)
    assert broken(unknown, asked) is None
    assert [m.code for m in cautions(unknown, asked, estimate(unknown, asked))][:1] == [
        "languages-unknown"
    ]
    known = entry(languages=asked.languages)
    assert "languages-unknown" not in {
        m.code for m in cautions(known, asked, estimate(known, asked))
    }
    other = broken(entry(languages=("xh",)), asked)
    assert other is not None
    assert other.constraint == "languages"


def test_an_architecture_without_weights_learns_any_language() -> None:
    asked = profile(languages=("en",))
    plain = entry(languages=None, pretrained=False)
    assert broken(plain, asked) is None
    assert "languages-unknown" not in {
        m.code for m in cautions(plain, asked, estimate(plain, asked))
    }


def test_a_limit_that_no_estimate_tells_of_puts_last_and_rejects_only_what_cannot_keep_it() -> None:
    unknown = entry(shape=Shape())
    limited = profile(constraints=Constraints(max_training_memory_gib=10.0))
    costs = estimate(unknown, limited)
    assert costs.training_memory_gib is None
    assert check_costs(unknown, limited, costs) is None
    assert doubtful(costs, limited)
    assert not doubtful(costs, profile())
    told = [m.code for m in cautions(unknown, limited, costs)]
    assert {"training-unknown", "estimate-unknown"} <= set(told)
    less = profile(constraints=Constraints(max_training_memory_gib=0.1))
    out = check_costs(unknown, less, costs)
    assert out is not None
    assert out.reason.code == "states-over-limit"
