"""Timings of the user's own machines, kept in the cache folder and used by `hardware: local`.

One small file a timing, named by what it is of, so that two processes that write at once lose
nothing and the newest of two alike stays. What cannot be read is passed over and named.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pick_model.documents.base import adapter, to_plain
from pick_model.documents.hardware import Machine, Timing
from pick_model.errors import EnvironmentProblem
from pick_model.files import cache_folder, json_digest, write_whole
from pick_model.record import replace
from pick_model.words.message import Message
from pick_model.words.say import message

FOLDER = "timings"
SCHEMA_VERSION = 1
MOST = 64  # timings of one device that are used, newest first; more change nothing that is shown


class Calibration(NamedTuple):
    """What is known of one device."""

    timings: tuple[Timing, ...]
    notes: tuple[Message, ...] = ()  # files that were passed over


def load(device: str, cache: Path | None = None) -> Calibration:
    """Timings of the device of this name, newest first."""
    found, notes = [], []
    for file in sorted(_folder(device, cache).glob("*.json")):
        try:
            content = json.loads(file.read_bytes())
            if content["schema_version"] != SCHEMA_VERSION or content["device"] != device:
                raise ValueError("of another version or device")
            found.append(adapter(Timing).validate_python(content["timing"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            notes.append(message("timing-unreadable", file=str(file)))
    found.sort(key=lambda timing: (timing.made_on, timing.what, timing.seconds), reverse=True)
    return Calibration(tuple(found[:MOST]), tuple(notes))


def keep(device: str, timing: Timing, cache: Path | None = None) -> None:
    """Add a timing, in place of an older one of the same work. Raises EnvironmentProblem."""
    folder = _folder(device, cache)
    plain = to_plain(timing)
    same = {key: plain.get(key) for key in ("origin", "what", "kind", "phase", "dtype")}
    content = {"schema_version": SCHEMA_VERSION, "device": device, "timing": plain}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{json_digest(same)[:16]}.json", json.dumps(content, indent=1) + "\n")
    except OSError as fault:
        raise EnvironmentProblem(
            message("timing-not-kept", folder=str(folder), reason=str(fault.strerror)), code="disk"
        ) from fault


def forget(cache: Path | None = None) -> int:
    """Remove every timing of every device; how many there were. Raises EnvironmentProblem."""
    folder = cache_folder(cache) / FOLDER
    files = sorted(folder.glob("*/*.json"))
    try:
        for file in files:
            file.unlink(missing_ok=True)  # another process may have been faster
        for device in sorted(folder.glob("*")):
            if not any(device.iterdir()):
                device.rmdir()
    except OSError as fault:
        raise EnvironmentProblem(
            message("timings-not-removed", folder=str(folder), reason=str(fault.strerror)),
            code="disk",
        ) from fault
    return len(files)


def with_timings(machine: Machine, cache: Path | None = None) -> Machine:
    """The machine as it was timed here; itself where nothing is kept."""
    kept = load(machine.name or machine.id, cache)
    return replace(machine, measured=kept.timings) if kept.timings else machine


def _folder(device: str, cache: Path | None) -> Path:
    return cache_folder(cache) / FOLDER / json_digest(device)[:16]
