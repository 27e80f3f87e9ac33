"""What scores were taken with and plain use lacks is taken off, and nowhere else."""

from __future__ import annotations

from math import sqrt

import pytest

from pick_model.belief.crossover import Crossover
from pick_model.belief.expected import Z90, Expected
from pick_model.belief.instructions import NOTHING, WITHOUT, lost_by, taken_off
from pick_model.belief.outlook import Numbering, Outlook
from pick_model.belief.parts import FactsRegression, Residual, Shipped, Variances
from pick_model.belief.similarity import Target, target_of, target_of_benchmark
from pick_model.documents.catalog import Entry
from pick_model.record import replace

from ..advise.helpers import profile
from .small import benchmark, entry

SCALE = Shipped(
    FactsRegression(*((0.0,) * 6 for _ in range(5)), {}, (0.0,) * 6, 0.0),
    Variances(family=0.1, model=0.2, table=0.3, rest=0.4),
    {},
    {},
    {},
)
SCALES = {
    ("text", "tuned"): SCALE._replace(links={"frozen": 0.5}),
    ("text", "frozen"): SCALE._replace(links={"tuned": 0.5}),
}
NUMBERING = Numbering((benchmark("a"), benchmark("b")), ("few-shot",), ("mteb",))
SCORES = [(0, 0, 0, 1.2, 1.0, 1), (1, 0, 0, 0.8, 1.0, 1)]
PLAIN = entry("plain")
INSTRUCTED = entry("instructed", family="plain", scored_with="instruction")
CROSSOVER = Crossover(500.0, 1.5)


def expected(one: Entry, target: Target) -> Expected:
    return Outlook(target, NUMBERING, SCALES).expected((one,), SCORES)


def few_rows(**changes: object) -> Target:
    return target_of(profile(**changes), CROSSOVER)


def test_a_head_on_frozen_features_lacks_the_instruction() -> None:
    target = few_rows(method="frozen")
    without, like_others = expected(INSTRUCTED, target), expected(PLAIN, target)
    assert without.z.value == pytest.approx(like_others.z.value - WITHOUT.mean)
    assert without.prior == pytest.approx(like_others.prior - WITHOUT.mean)
    sure = (like_others.standing.high - like_others.standing.value) / Z90
    assert without.standing.high - without.standing.value == pytest.approx(
        Z90 * sqrt(sure**2 + WITHOUT.sd**2)
    )
    assert without.n_items == like_others.n_items  # its scores count all the same


@pytest.mark.parametrize("scored_with", ["instruction", "adapter"])
def test_few_rows_lose_their_frozen_share_of_it(scored_with: str) -> None:
    target = few_rows(n_rows=100)
    assert 0 < target.frozen_share < 1
    one = replace(INSTRUCTED, scored_with=scored_with)
    lost = expected(PLAIN, target).z.value - expected(one, target).z.value
    assert lost == pytest.approx(target.frozen_share * WITHOUT.mean)
    assert taken_off(one, target) == pytest.approx(lost)


def test_what_is_fine_tuned_on_many_rows_loses_nothing() -> None:
    target = few_rows(n_rows=1_000_000)
    assert target.frozen_share == 0
    assert expected(INSTRUCTED, target) == expected(PLAIN, target)
    assert taken_off(INSTRUCTED, target) == 0


def test_searches_are_given_what_they_were_scored_with() -> None:
    target = few_rows(task="feature-extraction", method="as-is")
    assert lost_by(INSTRUCTED, target) == NOTHING
    assert expected(INSTRUCTED, target) == expected(PLAIN, target)


def test_a_benchmark_is_scored_as_it_was_scored() -> None:
    target = target_of_benchmark(benchmark("hidden"), "few-shot")
    assert expected(INSTRUCTED, target) == expected(PLAIN, target)


def test_a_model_that_asks_for_nothing_keeps_all_its_scores_say() -> None:
    assert taken_off(PLAIN, few_rows(method="frozen")) == 0


def test_what_a_base_was_scored_with_does_not_speak_for_a_plain_child() -> None:
    """Its scores tell of the child as if they had been taken without, and less surely."""
    scales = {
        key: one._replace(residuals={"base": Residual(1.0, 2.0)}) for key, one in SCALES.items()
    }
    target = few_rows(method="frozen")

    def of_child(base: Entry) -> Expected:
        outlook = Outlook(target, NUMBERING, scales, lambda _: SCORES)
        return outlook.expected((PLAIN, base), ())

    plain, instructed = (
        of_child(entry("base", scored_with=what)) for what in (None, "instruction")
    )
    assert plain.z.value - WITHOUT.mean < instructed.z.value < plain.z.value
    assert instructed.standing.high - instructed.standing.low > (
        plain.standing.high - plain.standing.low
    )
