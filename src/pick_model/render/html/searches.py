"""The page of `screen` on queries: what each model finds of what answers them, beside BM25."""

from __future__ import annotations

from pick_model.documents.retrieval import RetrievalReport, RetrievalResult, WordSearch
from pick_model.render import retrieval as told
from pick_model.render.html.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Opening,
    Prose,
    Section,
    Sheet,
    Table,
    Tile,
)
from pick_model.render.html.drawing import Bar, intervals
from pick_model.render.html.made import made, versions
from pick_model.render.probe import between, lead, number
from pick_model.render.words import count, duration, gib
from pick_model.words.figures import figure

Found = RetrievalResult | WordSearch


def searches(report: RetrievalReport, command: str) -> Sheet:
    """The page of a screen on queries."""
    read = [one for one in report.results if one.error is None]
    names = told.names_of(report)
    where = report.environment
    more: list[Block] = []
    if where is not None:
        more = [Prose((f"{where.device_name} ({where.device}), {where.dtype}",))]
        more.append(versions({**where.versions, **report.bm25.versions}))
    digests = {"data": report.data.digest}
    digests |= {names[one.model]: one.weights_digest for one in read if one.weights_digest}
    return Sheet(
        title=f"search of {report.data.source}",
        opening=_opening(report, read, names),
        sections=(
            _ranking(report, names),
            *_languages(report, names),
            _costs(report, names),
            _prompts(report, read, names),
            *_faults(report),
            *([Section("notes", "Notes", (Bullets(report.notes),))] if report.notes else []),
            made(command, digests, *more),
        ),
    )


def _name(one: Found, names: dict[str, str]) -> str:
    return names[one.model] if isinstance(one, RetrievalResult) else one.name


def _opening(
    report: RetrievalReport, read: list[RetrievalResult], names: dict[str, str]
) -> Opening:
    over = f"screen · {report.data.source} · {told.about(report)}"
    first = next(told.in_order(report))
    if not read:
        return Opening(over, "", "no model could be screened", tone="bad")
    lines = []
    if isinstance(first, WordSearch):
        lines.append("No model finds more than the words alone do.")
    rivals = [names[one.model] for one in read[1:] if one.may_lead]
    if rivals:
        lines.append(f"These queries do not tell {names[read[0].model]} from {', '.join(rivals)}.")
    tiles = [Tile(report.metric, number(first.score or 0.0), between(first.interval or (0, 0)))]
    over_words = first.over_bm25 if isinstance(first, RetrievalResult) else None
    if over_words is not None:
        ends = f"{lead(over_words.low)} to {lead(over_words.high)}"
        tiles.append(Tile("more than BM25", lead(over_words.value), ends))
    tiles.append(Tile("a query", f"{figure(first.query_ms or 0.0, 2)} ms"))
    tiles.append(Tile("index", f"{gib(first.index_gib)}iB"))
    return Opening(over, "finds most:", _name(first, names), tuple(lines), tuple(tiles))


def _ranking(report: RetrievalReport, names: dict[str, str]) -> Section:
    every = list(told.in_order(report))
    bars = [
        Bar(
            _name(one, names),
            one.score or 0.0,
            *(one.interval or (0.0, 0.0)),
            number(one.score or 0.0),
            "" if isinstance(one, RetrievalResult) else "other",
        )
        for one in every
    ]
    beside = [name for name in report.bm25.scores if name != report.metric]
    rows = [
        (
            Cell(told.place(one), one.rank) if isinstance(one, RetrievalResult) else "",
            _name(one, names),
            Cell(number(one.score or 0.0), one.score),
            between(one.interval or (0.0, 0.0)),
            _ahead(one),
            *(Cell(number(one.scores[name].value), one.scores[name].value) for name in beside),
            *([_prior(one)] if any(r.prior_rank for r in report.results) else []),
        )
        for one in every
    ]
    by_catalog = ["by catalog"] if any(r.prior_rank for r in report.results) else []
    columns = ("#", "model", report.metric, "90 %", "to BM25", *beside, *by_catalog)
    caption = f"{report.metric} with 90 % intervals over the queries; BM25 searches by words."
    chart = Chart(intervals(bars, caption), caption)
    table = Table(columns, rows, "Ways of searching, best first")
    return Section("ranking", "What is found", (chart, table))


def _ahead(one: Found) -> Cell | str:
    over = one.over_bm25 if isinstance(one, RetrievalResult) else None
    return "" if over is None else Cell(told.ahead(one), over.value)


def _prior(one: Found) -> Cell | str:
    rank = one.prior_rank if isinstance(one, RetrievalResult) else None
    return "" if rank is None else Cell(str(rank), rank)


def _languages(report: RetrievalReport, names: dict[str, str]) -> list[Section]:
    """The metric on the queries of each language alone; nothing where all are of one."""
    if not report.bm25.languages:
        return []
    heads = [f"{one.language} ({one.queries:,})" for one in report.bm25.languages]
    rows: list[tuple[Cell | str, ...]] = [
        (
            _name(one, names),
            *(
                Cell(text, language.scores[report.metric].value)
                for text, language in zip(
                    told.by_language(one, report.metric), one.languages, strict=True
                )
            ),
        )
        for one in told.in_order(report)
    ]
    table = Table(("model", *heads), rows, f"{report.metric} by language of the query")
    return [Section("languages", "Language by language", (table,))]


def _costs(report: RetrievalReport, names: dict[str, str]) -> Section:
    """What each way of searching takes."""
    rows: list[tuple[Cell | str, ...]] = [
        (
            _name(one, names),
            *_weighs(one),
            Cell(f"{gib(one.index_gib)}iB", one.index_gib),
            Cell(figure(one.query_ms or 0.0, 2), one.query_ms),
            Cell(f"{one.passages_per_second or 0.0:,.0f}", one.passages_per_second),
        )
        for one in told.in_order(report)
    ]
    columns = ("model", "size", "memory", "time", "index", "ms a query", "passages/s")
    table = Table(columns, rows, "Memory of the weights, the index, and speed here")
    return Section("costs", "What it takes", (table,))


def _weighs(one: Found) -> tuple[Cell | str, ...]:
    """Size, memory of the weights, and how long its reading took; nothing of BM25."""
    if isinstance(one, WordSearch):
        return "", "", ""
    taken = "cached" if one.cached else duration(one.seconds / 3600)
    return (
        Cell(count(one.n_parameters), one.n_parameters),
        Cell(f"{gib(one.memory_gib)}iB", one.memory_gib),
        Cell(taken, one.seconds),
    )


def _prompts(
    report: RetrievalReport, read: list[RetrievalResult], names: dict[str, str]
) -> Section:
    rows = [
        (
            names[one.model],
            told.prompts(one),
            f"{one.compared_by or ''} of {' or '.join(one.poolings)}, {one.dimension or 0:,} wide",
            f"{one.max_tokens or 0:,} tokens, {one.truncated or 0.0:.1%} of passages fill them",
        )
        for one in read
    ]
    rows.append((report.bm25.name, told.terms(report.bm25), "", ""))
    columns = ("model", "written before the texts", "compared by", "cut at")
    return Section("prompts", "How the texts were read", (Table(columns, rows, "How it read"),))


def _faults(report: RetrievalReport) -> list[Section]:
    rows = [
        (one.model, one.error.message, one.error.hint or "")
        for one in report.results
        if one.error is not None
    ]
    table = Table(("model", "because", "instead"), rows, "Not screened")
    return [Section("faults", "What could not be screened", (table,))] if rows else []
