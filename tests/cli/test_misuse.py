"""What typer says of a wrong command line has a code and values of its own."""

from __future__ import annotations

import pytest

from pick_model.cli.misuse import misuse
from pick_model.words.message import Value
from pick_model.words.say import say


@pytest.mark.parametrize(
    ("words", "code", "values"),
    [
        ("No such option: --fo", "option-unknown", {"option": "--fo"}),
        (
            "No such option: --fo (Possible options: --format, --for)",
            "option-unknown-of",
            {"option": "--fo", "names": ("--format", "--for")},
        ),
        ("No such command 'x'.", "command-unknown", {"name": "'x'"}),
        ("Missing argument 'TASK.yaml'.", "left-out", {"kind": "argument", "name": "'TASK.yaml'"}),
        ("Missing option '--data'.", "left-out", {"kind": "option", "name": "'--data'"}),
        ("Option '--top' requires an argument.", "option-without-value", {"option": "'--top'"}),
        ("Option '--all' does not take a value.", "option-takes-none", {"option": "'--all'"}),
        ("Got unexpected extra argument(s) (x y)", "too-much", {"words": "x y"}),
        ("Got unexpected extra argument (x)", "too-much", {"words": "x"}),
        (
            "Invalid value for '--format' / '-f': 'x' is not one of 'a', 'b'.",
            "value-none-of",
            {"option": "'--format' / '-f'", "given": "'x'", "names": ("'a'", "'b'")},
        ),
        (
            "Invalid value for '--top': Input should be a valid integer, unable to parse it",
            "value-no-integer",
            {"option": "'--top'"},
        ),
        ("Invalid value for '--top': 'x' is not a valid int.", "value-no-integer", {"option": "'--top'"}),
        ("Invalid value for '--top': 'x' is not a valid float.", "value-no-number", {"option": "'--top'"}),
        (
            "Invalid value for '--top': 5 is too much: 4 is the most.",
            "option-wrong",
            {"option": "'--top'", "reason": "5 is too much: 4 is the most"},
        ),
        ("Who knows\nwhat", "in-words", {"words": "who knows\nwhat"}),
    ],
)  # fmt: skip
def test_each_form_is_known(words: str, code: str, values: dict[str, Value]) -> None:
    told = misuse(words)
    assert (told.code, told.values) == (code, values)
    if code not in ("value-no-integer", "value-no-number", "too-much"):  # told in words of ours
        assert say(told) == words[:1].lower() + words[1:].rstrip(".")
