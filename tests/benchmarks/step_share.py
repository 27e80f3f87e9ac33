"""Seconds of a probe's training step beside the bare model's: what decoding and loading add."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import torch


class StepSeconds(NamedTuple):
    """Of one step: the model alone, with files nobody has decoded, with decoded ones."""

    bare: float
    cold: float
    warm: float


def step_seconds(
    loaded: Any, read: Any, inputs: Sequence[dict[str, Any]], batch: int
) -> StepSeconds:
    """Forward and backward on batches that are there, and steps of `accumulate`.

    inputs: of batches, prepared, as long as those of a step. Rows are gone through twice.
    """
    from pick_model.encoders.load import autocast
    from pick_model.encoders.network import net_for
    from pick_model.measure.probe.train import accumulate, ahead, epochs

    net = net_for(read, loaded).train()
    scaler = torch.amp.GradScaler(loaded.device.type, enabled=False)
    targets = torch.zeros(batch, dtype=torch.int64, device=loaded.device)

    there = cycle(inputs)

    def bare() -> None:
        with autocast(loaded):
            logits = net(next(there))
        torch.nn.functional.cross_entropy(logits.float(), targets).backward()
        net.zero_grad(set_to_none=True)

    def step() -> None:
        accumulate(net, loaded, read, next(batches), None, scaler, batch)
        net.zero_grad(set_to_none=True)

    steps = len(read) // batch
    batches = ahead(epochs(read, batch, 0), read, loaded)
    bare()  # warms up
    alone = seconds_of(bare, min(steps, 20), loaded.device)
    cold, warm = (seconds_of(step, steps, loaded.device) for _ in range(2))
    again = seconds_of(bare, min(steps, 20), loaded.device)
    return StepSeconds((alone + again) / 2, cold, warm)  # the machine may have other work


def seconds_of(step: Callable[[], None], n: int, device: torch.device) -> float:
    """Of one step, the mean of n."""
    begun = time.perf_counter()
    for _ in range(n):
        step()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - begun) / n
