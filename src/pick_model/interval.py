"""A figure that is not certain; `documents.base.Figure` is the same in a document."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """A value with its 90 % interval, low <= value <= high."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Interval:
        """Scaled by a positive factor."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)

    def shifted(self, by: float) -> Interval:
        """Higher by an amount that is certain."""
        return Interval(self.value + by, self.low + by, self.high + by)

    def plus(self, other: Interval) -> Interval:
        """The sum, ends added to ends."""
        return Interval(self.value + other.value, self.low + other.low, self.high + other.high)
