"""Numbers with commas in the label column: ids joined, decimals, or thousands set apart."""

from __future__ import annotations

import re
from collections.abc import Collection

from pick_model.data.labels import Survey
from pick_model.data.source import DataFile
from pick_model.errors import typed
from pick_model.words.say import message

_COMMA_NUMBER = re.compile(r"[+-]?\d+(,\s*\d+)*")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})*")
_SURELY_DECIMAL = re.compile(r"-\d+(,\d+)?|\d+,0\d+")  # ids have no sign and no leading zero
_SURELY_IDS = re.compile(r"\d+(,\s+\d+)+|\d+(,\d+){2,}")


def are_comma_numbers(words: Collection[str]) -> bool:
    """Whether all labels are numbers, some with a comma in them."""
    return any("," in word for word in words) and all(_COMMA_NUMBER.fullmatch(w) for w in words)


def refuse_unless_ids(source: DataFile, survey: Survey, words: Collection[str]) -> None:
    """Refuse what can be read as numbers: only ids come three together, or spaced."""
    thousands = all(_THOUSANDS.fullmatch(word) for word in words if "," in word)
    if not thousands and any(_SURELY_IDS.fullmatch(word) for word in words):
        return
    row = survey.first["word"]
    ids, numbers = typed("label-separator", ","), typed("kind", "regression")
    if thousands:
        raise source.error(
            message("labels-thousands-or-ids"),
            row,
            message("ids-or-plain-numbers", ids=ids),
        )
    if any(_SURELY_DECIMAL.fullmatch(word) for word in words):
        raise source.error(
            message("labels-decimal-comma"), row, message("read-decimal-comma", numbers=numbers)
        )
    raise source.error(
        message("labels-ids-or-decimals"),
        row,
        message("ids-or-decimals", ids=ids, numbers=numbers),
    )


def decimal_commas(source: DataFile, survey: Survey, words: Collection[str]) -> bool:
    """Whether a regression target is written with decimal commas."""
    if not are_comma_numbers(words):
        return False
    if all(_THOUSANDS.fullmatch(word) for word in words if "," in word):
        raise source.error(
            message("labels-thousands"),
            survey.first["word"],
            message("write-plain-thousands"),
        )
    return True
