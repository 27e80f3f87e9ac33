"""Tables of figures: features with a target, and series over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pick_model.data.column_names import (
    LABELS,
    SENTENCES,
    TAGS,
    TEXTS,
    TOKENS,
    all_known,
    plain,
    words,
)
from pick_model.data.interaction_columns import NAMES
from pick_model.data.labels import MAX_CLASSES, as_label, as_number
from pick_model.data.look import Look, Purpose
from pick_model.data.peek import filled, only_counts
from pick_model.words.message import Message
from pick_model.words.say import message

# Names of targets in public tables (UCI, Kaggle's competitions, scikit-learn), beside those of
# labels; as `column_names.plain` leaves them.
TARGETS = frozenset(
    {"survived", "outcome", "diagnosis", "species", "churn", "exited", "default", "fraud"}
    | {"isfraud", "attrition", "income", "quality", "price", "saleprice", "medv", "result"}
    | {"medianhousevalue", "charges", "salary", "output", "response", "variety", "covertype"}
    | {"cnt", "heartdisease", "hypertension", "loanstatus", "mpg", "strength", "rings", "risk"}
)
SURE = ("label", "labels", "target", "class", "y")  # nothing else is called so
ABOUT = frozenset({"id", "ids", "idx", "index", "uuid", "unnamed", "key"})
# Cells of these may have many words and are no prose.
NAMED = frozenset({"name", "names", "address", "street", "ticket", "model"})
# By hand: a scale or a count of kinds has at most so many different whole numbers.
MOST_NUMBERS = 20
LEAST_FEATURES = 2  # beside the target, unless all are numbers
FEATURES_BESIDE_NAMES = 3  # numbers that outweigh a column of long names


def of_figures(look: Look, label: str | None = None) -> Purpose | None:
    """A table of features and a target; None where rows have texts, or nothing to predict from.

    label: the target, where the user names it.
    """
    if _has_texts(look):
        return None
    columns = [name for name in look.columns if not _is_id(look, name)]
    numeric = all(look.holds_numbers(name) for name in columns)
    if len(columns) <= (1 if numeric else LEAST_FEATURES):
        return None
    target, told = _target(columns, label)
    features = [name for name in columns if name != target]
    numbers = [name for name in features if look.holds_numbers(name)]
    classes = [n for n in features if n not in numbers and look.holds_classes(n)]
    usable = len(numbers) + len(classes)
    if 2 * usable < len(features) or (not numbers and usable < len(features)):
        return None
    if look.prose and len(numbers) < FEATURES_BESIDE_NAMES:
        return None
    return _predicted(look, target, told)


def _has_texts(look: Look) -> bool:
    """Whether a column may be a text to read, or a token."""
    if all_known(look.columns, TOKENS) and all_known(look.columns, (*TAGS, *SENTENCES)):
        return True
    prose = [name for name in look.prose if not NAMED & {*words(name)}]
    texts = [n for n in all_known(look.columns, TEXTS) if not look.holds_numbers(n)]
    known = [name for name in texts if not look.holds_classes(name)]
    return bool(prose or known or any(not _is_plain(look.cells[n]) for n in look.columns))


def _is_plain(cells: Sequence[object]) -> bool:
    return not any(isinstance(cell, (list, tuple, dict, bytes)) for cell in cells)


def _is_id(look: Look, name: str) -> bool:
    """Whether a column only numbers or names the rows."""
    cells = filled(look.cells[name])
    if ABOUT & {*words(name)} or not name:
        return True
    return not cells or (plain(name) not in SURE and only_counts([str(cell) for cell in cells]))


def _target(columns: Sequence[str], label: str | None) -> tuple[str, Message]:
    """The column to predict, and by what it is told: asked for, by its name or by its place."""
    known = [*all_known(columns, SURE), *all_known(columns, LABELS)][:1]
    known = known or [name for name in columns if plain(name) in TARGETS]
    if label is not None:
        return label, message("init-target-asked", column=label)
    if len(known) == 1:
        return known[0], message("init-target-by-name", column=known[0])
    last = (known or columns)[-1]
    return last, message("init-target-by-place", column=last)


def _predicted(look: Look, target: str, told: Message) -> Purpose | None:
    """Classes or amounts, by all cells of the target."""
    n, values, numbers, decimals = 0, set[str](), 0, False
    for (cell,) in look.rows([target]):
        n += 1
        try:
            label = as_label(cell)
        except ValueError:
            return None
        if not isinstance(label, str):
            continue
        number = as_number(label)
        numbers += number is not None
        decimals = decimals or (number is not None and not number.is_integer())
        if len(values) <= MAX_CLASSES:
            values.add(label)
    if len(values) < 2:
        return None
    amounts = 2 * numbers > n
    classes = not amounts or (len(values) <= MOST_NUMBERS and not decimals)
    if classes and 2 * len(values) > n:
        return None  # names of rows
    doubt = told.code == "init-target-by-place" or (amounts and classes and len(values) > 2)
    if amounts and classes and len(values) > 2:
        told = message("init-target-of-numbers", why=told)
    task = "tabular-classification" if classes else "tabular-regression"
    return Purpose(
        task,
        "unsure" if doubt else "likely",
        message("init-figures", why=told),
        n_labels=len(values) if classes else None,
    )


def of_series(look: Look) -> Purpose | None:
    """Figures by the time at which each was measured; else None."""
    if look.prose or all_known(look.columns, (*SURE, *TEXTS)):
        return None
    times = [n for n in look.columns if look.holds_dates(n)]
    times += [n for n in all_known(look.columns, NAMES["timestamp"]) if look.holds_numbers(n)]
    if not times:
        return None
    rest = [n for n in look.columns if n not in times and not _is_id(look, n)]
    numbers = [name for name in rest if look.holds_numbers(name)]
    if not numbers or any(not look.holds_classes(n) for n in rest if n not in numbers):
        return None
    if any(plain(name) in TARGETS - {"price", "cnt"} for name in rest):
        return None
    stamps = [str(cell) for cell in filled(look.cells[times[0]])]
    forward = len(rest) == len(numbers) and all(a != b for a, b in pairwise(stamps))
    forward = forward and len(set(stamps)) == len(stamps)
    # One figure a day is a series, whatever it is called; of several, one may be the target.
    forward = forward and (len(numbers) == 1 or not any(plain(n) in TARGETS for n in numbers))
    why = message("init-series", column=times[0], columns=tuple(numbers[:8]))
    return Purpose("time-series-forecasting", "likely" if forward else "unsure", why)
