"""Lengths in characters, words and a tokenizer's tokens."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pick_model.data.lengths import (
    Spread,
    character_lengths,
    spread,
    token_lengths,
    word_lengths,
)
from tests.data.build import dataset


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60))
def test_a_percentile_is_the_smallest_length_that_covers_its_share(lengths: list[int]) -> None:
    found = spread(lengths)
    for percent, value in ((50, found.p50), (95, found.p95)):
        need = math.ceil(percent * len(lengths) / 100)
        assert sum(length <= value for length in lengths) >= need
        assert sum(length < value for length in lengths) < need
    assert found.longest == max(lengths)


def test_both_texts_of_a_pair_count() -> None:
    data = dataset([0, 1], texts=["ab c", "d"], pairs=["ef", ""])
    assert character_lengths(data) == Spread(p50=1, p95=4 + 2, longest=4 + 2)
    assert word_lengths(data) == Spread(p50=1, p95=2 + 1, longest=2 + 1)


def fake_tokenizer(texts: Any, pairs: Any = None, **options: Any) -> dict[str, list[list[int]]]:
    """A token a character or a word, and one at each end and between the texts of a pair."""
    assert options["truncation"] is False
    lengths = [len(text) + 2 for text in texts]
    if pairs is not None:
        lengths = [n + len(pair) + 1 for n, pair in zip(lengths, pairs, strict=True)]
    return {"input_ids": [[0] * n for n in lengths]}


def test_truncation_is_the_share_of_rows_longer_than_the_limit() -> None:
    data = dataset([0, 1, 0, 1], texts=["a" * n for n in (2, 6, 7, 30)])
    found = token_lengths(data, fake_tokenizer, max_length=8)
    assert (found.p50, found.longest) == (6 + 2, 30 + 2)
    assert found.truncated == 2 / 4
    assert (found.n_rows, found.max_length) == (4, 8)


def test_pairs_go_to_the_tokenizer_as_pairs() -> None:
    data = dataset([0, 1], texts=["aaa", "aaa"], pairs=["bb", "bb"])
    assert token_lengths(data, fake_tokenizer, 8).longest == 3 + 2 + 3


def test_tokens_go_to_the_tokenizer_as_words() -> None:
    seen: dict[str, Any] = {}

    def tokenizer(words: Any, **options: Any) -> dict[str, list[list[int]]]:
        seen.update(options, words=words)
        return fake_tokenizer(words, **options)

    data = dataset([(0, 0)], kind="tokens", texts=["big cat"], names=("O",))
    data = replace(data, tokens=(("big", "cat"),))
    assert token_lengths(data, tokenizer, 8).longest == 2 + 2
    assert seen["words"] == [["big", "cat"]]
    assert seen["is_split_into_words"] is True


def test_of_many_rows_an_even_part_is_measured() -> None:
    data = dataset([0, 1] * 12_500, texts=["a", "aa"] * 12_500)
    assert token_lengths(data, fake_tokenizer, 8).n_rows == math.ceil(25_000 / 3)
