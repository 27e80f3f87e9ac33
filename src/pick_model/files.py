"""Files, once for the whole package: read within a bound, written whole or not at all, digests,
and where the cache is.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

# How long a named pipe may have nobody at its other end: time to start the other program.
PIPE_SECONDS = 5.0
DISK_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # EDQUOT: the user's share
_DESCRIPTOR = r"/dev/(stdin|stdout|stderr|fd/\d+)|/proc/(self|\d+)/fd/\d+"
_CHUNK = 1 << 20


class TooLarge(OSError):
    """There is more in a file than was asked for."""


def read_bounded(path: Path, most: int) -> bytes:
    """All bytes of a file, a device or a pipe that ends, when they are at most `most`.

    Raises TooLarge for more; OSError for what cannot be read, a folder, and a named pipe that
    nobody opens for writing within PIPE_SECONDS.
    """
    status = path.stat()
    if stat.S_ISREG(status.st_mode) and status.st_size > most:
        raise TooLarge(f"larger than {most:,} bytes")
    named_pipe = stat.S_ISFIFO(status.st_mode) and not is_descriptor(path)
    flags = os.O_RDONLY | (os.O_NONBLOCK if named_pipe else getattr(os, "O_BINARY", 0))
    with os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
        piece = _first_bytes(file.fileno()) if named_pipe else b""
        pieces, size = [piece], len(piece)
        while size <= most and (piece := file.read(min(_CHUNK, most + 1 - size))):
            pieces.append(piece)
            size += len(piece)
    if size > most:
        raise TooLarge(f"larger than {most:,} bytes")
    return b"".join(pieces)


def _first_bytes(pipe: int) -> bytes:
    """What a named pipe, opened without waiting, holds once it has a writer; then it waits.

    Opening it the usual way would wait for a writer for ever.
    """
    import select

    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    deadline = time.monotonic() + PIPE_SECONDS
    while True:
        try:
            piece = os.read(pipe, _CHUNK)
        except BlockingIOError:  # a writer that has written nothing yet
            piece = b""
            break
        if piece or poll.poll(0):  # bytes, or a writer that has come and gone
            break
        if time.monotonic() > deadline:
            raise OSError(f"a pipe that nobody wrote to for {PIPE_SECONDS:g} seconds")
        time.sleep(0.02)
    os.set_blocking(pipe, True)
    return piece


def is_descriptor(path: Path) -> bool:
    """Whether a path names a stream this process was started with, such as /dev/stdin."""
    return re.fullmatch(_DESCRIPTOR, os.path.abspath(path)) is not None


def write_whole(path: Path, content: str | bytes | Sequence[bytes | memoryview]) -> None:
    """Write a file so that nobody ever sees half of it, not even after a power cut.

    What is large may come in pieces, which are not joined in memory. A link is followed and
    stays; a file that was there keeps its permissions. A device, a pipe or a stream of this
    process is written to and never replaced. Raises OSError.
    """
    if isinstance(content, str):  # file names may hold halves of characters
        content = content.encode("utf-8", "backslashreplace")
    pieces = [content] if isinstance(content, bytes) else content
    try:
        status = path.stat()
    except FileNotFoundError:
        status = None
    if status is not None and (not stat.S_ISREG(status.st_mode) or is_descriptor(path)):
        _write_into(path, status.st_mode, pieces)
        return
    target = Path(os.path.realpath(path))
    if status is not None:  # a file one may not write is not replaced; one gone since is no fault
        with contextlib.suppress(FileNotFoundError):
            os.close(os.open(target, os.O_WRONLY | getattr(os, "O_BINARY", 0)))
    with replacing(target, status) as file:
        file.writelines(pieces)


TEMPORARY = re.compile(r"\.pick-model-[0-9a-f]{12}\.tmp")  # a file while it is written


@contextlib.contextmanager
def replacing(target: Path, status: os.stat_result | None = None) -> Iterator[BinaryIO]:
    """A file to write and read that takes the place of `target` when all went well.

    status: of the file that was there, whose owner and permissions it keeps. Raises OSError.
    """
    temporary = target.with_name(f".pick-model-{os.urandom(6).hex()}.tmp")  # see TEMPORARY
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        file = os.fdopen(os.open(temporary, flags, 0o666), "w+b")
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):  # what could not be written is tried once more
                file.close()
            raise
        file.close()
        if status is not None:
            _keep_owner(temporary, status)
            os.chmod(temporary, stat.S_IMODE(status.st_mode))
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _keep_owner(file: Path, was: os.stat_result) -> None:
    if (was.st_uid, was.st_gid) != (os.stat(file).st_uid, os.stat(file).st_gid):
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(file, was.st_uid, was.st_gid)


def _write_into(path: Path, mode: int, pieces: Sequence[bytes | memoryview]) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if stat.S_ISBLK(mode):
        raise OSError(errno.EINVAL, "is a disk", str(path))
    flags = os.O_WRONLY | os.O_APPEND
    named_pipe = stat.S_ISFIFO(mode) and not is_descriptor(path)
    descriptor = _pipe_with_reader(path, flags) if named_pipe else os.open(path, flags)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(pieces)


def _pipe_with_reader(path: Path, flags: int) -> int:
    """A named pipe opened for writing; without waiting, the system refuses one nobody reads."""
    deadline = time.monotonic() + PIPE_SECONDS
    while True:
        try:
            descriptor = os.open(path, flags | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > deadline:
                raise OSError(f"a pipe that nobody read for {PIPE_SECONDS:g} seconds") from None
            time.sleep(0.02)
        else:
            os.set_blocking(descriptor, True)
            return descriptor


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths are one file: by another spelling, a symbolic or a hard link."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):  # one of them is not there yet
        return os.path.realpath(one) == os.path.realpath(other)


def cache_folder(given: Path | None = None) -> Path:
    """`given`, else $PICK_MODEL_CACHE, else the user's cache folder for pick-model."""
    if given is not None:
        return given
    named = os.environ.get("PICK_MODEL_CACHE")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("pick-model"))


def json_digest(value: Any) -> str:
    """sha256 (hex) of a JSON value; key order does not count."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return digest(text)


def digest(content: str | bytes | memoryview) -> str:
    """sha256 (hex) of bytes, or of a text as UTF-8."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def file_digest(path: Path) -> str:
    """sha256 (hex) of a file's bytes. Raises OSError."""
    if not path.is_dir() and not path.is_file() and path.exists():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 16):  # larger ones are no faster
            found.update(piece)
    return found.hexdigest()


def part_digest(file: BinaryIO | FileIO, begin: int, size: int) -> str:
    """sha256 (hex) of so many bytes of an open file, or of as many as there are."""
    file.seek(begin)
    found = hashlib.sha256()
    while size > 0 and (piece := file.read(min(_CHUNK, size))):
        found.update(piece)
        size -= len(piece)
    return found.hexdigest()


def line_digests(path: Path) -> frozenset[str]:
    """sha256 (hex) of a file's bytes up to the end of each of its lines. Raises OSError."""
    found, so_far = set(), hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            so_far.update(line)
            found.add(so_far.hexdigest())
    return frozenset(found)
