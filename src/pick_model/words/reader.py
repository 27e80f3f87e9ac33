"""What a person reads, in the language of whoever reads this run.

The core tells in English (`say`), beside the code and the values that every report carries. What is
printed for a person is told anew from those, here. One process speaks to one reader, from its
threads, too: the command line says once in which language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module

from pick_model.words.english import SENTENCES
from pick_model.words.message import Message, Value
from pick_model.words.say import message, say

# Language -> the module of its tables, imported when it is spoken.
LANGUAGES = {"en": "pick_model.words.english", "zh": "pick_model.words.chinese"}

_BEYOND_LATIN = "\u2e80"  # from here on scripts of East Asia; signs such as → have stand-ins
_spoken: list[Mapping[str, str]] = [SENTENCES]  # the last one is


def speak(language: str) -> None:
    """From now on tell in one of LANGUAGES."""
    _spoken[:] = [import_module(LANGUAGES[language]).SENTENCES]


def characters() -> str:
    """Those that the words of the language take and Latin scripts have not, each once."""
    return "".join({c for words in _spoken[-1].values() for c in words if c >= _BEYOND_LATIN})


@contextmanager
def in_english() -> Iterator[None]:
    """What is made meanwhile is English: a format of machines, or one with no other words yet."""
    _spoken.append(SENTENCES)
    try:
        yield
    finally:
        _spoken.pop()


def tell(told: Message) -> str:
    """The sentence of a message."""
    return say(told, _spoken[-1])


def tell_all(told: Iterable[Message]) -> tuple[str, ...]:
    """The sentences of several messages, in their order."""
    return tuple(map(tell, told))


def retold(sentences: Sequence[str], messages: Sequence[Message]) -> tuple[str, ...]:
    """A report's sentences by their messages; as they stand where it was made without any."""
    return tell_all(messages) if len(messages) == len(sentences) else tuple(sentences)


def phrase(code: str, /, **values: Value) -> str:
    """The sentence of a code with its values."""
    return tell(message(code, **values))


def word(name: str) -> str:
    """What a cell or a heading calls a name of the program; the name where it has no other."""
    return phrase("one-word", name=name)


def listing(parts: Iterable[str], joint: str = "list") -> str:
    """Parts of one line, joined: names as a list, else phrases or clauses."""
    return phrase(f"joint:{joint}").join(parts)
