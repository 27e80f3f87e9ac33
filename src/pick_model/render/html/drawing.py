"""Drawings as SVG: intervals, curves and bars. Colours are the style sheet's, by class.

Sizes are in units of the drawing; a page scales it to its width. Every drawing has a title, which
a screen reader reads, and the page says the same figures in a table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, floor, isfinite, log10
from typing import NamedTuple
from xml.etree import ElementTree

from markupsafe import Markup

from pick_model.escape import plain
from pick_model.words.figures import figure

WIDE, NARROW = 760, 330  # a page, and a phone
ROW, PAIR = 26, 30  # heights of a line with one interval, and with two
LETTER = 7.2  # mean width of a letter in DejaVu Sans at 12 px, the widest font of the style
Scale = Callable[[float], float]


class Bar(NamedTuple):
    """A value with its interval, beside a label."""

    label: str
    value: float
    low: float
    high: float
    shown: str  # the figures, to the right
    tone: str = ""  # "other" for what it is held against


class DrawnMove(NamedTuple):
    """What was expected of one and what is now: each a value and the ends of its interval."""

    label: str
    before: tuple[float, float, float] | None  # None: nothing was
    now: tuple[float, float, float]
    shown: str


class DrawnPoint(NamedTuple):
    """A point of a curve and its interval."""

    x: float
    value: float
    low: float
    high: float


class DrawnCurve(NamedTuple):
    """Points that a line joins."""

    label: str
    points: Sequence[DrawnPoint]


class Drawing:
    """Shapes one after the other."""

    def __init__(self, width: float, height: float, title: str) -> None:
        size = {"viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}", "role": "img"}
        size["class"] = "narrow" if width == NARROW else "wide"
        self._root = ElementTree.Element("svg", size)
        ElementTree.SubElement(self._root, "title").text = plain(title)

    def add(self, shape: str, kind: str, **place: float | str) -> ElementTree.Element:
        """A shape of a class, its coordinates rounded to a tenth."""
        found = {
            name.replace("_", "-"): f"{round(value, 1):g}"
            if isinstance(value, float | int)
            else value
            for name, value in place.items()
        }
        return ElementTree.SubElement(self._root, shape, {"class": kind, **found})

    def write(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        """A label; `anchor` says which end of it stands at x."""
        self.add("text", kind, x=x, y=y, text_anchor=anchor).text = plain(words)

    def markup(self) -> Markup:
        """The drawing as an element of a page; its texts are escaped."""
        return Markup(ElementTree.tostring(self._root, encoding="unicode"))  # noqa: S704


def both(draw: Callable[[float], Markup]) -> Markup:
    """A drawing for a page and one for a phone, of which the style sheet shows one."""
    return draw(WIDE) + draw(NARROW)


def intervals(bars: Sequence[Bar], title: str) -> Markup:
    """A dot and a line of its 90 % interval for each value, on one axis."""
    return both(lambda width: _intervals(bars, title, width))


def _intervals(bars: Sequence[Bar], title: str, width: float) -> Markup:
    left = (0.28 if width == WIDE else 0.37) * width  # of labels
    ends = [end for bar in bars for end in (bar.low, bar.high, bar.value) if isfinite(end)]
    ticks = steps(min(ends), max(ends), 6 if width == WIDE else 3)
    right = width - 16 - LETTER * max(len(bar.shown) for bar in bars)
    x = linear(ticks[0], ticks[-1], left, right)
    height = ROW * len(bars) + 34
    drawing = Drawing(width, height, title)
    _upright(drawing, ticks, x, height)
    for number, bar in enumerate(bars):
        y = 20 + ROW * number
        drawing.write(left - 10, y + 4, shortened(bar.label, left - 10), anchor="end")
        drawing.add("line", f"span {bar.tone}", x1=x(bar.low), x2=x(bar.high), y1=y, y2=y)
        drawing.add("circle", f"dot {bar.tone}", cx=x(bar.value), cy=y, r=4.5)
        drawing.write(width, y + 4, bar.shown, "soft", "end")
    return drawing.markup()


def moves(moved: Sequence[DrawnMove], title: str) -> Markup:
    """For each label the interval before and below it the one now, on one axis."""
    return both(lambda width: _moves(moved, title, width))


def _moves(moved: Sequence[DrawnMove], title: str, width: float) -> Markup:
    left = (0.28 if width == WIDE else 0.37) * width  # of labels
    ends = [end for one in moved for end in (*(one.before or ()), *one.now) if isfinite(end)]
    ticks = steps(min(ends), max(ends), 6 if width == WIDE else 3)
    right = width - 16 - LETTER * max(len(one.shown) for one in moved)
    x = linear(ticks[0], ticks[-1], left, right)
    height = PAIR * len(moved) + 58
    drawing = Drawing(width, height, title)
    for label, tone, at in (("before", "other", left), ("now", "", left + 90)):
        drawing.add("line", f"span {tone}", x1=at, x2=at + 22, y1=10, y2=10)
        drawing.add("circle", f"dot {tone}", cx=at + 11, cy=10, r=3.5)
        drawing.write(at + 28, 14, label, "soft")
    _upright(drawing, ticks, x, height, top=24)
    for number, one in enumerate(moved):
        y = 42 + PAIR * number
        drawing.write(left - 10, y + 4, shortened(one.label, left - 10), anchor="end")
        drawing.write(width, y + 4, one.shown, "soft", "end")
        for found, tone, at in ((one.before, "other", y - 4), (one.now, "", y + 4)):
            if found is not None:
                value, low, high = found
                drawing.add("line", f"span {tone}", x1=x(low), x2=x(high), y1=at, y2=at)
                drawing.add("circle", f"dot {tone}", cx=x(value), cy=at, r=3.5)
    return drawing.markup()


def _upright(
    drawing: Drawing, ticks: Sequence[float], x: Scale, height: float, top: float = 6
) -> None:
    for tick in ticks:
        drawing.add("line", "grid", x1=x(tick), x2=x(tick), y1=top, y2=height - 24)
        drawing.write(x(tick), height - 8, figure(tick), "soft", "middle")


def curves(
    lines: Sequence[DrawnCurve],
    title: str,
    *,
    across: str,
    up: str,
    log: bool = False,
    rules: Sequence[tuple[str, float]] = (),
    expected: DrawnPoint | None = None,
    diagonal: bool = False,
) -> Markup:
    """Lines through points with their intervals; dashed rules across, and a point to expect.

    log: the horizontal axis is logarithmic. diagonal: where both axes agree is drawn.
    """
    plan = _Plan(lines, title, across, up, log, rules, expected, diagonal)
    return both(lambda width: _curves(plan, width))


class _Plan(NamedTuple):
    """What `curves` was asked for."""

    lines: Sequence[DrawnCurve]
    title: str
    across: str
    up: str
    log: bool
    rules: Sequence[tuple[str, float]]
    expected: DrawnPoint | None
    diagonal: bool


def _curves(plan: _Plan, width: float) -> Markup:
    lines, rules, expected = plan.lines, plan.rules, plan.expected
    wide = width == WIDE
    points = [point for line in lines for point in line.points]
    every = [*points, *([expected] if expected else [])]
    values = [end for p in every for end in (p.low, p.high)] + [value for _, value in rules]
    floor_, ceiling = min(values), max(values)
    left, right = 44.0, width - (150 if wide else 6)
    top, bottom = 32.0, 310.0 if wide else 250.0
    if len(lines) > 1 and not wide:  # room for the legend
        top += 20.0
    upward = steps(floor_, ceiling)
    y = linear(upward[0], upward[-1], bottom, top)
    first, last = min(p.x for p in every), max(p.x for p in every)
    if plan.diagonal:
        first, last = upward[0], upward[-1]
    x = (logarithmic if plan.log else linear)(first, last, left + 14, right - 14)
    drawing = Drawing(width, bottom + 44, plan.title)
    for tick in upward:
        drawing.add("line", "grid", x1=left, x2=right, y1=y(tick), y2=y(tick))
        drawing.write(left - 8, y(tick) + 4, figure(tick), "soft", "end")
    taken = -1e9
    for at in _marks(every, upward, plan):
        if x(at) - taken >= 48:
            drawing.write(x(at), bottom + 18, thousands(at), "soft", "middle")
            taken = x(at)
    drawing.write((left + right) / 2, bottom + 38, plan.across, "soft", "middle")
    drawing.write(0, 10, plan.up, "soft")
    if plan.diagonal:
        drawing.add("line", "rule", x1=x(first), y1=y(first), x2=x(last), y2=y(last))
    places = _apart([y(value) for _, value in rules])
    for (label, value), place in zip(rules, places, strict=True):
        drawing.add("line", "rule", x1=left, x2=right, y1=y(value), y2=y(value))
        if wide:
            drawing.write(right + 8, place + 4, shortened(label, 140), "soft")
        else:  # on the line
            drawing.write((left + right) / 2, place - 4, shortened(label, 180), "soft", "middle")
    for number, line in enumerate(lines):
        _line(drawing, line, x, y, number % 4)
    if len(lines) > 1:
        _legend(drawing, lines, right + 8 if wide else left, upright=wide)
    if expected:
        last_point = max(points, key=lambda p: p.x)
        path = f"{x(last_point.x):.1f},{y(last_point.value):.1f} {x(expected.x):.1f},"
        drawing.add("polyline", "towards", points=f"{path}{y(expected.value):.1f}")
        _whisker(drawing, expected, x, y, "other")
        size, at, to = 6.0, x(expected.x), y(expected.value)
        diamond = (
            f"M{at:.1f} {to - size:.1f}l{size:g} {size:g}l-{size:g} {size:g}l-{size:g} -{size:g}z"
        )
        drawing.add("path", "other dot", d=diamond)
    return drawing.markup()


def _marks(every: Sequence[DrawnPoint], upward: Sequence[float], plan: _Plan) -> Sequence[float]:
    """Where the horizontal axis has figures."""
    if plan.diagonal:
        return upward
    found = sorted({point.x for point in every})
    return found if plan.log or len(found) <= 14 else found[:: ceil(len(found) / 14)]


def _line(drawing: Drawing, line: DrawnCurve, x: Scale, y: Scale, kind: int) -> None:
    path = " ".join(f"{x(p.x):.1f},{y(p.value):.1f}" for p in line.points)
    drawing.add("polyline", f"curve k{kind}", points=path)
    for point in line.points:
        if point.high > point.low:
            _whisker(drawing, point, x, y, "")
        drawing.add("circle", "hollow", cx=x(point.x), cy=y(point.value), r=3.5)


def _whisker(drawing: Drawing, point: DrawnPoint, x: Scale, y: Scale, tone: str) -> None:
    drawing.add(
        "line", f"span {tone}", x1=x(point.x), x2=x(point.x), y1=y(point.low), y2=y(point.high)
    )


def _legend(drawing: Drawing, lines: Sequence[DrawnCurve], left: float, *, upright: bool) -> None:
    """What each line is: one below the other beside the plot, or in a row above it."""
    for number, line in enumerate(lines):
        x, y = (left, 20 + 20 * number) if upright else (left + 74 * number, 28)
        drawing.add("line", f"curve k{number % 4}", x1=x, x2=x + 22, y1=y, y2=y)
        drawing.write(x + 28, y + 4, shortened(line.label, 112 if upright else 44))


def _apart(places: Sequence[float], least: float = 14.0) -> list[float]:
    """Heights of labels moved apart, in the order given, so that none lies on another."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    return moved


