"""A data file as bytes and as lines: gzip, encoding and line ends, each fault with its line."""

from __future__ import annotations

import gzip
import re
import shlex
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from pick_model.errors import InputError, Location, nearest
from pick_model.files import file_digest

# A row of labelled text longer than this is a file of another kind, or a lost quote. It also
# bounds what one row can cost in memory.
MAX_ROW_CHARS = 16 * 2**20

_CHUNK = 2**16  # bytes
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_ADVICE = {
    ".xlsx": "export the sheet as CSV (UTF-8)",
    ".xls": "export the sheet as CSV (UTF-8)",
    ".zip": "unpack it first",
    ".tar": "unpack it first",
    ".bz2": "recompress it with gzip",
    ".xz": "recompress it with gzip",
    ".zst": "recompress it with gzip",
}
_STARTS = (  # what a file is whatever its name, and what to do
    (
        re.compile(rb"PK\x03\x04"),
        "is a ZIP archive, as .xlsx files are",
        "export it as CSV (UTF-8)",
    ),
    (re.compile(rb"%PDF-"), "is a PDF document", "the table as CSV (UTF-8)"),
    (re.compile(rb"SQLite format 3"), "is an SQLite database", "export the table as CSV"),
    (
        re.compile(rb"version https://git-lfs"),
        "is a pointer of Git LFS, and not the data itself",
        "git lfs pull",
    ),
    (
        re.compile(rb"\s*<(!doctype html|html)", re.I),
        "is a web page, not data",
        "download the file itself",
    ),
)


@dataclass(frozen=True)
class Source:
    """A data file that exists: its path, the suffix that tells its format, whether gzipped."""

    path: Path
    suffix: str  # ".csv", ".jsonl" …, lower case, without ".gz"
    gzipped: bool
    names: tuple[str, ...] | None = None  # column names, for a table without a header

    def error(self, message: str, row: int | None = None, hint: str | None = None) -> InputError:
        """An InputError that points at this file and row."""
        return InputError(message, location=Location(str(self.path), row), hint=hint)


def find_source(
    path: str | Path, suffixes: tuple[str, ...], names: Sequence[str] | None = None
) -> Source:
    """The file at `path`, if it is one of a format told by `suffixes`.

    Raises InputError for what is missing, a folder, unreadable, empty or of another format.
    """
    path = Path(path)
    gzipped = path.suffix.lower() == ".gz"
    suffix = (Path(path.stem) if gzipped else path).suffix.lower()
    source = Source(path, suffix, gzipped, None if names is None else tuple(names))
    try:
        if path.is_dir():
            raise source.error("is a folder, not a data file", hint="name one file in it")
        if not path.exists():
            raise source.error("no such file", hint=_sibling(path))
        if not path.is_file():
            raise source.error("is not a regular file", hint="save the data to a file first")
        with path.open("rb") as stream:
            start = stream.read(64)
    except OSError as error:
        raise source.error(f"cannot be read: {error.strerror or error}") from error
    if not start:
        raise source.error("the file is empty")
    if suffix not in suffixes:
        what = repr(suffix) if suffix else "without an extension"
        known = "one of: " + ", ".join(suffixes) + ", each also with .gz"
        raise source.error(f"unsupported kind of file {what}", hint=_ADVICE.get(suffix, known))
    is_gzip = start.startswith(_GZIP_MAGIC)
    if gzipped and not is_gzip:
        raise source.error("is named .gz and is not gzip", hint=f"rename it to {path.stem}")
    if is_gzip and not gzipped:
        raise source.error("is gzip and is not named so", hint=f"rename it to {path.name}.gz")
    for known_start, what, advice in _STARTS:
        if known_start.match(start):
            raise source.error(what, hint=advice)
    if start.startswith(b"PAR1") and suffix != ".parquet":
        raise source.error("is Parquet", hint=f"rename it to {path.stem}.parquet")
    return source


