"""What a shell completes: names of the catalog and of the vocabulary, beside commands and options.

`pick-model --install-completion` writes the shell's own part; at each Tab it calls pick-model with
the line so far in the environment. That must be quick, and never writes a word that is none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from pick_model.errors import OK

LINES = ("_TYPER_COMPLETE_ARGS", "COMP_WORDS")  # the line so far: zsh and fish, bash

# What makes typer take the shell from the command line instead of looking which one runs it.
NAMED_SHELL = "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"


class Item(NamedTuple):
    """A word that may stand there, in the shape that the command-line library reads."""

    value: str
    type: str = "plain"
    help: str | None = None


@contextmanager
def named_shell() -> Iterator[None]:
    """Within it `--show-completion zsh` is zsh's, whatever shell it is typed in."""
    os.environ[NAMED_SHELL] = "1"
    try:
        yield
    finally:
        del os.environ[NAMED_SHELL]


def _ids() -> Iterable[str]:
    from pick_model.catalog.load import load_catalog

    return load_catalog().entries


def _machines() -> Iterable[str]:
    from pick_model.catalog.load import load_catalog

    return ("local", *load_catalog().plain_hardware)


def _tasks() -> Iterable[str]:
    from pick_model.vocabulary.tasks import TASKS

    return TASKS


def _metrics() -> Iterable[str]:
    from pick_model.vocabulary.tasks import TASKS

    return dict.fromkeys(metric for spec in TASKS.values() for metric in spec.metrics)


def _presets() -> Iterable[str]:
    from pick_model.documents.task import PRESETS

    return PRESETS


def _weights() -> Iterable[str]:
    from pick_model.documents.task import CRITERIA

    return [f"{name}=" for name in CRITERIA]


def _licenses() -> Iterable[str]:
    from pick_model.vocabulary.licenses import LICENSE_CLASSES, LICENSES

    return (*LICENSE_CLASSES, *LICENSES)


# Parameter -> its words, whatever the command; where its metavar is a file's, the shell knows more.
WORDS: dict[str, Callable[[], Iterable[str]]] = {
    "model": _ids,
    "models": _ids,
    "only": _ids,
    "entry": _ids,
    "hardware": _machines,
    "task": _tasks,
    "metric": _metrics,
    "preset": _presets,
    "weight": _weights,
    "license": _licenses,
}


def complete() -> int:
    """Answer the shell. What goes wrong meanwhile is no business of a line being typed."""
    import typer.main

    from pick_model.cli.app import app_for

    command = typer.main.get_command(app_for(_first_words()))
    _teach(command)
    try:
        command.main(args=[], prog_name="pick-model", standalone_mode=False)
    except SystemExit:  # how the library ends a completion
        return OK
    except Exception:
        return OK
    return OK


def _first_words() -> list[str]:
    """The command on the line, where one is typed whole: only that is imported."""
    line = next((os.environ[name] for name in LINES if os.environ.get(name)), "")
    words = line.split()
    return words[1:2] if len(words) > 2 or line.endswith(" ") else []


def _teach(command: Any) -> None:
    """Give the parameters of a command, and of those under it, their words."""
    for inner in getattr(command, "commands", {}).values():
        _teach(inner)
    for parameter in command.params:
        words = WORDS.get(parameter.name)
        if words is not None and "." not in parameter.metavar and parameter.metavar != "FILE":
            parameter.shell_complete = partial(_matching, words)


def _matching(words: Callable[[], Iterable[str]], _context: Any, incomplete: str) -> list[Item]:
    """The words that begin as what is typed, in their order."""
    return [Item(word) for word in words() if word.startswith(incomplete)]
