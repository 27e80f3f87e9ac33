"""Scripts by Unicode block, and the languages they give away."""

from __future__ import annotations

import unicodedata

import pytest

from pick_model.data.scripts import (
    guessed_languages,
    is_unspaced,
    main_script,
    script_shares,
)


def test_shares_count_letters_and_nothing_else() -> None:
    assert script_shares(["abc 123 !?", "где", "😀"]) == {"Cyrillic": 3 / 6, "Latin": 3 / 6}
    assert script_shares(["12 34", ""]) == {}


@pytest.mark.parametrize(
    ("text", "script", "languages"),
    [
        ("naïve Œuvre ß", "Latin", ()),
        ("привет", "Cyrillic", ()),
        ("γειά", "Greek", ("el",)),
        ("שלום", "Hebrew", ("he",)),
        ("مرحبا", "Arabic", ()),
        ("नमस्ते", "Devanagari", ()),
        ("வணக்கம்", "Tamil", ("ta",)),
        ("สวัสดี", "Thai", ("th",)),
        ("안녕하세요", "Hangul", ("ko",)),
        ("你好世界", "Han", ("zh",)),
        ("日本語のテキスト", "Kana", ("ja",)),
        ("გამარჯობა", "Georgian", ("ka",)),
        ("ᚠᚢᚦ", "other", ()),
    ],
)
def test_scripts_and_what_they_tell_of_the_language(
    text: str, script: str, languages: tuple[str, ...]
) -> None:
    assert main_script(text) == script
    assert guessed_languages(script_shares([text])) == languages


def test_chinese_with_a_japanese_name_is_still_chinese() -> None:
    shares = script_shares(["我昨天在东京吃了好吃的" * 4 + "ラーメン"])
    assert guessed_languages(shares) == ("zh",)


def test_unspaced_means_that_most_letters_are_of_such_a_script() -> None:
    assert is_unspaced(script_shares(["你好世界 ok"]))
    assert not is_unspaced(script_shares(["hello 你好"]))


SAMPLED = (
    "LATIN GREEK CYRILLIC ARMENIAN HEBREW ARABIC DEVANAGARI BENGALI TAMIL THAI GEORGIAN HANGUL"
)


@pytest.mark.parametrize("script", SAMPLED.split())
def test_blocks_agree_with_the_names_of_their_letters(script: str) -> None:
    """The oracle: Unicode's own character names, over the first plane."""
    for code in range(0x41, 0xD7FF):
        letter = chr(code)
        if letter.isalpha() and main_script(letter) not in ("other", None):
            named = unicodedata.name(letter, "").startswith(f"{script} ")
            if named and not unicodedata.name(letter).startswith(f"{script} LETTER SMALL CAPITAL"):
                assert main_script(letter) == script.capitalize(), unicodedata.name(letter)
