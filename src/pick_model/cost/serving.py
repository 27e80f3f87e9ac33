"""Memory of serving one input: weights, the layer at work, a decoder's cache."""

from __future__ import annotations

from pick_model.cost.forward import kept_activations, n_layers, serving_bytes
from pick_model.cost.layouts import OUTPUT_TOKENS, sizes_of, writes_vocabulary
from pick_model.cost.memory import GIB, allocator, layer_bytes, overhead
from pick_model.cost.traces import Setting
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile
from pick_model.interval import Interval
from pick_model.record import replace


def serving_memory(entry: Entry, profile: Profile) -> Interval | None:
    """GiB that serving one input takes: weights, the layer at work, a decoder's cache.

    Nothing of how the model was trained counts: the machine to serve on decides the width.
    """
    n, machine = entry.n_parameters, profile.serve_on
    if n is None:
        return None
    width = serving_bytes(machine)
    served = profile if profile.train_on is machine else replace(profile, train_on=machine)
    passing = layer_bytes(entry, served, None, width, back=False)
    if passing is None:
        kept = kept_activations(entry, profile, Setting("gpu", "eager", "fp32", "full"))
        if kept is None:
            return _weights_and_as_much_again(n * width / GIB, machine)
        passing = 2 * kept.one.value / max(n_layers(entry), 2) * width / 4
    held = n * width + passing + cache_bytes(entry, profile, width)
    return allocator(machine).times(held / GIB).plus(overhead(machine))


def _weights_and_as_much_again(weights: float, machine: Machine) -> Interval:
    """GiB where only the weights are known: what passes through takes up to as much again."""
    return Interval(1.2 * weights, weights, 2 * weights).plus(overhead(machine))


def cache_bytes(entry: Entry, profile: Profile, width: int) -> float:
    """Keys and values of all positions that a model which writes keeps while it does."""
    sizes = sizes_of(entry, profile)
    if sizes is None or not writes_vocabulary(entry, profile.task):
        return 0.0
    if sizes.D:  # of what is written, and of what was read
        return float(2 * width * sizes.k * sizes.D * (sizes.T + sizes.S))
    return float(2 * width * sizes.k * sizes.L * (sizes.S + OUTPUT_TOKENS))
