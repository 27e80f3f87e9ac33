"""Text that says what it shows: nothing unseen in it, and no letters that pass for others."""

from __future__ import annotations

import re
import unicodedata

# Controls but line break and tab, formats (zero width, direction), halves, private use, and
# the separators that some programs break lines at.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_ALIKE = ("CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "FULLWIDTH", "MATHEMATICAL")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}")


def readable(text: str) -> str:
    """The text. Raises ValueError for a character nobody can see."""
    if text.isascii() and text.isprintable():
        return text
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in "\n\t":
            raise ValueError(f"holds {_named(character)}, which nobody can see")
    return text


def plain_name(text: str) -> str:
    """A name. Raises ValueError where letters of two scripts pass for one another."""
    readable(text)
    if any(c.isascii() and c.isalpha() for c in text):
        for character in text:
            if unicodedata.name(character, "").startswith(_ALIKE):
                raise ValueError(f"holds {_named(character)} between Latin letters")
    return text


def plain_id(value: object) -> object:
    """What may be an id; schemas say the rest. Raises ValueError with the character at fault."""
    if not isinstance(value, str) or _ID.fullmatch(value):
        return value
    wanted = "an id is letters, digits and . _ + - of ASCII, 120 at most"
    if len(value) > 120:
        raise ValueError(f"{wanted}, and this has {len(value)}")
    odd = next((c for c in value if not (c.isascii() and (c.isalnum() or c in "._+-"))), None)
    if odd is not None:
        raise ValueError(f"{wanted}, and this holds {_named(odd)}")
    raise ValueError(f"{wanted}, the first a letter or digit")


def plain_hub_repo(value: object) -> object:
    """What may be a repository's name; the schema's pattern says the rest."""
    return plain_name(value) if isinstance(value, str) else value


def _named(character: str) -> str:
    """A character by number and name, for it may look like another or like nothing."""
    name = unicodedata.name(character, "no name")
    return f"U+{ord(character):04X} ({name})"
