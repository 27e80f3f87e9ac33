"""Languages by code: ISO 639-1 where it has one, else ISO 639-3. Names are the standard's.

The table is `languages.tsv`, read on first use. Its columns beside code and name:

other_codes  ISO 639-2 (terminological and bibliographic), older and narrower codes people
             type. Norwegian, Chinese and Arabic are meant by the standard form of each, as
             nearly every model card means them.
other_names  English names beside the standard's
part_of      a language and its standard form, or its parts where each of them is one: who asks
             for either is served by a model of the other (ISO 639-3 macrolanguages, but not
             those whose members are written or spoken too differently: Kurdish, Azerbaijani,
             Chinese, Malay with Indonesian)
written_as   the written language of a spoken variety: a model of that serves the variety, but
             a model of one variety does not serve who asks for that
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from msgspec import Struct


class Language(Struct, frozen=True):
    """One line of the table."""

    name: str
    other_codes: tuple[str, ...]
    other_names: tuple[str, ...]
    part_of: str  # a code, or empty
    written_as: str
    own_name: str


@cache
def languages() -> dict[str, Language]:
    """Every language we know, by code."""
    text = Path(__file__).with_name("languages.tsv").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines()[1:]:
        code, name, codes, names, *others = line.split("\t")
        other_names = tuple(names.split(", ")) if names else ()
        found[code] = Language(name, tuple(codes.split()), other_names, *others)
    return found


def language_named(text: str) -> str | None:
    """The code for an English name in any case; None if unknown."""
    return _by_name().get(text.lower())


@cache
def _by_name() -> dict[str, str]:
    known = languages().items()
    names = {language.name.lower(): code for code, language in known}
    return names | {name: code for code, language in known for name in language.other_names}


@cache
def _by_own_name() -> dict[str, str]:
    return {known.own_name: code for code, known in languages().items() if known.own_name}


@cache
def _by_other_code() -> dict[str, str]:
    return {other: code for code, known in languages().items() for other in known.other_codes}


# A language tag: the language, for some a narrower one, a script and a region (BCP 47).
_TAG = re.compile(r"([a-z]{2,3})(-[a-z]{3})?(-[a-z]{4})?(-[a-z]{2}|-[0-9]{3})?")


def canonical_language(text: str) -> str | None:
    """The code for a code, a synonym, a tag (pt-BR) or a name, in English or as the language has
    it (Deutsch, 中文); None if unknown.
    """
    key = text.strip().lower()
    own = _by_own_name().get(unicodedata.normalize("NFC", key))
    words = [language_named(key) or own or key]
    tag = _TAG.fullmatch(key.replace("_", "-"))
    if tag is not None:
        words += [tag[2][1:]] if tag[2] else [tag[1]]
    codes = (_by_other_code().get(word, word) for word in words)
    return next((code for code in codes if code in languages()), None)


@cache
def served_by(asked: tuple[str, ...]) -> frozenset[str]:
    """Every code whose presence in a model's list serves one of these languages."""
    known = languages()
    wholes = {
        whole for code in asked for whole in (known[code].part_of, known[code].written_as) if whole
    }
    parts = {code for code, language in known.items() if language.part_of in asked}
    return frozenset({*asked, *wholes, *parts})
