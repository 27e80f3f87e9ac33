"""Files that are kept for another time, as many as there is room for.

A file is named by the digest of what it was made from, written whole under a name of its own
and then renamed, so a reader sees all of it or nothing, and two processes that finish the same
at once leave one of two equal files. No database: nothing to lock, to repair or to migrate.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pick_model.errors import EnvironmentProblem
from pick_model.files import DISK_FULL, TEMPORARY, json_digest, replacing
from pick_model.words.say import message

OWN = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}")  # as `Shelf.path` names them
BEING_WRITTEN = 3600.0  # seconds: a half-written file that is older was left by a kill
KEPT = 0.9  # of the bound, when room is made; by hand: so that it is not made at every file


class ShelfFile(NamedTuple):
    """One file of a shelf."""

    used: int  # the last use, in nanoseconds of the clock
    size: int  # bytes
    path: Path


class Shelf:
    """Files of one suffix under a folder; above `most` bytes those go that were not used for
    longest. `what` names the shelf where it cannot be written.
    """

    def __init__(self, folder: Path, suffix: str, most: int, what: str) -> None:
        self.folder, self.suffix, self.most, self.what = folder, suffix, most, what
        self.size: int | None = None  # bytes, as far as this process knows

    def path(self, made_from: Mapping[str, Any]) -> Path:
        name = json_digest(dict(made_from))
        return self.folder / name[:2] / f"{name}{self.suffix}"

    def write(self, path: Path, pieces: Sequence[bytes | memoryview]) -> None:
        """Write a file whole. Raises EnvironmentProblem where that cannot be."""
        with self.writing(path) as file, self.disk_faults():
            file.writelines(pieces)

    @contextlib.contextmanager
    def writing(self, path: Path) -> Iterator[BinaryIO]:
        """A file to write and read back, which is there under its name once all went well.

        Raises EnvironmentProblem where the disk is full or cannot be written; what is done with
        the file is done in `disk_faults` too.
        """
        with contextlib.ExitStack() as ends:
            with self.disk_faults():
                path.parent.mkdir(parents=True, exist_ok=True)
                file = ends.enter_context(replacing(path))
            yield file
            with self.disk_faults():
                size = file.seek(0, os.SEEK_END)
                ends.pop_all().close()
        self._make_room(size)

    @contextlib.contextmanager
    def disk_faults(self) -> Iterator[None]:
        """Faults of the disk in words: raises EnvironmentProblem for an OSError."""
        try:
            yield
        except OSError as fault:
            why, hint = message("in-words", words=str(fault.strerror)), message("cache-elsewhere")
            if fault.errno in DISK_FULL:
                why, hint = message("disk-full"), message("free-space-or-cache")
            raise EnvironmentProblem(
                message("shelf-not-written", what=self.what, folder=str(self.folder), why=why),
                hint=hint,
                code="disk",
            ) from fault

    def used(self, path: Path) -> None:
        """Note that a file was of use just now."""
        with contextlib.suppress(OSError):  # removed since, or of a folder that is only read
            os.utime(path)

    def held(self) -> Iterator[ShelfFile]:
        """Every file of its own, and what a kill has left half-written.

        The folder may hold others: whoever keeps the cache in a folder of theirs keeps their files.
        """
        for path in self.folder.glob("*/*"):
            half = TEMPORARY.fullmatch(path.name)
            own = OWN.fullmatch(f"{path.parent.name}/{path.name.removesuffix(self.suffix)}")
            if not (half or (own and path.suffix == self.suffix)):
                continue
            with contextlib.suppress(FileNotFoundError):
                status = path.lstat()
                if half and time.time() - status.st_mtime < BEING_WRITTEN:
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield ShelfFile(status.st_mtime_ns, status.st_size, path)

    def clear(self) -> list[ShelfFile]:
        """Remove every file; another process that reads one makes it again."""
        gone = []
        for held in list(self.held()):
            with contextlib.suppress(OSError):
                held.path.unlink()
                gone.append(held)
        self.size = None
        return gone

    def _make_room(self, written: int) -> None:
        """Remove what was not used for longest, once the files outgrow the bound."""
        if self.size is not None:
            self.size += written
            if self.size <= self.most:
                return
        files = sorted(self.held())
        self.size = sum(held.size for held in files)
        if self.size <= self.most:
            return
        for held in files[:-1]:  # the newest is what was just written
            if self.size <= KEPT * self.most:
                break
            with contextlib.suppress(OSError):
                held.path.unlink()
                self.size -= held.size
