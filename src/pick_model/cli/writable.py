"""Whether what a long command will write has a place, found out before its work."""

from __future__ import annotations

import os
from contextlib import suppress
from errno import EISDIR
from pathlib import Path
from tempfile import TemporaryFile

from pick_model.cli.options import STDOUT
from pick_model.errors import EnvironmentProblem, InputError, Location
from pick_model.measure.ledger import holds_something_else
from pick_model.words.say import message


def refuse_unwritable(output: Path | None, ledger: Path | None) -> None:
    """Raise now what `write_output` and `measure.ledger.record` would raise after the work.

    Nothing that is there is changed, and nothing is left behind.
    """
    if output is not None and str(output) not in STDOUT:
        where = Location(str(output))
        try:
            _try_appending(output)
            if output.is_file() or not output.exists():  # it is written anew, beside itself
                _try_making(Path(os.path.realpath(output)).parent)
        except IsADirectoryError:
            raise InputError(message("output-is-folder"), location=where) from None
        except (OSError, ValueError) as error:
            reason = _reason(error).lower()
            raise InputError(message("cannot-be-written", reason=reason), location=where) from None
    if ledger is not None:
        try:
            _try_appending(ledger)
            if ledger.is_file() and holds_something_else(ledger):
                told = message("not-a-ledger", path=str(ledger))
                raise InputError(told, hint=message("another-ledger"))
            if not ledger.exists():  # its folders are made with it
                _try_making(next(f for f in ledger.absolute().parents if f.exists()))
        except (OSError, ValueError) as error:
            raise EnvironmentProblem(
                message("ledger-not-written", path=str(ledger), reason=_reason(error)), code="disk"
            ) from None


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def _try_appending(path: Path) -> None:
    """Open a file that is there. A pipe or a device is not: that would already be a message."""
    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    with suppress(FileNotFoundError):
        path.lstat()  # a name too long is said here
    if path.is_file():
        with path.open("ab"):
            return


def _try_making(folder: Path) -> None:
    with TemporaryFile(dir=folder):
        return
