"""The little linear algebra that a regression on a dozen facts needs, without numpy."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

Matrix = list[list[float]]


def solve(matrix: Matrix, right: Sequence[float]) -> list[float]:
    """The solution of a symmetric positive definite system, by Cholesky's decomposition.

    Raises ValueError when the matrix is not positive definite.
    """
    lower = cholesky(matrix)
    n = len(right)
    forward = [0.0] * n
    for i in range(n):
        known = sum(lower[i][k] * forward[k] for k in range(i))
        forward[i] = (right[i] - known) / lower[i][i]
    found = [0.0] * n
    for i in reversed(range(n)):
        known = sum(lower[k][i] * found[k] for k in range(i + 1, n))
        found[i] = (forward[i] - known) / lower[i][i]
    return found


def cholesky(matrix: Matrix) -> Matrix:
    """The lower triangle L with L·Lᵀ = matrix."""
    n = len(matrix)
    lower = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = matrix[i][j] - sum(lower[i][k] * lower[j][k] for k in range(j))
            if i == j:
                if rest <= 0:
                    raise ValueError("the matrix is not positive definite")
                lower[i][i] = sqrt(rest)
            else:
                lower[i][j] = rest / lower[j][j]
    return lower
