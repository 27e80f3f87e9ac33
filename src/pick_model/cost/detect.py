"""The machine this runs on: accelerators, or processor cores, and the memory they may use.

`detect_here` says what was found and how; `local_machine` is the `Machine` that follows from it.
Both ask the vendors' tools and read /proc and the control groups: a container's limits count,
not its host's size. Peaks come from the entry of hardware.yaml that the device's name matches,
or for processors from their cores. Nothing here imports torch.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pick_model.cost.accelerators import GIB, Ask, Device, accelerators, ask_command
from pick_model.cost.calibration import with_timings
from pick_model.cost.processor import TYPICAL_GHZ, Processor, ghz_in, made, processor
from pick_model.documents.hardware import Machine
from pick_model.documents.hardware_report import FoundDevice, FoundProcessor, Here
from pick_model.errors import EnvironmentProblem
from pick_model.record import replace
from pick_model.words.say import message

# Parts of a device's name that say nothing about its arithmetic.
NOISE = frozenset(
    {"nvidia", "amd", "apple", "tesla", "geforce", "quadro", "instinct", "radeon", "graphics"}
    | {"gpu", "gb", "gib", "sxm", "sxm2", "sxm4", "sxm5", "pcie", "hbm2", "hbm2e", "hbm3", "hbm3e"}
    | {"oam", "generation", "workstation", "edition", "server"}
)
NEAR_GIB = 0.2  # relative; two memory sizes of one card differ by a third at least


class Detected(NamedTuple):
    """What there is here, before anything was timed."""

    machine: Machine
    devices: tuple[Device, ...]  # visible accelerators
    processor: Processor
    matches: str | None  # the id in hardware.yaml that the peaks are of


def detect_here(
    known: Mapping[str, Machine],
    *,
    ask: Ask | None = None,
    root: Path = Path("/"),
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
) -> Detected:
    """What this machine is.

    `known` is hardware.yaml by id; `ask` runs a command and gives its output, or None when it
    is not there or fails; `root` holds proc/ and sys/. Raises EnvironmentProblem when not even
    the memory can be found.
    """
    asking = ask or ask_command
    devices = accelerators(asking, environment)
    own = _mac(asking) if platform == "darwin" else processor(root)
    if devices:
        first = devices[0]
        alike = [device for device in devices if device.name == first.name]
        # What other programs hold of a GPU's memory cannot be moved out of the way.
        memory = min(d.memory_gib if d.free_gib is None else d.free_gib for d in alike)
        machine, match = _device(first.name, "gpu", first.memory_gib, known)
        machine = replace(machine, memory_gib=_positive(memory), count=len(alike))
        return Detected(machine, tuple(devices), own, match)
    if own.memory_bytes is None:
        raise EnvironmentProblem(
            message("memory-untold"),
            hint=message("name-a-machine"),
            code="hardware",
        )
    if platform == "darwin" and own.name.startswith("Apple"):  # one device, the whole memory
        machine, match = _device(own.name, "mps", own.memory_bytes / GIB, known)
        return Detected(machine, (), own, match)
    return Detected(_cpu(own, own.memory_bytes / GIB), (), own, None)


def local_machine(
    known: Mapping[str, Machine],
    *,
    ask: Ask | None = None,
    root: Path = Path("/"),
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    cache: Path | None = None,
) -> Machine:
    """This machine as a `Machine` with id `local`, with what was timed on it.

    `cache` holds the timings, else the user's cache folder; the rest as `detect_here`.
    """
    found = detect_here(known, ask=ask, root=root, platform=platform, environment=environment)
    return with_timings(found.machine, cache)


def device_name(device: str, threads: int) -> str | None:
    """What the timings of a torch device here are filed under; None for a part of the cores."""
    found = detect_here({})
    if device.split(":")[0] != "cpu":
        return found.machine.name
    return _cpu(found.processor, 1.0).name if threads >= found.processor.cores else None


def described(found: Detected) -> Here:
    """What was found, as the document that reports it."""
    own = found.processor
    limit = own.limits.memory_bytes
    return Here(
        machine=found.machine,
        peaks_of=found.matches,
        devices=tuple(FoundDevice(**device._asdict()) for device in found.devices),
        processor=FoundProcessor(
            name=own.name,
            cores=own.cores,
            ghz=own.ghz,
            instruction_sets=own.instruction_sets,
            fp32_tflops=own.tflops,
            memory_gib=_gib(own.memory_bytes),
            available_gib=_gib(own.available_bytes),
            quota_cpus=own.limits.cpus,
            limit_gib=_gib(limit),
            cgroup_version=own.limits.version,
        ),
    )


def _gib(count: int | None) -> float | None:
    return None if count is None else round(count / GIB, 2)


def _positive(gib: float) -> float:
    return max(round(gib, 2), 0.01)  # full to the last byte is still a machine


def _device(
    name: str, kind: Literal["gpu", "mps"], memory_gib: float, known: Mapping[str, Machine]
) -> tuple[Machine, str | None]:
    """The known machine of that name with the memory that was found; peaks None if unknown."""
    match = best_match(name, memory_gib, [m for m in known.values() if m.kind == kind])
    memory = _positive(memory_gib)
    if match is None:
        return Machine(id="local", name=name, kind=kind, memory_gib=memory), None
    return replace(match, id="local", name=name, memory_gib=memory, sources={}), match.id


def best_match(name: str, memory_gib: float, machines: Sequence[Machine]) -> Machine | None:
    """The machine with the same name but for vendor, form factor and memory size, and of those
    the one nearest in memory; None where none is named so."""
    wanted = _words(name)
    same = [m for m in machines if wanted and wanted in (_words(m.name or ""), _words(m.id))]

    def distance(machine: Machine) -> tuple[bool, bool, float, str]:
        off = abs(machine.memory_gib / memory_gib - 1) if memory_gib else 0.0
        # Between one memory size in two forms the name decides: A100 PCIe, A100 SXM4.
        return off > NEAR_GIB, _form(machine.name or "") != _form(name), off, machine.id

    return min(same, key=distance, default=None)


def _words(name: str) -> frozenset[str]:
    """The parts of a name that tell the model: "NVIDIA A100-SXM4-80GB" -> {a100}."""
    words = re.split(r"[\s()/_,-]+", name.lower())
    return frozenset(
        w
        for w in words
        if w
        and w not in NOISE
        and not re.fullmatch(r"\d+gi?b", w)
        and not (w.isdigit() and f"{w} gb" in name.lower())
    )


def _form(name: str) -> str:
    """pcie, nvl, sxm or nothing; "H100 80GB HBM3" is how the driver calls the SXM card."""
    found = re.search(r"pcie|nvl|sxm|hbm3", name.lower())
    return found.group().replace("hbm3", "sxm") if found else ""


def _mac(ask: Ask) -> Processor:
    """A Mac's processor, as sysctl tells."""

    def number(key: str) -> int | None:
        output = (ask(["sysctl", "-n", key]) or "").strip()
        return int(output) if output.isdigit() else None

    name = (ask(["sysctl", "-n", "machdep.cpu.brand_string"]) or "Mac").strip()
    features = ask(["sysctl", "-n", "machdep.cpu.leaf7_features"]) or ""
    flags = {"asimd"} if name.startswith("Apple") else set(features.lower().split())
    hertz = number("hw.cpufrequency_max")
    ghz = hertz / 1e9 if hertz else ghz_in(name) or TYPICAL_GHZ
    return made(name, number("hw.physicalcpu") or 1, ghz, flags, memory_bytes=number("hw.memsize"))


def _cpu(own: Processor, memory_gib: float) -> Machine:
    shown = f"{own.name}, {own.cores:g} core{'' if own.cores == 1 else 's'}"
    return Machine(
        id="local",
        name=shown[:500],
        kind="cpu",
        memory_gib=_positive(memory_gib),
        fp32_tflops=own.tflops,
    )
