"""What training makes small, one class a kind of labels, and the ground that makes it repeat.

A line is what one prediction is made of: a row, or for tokens a word. Shapes: B rows, T tokens,
N lines, C outputs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional

IGNORE = -100  # cross entropy's mark for positions without a label


class Objective(Protocol):
    """A mean loss, and labels in the form that it takes."""

    def in_units(self, labels: Sequence[Any], _mean: float, _scale: float) -> tuple[Any, ...]:
        """Labels in the loss's own units; `mean` and `scale` are of the training rows'."""
        return tuple(labels)

    def targets(self, labels: Sequence[Any], n_outputs: int) -> Tensor:
        """Labels, one a line, as what `loss` compares with: (N,) or (N, C)."""

    def loss(self, logits: Tensor, targets: Tensor, weights: Tensor | None) -> Tensor:
        """The mean over lines, a scalar; `weights`: (C,), what each class counts."""

    def mass(self, labels: Sequence[Any], _weights: Tensor | None) -> float:
        """What the mean over these lines divides by."""
        return float(len(labels))


class CrossEntropy(Objective):
    """One of C classes a line."""

    def targets(self, labels: Sequence[Any], _n_outputs: int) -> Tensor:
        return torch.tensor(labels, dtype=torch.int64)  # (N,)

    def loss(self, logits: Tensor, targets: Tensor, weights: Tensor | None) -> Tensor:
        flat = logits.reshape(-1, logits.shape[-1])  # (B, C) or (B * T, C)
        return functional.cross_entropy(flat, targets.reshape(-1), weights, ignore_index=IGNORE)

    def mass(self, labels: Sequence[Any], weights: Tensor | None) -> float:
        return float(len(labels) if weights is None else sum(float(weights[i]) for i in labels))


class BinaryCrossEntropy(Objective):
    """Each of C labels by itself, there or not."""

    def targets(self, labels: Sequence[Any], n_outputs: int) -> Tensor:
        wanted = torch.zeros(len(labels), n_outputs)  # (N, C)
        for line, there in enumerate(labels):
            wanted[line, list(there)] = 1.0
        return wanted

    def loss(self, logits: Tensor, targets: Tensor, _weights: Tensor | None) -> Tensor:
        return functional.binary_cross_entropy_with_logits(logits, targets)


class SquaredError(Objective):
    """A number a line, standardised."""

    def in_units(self, labels: Sequence[Any], mean: float, scale: float) -> tuple[Any, ...]:
        return tuple((float(value) - mean) / scale for value in labels)

    def targets(self, labels: Sequence[Any], _n_outputs: int) -> Tensor:
        return torch.tensor(labels, dtype=torch.float32)  # (N,)

    def loss(self, logits: Tensor, targets: Tensor, _weights: Tensor | None) -> Tensor:
        return functional.mse_loss(logits.squeeze(-1), targets)


OBJECTIVES: dict[str, Objective] = {  # by kind of labels (`data.label_kinds`)
    "single-label": CrossEntropy(),
    "multi-label": BinaryCrossEntropy(),
    "regression": SquaredError(),
    "tokens": CrossEntropy(),
}


@contextmanager
def deterministic(seed: int) -> Iterator[None]:
    """Seed torch and ask it for deterministic kernels; put both back afterwards.

    Fresh memory is not filled with NaN, which torch adds for what reads memory before it writes
    there: it took 3 % of reading 400 rows of subj with MiniLM.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS reads it at its start
    before = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    memory: Any = torch.utils.deterministic  # a module with a property, which no type tells of
    filled = memory.fill_uninitialized_memory
    state = torch.get_rng_state()
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    memory.fill_uninitialized_memory = False
    torch.manual_seed(seed)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warn_only)
        memory.fill_uninitialized_memory = filled
        torch.set_rng_state(state)