def converted(source: Source, program: str, suffix: str, then: str = "") -> str:
    """The shell line that passes the file through a program into a new file beside it.

    It can be typed as it stands: names are quoted, and no file that is there is written over,
    least of all this one.
    """
    path = source.path
    stem = Path(path.stem).stem if source.gzipped else path.stem
    new = path.with_name(stem + suffix)
    number = 2
    while new.exists():
        new, number = path.with_name(f"{stem}-{number}{suffix}"), number + 1
    read, written = (
        shlex.quote(f"./{p}" if str(p).startswith("-") else str(p)) for p in (path, new)
    )
    body = f"zcat {read} | {program}" if source.gzipped else f"{program} {read}"
    return f"{body}{then} > {written}"


def _sibling(path: Path) -> str | None:
    """A hint naming the file beside it with the closest name."""
    try:
        guess = nearest(path.name, [entry.name for entry in path.parent.iterdir()])
    except OSError:
        return f"there is no folder {path.parent}"
    return f"did you mean {guess!r}?" if guess else None


def digest(source: Source) -> str:
    """sha256 of the bytes as stored, in hexadecimal."""
    try:
        return file_digest(source.path)
    except OSError as error:
        raise source.error(f"cannot be read: {error.strerror or error}") from error


def chunks(source: Source) -> Iterator[bytes]:
    """The unpacked bytes in pieces."""
    try:
        with _open(source) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(source, error) from error


def lines(source: Source) -> Iterator[str]:
    """The lines of a UTF-8 text file, each with its line end, split at newlines only.

    A byte order mark is dropped. U+2028 and its like stay inside a line, as in an editor.
    Raises InputError with the line for bytes that are not UTF-8, NUL, or an endless line.
    """
    number = 0
    try:
        with _open(source) as stream:
            while raw := stream.readline(4 * MAX_ROW_CHARS):  # at most 4 bytes a character
                number += 1
                if number == 1:
                    raw = _without_bom(source, raw)
                if b"\0" in raw:
                    raise source.error(
                        "holds a NUL byte, so it is not UTF-8 text",
                        number,
                        _encoding_hint(source, _two_bytes(raw) or "UTF-16"),
                    )
                if len(raw) >= MAX_ROW_CHARS and len(raw.decode(errors="replace")) > MAX_ROW_CHARS:
                    raise source.error(
                        f"is longer than {MAX_ROW_CHARS:,} characters", number, "one row a line"
                    )
                try:
                    yield raw.decode()
                except UnicodeDecodeError as error:
                    raise source.error(
                        f"byte {raw[error.start]:#04x} at position {error.start + 1} of the line "
                        "is not UTF-8",
                        number,
                        _encoding_hint(source),
                    ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(source, error, number + 1) from error


def _open(source: Source) -> IO[bytes]:
    if source.gzipped:
        return cast("IO[bytes]", gzip.open(source.path, "rb"))
    return source.path.open("rb")


def _without_bom(source: Source, raw: bytes) -> bytes:
    encoding = _OTHER_BOMS.get(raw[:2])
    if encoding is not None:
        raise source.error(f"is {encoding}, not UTF-8", 1, _encoding_hint(source, encoding))
    return raw[len(_BOM) :] if raw.startswith(_BOM) else raw


def _two_bytes(raw: bytes) -> str | None:
    """The byte order of ASCII letters in UTF-16 without a byte order mark."""
    return "UTF-16LE" if raw[1:2] == b"\0" else "UTF-16BE" if raw[:1] == b"\0" else None


def _encoding_hint(source: Source, encoding: str | None = None) -> str:
    line = converted(
        source, f"iconv -f {encoding or 'WINDOWS-1252'} -t UTF-8", f"-utf8{source.suffix}"
    )
    saved = "save it as UTF-8" if encoding else "save it as UTF-8, with the encoding that it has"
    return f"{saved}: {line}"


def _unreadable(source: Source, error: Exception, row: int | None = None) -> InputError:
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return source.error(f"cannot be read: {error.strerror or error}", row)
    return source.error(
        f"the gzip data is damaged or cut short ({error})", row, "copy or download it again"
    )
