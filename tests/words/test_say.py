"""Every message has its sentence, and every sentence is somebody's message."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

import pick_model
from pick_model.hub.faults import FAULTS
from pick_model.words.english import SENTENCES, TABLES
from pick_model.words.say import message, say

SOURCE = Path(pick_model.__file__).parent


def literal(node: ast.expr) -> list[str]:
    """The code, or both codes of `one if … else other`."""
    if isinstance(node, ast.IfExp):
        return literal(node.body) + literal(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) else []


def told_in_the_program() -> dict[str, set[str]]:
    """Code -> names of its values, for every literal `message(code, name=…)` of the program.

    The faults of the Hub stand in a table.
    """
    found: dict[str, set[str]] = {}
    for row in FAULTS.values():
        for code, *values in (row.message, row.hint):
            assert found.setdefault(code, set(values)) == set(values), code
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            names = {word.arg for word in node.keywords if word.arg}
            if node.func.id == "_over":  # a message of an amount over a machine's memory
                found[node.args[0].value] = {"value", "limit", "machine"}  # type: ignore[attr-defined]
            elif node.func.id == "message":
                for code in literal(node.args[0]):
                    assert found.setdefault(str(code), names) == names, code
    return found


def test_messages_and_sentences_match_to_the_last_value() -> None:
    wanted = {
        code: {name for _, name, _, _ in Formatter().parse(text) if name}
        for code, text in SENTENCES.items()
        if not code.startswith(("term:", "value:"))
    }
    assert told_in_the_program() == wanted


def test_no_code_has_two_sentences() -> None:
    assert sum(map(len, TABLES)) == len(SENTENCES)


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (3.2701, 3.27, "at least 3.2701 ms an input, over 3.27"),
        (40.0, 8.0, "at least 40 ms an input, over 8"),
    ],
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


@pytest.mark.parametrize(("n", "text"), [(0, "nothing"), (1, "1 row"), (1200, "1,200 rows")])
def test_one_and_many_have_their_words(n: int, text: str) -> None:
    assert say(message("x", n=n), {"x": "{n:nothing|# row|# rows}"}) == text


def test_messages_and_lists_within_a_message_are_said() -> None:
    table = {"all": "{some} of {names!r} by {name:term}", "one": "a {what}", "term:tfidf": "TF-IDF"}
    some = (message("one", what="cat"), message("one", what="{dog}"))
    told = message("all", some=some, names=("a", "b"), name="tfidf")
    assert say(told, table) == "a cat, a {dog} of 'a', 'b' by TF-IDF"
