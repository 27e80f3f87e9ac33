"""A data file as bytes and as lines: gzip, encoding and line ends, each fault with its line."""

from __future__ import annotations

import gzip
import re
import shlex
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, cast

from pick_model.data.media import class_files
from pick_model.data.text_files import LOOKED, suffix_of
from pick_model.errors import InputError, Location, nearest
from pick_model.files import file_digest, json_digest
from pick_model.words.message import Message
from pick_model.words.say import message

# A row of labelled text longer than this is a file of another kind, or a lost quote. It also
# bounds what one row can cost in memory.
MAX_ROW_CHARS = 16 * 2**20

_CHUNK = 2**16  # bytes
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_ADVICE = {
    ".xlsx": message("export-sheet"),
    ".xls": message("export-sheet"),
    ".zip": message("unpack-first"),
    ".tar": message("unpack-first"),
    ".bz2": message("recompress"),
    ".xz": message("recompress"),
    ".zst": message("recompress"),
}
_STARTS = (  # what a file is whatever its name, and what to do
    (
        re.compile(rb"PK\x03\x04"),
        message("is-zip"),
        message("export-as-csv"),
    ),
    (re.compile(rb"%PDF-"), message("is-pdf"), message("give-table")),
    (re.compile(rb"SQLite format 3"), message("is-sqlite"), message("export-table")),
    (
        re.compile(rb"version https://git-lfs"),
        message("is-lfs-pointer"),
        message("type", command="git lfs pull"),
    ),
    (
        re.compile(rb"\s*<(!doctype html|html)", re.I),
        message("is-web-page"),
        message("download-file-itself"),
    ),
)


@dataclass(frozen=True)
class DataFile:
    """A data file that exists: its path, the suffix that tells its format, whether gzipped."""

    path: Path
    suffix: str  # ".csv", ".jsonl" …, lower case, without ".gz"
    gzipped: bool
    names: tuple[str, ...] | None = None  # column names, for a table without a header

    def error(
        self, told: Message, row: int | None = None, hint: Message | None = None
    ) -> InputError:
        """An InputError that points at this file and row."""
        return InputError(told, location=Location(str(self.path), row), hint=hint)


def find_source(
    path: str | Path, suffixes: tuple[str, ...], names: Sequence[str] | None = None
) -> DataFile:
    """The file at `path`, if it is one of a format told by `suffixes`.

    Raises InputError for what is missing, a folder, unreadable, empty or of another format.
    """
    path = Path(path)
    gzipped = path.suffix.lower() == ".gz"
    suffix = (Path(path.stem) if gzipped else path).suffix.lower()
    source = DataFile(path, suffix, gzipped, None if names is None else tuple(names))
    try:
        if path.is_dir():
            raise source.error(message("folder-not-data"), hint=message("name-file-in-folder"))
        if not path.exists():
            raise source.error(message("no-such-file"), hint=_sibling(path))
        if not path.is_file():
            raise source.error(message("not-regular-file"), hint=message("save-to-file-first"))
        with path.open("rb") as stream:
            start = stream.read(64)
    except OSError as error:
        raise source.error(
            message("cannot-be-read", reason=error.strerror or str(error))
        ) from error
    if not start:
        raise source.error(message("file-empty"))
    if suffix not in suffixes:
        told = message("file-kind-unsupported", suffix=suffix)
        if not suffix:
            told = message("file-kind-untold")
        known = message("file-kinds-known", suffixes=suffixes)
        advice = _advice_on_text(source) if suffix in (".txt", ".text") else None
        raise source.error(told, hint=advice or _ADVICE.get(suffix, known))
    is_gzip = start.startswith(_GZIP_MAGIC)
    if gzipped and not is_gzip:
        raise source.error(message("named-gz-is-not"), hint=message("rename-to", name=path.stem))
    if is_gzip and not gzipped:
        raise source.error(
            message("gzip-not-named-so"), hint=message("rename-to-gz", name=path.name)
        )
    for known_start, what, advice in _STARTS:
        if known_start.match(start):
            raise source.error(what, hint=advice)
    if start.startswith(b"PAR1") and suffix != ".parquet":
        raise source.error(message("is-parquet"), hint=message("rename-to-parquet", name=path.stem))
    return source


