"""Every printed figure is the value, correctly rounded."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.render.probe import lead, number
from pick_model.render.words import count, duration, gib, scored, share
from pick_model.words.figures import at_least, beside, figure, places, signed, signed_alike

numbers = st.floats(-1e6, 1e6, allow_nan=False)
amounts = st.floats(1e-6, 1e9)


def rounded(value: float, n: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-n), ROUND_HALF_EVEN)


def significant(value: float, digits: int) -> Decimal:
    exponent = Decimal(value).adjusted() if value else 0
    return rounded(value, max(digits - 1 - exponent, 0))


@given(numbers, st.integers(1, 4))
def test_decimal_places_are_rounded_and_plain(value: float, n: int) -> None:
    for text in (places(value, n), signed(value, n)):
        assert Decimal(text) == rounded(value, n)
        assert re.fullmatch(r"[+-]?\d*\.\d+", text)
        assert float(text) or text[0] not in "+-"


@given(numbers, st.integers(1, 6))
def test_significant_digits_are_rounded_and_have_no_exponent(value: float, digits: int) -> None:
    assert Decimal(figure(value, digits)) == significant(value, digits)
    assert re.fullmatch(r"-?\d+(\.\d+)?", figure(value, digits))


@given(st.floats(-1000, 1000))
def test_a_score_is_printed_as_it_is_rounded(value: float) -> None:
    assert Decimal(share(value)) == rounded(value, 2)
    assert Decimal(scored(value, "accuracy")) == rounded(value, 2)
    assert Decimal(scored(value, "rmse")) == significant(value, 3)
    if abs(value) >= 0.0005 or value == 0:
        assert Decimal(number(value)) == Decimal(lead(value)) == rounded(value, 3)


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.718, "2.72"), (41.5, "41.50"), (-0.07, "-.07"), (-0.004, ".00"), (-1.25, "-1.25"), (0.999, "1.0")],
)  # fmt: skip
def test_shares_outside_0_to_1_are_whole_too(value: float, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize("value", [3e-7, -3e-7, 0.00049])
def test_a_score_of_a_tiny_target_is_not_printed_as_nothing(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, rel=0.05)
    assert float(lead(value)) == pytest.approx(value, rel=0.05)
    assert float(scored(value, "rmse")) == pytest.approx(value, rel=0.05)


@given(st.floats(1e-7, 1e5))
def test_durations_and_memory_are_within_their_last_digit(amount: float) -> None:
    seconds = amount * 3600
    hours = {"s": seconds, "min": seconds / 60, "h": amount, "d": amount / 24}
    for text, units in (
        (duration(amount), hours),
        (gib(amount), {"M": amount * 1024, "G": amount}),
    ):
        shown, unit = text.split(" ")
        assert "e" not in shown
        whole = rounded(units[unit], 0)  # days are told in whole ones
        assert Decimal(shown) == (whole if unit == "d" else significant(units[unit], 2))


@given(st.integers(0, 10**15))
def test_parameter_counts_are_within_their_last_digit(n: int) -> None:
    shown = count(n)
    size = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}.get(shown[-1], 1.0)
    assert "e" not in shown
    assert Decimal(shown.rstrip("kMBT")) == significant(n / size, 3)


@given(amounts)
def test_a_limit_written_as_advised_admits_the_value(value: float) -> None:
    assert float(at_least(value)) >= value or float(at_least(value)) == pytest.approx(value)
    assert float(at_least(value)) <= value * 1.01


@given(amounts, amounts, st.booleans())
def test_a_value_never_looks_to_be_on_the_other_side_of_its_limit(
    value: float, limit: float, close: bool
) -> None:
    limit = value * 1.0001 if close else limit
    shown, most = (float(text) for text in beside(value, limit))
    assert (shown > most, shown < most) == (value > limit, value < limit)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (
            (-0.000028, -0.006, 0.006),
            ["0.000", "-0.006", "+0.006"],
        ),  # as much as the interval shows
        ((0.1, -0.00042, 0.2), ["+0.100", "0.000", "+0.200"]),
        ((3e-7, -1.25e-7, 0.0004), ["+0.0000003", "-0.000000125", "+0.0004"]),  # all below a place
        ((1e-16, -1e-17, 0.0), ["0.000", "0.000", "0.000"]),
        ((0.0, -1e-17, 0.0001), ["0", "0", "+0.0001"]),
    ],
)
def test_a_difference_and_its_interval_are_shown_alike(
    values: tuple[float, ...], texts: list[str]
) -> None:
    assert signed_alike(*values) == texts
