"""What a sentence says, for machines: every report carries it beside the sentence."""

from __future__ import annotations

from pick_model.record import FrozenRecord


class Message(FrozenRecord):
    """Something to be told: which, and with what values."""

    code: str  # stable; the key of its sentence in `words`
    # Raw: figures unrounded, names as the program spells them.
    values: dict[str, Value]

    def __hash__(self) -> int:
        return hash(self.code)  # a mapping has none; messages of one code are few


Value = str | int | float | Message | tuple[str | int | Message, ...]
