"""How long the texts are: in characters, in words, and in a tokenizer's tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pick_model.data.dataset import Dataset
from pick_model.documents.base import Count, Fraction
from pick_model.documents.checked import Document

_BATCH_ROWS = 1_000  # tokenized at once: any number keeps their memory small
# Percentiles and a share to within a percent need no more rows than this.
_MAX_ROWS = 10_000


class Spread(Document):
    """Percentiles by nearest rank: p95 is the smallest length that 95 % of rows stay within."""

    p50: Count
    p95: Count
    longest: Count


class TokenLengths(Document):
    """Tokens a row, special tokens included; both texts of a pair together."""

    p50: Count
    p95: Count
    longest: Count
    max_length: Count  # what rows are cut to
    truncated: Fraction  # share of rows longer than that
    n_rows: Count  # rows that were measured


def spread(lengths: Iterable[int]) -> Spread:
    """The percentiles of some lengths; zeros for none."""
    ranked = sorted(lengths) or [0]
    return Spread(p50=_percentile(ranked, 50), p95=_percentile(ranked, 95), longest=ranked[-1])


def _percentile(ranked: list[int], percent: int) -> int:
    return ranked[max(0, -(-percent * len(ranked) // 100) - 1)]


def character_lengths(dataset: Dataset) -> Spread:
    """Characters a row, of both texts of a pair."""
    pairs = dataset.pairs or ("",) * len(dataset)
    return spread(len(one) + len(two) for one, two in zip(dataset.texts, pairs, strict=True))


def word_lengths(dataset: Dataset) -> Spread:
    """Words a row, between spaces (so of no meaning in Chinese, Japanese or Thai); for kind
    "tokens", the tokens of the file."""
    if dataset.tokens is not None:
        return spread(len(tokens) for tokens in dataset.tokens)
    pairs = dataset.pairs or ("",) * len(dataset)
    rows = zip(dataset.texts, pairs, strict=True)
    return spread(len(one.split()) + len(two.split()) for one, two in rows)


def token_lengths(
    dataset: Dataset, tokenizer: Callable[..., Mapping[str, Any]], max_length: int
) -> TokenLengths:
    """Lengths in tokens, and the share of rows that `max_length` tokens cut short.

    `tokenizer` is called as a transformers tokenizer is: with a list of texts, and of second
    texts for pairs, it gives lists of ids under "input_ids"; rows of kind "tokens" go in as
    lists of words with is_split_into_words=True. At most 10,000 rows are measured, evenly
    spaced through the data.
    """
    step = max(1, -(-len(dataset) // _MAX_ROWS))
    measured = dataset.take(range(0, len(dataset), step))
    lengths: list[int] = []
    for start in range(0, len(measured), _BATCH_ROWS):
        part = slice(start, start + _BATCH_ROWS)
        if measured.tokens is not None:
            words = [list(tokens) for tokens in measured.tokens[part]]
            encoded = tokenizer(words, is_split_into_words=True, truncation=False, verbose=False)
        elif measured.pairs is not None:
            both = list(measured.texts[part]), list(measured.pairs[part])
            encoded = tokenizer(*both, truncation=False, verbose=False)
        else:
            encoded = tokenizer(list(measured.texts[part]), truncation=False, verbose=False)
        lengths.extend(len(ids) for ids in encoded["input_ids"])
    whole = spread(lengths)
    cut = sum(length > max_length for length in lengths)
    return TokenLengths(
        p50=whole.p50,
        p95=whole.p95,
        longest=whole.longest,
        max_length=max_length,
        truncated=cut / len(lengths) if lengths else 0.0,
        n_rows=len(lengths),
    )
