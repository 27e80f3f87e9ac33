"""What a model would cost on a task: memory, time, latency, disk. Closed forms.

The one public function is `estimate`. Every figure is an `Interval` (value, low, high), or None
where the catalog does not know enough. Units: GiB, hours, milliseconds, FLOPs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pick_model.cost.forward import forward_pass, is_convolutional
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile
from pick_model.interval import Interval

GIB = 2**30

# Bytes a trained parameter: weight, gradient and two Adam moments. fp32 4+4+8; autocast
# keeps fp32 masters and adds a 16-bit copy of the weights (Micikevicius et al. 2018).
STATE_BYTES = {"fp32": 16, "mixed": 18, "bf16": 8}
# Weights that are not trained are held in 16 bits; QLoRA's in 4, plus their scales: one byte for
# 64 weights and four for 64 of those (Dettmers et al. 2023, section 3).
FROZEN_BYTES = {"fp32": 4.0, "mixed": 2.0, "bf16": 2.0}
QLORA_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)
ACTIVATION_BYTES = {"fp32": 4, "mixed": 2, "bf16": 2}

# What the framework holds before the model comes: CUDA context, cuBLAS and cuDNN kernels.
# Hugging Face's guide to training memory measures 1.3 GB; without cuDNN about 0.3.
GPU_OVERHEAD_GIB = (0.6, 0.3, 1.3)
# A Python process with torch and transformers imported: 0.35 GiB resident, Linux, x86-64.
CPU_OVERHEAD_GIB = (0.4, 0.3, 0.6)

# Share of the dense peak that is reached: 5 %, 50 % and 95 % points over 662 models trained
# and 1,429 run by timm's author on an RTX 3090 and 4090 (timm results, amp, NHWC).
GPU_16BIT = {
    ("train", "transformer"): (0.37, 0.13, 0.60),
    ("train", "convolution"): (0.22, 0.04, 0.55),
    ("infer", "transformer"): (0.52, 0.10, 0.80),
    ("infer", "convolution"): (0.26, 0.05, 0.55),
}
# BERT-base on GLUE, fp32 on a Titan RTX, took what 53 % of its 16.3 TFLOP/s would
# (transformers' text-classification README: SST-2, 3 epochs of 67,349 rows, 1,566 s).
GPU_FP32 = (0.50, 0.25, 0.70)
# timm's fp32 runs on an i7-12700H, 0.07 to 0.32 of about 1.1 TFLOP/s.
CPU_FP32 = (0.22, 0.06, 0.45)

# One small operation is launched in 5 to 20 microseconds, and a layer launches about ten:
# at batch 1 that, not arithmetic, bounds a GPU's latency.
LAUNCH_MS_PER_LAYER = (0.10, 0.05, 0.20)
TYPICAL_LAYERS = 24  # where the catalog does not say how many


NOTHING = Interval(0.0, 0.0, 0.0)  # what is used as it comes costs to train


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
            if profile.accumulates and profile.method != "as-is":
                batch = _micro_batch(batch, states, activations, profile.train_on)
            training = _with_overhead(activations.times(batch), states, profile.train_on)
            if profile.method == "as-is":
                training = NOTHING
            width = serving_bytes(profile.serve_on) / GIB
            served = saved.times(_passing(entry) * width)
            serving = _with_overhead(served, n * width, profile.serve_on)
    return Costs(
        training_hours=_training_hours(entry, profile, flops, batch),
        training_memory_gib=training,
        serving_memory_gib=serving,
        latency_ms=_latency_ms(entry, profile.serve_on, flops),
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


def serving_bytes(machine: Machine) -> int:
    """Bytes a number when a model is served: fp32 on a CPU, 16 bits on a GPU, however trained."""
    return 4 if machine.kind == "cpu" else 2


def _passing(entry: Entry) -> float:
    """Share of the saved activations that a pass without a backward one holds: two layers'."""
    return 2 / max(_n_layers(entry), 2)


def _n_layers(entry: Entry) -> int:
    return (entry.shape.n_layers or TYPICAL_LAYERS) + (entry.shape.n_decoder_layers or 0)


def _disk_bytes(entry: Entry) -> tuple[float, float, float]:
    """Bytes a parameter in the published file: fp32 mostly, 16-bit for large models.

    Checkpoints of more than a billion parameters are, with few exceptions, published in
    16 bits; smaller ones in 32.
    """
    if entry.n_parameters is not None and entry.n_parameters > 10**9:
        return 2.0, 2.0, 4.0
    return 4.0, 2.0, 4.0


