"""One name, one meaning."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pick_model

SOURCE = Path(pick_model.__file__).parent
# Classes of one name that mean one thing in two places, and why.
ALIKE = {
    "SingleLabel": "a kind of label: read in data, decided in measure",
    "MultiLabel": "a kind of label: read in data, decided in measure",
    "Regression": "a kind of label: read in data, decided in measure",
    "Tokens": "a kind of label: read in data, decided in measure",
    "Decision": "the belief's, and the document that reports it",
    "Settings": "of one way of measuring",
    "Work": "of one way of measuring",
    "Method": "an option of one command",
    "ReportFormat": "an option of one command",
}


def classes() -> dict[str, list[str]]:
    """Public classes by name, with the modules that define them."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path.relative_to(SOURCE)))
    return found


def test_no_two_classes_of_one_name_mean_different_things() -> None:
    twice = {name: where for name, where in classes().items() if len(where) > 1}
    assert not {name: where for name, where in twice.items() if name not in ALIKE}
    assert set(ALIKE) <= set(twice), "a name that stands once needs no reason"


def test_modules_are_called_by_words_of_the_trade() -> None:
    """What a module holds, not that somebody found, told or wrote it."""
    private = {"own", "boring", "told", "said", "looked", "written", "found", "heard"}
    assert not [path for path in SOURCE.rglob("*.py") if path.stem in private]
