"""Columns of the same texts in several languages."""

from __future__ import annotations

from pick_model.data.column_names import words
from pick_model.data.language import FEW, languages_of
from pick_model.data.look import Look, Purpose
from pick_model.data.peek import filled, holds_text
from pick_model.documents.init_report import Sureness
from pick_model.vocabulary.languages import canonical_language
from pick_model.words.message import Message
from pick_model.words.say import message

# Names of the text and of its translation, in data sets on the Hub and in tools (fairseq,
# OpenNMT, Tatoeba).
SOURCES = ("source", "src", "source_text", "source_sentence", "src_text", "original")
TARGETS = ("target", "tgt", "target_text", "target_sentence", "tgt_text", "translation", "trg")


def of_named_languages(look: Look) -> Purpose | None:
    """Columns that are called by languages, or source and target; else None."""
    if look.label is not None:
        return None
    found: dict[str, str] = {}
    for name in look.columns:
        code = _code(name)
        if code is not None and holds_text(filled(look.cells[name])) and code not in found:
            found[code] = name
    if len(found) > 1:
        told = {code: _codes(look, name) for code, name in found.items()}
        agree = all(not codes or code in codes for code, codes in told.items())
        why = _direction(tuple(found.values()), tuple(found))
        sure: Sureness = "likely" if agree and len(found) == 2 else "unsure"
        return Purpose("translation", sure, why, tuple(found.values()), tuple(found))
    one, other = look.first(SOURCES), look.first(TARGETS)
    if one is None or other is None or {one, other} - {*look.prose}:
        return None
    if len(_different(look, other)) * 2 < len(_different(look, one)):  # classes of long names
        return None
    return _between(look, one, other) or Purpose(
        "text-generation",
        "unsure",
        message("init-rewriting", columns=(one, other)),
        (one, other),
    )


def of_two_languages(look: Look) -> Purpose | None:
    """Two columns of sentences, in a language each, whatever their names; else None."""
    if look.label is not None or len(look.prose) != 2:
        return None
    return _between(look, *look.prose)


def _between(look: Look, one: str, other: str) -> Purpose | None:
    languages = [languages_of([str(cell) for cell in filled(look.cells[n])]) for n in (one, other)]
    codes = [found.codes[0] for found in languages if found.codes]
    if len(codes) < 2 or codes[0] == codes[1]:
        return None
    sure = all(found.share >= 0.9 and len(found.codes) == 1 for found in languages)
    why = _direction((one, other), tuple(codes))
    return Purpose("translation", "likely" if sure else "unsure", why, (one, other), tuple(codes))


def _direction(columns: tuple[str, ...], languages: tuple[str, ...]) -> Message:
    source, *others = languages
    return message("init-translation", columns=columns, source=source, targets=tuple(others))


def _code(name: str) -> str | None:
    """The language that a column is called by: "en", "German", "translation.fr", "text_es"."""
    last = name.rsplit(".", 1)[-1]
    whole = canonical_language(last)
    if whole is not None:
        return whole
    # A word of two letters may be a code; longer ones may be anything else ("sentence_id").
    codes = {code for word in words(last) if (code := canonical_language(word)) is not None}
    return codes.pop() if len(codes) == 1 and codes & {*words(last)} else None


def _codes(look: Look, name: str) -> tuple[str, ...]:
    """The languages of a column's texts; none where they are too few to contradict its name."""
    found = languages_of([str(cell) for cell in filled(look.cells[name])])
    return found.codes if found.n_pieces >= FEW else ()


def _different(look: Look, name: str) -> set[str]:
    return {str(cell) for cell in filled(look.cells[name])}
