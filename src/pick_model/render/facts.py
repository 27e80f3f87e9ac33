"""Facts of a catalog entry, under what they rest on."""

from __future__ import annotations

from collections.abc import Iterable

from pick_model.documents.catalog_reports import Scalar
from pick_model.render.layout import Page
from pick_model.words.reader import listing, phrase, word

# From so much on a figure is an amount that is counted, and from so much on its digits say less
# than its exponent: tokens and bytes are told in full, FLOPs (1e17 and more) are not.
MANY, ENORMOUS = 1e4, 1e15


def facts(told: Iterable[tuple[str, Scalar, str]], page: Page) -> None:
    """A block for each source, in the order in which they first come up.

    told: field, value, and what the value rests on, empty for what needs no source.
    """
    by_source: dict[str, list[tuple[str, Scalar]]] = {}
    for field, value, rests_on in told:
        by_source.setdefault(rests_on, []).append((field, value))
    width = max((len(field) for rows in by_source.values() for field, _ in rows), default=0)
    for rests_on, rows in by_source.items():
        page.blank()
        page.heading(rests_on or phrase("set-by-catalog"))
        for field, value in rows:
            page.definition(field, written(value), width)


def rests_on(source: str | None, basis: str | None, set_by: str = "shipped") -> str:
    """`Model card of x (published)`, with the overlay where one says so."""
    words = [word(basis)] if basis else []
    words += [] if set_by == "shipped" else [phrase("set-by", layer=set_by)]
    if source is None:
        return listing(words)
    return phrase("with-aside", text=source, aside=listing(words)) if words else source


def written(value: Scalar) -> str:
    """A value in full: thousands apart, what is too large to be read with its exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return word("yes" if value else "no")
    if isinstance(value, int) or (isinstance(value, float) and MANY <= value < ENORMOUS):
        return f"{value:,.0f}"
    return f"{value:.4g}" if isinstance(value, float) else value
