"""Which kind of label a column holds: classes, several classes a row, or numbers."""

from __future__ import annotations

from collections.abc import Callable

from pick_model.data.dataset import LabelKind
from pick_model.data.labels import Survey
from pick_model.data.source import DataFile
from pick_model.words.message import Message
from pick_model.words.say import message

# Whole numbers are classes up to this many different values, and in a file of some length
# only if the average value occurs twice.
MAX_WHOLE_NUMBERS = 1_000
MIN_ROWS_OF_NUMBERS = 20
# A column with this share of decimal numbers is a regression target with a few bad cells.
NUMBER_SHARE = 0.9


def decide_kind(
    source: DataFile, survey: Survey, kind: LabelKind | None, classes: bool
) -> tuple[LabelKind, Message]:
    """The kind of the labels and why.

    `kind` forces it; `classes` says that labels are classes (an evaluation file of a
    classifier). Raises InputError where the labels cannot be of that kind.
    """
    n, decimal, word = survey.n, survey.first.get("decimal"), survey.first.get("word")
    if kind is not None:
        for refuse in _REFUSED.get(kind, ()):
            refuse(source, survey)
        return kind, message("kind-as-asked")
    if survey.n_lists == n:
        return "multi-label", message("labels-are-lists")
    _refuse_lists(source, survey)
    if classes:
        _refuse_decimals(source, survey)
        return "single-label", message("training-labels-are-classes")
    if decimal is not None and word is None:
        return "regression", message("labels-with-decimals")
    if decimal is not None and survey.n_numbers >= NUMBER_SHARE * n:
        raise source.error(
            message("label-among-numbers"),
            word,
            message("mend-or-delete-row"),
        )
    distinct = len(survey.counts)
    if word is not None:
        return "single-label", message("labels-of-words", n=distinct)
    if survey.n_steps == n - 1 and n >= MIN_ROWS_OF_NUMBERS:
        raise source.error(
            message("labels-count-rows"),
            hint=message("name-label-or-regression"),
        )
    many = distinct > MAX_WHOLE_NUMBERS or 2 * distinct > n >= MIN_ROWS_OF_NUMBERS
    why = message("labels-of-whole-numbers", n=distinct)
    return ("regression" if many else "single-label"), why


def _refuse_words(source: DataFile, survey: Survey) -> None:
    word = survey.first.get("word")
    if word is not None or survey.n_lists:
        raise source.error(
            message("label-no-number"),
            word if word is not None else survey.first["list"],
            message("mend-row-or-name-label"),
        )


def _refuse_decimals(source: DataFile, survey: Survey) -> None:
    decimal, word = survey.first.get("decimal"), survey.first.get("word")
    if decimal is not None and word is None:
        raise source.error(
            message("labels-decimal-numbers"),
            decimal,
            message("write-classes-or-regression"),
        )


def _refuse_lists(source: DataFile, survey: Survey) -> None:
    if survey.n_lists:
        raise source.error(
            message("label-is-list"),
            survey.first["list"],
            message("all-lists-or-none"),
        )


_REFUSED: dict[LabelKind, tuple[Callable[[DataFile, Survey], None], ...]] = {
    "regression": (_refuse_words,),
    "single-label": (_refuse_decimals, _refuse_lists),
}
