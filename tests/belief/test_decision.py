"""P(best), expected loss, the shortlist, and what measuring is worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pick_model.belief.decision import DRAWS, LOST_BY_FINALISTS, SURE, Decision
from pick_model.belief.failures import DEPTH, RATE, failing, fall
from pick_model.belief.joint import Marginal, Normals, covariance, draws
from pick_model.belief.level import Level, link_of
from pick_model.belief.measuring import ERRORS, Option, in_turn, loss_after, next_to_measure
from pick_model.belief.posterior import Belief, Observation
from pick_model.interval import Interval
from pick_model.record import replace

ACCURACY = link_of("accuracy")
assert ACCURACY is not None
LEVEL = Level(ACCURACY, mean=1.2, variance=0.8, log_scale=-1.7, log_scale_variance=0.5, n=9)


def model(name: str, mean: float, sd: float = 0.8, family: str = "") -> Marginal:
    return Marginal(name, mean, sd, "encoder", family or name, name)


SEVERAL = (
    model("a", 1.2, 0.6),
    model("b", 1.0, 0.9, "B"),
    model("c", 0.9, 0.9, "B"),
    model("d", 0.2, 1.5),
    model("e", -0.5, 0.5),
)
some = st.lists(
    st.tuples(st.floats(-2, 2), st.floats(0.1, 1.5), st.sampled_from("xyz")), min_size=1, max_size=8
)


def decision(
    members: tuple[Marginal, ...], *told: Observation, level: Level | None = LEVEL
) -> Decision:
    return Decision(Belief(members, level, told), range(len(members)))


def told(name: str, score: float, half: float = 0.01) -> Observation:
    return Observation(name, Interval(score, score - half, score + half))


def test_draws_have_the_covariance_of_the_joint_belief() -> None:
    found = np.array(draws(SEVERAL, Normals(40_000, 1)))
    wanted = [[covariance(a, b) for b in SEVERAL] for a in SEVERAL]
    assert found.mean(axis=1) == pytest.approx([m.mean for m in SEVERAL], abs=0.03)
    assert np.cov(found) == pytest.approx(np.array(wanted), abs=0.05)


def test_numbers_are_the_same_in_whatever_order_their_spreads_are_asked_for() -> None:
    one, other = Normals(50, 3), Normals(50, 3)
    plain = [one.next() for _ in range(3)]
    scaled = [other.next(spread) for spread in (2.0, 1.0, 2.0)]
    for numbers, spread, found in zip(plain, (2.0, 1.0, 2.0), scaled, strict=True):
        assert found == [spread * x for x in numbers]
    assert len({*plain[0], *plain[1]}) == 50 + Normals.STEP


def test_who_has_no_relative_is_drawn_with_all_of_its_variance() -> None:
    alone = model("x", 0.4, 0.8, "X")
    found = np.array(draws([alone], Normals(40_000, 1)))
    assert found.std() == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("observed", [(), (told("d", 0.9), told("a", 0.8))])
def test_chances_agree_with_many_draws_of_the_dense_posterior(
    observed: tuple[Observation, ...],
) -> None:
    fixed = replace(LEVEL, log_scale_variance=0.0)
    ours = decision(SEVERAL, *observed, level=fixed)
    belief = ours.belief
    mean = [belief.standing(i).mean for i in range(len(SEVERAL))]
    dense = [[belief.covariance(i, j) for j in range(len(SEVERAL))] for i in range(len(SEVERAL))]
    random = np.random.default_rng(3)
    drawn = random.multivariate_normal(mean, dense, 200_000)  # (N, models)
    may_fail = [0.0 if m.name in {o.name for o in observed} else m.sd for m in SEVERAL]
    fails = random.random(drawn.shape) < RATE
    drawn -= fails * random.exponential(DEPTH, drawn.shape) * may_fail
    first = np.bincount(drawn.argmax(axis=1), minlength=len(SEVERAL)) / len(drawn)
    for i in range(len(SEVERAL)):
        assert ours.p_best[i] == pytest.approx(first[i], abs=4 * 0.5 / DRAWS**0.5)
    gap = drawn.max(axis=1).mean() - drawn.mean(axis=0)
    if not observed:
        lost = decision(SEVERAL, level=None).loss
        assert [lost(i) for i in range(len(SEVERAL))] == pytest.approx(gap, abs=0.08)


@settings(max_examples=30, deadline=None)
@given(some)
def test_chances_are_chances_and_losses_fall_with_the_mean(
    given_: list[tuple[float, float, str]],
) -> None:
    members = tuple(model(str(i), m, s, f) for i, (m, s, f) in enumerate(given_))
    found = decision(members)
    assert sum(found.p_best.values()) == pytest.approx(1.0)
    assert all(found.loss(i) >= 0 for i in range(len(members)))
    chosen, held = found.shortlist
    assert held >= SURE - 1e-9 or len(chosen) == len(members)
    assert held == pytest.approx(sum(found.p_best[i] for i in chosen))
    in_standard = decision(members, level=None)
    expected = [m.mean - RATE * DEPTH * m.sd for m in members]  # with the runs that fail
    order = sorted(range(len(members)), key=lambda i: -expected[i])
    lost = [in_standard.loss(i) for i in order]
    assert lost == sorted(lost)


def test_what_was_run_does_not_fail_any_more() -> None:
    """A model that is known to be as good as another is expected to be lost less by."""
    as_expected = decision(SEVERAL, level=replace(LEVEL, variance=1e-6, log_scale_variance=0.0))
    score = as_expected.belief.interval(0).value
    level = as_expected.belief.level
    known = decision(SEVERAL, told("a", score, 1e-4), level=level)
    assert as_expected.fall(0) == DEPTH * SEVERAL[0].sd
    assert known.fall(0) == 0.0
    before = as_expected.loss(0) - as_expected.loss(1)
    assert known.loss(0) - known.loss(1) < before - 0.2


def test_failed_runs_lie_below_where_the_others_are() -> None:
    standings = [0.0] * 1000
    fall(standings, failing([0], 1000, seed=1)[0], 2.0)
    assert max(standings) == 0.0
    assert sum(standings) / 1000 == pytest.approx(-RATE * DEPTH * 2.0, rel=0.02)
    others = failing([0, 1], 1000, seed=1)
    assert len(others[0]) == len(others[1]) == round(RATE * 1000)
    assert others[0] != others[1]


@pytest.mark.parametrize("observed", [(), (told("d", 0.9),)])
def test_standings_made_again_are_the_same(observed: tuple[Observation, ...]) -> None:
    """Whoever is drawn, in whatever order: nothing is kept that could be made again."""
    ours, backwards = (decision(SEVERAL, *observed) for _ in range(2))
    drawn = ours.drawn.standings
    once = {i: drawn.passing(i) for i in drawn}
    assert {i: drawn[i] for i in drawn} == once
    again = backwards.drawn.standings
    assert {i: again[i] for i in reversed(list(again))} == once
    assert drawn[0] is drawn[0]
    assert -1 not in drawn
    with pytest.raises(KeyError):
        drawn[-1]


@pytest.mark.parametrize("observed", [(), (told("d", 0.9),)])
def test_the_best_of_a_draw_is_of_whom_it_is_said(observed: tuple[Observation, ...]) -> None:
    ours = decision(SEVERAL, *observed)
    by_draw = list(zip(*(ours.drawn.standings[i] for i in ours.contenders), strict=True))
    assert ours.best == [max(some) for some in by_draw]
    first = [ours.contenders[some.index(max(some))] for some in by_draw]
    assert ours.p_best == {i: first.count(i) / DRAWS for i in ours.candidates}


def test_a_clone_ties_with_its_model() -> None:
    clone = Marginal("a2", 1.2, 0.6, "encoder", "a", "a")
    found = decision((*SEVERAL, clone), told("b", 0.85))
    assert found.loss(0) == pytest.approx(found.loss(5))
    assert found.p_best[0] == pytest.approx(found.p_best[5], abs=0.06)
    assert found.belief.better(0, 5) == pytest.approx(0.5)


@pytest.mark.parametrize("observed", [(), (told("d", 0.9),)])
def test_of_two_the_better_is_the_best(observed: tuple[Observation, ...]) -> None:
    """Runs that fail count for both; of draws, a chance is off by .02 (one standard error)."""
    found = decision(SEVERAL[:4], *observed)
    two = Decision(found.belief, (1, 3))
    assert two.better(1, 3) == pytest.approx(two.p_best[1], abs=0.06)
    assert two.better(1, 3) + two.better(3, 1) == pytest.approx(1.0)


def test_a_run_fails_once_in_a_draw() -> None:
    places = failing([4, 7], DRAWS, 1)
    assert [len(set(places[i])) for i in (4, 7)] == [round(RATE * DRAWS)] * 2
    assert set(places[4]) != set(places[7])


def test_what_cannot_win_is_not_drawn_and_still_has_its_loss() -> None:
    hopeless = model("h", -9.0, 0.3)
    found = decision((*SEVERAL, hopeless))
    assert 5 not in found.contenders
    assert found.p_best[5] == 0.0
    assert found.loss(5) > found.loss(4)


def test_a_known_task_has_its_own_points() -> None:
    """Near the ceiling models are fewer points apart."""
    anywhere = replace(LEVEL, variance=9.0, log_scale_variance=0.0)
    easy = decision(SEVERAL, told("a", 0.985, 0.002), level=anywhere)
    hard = decision(SEVERAL, told("a", 0.6, 0.002), level=anywhere)
    assert easy.loss(4) < hard.loss(4) / 3


def compared(found: Decision, *names: str) -> list[tuple[str, float]]:
    """Whom to compare in turn, all at one cost, and what each gains."""
    number = {m.name: i for i, m in enumerate(found.belief.members)}
    options = [Option(number[name], "compare", 1.0) for name in names]
    order = in_turn(found, options, {}, len(names))
    return [(found.belief.members[one.option.member].name, one.gain) for one in order]


def test_measuring_gains_what_the_best_of_the_measured_does() -> None:
    found = decision(SEVERAL, level=None)  # in standard scores; "a" is what would be taken
    drawn, share = found.drawn.standings, (1 + ERRORS["compare"] ** 2) ** -0.5
    best, order = np.array(drawn[0]), compared(found, *"bcd")
    assert order[0][0] == "b"
    for name, gain in order:
        alone = np.array(drawn["abcde".index(name)])
        told_of_it = alone.mean() + share * (alone - alone.mean())
        assert gain == pytest.approx(np.maximum(told_of_it - best, 0).mean())
        best = np.maximum(best, told_of_it)


def test_the_best_unmeasured_is_asked_where_two_scores_leave_the_level_open() -> None:
    """Scores of two tell little of the level, which moves all standings alike; that the model of
    the best expected standing was never measured says more.
    """
    a, b = model("a", 0.4, 0.9, "X"), model("b", 1.0, 1.1, "Y")
    c, d, e = model("c", 1.1, 0.5, "Y"), model("d", 0.1, 0.9, "X"), model("e", -0.3, 0.7, "X")
    found = decision((a, b, c, d, e), told("a", 0.83), told("b", 0.83))
    assert compared(found, "c", "d", "e")[0][0] == "c"
    assert measured(found, c=1.0, d=1.0, e=1.0)[0] == "c"


def measured(found: Decision, **minutes: float) -> tuple[str, ...]:
    number = {m.name: i for i, m in enumerate(found.belief.members)}
    times = {number[n]: t for n, t in minutes.items()} or dict.fromkeys(number.values(), 1.0)
    worth = next_to_measure(found, "probe", list(times), times, {})
    return tuple(found.belief.members[i].name for i in worth.models) if worth else ()


def test_measuring_lowers_the_loss_and_more_the_surer_it_is() -> None:
    found = decision(SEVERAL)
    everyone = dict.fromkeys(range(len(SEVERAL)), 1.0)
    now = min(map(found.loss, range(len(SEVERAL))))
    after = {stage: next_to_measure(found, stage, list(everyone), everyone, {}) for stage in ERRORS}
    losses = {stage: worth.loss_after for stage, worth in after.items() if worth}
    assert losses["compare"] < losses["probe"] < now
    assert losses["compare"] < losses["screen"] < now


@pytest.mark.parametrize("measured", ["cheap", "second"])
def test_what_is_taken_for_its_cost_is_not_promised_to_do_as_the_best(measured: str) -> None:
    names = ("first", "second", "cheap")
    found = decision(
        (model("first", 3.0, 0.3), model("second", 2.5, 0.3), model("cheap", -3.0, 0.3))
    )
    assert names.index("cheap") not in found.contenders
    bonus = {names.index("cheap"): 20.0}  # so much cheaper that no measurement turns it
    after = loss_after(found, [(names.index(measured), "screen")], bonus)
    assert after == found.loss(names.index("cheap"))


def test_time_counts_when_models_are_chosen_for_measuring() -> None:
    found = decision(SEVERAL)
    assert measured(found, b=1.0, c=100.0)[0] == "b"
    assert measured(found, b=100.0, c=1.0)[0] == "c"


def test_the_first_score_is_of_the_model_that_would_be_taken() -> None:
    """A rival's alone has nothing to be compared with; once there is one, time and doubt decide."""
    known, unknown = model("known", 1.0, 0.3), model("unknown", 0.6, 1.5)
    third = model("third", 0.5, 1.4)
    rivals = (known, unknown, third)
    assert measured(decision(rivals))[0] == "known"
    assert measured(decision(rivals, told("known", 0.8)))[0] != "known"
    assert measured(decision(rivals), unknown=1.0, third=1.0)[0] == "unknown"  # out of reach


