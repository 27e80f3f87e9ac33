"""How many rows it takes until fine-tuning decides: the law, and that it is learnt."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.belief.broken import sound
from pick_model.belief.crossover import Crossover
from pick_model.belief.evidence_notes import evidence_notes
from pick_model.belief.expected import Expected, blended, correlation
from pick_model.belief.fit import fit
from pick_model.belief.learn_crossover import learn_crossover, rows_trained_on
from pick_model.belief.outlook import Numbering, Outlook, Standing
from pick_model.belief.rows import FROZEN, TUNED
from pick_model.belief.ship import shipped, standings
from pick_model.belief.similarity import target_of, target_of_benchmark
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile, settle
from pick_model.documents.task import Task, Training
from pick_model.interval import Interval
from pick_model.record import replace
from pick_model.vocabulary.uses import Method

from .small import World, benchmark, entry, row

CROSSOVER = Crossover(500.0, 1.5)
MACHINE = Machine(id="box", kind="gpu", memory_gib=16.0, fp32_tflops=8.0)


def profile(n_rows: int, task: str = "text-classification", method: Method = "full") -> Profile:
    task_file = Task(task=task, n_rows=n_rows, training=Training(method=method))
    return settle(task_file, lambda name: MACHINE)


@given(
    st.floats(1, 1e6),
    st.floats(0, 5),
    st.integers(0, 10_000_000),
    st.integers(0, 10_000_000),
)
def test_more_rows_never_favour_frozen_evidence(
    middle: float, steepness: float, one: int, other: int
) -> None:
    few, many = sorted((one, other))
    crossover = Crossover(middle, steepness)
    assert 0 <= crossover.frozen_share(many) <= crossover.frozen_share(few) <= 1


@given(st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_more_rows_never_move_a_profile_towards_frozen_evidence(one: int, other: int) -> None:
    few, many = sorted((one, other))
    shares = [target_of(profile(n), CROSSOVER).frozen_share for n in (few, many)]
    assert shares[1] <= shares[0]


def test_both_scales_say_as_much_in_the_middle() -> None:
    assert CROSSOVER.frozen_share(500) == pytest.approx(1 / 2)
    assert CROSSOVER.frozen_share(5000) == pytest.approx(1 / (1 + 10**1.5))
    assert CROSSOVER.frozen_share(10**6) == 0
    assert CROSSOVER.frozen_share(1) == 1


@pytest.mark.parametrize(
    ("task", "method", "scale", "share"),
    [
        ("text-classification", "full", TUNED, 1 / 2),
        ("text-classification", "lora", TUNED, 1 / 2),
        ("text-classification", "frozen", FROZEN, 0),
        ("text-classification", "as-is", FROZEN, 0),
        ("token-classification", "full", TUNED, 0),  # no few-shot table is about it
        ("feature-extraction", "full", FROZEN, 0),
        ("object-detection", "as-is", TUNED, 0),  # it was tuned by whoever published it
        ("zero-shot-classification", "as-is", TUNED, 0),  # to tell whether a text entails a label
    ],
)
def test_the_way_of_use_decides_which_scale_speaks(
    task: str, method: Method, scale: str, share: float
) -> None:
    target = target_of(profile(500, task, method), CROSSOVER)
    assert target.scale == scale
    assert target.frozen_share == pytest.approx(share)


def test_used_as_it_comes_scores_without_training_are_the_direct_ones() -> None:
    as_is, frozen = (
        target_of(profile(500, method=method), CROSSOVER).protocols
        for method in ("as-is", "frozen")
    )
    assert as_is["zero-shot"] == max(as_is.values())
    assert frozen["zero-shot"] == min(frozen.values())


def codes(task: Task) -> list[str]:
    settled = settle(task, lambda name: MACHINE)
    return [one.code for one in evidence_notes(settled, target_of(settled, CROSSOVER))]


def test_few_rows_and_what_is_not_read_of_a_profile_are_said() -> None:
    few, many = (Task(task="text-classification", n_rows=n) for n in (100, 100_000))
    assert codes(few) == ["few-rows"]
    assert codes(many) == []
    told = replace(many, n_labels=77, metric="macro_f1")
    assert codes(told) == ["labels-not-used", "metric-not-used"]
    assert codes(Task(task="sentence-similarity", n_labels=5)) == []


def two_scales() -> tuple[World, Outlook, list[Standing]]:
    """Models good when tuned are bad when frozen; an outlook on few rows."""
    world = World()
    frozen = [
        row(r.entry, r.benchmark, round(1.4 - r.score, 6), protocol="linear-probe", source="probes")
        for r in world.rows
        if r.benchmark in ("alpha", "bravo", "cobra")
    ]
    world.rows = [*world.rows, *frozen]
    scales = fit(world.rows, world.entries, world.benchmarks)
    known = standings(scales, world.rows)
    numbering = Numbering(
        [world.benchmarks[name] for name in known.benchmarks], known.protocols, known.sources
    )
    target = target_of_benchmark(benchmark("new"), "fine-tune")
    outlook = Outlook(replace(target, frozen_share=0.5), numbering, shipped(scales, world.entries))
    return world, outlook, list(known.by_entry["m7"])


def test_few_rows_blend_both_standings_and_say_so() -> None:
    world, outlook, scores = two_scales()
    known = outlook.expected((world.entries["m7"],), scores)
    assert known.blend is not None
    tuned, frozen = known.blend.tuned, known.blend.frozen
    assert tuned.value > 0 > frozen.value
    assert known.standing.value == pytest.approx((tuned.value + frozen.value) / 2)
    widest = (tuned.high - tuned.low + frozen.high - frozen.low) / 2
    assert known.standing.high - known.standing.low <= widest + 1e-12
    assert known.z.high - known.z.low > known.standing.high - known.standing.low


def test_few_rows_where_nothing_was_ever_scored_leave_the_prior_alone() -> None:
    target = replace(target_of_benchmark(benchmark("new"), "fine-tune"), frozen_share=0.5)
    known = Outlook(target, Numbering((), (), ()), {}).expected((entry("m"),), ())
    assert (known.standing.value, known.basis, known.blend) == (0.0, "prior", None)


@pytest.mark.parametrize("missing", [TUNED, FROZEN])
def test_few_rows_where_one_way_was_never_scored_borrow_it(missing: str) -> None:
    world, outlook, scores = two_scales()
    scales = {("text", name): one for name, one in outlook.scales.items() if name != missing}
    known = Outlook(outlook.target, outlook.numbering, scales).expected(
        (world.entries["m7"],), [s for s in scores if (s[1] == 0) != (missing == TUNED)]
    )
    assert known.blend is not None
    assert known.prior_share > 0


def test_shares_of_a_blend_add_up_to_one() -> None:
    world, outlook, scores = two_scales()
    line = (world.entries["m7"],)
    shares = outlook.shares(line, scores)
    assert {s[1] for s, _ in shares} == {s[1] for s in scores}  # of both ways
    total = sum(share for _, share in shares)
    assert total + outlook.expected(line, scores).prior_share == pytest.approx(1)


@given(
    st.floats(0.05, 5), st.floats(0.05, 5), st.floats(0, 0.9), st.floats(0, 50), st.floats(0, 50)
)
def test_the_correlation_of_two_standings_is_that_of_the_joint_normal(
    a2: float, b2: float, link: float, p: float, q: float
) -> None:
    covariance = link * np.sqrt(a2 * b2)
    prior = np.array([[a2, covariance], [covariance, b2]])
    posterior = np.linalg.inv(np.linalg.inv(prior) + np.diag((p, q)))
    oracle = posterior[0, 1] / np.sqrt(posterior[0, 0] * posterior[1, 1])
    assert correlation(link, p * a2, q * b2) == pytest.approx(oracle, abs=1e-9)


def test_a_blend_of_equals_that_are_one_is_itself_and_of_strangers_is_narrower() -> None:
    half = Interval(1.0, 0.0, 2.0)
    known = Expected(half, half, 0.5, 0.25, "published", 3)
    same, strange = (blended(known, known, 0.5, rho, 3).standing for rho in (1.0, 0.0))
    assert same == pytest.approx(half)
    assert strange.high - strange.value == pytest.approx(1 / np.sqrt(2))


def test_rows_of_a_score_are_the_training_set_s_or_so_many_of_each_label() -> None:
    ten = benchmark("ten", n_labels=10, n_rows=4000)
    assert rows_trained_on(row("m", "ten", 0.5), ten) == 4000
    shots = row("m", "ten", 0.5, protocol="few-shot", conditions="k=8, logistic regression")
    assert rows_trained_on(shots, ten) == 8 * 10
    assert rows_trained_on(shots, replace(ten, n_labels=None)) is None
    assert rows_trained_on(row("m", "ten", 0.5, protocol="zero-shot"), ten) is None
    cut = row("m", "ten", 0.5, conditions="at most 1024 training texts")
    assert rows_trained_on(cut, ten) == 1024
    assert rows_trained_on(cut, replace(ten, n_rows=None)) == 1024
    assert rows_trained_on(cut, replace(ten, n_rows=300)) == 300


@pytest.mark.parametrize("middle", [100.0, 10_000.0])
def test_the_crossover_that_made_the_scores_is_found(middle: float) -> None:
    """Abilities of the two ways are unrelated; scores of so many rows mix them by rows."""
    random, planted = Random(0), Crossover(middle, 2.0)
    names = [f"m{i}" for i in range(12)]
    entries = {name: entry(name) for name in names}
    tuned, frozen = ({name: random.gauss(0, 1) for name in names} for _ in range(2))
    benchmarks, rows = {}, []
    for i, power in enumerate(np.linspace(1, 6, 40)):
        n = round(10**power)
        name = f"set-{i:02d}-{''.join(random.choices('bcdfgkl', k=6))}"
        few = n < middle
        benchmarks[name] = benchmark(name, n_rows=None if few else n, n_labels=n if few else 5)
        share = planted.frozen_share(n)
        rows += [
            row(
                model,
                name,
                round(0.6 + 0.05 * ((1 - share) * tuned[model] + share * frozen[model]), 6),
                protocol="few-shot" if few else "fine-tune",
                conditions="k=1" if few else "",
            )
            for model in names
        ]
    scales = fit(rows, entries, benchmarks)
    assert len(sound(rows, entries, benchmarks)) == len(rows)
    learnt = learn_crossover(scales, rows, entries, benchmarks)
    assert learnt.n_groups == 40
    assert middle / 3 <= learnt.middle <= middle * 3
    assert learnt.frozen_share(10) > 0.9
    assert learnt.frozen_share(10**6) < 0.1


def test_without_any_known_rows_nothing_can_be_learnt() -> None:
    world = World()
    with pytest.raises(ValueError, match="how many rows"):
        learn_crossover(
            fit(world.rows, world.entries, world.benchmarks),
            world.rows,
            world.entries,
            world.benchmarks,
        )
