"""Numbers and names as people read them, and text made safe for cells of tables."""

from __future__ import annotations

import re

from pick_model.escape import plain

CRITERION_LABELS = {
    "transferability": "transfer",
    "pretraining_data": "data",
    "architecture": "fit",
    "training_time": "time",
    "compute": "compute",
}


def share(value: float) -> str:
    """A number from 0 to 1 in two places, without the leading zero: .71, 1.0."""
    text = f"{value:.2f}"
    return text[1:] if text.startswith("0") else text[:3]


def span(low: float, high: float) -> str:
    """An interval of two shares: .60–.82."""
    return f"{share(low)}–{share(high)}"


def count(n: int | None) -> str:
    """A number of parameters: 22.7M, 1.2B; ? when unknown."""
    if n is None:
        return "?"
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if n >= size * 0.9995:
            return f"{n / size:.3g}{unit}"
    return str(n)


def duration(hours: float | None) -> str:
    """Hours in the unit people would use: 40 s, 12 min, 3.5 h, 6 d."""
    if hours is None:
        return "?"
    seconds = hours * 3600
    if seconds < 99.5:
        return f"{seconds:.2g} s" if seconds < 9.5 else f"{seconds:.0f} s"
    if seconds < 99.5 * 60:
        return f"{seconds / 60:.2g} min" if seconds < 570 else f"{seconds / 60:.0f} min"
    if hours < 71.5:
        return f"{hours:.2g} h"
    return f"{hours / 24:.0f} d"


def gib(amount: float | None) -> str:
    """GiB with two digits: 6.1 G, 240 M; ? when unknown."""
    if amount is None:
        return "?"
    if amount < 0.0995:
        return f"{amount * 1024:.2g} M"
    return f"{amount:.2g} G" if amount < 99.5 else f"{amount:.0f} G"


def cell(text: str) -> str:
    """Text for a spreadsheet cell that must not start a formula."""
    text = plain(text)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def markdown(text: str) -> str:
    """Text for a Markdown table cell: no cell break, no markup, no HTML."""
    text = plain(text).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", text)
