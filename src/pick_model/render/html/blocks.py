"""What a page is made of: an opening, sections, and the blocks in them.

A report becomes a `Sheet`; `page.written` makes HTML of it. A new report needs a function to a
`Sheet` and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from markupsafe import Markup


class Cell(NamedTuple):
    """A cell of a table, or one value."""

    text: str
    order: float | None = None  # what it is sorted by, and why it stands to the right
    href: str | None = None  # shown as a link where it is http(s)
    tone: str = ""  # good | bad | doubt | dim
    shade: int = 0  # 0 to 9: how dark the ground is, in a matrix


@dataclass(frozen=True)
class Table:
    """Rows under headings, sorted by a click on one; `find` puts a field above to filter by."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell | str]]
    caption: str  # what a screen reader calls it, shown above
    find: bool = False
    matrix: bool = False  # the first cell of each row heads it, and nothing is sorted
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Prose:
    """Paragraphs."""

    lines: tuple[str, ...]
    tone: str = ""
    kind: ClassVar[str] = "prose"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    lines: tuple[str, ...]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Chart:
    """A drawing and the sentence that says what it shows."""

    svg: Markup
    caption: str
    kind: ClassVar[str] = "chart"


@dataclass(frozen=True)
class TermList:
    """Names and what they are."""

    pairs: tuple[tuple[str, Cell], ...]
    kind: ClassVar[str] = "terms"


@dataclass(frozen=True)
class CommandBlock:
    """A line to type, with a button that copies it."""

    line: str
    kind: ClassVar[str] = "command"


@dataclass(frozen=True)
class Live:
    """A place that the script of the page fills, and what stands there without scripts."""

    name: str
    instead: tuple[Any, ...] = ()  # blocks
    kind: ClassVar[str] = "live"


Block = Table | Prose | Bullets | Chart | TermList | CommandBlock | Live


class Section(NamedTuple):
    """A part of the page that a link can point at."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""  # what to look at, in a sentence
    split: bool = False  # two blocks stand beside each other where there is room


class Tile(NamedTuple):
    """One figure of the opening."""

    label: str
    value: str
    note: str = ""


class Opening(NamedTuple):
    """The decision: what a reader who reads no further should know."""

    over: str  # what the page is about, in small print above
    before: str  # the word before the title, such as "take"
    title: str
    lines: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()
    command: str = ""
    small: tuple[str, ...] = ()  # what it rests on
    tone: str = ""  # good | bad | doubt


class Sheet(NamedTuple):
    """A whole page before it is written."""

    title: str
    opening: Opening
    sections: tuple[Section, ...]
    data: Mapping[str, Any] | None = None  # what the script of a ranking reads
