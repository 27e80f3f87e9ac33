"""Defaults that argparse and click give to options."""

from __future__ import annotations

import ast
from collections.abc import Iterator

CLICK = frozenset({"option", "argument"})  # its decorators


def argparse_values(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The default and the choices of an option, each with its destination."""
    names = [str(a.value) for a in call.args if isinstance(a, ast.Constant)]
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    dest = given.get("dest")
    if isinstance(dest, ast.Constant):
        names = [str(dest.value)]
    long = [name for name in names if name.startswith("--")] or names
    choices = given.get("choices")
    told = choices.elts if isinstance(choices, ast.List | ast.Tuple | ast.Set) else []
    for value in (given.get("default"), *told):
        if long and value is not None:
            yield _plain(long[0]), value


def click_values(decorator: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The default that a decorator of click gives to a parameter."""
    if not isinstance(decorator, ast.Call):
        return
    word = getattr(decorator.func, "attr", getattr(decorator.func, "id", ""))
    default = next((k.value for k in decorator.keywords if k.arg == "default"), None)
    for argument in decorator.args:
        if word in CLICK and default is not None and isinstance(argument, ast.Constant):
            yield _plain(str(argument.value)), default


def _plain(name: str) -> str:
    return name.lstrip("-").replace("-", "_")
