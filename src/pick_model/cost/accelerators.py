"""CUDA, ROCm and Apple devices a program started here would get, by asking the vendors' tools."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

GIB = 2**30
ASK_SECONDS = 10.0  # nvidia-smi takes up to three where drivers load on demand

Ask = Callable[[Sequence[str]], "str | None"]  # a command -> its output, None without one


class Device(NamedTuple):
    """One accelerator."""

    name: str
    memory_gib: float
    free_gib: float | None  # of it, what no process holds now
    found_by: str  # nvidia-smi, rocm-smi


def ask_command(command: Sequence[str]) -> str | None:
    """The output of a command; None where it is missing, fails or takes too long."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=ASK_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout


def accelerators(ask: Ask, environment: Mapping[str, str]) -> list[Device]:
    """The devices that are visible to a program, in its order; CUDA's before ROCm's."""
    return _cuda(ask, environment.get("CUDA_VISIBLE_DEVICES")) or _rocm(
        ask, environment.get("HIP_VISIBLE_DEVICES", environment.get("ROCR_VISIBLE_DEVICES"))
    )


NVIDIA_SMI = (
    "nvidia-smi",
    "--query-gpu=uuid,name,memory.total,memory.free",
    "--format=csv,noheader,nounits",
)


def _cuda(ask: Ask, visible: str | None) -> list[Device]:
    if _hides_all(visible):
        return []
    devices: dict[str, Device] = {}
    for line in (ask(NVIDIA_SMI) or "").splitlines():
        uuid, *middle = (part.strip() for part in line.split(","))
        if len(middle) < 3:  # an error message in place of the table
            continue
        *name, total, free = middle
        if (mebibytes := _number(total)) is not None:
            left = _number(free)
            devices[uuid] = Device(
                ", ".join(name),
                mebibytes / 1024,
                None if left is None else left / 1024,
                "nvidia-smi",
            )
    return _visible(devices, visible)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:  # "[N/A]"
        return None


def _rocm(ask: Ask, visible: str | None) -> list[Device]:
    if _hides_all(visible):
        return []
    output = ask(["rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json"])
    try:
        cards = json.loads(output or "{}")
    except ValueError:
        return []
    devices = {}
    for label in sorted(cards) if isinstance(cards, dict) else ():
        card = cards[label]
        if isinstance(card, dict) and label.startswith("card"):
            device = _rocm_card({key.lower(): value for key, value in card.items()})
            if device is not None:
                devices[label] = device
    return _visible(devices, visible)


def _rocm_card(card: Mapping[str, Any]) -> Device | None:
    """One card of rocm-smi's answer; keys in lower case, for versions spell them differently."""
    size = str(card.get("vram total memory (b)", ""))
    used = str(card.get("vram total used memory (b)", ""))
    names = (card.get("card series"), card.get("card model"), card.get("card sku"))
    name = next((str(n) for n in names if n and not str(n).startswith("0x")), "AMD GPU")
    if not size.isdigit() or int(size) == 0:
        return None
    free = max(int(size) - int(used), 0) / GIB if used.isdigit() else None
    return Device(name, int(size) / GIB, free, "rocm-smi")


def _hides_all(visible: str | None) -> bool:
    return visible is not None and visible.strip() in ("", "-1", "NoDevFiles")


def _visible(devices: Mapping[str, Device], visible: str | None) -> list[Device]:
    """Those that an environment variable names by number or by the beginning of their id.

    A name nobody has, such as a slice of a device, leaves all of them.
    """
    everything = list(devices.values())
    if visible is None:
        return everything
    chosen = []
    for wanted in (part.strip() for part in visible.split(",")):
        if wanted.isdigit():
            if int(wanted) >= len(everything):
                break  # as CUDA does: what follows an unknown device is hidden
            chosen.append(everything[int(wanted)])
        else:
            chosen += [d for key, d in devices.items() if wanted and key.startswith(wanted)]
    return chosen or everything