def _states_bytes(entry: Entry, n: int, profile: Profile) -> float:
    if profile.method == "as-is":
        return 0.0
    if profile.method == "full":
        return n * STATE_BYTES[profile.dtype]
    frozen = n * (QLORA_BYTES if profile.method == "qlora" else FROZEN_BYTES[profile.dtype])
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
    return _n_layers(entry) * 2 * rank * 2 * shape.hidden_size


def _with_overhead(activations: Interval, fixed_gib: float, machine: Machine) -> Interval:
    overhead = CPU_OVERHEAD_GIB if machine.kind == "cpu" else GPU_OVERHEAD_GIB
    return Interval(
        activations.value + fixed_gib + overhead[0],
        activations.low + fixed_gib + overhead[1],
        activations.high + fixed_gib + overhead[2],
    )


def _rate(entry: Entry, machine: Machine, dtype: str, phase: str) -> Interval | None:
    """FLOP/s reached: (value, low, high). None when the machine's peak is unknown."""
    half = machine.fp16_tflops or machine.bf16_tflops
    if dtype == "bf16":
        half = machine.bf16_tflops or half
    if dtype == "fp32" or machine.kind == "cpu":
        half = None
    kind = "convolution" if is_convolutional(entry) else "transformer"
    return _reached(half, machine.fp32_tflops, machine.kind == "cpu", phase, kind)


@lru_cache(maxsize=64)
def _reached(
    half: float | None, single: float | None, cpu: bool, phase: str, kind: str
) -> Interval | None:
    if half:
        peak, share = half, GPU_16BIT[phase, kind]
    elif single:
        peak, share = single, CPU_FP32 if cpu else GPU_FP32
    else:
        return None
    return Interval(*(peak * 1e12 * part for part in share))


def _training_hours(
    entry: Entry, profile: Profile, flops: Interval | None, batch: int
) -> Interval | None:
    """FLOPs of all rows and epochs over the rate reached, plus the launches of every step.

    A backward pass costs two forward ones (Kaplan et al. 2020, section 2.1); LoRA saves the
    weight gradients, half of that; a frozen backbone is read once, whatever the epochs.
    """
    if profile.method == "as-is":
        return NOTHING
    rate = _rate(entry, profile.train_on, profile.dtype, "train")
    if flops is None or rate is None:
        return None
    passes = {"full": 3.0, "lora": 2.0, "qlora": 2.0, "frozen": 1.0}[profile.method]
    epochs = 1.0 if profile.method == "frozen" else profile.epochs
    inputs = profile.n_rows * epochs * passes
    launches, steps = _launch_ms(entry, profile.train_on), inputs / batch
    return Interval(
        (inputs * flops.value / rate.value + steps * launches.value / 1e3) / 3600,
        (inputs * flops.low / rate.high + steps * launches.low / 1e3) / 3600,
        (inputs * flops.high / rate.low + steps * launches.high / 1e3) / 3600,
    )


def _latency_ms(entry: Entry, machine: Machine, flops: Interval | None) -> Interval | None:
    """One input: arithmetic, or reading the weights if that is slower, plus launches."""
    dtype = "fp32" if machine.kind == "cpu" else "mixed"
    rate = _rate(entry, machine, dtype, "infer")
    if flops is None or rate is None or entry.n_parameters is None:
        return None
    active = entry.n_active_parameters or entry.n_parameters
    active -= entry.n_embedding_parameters or 0
    reading = 0.0
    if machine.bandwidth_gb_s is not None:
        reading = active * serving_bytes(machine) / (machine.bandwidth_gb_s * 1e6)
    launches = _launch_ms(entry, machine)
    return Interval(
        max(1e3 * flops.value / rate.value, reading) + launches.value,
        max(1e3 * flops.low / rate.high, reading) + launches.low,
        max(1e3 * flops.high / rate.low, reading) + launches.high,
    )


def _launch_ms(entry: Entry, machine: Machine) -> Interval:
    """Milliseconds one pass spends on launching operations, whatever the batch."""
    layers = 0 if machine.kind == "cpu" else _n_layers(entry)
    value, low, high = LAUNCH_MS_PER_LAYER
    return Interval(value * layers, low * layers, high * layers)


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
