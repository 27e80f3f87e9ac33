"""The lines of parsed values, for formats whose parsers keep none."""

from __future__ import annotations

import re
from bisect import bisect_left

from pick_model.gate.discover.references import MAX_TEXT, Found, Perhaps, Use

MAX_TRIES = 20  # to find the line of a value beside its key


class Lines:
    """Finds the lines on which keys and values stand, each place once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._next: dict[str, int] = {}  # where to look for a value from

    def placed(self, found: Found) -> Found:
        """The same, on the next line that holds key and value, else on one with the value."""
        if not isinstance(found, Use | Perhaps):
            return found
        use = found.use if isinstance(found, Perhaps) else found
        use = use._replace(line=self._line(use.call, use.names[0] if use.names else use.call))
        return found._replace(use=use) if isinstance(found, Perhaps) else use

    def _line(self, key: str, value: str) -> int:
        start = self._next.get(value, 0)
        first = at = self._text.find(value, start)
        for _ in range(MAX_TRIES):
            if at < 0:
                break
            line = bisect_left(self._ends, at)
            begin = self._ends[line - 1] + 1 if line else 0
            if key in self._text[begin : at + len(value)][-MAX_TEXT:]:
                first = at
                break
            at = self._text.find(value, at + 1)
        if first < 0:
            return 1
        self._next[value] = first + 1
        return bisect_left(self._ends, first) + 1
