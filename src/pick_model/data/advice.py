"""A data profile's warnings: one sentence each, with row numbers, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pick_model.data.report import DataProfile, RowList

_ROWS_SHOWN = 5
_CLASSES_SHOWN = 5
# Beyond 10 to 1 the accuracy of always saying the largest class passes 90 % with two classes.
_IMBALANCE = 10.0
_FEW_ROWS = 10
# A second script in this share of rows is part of the task, not a quotation.
_MIXED = 0.02
# Of the rows searched. As published, the sets named in noise.py have 0 to 5 % of suspects.
_NOISY = 0.01


def data_warnings(facts: DataProfile, script_rows: Mapping[str, int]) -> tuple[str, ...]:
    """What to know before training. `script_rows`: rows whose letters are mostly of a script."""
    return tuple(_sentences(facts, script_rows))


def _sentences(facts: DataProfile, script_rows: Mapping[str, int]) -> Iterator[str]:
    if facts.overlap.count:
        yield (
            f"{_rows(facts.overlap, 'held-out row')} also in training "
            f"({facts.exact_overlap.count:,} to the letter): the score will flatter"
        )
    if facts.conflicts.count:
        yield f"{_rows(facts.conflicts)} the same text as another row with another label"
    if facts.empty.count:
        yield f"{_rows(facts.empty)} without text"
    if facts.near_duplicates.count:
        yield (
            f"{_rows(facts.near_duplicates)} the same text as an earlier row "
            f"({facts.duplicates.count:,} to the letter); a split keeps them on one side"
        )
    if facts.bad_tags.count:
        yield f"{_rows(facts.bad_tags)} tagged inside an entity that never began"
    yield from _about_classes(facts)
    yield from _about_noise(facts)
    yield from _about_scripts(script_rows)


def _rows(found: RowList, what: str = "row") -> str:
    """ "3 rows (2, 5, 9) are" or "124 rows (2, 5, 9, 11, 30 and 119 more) are"."""
    shown = ", ".join(str(row) for row in found.rows[:_ROWS_SHOWN])
    more = found.count - min(found.count, _ROWS_SHOWN)
    listed = f"{shown} and {more:,} more" if more else shown
    one = found.count == 1
    return f"{found.count:,} {what}{'' if one else 's'} ({listed}) {'is' if one else 'are'}"


def _about_classes(facts: DataProfile) -> Iterator[str]:
    present = [c for c in facts.classes if c.count]
    if not present:
        return
    largest, smallest = present[0], present[-1]
    if facts.imbalance is not None and facts.imbalance >= _IMBALANCE:
        yield (
            f"class {largest.name!r} is {facts.imbalance:.0f} times as frequent as "
            f"{smallest.name!r} ({largest.count:,} to {smallest.count:,}): "
            "look at macro F1 rather than accuracy"
        )
    few = [f"{c.name!r} ({c.count})" for c in reversed(present) if c.count < _FEW_ROWS]
    if few:
        yield f"fewer than {_FEW_ROWS} examples of {_some(few)}"
    unseen = [repr(c.name) for c in facts.classes if not c.count and c.heldout]
    if unseen:
        yield f"no training rows of {_some(unseen)}, which the held-out rows have"
    untested = [repr(c.name) for c in present if c.heldout == 0]
    if untested:
        yield f"no held-out rows of {_some(untested)}"
    if facts.sorted_by_class:
        yield "rows are sorted by class: never take the first rows as a sample of this file"


def _some(names: list[str]) -> str:
    more = len(names) - _CLASSES_SHOWN
    shown = ", ".join(names[:_CLASSES_SHOWN])
    return f"{shown} and {more:,} more classes" if more > 0 else shown


def _about_noise(facts: DataProfile) -> Iterator[str]:
    noise = facts.noise
    if noise.accuracy is None or noise.n_suspects < _NOISY * noise.n_checked:
        return
    worst = ", ".join(
        f"{s.row} ({s.label!r}, or {s.predicted!r} with probability {s.probability:.2f})"
        for s in noise.suspects[:3]
    )
    yield (
        f"{noise.n_suspects:,} of {noise.n_checked:,} labels are doubtful to a TF-IDF model that "
        f"is right on {noise.accuracy:.0%}; look first at rows {worst}"
    )


def _about_scripts(script_rows: Mapping[str, int]) -> Iterator[str]:
    total = sum(script_rows.values())
    common = {name: n for name, n in script_rows.items() if n >= _MIXED * total}
    if len(common) > 1:
        shares = ", ".join(f"{name} {n / total:.0%}" for name, n in common.items())
        yield f"rows are of several scripts ({shares}): the model must know each language"
