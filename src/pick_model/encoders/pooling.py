"""From the vectors of a row's tokens to one vector of the row.

Shapes: B rows, T tokens, H width. The mask is 1 for a token that counts and 0 for what fills a
row up, which always stands on the right (`reading.collate`), or is a prompt to be left out, on
the left; at least one token of a row counts.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from pick_model.encoders.loaded import States

OWN = "own"  # what the model itself makes of a row, where it does; else a pooling's name
Pooling = Callable[[Tensor, Tensor], Tensor]  # states (B, T, H), mask (B, T) -> (B, H)


def mean(states: Tensor, mask: Tensor) -> Tensor:
    """The mean over the real tokens, special ones included."""
    weights = mask.unsqueeze(-1).to(states.dtype)  # (B, T, 1)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


def first(states: Tensor, mask: Tensor) -> Tensor:
    """The first token, [CLS] where a model has one."""
    return states[_rows(states), mask.argmax(dim=1)]


def last(states: Tensor, mask: Tensor) -> Tensor:
    """The last real token: the only one that a decoder lets see all others."""
    return states[_rows(states), mask.shape[1] - 1 - mask.flip(1).argmax(dim=1)]


def largest(states: Tensor, mask: Tensor) -> Tensor:
    """The largest of each number over the real tokens."""
    return states.masked_fill(mask.unsqueeze(-1) == 0, float("-inf")).amax(dim=1)


def root(states: Tensor, mask: Tensor) -> Tensor:
    """The sum over the real tokens, divided by the root of their number."""
    weights = mask.unsqueeze(-1).to(states.dtype)  # (B, T, 1)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1).sqrt()


def weighted(states: Tensor, mask: Tensor) -> Tensor:
    """The mean over the real tokens, the n-th counted n times (SGPT, arXiv:2202.08904, eq. 2)."""
    places = torch.arange(1, mask.shape[1] + 1, device=states.device, dtype=states.dtype)
    weights = (mask.to(states.dtype) * places).unsqueeze(-1)  # (B, T, 1)
    return (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


def _rows(states: Tensor) -> Tensor:
    return torch.arange(len(states), device=states.device)


POOLINGS: dict[str, Pooling] = {
    "mean": mean,
    "first": first,
    "last": last,
    "max": largest,
    "root": root,
    "weighted": weighted,
}


def pooled(states: States, how: str) -> Tensor:
    """One vector a row, (B, H)."""
    if how == OWN:
        assert states.own is not None, "only where the model gives one"
        return states.own
    return POOLINGS[how](states.places, states.mask)
