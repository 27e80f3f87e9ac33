"""A probe's report for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.base import Figure
from pick_model.documents.probe import Advice, Baseline, ProbeReport, Result
from pick_model.render.layout import STYLES, Column, Page
from pick_model.render.words import count, duration, gib
from pick_model.vocabulary.baselines import MAJORITY, learnt
from pick_model.vocabulary.metrics import OF_NUMBERS
from pick_model.words.figures import SMALLEST, figure, places, signed, signed_alike
from pick_model.words.reader import listing, phrase, retold, tell, word

# Names of the baselines and of what was trained, which `reader.word` puts into words.
_TRIVIAL = {
    MAJORITY: "majority",
    "tfidf": "TF-IDF",
    "colours": "colour histogram",
    "hog": "HOG",
    "mfcc": "MFCC statistics",
}
NAMES = {
    **_TRIVIAL,
    **{name: f"{_TRIVIAL[name]} + linear" for name in learnt(_TRIVIAL)},
    "frozen": "frozen features + linear",
    "zero-shot": "zero-shot, by label names",
}
TRAINED = {"full": "fine-tuned", "lora": "LoRA", "linear": "linear probe"}
HEIGHT = 9  # lines of the chart


def baseline_name(name: str, metric: str, *, short: bool = False) -> str:
    """A baseline as people call it; in place of the majority numbers have their mean.

    short: without the layer on top, which all features have.
    """
    if name == MAJORITY and metric in OF_NUMBERS:
        return "mean"
    return (_TRIVIAL if short else NAMES).get(name, name)


def report(probe: ProbeReport, page: Page, *, recipe: bool = True) -> None:
    """The verdicts; then on what, scores beside the baselines, learning curve and recipe."""
    alone = len(probe.results) == 1
    if alone:
        _verdict(probe.results[0], page)
    elif probe.results:
        _summary(probe.results, page)
    _data(probe, page)
    for result in probe.results:
        if not alone:
            _verdict(result, page)
        _result(result, page, recipe, probe.data.rows_train - probe.data.rows_tuning)
    for note in retold(probe.notes, probe.note_messages):
        page.paragraph(note, label=word("note"))


def kind_words(kind: str, n_labels: int, *, pairs: bool) -> list[str]:
    """What is predicted, of what, and how many of it there are."""
    shown = word("token classification" if kind == "tokens" else kind)
    words = [phrase("of-pairs", kind=shown) if pairs else shown]
    if n_labels:
        words.append(phrase("n-tags" if kind == "tokens" else "n-labels", n=n_labels))
    return words


def _data(probe: ProbeReport, page: Page) -> None:
    data, where = probe.data, probe.environment
    words = kind_words(data.kind, data.n_labels, pairs=data.pairs)
    words.append(phrase("rows-and-tuning", n=data.rows_train, tuning=data.rows_tuning))
    words.append(phrase("held-out", n=data.rows_heldout))
    page.heading(data.source, " · ".join(words))
    machine = (
        f"{where.device_name} ({where.device})",
        where.dtype,
        phrase("threads", n=where.threads),
        f"torch {where.versions.get('torch', '?')}",
    )
    page.paragraph(listing(machine, "phrases"), dim=True)
    page.blank()


def _summary(results: Sequence[Result], page: Page) -> None:
    columns = [
        Column(word("model"), fold=True),
        Column(word("verdict")),
        Column(results[0].metric, right=True),
        Column("90 %"),
        Column(word("full run")),
        Column(word("seconds"), right=True),
    ]
    page.grid(
        columns,
        [
            [
                r.model,
                word(r.verdict),
                number(r.score),
                between(r.interval),
                f"{number(r.extrapolated.score)} ({between(r.extrapolated.interval)})",
                f"{r.seconds:.0f}",
            ]
            for r in results
        ],
    )
    page.blank()


def _verdict(r: Result, page: Page) -> None:
    """Whether it transfers, why, and what would tell."""
    at = f" @ {r.revision[:12]}" if r.revision else ""
    heading = phrase("model-verdict", model=f"{r.model}{at}", verdict=r.verdict)
    page.heading(heading, style=STYLES.get(r.verdict, "bold"))
    page.paragraph(tell(r.reason_message) if r.reason_message else r.reason)
    frozen = r.baselines.get("frozen")
    if r.verdict == "transfers" and frozen is not None and frozen.difference.value <= 0:
        lead = lead_between(frozen.difference)
        page.paragraph(phrase("frozen-does-as-well", lead=lead))
    if r.needs:
        needs = retold(r.needs, r.needs_messages)
        page.paragraph(listing(needs, "clauses"), label=word("it would take"))
    page.blank()


def _result(r: Result, page: Page, recipe: bool, at_hand: int) -> None:
    _scores(r, page, at_hand)
    page.blank()
    if lines := chart(r, page.width):
        for line in lines:
            page.verbatim(line)
        title = word(baseline_name(rival(r), r.metric, short=True))
        page.paragraph(phrase("chart-legend", title=title), dim=True)
    page.paragraph(_flat_words(r), dim=True)
    if r.dropped:
        dropped = retold(r.dropped, r.dropped_messages)
        page.paragraph(listing(dropped, "clauses"), label=word("the budget did not reach"))
    page.blank()
    _costs(r, page)
    if recipe:
        page.blank()
        page.grid(
            [Column(word("recipe")), Column("", fold=True), Column(word("because"), fold=True)],
            [_advice(advice) for advice in r.recipe],
        )
    page.blank()


def _advice(a: Advice) -> list[str]:
    """What to set, to what, and why."""
    value = tell(a.value_message) if a.value_message else a.value
    why = tell(a.why_message) if a.why_message else a.why
    return [word(a.what), value, f"{why} [{word(a.source)}]"]


def _scores(r: Result, page: Page, at_hand: int) -> None:
    what = TRAINED[r.method]
    rows = [
        [
            phrase("probe-run", what=what, rows=r.rows, passes=r.passes, seeds=len(r.seeds)),
            number(r.score),
            between(r.interval),
            "",
        ]
    ]
    e = r.extrapolated
    rows.append(
        [
            phrase("full-run-expected", rows=e.rows, passes=e.passes),
            number(e.score),
            between(e.interval),
            "",
        ]
    )
    for name, line in r.baselines.items():
        rows.append(
            [
                listing(
                    [word(baseline_name(name, r.metric)), *_fitted_on(line, at_hand)], "phrases"
                ),
                number(line.score),
                between(line.interval),
                lead_between(line.difference),
            ]
        )
        if line.same_rows is not None and name != MAJORITY:
            alike = line.same_rows
            rows.append(
                [
                    "  " + phrase("on-same-rows", n=alike.rows),
                    number(alike.score),
                    "",
                    lead_between(alike.difference),
                ]
            )
    page.grid(
        [
            Column(word("candidate"), fold=True),
            Column(r.metric, right=True, style="bold"),
            Column("90 %", style="dim"),
            Column(phrase("is-better-by", what=what)),
        ],
        rows,
    )


def _fitted_on(line: Baseline, at_hand: int) -> list[str]:
    """Which rows and words a baseline saw, where those are not all."""
    if line.words is not None:
        return [phrase("words-of-rows", words=line.words, rows=line.rows or at_hand)]
    few = line.rows is not None and line.rows < at_hand
    return [phrase("n-rows", n=line.rows or 0)] if few else []


def lead_between(d: Figure) -> str:
    """A difference between its ends, with its sign."""
    value, low, high = signed_alike(d.value, d.low, d.high)
    return phrase("with-aside", text=value, aside=phrase("from-to", low=low, high=high))


def _flat_words(r: Result) -> str:
    if r.direct:
        return phrase("is-the-full-run")
    if r.flattened:
        return phrase("curve-flat")
    first = next(p for p in r.curve if p.rows == r.rows)
    if r.extended:
        return phrase("curve-not-flat-extended", steps=first.steps, last=r.steps)
    return phrase("curve-not-flat", steps=first.steps)


def _costs(r: Result, page: Page) -> None:
    t, words = r.timing, []
    if t.step_seconds:
        words.append(phrase("step-takes", seconds=figure(t.step_seconds, 2), rows=r.batch))
    if t.rows_per_second:
        words.append(phrase("training-speed", rate=t.rows_per_second))
    if t.predict_rows_per_second:
        rate = t.predict_rows_per_second
        alone = not t.rows_per_second  # else the unit has been said
        words.append(phrase("prediction-speed" if alone else "prediction-speed-too", rate=rate))
    if r.peak_memory_gib is not None:
        words.append(phrase("peak-memory", memory=gib(r.peak_memory_gib)))
    if r.total_steps:
        words.append(phrase("steps-in", n=r.total_steps, seconds=r.seconds))
    else:
        words.append(duration(r.seconds / 3600))
    if t.resumed:
        words.append(phrase("pieces-from-cache", n=t.resumed))
    page.paragraph(listing(words, "phrases"), label=word("measured"))
    if t.full_seconds is not None:
        foreseen = phrase("full-run-takes", steps=r.full_steps, seconds=t.full_seconds)
        page.paragraph(foreseen, label=word("full run"))


def chart(r: Result, width: int) -> list[str]:
    """The learning curve in characters: scores with their 90 % intervals over rows times
    passes, on a logarithmic axis. No lines where all was measured in one place.
    """
    e = r.extrapolated
    places = [*(p.rows * p.passes for p in r.curve), e.rows * e.passes]
    first, last = min(places), max(places)
    if first == last:
        return []
    to_beat = r.baselines[rival(r)].score
    scored = [*((p.score, p.interval) for p in r.curve), (e.score, e.interval)]
    low = min(to_beat, *(below for _, (below, _) in scored))
    high = max(to_beat, *(above for _, (_, above) in scored))
    named = {high: number(high), low: number(low), to_beat: number(to_beat)}
    margin = max(6, *map(len, named.values()))
    columns = max(20, min(width - margin - 4, 60))

    def column(x: float) -> int:
        from math import log

        return round(log(x / first) / log(last / first) * (columns - 4)) + 1

    def line(y: float) -> int:
        return round((high - y) / ((high - low) or 1.0) * (HEIGHT - 1))

    at = list(map(column, places))
    at[-1] += at[-1] in at[:-1]  # beside what was measured there
    field = [[" "] * columns for _ in range(HEIGHT)]
    field[line(to_beat)] = ["╌"] * columns
    for x, (_, (below, above)) in zip(at, scored, strict=True):
        for y in range(line(above), line(below) + 1):
            field[y][x] = "│"
    signs = [*("+" if p.passes > 1 else "o" for p in r.curve), "*"]
    for x, (score, _), sign in zip(at, scored, signs, strict=True):
        field[line(score)][x] = sign
    label = {line(score): name for score, name in named.items()}
    drawn = [
        f"{label.get(y, ''):>{margin}} {''.join(cells)}".rstrip() for y, cells in enumerate(field)
    ]
    ticks = sorted((x, count(round(place))) for x, place in zip(at, places, strict=True))
    return [*drawn, f"{'':{margin + 1}}{_ticks(ticks, columns)}"]


def _ticks(marks: Sequence[tuple[int, str]], columns: int) -> str:
    """What stands below an axis: every place's text, where the one before leaves room."""
    ticks = [" "] * columns
    for place, text in marks:
        begin = max(0, min(place - len(text) // 2, columns - len(text)))
        if set(ticks[max(0, begin - 1) : begin + len(text) + 1]) == {" "}:
            ticks[begin : begin + len(text)] = list(text)
    return "".join(ticks).rstrip()


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
    """An interval of scores: .60–.82; in words where a dash would stand beside a minus."""
    low, high = number(pair[0]), number(pair[1])
    return phrase("from-to", low=low, high=high) if pair[0] < 0 else f"{low}–{high}"
