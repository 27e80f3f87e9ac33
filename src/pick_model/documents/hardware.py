"""Machines to train and to serve on, and how fast they were found to be."""

# Annotations are left as they are evaluated: each string would be compiled at every start.
from typing import Annotated, Literal

from pick_model.core_schema import Bounds
from pick_model.documents.base import Amount, FrozenRecord, PositiveAmount, PositiveCount, Text
from pick_model.documents.names import PartialDate
from pick_model.record import field

# How a network's time divides between arithmetic and memory: attention over one sequence,
# transformers in stages of shrinking images, and convolutions.
NetworkKind = Literal["transformer", "hierarchical", "convolution"]
Phase = Literal["train", "infer"]
Arithmetic = Literal["fp32", "mixed", "bf16"]


class Timing(FrozenRecord):
    """One step that was timed on a machine, and what it computed."""

    origin: Literal["calibration", "probe"]
    what: Text  # the model and the input: "random encoder 4x256, 8 x 128 tokens"
    kind: NetworkKind
    phase: Phase
    dtype: Arithmetic
    flops: PositiveAmount  # of the whole step
    moved_bytes: Amount  # numbers written by matrix products, and weights, times their width
    launches: Amount  # layers passed, backward ones included
    seconds: PositiveAmount
    made_on: PartialDate


class Machine(FrozenRecord):
    """One device, or `count` alike. Memory and peaks are of one; peaks are dense (no sparsity)
    and in TFLOP/s; unknown is None."""

    id: Annotated[str, Bounds(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    name: Text | None = None
    vendor: Text | None = None
    kind: Literal["gpu", "tpu", "cpu", "mps"]
    count: PositiveCount = 1  # devices that share each step's rows
    memory_gib: PositiveAmount
    bandwidth_gb_s: PositiveAmount | None = None
    fp32_tflops: PositiveAmount | None = None
    tf32_tflops: PositiveAmount | None = None
    fp16_tflops: PositiveAmount | None = None
    bf16_tflops: PositiveAmount | None = None
    tdp_w: PositiveAmount | None = None
    release_date: PartialDate | None = None
    measured: tuple[Timing, ...] = ()  # by `hardware --calibrate` and by probes
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
