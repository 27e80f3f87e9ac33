"""The one place where errors become exit codes and messages."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pick_model import errors
from pick_model.errors import PickModelError


def guarded(run: Callable[[Sequence[str]], int | None], arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; never raises, never lets a crash look like 1."""
    json_wanted = _wants_json(arguments)
    try:
        code = run(arguments) or errors.OK
        if code == errors.INTERRUPTED:  # some versions of typer turn Ctrl-C into a code
            _say("interrupted")
        return code
    except KeyboardInterrupt:
        _say("interrupted")
        return errors.INTERRUPTED
    except BrokenPipeError:
        silence_stdout()
        return errors.OK
    except PickModelError as error:
        _report(error, json_wanted)
        return error.exit_code
    except MemoryError:
        _report(errors.EnvironmentProblem("out of memory", code="out-of-memory"), json_wanted)
        return errors.ENVIRONMENT
    except Exception as error:
        return _library_error(error, json_wanted)


def silence_stdout() -> None:
    """After the reader has gone, keep Python's own flush at exit from complaining."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _wants_json(arguments: Sequence[str]) -> bool:
    for index, word in enumerate(arguments):
        if word in ("--format=json", "-fjson"):
            return True
        if word in ("--format", "-f") and arguments[index + 1 : index + 2] == ["json"]:
            return True
    return False


def _library_error(error: Exception, json_wanted: bool) -> int:
    """Errors of the command-line library, told by their shape because typer may carry its
    own copy of click; everything else is a bug of ours."""
    if type(error).__name__ == "Abort":
        _say("interrupted")
        return errors.INTERRUPTED
    show = getattr(error, "format_message", None)
    if show is not None and hasattr(error, "exit_code"):
        message = show().replace("Value error, ", "")  # some versions of typer leave it in
        message = message[:1].lower() + message[1:].rstrip(".")
        _report(errors.UsageError(message, hint="see --help"), json_wanted)
        return errors.WRONG_INPUT
    if isinstance(error, OSError) and error.errno in (28, 122):  # no space, quota
        _report(errors.EnvironmentProblem("the disk is full", code="disk-full"), json_wanted)
        return errors.ENVIRONMENT
    bug = PickModelError(f"a bug of ours: {type(error).__name__}: {error}", code="bug")
    bug.exit_code = errors.BUG
    bug.hint = f"please report it with {_log(error)}"
    _report(bug, json_wanted)
    return errors.BUG


def _log(error: Exception) -> str:
    """Write the traceback to a file and return its name."""
    import tempfile
    import traceback

    try:
        handle, name = tempfile.mkstemp(prefix="pick-model-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        traceback.print_exception(error)
        return "the traceback above"
    return str(Path(name))


def _report(error: PickModelError, json_wanted: bool) -> None:
    _say(f"error: {error}")
    if not json_wanted:
        return
    from pick_model.documents.base import to_json
    from pick_model.documents.failure import ErrorBody, ErrorLocation, ErrorReport

    where = error.location
    report = ErrorReport(
        error=ErrorBody(
            code=error.code,
            exit=error.exit_code,
            message=error.message,
            location=ErrorLocation(file=where.file, line=where.line) if where else None,
            hint=error.hint,
        )
    )
    try:
        print(to_json(report), flush=True)
    except BrokenPipeError:
        silence_stdout()


def _say(line: str) -> None:
    """One line on stderr, whatever the text holds."""
    from pick_model.render.words import plain

    with contextlib.suppress(OSError, UnicodeError):
        print(plain(" ".join(line.split())), file=sys.stderr)
