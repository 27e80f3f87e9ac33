"""Ridge regression on frozen features: what each line gets from all others, in closed form.

Shapes: N lines, C target columns, P penalties, r rank of the features. A block is what must
not be learnt from to predict its own lines: a row, rows of one text or group, a sentence's
words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pick_model.measure.screen.spectrum import Array, Spectrum, spectrum

# Penalties as shares of the mean squared singular value, so that a unit or a row more changes
# nothing. Two a decade, chosen by hand: next to the best the error on subj was a tenth larger.
PENALTIES = tuple(10.0 ** (exponent / 2) for exponent in range(-6, 5))
FOLDS = 3  # for choosing penalty and layer; each is a decomposition more
AT_ONCE = 256  # lines that are squared together: all of them are as much as the features. By hand


@dataclass(frozen=True)
class Blocks:
    """Which lines stay together, as the shapes that leaving them out wants."""

    of: np.ndarray  # int (N,), the block of each line
    by_size: tuple[np.ndarray, ...]  # int (blocks, size), the lines of all blocks of one size

    @property
    def folds(self) -> np.ndarray:
        """The fold of each line, int (N,): one in each of any FOLDS blocks that follow each other.

        Blocks stand in the order of their first lines, and which of them is in which fold is drawn.
        Lines that come later change nothing of those before.
        """
        _, first = np.unique(self.of, return_index=True)
        drawn = np.random.default_rng(0).random((-(-len(first) // FOLDS), FOLDS)).argsort(axis=1)
        fold = np.empty(len(first), dtype=int)
        fold[np.argsort(first)] = drawn.ravel()[: len(first)]
        return np.asarray(fold[self.of])


def blocks_of(of: np.ndarray) -> Blocks:
    """of: int (N,), any numbers, one a block."""
    _, place, counts = np.unique(of, return_inverse=True, return_counts=True)
    order, ends = np.argsort(place, kind="stable"), np.cumsum(counts)
    by_size = []
    for size in np.unique(counts):
        begins = (ends - counts)[counts == size]
        by_size.append(order[begins[:, None] + np.arange(size)])
    return Blocks(place, tuple(by_size))


def left_out(
    parts: Spectrum, targets: np.ndarray, blocks: Blocks, penalties: Sequence[float]
) -> Array:
    """Predictions (P, N, C) of ridge regressions that have not seen the line's block.

    parts: of centred features; penalties: shares of their mean squared singular value. The
    intercept is not penalised. With H the hat matrix of all lines and G a block, leaving it
    out gives y_G − (I − H_GG)⁻¹ (y_G − ŷ_G), which is the refit to rounding (for one line:
    Golub, Heath and Wahba 1979; Cook and Weisberg 1982, section 2.2, for several).
    """
    y: Array = np.asarray(targets, dtype=np.float64)
    return np.stack([y - missed for missed in _each_missed(parts, y, blocks, penalties)])


def _each_missed(
    parts: Spectrum, targets: np.ndarray, blocks: Blocks, penalties: Sequence[float]
) -> Iterator[Array]:
    """What one penalty's predictions miss (N, C), then another's: 77 classes of all would fill
    no cache.
    """
    y: Array = np.asarray(targets, dtype=np.float64)
    n, centre = len(y), y.mean(axis=0)
    u, projected = parts.vectors, parts.vectors.T @ y  # (N, r), (r, C)
    shrinks = [parts.values / (parts.values + penalty * parts.mean) for penalty in penalties]
    each = leverages(u, np.stack(shrinks, axis=1))  # (N, P)
    for shrink, leverage in zip(shrinks, each.T, strict=True):
        residual = u @ (shrink[:, None] * projected)  # (N, C), what is fitted
        np.subtract(y - centre, residual, out=residual)
        for lines in blocks.by_size:  # (B, size)
            if lines.shape[1] == 1:
                one = lines[:, 0]
                residual[one] /= (1 - 1 / n - leverage[one])[:, None]
                continue
            own = u[lines]  # (B, size, r)
            hat = (own * shrink) @ own.transpose(0, 2, 1) + 1 / n  # (B, size, size)
            residual[lines] = np.linalg.solve(np.eye(lines.shape[1]) - hat, residual[lines])
        yield residual


def leverages(u: Array, shrinks: Array) -> Array:
    """The diagonals (N, P) of hat matrices u · diag(shrink) · uᵀ; u: (N, r), shrinks: (r, P)."""
    found = np.empty((len(u), shrinks.shape[1]))
    for at in range(0, len(u), AT_ONCE):
        found[at : at + AT_ONCE] = u[at : at + AT_ONCE] ** 2 @ shrinks
    return found


@dataclass(frozen=True)
class CrossFit:
    """Predictions of one view, and what choosing between views may know."""

    predictions: Array  # (N, C), of none of which its own block has taught or chosen
    errors: Array  # (N,), squared, over all columns
    elsewhere: Array  # (FOLDS,), squared error on the other folds by models of those alone


def cross_fitted(features: np.ndarray, targets: np.ndarray, blocks: Blocks) -> CrossFit:
    """Ridge predictions (N, C), each fold's with the penalty that does best without the fold.

    features: (N, D). The fold is left out of what teaches the models that are compared, and not
    only of what scores them: chance agreement of one fold with another would show in both.
    """
    x, y = np.asarray(features), np.asarray(targets, dtype=np.float64)
    folds, lines = blocks.folds, np.arange(len(y))
    best, elsewhere = np.zeros(FOLDS, dtype=int), np.zeros(FOLDS)
    for fold in range(FOLDS):
        others = folds != fold
        parts, own = spectrum(x[others]), blocks_of(blocks.of[others])
        missed = _each_missed(parts, y[others], own, PENALTIES)
        errors = np.array([np.vdot(one, one) for one in missed])  # (P,)
        best[fold], elsewhere[fold] = int(errors.argmin()), errors.min()
    wanted, place = np.unique(best, return_inverse=True)
    del parts  # before as much is held of all lines
    told = left_out(spectrum(x), y, blocks, [PENALTIES[at] for at in wanted])  # (<= FOLDS, N, C)
    predictions = told[place[folds], lines]  # (N, C)
    return CrossFit(predictions, ((y - predictions) ** 2).sum(axis=1), elsewhere)


def level(predictions: Array, targets: np.ndarray, blocks: Blocks) -> Array:
    """Predictions (N, C) with one intercept for all lines: the mean of all targets.

    A line's own is the mean of all others, which is the lower the higher the line's target is.
    Where features say little that is all there is to see, and the predictions run against the
    targets: a correlation of -.5, and never the right one of two classes that are as frequent.
    """
    y: Array = np.asarray(targets, dtype=np.float64)
    n, total, moved = len(y), y.sum(axis=0), np.array(predictions, dtype=np.float64)
    for lines in blocks.by_size:
        size = lines.shape[1]
        if size < n:
            others = (total - y[lines].sum(axis=1)) / (n - size)  # (B, C)
            moved[lines] += (total / n - others)[:, None]
    return moved


def explained(errors: Array, targets: np.ndarray, blocks: Blocks) -> float:
    """1 − the squared error over that of the mean of all other blocks; 1 at most, 0 is the mean."""
    y: Array = np.asarray(targets, dtype=np.float64)
    n, total = len(y), y.sum(axis=0)
    under = 0.0
    for lines in blocks.by_size:
        size = lines.shape[1]
        if size < n:
            others = (total - y[lines].sum(axis=1)) / (n - size)  # (B, C)
            under += float(((y[lines] - others[:, None]) ** 2).sum())
    return 1.0 - float(errors.sum()) / under if under > 0 else 0.0
