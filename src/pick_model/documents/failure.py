"""The document that stands in for a report when a command with --format json fails."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from pick_model.documents.base import FrozenRecord
from pick_model.errors import PickModelError
from pick_model.words.message import Message, Value
from pick_model.words.say import say


class ErrorLocation(FrozenRecord):
    """Where an input is wrong."""

    file: str
    line: int | None


class ErrorBody(FrozenRecord):
    """What went wrong, for machines."""

    code: str
    exit: int
    message: str
    message_code: str
    values: dict[str, Value]  # of the message
    location: ErrorLocation | None = None
    hint: str | None = None
    hint_message: Message | None = None


class ErrorReport(FrozenRecord):
    """The document on stdout when a command with --format json fails."""

    schema_version: Literal[1] = 1
    error: ErrorBody


def error_report(error: PickModelError) -> ErrorReport:
    """An error as a document."""
    where = error.location
    return ErrorReport(
        error=ErrorBody(
            code=error.code,
            exit=error.exit_code,
            message=_whole(say(error.message)),
            message_code=error.message.code,
            values=_whole_values(error.message.values),
            location=ErrorLocation(file=_whole(where.file), line=where.line) if where else None,
            hint=None if error.hint is None else _whole(say(error.hint)),
            hint_message=None if error.hint is None else _whole_message(error.hint),
        )
    )


def _whole(text: str) -> str:
    """File names may hold halves of characters, which no document can be written with."""
    return text.encode("utf-8", "backslashreplace").decode()


def _whole_message(told: Message) -> Message:
    return Message(code=told.code, values=_whole_values(told.values))


def _whole_values(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: _whole_value(value) for name, value in values.items()}


def _whole_value(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(map(_whole_part, value))
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)  # JSON has no number for it
    return _whole_part(value)


def _whole_part(value: str | int | Message) -> str | int | Message:
    if isinstance(value, Message):
        return _whole_message(value)
    return _whole(value) if isinstance(value, str) else value
