"""What training makes small, and the ground that makes it repeat.

Shapes: B rows, T tokens, C outputs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn import functional

from pick_model.encoders.reading import IGNORE


def objective(logits: Tensor, targets: Tensor, kind: str, weights: Tensor | None) -> Tensor:
    """Mean loss: cross entropy, binary cross entropy over labels, or squared error."""
    if kind == "regression":
        return functional.mse_loss(logits.squeeze(-1), targets)
    if kind == "multi-label":
        return functional.binary_cross_entropy_with_logits(logits, targets)
    flat = logits.reshape(-1, logits.shape[-1])  # (B, C) or (B * T, C)
    return functional.cross_entropy(flat, targets.reshape(-1), weights, ignore_index=IGNORE)


@contextmanager
def deterministic(seed: int) -> Iterator[None]:
    """Seed torch and ask it for deterministic kernels; put both back afterwards."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS reads it at its start
    before = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    state = torch.get_rng_state()
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    torch.manual_seed(seed)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warn_only)
        torch.set_rng_state(state)
