"""Measures against slow, obvious oracles; and the laws they must keep."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.measure.screen.measures import log_evidence, logme, nearest, separation, varying
from pick_model.measure.screen.ridge import (
    FOLDS,
    PENALTIES,
    blocks_of,
    cross_fitted,
    explained,
    left_out,
    level,
)
from pick_model.measure.screen.spectrum import spectrum

SHAPES = [(12, 40), (40, 40), (40, 12), (60, 3)]  # N < D, N = D, N > D


def drawn(n: int, d: int, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features that say something of the classes, and those as columns of 0 and 1."""
    random = np.random.default_rng(seed)
    y = np.arange(n) % classes
    x = random.normal(size=(n, d)) * np.linspace(0.1, 2, d) + 1.0
    x[:, : min(d, classes)] += 1.5 * np.eye(classes)[y][:, : min(d, classes)]
    return x, np.eye(classes)[y]


def rotation(d: int, seed: int) -> np.ndarray:
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))
    return np.asarray(q)


def dense(x: np.ndarray, y: np.ndarray, alpha: float, beta: float) -> float:
    """log N(y; 0, I/β + X Xᵀ/α), by the N × N covariance."""
    n = len(y)
    cov = np.eye(n) / beta + x @ x.T / alpha
    _, log_det = np.linalg.slogdet(cov)
    return float(-0.5 * (n * np.log(2 * np.pi) + log_det + y @ np.linalg.solve(cov, y)))


@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_the_evidence_is_that_of_the_dense_gaussian(n: int, d: int) -> None:
    x, y = drawn(n, d)
    found = log_evidence(x, y)
    for c in range(y.shape[1]):
        assert found.value[c] == pytest.approx(
            dense(x, y[:, c], found.alpha[c], found.beta[c]), abs=1e-6
        )


@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_no_other_precisions_have_more_evidence(n: int, d: int) -> None:
    x, y = drawn(n, d)
    found = log_evidence(x, y)
    for a, b in itertools.product((0.5, 0.9, 1.0, 1.1, 2.0), repeat=2):
        other = dense(x, y[:, 0], a * found.alpha[0], b * found.beta[0])
        assert other <= found.value[0] + 1e-9


