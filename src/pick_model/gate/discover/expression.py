"""What an expression may be, and the reader that tells it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from pick_model.gate.discover.scopes import Scope

MAX_VALUES = 64  # that one expression may stand for


class Values(NamedTuple):
    """What an expression may be."""

    texts: tuple[str, ...] = ()
    more: bool = False  # or something that reading does not tell
    none: bool = False  # or None
    thing: bool = False  # or something that is no text: a loaded model, a number


UNTOLD = Values(more=True)
THING = Values(thing=True)


def union(found: Iterable[Values]) -> Values:
    """Any of these."""
    every = list(found)
    texts = dict.fromkeys(text for one in every for text in one.texts)
    return Values(
        tuple(texts)[:MAX_VALUES],
        any(one.more for one in every) or len(texts) > MAX_VALUES,
        any(one.none for one in every),
        any(one.thing for one in every),
    )


class ReadsExpressions(Protocol):
    """Reads expressions of one module (`values.Reader`), for what is read along with them."""

    def values(self, node: ast.expr | None, scope: Scope) -> Values:
        """What an expression may be, read in a scope."""

    def plain(self, node: ast.expr, scope: Scope) -> Values:
        """The same, with a number for its digits."""

    def class_of(self, node: ast.expr, scope: Scope, depth: int = 0) -> Scope | None:
        """The class of this module that an expression is, or is an object of."""
