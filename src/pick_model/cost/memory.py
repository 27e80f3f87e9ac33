"""Memory of a training step: weights, gradients, optimizer, activations, overhead.

A step's memory peaks where its activations are complete and its gradients not yet begun, or
where the gradients are complete and the activations gone: between the two one grows as the other
shrinks. So the peak holds the larger of the two and not their sum, unless gradients of an
earlier part of the batch are still held (gradient accumulation).
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pick_model.cost.forward import (
    CONVOLUTIONAL,
    EXACTLY,
    BatchFigure,
    attention_of,
    checkpointed_bytes,
    kept_activations,
    n_layers,
    scored,
)
from pick_model.cost.layouts import built_like, sizes_of, writes_vocabulary
from pick_model.cost.terms import Sizes
from pick_model.cost.traces import Attention, Setting
from pick_model.cost.weights import (
    TRAINED_BYTES,
    frozen_bytes,
    table_parameters,
    trained_parameters,
)
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Arithmetic, Machine
from pick_model.documents.names import Basis
from pick_model.documents.profile import Profile
from pick_model.interval import Interval
from pick_model.record import replace

GIB = 2**30

Optimizer = Literal["adamw", "sgd", "adafactor", "adamw-8bit"]

# Numbers an optimizer keeps for each trained parameter: Adam two moments (Kingma & Ba 2015);
# plain SGD none; Adafactor a row's and a column's sum, which is next to nothing (Shazeer & Stern
# 2018, section 3). They have the parameter's width, but for 8-bit Adam: a byte each and a fp32
# scale for every 2,048 (Dettmers et al. 2022, section 2).
MOMENTS = {"adamw": 2.0, "sgd": 0.0, "adafactor": 0.01}
ADAMW_8BIT_BYTES = 2 * (1 + 4 / 2048)
# PyTorch's `foreach` AdamW, its default on CUDA, makes one more copy while it steps.
STEP_COPIES = 1.0


# Bytes a score of eager attention on the way back, by the width of a number: its gradient after the
# softmax, before it and before it was scaled; in 16 bits the softmax's are fp32 all the same.
SCORES = {4: 12, 2: 10}
# Of a fp32 logarithm of a probability, one for each word of the vocabulary and position.
LOG_PROBABILITY = 4
# Numbers more that a layer keeps, by its feed-forward width and its hidden size, where activation
# function and normalisation are written out instead of one kernel each: two and four. Counted on
# BERT's layer with GELU and layer norm as google-research/bert writes them (tanh's and moments),
# 12 × 768 and 16 × 1,024, 128 to 512 tokens, to the byte.
WRITTEN_OUT_F, WRITTEN_OUT_H = 2, 4
# What the framework holds beside tensors: the CUDA context, about 3 MiB a multiprocessor since
# kernels are loaded when they are needed (CUDA 11.7). Measured are 141 MiB on a T4 of 40, 8.1 fp32
# TFLOP/s (catalogs/speed/memory.csv), and 426 on an RTX 6000 Ada of 142, 91.1 TFLOP/s
# (unslothai/unsloth-zoo #1053, PyTorch 2.10): the line through both in logarithms. From T4 to H100
# the multiprocessors of no card tell more than 1.58 times as much, or less.
CONTEXT_GIB, CONTEXT_TFLOPS, CONTEXT_POWER, CONTEXT_OFF = 0.138, 8.1, 0.456, 1.58
USUAL_TFLOPS = 30.0  # of a device whose peak is unknown: an L4, an RTX 3080
# A Python process with torch and transformers imported: 0.35 GiB resident, Linux, x86-64.
CPU_OVERHEAD_GIB = Interval(0.45, 0.35, 0.6)
# Allocators round blocks up and cannot use all that lies between them. CUDA's: reserved over
# allocated in 69 steps on a T4, 5, 50 and 95 % points (catalogs/speed/memory.csv); of a process on
# Linux 1.00 to 1.19 (tests/benchmarks/cost.py, four models, glibc).
GPU_ALLOCATOR = Interval(1.12, 1.04, 1.41)
CPU_ALLOCATOR = Interval(1.08, 1.0, 1.2)


class Setup(Struct, frozen=True):
    """How a training is run, beyond what a task profile says."""

    optimizer: Optimizer = "adamw"
    checkpointing: bool = False
    attention: Attention | None = None  # None: fused where there is such


class Account(Struct, frozen=True):
    """Training memory by part, GiB."""

    weights: float
    gradients: float
    optimizer: float
    kept_one: Interval  # for the backward pass, of one input
    kept_base: Interval  # the same, whatever the batch: position tables, 16-bit weight copies
    passing_one: float  # of the layer at work, for one input
    head: float  # gradient of the output layer, there while all activations still are
    overhead: Interval
    allocator: Interval  # bytes taken for each byte of tensors
    basis: Basis
    written_out_one: float = 0.0  # what software that joins no operations keeps more, of one input

    def activations(self, batch: int) -> Interval:
        """What is kept for the backward pass of `batch` inputs."""
        return self.kept_one.times(batch).plus(self.kept_base)

    def total(self, batch: int, *, held: bool = False) -> Interval:
        """What the device holds at the peak with `batch` inputs at once."""
        return self.tensors(batch, held=held).by(self.allocator).plus(self.overhead)

    def tensors(self, batch: int, *, held: bool = False) -> Interval:
        """The same, of tensors alone; `held`: gradients of earlier inputs are there."""
        fixed = self.weights + self.optimizer
        passing = batch * self.passing_one + self.head + (self.gradients if held else 0.0)

        def peak(kept: float, copies: float) -> float:
            return fixed + max(kept + passing, self.gradients * (1 + copies))

        value, low, high = self.activations(batch)
        return Interval(peak(value, 0.0), peak(low, 0.0), peak(high, STEP_COPIES))

    def written_out(self, batch: int) -> float:
        """What software that joins no operations may take at the peak of `batch` inputs.

        Old TensorFlow did not, and its largest batches are half of what PyTorch's would be.
        """
        tensors = self.weights + self.optimizer + self.gradients * (1 + STEP_COPIES)
        kept = self.kept_one.value + self.written_out_one + self.passing_one
        tensors = max(
            tensors, self.weights + self.optimizer + batch * kept + self.kept_base.value + self.head
        )
        return tensors * self.allocator.high + self.overhead.value


def training_account(entry: Entry, profile: Profile, setup: Setup) -> Account | None:
    """Memory of a training step by part; None where too little is known.

    Raises ValueError for an attention implementation that the architecture has not.
    """
    n, dtype = entry.n_parameters, profile.dtype
    kept = _kept(entry, profile, setup)
    if n is None or kept is None:
        return None
    wide = 4 if _numbers(profile) == "fp32" else 2
    passing = layer_bytes(entry, profile, setup.attention, wide)
    if passing is None:
        # Frozen layers keep nothing; what they would keep in training tells what is alive in one.
        whole = replace(profile, method="full") if profile.method == "frozen" else profile
        passes = _kept(entry, whole, setup)
        passing = 2 * passes.one.value / n_layers(entry) if passes else 0.0
    logits = _logits(entry, profile)
    if setup.checkpointing:
        # They are gone before the first layer runs again, and so never there beside its inside.
        inside = kept.one.value - checkpointed_bytes(entry, profile, _numbers(profile))
        logits += LOG_PROBABILITY * scored(entry, profile) - inside
    passing = max(passing, logits)
    trained = trained_parameters(entry, profile)
    width = TRAINED_BYTES[dtype] if profile.method == "full" else 4  # adapters stay in fp32
    weights = float(n * width)
    if profile.method != "full":
        weights = frozen_bytes(entry, n, profile) + trained * width
    return Account(
        weights=weights / GIB,
        gradients=trained * width / GIB,
        optimizer=trained * _moment_bytes(setup.optimizer, width) / GIB,
        kept_one=kept.one.times(1 / GIB),
        kept_base=kept.base.plus(_copies(entry, n, profile)).times(1 / GIB),
        passing_one=passing / GIB,
        head=_head_gradient(entry, profile) / GIB,
        overhead=overhead(profile.train_on),
        allocator=allocator(profile.train_on),
        basis=kept.basis,
        written_out_one=_written_out(entry, profile, setup, kept.one, wide) / GIB,
    )


def _written_out(entry: Entry, profile: Profile, setup: Setup, kept: Interval, width: int) -> float:
    """Bytes that one input keeps more where dropout, activation and norms are no kernels."""
    sizes = sizes_of(entry, profile) if profile.method != "frozen" else None
    if sizes is None or entry.kind in CONVOLUTIONAL:
        return 0.0
    drawn = max(kept.high / EXACTLY.high - kept.value, 0.0)
    if entry.shape.gated_ffn:  # transformers writes its activation and its norms out as it is
        return drawn
    positions = sizes.L * sizes.S + sizes.D * sizes.T
    if setup.checkpointing:  # of the layer that is run again
        positions = max(sizes.S, sizes.T)
    return drawn + width * positions * (WRITTEN_OUT_F * sizes.f + WRITTEN_OUT_H * sizes.h)


def states_gib(entry: Entry, profile: Profile) -> float | None:
    """What AdamW's training holds whatever the input: weights, gradients and moments, GiB."""
    n = entry.n_parameters
    if n is None:
        return None
    if profile.method == "full":
        return n * 4 * TRAINED_BYTES[profile.dtype] / GIB
    return (frozen_bytes(entry, n, profile) + 16 * trained_parameters(entry, profile)) / GIB


