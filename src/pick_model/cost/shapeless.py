"""FLOPs of a model whose layers nobody told, from its parameters and the length of its input.

A token costs 2 FLOPs a parameter that is multiplied (Kaplan et al. 2020, section 2.1); tables of
tokens are looked up. Scores add as much for every token that it looks at. Both are told by 5, 50
and 95 % points over the traced entries of the catalog; tests/cost/test_shapeless.py counts them.
"""

from __future__ import annotations

from msgspec import Struct

from pick_model.cost.layouts import FAMILIES
from pick_model.documents.catalog import Entry
from pick_model.interval import Interval

# Of what is not dense, or reads no tokens, the rule says nothing.
DENSE = frozenset(
    ("biosequence-encoder", "cross-encoder", "decoder", "encoder", "label-encoder")
) | frozenset(("late-interaction", "recurrent", "sentence-encoder", "sparse-encoder"))
# Parameters that are multiplied, of those outside of tables where they are known.
TABLES_APART = Interval(0.99, 0.91, 1.08)
# A model of more languages has more words, and most of the smallest may be its table.
FEW_LANGUAGES = 5
# Of a model that reads letters, of proteins or genes, next to nothing is.
LETTERS = Interval(0.95, 0.86, 0.99)
# Speech encoders, whose frames are its tokens, scores counted in: at 10 seconds.
SPEECH = Interval(1.22, 1.06, 1.6)


class Body(Struct, frozen=True):
    """Encoders of few languages of at least so many parameters, and of fewer than `below`."""

    least: float
    below: float
    multiplied: Interval  # parameters
    berts: float | None  # the same of those known to be built like BERT or DistilBERT, in one size


# Most encoders have BERT's layers, base, large or DistilBERT's half (Devlin et al. 2019, section 3;
# Sanh et al. 2019, section 3): what they have beyond is their table. The high ends are a tenth
# higher than the traced ones', for DeBERTa multiplies tokens by positions besides.
BODIES = (
    Body(4.5e8, 6e8, Interval(302e6, 302e6, 394e6), 302e6),
    Body(3.5e8, 4.5e8, Interval(302e6, 302e6, 443e6), 302e6),
    Body(3.2e8, 3.5e8, Interval(302e6, 302e6, 332e6), 302e6),
    Body(1.6e8, 2.15e8, Interval(94e6, 85e6, 124e6), 85e6),
    Body(1.4e8, 1.6e8, Interval(110e6, 78e6, 121e6), 85e6),
    Body(1.3e8, 1.4e8, Interval(85e6, 80e6, 124e6), 85e6),
    Body(9.8e7, 1.3e8, Interval(85e6, 85e6, 93e6), 85e6),
    Body(6e7, 9.8e7, Interval(42.4e6, 26e6, 46.7e6), 42.5e6),
    Body(2.5e7, 3.6e7, Interval(21.2e6, 10.6e6, 23.4e6), None),
)
BERTS = frozenset({"bert", "distilbert"})
# What is looked up and averaged has no layers.
TABLES_ALONE = frozenset({"model2vec"})
ENCODERS = DENSE - {"biosequence-encoder", "decoder", "recurrent"}


class Share(Struct, frozen=True):
    """What is multiplied of models of at least so many parameters that come in no usual size."""

    least: float
    multiplied: Interval


LARGE = Share(1e9, Interval(0.9, 0.75, 0.98))
FEW = (
    LARGE,
    Share(2.5e7, Interval(0.7, 0.29, 0.91)),
    Share(0.0, Interval(0.44, 0.12, 0.76)),
)
MANY = (
    LARGE,
    Share(4e8, Interval(0.72, 0.53, 0.8)),
    Share(2.5e8, Interval(0.34, 0.31, 0.37)),
    Share(0.0, Interval(0.34, 0.18, 0.64)),
)


class Size(Struct, frozen=True):
    """Models of at least so many parameters."""

    least: float
    scores: Interval  # FLOPs over 2, a parameter, a token and a token that it looks at


SIZES = (
    Size(1e9, Interval(0.41e-4, 0.26e-4, 0.74e-4)),
    Size(3e8, Interval(1.38e-4, 0.68e-4, 1.92e-4)),
    Size(1.2e8, Interval(1.38e-4, 0.66e-4, 2.27e-4)),
    Size(5e7, Interval(1.68e-4, 0.97e-4, 1.81e-4)),
    Size(0.0, Interval(2.03e-4, 1.17e-4, 8.5e-4)),
)


def guessed_flops(entry: Entry, tokens: int) -> Interval | None:
    """FLOPs of one forward pass over `tokens` tokens; None of what the rule says nothing."""
    n = entry.n_active_parameters or entry.n_parameters
    if n is None or entry.family in TABLES_ALONE:
        return None
    tables = entry.n_embedding_parameters
    outside = float(max(n - (tables or 0), 0))
    if entry.kind == "speech-encoder":
        return SPEECH.times(2 * outside * tokens)
    if entry.kind not in DENSE:
        return None
    read = multiplied(entry) if tables is None else TABLES_APART.times(outside)
    return read.times(2.0 * tokens).plus(size_of(entry).scores.times(2.0 * n * tokens**2))


def size_of(entry: Entry) -> Size:
    """The row of SIZES for the entry."""
    return next(size for size in SIZES if (entry.n_parameters or 0) >= size.least)


def multiplied(entry: Entry) -> Interval:
    """Its parameters that are multiplied, where its tables are unknown."""
    n = float(entry.n_active_parameters or entry.n_parameters or 0)
    body = body_of(entry)
    if body is None:
        return share_of(entry).times(n)
    if body.berts is not None and FAMILIES.get(entry.family) in BERTS:
        return Interval(body.berts, body.berts, 1.1 * body.berts)
    return body.multiplied


def body_of(entry: Entry) -> Body | None:
    """The row of BODIES for the entry; None of what comes in no usual size."""
    if entry.kind not in ENCODERS or len(entry.languages or ()) > FEW_LANGUAGES:
        return None
    n = entry.n_active_parameters or entry.n_parameters or 0
    return next((body for body in BODIES if body.least <= n < body.below), None)


def share_of(entry: Entry) -> Interval:
    """The share of its parameters that is multiplied."""
    if entry.kind == "biosequence-encoder":
        return LETTERS
    few = len(entry.languages or ()) <= FEW_LANGUAGES
    n = entry.n_parameters or 0
    return next(row.multiplied for row in (FEW if few else MANY) if n >= row.least)
