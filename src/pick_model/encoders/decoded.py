"""Decoded files: made ahead of when they are needed, by other threads, and kept within a bound."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property

import numpy as np

from pick_model.data.dataset import MediaFile
from pick_model.errors import InputError, Location, PickModelError
from pick_model.words.say import message

# Bytes kept of one model's inputs. By hand: 7,000 images of 224 pixels, and a machine that
# trains a network has it to spare. What comes first stays: rows are read in turns, and what
# goes for what comes would be gone when its turn comes.
MOST_BYTES = 1 << 30
# Threads that decode: half the processors, for the other half computes; more than eight keep
# no accelerator busier that takes thousands of images a second.
THREADS = max(1, min(8, (os.cpu_count() or 2) // 2))


class Decoded:
    """What `read` makes of files, by their content."""

    def __init__(self, read: Callable[[MediaFile], np.ndarray], most: int = MOST_BYTES) -> None:
        self.read, self.most = read, most
        self.kept: dict[str, np.ndarray] = {}
        self.coming: dict[str, Future[np.ndarray]] = {}
        self.n_bytes = 0

    @cached_property
    def pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(THREADS, thread_name_prefix="decode")

    def ahead(self, files: Sequence[MediaFile]) -> None:
        """Begin to decode files that will be asked for."""
        for file in files:
            if file.digest not in self.kept and file.digest not in self.coming:
                self.coming[file.digest] = self.pool.submit(self.read, file)

    def get(self, file: MediaFile) -> np.ndarray:
        """A file's array. Raises InputError for one that could be read before and cannot now."""
        found = self.kept.get(file.digest)
        if found is not None:
            return found
        begun = self.coming.pop(file.digest, None)
        try:
            found = self.read(file) if begun is None else begun.result()
        except (PickModelError, MemoryError):
            raise
        except Exception as fault:  # as many kinds as decoders
            raise InputError(
                message("file-changed-since", reason=str(fault)[:120]),
                location=Location(str(file.path)),
                hint=message("try-again"),
            ) from fault
        if self.n_bytes + found.nbytes <= self.most:
            self.kept[file.digest] = found
            self.n_bytes += found.nbytes
        return found