def overhead(machine: Machine) -> Interval:
    """GiB that the framework holds before any tensor."""
    if machine.kind == "cpu":
        return CPU_OVERHEAD_GIB
    peak = machine.fp32_tflops or USUAL_TFLOPS
    context = CONTEXT_GIB * (peak / CONTEXT_TFLOPS) ** CONTEXT_POWER
    return Interval(context, context / CONTEXT_OFF, context * CONTEXT_OFF)


def allocator(machine: Machine) -> Interval:
    """Bytes that are taken for each byte of tensors."""
    return CPU_ALLOCATOR if machine.kind == "cpu" else GPU_ALLOCATOR


def _copies(entry: Entry, n: int, profile: Profile) -> Interval:
    """16-bit copies that autocast holds of fp32 weights; freed with the activations."""
    if profile.dtype != "mixed" or profile.method != "full":
        return Interval(0.0, 0.0, 0.0)
    copied = 2.0 * (n - table_parameters(entry))
    return Interval(copied, copied, copied)


def _moment_bytes(optimizer: Optimizer, width: int) -> float:
    if optimizer == "adamw-8bit":
        return ADAMW_8BIT_BYTES
    return MOMENTS[optimizer] * width


def _kept(entry: Entry, profile: Profile, setup: Setup) -> BatchFigure | None:
    """Bytes kept an input and a batch: all a step keeps, or for frozen features nothing."""
    if profile.method == "frozen":
        nothing = Interval(0.0, 0.0, 0.0)
        return BatchFigure(nothing, nothing, "derived")
    attention = attention_of(entry, setup.attention)
    adapted = profile.method != "full"
    # Apple's devices, like processors, have no fused kernel that trains with dropout.
    device: Literal["gpu", "cpu"] = "gpu" if profile.train_on.kind in ("gpu", "tpu") else "cpu"
    setting = Setting(device, attention, _numbers(profile), "lora" if adapted else "full")
    kept = kept_activations(entry, profile, setting, checkpointing=setup.checkpointing)
    if kept is None or kept.basis != "traced" or profile.method != "qlora":
        return kept
    # Under autocast, as a trainer may run it, what stands between QLoRA's products is 16-bit.
    half = setting._replace(dtype=profile.dtype if profile.dtype == "fp32" else "mixed")
    least = kept_activations(entry, profile, half, checkpointing=setup.checkpointing)
    if least is None:
        return kept
    return replace(kept, one=kept.one._replace(low=min(kept.one.low, least.one.low)))


