"""Limits of the control group this process runs in: a container's, not its host's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, NamedTuple

from pick_model.cost.kernel_files import read

Version = Literal[1, 2]


class CgroupLimits(NamedTuple):
    """The tightest limits on the way up from this process's group; None is unlimited."""

    cpus: float | None
    memory_bytes: int | None
    version: Version | None  # of the control groups the tighter figures come from: 1, 2


def limits(root: Path) -> CgroupLimits:
    """Read proc/self/cgroup and sys/fs/cgroup under `root`."""
    cpus = _cpus(root)
    memory = _memory(root)
    versions = [version for version, _ in (*cpus, *memory)]
    return CgroupLimits(
        cpus=min((value for _, value in cpus), default=None),
        memory_bytes=min((value for _, value in memory), default=None),
        version=max(versions, default=None),
    )


def _cpus(root: Path) -> list[tuple[Version, float]]:
    """Quotas in processors, each with the version of its control group."""
    quotas = []
    for version, folder in _folders(root, "cpu"):
        text = read(folder / "cpu.max")  # "quota period", or "max period"
        if version == 1:
            text = f"{read(folder / 'cpu.cfs_quota_us')} {read(folder / 'cpu.cfs_period_us')}"
        numbers = re.fullmatch(r"\s*(\d+)\s+(\d+)\s*", text)  # -1 and max are no limit
        if numbers and int(numbers[1]) and int(numbers[2]):
            quotas.append((version, int(numbers[1]) / int(numbers[2])))
    return quotas


# What an unlimited group of version 1 says: the largest multiple of a page in 63 bits. Pages
# of 64 KiB make it a little less.
UNLIMITED = 2**62


def _memory(root: Path) -> list[tuple[Version, int]]:
    found = []
    for version, folder in _folders(root, "memory"):
        names = ("memory.max", "memory.high") if version == 2 else ("memory.limit_in_bytes",)
        for name in names:
            text = read(folder / name).strip()
            if text.isdigit() and 0 < int(text) < UNLIMITED:
                found.append((version, int(text)))
    return found


def _folders(root: Path, controller: str) -> list[tuple[Version, Path]]:
    """The control group of this process and all above it, each with its version."""
    folders: list[tuple[Version, Path]] = []
    for line in read(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        version: Version = 2
        mount = root / "sys/fs/cgroup"
        if controllers:
            version = 1
            mount = mount / (controllers if (mount / controllers).is_dir() else controller)
        elif (mount / "unified").is_dir():  # both versions at once
            mount = mount / "unified"
        parts = [part for part in path.split("/") if part not in ("", "..")]
        folders += [(version, mount.joinpath(*parts[:n])) for n in range(len(parts), -1, -1)]
    return folders
