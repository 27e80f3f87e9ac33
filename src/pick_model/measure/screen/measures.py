"""Measures of how well frozen features fit labels, without training anything.

Shapes: N lines (rows, or words for tokens), D features, C target columns. Targets hold one
column a class or label (0 or 1), or one of numbers; columns that never vary say nothing and
may be there. Everything is computed in float64 and does not change when features are rotated
or lines change their order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pick_model.measure.screen.spectrum import Array, Spectrum, spectrum

# Prior to noise precision, as a share of the largest squared singular value: between these the
# evidence is searched. Beyond them it is flat: features that explain all, or nothing.
RATIOS = (1e-10, 1e6)
GRID = 65  # points: four a decade, closer than the evidence of any set here bends
GOLDEN = (5**0.5 - 1) / 2
STEPS = 40  # of the golden section: GOLDEN**40 of half a decade is 3e-9
NEIGHBOURS = 5
MOST_NEARBY = 4_000  # lines to choose from: beyond it the search costs more than the features
AT_ONCE = 2**19  # cosines that are held together: of 1,000 lines to choose from those of 524


class LogEvidence(NamedTuple):
    """The largest log evidence of each target column, and where it lies."""

    value: Array  # (C,), nats
    alpha: Array  # (C,), precision of the weights
    beta: Array  # (C,), precision of the noise


def log_evidence(features: np.ndarray, targets: np.ndarray) -> LogEvidence:
    """log p(y | F, α, β) of y = F w + noise, w ~ N(0, 1/α), noise ~ N(0, 1/β), at its maximum.

    features: (N, D); targets: (N, C). The evidence is that of y ~ N(0, I/β + F Fᵀ/α), so its
    log-determinant runs over all D weights: code in use drops (D − r)·log α, r the rank, and
    so rewards width where N < D. At a ratio α/β the best β is known, which leaves one number
    to search; the fixed point of the paper may stop on the way.

    You et al. 2021, arXiv:2102.11005, equation 2 and algorithm 3; the search is our own.
    """
    parts = spectrum(features, centred=False)
    y: Array = np.asarray(targets, dtype=np.float64)
    n, eigen = len(y), parts.values  # (r,)
    squares = (parts.vectors.T @ y) ** 2  # (r, C)
    beside = np.zeros(y.shape[1])  # (C,), the squares that no weights reach
    if len(eigen) < n:
        beside = np.maximum(np.einsum("nc,nc->c", y, y) - squares.sum(axis=0), 0.0)
    largest = float(eigen[-1]) if len(eigen) else 1.0

    def left(ratio: Array) -> Array:
        """yᵀ (I + F Fᵀ / ratio)⁻¹ y; ratio (..., C)."""
        shrunk = ratio[..., None, :] / (eigen[:, None] + ratio[..., None, :])  # (..., r, C)
        found: Array = (shrunk * squares).sum(axis=-2) + beside
        return np.asarray(np.maximum(found, np.finfo(np.float64).tiny))

    def value(log_ratio: Array) -> Array:
        ratio = np.exp(log_ratio)
        volume = np.log1p(eigen[:, None] / ratio[..., None, :]).sum(axis=-2)
        found: Array = -n / 2 * (np.log(2 * np.pi * left(ratio) / n) + 1) - volume / 2
        return found

    low, high = np.log(RATIOS[0] * largest), np.log(RATIOS[1] * largest)
    grid = np.linspace(low, high, GRID)
    tried = np.stack([value(np.full(y.shape[1], at)) for at in grid])  # (GRID, C)
    best = tried.argmax(axis=0)
    step = grid[1] - grid[0]
    a, b = grid[best] - step, grid[best] + step  # (C,) each
    for _ in range(STEPS):
        inner, outer = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
        falls = value(inner) > value(outer)
        a, b = np.where(falls, a, inner), np.where(falls, outer, b)
    ratio = np.exp((a + b) / 2)
    beta = n / left(ratio)
    return LogEvidence(value((a + b) / 2), ratio * beta, beta)


def logme(features: np.ndarray, targets: np.ndarray) -> float:
    """Log of the maximum evidence, the mean over target columns.

    features: (N, D); targets: (N, C). Nats a line, unbounded, higher is better; compare it
    only on identical lines and targets. See `log_evidence`.
    """
    y = varying(targets)
    return float(log_evidence(features, y).value.mean()) / len(y) if y.shape[1] else 0.0


def varying(targets: np.ndarray) -> Array:
    """The columns that are not one value on all lines."""
    y: Array = np.asarray(targets, dtype=np.float64)
    return y[:, y.max(axis=0, initial=-np.inf) > y.min(axis=0, initial=np.inf)]


class Separation(NamedTuple):
    """The shrinkage H-score, and what of it labels without meaning would get."""

    h_score: float  # 0 to about the number of target columns, higher is better
    by_chance: float  # its mean over all orders of the labels
    adjusted: float  # 0 by chance, 1 at most: (h − chance) / (largest − chance)


def separation(parts: Spectrum, targets: np.ndarray) -> Separation:
    """How much of the spread of the features lies between the labels.

    parts: of centred (N, D) features; targets: (N, C). With Σ the features' covariance, shrunk
    after Ledoit and Wolf to (1 − s)Σ + s·μ·I, and P the projection on the centred targets,
    H = (1 − s)·tr(Σₛ⁻¹ Fᵀ P F) / (N − 1). For classes Fᵀ P F is the scatter of the class
    means, as in the paper; for several labels and numbers it is what a linear model of the
    labels explains, which is our extension.

    H grows with D on any labels. Over all orders of the labels E[P] = q/(N − 1) on centred
    lines, q the rank of P, so its mean by chance has a closed form, and `adjusted` is what is
    above it. Compare only on identical lines and targets.

    Ibrahim et al. 2022, openreview iz_Wwmfquno (shrinkage); Ledoit and Wolf 2004 (its size).
    """
    y = np.asarray(targets, dtype=np.float64)
    n, basis = len(y), _orthonormal(y - y.mean(axis=0))  # (N, q)
    spread = parts.values / n  # eigenvalues of Σ, (r,)
    shrinkage, mean = _ledoit_wolf(parts)
    kept = (1 - shrinkage) * spread
    under = kept + shrinkage * mean
    share = np.divide(kept, under, out=np.zeros_like(kept), where=under > 0)  # (r,), 0 to 1
    explained = ((basis.T @ parts.vectors) ** 2).sum(axis=0)  # (r,), 0 to 1
    q, scale = basis.shape[1], n / max(1, n - 1)
    found, chance = float(share @ explained), q * float(share.sum()) / max(1, n - 1)
    room = q - chance
    adjusted = (found - chance) / room if room > 1e-9 * max(1, q) else 0.0
    return Separation(scale * found, scale * chance, adjusted)


def _orthonormal(y: Array) -> Array:
    """A basis of the columns (N, q)."""
    u, s, _ = np.linalg.svd(y, full_matrices=False)
    kept = s > s.max(initial=0.0) * max(y.shape) * np.finfo(np.float64).eps
    return u[:, kept]


def _ledoit_wolf(parts: Spectrum) -> tuple[float, float]:
    """The weight of the identity, 0 to 1, and the mean variance μ that it stands for.

    The sum over pairs of features is a sum of fourth powers of row lengths: the same number
    without a D × D matrix.
    """
    n, d = len(parts), parts.n_features
    spread = parts.values / n
    mean, squares = float(spread.sum()) / d, float((spread**2).sum())
    beta = (float((parts.norms**2).sum()) / n - squares) / (d * n)
    delta = (squares - d * mean**2) / d
    return (min(max(beta / delta, 0.0), 1.0) if delta > 0 else 1.0), mean


def nearest(
    features: np.ndarray, targets: np.ndarray, blocks: np.ndarray, k: int = NEIGHBOURS
) -> Array:
    """Targets of each line as its k nearest others have them, (N, C).

    features: (N, D), centred here and compared by their cosine; blocks: int (N,), lines of one
    block are no neighbours of each other. Neighbours count by their cosine, so that votes do
    not tie; of many lines some, always the same, are there to choose from. NaN for a line all of
    whose others are of its block.
    """
    x: Array = np.array(features, dtype=np.float64)
    x -= x.mean(axis=0)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-300)
    y: Array = np.asarray(targets, dtype=np.float64)
    found = np.empty_like(y)
    others, of_others, theirs = x, y, blocks  # (M, D), (M, C), (M,)
    if len(x) > MOST_NEARBY:
        some = np.random.default_rng(0).permutation(len(x))[:MOST_NEARBY]
        others, of_others, theirs = x[some], y[some], blocks[some]
    k = min(k, len(others))
    lines = max(1, AT_ONCE // max(1, len(others)))
    for begin in range(0, len(x), lines):
        part = slice(begin, begin + lines)
        alike = x[part] @ others.T  # (lines, M)
        alike[blocks[part, None] == theirs] = -np.inf
        near = np.argpartition(-alike, k - 1, axis=1)[:, :k]
        cosine = np.take_along_axis(alike, near, axis=1)  # (lines, k)
        weight = np.where(np.isfinite(cosine), 1.0 + cosine, 0.0)
        under = weight.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):
            found[part] = np.einsum("nk,nkc->nc", weight, of_others[near]) / under
    return found
