"""The belief after observations: the conditional normal, and the laws it must keep."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.belief import posterior
from pick_model.belief.expected import Z90
from pick_model.belief.joint import Marginal, covariance
from pick_model.belief.level import Level, link_of
from pick_model.belief.posterior import LEAST_SD, Belief, Observation
from pick_model.interval import Interval
from pick_model.record import replace

ACCURACY = link_of("accuracy")
assert ACCURACY is not None
LEVEL = Level(ACCURACY, mean=1.0, variance=1.2, log_scale=-1.7, log_scale_variance=0.6, n=9)
FIXED = replace(LEVEL, log_scale_variance=0.0)

MEMBERS = (
    Marginal("bert-base", 0.2, 0.9, "encoder", "BERT", "bert-base"),
    Marginal("bert-large", 0.9, 0.8, "encoder", "BERT", "bert-large"),
    Marginal("bert-tuned", 0.4, 1.1, "encoder", "BERT", "bert-base"),
    Marginal("gpt", -0.5, 1.3, "decoder", "GPT", "gpt"),
    Marginal("electra", 1.1, 0.7, "encoder", "ELECTRA", "electra"),
)
scores = st.floats(0.02, 0.98)
halves = st.floats(0.0, 0.2)
observed = st.lists(
    st.tuples(st.sampled_from([m.name for m in MEMBERS]), scores, halves), min_size=1, max_size=6
)


def seen(name: str, score: float, half: float = 0.02) -> Observation:
    return Observation(name, Interval(score, max(score - half, 0.0), min(score + half, 1.0)))


def test_observations_move_the_belief_as_the_conditional_normal_says() -> None:
    told = [seen("bert-base", 0.8), seen("gpt", 0.71, 0.05), seen("bert-large", 0.86, 0.01)]
    belief = Belief(MEMBERS, FIXED, told)
    scale = exp(FIXED.log_scale)
    sigma = np.array([[covariance(a, b) for b in MEMBERS] for a in MEMBERS])
    mean = np.array([m.mean for m in MEMBERS])
    # Unknowns: the standings, then the level.
    prior = np.zeros((6, 6))
    prior[:5, :5], prior[5, 5] = sigma, FIXED.variance
    start = np.append(mean, FIXED.mean)
    reads = np.zeros((3, 6))
    values, errors = [], []
    for row, one in enumerate(sorted(told)):
        reads[row, [m.name for m in MEMBERS].index(one.name)] = scale
        reads[row, 5] = 1.0
        value, low, high = (LEVEL.link.of(x) for x in one.score)
        values.append(value)
        errors.append(max((high - low) / 2 / Z90, LEAST_SD) ** 2)
    gain = prior @ reads.T @ np.linalg.inv(reads @ prior @ reads.T + np.diag(errors))
    after = start + gain @ (np.array(values) - reads @ start)
    left = prior - gain @ reads @ prior
    for i in range(5):
        assert belief.standing(i).mean == pytest.approx(after[i])
        assert belief.standing(i).variance == pytest.approx(left[i, i])
        of_score = np.zeros(6)
        of_score[[i, 5]] = scale, 1.0
        assert belief.score(i).mean == pytest.approx(of_score @ after)
        assert belief.score(i).variance == pytest.approx(of_score @ left @ of_score)
    apart = np.array([1.0, 0, 0, -1.0, 0, 0])
    assert belief.difference(0, 3).variance == pytest.approx(apart @ left @ apart)


def test_five_nodes_say_of_the_scale_what_hundreds_do(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [seen("bert-base", 0.8), seen("gpt", 0.71), seen("bert-large", 0.86, 0.01)]
    told += [seen("electra", 0.84, 0.01)]
    level = replace(LEVEL, log_scale_variance=1.2)
    few = Belief(MEMBERS, level, told)
    at = np.linspace(-5, 5, 401)
    normal = np.exp(-at * at / 2)
    monkeypatch.setattr(posterior, "MOVES", 0)
    wide = Belief(MEMBERS, level, told)
    monkeypatch.setattr(posterior, "NODES", tuple(zip(at, normal / normal.sum(), strict=True)))
    many = Belief(MEMBERS, level, told)
    for i in range(5):
        assert few.score(i).mean == pytest.approx(many.score(i).mean, abs=0.01)
        assert few.score(i).variance == pytest.approx(many.score(i).variance, rel=0.05)
        assert few.standing(i).variance == pytest.approx(many.standing(i).variance, rel=0.05)
        assert few.covariance(i, 0) == pytest.approx(many.covariance(i, 0), abs=0.01)
    unmeasured = [m.name for m in MEMBERS].index("bert-tuned")
    assert abs(wide.score(unmeasured).variance / many.score(unmeasured).variance - 1) > 0.05


@given(observed)
def test_an_observation_never_widens_what_is_known_of_its_own_model(
    told: list[tuple[str, float, float]],
) -> None:
    before = Belief(MEMBERS, LEVEL, ())
    after = Belief(MEMBERS, LEVEL, [seen(*one) for one in told])
    for index in set(after.observed):
        assert after.standing(index).variance <= before.standing(index).variance + 1e-12
        assert after.score(index).variance <= before.score(index).variance + 1e-12


def test_a_near_exact_result_leaves_its_own_model_hardly_any_doubt() -> None:
    belief = Belief(MEMBERS, LEVEL, [seen("bert-base", 0.9, 0.0)])
    value, low, high = belief.interval(0)
    assert value == pytest.approx(0.9, abs=0.002)
    assert high - low < 0.03


@given(observed, st.randoms(use_true_random=False))
def test_the_order_of_observations_does_not_matter(
    told: list[tuple[str, float, float]], random: object
) -> None:
    there = [seen(*one) for one in told]
    back = list(reversed(there))
    for index in range(len(MEMBERS)):
        one, other = Belief(MEMBERS, LEVEL, there), Belief(MEMBERS, LEVEL, back)
        assert one.score(index) == other.score(index)
        assert one.standing(index) == other.standing(index)


@given(scores)
def test_one_score_anchors_the_level_for_all(score: float) -> None:
    before, after = Belief(MEMBERS, FIXED, ()), Belief(MEMBERS, FIXED, [seen("gpt", score)])
    for index in range(len(MEMBERS)):
        assert after.score(index).variance < before.score(index).variance


def test_a_good_score_raises_relatives_more_than_strangers() -> None:
    told = [seen("bert-base", 0.95), seen("gpt", 0.6)]
    before, after = Belief(MEMBERS, LEVEL, ()), Belief(MEMBERS, LEVEL, told)
    moved = [after.standing(i).mean - before.standing(i).mean for i in range(len(MEMBERS))]
    by_name = dict(zip((m.name for m in MEMBERS), moved, strict=True))
    assert by_name["bert-tuned"] > by_name["bert-large"] > by_name["electra"]


def test_an_irrelevant_candidate_changes_no_expected_score() -> None:
    told = [seen("bert-base", 0.8), seen("electra", 0.86)]
    stranger = Marginal("stranger", 2.0, 3.0, "encoder", "BERT", "bert-base")
    without, beside = Belief(MEMBERS, LEVEL, told), Belief((*MEMBERS, stranger), LEVEL, told)
    for index in range(len(MEMBERS)):
        assert without.score(index) == beside.score(index)


def test_results_far_apart_say_that_a_standard_score_is_worth_much() -> None:
    near = Belief(MEMBERS, LEVEL, [seen("gpt", 0.80), seen("electra", 0.82)])
    far = Belief(MEMBERS, LEVEL, [seen("gpt", 0.55), seen("electra", 0.95)])

    def scale(belief: Belief) -> float:
        return sum(node.weight * log(node.scale) for node in belief.nodes)

    assert scale(far) > scale(near)


def test_without_a_level_standings_stand_and_observations_are_not_read() -> None:
    belief = Belief(MEMBERS, None, [seen("gpt", 0.9)])
    for index, member in enumerate(MEMBERS):
        assert belief.standing(index).mean == member.mean
        assert belief.standing(index).variance == pytest.approx(member.sd**2)
    assert belief.observed == []


@given(st.integers(0, 4), st.integers(0, 4))
def test_two_chances_of_being_better_make_one(i: int, j: int) -> None:
    belief = Belief(MEMBERS, LEVEL, [seen("bert-base", 0.8)])
    if i != j:
        assert belief.better(i, j) + belief.better(j, i) == pytest.approx(1.0)


def test_errors_of_relatives_hang_together() -> None:
    base, large, tuned, gpt, electra = MEMBERS
    by = {
        n: covariance(base, o) / (base.sd * o.sd) for n, o in zip("ltge", MEMBERS[1:], strict=True)
    }
    assert by["t"] > by["l"] > by["e"] > by["g"] == 0.0
    matrix = np.array([[covariance(a, b) for b in MEMBERS] for a in MEMBERS])
    assert np.linalg.eigvalsh(matrix).min() > 0
    assert sqrt(covariance(gpt, gpt)) == pytest.approx(gpt.sd)
    assert (large, tuned, electra) == MEMBERS[1:3] + MEMBERS[4:]
