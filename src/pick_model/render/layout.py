"""Paragraphs and grids of plain text for a terminal of a given width.

rich would draw these tables as well, but importing and running it costs a third of what
`recommend` as a whole may take, so the few lines that are needed stand here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from pick_model.escape import inert, plain

MIN_FOLDED = 8  # columns a folding column keeps


class Column(NamedTuple):
    """A column of a grid; only `fold` columns give way when the width is short."""

    title: str
    right: bool = False
    fold: bool = False


class Page:
    """Collects lines; bold and dim only where the terminal wants them."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = width
        self._colour = colour
        self._lines: list[str] = []

    def text(self) -> str:
        """Everything written so far."""
        return "\n".join(self._lines) + "\n"

    def blank(self) -> None:
        """An empty line."""
        self._lines.append("")

    def _styled(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and text else text

    def paragraph(self, words: str, *, label: str = "", dim: bool = False, indent: int = 0) -> None:
        """Words folded to the width, after an optional bold label."""
        head = f"{plain(label)}: " if label else ""
        lines = fold(head + plain(words), self.width - indent)
        for index, folded in enumerate(lines):
            line = inert(folded)
            if index == 0 and head:
                line = self._styled(line[: len(head)], "1") + line[len(head) :]
            elif dim:
                line = self._styled(line, "2")
            self._lines.append(" " * indent + line)

    def heading(self, bold: str, rest: str = "") -> None:
        """A bold name and what follows it."""
        self.paragraph(rest, label=bold) if rest else self._lines.append(
            self._styled(plain(bold), "1")
        )

    def grid(
        self, columns: Sequence[Column], rows: Iterable[Sequence[str]], bold_rows: int = 0
    ) -> None:
        """A table without rules; `bold_rows` of them are set in bold."""
        cells = [[plain(c) for c in row] for row in rows]
        widths = _widths(columns, cells, self.width)
        self._row([c.title for c in columns], columns, widths, bold=True)
        for index, row in enumerate(cells):
            self._row(row, columns, widths, bold=index < bold_rows)

    def _row(
        self, row: Sequence[str], columns: Sequence[Column], widths: Sequence[int], bold: bool
    ) -> None:
        folded = [fold(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for line in range(max(len(f) for f in folded)):
            parts = []
            for lines, column, width in zip(folded, columns, widths, strict=True):
                cell = lines[line] if line < len(lines) else ""
                space = " " * (width - cell_width(cell))
                parts.append(space + cell if column.right else cell + space)
            text = inert(" ".join(parts).rstrip())
            self._lines.append(self._styled(text, "1") if bold else text)


def page_for_stdout(to_file: bool) -> Page:
    """A page of the terminal's width, 80 where there is none unless COLUMNS says otherwise."""
    terminal = not to_file and sys.stdout.isatty()
    width = 0
    if os.environ.get("COLUMNS", "").isdigit():
        width = int(os.environ["COLUMNS"])
    elif terminal:
        try:
            width = os.get_terminal_size(sys.stdout.fileno()).columns
        except OSError:
            width = 0
    plain_wanted = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Page(min(max(width or 80, 40), 400), terminal and not plain_wanted)


def cell_width(text: str) -> int:
    """Columns a text takes on a terminal; East Asian wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def fold(text: str, width: int) -> list[str]:
    """Lines no wider than `width`, broken at spaces, or anywhere where there is none."""
    if cell_width(text) <= width:
        return [text]
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        joined = f"{current} {word}" if current else word
        if cell_width(joined) <= width:
            current = joined
            continue
        if current:
            lines.append(current)
        while cell_width(word) > width:
            cut = _cut(word, width)
            lines.append(word[:cut])
            word = word[cut:]
        current = word
    lines.append(current)
    return lines


def _cut(word: str, width: int) -> int:
    """How many characters of a word fit; after a . _ / or - if one is near the end."""
    used = cut = 0
    for char in word:
        used += cell_width(char)
        if used > width:
            break
        cut += 1
    for back in range(cut, max(cut // 2, 1), -1):
        if word[back - 1] in "._/-":
            return back
    return max(cut, 1)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Natural widths, with the widest folding columns cut until everything fits."""
    widths = [
        max([cell_width(column.title), *(cell_width(row[i]) for row in rows)])
        for i, column in enumerate(columns)
    ]
    folding = [i for i, column in enumerate(columns) if column.fold]
    over = sum(widths) + len(widths) - 1 - width
    while over > 0 and folding:
        widest = max(folding, key=lambda i: (widths[i], -i))
        if widths[widest] <= MIN_FOLDED:
            break
        widths[widest] -= 1
        over -= 1
    return widths
