"""A probe's report for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.base import Figure
from pick_model.documents.probe import Baseline, ProbeReport, Result
from pick_model.render.layout import STYLES, Column, Page
from pick_model.render.words import count, counted, duration, gib
from pick_model.vocabulary.baselines import learnt
from pick_model.words.figures import figure, places, signed

NAMES = {
    "majority": "majority",
    "tfidf": "TF-IDF + linear",
    "colours": "colour histogram + linear",
    "hog": "HOG + linear",
    "mfcc": "MFCC statistics + linear",
    "frozen": "frozen features + linear",
    "zero-shot": "zero-shot, by label names",
}
SMALLEST = 1e-12  # a score below is the last bits of a sum
HEIGHT = 9  # lines of the chart


def report(probe: ProbeReport, page: Page, *, recipe: bool = True) -> None:
    """Each model's verdict, scores beside the baselines, learning curve, needs and recipe."""
    _data(probe, page)
    if len(probe.results) > 1:
        _summary(probe.results, page)
    for result in probe.results:
        _result(result, page, recipe, probe.data.rows_train - probe.data.rows_tuning)
    for note in probe.notes:
        page.paragraph(note, label="note")


def _data(probe: ProbeReport, page: Page) -> None:
    data, where = probe.data, probe.environment
    kind = {"tokens": "token classification"}.get(data.kind, data.kind)
    words = [kind + (" of pairs" if data.pairs else "")]
    if data.n_labels:
        words.append(f"{data.n_labels} {'tags' if data.kind == 'tokens' else 'labels'}")
    words.append(f"{data.rows_train:,} rows ({data.rows_tuning} of them for tuning)")
    words.append(f"{data.rows_heldout:,} held out")
    page.heading(data.source, " · ".join(words))
    page.paragraph(
        f"{where.device_name} ({where.device}), {where.dtype}, {counted(where.threads, 'thread')}, "
        f"torch {where.versions.get('torch', '?')}",
        dim=True,
    )
    page.blank()


def _summary(results: Sequence[Result], page: Page) -> None:
    columns = [
        Column("model", fold=True),
        Column("verdict"),
        Column(results[0].metric, right=True),
        Column("90 %"),
        Column("full run"),
        Column("seconds", right=True),
    ]
    page.grid(
        columns,
        [
            [
                r.model,
                r.verdict,
                number(r.score),
                between(r.interval),
                f"{number(r.extrapolated.score)} ({between(r.extrapolated.interval)})",
                f"{r.seconds:.0f}",
            ]
            for r in results
        ],
    )
    page.blank()


def _result(r: Result, page: Page, recipe: bool, at_hand: int) -> None:
    at = f" @ {r.revision[:12]}" if r.revision else ""
    page.heading(f"{r.model}{at}: {r.verdict}", style=STYLES.get(r.verdict, "bold"))
    page.paragraph(r.reason)
    if r.needs:
        page.paragraph("; ".join(r.needs), label="it would take")
    page.blank()
    _scores(r, page, at_hand)
    page.blank()
    for line in chart(r, page.width):
        page.paragraph(line)
    page.paragraph(_flat_words(r), dim=True)
    if r.dropped:
        page.paragraph("; ".join(r.dropped), label="the budget did not reach")
    page.blank()
    _costs(r, page)
    if recipe:
        page.blank()
        page.grid(
            [Column("recipe"), Column("", fold=True), Column("because", fold=True)],
            [[a.what, a.value, f"{a.why} [{a.source}]"] for a in r.recipe],
        )
    page.blank()


def _scores(r: Result, page: Page, at_hand: int) -> None:
    seeds = counted(len(r.seeds), "seed")
    what = {"full": "fine-tuned", "lora": "LoRA", "linear": "linear probe"}[r.method]
    rows = [
        [
            f"{what}, {r.rows:,} rows x {r.passes:.2g}, {seeds}",
            number(r.score),
            between(r.interval),
            "",
        ]
    ]
    e = r.extrapolated
    rows.append(
        [
            f"full: {e.rows:,} rows x {e.passes:g} (expected)",
            number(e.score),
            between(e.interval),
            "",
        ]
    )
    for name, line in r.baselines.items():
        rows.append(
            [
                NAMES.get(name, name) + _fitted_on(line, at_hand),
                number(line.score),
                between(line.interval),
                _lead(line.difference),
            ]
        )
        if line.same_rows is not None and name != "majority":
            alike = line.same_rows
            rows.append(
                [
                    f"  on the same {alike.rows:,} rows",
                    number(alike.score),
                    "",
                    _lead(alike.difference),
                ]
            )
    page.grid(
        [
            Column("candidate", fold=True),
            Column(r.metric, right=True, style="bold"),
            Column("90 %", style="dim"),
            Column(f"{what} is better by"),
        ],
        rows,
    )


