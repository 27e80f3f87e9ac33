"""Text that says what it shows: nothing unseen in it, and no letters that pass for others."""

from __future__ import annotations

import re
import unicodedata

from pick_model.errors import WrongValue
from pick_model.words.say import message

# Controls but line break and tab, formats (zero width, direction), halves, private use, and
# the separators that some programs break lines at.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_ALIKE = ("CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "FULLWIDTH", "MATHEMATICAL")
_ID = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}"


def readable(text: str) -> str:
    """The text. Raises WrongValue for a character nobody can see."""
    if text.isascii() and text.isprintable():
        return text
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in "\n\t":
            raise WrongValue(message("holds-unseen", character=_named(character)))
    return text


def plain_name(text: str) -> str:
    """A name. Raises WrongValue where letters of two scripts pass for one another."""
    readable(text)
    if any(c.isascii() and c.isalpha() for c in text):
        for character in text:
            if unicodedata.name(character, "").startswith(_ALIKE):
                raise WrongValue(message("holds-look-alike", character=_named(character)))
    return text


def plain_id(value: object) -> object:
    """What may be an id; schemas say the rest. Raises WrongValue with the character at fault."""
    if not isinstance(value, str) or re.fullmatch(_ID, value):
        return value
    if len(value) > 120:
        raise WrongValue(message("id-too-long", n_letters=len(value)))
    odd = next((c for c in value if not (c.isascii() and (c.isalnum() or c in "._+-"))), None)
    if odd is not None:
        raise WrongValue(message("id-holds", character=_named(odd)))
    raise WrongValue(message("id-begins-wrongly"))


def plain_hub_repo(value: object) -> object:
    """What may be a repository's name; the schema's pattern says the rest."""
    return plain_name(value) if isinstance(value, str) else value


def _named(character: str) -> str:
    """A character by number and name, for it may look like another or like nothing."""
    name = unicodedata.name(character, "no name")
    return f"U+{ord(character):04X} ({name})"
