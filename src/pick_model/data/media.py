"""Folders of images or sounds, a folder a class: how many there are, and how large."""

from __future__ import annotations

import os
import struct
import wave
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import BinaryIO, NamedTuple

from pick_model.data.sounds import sound_facts
from pick_model.errors import MissingExtra, WrongValue

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
SOUNDS = frozenset({".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac"})
# Folders that hold a part of the rows, not a class.
TRAINING = ("train", "training")
HELD_OUT = ("test", "testing", "eval", "val", "valid", "validation", "dev")
PARTS = frozenset({*TRAINING, *HELD_OUT})
MEASURED = 200  # files whose size is looked at, evenly spread


class MediaSet(NamedTuple):
    """Files sorted into classes by their folders."""

    kind: str  # image | audio
    folder: Path  # that the classes lie in
    counts: dict[str, int]  # files of each class
    size: float | None  # median of the shorter sides in pixels, or 95th percentile in seconds
    n_measured: int
    n_others: int  # files that are neither, or of the other kind


class ClassFiles(NamedTuple):
    """Files of one kind, by the folder that is their class."""

    kind: str  # image | audio
    folder: Path  # that the classes lie in
    files: dict[str, list[Path]]
    n_others: int  # files that are neither, or of the other kind
    n_other_kind: int = 0  # of them, sounds among images or images among sounds
    without: tuple[str, ...] = ()  # folders beside the classes that hold no file of the kind
    unknown: tuple[str, ...] = ()  # files that are neither by their suffix, from the folder on
    loose: tuple[str, ...] = ()  # images and sounds that lie in the folder itself


def media_set(folder: Path) -> MediaSet | None:
    """The classes of a folder, or of the training part in it; None where there are none."""
    found = class_files(folder)
    if len(found.files) < 2:
        return None
    every = [path for files in found.files.values() for path in files]
    some = every[:: max(1, len(every) // MEASURED)]
    sizes = sides(some) if found.kind == "image" else seconds(some)
    size = None
    if sizes:
        size = (
            median(sizes) if found.kind == "image" else sorted(sizes)[int(0.95 * (len(sizes) - 1))]
        )
    counts = {name: len(files) for name, files in found.files.items()}
    return MediaSet(found.kind, found.folder, counts, size, len(sizes), found.n_others)


def class_files(folder: Path) -> ClassFiles:
    """The files of each class of a folder, or of the training part in it; in order of names."""
    inside = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_dir()}
    part = next((inside[name] for name in TRAINING if name in inside), folder)
    names = [path for path in sorted(part.iterdir()) if path.is_dir() and path.name[0] != "."]
    classes = {path.name: list(_files(path)) for path in names if path.name.lower() not in PARTS}
    every = [path for files in classes.values() for path in files]
    images = [path for path in every if path.suffix.lower() in IMAGES]
    sounds = [path for path in every if path.suffix.lower() in SOUNDS]
    of, suffixes = (images, IMAGES) if len(images) >= len(sounds) else (sounds, SOUNDS)
    kept = {
        name: [path for path in files if path.suffix.lower() in suffixes]
        for name, files in classes.items()
    }
    without = tuple(name for name, files in kept.items() if not files)
    kept = {name: files for name, files in kept.items() if files}
    unknown = tuple(
        path.relative_to(part).as_posix()
        for path in every
        if path.suffix.lower() not in IMAGES | SOUNDS
    )
    loose = tuple(
        path.name
        for path in sorted(part.iterdir())
        if path.suffix.lower() in IMAGES | SOUNDS and path.name[0] != "." and path.is_file()
    )
    kind, others = "image" if of is images else "audio", len(every) - len(of)
    return ClassFiles(kind, part, kept, others, others - len(unknown), without, unknown, loose)


def held_out_part(folder: Path) -> Path | None:
    """The folder beside the training part whose classes are for evaluation; test comes first."""
    inside = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_dir()}
    if not any(name in inside for name in TRAINING):
        return None
    found = (inside[name] for name in HELD_OUT if name in inside)
    return next((path for path in found if class_files(path).files), None)


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(root, name) for name in sorted(names) if name[0] != ".")


def sides(paths: Sequence[Path]) -> list[float]:
    """The shorter side of each image whose header tells."""
    found = []
    for path in paths:
        with suppress(OSError, struct.error), path.open("rb") as file:
            sides = _png(file) or _jpeg(file) or _gif(file) or _bmp(file)
            if sides is not None and min(sides) > 0:
                found.append(float(min(sides)))
    return found


def _png(file: BinaryIO) -> tuple[int, int] | None:
    """Width and height stand in the first chunk, IHDR (PNG specification, 11.2.2)."""
    file.seek(0)
    head = file.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _jpeg(file: BinaryIO) -> tuple[int, int] | None:
    """Height and width stand in the start-of-frame segment (ITU-T T.81, B.2.2)."""
    file.seek(0)
    if file.read(2) != b"\xff\xd8":
        return None
    while True:
        marker, code, length = struct.unpack(">BBH", file.read(4))
        if marker != 0xFF:
            return None
        if 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):  # tables, an extension
            height, width = struct.unpack(">xHH", file.read(5))
            return width, height
        file.seek(length - 2, os.SEEK_CUR)


def _gif(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(0)
    head = file.read(10)
    if head[:4] != b"GIF8":
        return None
    width, height = struct.unpack("<HH", head[6:10])
    return width, height


def _bmp(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(0)
    head = file.read(26)
    if head[:2] != b"BM":
        return None
    width, height = struct.unpack("<ii", head[18:26])
    return width, abs(height)


def seconds(paths: Sequence[Path]) -> list[float]:
    """How long each file plays: WAV by its header, others where their decoder is installed."""
    found = []
    for path in paths:
        if path.suffix.lower() != ".wav":
            with suppress(WrongValue, MissingExtra):
                found.append(sound_facts(path).seconds)
            continue
        with suppress(OSError, EOFError, wave.Error), wave.open(str(path), "rb") as file:
            if file.getframerate():
                found.append(file.getnframes() / file.getframerate())
    return [seconds for seconds in found if seconds > 0]
