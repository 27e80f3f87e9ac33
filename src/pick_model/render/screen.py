"""A screen's report for a terminal, as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from pick_model.documents.names import PATHS
from pick_model.documents.retrieval import RetrievalResult
from pick_model.documents.screen import (
    BaselineGain,
    Layer,
    ScreenBaseline,
    ScreenFault,
    ScreenReport,
    ScreenResult,
)
from pick_model.render import pictures
from pick_model.render.layout import Column, Page
from pick_model.render.probe import baseline_name, between, kind_words, lead_between, number
from pick_model.render.tables import table
from pick_model.render.words import cell, chance, duration, markdown
from pick_model.vocabulary.baselines import MAJORITY, MEAN
from pick_model.vocabulary.metrics import OF_NUMBERS
from pick_model.words.message import Message
from pick_model.words.reader import listing, phrase, retold, tell, word

BARS = "▁▂▃▄▅▆▇█"
TITLES = ("LogME", "H-score", "ridge", "kNN")
MEASURES = ("logme", "h_score", "ridge", "knn")


def report(screen: ScreenReport, page: Page, *, layers: bool = False) -> None:
    """The ranking, who could not be screened, and with `layers` the profile of each model."""
    read = [one for one in screen.results if one.error is None]
    names = short_names(one.model for one in read)
    if read:
        page.opening(*first(screen.metric, read[0], names))
        page.blank()
    data = screen.data
    words = kind_words(data.kind, data.n_labels, pairs=data.pairs)
    words.append(phrase("rows-of", n=rows_read(screen), of=data.rows_in_file))
    page.heading(data.source, " · ".join(words))
    if screen.environment is not None:
        where = screen.environment
        machine = (f"{where.device_name} ({where.device})", where.dtype)
        page.paragraph(listing(machine, "phrases"), dim=True)
    page.blank()
    if read:
        _ranking(screen, read, names, page)
        page.blank()
        pictures.screen(screen, names, page)
    if layers:
        for one in read:
            _profile(one, page, screen.data.stages[0])
    for one in screen.results:
        if one.error is not None:
            fault(one.error, phrase("not-screened", model=one.model), page)
    for note in retold(screen.notes, screen.note_messages):
        page.paragraph(note, label=word("note"))


def fault(error: ScreenFault, label: str, page: Page) -> None:
    """Why a model could not be measured, and what to do instead."""
    page.paragraph(why(error), label=label, style="bold red")
    if error.hint:
        hint = tell(error.hint_message) if error.hint_message else error.hint
        page.paragraph(hint, label=word("instead"), indent=2)


def why(error: ScreenFault) -> str:
    """The sentence of a fault."""
    return tell(Message(code=error.message_code, values=error.values))


def first(
    metric: str, one: ScreenResult | RetrievalResult, names: dict[str, str]
) -> tuple[str, list[str]]:
    """Who comes first, and with what."""
    score, ends = number(one.score or 0.0), between(one.interval or (0.0, 0.0))
    words = [f"{metric} {score} [{ends}]"]
    p_best = one.p_best if isinstance(one, ScreenResult) else None
    words += [] if p_best is None else [phrase("p-best", p=chance(p_best))]
    gain = one.gain if isinstance(one, ScreenResult) else None
    if gain is not None:
        by = lead_between(gain.difference)
        over = MEAN if gain.over == MAJORITY and metric in OF_NUMBERS else gain.over
        words.append(phrase("lead-over-baseline", by=by, baseline=over))
    return phrase("first-of-rows", model=names[one.model]), words


def _ranking(
    screen: ScreenReport, read: Sequence[ScreenResult], names: dict[str, str], page: Page
) -> None:
    known = weighed(read)
    columns = [
        Column("", right=True),
        Column(word("model"), fold=True),
        *([Column(word(name), right=True) for name in ("prior", "data", "P(best)") if known]),
        Column(screen.metric, right=True, style="bold"),
        Column("90 %", style="dim"),
        Column(word("layer")),
        # Where the belief has weighed them, there is no room for the measures.
        *(Column(name, right=True) for name in (() if known else TITLES)),
        Column(word("rows"), right=True),
        Column(word("time"), right=True),
    ]
    models = [
        [
            place(one, known),
            names[one.model],
            *(_ranks(one) if known else []),
            number(one.score or 0.0),
            between(one.interval or (0.0, 0.0)),
            layer_words(one.best_layer),
            *([] if known else _measured(one)),
            f"{one.rows:,}",
            word("cached") if one.cached else duration(one.seconds / 3600),
        ]
        for one in read
    ]
    ranks, measures = [""] * (3 * known), [""] * (0 if known else len(MEASURES))
    trivial = [
        ["", name, *ranks, number(one.score), between(one.interval), "", *measures, f"{one.rows:,}"]
        for name, one in baselines(screen)
    ]
    page.grid(columns, models + [[*line, ""] for line in trivial])
    legend = legend_of(read, known)
    legend += [] if known else [phrase("legend-ridge")]
    page.paragraph(listing([*legend, phrase("legend-layer")], "clauses"), dim=True)


def legend_of(read: Sequence[ScreenResult], known: bool) -> list[str]:
    """What the places of models mean. known: a belief gave some."""
    legend = [phrase("legend-level")] if any(by_rows(one)[:1] == "=" for one in read) else []
    legend += [phrase("legend-prior-data")] if known else []
    if len(read) > 1:  # or a lower score above a higher one would look wrong
        legend.append(phrase("legend-data-order"))
    if len({one.rows for one in read}) > 1:
        legend.append(phrase("legend-fewer-rows"))
    return legend


def baselines(screen: ScreenReport) -> list[tuple[str, ScreenBaseline]]:
    """With the names that people read."""
    metric = screen.metric
    return [
        (word(baseline_name(name, metric, short=True)), one)
        for name, one in screen.baselines.items()
    ]


def rows_read(screen: ScreenReport) -> int:
    """Of the model that was read for longest; more rows may have been there for it."""
    return max((one.rows for one in screen.results), default=0) or screen.data.rows


def short_names(models: Iterable[str]) -> dict[str, str]:
    """Folders by their last part, where that names one model alone; others as they are."""
    short = {model: PurePath(model).name if model.startswith(PATHS) else model for model in models}
    alone = Counter(short.values())
    return {name: said if alone[said] == 1 else name for name, said in short.items()}


def _ranks(one: ScreenResult) -> list[str]:
    """By the catalog alone, by these rows alone; and the chance by both."""
    p = "" if one.p_best is None else chance(one.p_best)
    return [str(one.prior_rank or ""), by_rows(one), p]


def weighed(results: Iterable[ScreenResult]) -> bool:
    """Whether a belief has put the models in order, and not these rows alone."""
    return any(one.prior_rank for one in results)


def place(one: ScreenResult, known: bool) -> str:
    """The rank by the belief where it is `known`, else by these rows."""
    return str(one.rank) if known else by_rows(one)


def by_rows(one: ScreenResult) -> str:
    """The rank by these rows alone; = of models that they do not tell apart from their first."""
    if one.data_rank is None:
        return ""
    return f"{'=' if one.may_lead and one.data_rank != 1 else ''}{one.data_rank}"


def _measured(one: ScreenResult) -> list[str]:
    return [] if one.measures is None else [number(getattr(one.measures, m)) for m in MEASURES]


def layer_words(layer: Layer | None) -> str:
    """4/6 mean: what the fourth of six blocks gave, the mean over tokens."""
    if layer is None:
        return ""
    if layer.layer is None:
        return phrase("all-layers", pooling=layer.pooling)
    if layer.layer < 0:
        return phrase("last-layer", pooling=layer.pooling)
    return phrase("layer-of", layer=layer.layer, of=layer.of, pooling=layer.pooling)


def _profile(one: ScreenResult, page: Page, rows: int) -> None:
    """A bar a layer, from the first's input to the last's output, for each pooling.

    rows: of the first part, by which every layer is looked at.
    """
    page.heading(one.model, phrase("layers-by", n=rows))
    values = [score.ridge for score in one.layers]
    low, high = min(values), max(values)
    for pooling in dict.fromkeys(score.pooling for score in one.layers):
        own = [score for score in one.layers if score.pooling == pooling]
        bars = "".join(
            BARS[round((score.ridge - low) / ((high - low) or 1.0) * (len(BARS) - 1))]
            for score in own
            if score.layer is not None
        )
        taken = [score for score in own if score.layer != 0] or own  # the table of words is not
        best = max(taken, key=lambda score: score.ridge)
        best_at = number(best.ridge)
        if best.layer is None:
            told = phrase("best-over-all", value=best_at)
        else:
            told = phrase("best-at-layer", value=best_at, layer=best.layer)
        page.paragraph(f"{bars}  {told}", label=f"  {word(pooling)}")
    page.blank()


def as_markdown(screen: ScreenReport, *, layers: bool = False) -> str:
    """A heading, the table, the faults and the notes, as GitHub renders them."""
    data = screen.data
    known = weighed(screen.results)
    ranks = [word(name) for name in ("prior", "data", "P(best)") if known]
    head = (word("rank"), word("model"), *ranks, screen.metric, "90 %", word("layer"), *TITLES)
    rows = [
        (
            place(one, known),
            markdown(one.model),
            *(_ranks(one) if known else []),
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
    ranks, measures = [""] * len(ranks), [""] * len(MEASURES)
    rows += [
        (
            *("", markdown(name), *ranks, number(one.score), between(one.interval), ""),
            *(*measures, f"{one.rows:,}", ""),
        )
        for name, one in baselines(screen)
    ]
    lines = [f"## {markdown(data.source)}", ""]
    if read := [one for one in screen.results if one.error is None]:
        leader, told = first(screen.metric, read[0], short_names(one.model for one in read))
        lines += [f"**{markdown(leader)}** {' · '.join(map(markdown, told))}", ""]
    lines += [phrase("kind-and-rows", kind=data.kind, n=rows_read(screen)), ""]
    lines += table((*head, word("rows"), word("seconds")), rows)
    if legend := legend_of(read, known):
        lines += ["", listing(legend, "clauses")]
    if layers:
        titles = [word(name) for name in ("model", "pooling", "layer", "ridge")]
        lines += ["", *table(titles, _layer_rows(screen))]
    faults = [one for one in screen.results if one.error is not None]
    lines += [""] if faults or screen.notes else []
    lines += [
        f"- {phrase('was-not-screened', model=markdown(one.model), why=markdown(why(one.error)))}"
        for one in faults
        if one.error is not None
    ]
    notes = retold(screen.notes, screen.note_messages)
    lines += [f"- {markdown(note)}" for note in notes]
    return "\n".join(lines) + "\n"


def _layer_rows(screen: ScreenReport) -> list[tuple[str, ...]]:
    return [
        (
            markdown(one.model),
            word(score.pooling),
            word("all") if score.layer is None else str(score.layer),
            number(score.ridge),
        )
        for one in screen.results
        for score in one.layers
    ]


def as_csv(screen: ScreenReport) -> str:
    """One line a model, then the baselines; numbers in full, what is not there as an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            *("rank", "model", "metric", "score", "low", "high", "standard_error"),
            *("prior_rank", "data_rank", "may_lead", *MEASURES, "layer", "pooling"),
            *("rows", "seconds", "cached", "error", "expected", "p_best"),
            *("baseline", "gain", "gain_low", "gain_high"),
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
                *_gained(one.gain),
            ]
        )
    for name, line in screen.baselines.items():
        scores = (line.score, *line.interval, line.standard_error)
        blank = [None] * (len(MEASURES) + 5)
        writer.writerow(
            [None, name, screen.metric, *scores, *blank, line.rows, *([None] * 9)],
        )
    return out.getvalue()


def _gained(gain: BaselineGain | None) -> list[str | float | None]:
    if gain is None:
        return [None] * 4
    return [gain.over, gain.difference.value, gain.difference.low, gain.difference.high]
