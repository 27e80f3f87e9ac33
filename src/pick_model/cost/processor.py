"""The processor this runs on: cores this process may use, clock, instruction sets, memory."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from pick_model.cost.cgroups import CgroupLimits, limits
from pick_model.cost.kernel_files import fields, read

# FLOP a cycle and core in fp32: two fused multiply-add units of 512, 256 or 128 bits, as in the
# note of hardware.yaml's generic processors. Without one of these flags, one 128-bit multiply
# and one add. Some processors with AVX-512 have one such unit only and reach half.
FLOP_PER_CYCLE = {"avx512f": 64, "avx2": 32, "asimd": 16}
PLAIN_FLOP_PER_CYCLE = 8
# AMD's family 25 (Zen 3 and 4) runs a 512-bit instruction as two halves of 256 bits (AMD,
# Software Optimization Guide for the Zen 4 microarchitecture, section 2.11).
HALVED = ("AuthenticAMD", "25")
TYPICAL_GHZ = 2.5  # where nothing tells the clock: the generic processors' figure

# Flags of /proc/cpuinfo (and sysctl, in capitals) by the name users know, best first.
INSTRUCTION_SETS = {
    "amx": ("amx_bf16", "amx_tile", "amx-bf16"),
    "avx512": ("avx512f",),
    "avx2": ("avx2",),
    "sve": ("sve",),
    "neon": ("asimd", "neon"),
}


class Processor(NamedTuple):
    """What of the processor this process may use."""

    name: str
    cores: float  # physical; a quota may give half a one
    ghz: float
    instruction_sets: tuple[str, ...]
    tflops: float  # fp32, dense
    memory_bytes: int | None  # the machine's, or the control group's if that is less
    available_bytes: int | None  # of it, what nobody holds now
    limits: CgroupLimits


def processor(root: Path) -> Processor:
    """From proc/ and sys/ under `root`."""
    info = read(root / "proc/cpuinfo")
    within = limits(root)
    cores = float(_physical_cores(info))
    if within.cpus is not None:
        cores = min(cores, within.cpus)
    flags = set(re.findall(r"\w+", " ".join(fields(info, "flags", "Features")[:1])))
    family = (*fields(info, "vendor_id")[:1], *fields(info, "cpu family")[:1])
    names = fields(info, "model name", "Model")
    memory = read(root / "proc/meminfo")
    total, free = _kibibytes(memory, "MemTotal"), _kibibytes(memory, "MemAvailable")
    if total is not None and within.memory_bytes is not None:
        total = min(total, within.memory_bytes)
    return made(
        names[0] if names else "CPU",
        cores,
        _clock_ghz(info, root),
        flags,
        halved=family == HALVED,
        memory_bytes=total,
        available_bytes=free if free is None or total is None else min(free, total),
        within=within,
    )


def made(
    name: str,
    cores: float,
    ghz: float,
    flags: set[str],
    *,
    halved: bool = False,
    memory_bytes: int | None = None,
    available_bytes: int | None = None,
    within: CgroupLimits | None = None,
) -> Processor:
    """A processor with its peak: cores × clock × FLOP a cycle."""
    per_cycle = next((n for flag, n in FLOP_PER_CYCLE.items() if flag in flags), None)
    if halved and per_cycle is not None:
        per_cycle = min(per_cycle, FLOP_PER_CYCLE["avx2"])
    return Processor(
        name=" ".join(name.split()),
        cores=cores,
        ghz=ghz,
        instruction_sets=tuple(
            known for known, signs in INSTRUCTION_SETS.items() if flags.intersection(signs)
        ),
        tflops=round(cores * ghz * (per_cycle or PLAIN_FLOP_PER_CYCLE) / 1000, 4),
        memory_bytes=memory_bytes,
        available_bytes=available_bytes,
        limits=within or CgroupLimits(None, None, None),
    )


def _kibibytes(meminfo: str, key: str) -> int | None:
    found = re.search(rf"^{key}:\s+(\d+) kB", meminfo, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _physical_cores(info: str) -> int:
    """Cores this process may run on; two threads of one core share its arithmetic units."""
    try:
        allowed = os.sched_getaffinity(0)
    except (AttributeError, OSError):  # no Linux
        allowed = set(range(os.cpu_count() or 1))
    places = {}
    for block in info.split("\n\n"):
        found = {key: fields(block, key)[:1] for key in ("processor", "physical id", "core id")}
        if found["processor"] and found["core id"]:
            number = int(found["processor"][0])
            places[number] = (*found["physical id"], *found["core id"])
    if not allowed <= places.keys():  # no such lines on ARM, or a container hides some
        return len(allowed)
    return len({places[number] for number in allowed})


def _clock_ghz(info: str, root: Path) -> float:
    """The clock cores can hold: the base one of the name, else the highest, else the present."""
    names = fields(info, "model name")
    named = ghz_in(names[0]) if names else None
    if named:
        return named
    highest = read(root / "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq").strip()
    if highest.isdigit():
        return int(highest) / 1e6  # kHz
    present = [float(mhz) for mhz in fields(info, "cpu MHz") if re.fullmatch(r"[\d.]+", mhz)]
    return max(present) / 1000 if present else TYPICAL_GHZ


def ghz_in(name: str) -> float | None:
    """The base clock that Intel's names carry: "… @ 2.60GHz"."""
    found = re.search(r"@\s*([\d.]+)\s*GHz", name)
    return float(found[1]) if found else None
