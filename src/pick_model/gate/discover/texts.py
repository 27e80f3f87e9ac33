"""Texts an expression may be, and what methods and operators make of them.

Bounded: the texts of one expression and the letters of each. Beyond a bound it is not told.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Callable, Sequence
from itertools import product

from pick_model.gate.discover import containers
from pick_model.gate.discover.expression import MAX_VALUES, UNTOLD, ReadsExpressions, Values
from pick_model.gate.discover.references import MAX_TEXT
from pick_model.gate.discover.scopes import Scope

UNCHANGED = frozenset({"str", "expandvars", "intern"})  # functions that give the text they take
# Methods that give another text, without arguments or with texts.
WITHOUT = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "casefold"})
WITH = frozenset({"replace", "removeprefix", "removesuffix", "strip", "lstrip", "rstrip"})


def made(parts: Sequence[Values], make: Callable[..., str]) -> Values:
    """One text from each choice of the parts' texts; untold where a part is."""
    n = 1
    for part in parts:
        n *= len(part.texts)
    longest = sum(max(map(len, part.texts), default=0) for part in parts)
    if n > MAX_VALUES or longest > MAX_TEXT:
        return UNTOLD
    try:
        texts = tuple(make(*choice) for choice in product(*(part.texts for part in parts)))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, MemoryError):
        return UNTOLD
    if any(len(text) > MAX_TEXT for text in texts):
        return UNTOLD
    more = any(part.more or part.none or part.thing for part in parts)
    return Values(tuple(dict.fromkeys(texts)), more)


def of_method(
    reader: ReadsExpressions, function: ast.Attribute, node: ast.Call, scope: Scope
) -> Values | None:
    """What a method of a text gives."""
    word = function.attr
    if word == "format":
        shape = reader.values(function.value, scope)
        if any(not plain_format(text) for text in shape.texts):
            return UNTOLD  # a width would multiply letters
        names = [k.arg or "" for k in node.keywords]
        given = [*node.args, *(k.value for k in node.keywords)]
        n = len(node.args)

        def filled(text: str, *values: str) -> str:
            return text.format(*values[:n], **dict(zip(names, values[n:], strict=True)))

        return made([shape, *(reader.plain(one, scope) for one in given)], filled)
    if word == "join" and len(node.args) == 1:
        glue, parts = (
            reader.values(function.value, scope),
            containers.each(reader, node.args[0], scope),
        )
        if parts is None:
            return None
        read = [reader.plain(*part) for part in parts]
        return made([glue, *read], lambda between, *every: between.join(every))
    if (word in WITHOUT and not node.args) or (word in WITH and node.args):
        read = [reader.values(one, scope) for one in (function.value, *node.args)]
        return made(read, lambda text, *words: str(getattr(text, word)(*words)))
    return None


def joined(*parts: str) -> str:
    return "".join(parts)


def percent(shape: str, *given: str) -> str:
    return shape % given


def only_s(text: str) -> bool:
    return text.replace("%%", "").count("%") == text.replace("%%", "").count("%s")


def plain_format(text: str) -> bool:
    try:
        fields = [*string.Formatter().parse(text)]
    except ValueError:
        return False
    return all(
        not spec and not kind and "." not in (name or "") and "[" not in (name or "")
        for _, name, spec, kind in fields
    )
