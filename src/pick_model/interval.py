"""A figure that is not certain; `documents.base.Figure` is the same in a document."""

from __future__ import annotations

import math
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

    def by(self, other: Interval) -> Interval:
        """The product of two positive figures that err independently: their relative errors
        add in squares, so that it is narrower than ends times ends."""
        one, low, high = self
        two, its_low, its_high = other
        below = math.hypot(math.log(low / one), math.log(its_low / two))
        above = math.hypot(math.log(high / one), math.log(its_high / two))
        value = one * two
        return Interval(value, value * math.exp(-below), value * math.exp(above))
