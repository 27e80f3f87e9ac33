"""The plain JSON-like core of YAML 1.2, as values with the line of each.

`no` and `off` are words, `1e-5` is a number, 3e9 a whole one, and digits too many for a number
(a 40-digit revision) are text. Tags that build objects, duplicate keys, and aliases that
multiply are refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from pick_model.errors import InputError, Location
from pick_model.words.message import Message
from pick_model.words.say import message

Path_ = tuple[str | int, ...]

MAX_DEPTH = 50  # our documents nest five deep
MAX_ALIASED_NODES = 10_000  # values reached through aliases; no honest catalog has that many

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
    ".inf": float("inf"), ".Inf": float("inf"), ".INF": float("inf"),
    "-.inf": float("-inf"), "-.Inf": float("-inf"), "-.INF": float("-inf"),
}  # fmt: skip

_NO_KEY = object()


def _scalar(event: Any) -> object:
    """The value of a scalar; only plain (unquoted) ones are numbers, booleans or null."""
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if len(text) <= 30 and _FLOAT.fullmatch(text) and not text.lstrip("+-").isdigit():
        number = float(text)
        # 3.3e9 is how people write a large count.
        return int(number) if "e" in text.lower() and number.is_integer() else number
    return text


class Builder:
    """Builds values from parser events: one flat pass, so depth cannot overflow a stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Any = None
        self.lines: dict[Path_, int] = {}
        self._stack: list[Any] = []  # open containers
        self._paths: list[Path_] = []
        self._keys: list[Any] = []  # pending key of each open mapping; _NO_KEY between pairs
        self._anchors: dict[str, tuple[Any, int]] = {}  # value, nodes under it
        self._open_anchors: list[str | None] = []
        self._counts: list[int] = []
        self._aliased = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        line = event.start_mark.line + 1
        if getattr(event, "tag", None) not in (None, "!") and kind is not yaml.AliasEvent:
            self._fail(message("yaml-tag-not-allowed", tag=event.tag), line)
        if kind is yaml.ScalarEvent:
            value = _scalar(event)
            if event.anchor:
                self._anchors[event.anchor] = (value, 1)
            self._add(value, line, 1)
        elif kind is yaml.MappingStartEvent:
            self._open({}, event.anchor, line)
        elif kind is yaml.SequenceStartEvent:
            self._open([], event.anchor, line)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            self._close()
        elif kind is yaml.AliasEvent:
            if event.anchor not in self._anchors:
                self._fail(message("yaml-alias-undefined", anchor=event.anchor), line)
            value, size = self._anchors[event.anchor]
            self._aliased += size
            if self._aliased > MAX_ALIASED_NODES:
                self._fail(message("yaml-aliases-expand"), line)
            self._add(value, line, size)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                self._fail(message("yaml-several-documents"), line)

    def _fail(self, problem: Message, line: int) -> None:
        raise InputError(problem, location=Location(self.file, line))

    def _open(self, container: Any, anchor: str | None, line: int) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._fail(message("yaml-too-deep", most=MAX_DEPTH), line)
        path = self._add(container, line, 1)
        self._stack.append(container)
        self._paths.append(path)
        self._keys.append(_NO_KEY)
        self._open_anchors.append(anchor)
        self._counts.append(1)

    def _close(self) -> None:
        container = self._stack.pop()
        self._paths.pop()
        self._keys.pop()
        size = self._counts.pop()
        anchor = self._open_anchors.pop()
        if anchor:
            self._anchors[anchor] = (container, size)
        if self._counts:
            self._counts[-1] += size

    def _add(self, value: Any, line: int, size: int) -> Path_:
        """Put a finished or just opened value into the innermost container."""
        if not self._stack:
            self.root = value
            self.lines[()] = line
            return ()
        self._counts[-1] += size
        top, path = self._stack[-1], self._paths[-1]
        if isinstance(top, list):
            here = (*path, len(top))
            top.append(value)
        elif self._keys[-1] is _NO_KEY:
            if not isinstance(value, str):
                self._fail(message("yaml-key-no-text", key=repr(value)), line)
            if value in top:
                self._fail(message("yaml-key-twice", key=value), line)
            if value == "<<":
                self._fail(message("yaml-merge-key"), line)
            self._keys[-1] = value
            place = (*path, value)
            self.lines[place] = line
            return path
        else:
            here = (*path, self._keys[-1])
            top[self._keys[-1]] = value
            self._keys[-1] = _NO_KEY
        self.lines.setdefault(here, line)
        return here
