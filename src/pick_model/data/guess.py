"""One key of a profile with what it rests on."""

from __future__ import annotations

from pick_model.documents.init_report import Guess, Sureness
from pick_model.words.message import Message
from pick_model.words.say import say

Value = str | int | float | bool | tuple[str, ...] | None


def guess(key: str, value: Value, sureness: Sureness, why: Message) -> Guess:
    """One key of a profile; without a value it is left open."""
    return Guess(key=key, value=value, sureness=sureness, why=say(why), why_message=why)
