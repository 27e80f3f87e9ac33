"""A value with its interval: the currency of every estimate."""

from __future__ import annotations

from typing import NamedTuple


class Range(NamedTuple):
    """A value with its 90 % interval, low <= value <= high."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Range:
        """Scaled by a positive factor."""
        return Range(self.value * factor, self.low * factor, self.high * factor)

    def plus(self, other: Range) -> Range:
        """The sum, ends added to ends."""
        return Range(self.value + other.value, self.low + other.low, self.high + other.high)
