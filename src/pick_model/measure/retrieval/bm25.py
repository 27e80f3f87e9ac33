"""BM25, what a search by words finds: the baseline that a model has to beat.

By bm25s (arXiv:2407.03618), in Lucene's variant with Lucene's constants.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pick_model.data.search import SearchData
from pick_model.measure.retrieval.ranking import best_of
from pick_model.measure.retrieval.terms import Terms

K1, B = 1.2, 0.75  # Lucene's BM25Similarity, which Elasticsearch and OpenSearch have as well
DIGITS = 5  # of scores up to some tens in float32
NO_TERM = ""  # a passage of no terms, which the index needs at least one of


@dataclass(frozen=True)
class Words:
    """What BM25 found, and what it took."""

    places: Sequence[np.ndarray]  # of each query's best passages
    terms: Terms
    index_bytes: int  # of the index's arrays
    query_ms: float  # median of the searches, terms included
    passages_per_second: float  # cutting into terms and indexing


def search_by_words(
    data: SearchData,
    tick: Callable[[int], None] = lambda _: None,
    now: Callable[[], float] = time.perf_counter,
) -> Words:
    """Index the corpus and search it for every query; only passages that share a term are found.

    What is kept of the corpus are the ids of its terms. `tick` is told the passages read so far.
    """
    from bm25s import BM25

    begun, terms = now(), Terms()
    vocabulary: dict[str, int] = {NO_TERM: 0}
    corpus = data.corpus
    ids: list[list[int]] = []
    for at, passage in enumerate(corpus, start=1):
        found = terms.of(passage.text, corpus.language_of(passage)) or [NO_TERM]
        ids.append([vocabulary.setdefault(term, len(vocabulary)) for term in found])
        if at % 1000 == 0:
            tick(at)
    index = BM25(k1=K1, b=B, method="lucene")
    index.index((ids, vocabulary), show_progress=False)
    indexed = now()
    places, took = [], []
    for query in data.queries:
        asked = now()
        wanted = [t for t in terms.of(query.text, query.language) if t in vocabulary]
        scores = index.get_scores(wanted or [NO_TERM]) * bool(wanted)
        took.append(now() - asked)
        places.append(best_of(scores, DIGITS))
    return Words(
        places=places,
        terms=terms,
        index_bytes=sum(
            part.nbytes for part in index.scores.values() if isinstance(part, np.ndarray)
        ),
        query_ms=1000 * float(np.median(took)),
        passages_per_second=len(ids) / max(indexed - begun, 1e-9),
    )
