"""The entry point: `pick-model` and `python -m pick_model`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    from pick_model.cli.boundary import guarded

    return guarded(_run, list(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: Sequence[str]) -> int | None:
    from pick_model.cli.app import app

    code = app(args=list(arguments), prog_name="pick-model", standalone_mode=False)
    return code if isinstance(code, int) else None


def entry_point() -> None:
    """Exit with the code; a Ctrl-C while Python still imports is an interruption too."""
    # A short-lived process gains a fifth of its time by keeping the garbage collector from
    # looking through what lives to the end anyway, and pydantic from searching for plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(100_000, 50, 50)
    try:
        code = main()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = 130
    gc.freeze()
    sys.exit(code)
