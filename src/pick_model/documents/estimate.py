"""What `estimate` gives back: one model's costs for one way of training. Fields are added, never
renamed."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import FrozenRecord
from pick_model.documents.report import Estimate
from pick_model.vocabulary.uses import Method
from pick_model.words.message import Message


class EstimateSetting(FrozenRecord):
    """The training and the input that the figures are of."""

    task: str
    input: str  # what the model reads of one input: "512 tokens"
    hardware: str
    serve_on: str
    method: Method
    dtype: Literal["fp32", "mixed", "bf16"]
    batch_size: int
    micro_batch: int  # inputs in memory at once; below the batch size, gradients accumulate
    optimizer: str
    attention: Literal["eager", "fused"] | None  # None: a network without attention
    checkpointing: bool
    n_rows: int
    epochs: float


class Alternative(FrozenRecord):
    """A training of the same model that is expected to fit."""

    settings: tuple[str, ...]  # what to change: "method: qlora", "checkpointing", "batch 8"
    micro_batch: int
    training_memory_gib: Estimate


class AttentionBatch(FrozenRecord):
    """How many inputs fit at once with one implementation of attention; None: not one, or
    unknown.
    """

    attention: Literal["eager", "fused"]
    expected: int | None
    surely: int | None
    perhaps: int | None


class CostReport(FrozenRecord):
    """One model's whole account of memory, time, latency and size."""

    schema_version: Literal[1] = 1
    command: Literal["estimate"] = "estimate"
    tool_version: str
    model: str
    origin: Literal["catalog", "hub", "folder"]
    built_like: str | None  # the architecture that was traced for it
    n_parameters: int | None
    setting: EstimateSetting
    hardware: str
    memory_gib: float  # of the machine
    estimates: dict[str, Estimate]
    parts: dict[str, Estimate]  # what the training memory is made of
    largest_batch: int | None  # expected to fit at once; None: not one input, or unknown
    largest_batch_surely: int | None  # the same at the high end of the memory, by any software
    largest_batch_perhaps: int | None  # and at its low end
    largest_batches: tuple[AttentionBatch, ...] = ()  # by attention the model has, the asked first
    fits: Literal["yes", "maybe", "no"] | None  # training; None: unknown
    serving_fits: Literal["yes", "maybe", "no"] | None
    alternatives: tuple[Alternative, ...]  # when it may not fit; the least change first
    smallest_machine: str | None  # of hardware.yaml, on which the asked training surely fits
    advice: tuple[str, ...]
    advice_messages: tuple[Message, ...]  # the same, in the same order
    traced_with: dict[str, str]  # libraries and versions
