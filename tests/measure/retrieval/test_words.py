"""What a search by words takes for a word, and that BM25 is BM25."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from pick_model.data.search import Passage, PassageCorpus, Query, SearchData
from pick_model.measure.retrieval.bm25 import K1, B, search_by_words
from pick_model.measure.retrieval.terms import Terms


def search_data(passages: list[str], queries: list[str], language: str = "xx") -> SearchData:
    return SearchData(
        queries=tuple(Query(str(n), text, language, {0: 1.0}) for n, text in enumerate(queries)),
        corpus=PassageCorpus(None, tuple(Passage(text, language) for text in passages), None),
        n_passages=len(passages),
        n_queries_in_file=len(queries),
        n_judgements=len(queries),
        graded=False,
        source="x",
        digest="0",
        file_digests=("0",),
        notes=(),
    )


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Bücher, Buches!", "de", ["buch", "buch"]),
        ("renewing renewals", "en", ["renew", "renew"]),
        ("renewing renewals", "xx", ["renewing", "renewals"]),
        ("图书馆 hours", "zh", ["图书", "书馆", "hours"]),
        ("東京へ", "ja", ["東京", "京へ"]),
        ("書", "ja", ["書"]),
        ("ＰＩＮ x2", "other", ["pin", "x2"]),
        ("… — !", "en", []),
        ("Βιβλιοθήκες", "el", ["βιβλιοθηκ"]),
    ],
)
def test_a_text_is_cut_as_its_language_asks(text: str, language: str, wanted: list[str]) -> None:
    assert Terms().of(text, language) == wanted


def test_what_was_done_to_words_is_known() -> None:
    terms = Terms()
    terms.of("renewing", "en")
    terms.of("大学", "zh")
    assert (terms.stemmed, terms.plain, terms.paired) == ({"en"}, set(), True)
    terms.of("vaca", "Latin")
    assert terms.plain == {"Latin"}


def slow_bm25(query: list[str], passage: list[str], corpus: list[list[str]]) -> float:
    """Robertson and Zaragoza 2009, equation 3.15, with Lucene's idf."""
    mean = sum(map(len, corpus)) / len(corpus)
    counts, total = Counter(passage), 0.0
    for term in query:
        holding = sum(term in other for other in corpus)
        idf = math.log(1 + (len(corpus) - holding + 0.5) / (holding + 0.5))
        tf = counts[term]
        total += idf * tf / (tf + K1 * (1 - B + B * len(passage) / mean))
    return total


def test_the_order_is_that_of_the_formula() -> None:
    passages = [
        "a late book costs money",
        "money for a lost book and a lost film",
        "the film about money money money",
        "nothing of it",
        "book book film",
    ]
    queries = ["lost book", "money film", "late late money"]
    corpus = [text.split() for text in passages]
    found = search_by_words(search_data(passages, queries))
    for query, places in zip(queries, found.places, strict=True):
        scores = [slow_bm25(query.split(), passage, corpus) for passage in corpus]
        wanted = sorted(range(len(passages)), key=lambda n: (-round(scores[n], 5), n))
        assert places.tolist() == [n for n in wanted if scores[n] > 0]


def test_a_query_without_a_known_word_finds_nothing() -> None:
    found = search_by_words(search_data(["one", "two", "…"], ["three", "…", "two"]))
    assert [places.tolist() for places in found.places] == [[], [], [1]]


def test_a_corpus_without_any_word_finds_nothing() -> None:
    found = search_by_words(search_data(["…", "!"], ["…", "two"]))
    assert [places.tolist() for places in found.places] == [[], []]
