"""Sizes of a model and its input, and polynomials in them.

A polynomial is a mapping such as `{"L S h": 34.0, "L a S S": 9.0}`: each key is a product of
sizes, each value its factor. Traces are fitted in these terms and estimates evaluate them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Polynomial = Mapping[str, float]


class Sizes(NamedTuple):
    """What a model's memory and arithmetic depend on."""

    L: int  # layers (of the encoder, where there are two stacks)
    h: int  # hidden size
    f: int  # width of the feed-forward block
    a: int  # attention heads
    S: int  # positions read
    D: int = 0  # decoder layers of an encoder-decoder
    T: int = 0  # positions written
    q: int = 0  # heads × their width
    k: int = 0  # heads of keys and values × their width
    d: int = 0  # width of a head
    e: int = 0  # width tokens are embedded in
    V: int = 0  # vocabulary, where every position scores it
    P: int = 0  # numbers of the input itself: pixels × 3, or samples of sound


def value(polynomial: Polynomial, sizes: Sizes) -> float:
    """The polynomial's value at these sizes."""
    return sum(factor * product(term, sizes) for term, factor in polynomial.items())


def product(term: str, sizes: Sizes) -> float:
    """The product a term names: "L S h" is layers × positions × hidden size; "1" is 1."""
    result = 1.0
    for symbol in term.split():
        if symbol != "1":
            result *= getattr(sizes, symbol)
    return result
