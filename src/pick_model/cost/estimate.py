"""What a model would cost on a task: memory, time, latency, disk. Closed forms.

The one public function is `estimate`. Every figure is an `Interval` (value, low, high), or None
where the catalog does not know enough. Units: GiB, hours, milliseconds, FLOPs.
"""

from __future__ import annotations

from typing import NamedTuple

from pick_model.cost.forward import forward_pass, n_layers, serving_bytes
from pick_model.cost.time import latency_ms, training_hours
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile
from pick_model.interval import Interval

GIB = 2**30

# Bytes a trained parameter: weight, gradient and two Adam moments. fp32 4+4+8; autocast
# keeps fp32 masters and adds a 16-bit copy of the weights (Micikevicius et al. 2018).
STATE_BYTES = {"fp32": 16, "mixed": 18, "bf16": 8}
WEIGHT_BYTES = {"fp32": 4, "mixed": 4, "bf16": 2}
ACTIVATION_BYTES = {"fp32": 4, "mixed": 2, "bf16": 2}

# What the framework holds before the model comes: CUDA context, cuBLAS and cuDNN kernels.
# Hugging Face's guide to training memory measures 1.3 GB; without cuDNN about 0.3.
GPU_OVERHEAD_GIB = (0.6, 0.3, 1.3)
# A Python process with torch and transformers imported: 0.35 GiB resident, Linux, x86-64.
CPU_OVERHEAD_GIB = (0.4, 0.3, 0.6)


class Costs(NamedTuple):
    """What one model would cost; None is unknown."""

    training_hours: Interval | None
    training_memory_gib: Interval | None
    serving_memory_gib: Interval | None
    latency_ms: Interval | None  # one input through the model, batch 1
    disk_gib: Interval | None
    forward_flops: Interval | None  # of one input
    states_gib: float | None  # part of the training memory that no batch size changes
    activations_gib: Interval | None  # of one input in training
    micro_batch: int  # inputs in memory at once; below the batch size gradients are accumulated


def estimate(entry: Entry, profile: Profile) -> Costs:
    """Costs of fine-tuning and serving `entry` on the profile's machines."""
    n = entry.n_parameters
    forward = forward_pass(entry, profile)
    flops, saved = forward.flops, forward.activations
    states = activations = training = serving = disk = None
    batch = profile.batch_size
    if n is not None:
        states = _states_bytes(entry, n, profile) / GIB
        value, low, high = _disk_bytes(entry)
        disk = Interval(n * value / GIB, n * low / GIB, n * high / GIB)
        if saved is not None:
            activations = saved.times(ACTIVATION_BYTES[profile.dtype] / GIB)
            if profile.method == "frozen":
                activations = activations.times(_passing(entry))
            if profile.accumulates:
                batch = _micro_batch(batch, states, activations, profile.train_on)
            training = _with_overhead(activations.times(batch), states, profile.train_on)
            width = serving_bytes(profile.serve_on) / GIB
            served = saved.times(_passing(entry) * width)
            serving = _with_overhead(served, n * width, profile.serve_on)
    return Costs(
        training_hours=training_hours(entry, profile, flops, batch),
        training_memory_gib=training,
        serving_memory_gib=serving,
        latency_ms=latency_ms(entry, profile, flops),
        disk_gib=disk,
        forward_flops=flops,
        states_gib=states,
        activations_gib=activations,
        micro_batch=batch,
    )


def _micro_batch(batch: int, states: float, activations: Interval, machine: Machine) -> int:
    """The batch, halved until it fits the machine; 1 when nothing does."""
    fits = _fitting(states, activations, machine)
    while batch > 1 and batch > fits:
        batch //= 2
    return batch


def _passing(entry: Entry) -> float:
    """Share of the saved activations that a pass without a backward one holds: two layers'."""
    return 2 / max(n_layers(entry), 2)


def _disk_bytes(entry: Entry) -> tuple[float, float, float]:
    """Bytes a parameter in the published file: fp32 mostly, 16-bit for large models.

    Checkpoints of more than a billion parameters are, with few exceptions, published in
    16 bits; smaller ones in 32.
    """
    if entry.n_parameters is not None and entry.n_parameters > 10**9:
        return 2.0, 2.0, 4.0
    return 4.0, 2.0, 4.0


def _states_bytes(entry: Entry, n: int, profile: Profile) -> float:
    if profile.method == "full":
        return n * STATE_BYTES[profile.dtype]
    frozen = n * WEIGHT_BYTES[profile.dtype]
    if profile.method == "frozen":
        return frozen
    return frozen + lora_parameters(entry, profile.lora_rank) * STATE_BYTES[profile.dtype]


def lora_parameters(entry: Entry, rank: int) -> float:
    """Trainable parameters with LoRA on query and value (Hu et al. 2021, section 4.2).

    Two matrices a layer, each adapted by rank × (in + out). Without a known shape one
    percent of the model, the upper end of what the paper's table 2 trains.
    """
    shape = entry.shape
    if shape.hidden_size is None:
        return 0.01 * (entry.n_parameters or 0)
    return n_layers(entry) * 2 * rank * 2 * shape.hidden_size


def _with_overhead(activations: Interval, fixed_gib: float, machine: Machine) -> Interval:
    overhead = CPU_OVERHEAD_GIB if machine.kind == "cpu" else GPU_OVERHEAD_GIB
    return Interval(
        activations.value + fixed_gib + overhead[0],
        activations.low + fixed_gib + overhead[1],
        activations.high + fixed_gib + overhead[2],
    )


def largest_batch(costs: Costs, machine: Machine) -> int | None:
    """The largest batch whose training memory fits the machine, or None if even one does not."""
    if costs.states_gib is None or costs.activations_gib is None:
        return None
    fits = int(_fitting(costs.states_gib, costs.activations_gib, machine))
    return fits if fits >= 1 else None


def _fitting(states: float, activations: Interval, machine: Machine) -> float:
    """How many inputs' activations fit beside the states, as a real number."""
    overhead = CPU_OVERHEAD_GIB if machine.kind == "cpu" else GPU_OVERHEAD_GIB
    free = machine.memory_gib - states - overhead[0]
    return free / activations.value if activations.value > 0 else 0.0