def linear(low: float, high: float, left: float, right: float) -> Scale:
    """Where a value lies between two places; in the middle where all are alike."""
    width = high - low
    return lambda v: (left + right) / 2 if not width else left + (v - low) / width * (right - left)


def logarithmic(low: float, high: float, left: float, right: float) -> Scale:
    """The same by the logarithm; values are above 0."""
    inner = linear(log10(low), log10(high), left, right)
    return lambda v: inner(log10(v))


def steps(low: float, high: float, most: int = 6) -> list[float]:
    """Round figures from below `low` to above `high`: 1, 2 or 5 times a power of ten apart."""
    width = (high - low) or abs(high) or 1.0
    unit: float = 10.0 ** floor(log10(width / most))
    step = next(unit * factor for factor in (1, 2, 5, 10, 20) if width / (unit * factor) <= most)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    last = max(last, first + 1)
    return [round(step * n, 12) for n in range(first, last + 1)]


def thousands(value: float) -> str:
    """A number of an axis: 1,200, 0.25."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else figure(value)


def shortened(label: str, width: float) -> str:
    """A label that fits; the middle of a longer one is left out."""
    most = int(width / LETTER)
    if len(label) <= most:
        return label
    head = (most - 1) // 2
    return f"{label[:head]}…{label[-(most - 1 - head) :]}"
