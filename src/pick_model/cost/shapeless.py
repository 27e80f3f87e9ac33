"""FLOPs of a model whose layers nobody told, from its parameters and the length of its input.

A token costs 2 FLOPs a parameter that is multiplied (Kaplan et al. 2020, section 2.1); tables of
tokens are looked up. Scores add as much for every token that it looks at. Both are told by 5, 50
and 95 % points over the traced entries of the catalog; tests/cost/test_shapeless.py counts them.
"""

from __future__ import annotations

from typing import NamedTuple

from pick_model.documents.catalog import Entry
from pick_model.interval import Interval

# Of what is not dense, or reads no tokens, the rule says nothing.
DENSE = frozenset(
    ("biosequence-encoder", "cross-encoder", "decoder", "encoder", "label-encoder")
) | frozenset(("late-interaction", "recurrent", "sentence-encoder", "sparse-encoder"))
# Parameters that are multiplied, of those outside of tables where they are known, else of all.
TABLES_APART = Interval(0.99, 0.91, 1.01)
# Of a model of many languages, or of the smallest, most may be its table.
FEW_LANGUAGES = 5
MANY_LANGUAGES = Interval(0.47, 0.18, 0.89)
# Speech encoders, whose frames are its tokens, scores counted in: at 10 seconds.
SPEECH = Interval(1.22, 1.06, 1.6)


class Size(NamedTuple):
    """Models of at least so many parameters."""

    least: float
    multiplied: Interval  # share of the parameters, of few languages
    scores: Interval  # FLOPs over 2, a parameter, a token and a token that it looks at


SIZES = (
    Size(1e9, Interval(0.9, 0.75, 0.98), Interval(0.41e-4, 0.26e-4, 0.74e-4)),
    Size(3e8, Interval(0.87, 0.54, 0.93), Interval(1.38e-4, 0.6e-4, 1.92e-4)),
    Size(1.2e8, Interval(0.68, 0.31, 0.83), Interval(1.38e-4, 0.66e-4, 2.27e-4)),
    Size(5e7, Interval(0.78, 0.44, 0.83), Interval(1.68e-4, 0.97e-4, 1.81e-4)),
    Size(0.0, MANY_LANGUAGES, Interval(2.03e-4, 1.17e-4, 8.5e-4)),
)


def guessed_flops(entry: Entry, tokens: int) -> Interval | None:
    """FLOPs of one forward pass over `tokens` tokens; None of what the rule says nothing."""
    n = entry.n_active_parameters or entry.n_parameters
    if n is None:
        return None
    tables = entry.n_embedding_parameters
    outside = float(max(n - (tables or 0), 0))
    if entry.kind == "speech-encoder":
        return SPEECH.times(2 * outside * tokens)
    if entry.kind not in DENSE:
        return None
    size = size_of(entry)
    share = multiplied(entry) if tables is None else TABLES_APART
    return share.times(2 * outside * tokens).plus(size.scores.times(2.0 * n * tokens**2))


def size_of(entry: Entry) -> Size:
    """The row of SIZES for the entry."""
    return next(size for size in SIZES if (entry.n_parameters or 0) >= size.least)


def multiplied(entry: Entry) -> Interval:
    """The share of its parameters that is multiplied, where its tables are unknown."""
    size = size_of(entry)
    many = len(entry.languages or ()) > FEW_LANGUAGES and size is not SIZES[0]
    return MANY_LANGUAGES if many else size.multiplied
