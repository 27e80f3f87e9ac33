"""A screen's report for a terminal, as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from pick_model.documents.screen import Layer, ScreenReport, ScreenResult
from pick_model.render import pictures
from pick_model.render.layout import Column, Page
from pick_model.render.probe import between, number
from pick_model.render.tables import table
from pick_model.render.words import cell, chance, duration, markdown

FOLDER = ("/", ".", "~")  # how a path begins, and no other name of a model
BARS = "▁▂▃▄▅▆▇█"
NAMES = ("LogME", "H-score", "ridge", "kNN")
MEASURES = ("logme", "h_score", "ridge", "knn")


def report(screen: ScreenReport, page: Page, *, layers: bool = False) -> None:
    """The ranking, who could not be screened, and with `layers` the profile of each model."""
    data = screen.data
    words = [data.kind + (" of pairs" if data.pairs else "")]
    if data.n_labels:
        words.append(f"{data.n_labels} {'tags' if data.kind == 'tokens' else 'labels'}")
    words.append(f"{data.rows:,} of {data.rows_in_file:,} rows")
    page.heading(data.source, " · ".join(words))
    if screen.environment is not None:
        where = screen.environment
        page.paragraph(f"{where.device_name} ({where.device}), {where.dtype}", dim=True)
    page.blank()
    read = [one for one in screen.results if one.error is None]
    if read:
        _ranking(screen.metric, read, page)
        page.blank()
        pictures.screen(screen, short_names(one.model for one in read), page)
    if layers:
        for one in read:
            _profile(one, page)
    for one in screen.results:
        if one.error is not None:
            page.paragraph(one.error.message, label=f"{one.model}: not screened", style="bold red")
            if one.error.hint:
                page.paragraph(one.error.hint, label="instead", indent=2)
    for note in screen.notes:
        page.paragraph(note, label="note")


def _ranking(metric: str, read: Sequence[ScreenResult], page: Page) -> None:
    known, names = any(one.prior_rank for one in read), short_names(one.model for one in read)
    columns = [
        Column("", right=True),
        Column("model", fold=True),
        *([Column("prior", right=True), Column("data", right=True)] if known else []),
        *([Column("P(best)", right=True)] if known else []),
        Column(metric, right=True, style="bold"),
        Column("90 %", style="dim"),
        Column("layer"),
        # Where the belief has weighed them, there is no room for the measures.
        *(Column(name, right=True) for name in (() if known else NAMES)),
        Column("rows", right=True),
        Column("time", right=True),
    ]
    page.grid(
        columns,
        [
            [
                _place(one),
                names[one.model],
                *(_ranks(one) if known else []),
                number(one.score or 0.0),
                between(one.interval or (0.0, 0.0)),
                layer_words(one.best_layer),
                *([] if known else _measured(one)),
                f"{one.rows:,}",
                "cached" if one.cached else duration(one.seconds / 3600),
            ]
            for one in read
        ],
    )


def short_names(models: Iterable[str]) -> dict[str, str]:
    """Folders by their last part, where that names one model alone; others as they are."""
    short = {model: PurePath(model).name if model.startswith(FOLDER) else model for model in models}
    alone = Counter(short.values())
    return {name: said if alone[said] == 1 else name for name, said in short.items()}


def _ranks(one: ScreenResult) -> list[str]:
    """By the catalog alone, by these rows alone; and the chance by both."""
    p = "" if one.p_best is None else chance(one.p_best)
    return [str(one.prior_rank or ""), str(one.data_rank or ""), p]


def _place(one: ScreenResult) -> str:
    """The rank; = of models that the rows do not tell apart from the first."""
    return f"{'=' if one.may_lead and one.rank != 1 else ''}{one.rank}"


def _measured(one: ScreenResult) -> list[str]:
    return [] if one.measures is None else [number(getattr(one.measures, m)) for m in MEASURES]


def layer_words(layer: Layer | None) -> str:
    """4/6 mean: what the fourth of six blocks gave, the mean over tokens."""
    if layer is None:
        return ""
    if layer.layer is None:
        return f"all {layer.pooling}"
    if layer.layer < 0:
        return f"last {layer.pooling}"
    return f"{layer.layer}/{layer.of} {layer.pooling}"


def _profile(one: ScreenResult, page: Page) -> None:
    """A bar a layer, from the first's input to the last's output, for each pooling."""
    page.heading(one.model)
    values = [score.ridge for score in one.layers]
    low, high = min(values), max(values)
    for pooling in dict.fromkeys(score.pooling for score in one.layers):
        own = [score for score in one.layers if score.pooling == pooling]
        bars = "".join(
            BARS[round((score.ridge - low) / ((high - low) or 1.0) * (len(BARS) - 1))]
            for score in own
            if score.layer is not None
        )
        best = max(own, key=lambda score: score.ridge)
        where = "mean of all" if best.layer is None else f"layer {best.layer}"
        page.paragraph(f"{bars}  best {number(best.ridge)} at {where}", label=f"  {pooling}")
    page.blank()


def as_markdown(screen: ScreenReport, *, layers: bool = False) -> str:
    """A heading, the table, the faults and the notes, as GitHub renders them."""
    data = screen.data
    head = ("rank", "model", screen.metric, "90 %", "layer", *NAMES)
    rows = [
        (
            _place(one),
            markdown(one.model),
            number(one.score or 0.0),
            between(one.interval or (0.0, 0.0)),
            layer_words(one.best_layer),
            *_measured(one),
            f"{one.rows:,}",
            f"{one.seconds:.1f}",
        )
        for one in screen.results
        if one.error is None
    ]
    lines = [f"## {markdown(data.source)}", "", f"{data.kind}, {data.rows:,} rows", ""]
    lines += table((*head, "rows", "seconds"), rows)
    if layers:
        lines += ["", *table(("model", "pooling", "layer", "ridge"), _layer_rows(screen))]
    faults = [one for one in screen.results if one.error is not None]
    lines += [""] if faults or screen.notes else []
    lines += [
        f"- {markdown(one.model)} was not screened: {markdown(one.error.message)}"
        for one in faults
        if one.error is not None
    ]
    lines += [f"- {markdown(note)}" for note in screen.notes]
    return "\n".join(lines) + "\n"


def _layer_rows(screen: ScreenReport) -> list[tuple[str, ...]]:
    return [
        (
            markdown(one.model),
            score.pooling,
            "all" if score.layer is None else str(score.layer),
            number(score.ridge),
        )
        for one in screen.results
        for score in one.layers
    ]


def as_csv(screen: ScreenReport) -> str:
    """One line a model; numbers in full, what is not there as an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            *("rank", "model", "metric", "score", "low", "high", "standard_error"),
            *("prior_rank", "data_rank", "may_lead", *MEASURES, "layer", "pooling"),
            *("rows", "seconds", "cached", "error", "expected", "p_best"),
        ]
    )
    for one in screen.results:
        low, high = one.interval or (None, None)
        layer = one.best_layer
        writer.writerow(
            [
                *(one.rank, cell(one.model), screen.metric, one.score, low, high),
                *(one.standard_error, one.prior_rank, one.data_rank, str(one.may_lead).lower()),
                *(None if one.measures is None else getattr(one.measures, m) for m in MEASURES),
                "" if layer is None else "all" if layer.layer is None else layer.layer,
                "" if layer is None else layer.pooling,
                *(one.rows, one.seconds, str(one.cached).lower()),
                "" if one.error is None else cell(one.error.message),
                *(None if one.expected is None else one.expected.value, one.p_best),
            ]
        )
    return out.getvalue()
