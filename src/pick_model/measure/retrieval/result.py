"""The report of a screen on queries, from what each model and BM25 found."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Literal

import numpy as np

from pick_model.documents.retrieval import (
    LanguageScores,
    Prompt,
    RetrievalData,
    RetrievalReport,
    RetrievalResult,
    WordSearch,
)
from pick_model.measure.retrieval.bm25 import Words
from pick_model.measure.retrieval.metrics import METRICS, Resampling, by_language
from pick_model.measure.retrieval.prompts import Prompts
from pick_model.measure.retrieval.settings import REPORTED
from pick_model.measure.retrieval.work import Search, Searcher
from pick_model.measure.screen.contest import DOUBT
from pick_model.measure.screen.result import environment, fault_of
from pick_model.words.message import Message
from pick_model.words.say import message, say_all

GIB = 2**30
FLOAT_BYTES = 4
# Below so many queries the drawn interval is too short, for the draws can only repeat them; the
# usual least of a bootstrap (by hand).
FEW = 30


def report(
    search: Search,
    words: Words,
    searchers: Sequence[Searcher],
    metric: str,
    prior: Mapping[str, int],
) -> RetrievalReport:
    """The best first, and models that could not be screened last, in the order asked for."""
    at = METRICS.index(metric)
    base = search.values(words.places)
    baseline = word_search(search, words, base, at)
    ranked = sorted(
        (one for one in searchers if one.found is not None),
        key=lambda one: -round(_values(one)[:, at].mean(), 6),  # stable: in the order asked for
    )
    results = [
        result(search, one, base, ranked[0], at, rank, prior)
        for rank, one in enumerate(ranked, start=1)
    ]
    failed = [one for one in searchers if one.found is None]
    notes = [*search.data.notes]
    if len(search.data.queries) < FEW:
        notes.append(message("few-queries", n=len(search.data.queries)))
    notes += told_of(results, ranked)
    if failed:
        notes.append(message("screen-failed", n=len(failed)))
    data = search.data
    return RetrievalReport(
        made_on=datetime.date.today().isoformat(),
        metric=metric,
        data=RetrievalData(
            source=data.source,
            digest=data.digest,
            file_digests=data.file_digests,
            queries=len(data.queries),
            queries_in_file=data.n_queries_in_file,
            passages=data.n_passages,
            judgements=data.n_judgements,
            graded=data.graded,
        ),
        settings={name: getattr(search.settings, name) for name in REPORTED},
        environment=environment(ranked[0].found.machine) if ranked and ranked[0].found else None,
        bm25=baseline,
        results=(*results, *(unread(one, prior) for one in failed)),
        notes=say_all(notes),
        note_messages=tuple(notes),
    )


def word_search(search: Search, words: Words, values: np.ndarray, at: int) -> WordSearch:
    """What BM25 found."""
    mine = search.resampling.figure(values[:, at])
    return WordSearch(
        name="BM25",
        score=mine.value,
        interval=(mine.low, mine.high),
        standard_error=search.resampling.error(values[:, at]),
        scores=search.resampling.scores(values),
        languages=languages_of(search, values, None),
        index_gib=words.index_bytes / GIB,
        query_ms=round(words.query_ms, 3),
        passages_per_second=round(words.passages_per_second, 1),
        stemmed=tuple(sorted(words.terms.stemmed)),
        plain=tuple(sorted(words.terms.plain)),
        paired=words.terms.paired,
        versions={name: version(name) for name in ("bm25s", "snowballstemmer")},
    )


def result(
    search: Search,
    one: Searcher,
    base: np.ndarray,
    first: Searcher,
    at: int,
    rank: int,
    prior: Mapping[str, int],
) -> RetrievalResult:
    """A model that was read."""
    assert one.model is not None
    assert one.found is not None
    assert one.sentence is not None
    assert one.prompts is not None
    found, draws = one.found, search.resampling
    mine = found.values[:, at]
    whole = draws.figure(mine)
    ahead = mine - base[:, at]
    ties = draws.drawn(mine - _values(first)[:, at]) >= 0
    return RetrievalResult(
        rank=rank,
        model=one.ref.name,
        revision=one.model.revision,
        weights_digest=one.model.weights_digest,
        score=whole.value,
        interval=(whole.low, whole.high),
        standard_error=draws.error(mine),
        scores=draws.scores(found.values),
        languages=languages_of(search, found.values, ahead),
        index_gib=search.data.n_passages * found.dimension * FLOAT_BYTES / GIB,
        query_ms=round(found.query_ms, 3),
        passages_per_second=round(found.passages_per_second, 1),
        prior_rank=prior.get(one.ref.name),
        may_lead=bool(ties.mean() >= DOUBT),
        over_bm25=draws.figure(ahead),
        query_prompt=prompt(one.prompts, "query"),
        passage_prompt=prompt(one.prompts, "passage"),
        poolings=one.sentence.poolings,
        compared_by="dot" if one.sentence.by_dot else "cosine",
        dimension=found.dimension,
        max_tokens=found.max_tokens,
        truncated=round(found.truncated, 6),
        n_parameters=found.machine.parameters,
        memory_gib=found.machine.parameters * FLOAT_BYTES / GIB,
        seconds=round(one.seconds, 3),
        cached=one.cached,
    )


def unread(one: Searcher, prior: Mapping[str, int]) -> RetrievalResult:
    """A model that could not be screened, and why."""
    assert one.fault is not None
    return RetrievalResult(
        rank=None,
        model=one.ref.name,
        revision=one.model.revision if one.model else None,
        weights_digest=one.model.weights_digest if one.model else None,
        score=None,
        interval=None,
        standard_error=None,
        scores={},
        languages=(),
        index_gib=None,
        query_ms=None,
        passages_per_second=None,
        prior_rank=prior.get(one.ref.name),
        may_lead=False,
        over_bm25=None,
        query_prompt=None,
        passage_prompt=None,
        poolings=(),
        compared_by=None,
        dimension=None,
        max_tokens=None,
        truncated=None,
        n_parameters=None,
        memory_gib=None,
        seconds=round(one.seconds, 3),
        cached=False,
        error=fault_of(one.fault),
    )


def prompt(prompts: Prompts, side: Literal["query", "passage"]) -> Prompt:
    if side == "query":
        return Prompt(text=prompts.query, source=prompts.query_from, own=prompts.own_query)
    return Prompt(text=prompts.passage, source=prompts.passage_from, own=prompts.own_passage)


def languages_of(
    search: Search, values: np.ndarray, ahead: np.ndarray | None
) -> tuple[LanguageScores, ...]:
    """Every metric on the queries of each language alone. ahead: of BM25, a query."""
    found = by_language([query.language for query in search.data.queries])
    lines = []
    for language, own in found.items():
        draws = Resampling(int(own.sum()))
        lines.append(
            LanguageScores(
                language=language,
                queries=int(own.sum()),
                scores=draws.scores(values[own]),
                over_bm25=None if ahead is None else draws.figure(ahead[own]),
            )
        )
    return tuple(lines)


def told_of(results: Sequence[RetrievalResult], searchers: Sequence[Searcher]) -> list[Message]:
    """What the reader should know: ties, BM25, prompts."""
    told: list[Message] = []
    level = sum(one.may_lead for one in results)
    if level > 1:
        told.append(message("retrieval-undecided", n=level))
    if results and results[0].over_bm25 is not None:
        first, ahead = results[0], results[0].over_bm25
        if ahead.high < 0:
            told.append(message("bm25-better", model=first.model))
        elif ahead.low <= 0:
            told.append(message("bm25-level", model=first.model))
        else:
            told += [
                message("bm25-level-in", model=first.model, language=one.language)
                for one in first.languages
                if one.over_bm25 is not None and one.over_bm25.low <= 0
            ]
    for one in searchers:
        told += prompt_notes(one)
    return told


def prompt_notes(one: Searcher) -> list[Message]:
    """Prompts that were written over the model's own, and models that say nothing of theirs."""
    prompts, sentence = one.prompts, one.sentence
    assert prompts is not None
    assert sentence is not None
    told = []
    for side, text, own in (
        ("query", prompts.query, prompts.own_query),
        ("passage", prompts.passage, prompts.own_passage),
    ):
        if own is not None and text != own:
            told.append(
                message("prompt-replaced", model=one.ref.name, side=side, own=own, text=text)
            )
    if not sentence.told:
        told.append(message("no-sentence-settings", model=one.ref.name))
    elif prompts.own_query is None and (names := tuple(n for n, text in sentence.prompts if text)):
        told.append(message("prompts-of-other-names", model=one.ref.name, names=names))
    return told


def _values(one: Searcher) -> np.ndarray:
    assert one.found is not None
    return one.found.values
