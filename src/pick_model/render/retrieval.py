"""A screen on queries for a terminal, as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from pick_model.documents.retrieval import (
    Prompt,
    RetrievalReport,
    RetrievalResult,
    SearchFigures,
    WordSearch,
)
from pick_model.render import pictures
from pick_model.render.layout import Column, Page
from pick_model.render.probe import between, lead, number
from pick_model.render.screen import fault, first, short_names, why
from pick_model.render.tables import table
from pick_model.render.words import cell, duration, gib, markdown
from pick_model.words.figures import figure
from pick_model.words.reader import listing, phrase, retold, word

# Of the metrics beside the report's own, those that a table has room for, with short names.
BESIDE = {"recall_at_1": "R@1", "recall_at_10": "R@10", "mrr_at_10": "MRR@10"}
# Whose a prompt is: names that `reader.word` puts into words.
WHOSE = {
    "given": "as given",
    "model": "the model's",
    "family": "its family's",
    "none": "none known",
}
COSTS = ("memory", "index", "ms a query", "passages/s")  # what each way of searching takes


def report(searched: RetrievalReport, page: Page) -> None:
    """What was found, by language, with what, and who could not be screened."""
    read = [one for one in searched.results if one.error is None]
    names = names_of(searched)
    if read:
        page.opening(*first(searched.metric, read[0], names))
        page.blank()
    page.heading(searched.data.source, about(searched))
    if searched.environment is not None:
        where = searched.environment
        machine = (f"{where.device_name} ({where.device})", where.dtype)
        page.paragraph(listing(machine, "phrases"), dim=True)
    page.blank()
    _ranking(searched, names, page)
    page.blank()
    pictures.searches(searched, names, page)
    if searched.bm25.languages:
        _languages(searched, names, page)
        page.blank()
    _costs(searched, names, page)
    page.blank()
    for one in read:
        page.paragraph(prompts(one), label=names[one.model])
    page.paragraph(terms(searched.bm25), label=searched.bm25.name)
    for one in searched.results:
        if one.error is not None:
            fault(one.error, phrase("not-screened", model=one.model), page)
    for note in retold(searched.notes, searched.note_messages):
        page.paragraph(note, label=word("note"))


def about(searched: RetrievalReport) -> str:
    """How much is searched for, and in what."""
    data = searched.data
    parts = (
        phrase("queries-of", n=data.queries, of=data.queries_in_file),
        phrase("passages", n=data.passages),
        phrase("judgements-graded" if data.graded else "judgements", n=data.judgements),
    )
    return " · ".join(parts)


def names_of(searched: RetrievalReport) -> dict[str, str]:
    return short_names([one.model for one in searched.results])


def in_order(searched: RetrievalReport) -> Iterator[RetrievalResult | WordSearch]:
    """The models that were read, and BM25 where it belongs."""
    waiting = [one for one in searched.results if one.error is None]
    baseline = searched.bm25.score or 0.0
    yield from (one for one in waiting if (one.score or 0.0) > baseline)
    yield searched.bm25
    yield from (one for one in waiting if (one.score or 0.0) <= baseline)


def _ranking(searched: RetrievalReport, names: dict[str, str], page: Page) -> None:
    known = any(one.prior_rank for one in searched.results)
    beside = {name: short for name, short in BESIDE.items() if name != searched.metric}
    columns = [
        Column("", right=True),
        Column(word("model"), fold=True),
        *([Column(word("catalog"), right=True)] if known else []),
        Column(searched.metric, right=True, style="bold"),
        Column("90 %", style="dim"),
        Column(word("to BM25"), right=True),
        *(Column(short, right=True) for short in beside.values()),
    ]
    rows = [
        [
            place(one) if isinstance(one, RetrievalResult) else "",
            _name(one, names),
            *([str(getattr(one, "prior_rank", None) or "")] if known else []),
            number(one.score or 0.0),
            between(one.interval or (0.0, 0.0)),
            ahead(one),
            *(number(one.scores[name].value) for name in beside),
        ]
        for one in in_order(searched)
    ]
    page.grid(columns, rows)
    if any(row[0].startswith("=") for row in rows):
        page.paragraph(phrase("legend-level-queries"), dim=True)


def _costs(searched: RetrievalReport, names: dict[str, str], page: Page) -> None:
    """What each way of searching takes."""
    columns = [
        Column("", fold=True),
        *(Column(word(name), right=True) for name in (*COSTS, "time")),
    ]
    page.grid(
        columns,
        [
            [
                _name(one, names),
                gib(one.memory_gib) if isinstance(one, RetrievalResult) else "",
                gib(one.index_gib),
                figure(one.query_ms or 0.0, 2),
                f"{one.passages_per_second or 0.0:,.0f}",
                _time(one) if isinstance(one, RetrievalResult) else "",
            ]
            for one in in_order(searched)
        ],
    )


def ahead(one: SearchFigures) -> str:
    """How far a model is ahead of BM25; nothing of BM25 itself."""
    over = one.over_bm25 if isinstance(one, RetrievalResult) else None
    return lead(over.value) if over is not None else ""


def place(one: RetrievalResult) -> str:
    """The rank; = of models that the queries do not tell apart from the first."""
    return f"{'=' if one.may_lead and one.rank != 1 else ''}{one.rank}"


def _time(one: RetrievalResult) -> str:
    return word("cached") if one.cached else duration(one.seconds / 3600)


def _languages(searched: RetrievalReport, names: dict[str, str], page: Page) -> None:
    """The metric on the queries of each language alone."""
    metric = searched.metric
    heads = [f"{one.language} ({one.queries:,})" for one in searched.bm25.languages]
    page.grid(
        [Column(metric, fold=True), *(Column(head, right=True) for head in heads)],
        [[_name(one, names), *by_language(one, metric)] for one in in_order(searched)],
    )


def _name(one: SearchFigures, names: dict[str, str]) -> str:
    return names[one.model] if isinstance(one, RetrievalResult) else "BM25"


def by_language(one: SearchFigures, metric: str) -> list[str]:
    """A score and its interval, a language."""
    figures = [language.scores[metric] for language in one.languages]
    return [f"{number(f.value)} [{between((f.low, f.high))}]" for f in figures]


def prompts(one: RetrievalResult) -> str:
    """What was written before queries and passages."""
    query, passage = one.query_prompt, one.passage_prompt
    if query is None or passage is None:
        return ""
    if query.source == passage.source == "none":
        return phrase("no-prompt")
    return phrase("prompts", query=prompt(query), passage=prompt(passage))


def prompt(one: Prompt) -> str:
    """What was written, in quotes, and who says so."""
    text = repr(one.text) if one.text else word("nothing")
    return phrase("with-aside", text=text, aside=word(WHOSE[one.source]))


def terms(words: WordSearch) -> str:
    """How texts were cut into terms."""
    told = []
    if words.stemmed:
        told.append(phrase("words-at-stem", languages=words.stemmed))
    if words.plain:
        told.append(phrase("words-as-they-are", languages=words.plain))
    if words.paired:
        told.append(phrase("pairs-of-characters"))
    return listing(told, "clauses") or word("no words")


def as_markdown(searched: RetrievalReport) -> str:
    """A heading, the tables, the prompts, the faults and the notes, as GitHub renders them."""
    names = {one.model: markdown(one.model) for one in searched.results}
    beside = [name for name in BESIDE if name != searched.metric]
    rows = [
        (
            place(one) if isinstance(one, RetrievalResult) else "",
            _name(one, names),
            number(one.score or 0.0),
            between(one.interval or (0.0, 0.0)),
            lead(one.over_bm25.value) if isinstance(one, RetrievalResult) and one.over_bm25 else "",
            *(number(one.scores[name].value) for name in beside),
            gib(one.memory_gib) if isinstance(one, RetrievalResult) else "",
            gib(one.index_gib),
            figure(one.query_ms or 0.0, 2),
            f"{one.passages_per_second or 0.0:,.0f}",
        )
        for one in in_order(searched)
    ]
    head = (word("rank"), word("model"), searched.metric, "90 %", word("to BM25"))
    costs = (word(name) for name in COSTS)
    lines = [f"## {markdown(searched.data.source)}", "", about(searched), ""]
    lines += table((*head, *(BESIDE[n] for n in beside), *costs), rows)
    if searched.bm25.languages:
        languages = [f"{one.language} ({one.queries:,})" for one in searched.bm25.languages]
        scored = [
            (_name(one, names), *by_language(one, searched.metric)) for one in in_order(searched)
        ]
        lines += ["", *table((searched.metric, *map(markdown, languages)), scored)]
    return "\n".join([*lines, *_asides(searched, names)]) + "\n"


def _asides(searched: RetrievalReport, names: dict[str, str]) -> list[str]:
    """Prompts, terms, faults and notes, a line each."""
    said = [
        f"- {phrase('label', name=names[one.model])}{markdown(prompts(one))}"
        for one in searched.results
        if one.error is None
    ]
    said.append(f"- {phrase('label', name='BM25')}{markdown(terms(searched.bm25))}")
    said += [
        f"- {phrase('was-not-screened', model=names[one.model], why=markdown(why(one.error)))}"
        for one in searched.results
        if one.error is not None
    ]
    notes = retold(searched.notes, searched.note_messages)
    return ["", *said, *(f"- {markdown(note)}" for note in notes)]


def as_csv(searched: RetrievalReport) -> str:
    """One line a model and language, all languages first; numbers in full."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    metrics = list(searched.bm25.scores)
    writer.writerow(
        [
            *("rank", "model", "metric", "score", "low", "high", "standard_error", "language"),
            *("queries", *metrics, "over_bm25", "may_lead", "prior_rank", "query_prompt"),
            *("passage_prompt", "memory_gib", "index_gib", "query_ms", "passages_per_second"),
            *("seconds", "cached", "error"),
        ]
    )
    for one in searched.results:
        writer.writerows(_csv_rows(searched, one, metrics))
    writer.writerows(_csv_rows(searched, searched.bm25, metrics))
    return out.getvalue()


