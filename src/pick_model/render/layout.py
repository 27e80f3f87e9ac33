"""Paragraphs and grids for a person, laid out and coloured by rich.

A report is written onto a `Page` block by block and comes out as one text, so that it can go
to a terminal, a pipe or a file. Nothing needs colour or Unicode to be understood.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Sequence

from msgspec import Struct
from rich.box import Box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pick_model.escape import inert, plain
from pick_model.terminal import coloured
from pick_model.words.reader import phrase, word

# What a reader looks for first has a colour; the rest of the page has none.
STYLES = {
    "pass": "bold green",
    "passed": "bold green",
    "ok": "green",
    "transfers": "bold green",
    "fail": "bold red",
    "short": "bold red",
    "error": "bold red",
    "does-not-transfer": "bold red",
    "inconclusive": "yellow",
    "warning": "yellow",
    "undecided": "yellow",
}
MOST_GLUED = 24  # columns: `[default: balanced]` fits in
ASIDE = r"(?<=.)\[[^\[\]]+\]$"  # at the end, in brackets: a default, a source, an interval
WIDE_SPACE = 120  # columns from which cells stand two spaces apart, where they do not fold for it
MOST_PROSE = 160  # columns of a sentence; set by hand: in longer lines the eye loses its place
LEAST_FOLDED = 8  # columns of a cell that folds; set by hand: fewer are a ladder of syllables
GLUE = "\ue000"  # a space at which no line breaks: rich breaks at every space that Unicode has
BREAK = "\x1f"  # a space of no width, at which lines break that have no spaces
# Scripts that are written without spaces, and their punctuation: lines may break at any character
# but before what closes and after what opens.
_WIDE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_CLOSING = "，。、；：？！）】」』》〉〕…—,.;:?!)\\]}%"
_OPENING = "（【「『《〈〔(\\[{"
_BETWEEN = (
    rf"(?<=[{_WIDE}])(?<![{_OPENING}])(?=[^\s{_CLOSING}])"
    rf"|(?<=[^\s{_OPENING}])(?=[{_WIDE}])(?![{_CLOSING}])"
)
_JOINTS = re.compile(r"(?<=[-_/])(?=\w)|(?<=\.)(?=[a-z])")  # where a name breaks, if it must
_WORDS = re.compile(r"(?:'[^']*'|\"[^\"]*\"|\\.|[^\s'\"])+")  # of a command line
# What stands in for a character where the terminal has ASCII alone.
ASCII = str.maketrans(
    {bar: str(height) for height, bar in enumerate("▁▂▃▄▅▆▇█", start=1)}
    | {
        "·": ".",
        "–": "-",
        "−": "-",
        "×": "x",
        "≤": "<=",
        "≥": ">=",
        "→": "->",
        "…": "...",
        "─": "-",
        "╌": "-",
        "│": "|",
    }
)


class Column(Struct, frozen=True):
    """A column of a grid; only `fold` columns give way when the width is short."""

    title: str
    right: bool = False
    fold: bool = False
    most: int = 0  # columns from which it folds where space is short
    style: str = ""  # of the cells; a cell that is a word of STYLES has that style anyway


class Page:
    """Blocks for a terminal of a given width; styles only where colour is wanted."""

    def __init__(self, width: int, colour: bool, encoding: str = "utf-8") -> None:
        self.width = width
        self.unicode = encoding.lower().replace("-", "").startswith("utf")
        self._colour = colour
        self._styles = STYLES | {word(name): style for name, style in STYLES.items()}
        self._blocks: list[tuple[int, RenderableType]] = []  # width, block

    def text(self) -> str:
        """Everything written so far."""
        out = io.StringIO()
        console = Console(
            file=out,
            width=self.width,
            force_terminal=self._colour,
            no_color=not self._colour,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
            soft_wrap=False,
        )
        for width, block in self._blocks:
            console.width = width
            console.print(block)
        written = out.getvalue().replace(GLUE, " ").replace(BREAK, "")
        return "\n".join(inert(line.rstrip()) for line in written.split("\n"))

    def _safe(self, text: str) -> str:
        """Without what would control the terminal or what it cannot show."""
        return plain(text) if self.unicode else plain(text).translate(ASCII)

    def _breaking(self, text: str) -> str:
        """The same, with places to break where the script has no spaces."""
        safe = self._safe(text)
        # Sets of so many characters take their time to compile, and few pages have any of them.
        wide = max(safe.replace(GLUE, ""), default="") >= _WIDE[0]
        return re.sub(_BETWEEN, BREAK, safe) if wide else safe

    def blank(self) -> None:
        """An empty line."""
        self._add(Text())

    def _add(self, block: RenderableType, indent: int = 0, most: int = 0) -> None:
        """A block; `most`: columns it takes at most, however wide the page."""
        width = min(self.width, most or self.width)
        self._blocks.append((width, Padding(block, (0, 0, 0, indent)) if indent else block))

    def paragraph(
        self, words: str, *, label: str = "", dim: bool = False, indent: int = 0, style: str = ""
    ) -> None:
        """Words folded to the width, after an optional bold label."""
        text = Text(overflow="fold")
        if label:
            text.append(self._breaking(phrase("label", name=label)), style=style or "bold")
        text.append(self._breaking(words), style="dim" if dim else "" if label else style)
        self._add(text, indent, most=MOST_PROSE)

    def opening(self, bold: str, parts: Sequence[str]) -> None:
        """A line that a document opens with: first words in bold, then others, each whole."""
        text = Text(overflow="fold").append(self._safe(bold), style="bold green")
        gap = {":": " ", "：": ""}.get(bold[-1:], "   ")
        room = self.width - (cell_len(bold + gap) if gap != "   " else 0)  # no label stands alone
        for part in parts:
            whole = cell_len(part) <= room
            shown = self._safe(part).replace(" ", GLUE) if whole else self._breaking(part)
            text.append(gap + shown)
            gap = "   "
        self._add(text)

    def heading(self, bold: str, rest: str = "", style: str = "bold") -> None:
        """A bold name and what follows it."""
        if rest:
            self.paragraph(rest, label=bold, style=style)
        else:
            self._add(Text(self._breaking(bold), style=style, overflow="fold"))

    def definition(self, term: str, words: str, width: int) -> None:
        """What is typed and, `width` columns on or below it, what it does; [default: …] is dim."""
        about = Text(_whole_aside(self._breaking(words)), overflow="fold")
        about.highlight_regex(ASIDE, "dim")
        width = min(width, self.width // 2)
        if cell_len(term) > width:
            self._add(Text(self._safe(term), style="cyan", overflow="fold"), indent=2)
            term = ""
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_column(width=width, style="cyan", no_wrap=True)
        row.add_column()
        row.add_row(Text(self._safe(term)), about)
        self._add(row, indent=2)

    def verbatim(self, line: str, indent: int = 0, style: str = "") -> None:
        """A line that is never folded: to be copied, or found whole by an editor or `patch`."""
        line = self._safe(line)
        width, self.width = self.width, max(self.width, indent + cell_len(line))
        self._add(Text(line, style=style), indent)
        self.width = width

    def command(self, line: str, indent: int = 0, style: str = "") -> None:
        """What can be typed as it stands: too long, it goes on after a backslash."""
        whole = self._safe(line)
        if cell_len(whole) + indent <= self.width:
            self.verbatim(line, indent, style)
            return
        lines, here = [], ""
        for part in _with_values(_WORDS.findall(whole)):
            gap = " " if here else ""
            if here and cell_len(here + gap + part) + indent + 2 > self.width:
                lines.append(f"{here} \\")
                here, gap = "  ", ""
            here += gap + part
        for part in (*lines, here):
            self.verbatim(part, indent, style)

    def grid(
        self, columns: Sequence[Column], rows: Iterable[Sequence[str]], bold_rows: int = 0
    ) -> None:
        """A table under one rule; `bold_rows` of them are set in bold."""
        rows = [tuple(row) for row in rows]
        if _least_width(columns, rows) > self.width:
            self._stacked(columns, rows, bold_rows)
            return
        shown = [
            [self._cell(cell, column.fold) for column, cell in zip(columns, row, strict=True)]
            for row in rows
        ]
        titles = [Text(self._safe(column.title)) for column in columns]
        cells_of = zip(titles, *shown, strict=True)
        widths = [max(cell.cell_len for cell in cells) for cells in cells_of]
        table = Table(
            box=RULE if self.unicode else RULE_IN_ASCII,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1, 0, 0) if self._has_room(widths) else (0, 0),
            header_style="bold",
        )
        for column, title, width in zip(columns, titles, widths, strict=True):
            table.add_column(
                title,
                justify="right" if column.right else "left",
                overflow="fold",
                no_wrap=not column.fold,
                # Said for what does not fold, or rich lays each cell out once more to measure it.
                width=None if column.fold or column.most else width,
                max_width=(column.most if self.width < WIDE_SPACE else 0) or None,
                style=column.style,
            )
        for index, cells in enumerate(shown):
            table.add_row(*cells, style="bold" if index < bold_rows else "")
        self._add(table)

    def _has_room(self, widths: Sequence[int]) -> bool:
        """Whether all cells stand whole, two spaces apart."""
        return self.width >= WIDE_SPACE and sum(widths) + 2 * (len(widths) - 1) <= self.width

    def _stacked(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], bold_rows: int
    ) -> None:
        """The rows one below the other, where the page is too narrow for the columns."""
        named = 1 + (columns[0].title == "#")  # a rank is no name of a row
        for index, row in enumerate(rows):
            name = Text(GLUE, overflow="fold").join(self._cell(cell) for cell in row[:named])
            name.stylize("bold" if index < bold_rows else "")
            self._add(name)
            told = []
            for column, cell in zip(columns[named:], row[named:], strict=True):
                if cell:
                    title = f"{self._safe(column.title)} ".lstrip().replace(" ", GLUE)
                    told.append(Text(title, style="dim").append_text(self._cell(cell)))
            self._add(Text("; ", overflow="fold").join(told), indent=2)

    def _cell(self, text: str, breaks: bool = False) -> Text:
        """A cell; a name breaks where its parts are joined, unless it need not."""
        shown = self._breaking(text)
        if breaks and " " not in text:
            shown = _JOINTS.sub(BREAK, shown)
        cell = Text(shown, style=self._styles.get(text, ""), overflow="fold")
        cell.highlight_regex(ASIDE, "dim")
        return cell


def folded(text: str, width: int) -> list[str]:
    """The lines of a text folded to so many columns between words; a word that is longer stays
    whole, to be copied.
    """
    lines, here = [], ""
    for gap, part in re.findall(rf"(^|[ {BREAK}])([^ {BREAK}]+)", re.sub(_BETWEEN, BREAK, text)):
        joined = here + gap.strip(BREAK) + part
        if here and cell_len(joined) > width:
            lines.append(here)
            joined = part
        here = joined
    return [*lines, here]


def _least_width(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    """Columns of a page that a grid takes at least, a space between them: what does not fold is
    as wide as its widest cell, and what does has room for a word.
    """
    least = len(columns) - 1
    for place, column in enumerate(columns):
        width = max(cell_len(text) for text in (column.title, *(row[place] for row in rows)))
        least += min(width, LEAST_FOLDED) if column.fold else width
    return least


def _with_values(words: Sequence[str]) -> list[str]:
    """The words of a command, an option's value beside it."""
    found: list[str] = []
    for one in words:
        if found and found[-1].startswith("-") and " " not in found[-1] and one[0] != "-":
            found[-1] += f" {one}"
        else:
            found.append(one)
    return found


def _whole_aside(text: str) -> str:
    """The text, an aside of two or three words at its end kept on one line."""
    found = re.search(ASIDE, text)
    if found is None or cell_len(found[0]) > MOST_GLUED:
        return text
    return text[: found.start()] + found[0].replace(" ", GLUE)


# No lines but one under the head.
RULE = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
RULE_IN_ASCII = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


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
    encoding = "utf-8" if to_file else sys.stdout.encoding or "utf-8"
    return Page(min(max(width or 80, 40), 400), not to_file and coloured(sys.stdout), encoding)
