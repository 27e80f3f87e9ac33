"""The one place where errors become exit codes and messages."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence

from pick_model import errors
from pick_model.cli.misuse import misuse
from pick_model.cli.streams import say
from pick_model.errors import EnvironmentProblem, InputError, Location, PickModelError
from pick_model.files import DISK_FULL
from pick_model.words.reader import phrase, tell
from pick_model.words.say import message

# What the file system answers when a path was typed wrongly, or is not ours to touch.
_WRONG_PATH = (
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP),
    *(errno.EACCES, errno.EPERM, errno.EINVAL, errno.ENXIO),
)


def guarded(run: Callable[[Sequence[str]], int | None], arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; never raises, never lets a crash look like 1.

    Telling of an error may run out of memory, too, or be interrupted.
    """
    try:
        return _answered(run, arguments)
    except KeyboardInterrupt:
        say(phrase("interrupted"))
        return errors.INTERRUPTED
    except MemoryError:
        # The answer that needs no memory: bytes that are there already, past all streams.
        try:
            os.write(2, b"error: out of memory\n")
        except OSError:
            return errors.ENVIRONMENT
        return errors.ENVIRONMENT


def _answered(run: Callable[[Sequence[str]], int | None], arguments: Sequence[str]) -> int:
    try:
        code = run(arguments) or errors.OK
        if code == errors.INTERRUPTED:  # some versions of typer turn Ctrl-C into a code
            say(phrase("interrupted"))
        elif code == errors.GATE_FAILED and "gate" not in arguments[:1]:
            return errors.WRONG_INPUT  # the library's own, for what it cannot do
        return code
    except MemoryError:
        pass  # told below, when the frames that hold the memory are gone
    except KeyboardInterrupt:
        raise
    except BaseException as raised:
        if isinstance(raised, SystemExit) and raised.code in (None, errors.OK):
            return errors.OK  # how the library ends what is no command, such as --show-completion
        return _reported(_told(raised), arguments)
    gc.collect()  # which is off in a short-lived process
    return _reported(EnvironmentProblem(message("out-of-memory"), code="out-of-memory"), arguments)


def _wants_json(arguments: Sequence[str]) -> bool:
    for index, word in enumerate(arguments):
        if word in ("--format=json", "-fjson"):
            return True
        if word in ("--format", "-f") and arguments[index + 1 : index + 2] == ["json"]:
            return True
    return False


def _told(error: BaseException) -> PickModelError:
    """Whatever was raised as an error of ours; what cannot be one is a bug.

    Errors of the command-line library are told by their shape because typer may carry its
    own copy of click. It answers a broken pipe, whoever's, with exit(1), and the end of a
    file with Abort.
    """
    if isinstance(error, PickModelError):
        return error
    if isinstance(error, SystemExit) or type(error).__name__ == "Abort":
        behind = error.__cause__ or error.__context__
        if isinstance(behind, Exception):
            return _told(behind)
        return errors.UsageError(message("not-possible-here"), hint=message("see-help"))
    show = getattr(error, "format_message", None)
    if show is not None and hasattr(error, "exit_code"):
        return _usage(error, show())
    if isinstance(error, OSError):
        return _system_error(error)
    return _bug(error)


def _usage(error: BaseException, words: str) -> PickModelError:
    if type(error).__name__ == "NoArgsIsHelpError":
        return _NoCommand(message("in-words", words=words))
    return errors.UsageError(misuse(words), hint=message("see-help"))


class _NoCommand(errors.UsageError):
    """No arguments: the message is the help, many lines of our own."""


def _system_error(error: OSError) -> PickModelError:
    """The disk, a path or the network said no."""
    if error.errno in DISK_FULL:
        return EnvironmentProblem(message("disk-full"), code="disk-full")
    reason = (error.strerror or str(error)).lower()
    if error.filename is None:
        return EnvironmentProblem(message("system-fault", kind=type(error).__name__, reason=reason))
    where = Location(str(error.filename))
    if error.errno in _WRONG_PATH:
        return InputError(message("cannot-be-used", reason=reason), location=where)
    return EnvironmentProblem(message("cannot-be-used", reason=reason), location=where)


def _bug(error: BaseException) -> PickModelError:
    bug = PickModelError(message("bug", kind=type(error).__name__, reason=str(error)), code="bug")
    bug.exit_code = errors.BUG
    bug.hint = message("report-bug", log=_log(error))
    return bug


def _log(error: BaseException) -> str:
    """Write the traceback to a file and return its name."""
    import tempfile
    import traceback

    try:
        handle, name = tempfile.mkstemp(prefix="pick-model-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        traceback.print_exception(error)
        return "the traceback above"
    return name


def _reported(error: PickModelError, arguments: Sequence[str]) -> int:
    """The error on stderr, and as JSON on stdout where that is the format; its exit code."""
    if isinstance(error, _NoCommand):
        page = tell(error.message)
        if not sys.stderr.isatty():  # it is coloured where stdout is a terminal
            from rich.text import Text

            page = Text.from_ansi(page).plain
        print(page, file=sys.stderr, flush=True)
        return error.exit_code
    say(error.in_a_line(tell), "error")
    if _wants_json(arguments):
        # A broken installation cannot write JSON, and the error of the error is none.
        with contextlib.suppress(ImportError):
            from pick_model.cli.options import emit
            from pick_model.documents.base import to_json
            from pick_model.documents.failure import error_report

            emit(to_json(error_report(error)), None)
    return error.exit_code
