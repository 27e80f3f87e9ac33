"""Plain values as YAML in the order given, the same bytes with every version of a library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pick_model.documents.lock import Lock
from pick_model.record import to_builtins

HEADER = """Written by pick-model lock: review the difference, do not edit by hand.
pick-model gate checks it."""
# Words that no reader, of YAML 1.1 or 1.2, takes for anything but text stand unquoted.
_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9]*([ ._/@+-]+[A-Za-z0-9]+)*")
_TAKEN = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}


def lock_yaml(lock: Lock) -> str:
    """The text of `pick-model.lock`."""
    return as_yaml(to_builtins(lock), HEADER)


def as_yaml(plain: Mapping[str, Any], header: str = "") -> str:
    """The mapping as block YAML; lists of numbers and empty containers stay on one line.

    plain: str, int, finite float, bool, None, lists and mappings of these with text keys.
    header: comment lines, without their #.
    """
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    return comment + "".join(f"{line}\n" for line in _mapping(plain, ""))


def _mapping(plain: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in plain.items():
        head = f"{indent}{_scalar(key)}:"
        if isinstance(value, Mapping) and value:
            yield head
            yield from _mapping(value, indent + "  ")
        elif _is_block(value):
            yield head
            for item in value:
                yield from _item(item, indent)
        else:
            yield f"{head} {inline(value)}"


def _item(item: Any, indent: str) -> Iterator[str]:
    if not isinstance(item, Mapping) or not item:
        yield f"{indent}- {inline(item)}"
        return
    lines = list(_mapping(item, indent + "  "))
    yield f"{indent}- {lines[0].lstrip()}"
    yield from lines[1:]


def _is_block(value: Any) -> bool:
    """Lists of text or mappings get a line an item, so that a diff shows the item."""
    return isinstance(value, list | tuple) and any(
        isinstance(item, str | Mapping) for item in value
    )


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        pairs = (f"{_scalar(key)}: {inline(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _SAFE.fullmatch(value) and value.lower() not in _TAKEN:
        return value
    if isinstance(value, str):
        # A JSON string is a double-quoted YAML one, but for the halves JSON escapes in pairs.
        quoted = json.dumps(value, ensure_ascii=False)
        return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
    return json.dumps(value, allow_nan=False)
