"""Which scripts a text is written in, from Unicode blocks alone; no language model."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable

# First and last code point of the letters of each script: the blocks of the Unicode Standard,
# version 15.1 (Blocks.txt), those of one script in one place.
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x024F, "Latin"),
    (0x0250, 0x02AF, "Latin"),
    (0x0370, 0x03FF, "Greek"),
    (0x0400, 0x052F, "Cyrillic"),
    (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x06FF, "Arabic"),
    (0x0750, 0x077F, "Arabic"),
    (0x0870, 0x08FF, "Arabic"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi"),
    (0x0A80, 0x0AFF, "Gujarati"),
    (0x0B00, 0x0B7F, "Oriya"),
    (0x0B80, 0x0BFF, "Tamil"),
    (0x0C00, 0x0C7F, "Telugu"),
    (0x0C80, 0x0CFF, "Kannada"),
    (0x0D00, 0x0D7F, "Malayalam"),
    (0x0D80, 0x0DFF, "Sinhala"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Lao"),
    (0x0F00, 0x0FFF, "Tibetan"),
    (0x1000, 0x109F, "Myanmar"),
    (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, "Hangul"),
    (0x1200, 0x139F, "Ethiopic"),
    (0x1780, 0x17FF, "Khmer"),
    (0x1E00, 0x1EFF, "Latin"),
    (0x1F00, 0x1FFF, "Greek"),
    (0x3005, 0x3007, "Han"),
    (0x3040, 0x30FF, "Kana"),
    (0x3130, 0x318F, "Hangul"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Han"),
    (0x4E00, 0x9FFF, "Han"),
    (0xAC00, 0xD7FF, "Hangul"),
    (0xF900, 0xFAFF, "Han"),
    (0xFB1D, 0xFB4F, "Hebrew"),
    (0xFB50, 0xFDFF, "Arabic"),
    (0xFE70, 0xFEFE, "Arabic"),
    (0xFF21, 0xFF5A, "Latin"),
    (0xFF66, 0xFF9F, "Kana"),
    (0x20000, 0x323AF, "Han"),
)
_STARTS = [first for first, _, _ in _BLOCKS]

# Languages (ISO 639-1) that their script alone gives away. Latin, Cyrillic, Arabic and
# Devanagari are shared by too many; Han without Kana is taken for Chinese.
_LANGUAGE = {
    "Greek": "el",
    "Armenian": "hy",
    "Hebrew": "he",
    "Gurmukhi": "pa",
    "Gujarati": "gu",
    "Oriya": "or",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Sinhala": "si",
    "Thai": "th",
    "Lao": "lo",
    "Tibetan": "bo",
    "Myanmar": "my",
    "Georgian": "ka",
    "Hangul": "ko",
    "Khmer": "km",
    "Han": "zh",
}
# Scripts written without spaces, where a word n-gram is a whole clause.
UNSPACED = frozenset({"Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"})
# Kana's least share of the letters of Japanese. It is about half in jsts and jnli (measured);
# Chinese text with a Japanese name or brand stays below.
_KANA_SHARE = 0.1
_LEAST_SHARE = 0.05  # a script with a smaller share of the letters is a quotation


def script_shares(texts: Iterable[str]) -> dict[str, float]:
    """The share of each script among the letters, 0 to 1, largest first; {} without letters."""
    characters: Counter[str] = Counter()
    for text in texts:
        characters.update(text)
    counts: Counter[str] = Counter()
    for character, count in characters.items():
        if character.isalpha():
            counts[script_of(character)] += count
    total = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {name: count / total for name, count in ranked}


def main_script(text: str) -> str | None:
    """The script most of a text's letters are of; None without letters."""
    return next(iter(script_shares([text])), None)


def script_of(character: str) -> str:
    """The script of a letter, "other" where none of the table has it."""
    code = ord(character)
    place = bisect_right(_STARTS, code) - 1
    if place >= 0 and code <= _BLOCKS[place][1]:
        return _BLOCKS[place][2]
    return "other"


def guessed_languages(shares: dict[str, float]) -> tuple[str, ...]:
    """Codes of the languages the scripts give away; () where they are shared, as Latin is."""
    main = {name: share for name, share in shares.items() if share >= _LEAST_SHARE}
    japanese = shares.get("Kana", 0.0) >= _KANA_SHARE
    found = [_LANGUAGE[name] for name in main if name in _LANGUAGE]
    if japanese:
        found = ["ja"] + [code for code in found if code != "zh"]
    return tuple(found)


def is_unspaced(shares: dict[str, float]) -> bool:
    """Whether most letters belong to scripts written without spaces between words."""
    return sum(share for name, share in shares.items() if name in UNSPACED) > 0.5
