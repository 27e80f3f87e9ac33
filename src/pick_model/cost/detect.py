"""The machine this runs on: accelerator, or processor cores, and the memory they may use.

`local_machine` is the one public function. It asks nvidia-smi, rocm-smi or sysctl, then /proc
and the control groups; a container's limits count, not its host's size. Peaks come from the
entry of hardware.yaml that the device's name matches, or for processors from their cores.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pick_model.documents.hardware import Machine
from pick_model.errors import EnvironmentProblem

GIB = 2**30
ASK_SECONDS = 10.0  # nvidia-smi takes up to three where drivers load on demand

# FLOP a cycle and core in fp32: two fused multiply-add units of 512, 256 or 128 bits, as in the
# note of hardware.yaml's generic processors. Without one of these flags, one 128-bit multiply
# and one add. Some processors with AVX-512 have one such unit only and reach half.
FLOP_PER_CYCLE = {"avx512f": 64, "avx2": 32, "asimd": 16}
PLAIN_FLOP_PER_CYCLE = 8
TYPICAL_GHZ = 2.5  # where nothing tells the clock: the generic processors' figure

# Parts of a device's name that say nothing about its arithmetic.
NOISE = frozenset(
    {"nvidia", "amd", "apple", "tesla", "geforce", "quadro", "instinct", "radeon", "graphics"}
    | {"gpu", "gb", "gib", "sxm", "sxm2", "sxm4", "sxm5", "pcie", "hbm2", "hbm2e", "hbm3", "hbm3e"}
    | {"oam", "generation", "workstation", "edition", "server"}
)
NEAR_GIB = 0.2  # relative; two memory sizes of one card differ by a third at least

Ask = Callable[[Sequence[str]], "str | None"]


def local_machine(
    known: Mapping[str, Machine],
    *,
    ask: Ask | None = None,
    root: Path = Path("/"),
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
) -> Machine:
    """This machine as a `Machine` with id `local`.

    `known` is hardware.yaml by id; `ask` runs a command and gives its output, or None when it
    is not there or fails; `root` holds proc/ and sys/. Raises EnvironmentProblem when not even
    the memory can be found.
    """
    asking = ask or _ask
    found = _nvidia(asking, environment) or _rocm(asking)
    if found is not None:
        name, memory_gib = found
        return _device(name, "gpu", memory_gib, known)
    if platform == "darwin":
        return _apple(asking, known)
    return _processor(root)


def _ask(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=ASK_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout


def _nvidia(ask: Ask, environment: Mapping[str, str]) -> tuple[str, float] | None:
    """Name and GiB of the CUDA device a program would get, or None."""
    visible = environment.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible.strip() in ("", "-1", "NoDevFiles"):
        return None
    output = ask(["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"])
    devices = []
    for line in (output or "").splitlines():
        name, _, mebibytes = line.rpartition(",")
        try:
            devices.append((name.strip(), float(mebibytes) / 1024))
        except ValueError:  # "[N/A]", or an error message in place of the table
            continue
    if not devices:
        return None
    first = (visible or "0").split(",")[0].strip()
    index = int(first) if first.isdigit() and int(first) < len(devices) else 0
    return devices[index]


def _rocm(ask: Ask) -> tuple[str, float] | None:
    """Name and GiB of the first ROCm device, or None."""
    output = ask(["rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json"])
    try:
        cards = json.loads(output or "{}")
    except ValueError:
        return None
    for label in sorted(cards) if isinstance(cards, dict) else ():
        card = cards[label]
        if not isinstance(card, dict) or not label.startswith("card"):
            continue
        lower = {key.lower(): value for key, value in card.items()}
        size = str(lower.get("vram total memory (b)", ""))
        names = (lower.get("card series"), lower.get("card model"), lower.get("card sku"))
        name = next((str(n) for n in names if n and not str(n).startswith("0x")), "AMD GPU")
        if size.isdigit() and int(size) > 0:
            return name, int(size) / GIB
    return None


def _apple(ask: Ask, known: Mapping[str, Machine]) -> Machine:
    """Apple silicon as one device of the whole memory; an Intel Mac as its processor."""

    def number(key: str) -> int | None:
        output = (ask(["sysctl", "-n", key]) or "").strip()
        return int(output) if output.isdigit() else None

    memory = number("hw.memsize")
    if memory is None:
        raise _no_memory()
    name = (ask(["sysctl", "-n", "machdep.cpu.brand_string"]) or "Mac").strip()
    if name.startswith("Apple"):
        return _device(name, "mps", memory / GIB, known)
    features = ask(["sysctl", "-n", "machdep.cpu.leaf7_features"]) or ""
    hertz = number("hw.cpufrequency_max")
    ghz = hertz / 1e9 if hertz else _ghz_in(name) or TYPICAL_GHZ
    cores = number("hw.physicalcpu") or 1
    return _cpu(name, memory / GIB, cores, ghz, set(features.lower().split()))


def _device(name: str, kind: Any, memory_gib: float, known: Mapping[str, Machine]) -> Machine:
    """The known machine of that name with the memory that was found; peaks None if unknown."""
    match = best_match(name, memory_gib, [m for m in known.values() if m.kind == kind])
    memory = round(memory_gib, 2)
    if match is None:
        return Machine(id="local", name=name, kind=kind, memory_gib=memory)
    return replace(match, id="local", name=name, memory_gib=memory, sources={})


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


def _processor(root: Path) -> Machine:
    """Cores and memory as far as affinity and control groups let this process use them."""
    info = _read(root / "proc/cpuinfo")
    cores = float(_physical_cores(info))
    quota = _cgroup_cpus(root)
    if quota is not None:
        cores = min(cores, quota)
    ghz = _clock_ghz(info, root)
    flags = set(re.findall(r"\w+", " ".join(_fields(info, "flags", "Features")[:1])))
    names = _fields(info, "model name", "Model")
    return _cpu(names[0] if names else "CPU", _memory_gib(root), cores, ghz, flags)


def _cpu(name: str, memory_gib: float, cores: float, ghz: float, flags: set[str]) -> Machine:
    per_cycle = next((n for flag, n in FLOP_PER_CYCLE.items() if flag in flags), None)
    tflops = cores * ghz * (per_cycle or PLAIN_FLOP_PER_CYCLE) / 1000
    shown = f"{name}, {cores:g} core{'' if cores == 1 else 's'}"
    return Machine(
        id="local",
        name=" ".join(shown.split())[:500],
        kind="cpu",
        memory_gib=round(memory_gib, 2),
        fp32_tflops=round(tflops, 4),
    )


def _physical_cores(info: str) -> int:
    """Cores this process may run on; two threads of one core share its arithmetic units."""
    try:
        allowed = os.sched_getaffinity(0)
    except (AttributeError, OSError):  # no Linux
        allowed = set(range(os.cpu_count() or 1))
    places = {}
    for block in info.split("\n\n"):
        fields = {key: _fields(block, key)[:1] for key in ("processor", "physical id", "core id")}
        if fields["processor"] and fields["core id"]:
            number = int(fields["processor"][0])
            places[number] = (*fields["physical id"], *fields["core id"])
    if not allowed <= places.keys():  # no such lines on ARM, or a container hides some
        return len(allowed)
    return len({places[number] for number in allowed})


def _clock_ghz(info: str, root: Path) -> float:
    """The clock cores can hold: the base one of the name, else the highest, else the present."""
    names = _fields(info, "model name")
    named = _ghz_in(names[0]) if names else None
    if named:
        return named
    highest = _read(root / "sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq").strip()
    if highest.isdigit():
        return int(highest) / 1e6  # kHz
    present = [float(mhz) for mhz in _fields(info, "cpu MHz") if re.fullmatch(r"[\d.]+", mhz)]
    return max(present) / 1000 if present else TYPICAL_GHZ


def _ghz_in(name: str) -> float | None:
    found = re.search(r"@\s*([\d.]+)\s*GHz", name)
    return float(found.group(1)) if found else None


def _memory_gib(root: Path) -> float:
    """Memory of the machine, or of the control group if that is less."""
    total = re.search(r"^MemTotal:\s+(\d+) kB", _read(root / "proc/meminfo"), re.MULTILINE)
    if total is None:
        raise _no_memory()
    limits = [int(total.group(1)) * 1024]
    for folder in _cgroup_folders(root, "memory"):
        for name in ("memory.max", "memory.high", "memory.limit_in_bytes"):
            output = _read(folder / name).strip()
            if output.isdigit() and int(output) > 0:
                limits.append(int(output))
    return min(limits) / GIB


def _cgroup_cpus(root: Path) -> float | None:
    """The smallest processor quota on the way up from this process's group, in CPUs."""
    quotas = []
    for folder in _cgroup_folders(root, "cpu"):
        second = _read(folder / "cpu.max")  # "quota period", or "max period"
        first = f"{_read(folder / 'cpu.cfs_quota_us')} {_read(folder / 'cpu.cfs_period_us')}"
        for output in (second, first):
            numbers = re.fullmatch(r"\s*(\d+)\s+(\d+)\s*", output)  # -1 and max are no limit
            if numbers and int(numbers.group(1)) and int(numbers.group(2)):
                quotas.append(int(numbers.group(1)) / int(numbers.group(2)))
    return min(quotas, default=None)


def _cgroup_folders(root: Path, controller: str) -> list[Path]:
    """The control group of this process and all above it: version 2, then version 1."""
    folders: list[Path] = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        mount = root / "sys/fs/cgroup"
        if controllers:
            mount = mount / (controllers if (mount / controllers).is_dir() else controller)
        parts = [part for part in path.split("/") if part not in ("", "..")]
        folders += [mount.joinpath(*parts[:n]) for n in range(len(parts), -1, -1)]
    return folders


def _fields(text: str, *names: str) -> list[str]:
    """Values of the `name : value` lines, of the first name that has any."""
    for name in names:
        found = re.findall(rf"^{re.escape(name)}\s*:\s*(.*)$", text, re.MULTILINE)
        if found:
            return [value.strip() for value in found]
    return []


def _read(path: Path) -> str:
    """The text of a file of the kernel's, "" where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return ""


def _no_memory() -> EnvironmentProblem:
    return EnvironmentProblem(
        "cannot find out how much memory this machine has",
        hint="name a machine: --hardware nvidia-t4, cpu-8-core …",
        code="hardware",
    )
