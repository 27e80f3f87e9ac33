"""The arguments of a loading call, and which of them names the model."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import NamedTuple

from pick_model.gate.discover.callee import Callee
from pick_model.gate.discover.loaders import Loader
from pick_model.gate.discover.references import OWNER_NAME
from pick_model.gate.discover.scopes import Scope

LIKE_A_NAME = re.compile(
    r"^(?!hub_|push_|file|cache).*(model|repo|checkpoint|(^|_)(id|name|path)$)"
)


class Given(NamedTuple):
    """The arguments of a call, those of `partial` first."""

    args: tuple[ast.expr, ...]
    keywords: Mapping[str, ast.expr]
    spread: bool  # a `*` or `**` that hides what else is given


def given_of(callee: Callee, call: ast.Call) -> Given:
    spread = any(k.arg is None for k in (*callee.keywords, *call.keywords))
    keywords = {k.arg: k.value for k in (*callee.keywords, *call.keywords) if k.arg}
    for keyword in (*callee.keywords, *call.keywords):
        if keyword.arg is None:  # `_with_nested` looks into one that is written out
            keywords.setdefault("", keyword.value)
    args = (*callee.args, *call.args[callee.skips :])
    starred = next((i for i, a in enumerate(args) if isinstance(a, ast.Starred)), len(args))
    return Given(args[:starred], keywords, spread or starred < len(args))


def name_in(loader: Loader, given: Given) -> ast.expr | None:
    """Where the model's name stands."""
    for keyword in loader.keywords:
        if keyword in given.keywords:
            return given.keywords[keyword]
    if loader.position is not None and loader.position < len(given.args):
        return given.args[loader.position]
    # A keyword we do not know, with the shape of a name, under the name of one.
    for keyword, value in given.keywords.items():
        if LIKE_A_NAME.search(keyword) and isinstance(value, ast.Constant):
            text = value.value
            if isinstance(text, str) and OWNER_NAME.fullmatch(text):
                return value
    return None


def with_nested(keywords: Mapping[str, ast.expr], scope: Scope) -> dict[str, ast.expr]:
    """The keywords, with those handed on in a dictionary; their own outrank them."""
    every: dict[str, ast.expr] = {}
    for name in ("model_kwargs", "hf_model_kwargs", "config_kwargs", ""):
        node = keywords.get(name)
        if isinstance(node, ast.Name):
            found = [b for b in scope.find(node.id) or [] if b.kind != "item"]
            node = found[0].node if len(found) == 1 else None
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    every[key.value] = value
    return {**every, **keywords}
