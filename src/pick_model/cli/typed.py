"""The command line that is being run, for a report that says how it was made."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextvars import ContextVar

_WORDS: ContextVar[tuple[str, ...]] = ContextVar("words", default=())


def remember(arguments: Sequence[str]) -> None:
    """Keep the arguments for `command_line`."""
    _WORDS.set(tuple(arguments))


def command_line() -> str:
    """What was typed, quoted for a shell."""
    return shlex.join(["pick-model", *_WORDS.get()])


def again(*dropped: str) -> str:
    """The same without options that each take a value, however they were written."""
    kept: list[str] = []
    words = iter(_WORDS.get())
    for word in words:
        if word in dropped:
            next(words, None)
        elif not any(word.startswith(f"{name}=") for name in dropped):
            kept.append(word)
    return shlex.join(["pick-model", *kept])
