"""The exception tree and its exit codes.

Every error a user can meet is a `PickModelError`; the class decides the exit code and
nothing else does. Whatever is not one of these is a bug of ours and exits 70.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Iterable
from typing import NamedTuple

from pick_model.words.message import Message
from pick_model.words.say import message, say

OK = 0
GATE_FAILED = 1
WRONG_INPUT = 2
INCONCLUSIVE = 3
ENVIRONMENT = 4
BUG = 70
INTERRUPTED = 130


class Location(NamedTuple):
    """Where an input is wrong. `line` counts from 1; None when the whole file is meant."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


MACHINE_FAULTS = ("disk", "disk-full")  # codes of faults that are no model's own


class PickModelError(Exception):
    """Base of all errors that are not bugs.

    `code` is a stable word for the kind of error; `message` says what is wrong, `location`
    where, and `hint` what to type instead.
    """

    exit_code = WRONG_INPUT
    code = "error"

    def __init__(
        self,
        message: Message,
        *,
        location: Location | None = None,
        hint: Message | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        """One line: `file:line: what is wrong (what to type)`."""
        return self.in_a_line(say)

    def in_a_line(self, tell: Callable[[Message], str]) -> str:
        """The same, by who tells messages in another language."""
        where = f"{self.location}: " if self.location else ""
        return f"{where}{tell(in_one(self.message, self.hint))}"


class UsageError(PickModelError):
    """Wrong options or arguments."""

    code = "usage"


class InputError(PickModelError):
    """A file that cannot be read or does not parse."""

    code = "input"


class SchemaError(InputError):
    """A document that parses and does not say what its schema asks for."""

    code = "schema"


class UnknownName(PickModelError):
    """A model, hardware, preset, licence … that nobody has heard of."""

    code = "unknown-name"


class WrongValue(ValueError):
    """What a check of values finds: whoever reads the document adds where it stands.

    A ValueError, which pydantic carries to the reader as it is. `key` is the one to change, as
    seen from what is checked: `current.score`; `path` its parts.
    """

    def __init__(self, told: Message, *, key: str = "", hint: Message | None = None) -> None:
        super().__init__(told)
        self.told = told
        self.path = tuple(key.split(".")) if key else ()
        self.hint = hint

    def __str__(self) -> str:
        return say(in_one(self.told, self.hint))


class NoCandidate(PickModelError):
    """Every entry of the catalog was rejected."""

    exit_code = INCONCLUSIVE
    code = "no-candidate"


class BudgetTooSmall(PickModelError):
    """Not one run fits into the time given, so nothing is concluded; the hint says what would."""

    exit_code = INCONCLUSIVE
    code = "budget"


class EnvironmentProblem(PickModelError):
    """Hub unreachable, gated model, out of memory, disk full …"""

    exit_code = ENVIRONMENT
    code = "environment"


class MissingExtra(EnvironmentProblem):
    """An optional dependency is not installed; the hint carries the install command."""

    code = "missing-extra"

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            message("extra-missing", what=what, extra=extra),
            hint=message("install-extra", extra=extra),
        )
        self.what, self.extra = what, extra

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str]]:
        """So that it can come from another process."""
        return type(self), (self.what, self.extra)


def in_one(what: Message, hint: Message | None) -> Message:
    """What is wrong and, in brackets, what to type."""
    return what if hint is None else message("with-hint", what=what, hint=hint)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The valid word closest to a misspelt one, or None when nothing is close.

    Compared without case; similarity is difflib's ratio with its default cut-off of 0.6,
    and a word that merely contains the misspelt one also counts, first as a part between hyphens.
    """
    by_lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1)
    if not found and len(word) >= 2:
        parts = sorted((len(name), name) for name in by_lower if word.lower() in name.split("-"))
        found = [name for _, name in parts[:1]]
    if not found and len(word) >= 3:
        found = sorted(name for name in by_lower if word.lower() in name)[:1]
    return by_lower[found[0]] if found else None


# A word this like a known one (difflib's ratio) is a slip of one or two letters: biomedicl is
# .95 of biomedical, while medical is .82 and a word of its own.
SLIP = 0.84


def slip(word: str, known: Iterable[str]) -> str | None:
    """The known word, in lower case, that one was surely meant to be; None where it is its own."""
    return next(iter(difflib.get_close_matches(word.lower(), list(known), 1, SLIP)), None)


def did_you_mean(
    word: str, known: Iterable[str], *, listed: int = 8, otherwise: Message | None = None
) -> Message:
    """A hint for a misspelt word: the valid ones of which it is the first part, as `h100` is of
    `h100-pcie`; else the nearest; else all when few, and where they are many the first or
    `otherwise`.
    """
    names = list(known)
    begun = [name for name in names if len(word) > 2 and name.startswith(f"{word}-")]
    if len(begun) > 1:
        return message("one-of", names=tuple(begun[:listed]), more=max(len(begun) - listed, 0))
    guess = nearest(word, names)
    if guess is not None:
        return message("did-you-mean", guess=guess)
    if otherwise is not None and len(names) > listed:
        return otherwise
    return message("one-of", names=tuple(names[:listed]), more=max(len(names) - listed, 0))


def typed(option: str, value: str) -> str:
    """An option and its value as a shell takes them: --text 'Review Text'."""
    return f"--{option} {shlex.quote(value)}"
