"""The same network without what it learnt: every weight is there, in another place.

The numbers of each tensor are shuffled among themselves. No architecture has to be known for
it, scales stay as training left them, and of a network whose weights were drawn at random it
makes another such draw: what this copy does as well, pretraining did not bring.
"""

from __future__ import annotations

import torch
from torch import nn


def shuffle_weights(modules: nn.Module, seed: int) -> None:
    """Shuffle each parameter in its place."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in modules.parameters():
            flat = parameter.detach().cpu().reshape(-1)
            order = torch.randperm(flat.numel(), generator=random)
            parameter.copy_(flat[order].reshape(parameter.shape))
