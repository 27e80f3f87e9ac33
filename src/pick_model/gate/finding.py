"""What a rule gives back, before severity, exceptions and fingerprints are added."""

from __future__ import annotations

from typing import NamedTuple

from pick_model.documents.gate_report import State
from pick_model.errors import Location
from pick_model.words.message import Message


class Finding(NamedTuple):
    """One outcome of one rule."""

    state: State
    message: Message
    location: Location
    fix: Message | None = None
    related: Location | None = None
    subject: str | None = None  # what was checked, where it is not the lock's model
    key: str = ""  # tells findings of one rule and subject apart


def passed(
    message: Message, location: Location, *, subject: str | None = None, key: str = ""
) -> Finding:
    """The rule holds."""
    return Finding("pass", message, location, subject=subject, key=key)


def failed(
    message: Message,
    location: Location,
    fix: Message,
    related: Location | None = None,
    *,
    subject: str | None = None,
    key: str = "",
) -> Finding:
    """The rule is broken; `fix` says what to type or do."""
    return Finding("fail", message, location, fix, related, subject, key)


def undecided(
    message: Message,
    location: Location,
    fix: Message,
    related: Location | None = None,
    *,
    subject: str | None = None,
    key: str = "",
) -> Finding:
    """It could not be told; `fix` says what would tell it."""
    return Finding("inconclusive", message, location, fix, related, subject, key)


def skipped(message: Message, location: Location) -> Finding:
    """The rule does not apply."""
    return Finding("skipped", message, location)
