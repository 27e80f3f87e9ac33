"""Words of a text as BM25 counts them.

Small letters, in Unicode's compatibility form. Runs of letters and digits are terms, put to
their stem where the language is known and Snowball has it. Runs of a script without spaces
(Chinese, Japanese, Thai …) are cut into overlapping pairs of characters, the unit that Lucene's
CJKAnalyzer searches by; no dictionary is needed, and none is wrong about names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import Protocol
from unicodedata import normalize

from pick_model.data.scripts import UNSPACED, script_of
from pick_model.vocabulary.languages import languages

_WORD = re.compile(r"\w+", re.UNICODE)


class Stemmer(Protocol):
    """What snowballstemmer gives."""

    def stemWord(self, word: str) -> str: ...  # noqa: N802 -- the library's name


class Terms:
    """Cuts texts into terms; remembers the stems of a language's words."""

    def __init__(self) -> None:
        self._stems: dict[tuple[str, str], str] = {}
        self.stemmed: set[str] = set()  # languages
        self.plain: set[str] = set()  # languages, or scripts, whose words stay as they are
        self.paired = False  # whether some text was cut into pairs of characters

    def of(self, text: str, language: str) -> list[str]:
        """The terms of a text, in order, repeated as they are."""
        found: list[str] = []
        for run in _WORD.findall(normalize("NFKC", text).casefold()):
            for unspaced, letters in groupby(run, key=_is_unspaced):
                piece = "".join(letters)
                if unspaced:
                    self.paired = True
                    found += pairs_of(piece)
                else:
                    found.append(self._stem(piece, language))
        return found

    def _stem(self, word: str, language: str) -> str:
        key = (language, word)
        known = self._stems.get(key)
        if known is None:
            stemmer = stemmer_of(language)
            (self.plain if stemmer is None else self.stemmed).add(language)
            known = self._stems[key] = word if stemmer is None else stemmer.stemWord(word)
        return known


def pairs_of(piece: str) -> Iterable[str]:
    """Neighbours two by two; a character that stands alone is itself."""
    return [piece] if len(piece) == 1 else [piece[at : at + 2] for at in range(len(piece) - 1)]


@cache
def _is_unspaced(character: str) -> bool:
    return script_of(character) in UNSPACED


@cache
def stemmer_of(language: str) -> Stemmer | None:
    """Snowball's stemmer of a language by its code; None where it has none."""
    import snowballstemmer

    known = languages().get(language)
    words = [] if known is None else known.name.lower().split()  # "modern greek"
    name = next((word for word in words if word in snowballstemmer.algorithms()), None)
    return None if name is None else snowballstemmer.stemmer(name)
