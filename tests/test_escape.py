"""Somebody else's text controls no terminal, no reader and no CI runner, in any format."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model import escape
from pick_model.errors import InputError, Location
from pick_model.escape import in_json, inert, plain, plain_lines, shortened
from pick_model.render.gate_formats import MODULES, broken
from pick_model.render.layout import Column, Page
from pick_model.render.words import cell, markdown
from pick_model.words.say import message

CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F)]
CONTROLS += [*range(0x2066, 0x206A), 0xFEFF, 0xE0041]
COMMANDS = [
    "::error title=a::b",
    "  ::set-output name=a::b",
    "\t::add-mask::x",
    "a ##[error]b",
    "##vso[task.complete result=Failed;]done",
    "##teamcity[buildStatus status='FAILURE']",
    "section_start:1700000000:name",
    "x\n::error::b",
    "x\r\n::error::b",
    "x\u2028::error::b",
    "x\x85::error::b",
    "x\x0b::error::b",
]


def obeyed(document: str) -> list[str]:
    """The lines of a log that some CI runner would take for a command."""
    return [
        line
        for line in document.splitlines()
        if line.lstrip().startswith("::")
        or any(word in line for word in ("##[", "##vso[", "##teamcity["))
        or "section_start:1" in line
    ]


@pytest.mark.parametrize("code", CONTROLS)
def test_no_control_character_gets_through(code: int) -> None:
    text = f"a{chr(code)}b"
    for made in (
        plain(text),
        cell(text),
        markdown(text),
        in_json(json.dumps(text, ensure_ascii=False)),
    ):
        assert chr(code) not in made or code == 0x20
        assert len(made.splitlines()) == 1


@pytest.mark.parametrize("text", COMMANDS)
def test_no_text_is_a_command_to_a_runner(text: str) -> None:
    assert not obeyed(plain(text))
    assert not obeyed(plain_lines(text))
    assert not obeyed(in_json(json.dumps([text], ensure_ascii=False, indent=0)))


@given(st.text())
def test_plain_text_is_one_line_and_stays_as_it_is_the_second_time(text: str) -> None:
    once = plain(text)
    assert len(f"{once}.".splitlines()) == 1
    assert plain(once) == once
    assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") for c in once)


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner)))
def test_escaped_json_says_the_same(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    assert json.loads(in_json(text)) == value


def test_the_names_of_people_stay_readable() -> None:
    for name in ("naïve – 漢字", "می‌خواهم", "👩‍💻", "std::vector", "a #1 ## b"):
        assert plain(name) == name


def test_a_page_folds_no_text_into_a_command() -> None:
    page = Page(40, colour=False)
    page.paragraph("a" * 38 + " ::error title=x::y")
    page.heading("::error::y")
    page.paragraph("::error::y", indent=4)
    page.grid([Column("name", fold=True), Column("n")], [["b" * 39 + " ::error::y", "1"]])
    assert not obeyed(page.text())
    assert inert("::x") == "\\u003a:x"


@pytest.mark.parametrize("kind", ["text", "json", *MODULES])
@pytest.mark.parametrize("text", COMMANDS)
def test_no_format_of_an_error_lets_a_command_through(kind: str, text: str) -> None:
    told = message("in-words", words=f"{text}\u202eabc")
    error = InputError(told, location=Location(text, 3), hint=message("type", command=text))
    made = broken(error, kind, date(2026, 1, 2))
    if kind == "github":  # its first line is a command of our own
        assert made.startswith("::error file=")
        assert len(made.splitlines()) == 1
        made = made.removeprefix("::")
    assert not obeyed(made)
    assert "\u202e" not in made
    if kind in ("json", "sarif", "gitlab"):
        json.loads(made)
    if kind == "junit":
        ElementTree.fromstring(made)


def test_a_csv_cell_is_one_line() -> None:
    out = io.StringIO()
    csv.writer(out).writerow([cell("a\n::error::b\u2028c")])
    assert len(out.getvalue().splitlines()) == 1


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    text = "begin" + "x" * 5000 + "end"
    assert shortened("short") == "short"
    assert len(shortened(text)) < 1000
    assert shortened(text).startswith("begin")
    assert shortened(text).endswith("end")


def test_what_prints_holds_nothing_risky() -> None:
    """Or text that prints would pass unread."""
    risky = [chr(code) for code in range(0x110000) if re.fullmatch(escape._RISKY, chr(code))]
    assert len(risky) > 2000
    assert not [character for character in risky if character.isprintable()]
