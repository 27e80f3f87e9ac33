"""All layers side by side: the arithmetic against explicit refits, and what is left out of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from pick_model.encoders import products
from pick_model.encoders.load import encode, load
from pick_model.encoders.resolve import resolve
from pick_model.measure.probe import frozen, layered, plan
from pick_model.measure.probe.desk import Desk
from pick_model.measure.probe.layered import predictions, side_by_side, views_of
from pick_model.measure.probe.one import largest_run, trained_of, wider_of
from pick_model.measure.probe.pieces import inputs_of
from pick_model.measure.probe.prepare import prepare
from pick_model.measure.probe.rows import make_sets
from pick_model.measure.probe.settings import Settings
from pick_model.measure.probe.work import Work
from pick_model.measure.screen.ridge import PENALTIES, blocks_of
from pick_model.vocabulary.uses import ProbeMethod
from tests.measure.conftest import make_rows

RANDOM = np.random.default_rng(0)
TAUGHT, OTHERS = RANDOM.normal(size=(3, 60, 8)), RANDOM.normal(size=(3, 20, 8))
TARGETS = np.eye(3)[RANDOM.integers(0, 3, 60)]
ALONE = blocks_of(np.arange(60))


def joined(taught: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = side_by_side(taught, others)
    assert found is not None
    return found


def refit(x: np.ndarray, y: np.ndarray, z: np.ndarray, penalty: float) -> np.ndarray:
    """Ridge regression with an intercept, by its normal equations."""
    centre = x.mean(axis=0)
    gram = (x - centre).T @ (x - centre)
    weight = np.linalg.solve(
        gram + penalty * np.eye(x.shape[1]), (x - centre).T @ (y - y.mean(axis=0))
    )
    return np.asarray((z - centre) @ weight + y.mean(axis=0))


def test_predictions_are_those_of_refits_with_the_penalty_that_errs_least_on_rows_left_out() -> (
    None
):
    x, z = joined(TAUGHT, OTHERS)
    left, said = predictions(x, z, TARGETS, ALONE)
    mean = float((x**2).sum()) / min(x.shape[1], len(x) - 1)  # squared singular value
    errors, refits = [], []
    for share in PENALTIES:
        out = np.array(
            [
                refit(np.delete(x, i, 0), np.delete(TARGETS, i, 0), x[i], share * mean)
                for i in range(len(x))
            ]
        )
        errors.append(float(((TARGETS - out) ** 2).sum()))
        refits.append(out)
    best = int(np.argmin(errors))
    others = (TARGETS.sum(axis=0) - TARGETS) / (len(TARGETS) - 1)  # each refit's own intercept
    assert left == pytest.approx(refits[best] - others + TARGETS.mean(axis=0), abs=1e-8)
    assert said == pytest.approx(refit(x, TARGETS, z, PENALTIES[best] * mean), abs=1e-8)


def test_rows_of_one_block_do_not_teach_each_other() -> None:
    """Twins with labels of their own are known by heart, unless they are left out together."""
    wide = RANDOM.normal(size=(3, 60, 40))
    x, z = joined(np.concatenate([wide, wide], axis=1), wide)
    y = np.concatenate([TARGETS, TARGETS])
    apart, _ = predictions(x, z, y, blocks_of(np.arange(120)))
    together, _ = predictions(x, z, y, blocks_of(np.tile(np.arange(60), 2)))
    truth = y.argmax(axis=1)
    assert (apart.argmax(axis=1) == truth).mean() > 0.9
    assert (together.argmax(axis=1) == truth).mean() < 0.6


def test_a_layer_counts_alike_in_any_unit_and_from_any_origin() -> None:
    moved = TAUGHT * np.array([1.0, 1000.0, 0.01])[:, None, None] + 5.0
    with_them = OTHERS * np.array([1.0, 1000.0, 0.01])[:, None, None] + 5.0
    for plain, other in zip(joined(TAUGHT, OTHERS), joined(moved, with_them), strict=True):
        assert other == pytest.approx(plain, abs=1e-9)


def test_a_layer_that_is_constant_or_not_finite_is_left_out() -> None:
    broken = TAUGHT.copy()
    broken[0], broken[2, 3, 1] = 7.0, np.nan
    x, z = joined(broken, OTHERS)
    alone, others = joined(TAUGHT[1:2], OTHERS[1:2])
    assert x == pytest.approx(alone)
    assert z == pytest.approx(others)
    assert side_by_side(np.full((2, 9, 3), 4.0), OTHERS[:2, :, :3]) is None


def test_what_a_lower_layer_knows_is_found_where_the_last_one_lost_it() -> None:
    y = TARGETS.argmax(axis=1)
    lower = np.eye(3)[y] + 0.1 * RANDOM.normal(size=(60, 3))
    last = RANDOM.normal(size=(60, 3))
    x, z = joined(np.stack([lower, last]), np.stack([lower, last]))
    left, _ = predictions(x, z, TARGETS, ALONE)
    x, z = joined(last[None], last[None])
    blind, _ = predictions(x, z, TARGETS, ALONE)
    assert (left.argmax(axis=1) == y).mean() > 0.9 > (blind.argmax(axis=1) == y).mean()


@pytest.mark.parametrize("most", [2, 8])
def test_the_last_layer_read_is_what_a_first_head_is_fitted_on(
    minilm: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(layered, "MOST_LAYERS", most)
    loaded = load(minilm, device="cpu", precision="fp32")
    rows = encode(make_rows("single-label", 5), loaded, 16)
    read = frozen.layers(loaded, rows, views_of(loaded))
    assert len(read) == min(most, 7)  # what the first block reads, and what each of six gives
    assert read[-1] == pytest.approx(frozen.features(loaded, rows), abs=1e-6)


@pytest.mark.parametrize("kind", ["single-label", "multi-label", "regression", "tokens"])
def test_beside_a_run_on_some_rows_linear_models_on_all_and_on_those_are_fitted(
    tiny: Path, tmp_path: Path, kind: str
) -> None:
    sets = make_sets(make_rows(kind, 300), make_rows(kind, 60, seed=9), 0)
    settings = Settings(max_steps=3, seeds=1, batch=16, precision="fp32", cache=tmp_path)
    inputs = inputs_of(resolve(str(tiny)), sets, settings)
    work = Work(Desk(inputs, tmp_path), prepare(Desk(inputs, tmp_path)))
    assert work.plan.sizes == (48,)
    found = wider_of(work, 48)
    assert found is not None
    assert found.rows == len(sets.train)
    assert len(found.drawn) == len(found.alike)
    assert np.isfinite(found.drawn).all()
    assert not np.array_equal(found.drawn, found.alike)
    assert (work.layers_on(48) is None) == (kind == "tokens")


def test_a_third_holds_more_rows_where_reading_takes_the_faster_library(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = make_sets(make_rows("single-label", 300), make_rows("single-label", 60, seed=9), 0)

    def read(fast: bool) -> int:
        monkeypatch.setattr(products, "by_onednn", lambda: fast)
        cache = tmp_path / str(fast)
        settings = Settings(max_steps=11, seeds=1, batch=16, precision="fp32", cache=cache)
        desk = Desk(inputs_of(resolve(str(tiny)), sets, settings), cache)
        return prepare(desk).feature_rows

    assert 176 <= read(fast=False) < read(fast=True) <= len(sets.train)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_layers_are_read_with_the_encoder_that_the_run_has_trained_in_place_of_the_untouched(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: ProbeMethod
) -> None:
    monkeypatch.setattr(plan, "ENOUGH_AFTER", 200)
    sets = make_sets(make_rows("single-label", 300), make_rows("single-label", 60, seed=9), 0)
    settings = Settings(
        max_steps=3, seeds=1, batch=16, precision="fp32", cache=tmp_path, method=method
    )
    inputs = inputs_of(resolve(str(tiny)), sets, settings)
    work = Work(Desk(inputs, tmp_path), prepare(Desk(inputs, tmp_path)))
    run = largest_run(work, 48, 3e-3)
    assert run.layers is not None
    assert run.layers.rows == len(sets.train)
    assert len(run.layers.left_out) == len(sets.train)
    assert len(run.layers.predictions) == len(inputs.sets.heldout)
    assert wider_of(work, 48) is None
    assert work.features[0].layers is None
    found = trained_of(work, run)
    assert found is not None
    assert (found.rows, found.classes) == (len(sets.train), 2)
    assert np.isfinite(found.drawn).all()
    assert trained_of(work, work.run(48, 1.0, 1, 3e-3)) is None
    assert largest_run(work, 48, 3e-3) == run  # found again
