"""What is guessed of models whose layers nobody told, against those that were traced."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from pick_model.catalog.load import load_catalog
from pick_model.cost.layouts import FAMILIES, built_like, sizes_of
from pick_model.cost.shapeless import (
    BERTS,
    BODIES,
    DENSE,
    FEW,
    LETTERS,
    MANY,
    SIZES,
    TABLES_APART,
    Body,
    Size,
    body_of,
    guessed_flops,
    share_of,
    size_of,
)
from pick_model.cost.traces import flops
from pick_model.documents.catalog import Entry, Shape
from pick_model.interval import Interval
from pick_model.record import replace

from ..advise.helpers import entry, profile

LENGTHS = (128, 512, 2048, 8192)


class Traced(NamedTuple):
    entry: Entry
    flops: dict[int, float]  # by length, whatever the entry's limit

    @property
    def scores(self) -> float:
        """FLOPs over 2, a parameter, a token and a token that it looks at."""
        n = self.entry.n_parameters or 0
        a, b = (self.flops[length] / (2 * n * length) for length in (128, 2048))
        return (b - a) / (2048 - 128)

    @property
    def multiplied(self) -> float:
        """Parameters that a token is multiplied by."""
        n = self.entry.n_parameters or 0
        return self.flops[128] / (2 * 128) - self.scores * n * 128


@pytest.fixture(scope="module")
def traced() -> list[Traced]:
    found, known = [], load_catalog(())
    for name in known.entries:
        one = known.find(name)
        built = built_like(one)
        if one.kind not in DENSE or built is None or not one.n_parameters:
            continue
        far, work = replace(one, max_tokens=None), {}
        for length in LENGTHS:
            sizes = sizes_of(far, profile(input_tokens=length))
            assert sizes is not None
            work[length] = flops(built.layout, sizes)[0]
        found.append(Traced(one, work))
    return found


def points(shares: list[float]) -> tuple[float, float, float]:
    low, value, high = np.quantile(shares, [0.05, 0.5, 0.95])
    return value, low, high


SHARES = (LETTERS, *dict.fromkeys(row.multiplied for row in (*FEW, *MANY)))


@pytest.mark.parametrize("share", SHARES, ids=str)
def test_the_shares_are_those_of_traced_entries(share: Interval, traced: list[Traced]) -> None:
    """But for layers that are run several times over, as ALBERT's are."""
    mine = [
        t.multiplied / (t.entry.n_parameters or 1)
        for t in traced
        if body_of(t.entry) is None
        and share_of(t.entry) == share
        and t.entry.shape.n_unique_layers is None
    ]
    assert len(mine) > (6 if share is LETTERS else 10)
    assert share == pytest.approx(points(mine), abs=0.03)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{body.least:g}")
def test_the_bodies_are_those_of_traced_encoders(body: Body, traced: list[Traced]) -> None:
    mine = [t.multiplied for t in traced if body_of(t.entry) is body]
    assert len(mine) > 10
    value, low, high = points(mine)
    assert body.multiplied == pytest.approx((value, low, 1.1 * high), rel=0.05)


def test_what_is_built_like_bert_has_its_layers(traced: list[Traced]) -> None:
    off = []
    for one in traced:
        body = body_of(one.entry)
        if body is not None and body.berts and FAMILIES.get(one.entry.family) in BERTS:
            off.append(one.multiplied / body.berts)
    assert len(off) > 100
    assert points(off) == pytest.approx((1.0, 1.0, 1.0), abs=0.01)


@pytest.mark.parametrize("family", ["bert", "modernbert", "deberta-v2", "llama", "gpt2"])
def test_an_architecture_that_was_not_seen_lies_inside_nine_times_in_ten(
    family: str, traced: list[Traced]
) -> None:
    """The bodies hold for those that are not BERT, too."""
    inside = []
    for one, work in traced:
        built = built_like(one)
        assert built is not None
        if built.layout != family or one.shape.n_unique_layers:
            continue
        blind = replace(one, shape=Shape(), n_embedding_parameters=None, n_active_parameters=None)
        guess = guessed_flops(blind, 512)
        assert guess is not None
        inside.append(guess.low * 0.97 <= work[512] <= guess.high * 1.03)
    assert len(inside) > 3
    assert np.mean(inside) > 0.8


def test_the_share_outside_of_tables_is_that_of_traced_entries(traced: list[Traced]) -> None:
    mine = [
        t.multiplied / ((t.entry.n_parameters or 0) - t.entry.n_embedding_parameters)
        for t in traced
        if t.entry.n_embedding_parameters
    ]
    assert pytest.approx(points(mine), abs=0.02) == TABLES_APART


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.least:g}")
def test_scores_are_those_of_traced_entries(size: Size, traced: list[Traced]) -> None:
    mine = [1e4 * t.scores for t in traced if size_of(t.entry) is size]
    assert len(mine) > 40
    assert size.scores.times(1e4) == pytest.approx(points(mine), rel=0.1)


@pytest.mark.parametrize("tables", [True, False])
@pytest.mark.parametrize("length", LENGTHS)
def test_nine_in_ten_traced_entries_lie_inside(
    length: int, tables: bool, traced: list[Traced]
) -> None:
    """At lengths that they read, as if their shape were unknown."""
    inside = []
    for one, work in traced:
        if (one.max_tokens or length) < length or (tables and not one.n_embedding_parameters):
            continue
        blind = replace(one, shape=Shape(), n_active_parameters=None)
        guess = guessed_flops(
            blind if tables else replace(blind, n_embedding_parameters=None), length
        )
        assert guess is not None
        inside.append(guess.low <= work[length] <= guess.high)
    assert len(inside) > 200
    assert np.mean(inside) > 0.88


def test_more_tokens_cost_more() -> None:
    work = [guessed_flops(entry(shape=Shape()), tokens) for tokens in (1, 2, 100, 10_000)]
    for less, more in pairwise(work):
        assert less is not None
        assert more is not None
        assert all(a < b for a, b in zip(less, more, strict=True))


def test_what_is_looked_up_and_averaged_is_not_guessed_by_its_parameters() -> None:
    assert guessed_flops(load_catalog(()).find("potion-base-8m"), 128) is None
