"""Every message has its sentence, and every sentence is somebody's message."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

import pick_model
from pick_model.documents.reader import reason_of
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
    """Code -> names of its values, for every literal `message(code, name=…)` or `phrase(…)`.

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
                found |= {code: {"value", "limit", "machine"} for code in literal(node.args[0])}
            elif node.func.id in ("message", "phrase"):
                for code in literal(node.args[0]):
                    assert found.setdefault(str(code), names) == names, code
    return found


def test_messages_and_sentences_match_to_the_last_value() -> None:
    wanted = {
        code: {name for _, name, _, _ in Formatter().parse(text) if name}
        for code, text in SENTENCES.items()
        if not code.startswith(("term:", "value:", "word:", "joint:", "time:"))
    }
    assert told_in_the_program() == wanted


def test_a_document_refuses_with_a_message_and_no_sentence() -> None:
    raised = {
        str(path.relative_to(SOURCE))
        for path in (SOURCE / "documents").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and ast.unparse(node.exc.func) in ("ValueError", "TypeError", "AssertionError")
    }
    assert not raised


VALUES = {code: text for code, text in SENTENCES.items() if code.startswith("value:")}


class Strict(BaseModel):
    """A field for each thing that a schema may ask for."""

    count: Annotated[int, Field(strict=True, ge=1, le=9)] = 1
    share: Annotated[float, Field(strict=True, gt=0, lt=1, allow_inf_nan=False)] = 0.5
    name: Annotated[str, Field(min_length=2, max_length=3, pattern="^a")] = "ab"
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    listed: list[int] = []
    table: dict[str, int] = {}
    kind: Literal["a", "b"] = "a"
    flag: bool = False
    nothing: None = None


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("count", "1", "should be a valid integer"),
        ("count", 0, "should be greater than or equal to 1"),
        ("count", 10, "should be less than or equal to 9"),
        ("share", "x", "should be a valid number"),
        ("share", 0.0, "should be greater than 0"),
        ("share", 1.0, "should be less than 1"),
        ("share", float("nan"), "should be a finite number"),
        ("name", 1, "should be a valid string"),
        ("name", "a", "should have at least 2 characters"),
        ("name", "abcd", "should have at most 3 characters"),
        ("name", "ba", "should match '^a'"),
        ("names", 1, "should be a list"),
        ("names", (), "should have at least 1 item"),
        ("names", ("a", "b", "c"), "should have at most 2 items"),
        ("listed", 1, "should be a list"),
        ("table", 1, "should be a mapping (key: value)"),
        ("kind", "c", "should be 'a' or 'b'"),
        ("flag", "maybe", "should be true or false"),
        ("flag", [], "should be true or false"),
        ("nothing", 1, "should be null"),
    ],
)
def test_what_a_schema_asks_for_is_told_in_words_of_ours(
    field: str, value: object, text: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Strict.model_validate({field: value})
    [problem] = caught.value.errors()
    told = reason_of(problem)
    assert told.code in VALUES
    assert say(told) == text


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
