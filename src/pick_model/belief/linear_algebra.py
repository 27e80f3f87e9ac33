"""The little linear algebra of a handful of observations, without numpy."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt


def dot(one: Sequence[float], other: Sequence[float]) -> float:
    """Σ a·b."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """Lower factor of a positive definite (m, m) matrix, row by row up to the diagonal."""
    factor: list[list[float]] = []
    for i, row in enumerate(matrix):
        new: list[float] = []
        for j in range(i + 1):
            above = factor[j] if j < i else new
            left = row[j] - dot(new[:j], above[:j])
            new.append(sqrt(left) if i == j else left / factor[j][j])
        factor.append(new)
    return factor


def solved(factor: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """x of factor · x = right."""
    found: list[float] = []
    for row, value in zip(factor, right, strict=True):
        found.append((value - dot(row[: len(found)], found)) / row[-1])
    return found


def solved_twice(factor: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """x of factor · factorᵀ · x = right."""
    found = solved(factor, right)
    for i in range(len(found) - 1, -1, -1):
        later = sum(factor[k][i] * found[k] for k in range(i + 1, len(found)))
        found[i] = (found[i] - later) / factor[i][i]
    return found
