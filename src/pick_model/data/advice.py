"""A data profile's warnings: one message each, with row numbers, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from pick_model.words.message import Message
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.data.report import ClassCount, DataProfile, RowList

# Set by hand, so that a warning stays a line or two.
_ROWS_SHOWN = 5
_CLASSES_SHOWN = 5
# Beyond 10 to 1 the accuracy of always saying the largest class passes 90 % with two classes.
IMBALANCE = 10.0
_FEW_ROWS = 10
# A second script in this share of rows is part of the task, not a quotation.
_MIXED = 0.02
# Of the rows searched. As published, the sets named in noise.py have 0 to 5 % of suspects.
_NOISY = 0.01


def data_warnings(
    facts: DataProfile,
    script_rows: Mapping[str, int],
    files: Mapping[int, str] | None = None,
    heldout_files: Mapping[int, str] | None = None,
) -> tuple[Message, ...]:
    """What to know before training. `script_rows`: rows whose letters are mostly of a script.

    files, heldout_files: names by the number of the row, where rows are files.
    """
    found = (
        _about_rows(facts) if files is None else _about_files(facts, files, heldout_files or {}),
        _about_classes(facts),
        _about_numbers(facts),
        _about_noise(facts),
        _about_scripts(script_rows),
    )
    return tuple(chain.from_iterable(found))


def _about_rows(facts: DataProfile) -> Iterator[Message]:
    if facts.overlap.count:
        exact = facts.exact_overlap.count
        yield message(
            "rows-in-training-too",
            count=facts.overlap.count,
            rows=_first(facts.overlap),
            exact=exact,
        )
    if facts.conflicts.count:
        yield message("rows-in-conflict", count=facts.conflicts.count, rows=_first(facts.conflicts))
    if facts.empty.count:
        yield message("rows-empty", count=facts.empty.count, rows=_first(facts.empty))
    if facts.near_duplicates.count:
        exact = facts.duplicates.count
        yield message(
            "rows-twice",
            count=facts.near_duplicates.count,
            rows=_first(facts.near_duplicates),
            exact=exact,
        )
    if facts.bad_tags.count:
        yield message("rows-badly-tagged", count=facts.bad_tags.count, rows=_first(facts.bad_tags))


def _about_files(
    facts: DataProfile, files: Mapping[int, str], heldout: Mapping[int, str]
) -> Iterator[Message]:
    """What stands there again, by name: a row's number says nothing of a file."""
    if (again := facts.overlap).count:
        told = _first_files(again, heldout)
        yield message("files-in-training-too", count=again.count, files=told)
    if (odd := facts.conflicts).count:
        yield message("files-in-conflict", count=odd.count, files=_first_files(odd, files))
    if (twice := facts.duplicates).count:
        yield message("files-twice", count=twice.count, files=_first_files(twice, files))


def _first_files(found: RowList, names: Mapping[int, str]) -> Message:
    first = tuple(names[row] for row in found.rows[:_ROWS_SHOWN])
    return message("first-files", files=first, more=max(found.count - _ROWS_SHOWN, 0))


def _first(found: RowList) -> Message:
    """The first rows, and how many more there are."""
    rows = found.rows[:_ROWS_SHOWN]
    return message("first-rows", rows=rows, more=max(found.count - _ROWS_SHOWN, 0))


def _about_classes(facts: DataProfile) -> Iterator[Message]:
    present = [c for c in facts.classes if c.count]
    if not present:
        return
    largest, smallest = present[0], present[-1]
    if facts.imbalance is not None and facts.imbalance >= IMBALANCE:
        yield message(
            "classes-uneven",
            largest=largest.name,
            smallest=smallest.name,
            times=facts.imbalance,
            n_largest=largest.count,
            n_smallest=smallest.count,
        )
    few = [c for c in reversed(present) if c.count < _FEW_ROWS]
    if few:
        yield message("classes-small", limit=_FEW_ROWS, classes=_counted(few))
    unseen = [c.name for c in facts.classes if not c.count and c.heldout]
    if unseen:
        yield message("classes-untrained", classes=_some(unseen))
    untested = [c.name for c in present if c.heldout == 0]
    if untested:
        yield message("classes-untested", classes=_some(untested))
    if facts.sorted_by_class:
        yield message("rows-sorted")


def _about_numbers(facts: DataProfile) -> Iterator[Message]:
    if facts.target is not None and (far := facts.target.far_off).count:
        middle = facts.target.middle
        yield message("numbers-far-off", count=far.count, rows=_first(far), middle=middle)


def _counted(classes: Sequence[ClassCount]) -> Message:
    first = classes[:_CLASSES_SHOWN]
    return message(
        "first-classes-counted",
        classes=tuple(message("class-count", name=c.name, count=c.count) for c in first),
        more=len(classes) - len(first),
    )


def _some(names: Sequence[str]) -> Message:
    first = tuple(names[:_CLASSES_SHOWN])
    return message("first-classes", names=first, more=len(names) - len(first))


def _about_noise(facts: DataProfile) -> Iterator[Message]:
    noise = facts.noise
    if noise.accuracy is None or noise.n_suspects < _NOISY * noise.n_checked:
        return
    worst = tuple(
        message(
            "label-doubtful",
            row=s.row,
            label=s.label,
            predicted=s.predicted,
            probability=s.probability,
        )
        for s in noise.suspects[:3]
    )
    yield message(
        "labels-doubtful",
        n=noise.n_suspects,
        checked=noise.n_checked,
        accuracy=noise.accuracy,
        worst=worst,
    )


def _about_scripts(script_rows: Mapping[str, int]) -> Iterator[Message]:
    total = sum(script_rows.values())
    common = {name: n for name, n in script_rows.items() if n >= _MIXED * total}
    if len(common) > 1:
        shares = tuple(
            message("script-share", script=name, share=n / total) for name, n in common.items()
        )
        yield message("scripts-several", shares=shares)
