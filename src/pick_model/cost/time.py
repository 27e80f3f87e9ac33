"""How long a model trains and how long one input takes, from FLOPs and the machine's rates."""

from __future__ import annotations

from functools import lru_cache

from pick_model.cost.forward import is_convolutional, n_layers, serving_bytes
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile
from pick_model.interval import Interval

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


def training_hours(
    entry: Entry, profile: Profile, flops: Interval | None, batch: int
) -> Interval | None:
    """FLOPs of all rows and epochs over the rate reached, plus the launches of every step.

    A backward pass costs two forward ones (Kaplan et al. 2020, section 2.1); LoRA saves the
    weight gradients, half of that; a frozen backbone is read once, whatever the epochs.
    """
    rate = _rate(entry, profile.train_on, profile.dtype, "train")
    if flops is None or rate is None:
        return None
    passes = {"full": 3.0, "lora": 2.0, "frozen": 1.0}[profile.method]
    epochs = 1.0 if profile.method == "frozen" else profile.epochs
    inputs = profile.n_rows * epochs * passes
    launches, steps = _launch_ms(entry, profile.train_on), inputs / batch
    return Interval(
        (inputs * flops.value / rate.value + steps * launches.value / 1e3) / 3600,
        (inputs * flops.low / rate.high + steps * launches.low / 1e3) / 3600,
        (inputs * flops.high / rate.low + steps * launches.high / 1e3) / 3600,
    )


def latency_ms(entry: Entry, machine: Machine, flops: Interval | None) -> Interval | None:
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
    layers = 0 if machine.kind == "cpu" else n_layers(entry)
    value, low, high = LAUNCH_MS_PER_LAYER
    return Interval(value * layers, low * layers, high * layers)
