"""stdout and stderr that cannot hurt: full, closed, or a pipe whose reader has gone.

A stream that fails must not raise where nobody expects it (a library's print, Python's own
flush at exit, which ends in 120), and no exit code of ours may come of it but "environment"
for a document that is lost. So a standard stream keeps its first failure and drops the rest;
`settled` asks for it once, at the end.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from pick_model.errors import ENVIRONMENT, OK
from pick_model.escape import plain, shortened
from pick_model.terminal import coloured
from pick_model.words.reader import phrase, word

if TYPE_CHECKING:
    from typing_extensions import Buffer


class _Kept(io.FileIO):
    """A descriptor whose writes never raise; `failure` is the first that did not succeed."""

    failure: OSError | None = None
    missing = False  # closed before we began; whatever has its number now is not ours
    spoken = False  # whether `say` has put a line here

    def write(self, data: Buffer) -> int:
        """The number of bytes written, or dropped after a failure."""
        size = memoryview(data).nbytes
        if self.failure is not None:
            return size
        try:
            if self.missing:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            written: int | None = super().write(data)
            while written is None:  # somebody made it non-blocking, and it is full just now
                import select

                select.select([], [self], [])
                written = super().write(data)
        except OSError as error:
            self.failure = error
            return size
        return written


def prepare() -> None:
    """Put streams that keep their failures in place of Python's."""
    if os.name == "nt":  # its consoles are no files
        return
    for descriptor in (0, 1, 2):
        _occupy(descriptor)
    sys.stdout = _stream(1, sys.stdout)
    sys.stderr = _stream(2, sys.stderr)


def _occupy(descriptor: int) -> None:
    """A closed standard descriptor would go to the next file opened, and a stray message of a
    library would land in that file; so nothing takes its place."""
    try:
        os.fstat(descriptor)
    except OSError:
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _stream(descriptor: int, given: TextIO | None) -> TextIO:
    """The stream Python made of a descriptor, or None because it was closed, made safe."""
    raw = _Kept(descriptor, "w", closefd=False)
    raw.missing = given is None
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(given, "encoding", None) or "utf-8",
        errors="backslashreplace",  # a terminal that is not UTF-8
        newline="\n",
        line_buffering=descriptor == 2 or raw.isatty(),
    )


def settled(code: int) -> int:
    """The exit code once stdout is flushed: success is none when the document was lost.

    Any other code stands, and the loss is told all the same: a red gate without a word would
    leave nothing to look at. A reader that has gone (`| head`) has what it wanted.
    """
    raw = _kept(sys.stdout)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    failure = raw.failure if raw is not None else None
    if failure is None or failure.errno == errno.EPIPE:
        return code
    reason = (failure.strerror or str(failure)).lower()
    say(phrase("stdout-lost", reason=reason), "error")
    return ENVIRONMENT if code == OK else code


# How what a line begins with is set on a terminal: bold red, yellow, bold as in reports.
_HUES = {"error": "1;31", "warning": "33", "note": "1"}


def say(line: str, head: str = "") -> None:
    """One line on stderr, whatever the text holds and whether or not it can be written.

    A terminal gets it folded between words, which it would break anywhere itself. head: error,
    warning or note, which it begins with in the reader's words.
    """
    label = phrase("label", name=word(head)) if head else ""
    text = shortened(plain(label + " ".join(line.split())))
    with contextlib.suppress(OSError, ValueError):
        text = _folded(text)
        if head in _HUES and coloured(sys.stderr):
            shown = label.rstrip()
            text = f"\x1b[{_HUES[head]}m{shown}\x1b[0m{text.removeprefix(shown)}"
        print(text, file=sys.stderr, flush=True)
        raw = _kept(sys.stderr)
        if raw is not None:
            raw.spoken = True


def _folded(text: str) -> str:
    """The text in lines of the terminal that stderr is; as it is where it fits, or is none."""
    if sys.stderr is None or not sys.stderr.isatty():
        return text
    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):  # what a stand-in for a stream answers
        return text
    # No character takes more than two columns: what is short needs no counting.
    if not width or len(text) * 2 <= width:
        return text
    from pick_model.render.layout import folded

    return "\n".join(folded(text, width))


def set_apart() -> None:
    """An empty line between what was said on a terminal and the document that follows on it."""
    raw = _kept(sys.stderr)
    if raw is not None and raw.spoken and sys.stderr.isatty() and sys.stdout.isatty():
        with contextlib.suppress(OSError, ValueError):
            print(file=sys.stderr, flush=True)
        raw.spoken = False


def _kept(stream: TextIO | None) -> _Kept | None:
    """What is below a stream that `prepare` has put in place."""
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return raw if isinstance(raw, _Kept) else None
