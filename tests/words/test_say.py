"""Every message has its sentence, and every sentence is somebody's message."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

import pick_model
from pick_model.words.english import SENTENCES
from pick_model.words.say import message, say

SOURCE = Path(pick_model.__file__).parent


def told_in_the_program() -> dict[str, set[str]]:
    """Code -> names of its values, for every literal `message(code, name=…)` of the program."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            names = {word.arg for word in node.keywords if word.arg}
            if node.func.id == "message" and isinstance(node.args[0], ast.Constant):
                found[str(node.args[0].value)] = names
            elif node.func.id == "_over":  # a message of an amount over a machine's memory
                found[str(ast.literal_eval(node.args[0]))] = {"value", "limit", "machine"}
    return found


def test_messages_and_sentences_match_to_the_last_value() -> None:
    wanted = {
        code: {name for _, name, _, _ in Formatter().parse(text) if name}
        for code, text in SENTENCES.items()
    }
    assert told_in_the_program() == wanted


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [(3.2701, 3.27, "3.2701 ms an input, over 3.27"), (40.0, 8.0, "40 ms an input, over 8")],
)
def test_a_figure_over_its_limit_is_told_in_digits_that_show_it(
    value: float, limit: float, text: str
) -> None:
    told = message("estimate-over", value=value, limit=limit, what="ms an input")
    assert say(told) == text


def test_what_would_be_enough_is_rounded_up() -> None:
    assert say(message("allow-estimate", at_least=3.001, what="GiB")) == "allow 3.01 GiB"


def test_another_language_is_another_table() -> None:
    german = {"model-banned": "ist gesperrt"}
    assert say(message("model-banned"), german) == "ist gesperrt"
