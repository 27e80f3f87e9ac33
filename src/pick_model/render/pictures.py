"""Intervals in characters, a line each on one axis, for a terminal of any width.

roberta-base   ··○····┝━━●━━┥    .71 → .77
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from pick_model.escape import plain
from pick_model.render.layout import ASCII, Page
from pick_model.render.words import scored, share
from pick_model.words.figures import places
from pick_model.words.message import Message
from pick_model.words.reader import tell, word
from pick_model.words.say import message

if TYPE_CHECKING:  # what a start need not read
    from pick_model.documents.accounts import Explanation
    from pick_model.documents.base import Figure
    from pick_model.documents.report import Candidate
    from pick_model.documents.retrieval import RetrievalReport, SearchFigures
    from pick_model.documents.screen import ScreenReport
    from pick_model.documents.select import SelectReport

LEAST, MOST = 12, 60  # columns of the axis: fewer tell nothing apart, more say no more
ROWS = 12  # models that are drawn; the table has all
# value, line, end, value before, line before, end of the axis; and in ASCII
SIGNS, IN_ASCII = "●━┃○·│", "O=|o.|"
_CUT, _CUT_IN_ASCII = "…", "~"

Ends = tuple[float, float, float]  # a value and the ends of its interval


class Strip(Struct, frozen=True):
    """One line of a picture."""

    label: str
    now: Ends
    shown: str  # the figures, to the right
    before: Ends | None = None


def strips(
    rows: Sequence[Strip], page: Page, caption: Message, between: Sequence[float] = ()
) -> None:
    """Every row's interval on one axis, its ends and a caption below; nothing where there is no
    room.

    between: what the axis reaches at least.
    """
    ends = [end for row in rows for end in (*row.now, *(row.before or ())) if isfinite(end)]
    ends += between
    labels = [_safe(row.label, page) for row in rows]
    shown = [_safe(row.shown, page) for row in rows]
    left = min(max(map(cell_len, labels), default=0), page.width // 3)
    right = max(map(cell_len, shown), default=0)
    columns = min(page.width - left - right - 4, MOST)
    if not ends or columns < LEAST:
        return
    low, high = min(ends), max(ends)
    signs = _signs(page)

    def column(value: float) -> int:
        part = (value - low) / (high - low) if high > low else 0.5
        return round(min(max(part, 0.0), 1.0) * (columns - 1))

    for label, row, figures in zip(labels, rows, shown, strict=True):
        drawn = [" "] * columns
        if row.before is not None:
            _draw(drawn, [column(end) for end in row.before], signs[4], signs[4])
        _draw(drawn, [column(end) for end in row.now], signs[1], signs[2])
        if row.before is not None:
            drawn[column(row.before[0])] = signs[3]
        drawn[column(row.now[0])] = signs[0]
        name = _fitted(label, left, _CUT if page.unicode else _CUT_IN_ASCII)
        page.verbatim(f"{name}  {''.join(drawn)}  {figures}")
    first, last = share(low), share(high)
    gap = columns - len(first) - len(last) - 2
    page.verbatim(f"{' ' * left}  {signs[5]}{first}{' ' * gap}{last}{signs[5]}")
    page.paragraph(tell(caption), dim=True)
    page.blank()


def _signs(page: Page) -> str:
    return SIGNS if page.unicode else IN_ASCII


def _safe(text: str, page: Page) -> str:
    """What the page makes of a text, whose width may differ."""
    return plain(text) if page.unicode else plain(text).translate(ASCII)


def _draw(cells: list[str], found: Sequence[int], line: str, end: str) -> None:
    """A line from the low place to the high one."""
    _, low, high = found
    cells[low : high + 1] = line * (high + 1 - low)
    cells[low] = cells[high] = end


def _fitted(label: str, width: int, cut: str) -> str:
    """The label in so many columns; of a longer one the middle is left out."""
    if cell_len(label) <= width:
        return set_cell_size(label, width)
    tail = (width - 1) // 2
    return f"{set_cell_size(label, width - 1 - tail)}{cut}{label[-tail:]}"


def _spelt(name: str) -> str:
    """A name of the program as text spells it, which a sentence may put into words."""
    return name.replace("_", " ")


def _ends(figure: Figure) -> Ends:
    return figure.value, figure.low, figure.high


def expectations(candidates: Sequence[Candidate], page: Page) -> None:
    """What is expected of each candidate, all by one metric."""
    if not candidates:
        return
    metric = candidates[0].expected.metric
    rows = [
        Strip(c.id, _ends(c.expected), scored(c.expected.value, metric))
        for c in candidates[:ROWS]
        if c.expected.metric == metric
    ]
    strips(rows, page, message("picture-expected", what=_spelt(metric), dot=_signs(page)[0]))


def explanation(report: Explanation, page: Page) -> None:
    """The five criteria of one model, from 0 to 1."""
    rows = [
        Strip(word(_spelt(v.criterion)), (v.value, v.low, v.high), share(v.value))
        for v in report.values
    ]
    strips(rows, page, message("picture-criteria", dot=_signs(page)[0]), (0.0, 1.0))


def screen(report: ScreenReport, names: Mapping[str, str], page: Page) -> None:
    """What each model's features score."""
    rows = [
        Strip(names[one.model], (one.score, *one.interval), places(one.score, 3))
        for one in report.results[:ROWS]
        if one.score is not None and one.interval is not None
    ]
    if len(rows) > 1:
        strips(
            rows, page, message("picture-scores", what=_spelt(report.metric), dot=_signs(page)[0])
        )


def searches(report: RetrievalReport, names: Mapping[str, str], page: Page) -> None:
    """What each model finds, and BM25."""
    read = [one for one in report.results if one.error is None]
    every: list[tuple[str, SearchFigures]] = [(names[one.model], one) for one in read[: ROWS - 1]]
    every.append((report.bm25.name, report.bm25))
    rows = [
        Strip(name, (one.score, *one.interval), places(one.score, 3))
        for name, one in every
        if one.score is not None and one.interval is not None
    ]
    rows.sort(key=lambda row: -row.now[0])
    if len(rows) > 1:
        strips(
            rows, page, message("picture-scores", what=_spelt(report.metric), dot=_signs(page)[0])
        )


def selection(report: SelectReport, names: Mapping[str, str], page: Page) -> None:
    """What was believed of each before and is now: all in the metric, or all in standard scores."""
    held = [one for one in report.results if one.believed is not None]
    in_metric = any(one.believed and one.believed.score for one in held)
    rows = []
    for one in held[:ROWS]:
        now, was = one.believed, one.prior
        figure = now and (now.score if in_metric else now.standing)
        earlier = was and (was.score if in_metric else was.standing)
        if figure:
            before = _ends(earlier) if earlier else None
            moved = f"{places(earlier.value, 3)} → " if earlier else ""
            shown = f"{moved}{places(figure.value, 3)}"
            rows.append(Strip(names[one.model], _ends(figure), shown, before))
    what = report.metric if in_metric else "standard_score"
    signs = _signs(page)
    strips(rows, page, message("picture-moved", what=_spelt(what), dot=signs[0], before=signs[3]))