def _advice_on_text(source: DataFile) -> Message | None:
    """What to do with a file that is only called text; None where its lines cannot be read."""
    try:
        first = [line.rstrip("\r\n") for line in islice(lines(source), LOOKED)]
    except InputError:
        return None
    if first and first[0].startswith("__label__"):  # fastText's
        program = r"""awk 'BEGIN {print "label\ttext"} {l = substr($1, 10); sub(/^[^ ]+ /, "");"""
        line = converted(source, program + r""" print l "\t" $0}'""", ".tsv")
        return message("type", command=line)
    suffix = suffix_of(first)
    if suffix == ".txt":
        return message("label-and-text-a-line")
    stem = Path(source.path.stem).stem if source.gzipped else source.path.stem
    return message("rename-to", name=stem + suffix + (".gz" if source.gzipped else ""))


def converted(source: DataFile, program: str, suffix: str, then: str = "") -> str:
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


def _sibling(path: Path) -> Message | None:
    """A hint naming the file beside it with the closest name."""
    try:
        guess = nearest(path.name, [entry.name for entry in path.parent.iterdir()])
    except OSError:
        return message("no-folder-there", folder=str(path.parent))
    return message("did-you-mean", guess=guess) if guess else None


def digest(source: DataFile) -> str:
    """sha256 of the bytes as stored, in hexadecimal; of a folder, of its files' names and bytes."""
    try:
        if source.path.is_dir():
            files = class_files(source.path).files.values()
            paths = [path for part in files for path in part]
            named = [[p.relative_to(source.path).as_posix(), file_digest(p)] for p in paths]
            return json_digest(named)
        return file_digest(source.path)
    except OSError as error:
        raise source.error(
            message("cannot-be-read", reason=error.strerror or str(error))
        ) from error


def chunks(source: DataFile) -> Iterator[bytes]:
    """The unpacked bytes in pieces."""
    try:
        with _open(source) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(source, error) from error


def lines(source: DataFile) -> Iterator[str]:
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
                    raise source.error(message("holds-nul"), number, _without_nul(source, raw))
                if len(raw) >= MAX_ROW_CHARS and len(raw.decode(errors="replace")) > MAX_ROW_CHARS:
                    raise source.error(
                        message("row-too-long", most=MAX_ROW_CHARS),
                        number,
                        message("one-row-a-line"),
                    )
                try:
                    yield raw.decode()
                except UnicodeDecodeError as error:
                    raise source.error(
                        message("byte-not-utf-8", byte=raw[error.start], position=error.start + 1),
                        number,
                        _encoding_hint(source),
                    ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(source, error, number + 1) from error


def _open(source: DataFile) -> IO[bytes]:
    if source.gzipped:
        return cast("IO[bytes]", gzip.open(source.path, "rb"))
    return source.path.open("rb")


def _without_bom(source: DataFile, raw: bytes) -> bytes:
    encoding = _OTHER_BOMS.get(raw[:2])
    if encoding is not None:
        raise source.error(
            message("is-other-encoding", encoding=encoding), 1, _encoding_hint(source, encoding)
        )
    return raw[len(_BOM) :] if raw.startswith(_BOM) else raw


def _two_bytes(raw: bytes) -> str | None:
    """The byte order of ASCII letters in UTF-16 without a byte order mark."""
    return "UTF-16LE" if raw[1:2] == b"\0" else "UTF-16BE" if raw[:1] == b"\0" else None


def _without_nul(source: DataFile, raw: bytes) -> Message:
    """What to do about NUL bytes: every other one is UTF-16's, a few are a fault of the file."""
    if 4 * raw.count(b"\0") >= len(raw):
        return _encoding_hint(source, _two_bytes(raw) or "UTF-16")
    line = converted(source, r"perl -pe 's/\0//g'", f"-text{source.suffix}")
    return message("take-out-by", command=line)


def _encoding_hint(source: DataFile, encoding: str | None = None) -> Message:
    line = converted(
        source, f"iconv -f {encoding or 'WINDOWS-1252'} -t UTF-8", f"-utf8{source.suffix}"
    )
    if encoding:
        return message("save-as-utf-8-by", command=line)
    return message("save-from-its-encoding-by", command=line)


def _unreadable(source: DataFile, error: Exception, row: int | None = None) -> InputError:
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return source.error(message("cannot-be-read", reason=error.strerror or str(error)), row)
    return source.error(message("gzip-damaged", reason=str(error)), row, message("copy-again"))
