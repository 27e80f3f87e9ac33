"""Numbers with commas in the label column: ids joined, decimals, or thousands set apart."""

from __future__ import annotations

import re
from collections.abc import Collection

from pick_model.data.files import Source
from pick_model.data.labels import Survey
from pick_model.errors import typed

_COMMA_NUMBER = re.compile(r"[+-]?\d+(,\s*\d+)*")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})*")
_SURELY_DECIMAL = re.compile(r"-\d+(,\d+)?|\d+,0\d+")  # ids have no sign and no leading zero
_SURELY_IDS = re.compile(r"\d+(,\s+\d+)+|\d+(,\d+){2,}")


def are_comma_numbers(words: Collection[str]) -> bool:
    """Whether all labels are numbers, some with a comma in them."""
    return any("," in word for word in words) and all(_COMMA_NUMBER.fullmatch(w) for w in words)


def refuse_unless_ids(source: Source, survey: Survey, words: Collection[str]) -> None:
    """Refuse what can be read as numbers: only ids come three together, or spaced."""
    thousands = all(_THOUSANDS.fullmatch(word) for word in words if "," in word)
    if not thousands and any(_SURELY_IDS.fullmatch(word) for word in words):
        return
    row = survey.first["word"]
    ids, numbers = typed("label-separator", ","), typed("kind", "regression")
    if thousands:
        raise source.error(
            "the labels are numbers with a comma before each three digits, or ids joined by commas",
            row,
            f"{ids} reads several ids a row; numbers write as 1234, not 1,234",
        )
    if any(_SURELY_DECIMAL.fullmatch(word) for word in words):
        raise source.error(
            "the labels are numbers with a decimal comma", row, f"{numbers} reads 3,5 as 3.5"
        )
    raise source.error(
        "the labels are ids joined by commas, or numbers with a decimal comma",
        row,
        f"{ids} reads several ids a row, {numbers} reads 3,5 as 3.5",
    )


def decimal_commas(source: Source, survey: Survey, words: Collection[str]) -> bool:
    """Whether a regression target is written with decimal commas."""
    if not are_comma_numbers(words):
        return False
    if all(_THOUSANDS.fullmatch(word) for word in words if "," in word):
        raise source.error(
            "the labels are numbers with a comma before each three digits",
            survey.first["word"],
            "write 1234 for 1,234",
        )
    return True
