"""Screens that read unequally many rows, as if all had read as many.

A linear model learns more from more rows, and measures mean something else of them: a model that
was read no further than others is not worse for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pick_model.belief.level import Link
from pick_model.interval import Interval
from pick_model.record import replace

if TYPE_CHECKING:
    from pick_model.belief.observations import ScreenMeasurement

Readings = Mapping[str, "ScreenMeasurement"]  # by entry, all of as many rows


def at_equal_rows(
    results: Sequence[ScreenMeasurement], link: Link | None
) -> list[list[ScreenMeasurement]]:
    """Screens in groups that may be compared, each as of the most rows that any of it has read.

    Who was read no further is moved by what those gained, in the mean, that were read at both row
    counts: its score on the scale of `link`, and each measure. Screens that share no model at two
    row counts stay apart.
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


def _moved(
    one: ScreenMeasurement,
    before: Sequence[ScreenMeasurement],
    after: Sequence[ScreenMeasurement],
    link: Link | None,
) -> ScreenMeasurement:
    """A screen moved by what others gained from `before` to `after`, in the mean."""

    def on_link(score: float) -> float:
        return score if link is None else link.of(score)

    pairs = list(zip(before, after, strict=True))
    gain = sum(on_link(b.score.value) - on_link(a.score.value) for a, b in pairs) / len(pairs)
    measures = {
        name: value + sum(b.measures[name] - a.measures[name] for a, b in pairs) / len(pairs)
        for name, value in one.measures.items()
    }
    ends = [on_link(end) + gain for end in one.score]
    score = Interval(*(ends if link is None else link.scores(ends)))
    return replace(one, score=score, rows=after[0].rows, measures=measures, earlier=())
