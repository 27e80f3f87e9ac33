"""From a message (a code and its values) to the sentence a person reads.

The core never writes sentences: what rejects a model, what a reader should know, leaves it
as a `Message`. Another language is another table beside `english`, which speaks where that
table has no words. Reports are told in English beside their codes; what is printed for a person
is told by `reader`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any

from pick_model.words.english import SENTENCES
from pick_model.words.figures import at_least, beside, duration, short, signed_alike
from pick_model.words.message import Message, Value


def message(code: str, /, **values: Value) -> Message:
    """A message by its code and values."""
    return Message(code=code, values=values)


def say(told: Message, sentences: Mapping[str, str] = SENTENCES) -> str:
    """The sentence of a message.

    A `value` over a `limit` gets the digits that show it, `at_least` is rounded up, so that
    what it asks for is enough, and a `value` between `low` and `high` gets their places.
    """
    speech = _Speech(sentences)
    return speech.vformat(speech.sentence(told.code), (), _figures(told.values))


def say_all(told: Iterable[Message]) -> tuple[str, ...]:
    """The sentences of several messages, in their order."""
    return tuple(map(say, told))


def _figures(values: Mapping[str, Value]) -> dict[str, Any]:
    """The values, with the figures as text that read only beside each other."""
    shown: dict[str, Any] = dict(values)
    numbers = {name: v for name, v in values.items() if isinstance(v, int | float)}
    if {"value", "limit"} <= numbers.keys():
        shown["value"], shown["limit"] = beside(numbers["value"], numbers["limit"])
    if {"value", "low", "high"} <= numbers.keys():
        names = ("value", "low", "high")
        shown.update(zip(names, signed_alike(*(numbers[n] for n in names)), strict=True))
    if "at_least" in numbers:
        shown["at_least"] = at_least(numbers["at_least"])
    return shown


class _Speech(Formatter):
    """`str.format` for sentences.

    A message among the values is said, and lists are joined as the table says. Beyond Python's own
    formats, `{n:row|rows}` takes the word for one or for more, `{n:none|one|more}` one for
    nothing, too, and # in them is the number; `{seconds:time}` is a time in the unit people
    would use, `{n:short}` a number in three digits and a suffix, `{name:term}` what a sentence
    calls a name of the program, `{name:word}` what a cell or a heading calls it.
    """

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._sentences = sentences

    def sentence(self, code: str) -> str:
        """What stands under a code, unfilled: in English where the table lacks it."""
        return self._sentences.get(code) or SENTENCES[code]

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self.convert_field(one, conversion) for one in value)
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, tuple):
            parts = (self.format_field(one, format_spec) for one in value)
            return self.sentence("joint:list").join(parts)
        if isinstance(value, Message):
            return say(value, self._sentences)
        if format_spec == "short":
            return short(value)
        if format_spec == "time":
            amount, unit = duration(value)
            return self.sentence(f"time:{unit}").format(amount=amount)
        if format_spec in ("term", "word"):
            name = f"{format_spec}:{value}"
            return self._sentences.get(name) or SENTENCES.get(name) or str(value)
        if "|" in format_spec:
            *none, one, more = format_spec.split("|")
            form = none[0] if none and value == 0 else one if value == 1 else more
            return form.replace("#", f"{value:,}")
        return str(super().format_field(value, format_spec))
