"""What a sentence says, for machines: every report carries it beside the sentence."""

from __future__ import annotations

from pick_model.documents.base import record


@record
class Message:
    """Something to be told: which, and with what values."""

    code: str  # stable; the key of its sentence in `words`
    values: dict[str, Value]  # raw: figures unrounded, names as the program spells them


Value = str | int | float | Message | tuple[str | int | Message, ...]