def test_nothing_is_measured_where_it_cannot_change_what_is_taken() -> None:
    sure = (model("a", 5.0, 0.05), model("b", -5.0, 0.05))
    assert measured(decision(sure)) == ()
    assert measured(decision(SEVERAL[:1])) == ()


def test_what_is_too_dear_to_be_taken_is_not_measured() -> None:
    found = decision(SEVERAL)
    times = dict.fromkeys(range(5), 1.0)
    plain = next_to_measure(found, "probe", list(times), times, {})
    dear = next_to_measure(found, "probe", list(times), times, {1: -9, 2: -9, 3: -9, 4: 1.6})
    assert plain is not None
    assert dear is not None
    assert 4 not in plain.models
    assert set(dear.models) == {0, 4}


def test_a_scale_that_nothing_was_scored_on_makes_no_points() -> None:
    nowhere = replace(LEVEL, n=0)
    assert not decision(SEVERAL, level=nowhere).in_points
    assert decision(SEVERAL, told("a", 0.8), level=nowhere).in_points
    assert decision(SEVERAL).in_points


def test_the_finalists_are_few_and_the_best_of_them_loses_what_is_said() -> None:
    alike = tuple(model(f"m{i}", -0.02 * i, 0.8) for i in range(30))
    ours = decision(alike)
    finalists, lost = ours.finalists
    assert ours.contenders[0] in finalists
    assert len(finalists) < len(ours.shortlist[0])
    assert lost <= LOST_BY_FINALISTS * ours.loss(ours.contenders[0])
    drawn = ours.drawn.standings
    reached = [max(some) for some in zip(*(drawn[i] for i in finalists), strict=True)]
    assert lost == pytest.approx(ours.worth(ours.best) - ours.worth(reached))


def test_one_candidate_is_its_own_finalist() -> None:
    assert decision(SEVERAL[:1]).finalists == ([0], 0.0)
