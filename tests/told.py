"""What an error says, as a person reads it."""

from __future__ import annotations

from pick_model.words.message import Message
from pick_model.words.say import say


def words(told: Message | None) -> str:
    """The sentence of a message; nothing for none."""
    return "" if told is None else say(told)
