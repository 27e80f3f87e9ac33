"""Screens that read unequally many rows, as if all had read as many.

A linear model learns more from more rows, and measures mean something else of them: a model that
was read no further than others is not worse for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from typing import NamedTuple

from msgspec import Struct

from pick_model.belief.expected import Z90
from pick_model.belief.level import Link
from pick_model.interval import Interval
from pick_model.record import replace

LEAST_OF_A_LINE = 3  # models; two tell their own luck alone
# How far a moved score is off, on the link's scale, beside what its own rows leave open: the line
# is of the few that were read on, the best as a rule. The median over eight sets and nine variants
# (`tests/benchmarks/screen_truth.py`), of 300 rows moved to 600 by the best three: off by .18 in
# all, of which the rows' own error is .10.
MOVED_SD = 0.15


class ScreenMeasurement(Struct, frozen=True):
    """One screened model: what a linear model of its frozen features scores on the user's data."""

    entry: str  # id in the catalog
    metric: str
    score: Interval  # 90 %
    rows: int  # that it read; measures compare at equal rows alone
    measures: Mapping[str, float]  # by their names in `ways.CORRELATIONS`
    earlier: tuple[ScreenMeasurement, ...] = ()  # of fewer rows, the fewest first


def at_equal_rows(
    results: Sequence[ScreenMeasurement], link: Link | None
) -> list[list[ScreenMeasurement]]:
    """Screens in groups that may be compared, each as of the most rows that any of it has read.

    Who was read no further is moved as those were that were read at both row counts (`RowsLine`):
    its score on the scale of `link`, and each measure. Screens that share no model at two row
    counts stay apart.
    """
    by_rows: dict[int, dict[str, ScreenMeasurement]] = {}
    for one in results:
        for reading in (*one.earlier, one):
            by_rows.setdefault(reading.rows, {})[one.entry] = reading
    groups: list[list[ScreenMeasurement]] = []
    group: dict[str, ScreenMeasurement] = {}
    for rows in sorted(by_rows):
        here = by_rows[rows]
        both = sorted(group.keys() & here.keys())
        if group and not both:
            groups.append(list(group.values()))
            group = {}
        before = [group[name] for name in both]
        after = [here[name] for name in both]
        moved = {
            name: _moved(one, before, after, link)
            for name, one in group.items()
            if name not in here
        }
        group = {**moved, **here}
    return [*groups, list(group.values())] if group else groups


class RowsLine(NamedTuple):
    """What more rows make of a figure: the line through those read at both row counts.

    Of fewer than three all gain the same. Weak models gain more, and who was lucky with few rows
    less: the slope is that of least squares, 0 to 1.
    """

    before: float
    after: float
    slope: float

    @classmethod
    def through(cls, before: Sequence[float], after: Sequence[float]) -> RowsLine:
        n = len(before)
        x, y = sum(before) / n, sum(after) / n
        spread = sum((one - x) ** 2 for one in before)
        if n < LEAST_OF_A_LINE or not spread:
            return cls(x, y, 1.0)
        product = sum((a - x) * (b - y) for a, b in zip(before, after, strict=True))
        return cls(x, y, min(max(product / spread, 0.0), 1.0))

    def of(self, value: float) -> float:
        return self.after + self.slope * (value - self.before)


def _moved(
    one: ScreenMeasurement,
    before: Sequence[ScreenMeasurement],
    after: Sequence[ScreenMeasurement],
    link: Link | None,
) -> ScreenMeasurement:
    """A screen moved as others were from `before` to `after`."""

    def on_link(some: Sequence[ScreenMeasurement]) -> list[float]:
        return [a.score.value if link is None else link.of(a.score.value) for a in some]

    [own] = on_link([one])
    now = RowsLine.through(on_link(before), on_link(after)).of(own)
    if link is None:
        ends = [now - own + end for end in one.score]
    else:
        half = hypot(link.half_width(one.score), Z90 * MOVED_SD)
        ends = [now, now - half, now + half]
    measures = {
        name: RowsLine.through(
            [a.measures[name] for a in before], [b.measures[name] for b in after]
        ).of(value)
        for name, value in one.measures.items()
    }
    value, *others = ends if link is None else link.scores(ends)
    score = Interval(value, min(others), max(others))
    return replace(one, score=score, rows=after[0].rows, measures=measures, earlier=())