def test_width_without_meaning_is_not_rewarded() -> None:
    """100 rows of 256 features that say nothing: no better than noise about zero alone."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(100, 256)), np.eye(4)[np.arange(100) % 4]
    noise = -0.5 * (np.log(2 * np.pi * 0.25) + 1)
    assert logme(x, y) == pytest.approx(noise, abs=0.1)
    meaning, _ = drawn(100, 256, classes=4)
    assert logme(meaning, y) > logme(x, y)


def test_the_evidence_of_numbers_moves_with_their_unit_alone() -> None:
    x, _ = drawn(30, 8)
    y = x[:, :1] + np.random.default_rng(1).normal(size=(30, 1))
    assert logme(x, 10 * y) == pytest.approx(logme(x, y) - np.log(10), abs=1e-9)


def class_means(x: np.ndarray, y: np.ndarray) -> float:
    """The shrinkage H-score as transformer-ranker 0.2.0 has it: matrices, pinv, class means."""
    n, d = x.shape
    x = x - x.mean(axis=0)
    cov = x.T @ x / n
    squared = x**2
    mean = np.trace(cov) / d
    beta_, delta_ = (squared.T @ squared).sum() / n, (cov**2).sum()
    beta = (beta_ - delta_) / (d * n)
    delta = (delta_ - 2 * mean * np.trace(cov) + d * mean**2) / d
    s = float(np.clip(beta / delta, 0, 1))
    between = np.zeros((d, d))
    for c in range(y.shape[1]):
        own = x[y[:, c] == 1]
        between += len(own) * np.outer(own.mean(axis=0), own.mean(axis=0))
    shrunk = (1 - s) * cov + s * mean * np.eye(d)
    return float(np.trace(np.linalg.pinv(shrunk) @ ((1 - s) * between / (n - 1))))


@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_the_h_score_is_that_of_the_class_means(n: int, d: int) -> None:
    x, y = drawn(n, d)
    assert separation(spectrum(x), y).h_score == pytest.approx(class_means(x, y), abs=1e-5)


@pytest.mark.parametrize("shape", [(6, 9), (6, 3)])
def test_what_the_h_score_is_by_chance_is_its_mean_over_all_orders_of_the_labels(
    shape: tuple[int, int],
) -> None:
    x = np.random.default_rng(2).normal(size=shape)
    y = np.eye(3)[[0, 0, 0, 1, 1, 2]]
    orders = [y[list(order)] for order in itertools.permutations(range(6))]
    found = [separation(spectrum(x), order) for order in orders]
    assert np.mean([one.h_score for one in found]) == pytest.approx(found[0].by_chance, rel=1e-9)
    assert np.mean([one.adjusted for one in found]) == pytest.approx(0.0, abs=1e-9)


def test_on_shuffled_labels_width_raises_the_h_score_and_not_the_adjusted_one() -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=(120, 480))
    y = np.eye(4)[random.permutation(120) % 4]
    narrow, wide = separation(spectrum(x[:, :20]), y), separation(spectrum(x), y)
    assert wide.h_score > 2 * narrow.h_score
    assert abs(wide.adjusted) < 0.1
    assert abs(narrow.adjusted) < 0.1


def refit(x: np.ndarray, y: np.ndarray, lines: np.ndarray, penalty: float) -> np.ndarray:
    """Ridge regression on all other lines, with an intercept, by its normal equations."""
    others = np.setdiff1d(np.arange(len(x)), lines)
    centred = x - x.mean(axis=0)
    strength = penalty * spectrum(x).values.mean()
    design = np.column_stack([np.ones(len(x)), centred])
    shrink = strength * np.eye(design.shape[1])
    shrink[0, 0] = 0
    a = design[others]
    return np.asarray(design[lines] @ np.linalg.solve(a.T @ a + shrink, a.T @ y[others]))


@pytest.mark.parametrize(("n", "d"), SHAPES)
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("penalty", [PENALTIES[0], 1.0, PENALTIES[-1]])
def test_leaving_out_in_closed_form_is_the_refit(n: int, d: int, size: int, penalty: float) -> None:
    x, y = drawn(n, d)
    blocks = blocks_of(np.arange(n) // size)
    found = left_out(spectrum(x), y, blocks, [penalty])[0]
    for block in range(n // size):
        lines = np.flatnonzero(blocks.of == block)
        np.testing.assert_allclose(found[lines], refit(x, y, lines, penalty), atol=1e-8)


def test_blocks_of_several_sizes_are_each_left_out() -> None:
    x, y = drawn(20, 6)
    of = np.array([0, 7, 7, 3, 3, 3, *range(10, 24)])
    found = left_out(spectrum(x), y, blocks_of(of), [0.1])[0]
    for block in set(of.tolist()):
        lines = np.flatnonzero(of == block)
        np.testing.assert_allclose(found[lines], refit(x, y, lines, 0.1), atol=1e-8)


def test_a_copy_in_another_block_leaks_and_in_the_same_does_not() -> None:
    random = np.random.default_rng(4)
    x = np.repeat(random.normal(size=(30, 100)), 2, axis=0)
    y = np.repeat(random.permutation(np.arange(30) % 2), 2)[:, None].astype(float)
    apart = cross_fitted(x, y, blocks_of(np.arange(60)))
    together = cross_fitted(x, y, blocks_of(np.arange(60) // 2))
    assert apart.errors.mean() < 0.1
    assert together.errors.mean() > 0.2


def test_what_chooses_for_a_fold_has_never_seen_its_labels() -> None:
    x, y = drawn(60, 10)
    blocks = blocks_of(np.arange(60))
    before = cross_fitted(x, y, blocks)
    for fold in range(FOLDS):
        other = y.copy()
        other[blocks.folds == fold] = other[blocks.folds == fold][:, ::-1]
        after = cross_fitted(x, other, blocks)
        assert after.elsewhere[fold] == before.elsewhere[fold]
        assert (np.delete(after.elsewhere, fold) != np.delete(before.elsewhere, fold)).all()


def test_predictions_of_labels_without_meaning_explain_nothing() -> None:
    random = np.random.default_rng(5)
    x, y = random.normal(size=(200, 300)), np.eye(2)[random.permutation(200) % 2]
    blocks = blocks_of(np.arange(200))
    assert explained(cross_fitted(x, y, blocks).errors, y, blocks) < 0.03
    x[:, 0] += 3 * y[:, 0]
    assert explained(cross_fitted(x, y, blocks).errors, y, blocks) > 0.2


def test_the_mean_of_all_others_explains_nothing_at_all() -> None:
    y = np.arange(6.0)[:, None]
    blocks = blocks_of(np.array([0, 0, 1, 2, 3, 3]))
    means = [y[blocks.of != b].mean() for b in blocks.of]
    errors = (y[:, 0] - means) ** 2
    assert explained(errors, y, blocks) == pytest.approx(0.0, abs=1e-12)


def test_features_that_say_nothing_do_not_run_against_the_labels() -> None:
    random = np.random.default_rng(3)
    x, y = random.normal(size=(40, 3)), np.repeat([0.0, 1.0], 20)[:, None]
    blocks = blocks_of(np.arange(40))
    [plain] = left_out(spectrum(x), y, blocks, [1e6])  # the mean of all others, nearly
    levelled = level(plain, y, blocks)
    assert np.corrcoef(plain[:, 0], y[:, 0])[0, 1] < -0.99
    assert abs(np.corrcoef(levelled[:, 0], y[:, 0])[0, 1]) < 0.5
    assert levelled == pytest.approx(np.full_like(y, 0.5), abs=1e-4)
    # What is learnt is left as it is, and a block of all lines has no others.
    together = blocks_of(np.zeros(40, dtype=int))
    assert level(plain, y, together) == pytest.approx(plain)
    pairs = blocks_of(np.arange(40) // 2)
    [of_pairs] = left_out(spectrum(x), y, pairs, [1e6])
    assert level(of_pairs, y, pairs) == pytest.approx(np.full_like(y, 0.5), abs=1e-4)


def test_neighbours_are_those_of_other_blocks() -> None:
    x = np.array([[1.0, 0], [1, 0.1], [-1, 0], [-1, 0.1], [1, 0.2], [-1, 0.2]])
    y = np.array([[1.0], [1], [0], [0], [1], [0]])
    np.testing.assert_allclose(nearest(x, y, np.arange(6), k=2), y)
    twins = nearest(x, y, np.array([0, 0, 1, 1, 0, 1]), k=2)
    np.testing.assert_allclose(twins, 1 - y)
    assert np.isnan(nearest(x, y, np.zeros(6, dtype=int), k=2)).all()


@given(seed=st.integers(0, 10**6), n=st.integers(8, 30), d=st.integers(2, 40))
def test_rotating_the_features_or_the_order_of_lines_changes_nothing(
    seed: int, n: int, d: int
) -> None:
    x, y = drawn(n, d, seed=seed)
    order = np.random.default_rng(seed).permutation(n)
    turned, same = x @ rotation(d, seed), np.arange(n)

    def told(x: np.ndarray, y: np.ndarray) -> list[float]:
        parts = spectrum(x)
        ridge = left_out(parts, y, blocks_of(same), [0.1])[0]
        return [
            logme(x, y),
            separation(parts, y).adjusted,
            float(((ridge - y) ** 2).sum()),
            float(((nearest(x, y, same, k=3) - y) ** 2).sum()),
        ]

    np.testing.assert_allclose(told(turned, y), told(x, y), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(told(x[order], y[order]), told(x, y), rtol=1e-6, atol=1e-8)


def test_all_columns_at_once_are_each_by_itself() -> None:
    x, y = drawn(30, 50, classes=5)
    together = log_evidence(x, y)
    blocks = blocks_of(np.arange(30))
    for c in range(5):
        alone = log_evidence(x, y[:, [c]])
        assert together.value[c] == pytest.approx(alone.value[0], abs=1e-9)
        np.testing.assert_allclose(
            left_out(spectrum(x), y, blocks, [1.0])[0, :, c],
            left_out(spectrum(x), y[:, [c]], blocks, [1.0])[0, :, 0],
        )


def test_columns_that_never_vary_say_nothing() -> None:
    x, y = drawn(30, 10)
    more = np.column_stack([np.zeros(30), y, np.ones(30)])
    np.testing.assert_array_equal(varying(more), y)
    assert logme(x, more) == logme(x, y)
    assert separation(spectrum(x), more) == pytest.approx(separation(spectrum(x), y))
    assert logme(x, np.ones((30, 1))) == 0.0


def test_features_without_spread_measure_nothing_and_do_not_fail() -> None:
    x, y = np.ones((12, 4)), np.eye(2)[np.arange(12) % 2]
    assert len(spectrum(x).values) == 0
    assert separation(spectrum(x), y).adjusted == 0.0
    assert np.isfinite(logme(x, y))
    blocks = blocks_of(np.arange(12))
    others = (y.sum(axis=0) - y) / 11
    np.testing.assert_allclose(cross_fitted(x, y, blocks).predictions, others)
