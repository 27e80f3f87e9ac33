"""Numbers as text: every printed figure is the value, correctly rounded, without an exponent."""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal

SMALLEST = 1e-12  # a difference or a score below is the last bits of a sum


def places(value: float, n: int = 2) -> str:
    """So many decimal places, no zero before the point: .71, -.05, 3.27, 12.34."""
    text = unsigned_zero(f"{value:.{n}f}")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def signed(value: float, n: int = 3) -> str:
    """A difference with its sign: +0.100, -0.012; what rounds to nothing has none."""
    text = f"{value:+.{n}f}"
    return text if float(text) else text[1:]


def unsigned_zero(text: str) -> str:
    """A formatted number without the sign that a tiny negative one leaves on 0.00."""
    return text if float(text) else text.lstrip("-")


def figure(value: float, digits: int = 3) -> str:
    """So many significant digits, more where a whole number has more: 1.5, 0.0123, 1235."""
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:.0f}"
    return unsigned_zero(f"{Decimal(f'{value:.{digits}g}'):f}")


def at_least(value: float, digits: int = 3) -> str:
    """The same, rounded up, so that a limit written like this admits the value."""
    up = Context(prec=digits, rounding=ROUND_CEILING).create_decimal(Decimal(value))
    return f"{up.normalize():f}"


def short(value: float) -> str:
    """Three digits and a suffix from a thousand on: 22.7M, 1.2B; as it is below."""
    for size, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size * 0.9995:
            return f"{figure(value / size)}{unit}"
    return f"{float(figure(value)):g}"


def duration(seconds: float) -> tuple[str, str]:
    """A time in the unit people would use, and the unit: s, min, h or d."""
    if seconds < 99.5:
        return figure(seconds, 2), "s"
    if seconds < 99.5 * 60:
        return figure(seconds / 60, 2), "min"
    if seconds < 71.5 * 3600:
        return figure(seconds / 3600, 2), "h"
    return f"{seconds / 86400:.0f}", "d"


def beside(value: float, limit: float) -> tuple[str, str]:
    """A value and the limit that it keeps or breaks, in as many digits as show which."""
    shown = ""
    for digits in range(3, 18):
        shown = figure(value, digits)
        if (float(shown) > limit, float(shown) < limit) == (value > limit, value < limit):
            break
    return shown, f"{Decimal(repr(limit)).normalize():f}"


def signed_alike(*values: float) -> list[str]:
    """Differences with their signs: three places, or where all are smaller than they show,
    three digits.
    """
    if not SMALLEST < max(map(abs, values)) < 0.0005:
        return [signed(value) for value in values]
    texts = [figure(abs(value) if abs(value) > SMALLEST else 0.0) for value in values]
    signs = ["-" if value < -SMALLEST else "+" if value > SMALLEST else "" for value in values]
    return [sign + text for sign, text in zip(signs, texts, strict=True)]
