"""How far apart a group's scores are, and that a pair counts without being overrated."""

from __future__ import annotations

import pytest

from pick_model.belief.fit import fit
from pick_model.belief.rows import Group, Member
from pick_model.belief.scales import Scale
from pick_model.belief.spreads import FIRM, Usual, drawn, usual_variances, variance
from pick_model.documents.catalog import Score
from pick_model.record import replace

from .small import World, benchmark, row

KEY = ("text", "tuned")


def group(name: str, *scores: float, metric: str = "accuracy") -> Group:
    members = tuple(Member(i, f"m{i}", score, 1.0) for i, score in enumerate(scores))
    return Group(name, metric, "text-classification", "fine-tune", "lab", members)


def test_a_variance_is_over_the_weights() -> None:
    assert variance(group("a", 0.6, 0.8)) == pytest.approx(0.1**2)
    heavy = Group("a", "f1", "t", "p", "s", (Member(0, "m", 0.0, 3.0), Member(1, "n", 1.0, 1.0)))
    assert variance(heavy) == pytest.approx(3 / 4 * 1 / 4)


def test_what_is_usual_is_told_by_the_benchmark_or_else_by_the_metric() -> None:
    wide = group("a", 0.1, 0.3, 0.5, 0.7, 0.9)
    narrow = group("b", 0.5, 0.51, 0.52, 0.53, 0.54)
    pair_of_a, pair_of_c = group("a", 0.5, 0.6), group("c", 0.5, 0.6)
    unknown = group("a", 1.0, 2.0, metric="perplexity")
    groups = [wide, narrow, pair_of_a, pair_of_c, unknown]
    usual = usual_variances(groups)
    assert usual[2] == Usual(variance(wide), FIRM)
    assert usual[3] == Usual((variance(wide) + variance(narrow)) / 2, FIRM)
    assert usual[4].firm == 0


def test_many_scores_keep_their_own_variance_and_few_are_drawn() -> None:
    usual = Usual(4.0, 2.0)
    assert drawn(1.0, 2, usual) == pytest.approx((1 * 1.0 + 2 * 4.0) / 3)
    assert drawn(1.0, 2001, usual) == pytest.approx(1.0, abs=0.01)
    assert drawn(1.0, 2, Usual(0.0, 0.0)) == 1.0


def with_pair(better: float, worse: float) -> Scale:
    """The world's fit with a new model that was only ever compared with m3, on a new set."""
    world = World()
    world.entries["new"] = replace(world.entries["m3"], id="new", family="new")
    world.benchmarks["pair"] = benchmark("pair")
    rows: list[Score] = [
        *world.rows,
        row("new", "pair", better, source="readme"),
        row("m3", "pair", worse, source="readme"),
    ]
    return fit(rows, world.entries, world.benchmarks)[KEY]


def test_two_models_make_a_group() -> None:
    apart = with_pair(0.85, 0.70)
    assert apart.standing["new"] > apart.standing["m3"]


def test_a_pair_that_hardly_differs_says_that_its_models_hardly_do() -> None:
    """Its own spread would stretch any gap to the usual one."""
    near, apart = (with_pair(0.70 + gap, 0.70) for gap in (0.001, 0.15))
    gaps = [scale.standing["new"] - scale.standing["m3"] for scale in (near, apart)]
    assert 0 <= abs(gaps[0]) < gaps[1] / 3