def _fitted_on(line: Baseline, at_hand: int) -> str:
    """Which rows and words a baseline saw, where those are not all."""
    if line.words is not None:
        return f", {line.words:,} words of {line.rows or at_hand:,} rows"
    return f", {line.rows:,} rows" if (line.rows or at_hand) < at_hand else ""


def _lead(d: Figure) -> str:
    return f"{lead(d.value)} ({lead(d.low)} to {lead(d.high)})"


def _flat_words(r: Result) -> str:
    if r.direct:
        return "this is the full fine-tune itself: it costs no more than a probe of it"
    if r.flattened:
        return "the curve has flattened: the full run should not win two points more"
    first = next(p for p in r.curve if p.rows == r.rows)
    went = f"; the run was extended to {r.steps}" if r.extended else ""
    return f"the curve has not flattened at {first.steps} steps{went}"


def _costs(r: Result, page: Page) -> None:
    t, words = r.timing, []
    if t.step_seconds:
        words.append(f"{figure(t.step_seconds, 2)} s a step of {r.batch} rows")
    if t.rows_per_second:
        words.append(f"{t.rows_per_second:.0f} rows/s in training")
    if t.predict_rows_per_second:
        unit = "" if t.rows_per_second else " rows/s"
        words.append(f"{t.predict_rows_per_second:.0f}{unit} in prediction")
    if r.peak_memory_gib is not None:
        words.append(f"peak memory {gib(r.peak_memory_gib)}")
    steps = f"{counted(r.total_steps, 'step')} in " if r.total_steps else ""
    words.append(f"{steps}{duration(r.seconds / 3600)}")
    if t.resumed:
        words.append(f"{counted(t.resumed, 'piece')} of work from the cache")
    page.paragraph(", ".join(words), label="measured")
    if t.full_seconds is not None:
        page.paragraph(
            f"{r.full_steps} steps, about {duration(t.full_seconds / 3600)} here", label="full run"
        )


def chart(r: Result, width: int) -> list[str]:
    """The learning curve in characters: scores with their 90 % intervals over rows times
    passes, on a logarithmic axis."""
    marks = [
        (p.rows * p.passes, p.score, p.interval, "+" if p.passes > 1 else "o") for p in r.curve
    ]
    marks.sort(key=lambda mark: mark[0])
    e = r.extrapolated
    marks.append((max(e.rows * e.passes, marks[-1][0] * 1.5), e.score, e.interval, "*"))
    name = rival(r)
    to_beat, title = r.baselines[name].score, NAMES[name].removesuffix(" + linear")
    low = min(min(m[2][0] for m in marks), to_beat)
    high = max(max(m[2][1] for m in marks), to_beat)
    span = (high - low) or 1.0
    columns = max(20, min(width - 10, 60))
    first, last = marks[0][0], marks[-1][0]

    def column(x: float) -> int:
        from math import log

        share = log(x / first) / log(last / first) if last > first else 0.0
        return round(share * (columns - 3)) + 1

    def line(y: float) -> int:
        return round((high - y) / span * (HEIGHT - 1))

    field = [[" "] * columns for _ in range(HEIGHT)]
    field[line(to_beat)] = ["-"] * columns
    for x, _, (below, above), _ in marks:
        for y in range(line(above), line(below) + 1):
            field[y][column(x)] = "|"
    for x, score, _, mark in marks:
        field[line(score)][column(x)] = mark
    label = {0: number(high), HEIGHT - 1: number(low), line(to_beat): f"{number(to_beat)} {title}"}
    drawn = []
    for y, cells in enumerate(field):
        text = label.get(y, "")
        drawn.append(f"{text.split(' ')[0]:>6} " + "".join(cells).rstrip())
    ticks = [" "] * columns
    for x, *_ in marks:
        text = count(round(x))
        begin = max(0, min(column(x) - len(text) // 2, columns - len(text)))
        if all(
            ticks[i] == " " for i in range(max(0, begin - 1), min(columns, begin + len(text) + 1))
        ):
            ticks[begin : begin + len(text)] = list(text)
    drawn.append(" " * 7 + "".join(ticks).rstrip())
    told = f"rows x passes; o one pass, + several, * full run (expected), - {title}"
    drawn.append(" " * 7 + told)
    return drawn


def rival(r: Result) -> str:
    """The trivial baseline that is hardest to beat, of those that look at the rows."""
    return min(learnt(r.baselines), key=lambda name: r.baselines[name].difference.value)


def number(value: float) -> str:
    """A score in three places: .861, -.012, 1.234; in two digits where that shows nothing."""
    return figure(value, 2) if SMALLEST < abs(value) < 0.0005 else places(value, 3)


def lead(value: float) -> str:
    """The same of a difference, with its sign."""
    text = figure(abs(value), 2) if SMALLEST < abs(value) < 0.0005 else ""
    return ("-" if value < 0 else "+") + text if text else signed(value)


def between(pair: tuple[float, float]) -> str:
    return f"{number(pair[0])} to {number(pair[1])}"
