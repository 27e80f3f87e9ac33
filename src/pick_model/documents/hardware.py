"""Machines to train and to serve on."""

# Annotations are left as they are evaluated: pydantic would compile each string at every start.
from dataclasses import field
from typing import Annotated, Literal

from pydantic import Field

from pick_model.documents.base import PositiveAmount, Text, record
from pick_model.documents.names import PartialDate


@record
class Machine:
    """One device. Peaks are dense (no sparsity) and in TFLOP/s; unknown is None."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    name: Text | None = None
    vendor: Text | None = None
    kind: Literal["gpu", "tpu", "cpu", "mps"]
    memory_gib: PositiveAmount
    bandwidth_gb_s: PositiveAmount | None = None
    fp32_tflops: PositiveAmount | None = None
    tf32_tflops: PositiveAmount | None = None
    fp16_tflops: PositiveAmount | None = None
    bf16_tflops: PositiveAmount | None = None
    tdp_w: PositiveAmount | None = None
    release_date: PartialDate | None = None
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
