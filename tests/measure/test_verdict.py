"""Verdicts on synthetic scores."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from pick_model.measure.probe.verdict import ScoreDraws, UtilityDraws, judge
from pick_model.vocabulary.metrics import utility_of_perfection
from pick_model.words.say import say, say_all

N = 600


def evidence(
    model: float,
    tfidf: float,
    majority: float = 0.5,
    *,
    later: float | None = None,
    same: float | None = None,
    **more: Any,
) -> ScoreDraws:
    """Draws around these scores, paired: the held-out rows' luck is shared.

    `tfidf` is fitted on all rows, `same` on the rows trained on where those are fewer.
    """
    random = np.random.default_rng(0)
    shared = random.normal(0, 0.015, size=1000)

    def draws(score: float, own: float) -> UtilityDraws:
        return UtilityDraws(score, score + shared + random.normal(0, own, size=1000))

    base = ScoreDraws(
        measured=draws(model, 0.01),
        extrapolated=draws(model if later is None else later, 0.02),
        baselines={"majority": draws(majority, 0.01), "tfidf": draws(tfidf, 0.01)},
        same_rows=None
        if same is None
        else {"majority": draws(majority, 0.01), "tfidf": draws(same, 0.01)},
        flattened=True,
        whole=False,
        few_passes=False,
        majority_only=False,
        n_heldout=N,
        n_units=N,
        full_steps=300,
        more_steps=200,
    )
    return dataclasses.replace(base, **more)


def test_clear_of_both_baselines_transfers() -> None:
    found = judge(evidence(0.90, 0.80))
    assert (found.verdict, found.needs) == ("transfers", ())
    assert "TF-IDF" in say(found.reason)


def test_the_better_baseline_is_the_one_to_beat() -> None:
    """Above majority alone is not enough."""
    assert judge(evidence(0.80, 0.80)).verdict == "inconclusive"


def test_a_promise_alone_does_not_transfer() -> None:
    """Only what was measured transfers; an extrapolation may not say so."""
    found = judge(evidence(0.79, 0.80, later=0.95, flattened=False))
    assert found.verdict == "inconclusive"


@pytest.mark.parametrize(
    ("same", "later", "verdict"),
    [
        (0.70, 0.90, "transfers"),
        (0.78, 0.90, "inconclusive"),  # no better than TF-IDF where both saw the same
        (0.70, 0.83, "inconclusive"),  # but TF-IDF on all rows may stay ahead
        (0.70, 0.72, "does-not-transfer"),
    ],
)
def test_on_some_of_the_rows_a_lead_there_and_a_promise_are_both_needed(
    same: float, later: float, verdict: str
) -> None:
    found = judge(evidence(0.79, 0.80, same=same, later=later, flattened=False))
    assert found.verdict == verdict
    assert ("on the same rows" in say(found.reason)) == (verdict == "transfers")


def test_below_the_baseline_also_when_extrapolated_does_not_transfer() -> None:
    found = judge(evidence(0.70, 0.85))
    assert found.verdict == "does-not-transfer"
    assert "flattened" in say(found.reason)


def test_below_now_but_perhaps_not_later_is_inconclusive_and_says_what_it_takes() -> None:
    found = judge(evidence(0.78, 0.85, later=0.84, flattened=False))
    assert found.verdict == "inconclusive"
    assert any("200 more steps" in need for need in say_all(found.needs))


def test_within_the_noise_after_flattening_asks_for_heldout_rows() -> None:
    found = judge(evidence(0.805, 0.80))
    assert found.verdict == "inconclusive"
    assert any("held-out rows" in need for need in say_all(found.needs))


@pytest.mark.parametrize("only", [True, False])
def test_still_at_majority_never_eliminates_before_the_extension(only: bool) -> None:
    found = judge(evidence(0.50, 0.85, majority_only=only, later=0.5))
    assert found.verdict == "inconclusive"
    assert "majority" in say(found.reason)


def test_still_at_majority_after_the_whole_run_where_tfidf_learns_does_not_transfer() -> None:
    found = judge(evidence(0.50, 0.85, majority_only=True, later=0.5, whole=True))
    assert found.verdict == "does-not-transfer"


def test_below_the_commonest_label_after_the_whole_run_does_not_transfer() -> None:
    """Though no baseline is above it."""
    found = judge(evidence(0.40, 0.50, later=0.4, whole=True))
    assert found.verdict == "does-not-transfer"
    assert "after the whole run" in say(found.reason)
    assert judge(evidence(0.40, 0.50, later=0.4)).verdict == "inconclusive"


@pytest.mark.parametrize(("units", "verdict"), [(3, "inconclusive"), (30, "transfers")])
def test_held_out_rows_of_a_few_groups_tell_nothing(units: int, verdict: str) -> None:
    found = judge(evidence(0.90, 0.80, n_units=units))
    assert found.verdict == verdict
    few = judge(evidence(0.90, 0.80, n_units=units, n_heldout=units + 1))
    assert few.verdict == verdict
    assert ("3 groups alone" in say(found.reason)) == (units == 3)


def test_rows_to_tell_a_difference_are_of_the_one_that_is_named() -> None:
    """Of what has not learnt: above the commonest label, and only where it is above it at all."""
    some = judge(evidence(0.505, 0.60, majority_only=True, later=0.5))
    assert "majority" in say(some.reason)
    [rows] = [n.values["rows"] for n in some.needs if n.code == "more-heldout-rows"]
    assert int(rows) > 4 * N  # type: ignore[arg-type]  # of .1 fewer would do
    below = judge(evidence(0.49, 0.60, majority_only=True, later=0.5))
    assert not any(need.code.endswith("heldout-rows") for need in below.needs)


def test_where_nothing_learns_nothing_is_concluded() -> None:
    found = judge(evidence(0.50, 0.505, majority_only=True, whole=True))
    assert found.verdict == "inconclusive"


def test_more_heldout_rows_are_asked_for_when_the_difference_is_smaller() -> None:
    def wanted(model: float) -> int:
        needs = {need.code: need.values for need in judge(evidence(model, 0.80)).needs}
        return int(needs["more-heldout-rows"]["rows"])  # type: ignore[arg-type]

    assert wanted(0.806) > wanted(0.812) > N


@pytest.mark.parametrize("model", [0.50, 0.53])
def test_of_numbers_no_majority_is_named(model: float) -> None:
    for more in ({}, {"whole": True}, {"flattened": False}):
        options = {"majority_only": model == 0.50, "later": model, "of_numbers": True, **more}
        for tfidf in (0.40, 0.85):
            found = judge(evidence(model, tfidf, **options))
            assert "majority" not in say(found.reason), found.reason
            assert "mean" in say(found.reason) or "TF-IDF" in say(found.reason)


@pytest.mark.parametrize("perfect", [1.0, 0.0])
def test_where_a_baseline_makes_no_mistake_more_rows_tell_nothing(perfect: float) -> None:
    """Of an error (RMSE) nothing is better than 0, which is its utility, too."""
    seen = evidence(perfect - 0.001, perfect, perfect - 0.5)
    seen = dataclasses.replace(
        seen,
        baselines={**seen.baselines, "tfidf": UtilityDraws(perfect, np.full(1000, perfect))},
        perfect=perfect,
    )
    found = judge(seen)
    assert found.verdict != "transfers"
    assert [need.code for need in found.needs] == ["harder-heldout-rows"]


def test_the_utility_of_perfection_is_the_metrics_own_end() -> None:
    assert utility_of_perfection("macro_f1") == utility_of_perfection("mcc") == 1.0
    assert utility_of_perfection("rmse") == 0.0
    assert utility_of_perfection("perplexity") == 0.0
    assert utility_of_perfection("nobody_knows") == float("inf")


def test_a_lead_is_the_difference_of_the_scores_and_lies_in_its_interval() -> None:
    """Draws of a macro average lie below the score: their mean is not what is told beside it."""
    one, other = (
        UtilityDraws(0.9, np.linspace(0.6, 0.8, 100)),
        UtilityDraws(0.5, np.linspace(0.4, 0.45, 100)),
    )
    lead = one.above(other)
    assert lead.value == pytest.approx(0.4)
    assert lead.low < lead.value <= lead.high
    assert one.interval.high == 0.9


@pytest.mark.parametrize("whole", [False, True])
def test_who_has_run_for_half_of_the_passes_is_not_given_up(whole: bool) -> None:
    seen = evidence(0.5, 0.8, later=0.75, flattened=False, whole=whole, of_numbers=True)
    assert judge(seen).verdict == ("does-not-transfer" if whole else "inconclusive")


def test_what_is_a_little_above_the_commonest_label_is_not_given_up() -> None:
    """Nor where TF-IDF is above that, as long as it is not above the model, too."""
    seen = evidence(0.53, 0.55, whole=True, few_passes=True, flattened=False, more_steps=0)
    seen = dataclasses.replace(seen, measured=UtilityDraws(0.53, np.linspace(0.47, 0.59, 1000)))
    found = judge(seen)
    assert found.verdict == "inconclusive"
    assert "more-passes" in [need.code for need in found.needs]
    assert not any("fine-tune" in need.code for need in found.needs)  # which it was


def test_who_learns_nothing_from_few_rows_may_want_more_passes() -> None:
    [need] = judge(evidence(0.50, 0.85, later=0.5, whole=True, few_passes=True)).needs
    assert need.code == "more-passes"
    assert judge(evidence(0.50, 0.85, later=0.5, whole=True)).needs == ()


def test_the_full_fine_tune_is_an_alternative_only_to_something() -> None:
    some = judge(evidence(0.8, 0.8, flattened=False)).needs
    assert some[-1].code == "or-full-fine-tune"
    alone = judge(evidence(0.2, 0.8, 0.5, later=0.8, flattened=False, more_steps=0)).needs
    assert [one.code for one in alone] == ["full-fine-tune"]
