"""The entry point: `pick-model` and `python -m pick_model`."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    from pick_model.cli.boundary import guarded

    return guarded(_run, list(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: Sequence[str]) -> int | None:
    if "_PICK_MODEL_COMPLETE" in os.environ:  # a shell asks what may follow
        from pick_model.cli.completion import complete

        return complete()
    from pick_model.cli.app import app_for
    from pick_model.cli.language import settle
    from pick_model.cli.typed import remember

    remember(arguments)
    settle(arguments)
    app = app_for(arguments)
    shell: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
    if len(arguments) > 1 and arguments[0] in ("--show-completion", "--install-completion"):
        from pick_model.cli.completion import named_shell

        shell = named_shell()
    with shell:
        code = app(args=list(arguments), prog_name="pick-model", standalone_mode=False)
    return code if isinstance(code, int) else None


def _start_fast() -> None:
    """Habits of a short-lived process: no search for plugins, no garbage collection.

    And of a discreet one: the Hub's client reports nothing about its use.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    gc.disable()  # commands that train turn it on again


def entry_point() -> None:
    """Exit with the code; a Ctrl-C while Python still imports is an interruption too.

    SIGTERM, by which `kill` and CI end a process, is one as well: what is half-written goes, and
    workers with it.
    """
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        _start_fast()
        code = _settled_code()
    except KeyboardInterrupt:
        _write(b"interrupted\n")
        code = 130
    except MemoryError:
        os._exit(_out_of_memory())  # leaving the usual way may need some
    except Exception as error:  # a broken installation: not even the boundary can be imported
        _write(f"error: a bug of ours: {type(error).__name__}: {error}\n".encode())
        code = 70
    gc.freeze()
    sys.exit(code)


def _out_of_memory() -> int:
    try:
        os.write(2, b"error: out of memory\n")
    except OSError:
        return 4
    return 4


def _settled_code() -> int:
    from pick_model.cli import streams

    streams.prepare()
    return streams.settled(main())


def _write(line: bytes) -> None:
    """To stderr, past all streams, for what needs no more memory and no more imports."""
    with contextlib.suppress(OSError):
        os.write(2, line)
