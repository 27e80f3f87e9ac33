"""`pick-model hardware`: the machine this runs on, and the machines that are known."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Amount, Count, FrozenRecord, PositiveAmount, Text
from pick_model.documents.hardware import Machine
from pick_model.words.message import Message


class FoundDevice(FrozenRecord):
    """One accelerator that a program started here would see."""

    name: Text
    memory_gib: PositiveAmount
    free_gib: Amount | None  # what no process holds now; None where the tool does not say
    found_by: Text  # nvidia-smi, rocm-smi


class FoundProcessor(FrozenRecord):
    """What of the processor a program started here may use."""

    name: Text
    cores: PositiveAmount  # physical; a quota may give half a one
    ghz: PositiveAmount
    instruction_sets: tuple[Text, ...]  # amx, avx512, avx2, sve, neon
    fp32_tflops: PositiveAmount  # cores × clock × FLOP a cycle
    memory_gib: Amount | None
    available_gib: Amount | None
    quota_cpus: PositiveAmount | None  # of the control group; None is no quota
    limit_gib: PositiveAmount | None  # of the control group; None is no limit
    cgroup_version: Literal[1, 2] | None  # that the quota or the limit is of


class Here(FrozenRecord):
    """This machine: what was found, and what was timed on it."""

    machine: Machine  # what `hardware: local` means here
    peaks_of: Text | None  # the known machine whose peaks it is given
    devices: tuple[FoundDevice, ...]
    processor: FoundProcessor
    matrix_tflops: PositiveAmount | None = None  # fp32 products, where just calibrated


class HardwareReport(FrozenRecord):
    """What was found here, and the known machines that were asked for."""

    schema_version: Literal[1] = 1
    command: Literal["hardware"] = "hardware"
    here: Here
    machines: tuple[Machine, ...]
    forgotten: Count | None = None  # timings removed by --forget
    notes: tuple[Message, ...] = ()
