"""Numbers and names as people read them, and text made safe for cells of tables."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pick_model.escape import plain
from pick_model.vocabulary.metrics import unbounded
from pick_model.words import figures
from pick_model.words.figures import figure, places
from pick_model.words.message import Message
from pick_model.words.reader import phrase
from pick_model.words.say import message

# What a narrow column calls a criterion: a name that `reader.word` puts into words.
CRITERION_LABELS = {
    "transferability": "transfer",
    "pretraining_data": "data",
    "architecture": "fit",
    "training_time": "time",
    "compute": "compute",
}


def criteria_shares(weights: Mapping[str, float]) -> tuple[Message, ...]:
    """What each criterion counts."""
    return tuple(
        message("criterion-share", name=CRITERION_LABELS[name], share=share(weight))
        for name, weight in weights.items()
    )


def share(value: float) -> str:
    """A number in two places, without the leading zero: .71, 1.0, 3.27."""
    text = places(value)
    return "1.0" if text == "1.00" else text


def chance(p: float) -> str:
    """A probability: .31; <.01 where it would show as nothing, >.99 as certainty."""
    if p < 0.005:
        return "<.01"
    return ">.99" if p > 0.995 else share(p)


def loss(value: float, unit: str, *, bare: bool = False) -> str:
    """A loss, and its unit unless it stands elsewhere: 0.9 points, .42 standard scores."""
    if unit == "points":
        text = f"{value:.1f}"
        one = text == "1.0"
        return text if bare else phrase("one-point" if one else "points", amount=text)
    return share(value) if bare else phrase("standard-scores", amount=share(value))


def scored(value: float, metric: str) -> str:
    """A score: two places, or three digits where the metric has no ceiling and any size."""
    return figure(value) if unbounded(metric) else share(value)


def span(low: float, high: float) -> str:
    """An interval of two shares: .60–.82."""
    return f"{share(low)}–{share(high)}"


def count(n: int | None) -> str:
    """A number of parameters: 22.7M, 1.2B; ? when unknown."""
    return "?" if n is None else figures.short(n)


def duration(hours: float | None) -> str:
    """Hours in the unit people would use; ? when unknown."""
    return "?" if hours is None else phrase("how-long", seconds=hours * 3600)


def gib(amount: float | None) -> str:
    """GiB with two digits: 6.1 G, 240 M; ? when unknown."""
    if amount is None:
        return "?"
    if amount < 0.0995:
        return f"{figure(amount * 1024, 2)} M"
    return f"{figure(amount, 2)} G"


def cell(text: str) -> str:
    """Text for a spreadsheet cell that must not start a formula."""
    text = plain(text)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def markdown(text: str) -> str:
    """Text for a Markdown table cell: no cell break, no markup, no HTML."""
    text = plain(text).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", text)
