"""The page of `screen`: whose frozen features fit the labels, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.data.report import DataProfile
from pick_model.documents.screen import ScreenReport, ScreenResult
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
from pick_model.render.html.data import data_section
from pick_model.render.html.drawing import Bar, DrawnCurve, DrawnPoint, curves, intervals
from pick_model.render.html.made import made, versions
from pick_model.render.html.probe import more_than
from pick_model.render.probe import between, number
from pick_model.render.screen import (
    MEASURES,
    baselines,
    by_rows,
    layer_words,
    rows_read,
    short_names,
    weighed,
)
from pick_model.render.words import chance, duration

DRAWN = 12  # models whose layers are drawn


def screen(report: ScreenReport, profile: DataProfile | None, command: str) -> Sheet:
    """The page of a screen."""
    read = [one for one in report.results if one.error is None]
    where = report.environment
    more: list[Block] = []
    if where is not None:
        more = [
            Prose((f"{where.device_name} ({where.device}), {where.dtype}",)),
            versions(where.versions),
        ]
    return Sheet(
        title=f"screen of {report.data.source}",
        opening=_opening(report, read),
        sections=(
            *([_ranking(report, read)] if read else []),
            *layer_sections(read),
            *_faults(report),
            *data_section(profile),
            *([Section("notes", "Notes", (Bullets(report.notes),))] if report.notes else []),
            made(command, {"data": report.data.digest, **_digests(read)}, *more),
        ),
    )


def _digests(read: Sequence[ScreenResult]) -> dict[str, str]:
    names = short_names(one.model for one in read)
    return {names[one.model]: one.weights_digest for one in read if one.weights_digest}


def _opening(report: ScreenReport, read: Sequence[ScreenResult]) -> Opening:
    data = report.data
    rows = f"{rows_read(report):,} of {data.rows_in_file:,} rows"
    over = f"screen · {data.source} · {data.kind} · {rows}"
    if not read:
        return Opening(over, "", "no model could be screened", tone="bad")
    first = read[0]
    names = short_names(one.model for one in read)
    best = min(read, key=lambda one: one.data_rank or len(read))  # by these rows alone
    rivals = [names[one.model] for one in read if one.may_lead and one is not best]
    line = f"These rows do not tell it apart from {', '.join(rivals)}." if rivals else ""
    if best is not first:
        line = f"By these rows alone {names[best.model]} comes first."
    return Opening(
        over,
        "first by the catalog and these rows:" if weighed(read) else "the features that fit best:",
        names[first.model],
        lines=(line,) if line else (),
        tiles=(
            Tile(
                report.metric.replace("_", " "),
                number(first.score or 0.0),
                between(first.interval or (0.0, 0.0)),
            ),
            *_gain(first, report.metric),
            Tile("best layer", layer_words(first.best_layer)),
            Tile("rows read", f"{first.rows:,}"),
            Tile("models screened", f"{len(read)}", f"of {len(report.results)}"),
        ),
    )


def _gain(first: ScreenResult, metric: str) -> tuple[Tile, ...]:
    gain = first.gain
    return () if gain is None else (more_than(gain.over, metric, gain.difference),)


def _ranking(report: ScreenReport, read: Sequence[ScreenResult]) -> Section:
    names = short_names(one.model for one in read)
    bars = [
        Bar(
            names[one.model],
            one.score or 0.0,
            *(one.interval or (0.0, 0.0)),
            number(one.score or 0.0),
        )
        for one in read
    ] + [Bar(name, one.score, *one.interval, number(one.score)) for name, one in baselines(report)]
    known = weighed(read)
    rows: list[tuple[Cell | str, ...]] = [
        (
            Cell(str(one.rank), one.rank),
            names[one.model],
            *(_believed(one) if known else ()),
            Cell(by_rows(one), one.data_rank),
            Cell(number(one.score or 0.0), one.score),
            between(one.interval or (0.0, 0.0)),
            layer_words(one.best_layer),
            *(
                Cell("–", None)
                if one.measures is None
                else Cell(number(getattr(one.measures, m)), getattr(one.measures, m))
                for m in MEASURES
            ),
            Cell(f"{one.rows:,}", one.rows),
            Cell("cached" if one.cached else duration(one.seconds / 3600), one.seconds),
        )
        for one in read
    ]
    none = Cell("–", None)
    rows += [
        (
            *(none, name, *((none, none) if known else ()), none),
            *(Cell(number(one.score), one.score), between(one.interval), ""),
            *([none] * len(MEASURES)),
            *(Cell(f"{one.rows:,}", one.rows), none),
        )
        for name, one in baselines(report)
    ]
    columns = (
        *("#", "model", *(("P(best)", "by catalog") if known else ()), "by rows"),
        *(report.metric, "90 %", "layer"),
        *("LogME", "H-score", "ridge", "kNN", "rows", "time"),
    )
    caption = (
        f"{report.metric.replace('_', ' ')} of a linear model on frozen features, on rows it has "
        "not seen, with 90 % intervals; the same of what no model has made."
    )
    chart = Chart(intervals(bars, caption), caption)
    order = "Screened models; by rows: who may lead ('='), then the highest LogME"
    return Section("ranking", "The ranking", (chart, Table(columns, rows, order)))


def _believed(one: ScreenResult) -> tuple[Cell, Cell]:
    """The chance to be the best by the catalog and these rows, and the rank by the catalog."""
    p = "–" if one.p_best is None else chance(one.p_best)
    prior = "–" if one.prior_rank is None else str(one.prior_rank)
    return Cell(p, one.p_best), Cell(prior, one.prior_rank)


def layer_sections(read: Sequence[ScreenResult]) -> list[Section]:
    """The profile of each model over its layers, a line a pooling."""
    names, blocks = short_names(one.model for one in read), []
    for one in read[:DRAWN]:
        lines = []
        for pooling in dict.fromkeys(score.pooling for score in one.layers):
            points = [
                DrawnPoint(score.layer, score.ridge, score.ridge, score.ridge)
                for score in one.layers
                if score.pooling == pooling and score.layer is not None
            ]
            if len(points) > 1:
                lines.append(DrawnCurve(pooling, points))
        if lines:
            title = f"Layers of {names[one.model]}"
            drawn = curves(lines, title, across="layer", up="explained by ridge")
            blocks.append(Chart(drawn, f"{title}: best {layer_words(one.best_layer)}."))
    lead = "How much of the labels each layer's features explain, left out; 1 is all of it."
    return [Section("layers", "Layer by layer", tuple(blocks), lead)] if blocks else []


def _faults(report: ScreenReport) -> list[Section]:
    rows = [
        (one.model, one.error.message, one.error.hint or "")
        for one in report.results
        if one.error is not None
    ]
    table = Table(("model", "because", "instead"), rows, "Not screened")
    return [Section("faults", "What could not be screened", (table,))] if rows else []
