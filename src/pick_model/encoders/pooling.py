"""From the vectors of a row's tokens to one vector of the row.

Shapes: B rows, T tokens, H width. The mask is 1 for a token and 0 for what fills a row up,
which always stands on the right (`reading.collate`).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Pooling = Callable[[Tensor, Tensor], Tensor]  # states (B, T, H), mask (B, T) -> (B, H)


def mean(states: Tensor, mask: Tensor) -> Tensor:
    """The mean over the real tokens, special ones included."""
    weights = mask.unsqueeze(-1).to(states.dtype)  # (B, T, 1)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


def first(states: Tensor, _mask: Tensor) -> Tensor:
    """The first token, [CLS] where a model has one."""
    return states[:, 0]


def last(states: Tensor, mask: Tensor) -> Tensor:
    """The last real token: the only one that a decoder lets see all others."""
    return states[torch.arange(len(states), device=states.device), mask.sum(dim=1) - 1]


POOLINGS: dict[str, Pooling] = {"mean": mean, "first": first, "last": last}