def _numbers(profile: Profile) -> Arithmetic:
    """The arithmetic whose trace tells what is kept.

    LoRA's frozen weights are 16-bit, and so is all between them; QLoRA's norms, tables and output
    layer are fp32, and every product's result is cast back to what it read (bitsandbytes,
    `Linear4bit.forward`).
    """
    if profile.method == "qlora":
        return "fp32"
    return "bf16" if profile.method == "lora" and profile.dtype == "mixed" else profile.dtype


def layer_bytes(
    entry: Entry, profile: Profile, attention: Attention | None, width: int, *, back: bool = True
) -> float | None:
    """Bytes alive inside one layer at work on one input; `back`: on the way back.

    Residual, input and the wider of attention (queries, keys, values; unless fused the scores
    twice, on the way back SCORES) and feed-forward block (twice its width). None for what is
    built like nothing that was traced.
    """
    if entry.kind in CONVOLUTIONAL or built_like(entry) is None:
        return None
    sizes = sizes_of(entry, profile)
    if sizes is None:
        return None
    scores = (SCORES[width] if back else 2 * width) * sizes.a * _square(sizes)
    if attention_of(entry, attention) == "fused" and profile.train_on.kind != "cpu":
        scores = 0
    longest = max(sizes.S, sizes.T)
    attending = width * longest * (sizes.q + 2 * sizes.k) + scores
    return float(width * longest * 2 * sizes.h + max(attending, width * longest * 2 * sizes.f))


def _logits(entry: Entry, profile: Profile) -> float:
    """Bytes of the scores of the vocabulary where the loss begins its way back.

    They themselves, as wide as the output layer, and in fp32 the loss's gradient by the
    logarithms of probabilities and by the scores; those logarithms are among what is kept.
    """
    wide = profile.dtype == "fp32" or profile.method == "qlora"
    return ((4 if wide else 2) + 2 * 4) * scored(entry, profile)


def _square(sizes: Sizes) -> int:
    return max(sizes.S * sizes.S, sizes.T * sizes.S)


def _head_gradient(entry: Entry, profile: Profile) -> float:
    """The output layer's gradient comes first, while all activations are still held."""
    if profile.method != "full" or not writes_vocabulary(entry, profile.task):
        return 0.0
    shape = entry.shape
    return float(TRAINED_BYTES[profile.dtype] * (shape.vocab_size or 0) * (shape.hidden_size or 0))
