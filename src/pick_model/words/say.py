"""From a message (a code and its values) to the sentence a person reads.

The core never writes sentences: what rejects a model, what a reader should know, leaves it
as a `Message`. Another language is another table beside `english.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pick_model.words.english import SENTENCES
from pick_model.words.figures import at_least, beside

Value = str | int | float | tuple[str, ...]


class Message(NamedTuple):
    """Something to be told: which, and with what values."""

    code: str  # a key of SENTENCES, stable for machines
    values: Mapping[str, Value]


def message(code: str, **values: Value) -> Message:
    """A message by its code and values."""
    return Message(code, values)


def say(told: Message, sentences: Mapping[str, str] = SENTENCES) -> str:
    """The sentence of a message.

    Names in a list are joined by commas; a `value` over a `limit` gets the digits that show
    it, and `at_least` is rounded up, so that what it asks for is enough.
    """
    values: dict[str, Value] = {
        name: ", ".join(value) if isinstance(value, tuple) else value
        for name, value in told.values.items()
    }
    value, limit, least = (told.values.get(name) for name in ("value", "limit", "at_least"))
    if isinstance(value, int | float) and isinstance(limit, int | float):
        values["value"], values["limit"] = beside(value, limit)
    if isinstance(least, int | float):
        values["at_least"] = at_least(least)
    return sentences[told.code].format(**values)