def _csv_rows(
    searched: RetrievalReport, one: RetrievalResult | WordSearch, metrics: Sequence[str]
) -> Iterator[list[object]]:
    model = one if isinstance(one, RetrievalResult) else None
    name = cell(model.model) if model else searched.bm25.name
    low, high = one.interval or (None, None)
    yield [
        *(model.rank if model else None, name, searched.metric, one.score, low, high),
        *(one.standard_error, "all", searched.data.queries),
        *(one.scores[m].value if m in one.scores else None for m in metrics),
        model.over_bm25.value if model and model.over_bm25 else None,
        str(model.may_lead).lower() if model else None,
        model.prior_rank if model else None,
        cell(model.query_prompt.text) if model and model.query_prompt else None,
        cell(model.passage_prompt.text) if model and model.passage_prompt else None,
        model.memory_gib if model else None,
        *(one.index_gib, one.query_ms, one.passages_per_second),
        *((model.seconds, str(model.cached).lower()) if model else (None, None)),
        cell(model.error.message) if model and model.error else "",
    ]
    for language in one.languages:
        mine = language.scores[searched.metric]
        yield [
            *(None, name, searched.metric, mine.value, mine.low, mine.high, None),
            *(cell(language.language), language.queries),
            *(language.scores[m].value for m in metrics),
            *[None] * 11,
        ]
