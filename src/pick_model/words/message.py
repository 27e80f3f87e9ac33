"""What a sentence says, for machines: every report carries it beside the sentence."""

from __future__ import annotations

from dataclasses import field

from pick_model.record import record


@record
class Message:
    """Something to be told: which, and with what values."""

    code: str  # stable; the key of its sentence in `words`
    # Raw: figures unrounded, names as the program spells them.
    values: dict[str, Value] = field(hash=False)


Value = str | int | float | Message | tuple[str | int | Message, ...]
