"""What typer says of a wrong command line, as a message with values.

typer tells in English sentences alone, which differ little from version to version.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pick_model.words.message import Message
from pick_model.words.say import message

_FORMS: tuple[tuple[str, Callable[[re.Match[str]], Message]], ...] = (
    (
        r"no such option: (\S+) \(possible options: (.+)\)",
        lambda m: message("option-unknown-of", option=m[1], names=tuple(m[2].split(", "))),
    ),
    (r"no such option: (\S+)", lambda m: message("option-unknown", option=m[1])),
    (r"no such command (.+)", lambda m: message("command-unknown", name=m[1])),
    (
        r"missing (argument|option|parameter) (.+)",
        lambda m: message("left-out", kind=m[1], name=m[2]),
    ),
    (r"option (.+) requires an argument", lambda m: message("option-without-value", option=m[1])),
    (r"option (.+) does not take a value", lambda m: message("option-takes-none", option=m[1])),
    (
        r"got unexpected extra argument(?:s|\(s\))? \((.*)\)",
        lambda m: message("too-much", words=m[1]),
    ),
    (
        r"invalid value for (.+): (.+) is not one of (.+)",
        lambda m: message("value-none-of", option=m[1], given=m[2], names=tuple(m[3].split(", "))),
    ),
    (
        r"invalid value for (.+): (?:input should be|.* is not) a valid (?:integer|int)\b.*",
        lambda m: message("value-no-integer", option=m[1]),
    ),
    (
        r"invalid value for (.+): (?:input should be|.* is not) a valid (?:number|float)\b.*",
        lambda m: message("value-no-number", option=m[1]),
    ),
    (
        r"invalid value for (.+?): (.+)",
        lambda m: message("option-wrong", option=m[1], reason=m[2]),
    ),
)


def misuse(words: str) -> Message:
    """The message of typer's sentence; its own words where it is none that is known here."""
    words = words.replace("Value error, ", "")  # some versions of typer leave it in
    words = words[:1].lower() + words[1:].rstrip(".")
    for form, told in _FORMS:
        found = re.fullmatch(form, words, re.IGNORECASE | re.DOTALL)
        if found:
            return told(found)
    return message("in-words", words=words)
