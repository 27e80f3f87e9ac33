"""`pick-model init`: what was found out of a task, and how surely.

Fields are added, never renamed.
"""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import FrozenRecord
from pick_model.words.message import Message

Sureness = Literal["given", "sure", "likely", "unsure"]


class Guess(FrozenRecord):
    """One line of a task profile, and what it rests on."""

    key: str  # of the profile; dotted where it lies deeper
    value: str | int | float | bool | tuple[str, ...] | None  # None: left open
    sureness: Sureness
    why: str
    why_message: Message  # of it


class InitReport(FrozenRecord):
    """The profile that was written."""

    schema_version: Literal[1] = 1
    command: Literal["init"] = "init"
    tool_version: str
    path: str | None  # None: printed
    guesses: tuple[Guess, ...]
