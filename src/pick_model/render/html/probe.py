"""The page of `probe`: verdicts, learning curves, confusions, the recipe."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.data.report import DataProfile
from pick_model.documents.base import Figure
from pick_model.documents.probe import Confusion, ProbeReport, Result
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
    TermList,
    Tile,
)
from pick_model.render.html.data import data_section
from pick_model.render.html.drawing import Bar, DrawnCurve, DrawnPoint, curves, intervals
from pick_model.render.html.made import made, versions
from pick_model.render.probe import baseline_name, between, lead, number, rival
from pick_model.render.screen import short_names
from pick_model.render.words import duration, gib
from pick_model.vocabulary.baselines import MAJORITY, learnt
from pick_model.vocabulary.metrics import LOWER_IS_BETTER
from pick_model.words.figures import figure

TONES = {"transfers": "good", "does-not-transfer": "bad", "inconclusive": "doubt"}
VERDICTS = {
    "transfers": "transfers",
    "does-not-transfer": "does not transfer",
    "inconclusive": "cannot be told yet",
}


def probe(report: ProbeReport, profile: DataProfile | None, command: str) -> Sheet:
    """The page of a probe; with several models their comparison comes first."""
    first = report.results[0]
    several = len(report.results) > 1
    opening = _opening(report, first) if not several else _of_several(report)
    where, names = report.environment, short_names(one.model for one in report.results)
    return Sheet(
        title=f"probe of {', '.join(names.values())}",
        opening=opening,
        sections=(
            *([_compared(report.results)] if several else []),
            *(
                section
                for n, r in enumerate(report.results)
                for section in result_sections(r, names[r.model], n, several)
            ),
            *data_section(profile),
            *([Section("notes", "Notes", (Bullets(report.notes),))] if report.notes else []),
            made(
                command,
                {
                    "data": report.data.digest,
                    **{names[r.model]: r.weights_digest for r in report.results},
                },
                Prose(
                    (
                        f"{where.device_name} ({where.device}), {where.dtype}, "
                        f"{where.threads} threads",
                    )
                ),
                versions(where.versions),
            ),
        ),
    )


def _kicker(report: ProbeReport) -> str:
    data = report.data
    rows = f"{data.rows_train:,} rows, {data.rows_heldout:,} held out"
    return f"probe · {data.source} · {data.kind} · {rows}"


def _opening(report: ProbeReport, r: Result) -> Opening:
    return Opening(
        _kicker(report),
        short_names([r.model])[r.model],
        VERDICTS[r.verdict],
        (r.reason, *r.needs),
        _tiles(r),
        tone=TONES[r.verdict],
    )


def _of_several(report: ProbeReport) -> Opening:
    """Of those that transfer the one that promises most, by the full run's score."""
    down = report.results[0].metric in LOWER_IS_BETTER
    best = min(
        report.results,
        key=lambda r: (r.verdict != "transfers", r.extrapolated.score * (1 if down else -1)),
    )
    return Opening(
        _kicker(report),
        "the full fine-tune promises most with",
        short_names(one.model for one in report.results)[best.model],
        (best.reason,),
        _tiles(best),
        tone=TONES[best.verdict],
    )


def _tiles(r: Result) -> tuple[Tile, ...]:
    e = r.extrapolated
    found = [
        Tile(r.metric.replace("_", " "), number(r.score), between(r.interval)),
        Tile("full fine-tune, expected", number(e.score), between(e.interval)),
    ]
    if learnt(r.baselines):
        against = rival(r)
        found.append(more_than(against, r.metric, r.baselines[against].difference))
    if r.timing.full_seconds is not None:
        found.append(Tile("full run here", duration(r.timing.full_seconds / 3600)))
    if r.peak_memory_gib is not None:
        found.append(Tile("peak memory", f"{gib(r.peak_memory_gib)}iB"))
    return tuple(found)


def more_than(baseline: str, metric: str, difference: Figure) -> Tile:
    """How far a score is above a baseline's."""
    ends = f"{lead(difference.low)} to {lead(difference.high)}"
    name = baseline_name(baseline, metric, short=True)
    return Tile(f"lead over {name}", lead(difference.value), ends)


def _compared(results: Sequence[Result]) -> Section:
    names = short_names(one.model for one in results)
    bars = [
        Bar(
            names[r.model],
            r.extrapolated.score,
            *r.extrapolated.interval,
            number(r.extrapolated.score),
        )
        for r in results
    ]
    rows = [
        (
            names[r.model],
            Cell(VERDICTS[r.verdict], tone=TONES[r.verdict]),
            Cell(number(r.score), r.score),
            between(r.interval),
            Cell(number(r.extrapolated.score), r.extrapolated.score),
            between(r.extrapolated.interval),
            Cell(f"{r.seconds:.0f}", r.seconds),
        )
        for r in results
    ]
    metric = results[0].metric.replace("_", " ")
    columns = ("model", "verdict", metric, "90 %", "full run", "90 %", "seconds")
    caption = f"Expected {metric} of the full fine-tune with 90 % intervals."
    chart = Chart(intervals(bars, caption), caption)
    return Section("models", "The models", (chart, Table(columns, rows, "The models")))


def result_sections(r: Result, name: str, n: int, several: bool) -> list[Section]:
    """The sections of one model."""
    after = f"-{n + 1}" if several else ""

    def told(what: str) -> str:
        return f"{name}: {what}" if several else what.capitalize()

    scores: list[Block] = [_scores(r)]
    if several:
        scores.insert(0, Prose((f"{VERDICTS[r.verdict].capitalize()}. {r.reason}", *r.needs)))
    found = [
        Section(f"scores{after}", told("scores and baselines"), (*scores, _score_table(r))),
        Section(f"curve{after}", told("learning curve"), _curve_blocks(r)),
    ]
    if r.confusion is not None:
        found.append(
            Section(f"confusion{after}", told("what is taken for what"), (_matrix(r.confusion),))
        )
    rows = [(a.what, a.value, a.why, a.source) for a in r.recipe]
    recipe = Table(("recipe", "value", "because", "by"), rows, "Recipe for the full fine-tune")
    found.append(Section(f"recipe{after}", told("recipe"), (recipe, _costs(r))))
    return found


def _scores(r: Result) -> Chart:
    e = r.extrapolated
    bars = [
        Bar("full fine-tune, expected", e.score, *e.interval, number(e.score)),
        Bar("fine-tuned in this probe", r.score, *r.interval, number(r.score)),
        *(
            Bar(
                baseline_name(name, r.metric),
                line.score,
                *line.interval,
                number(line.score),
                "other",
            )
            for name, line in r.baselines.items()
        ),
    ]
    caption = f"{r.metric.replace('_', ' ')} on the held-out rows with 90 % intervals."
    return Chart(intervals(bars, caption), caption)


def _score_table(r: Result) -> Table:
    rows: list[tuple[Cell | str, ...]] = []
    for name, line in r.baselines.items():
        d = line.difference
        rows.append(
            (
                baseline_name(name, r.metric),
                Cell(number(line.score), line.score),
                between(line.interval),
                Cell(lead(d.value), d.value),
                f"{lead(d.low)} to {lead(d.high)}",
                "yes" if line.in_verdict else "no",
            )
        )
    columns = ("baseline", r.metric, "90 %", "fine-tuned is better by", "90 %", "decides")
    return Table(columns, rows, "Against trivial baselines, on the same rows")


def _curve_blocks(r: Result) -> tuple[Block, ...]:
    points = sorted(
        (DrawnPoint(p.rows * p.passes, p.score, *p.interval) for p in r.curve), key=lambda p: p.x
    )
    e = r.extrapolated
    full = DrawnPoint(max(e.rows * e.passes, points[-1].x * 1.5), e.score, *e.interval)
    rules = [
        (baseline_name(name, r.metric), line.score)
        for name, line in r.baselines.items()
        if name != MAJORITY
    ]
    metric = r.metric.replace("_", " ")
    chart = curves(
        [DrawnCurve("measured", points)],
        f"Learning curve of {short_names([r.model])[r.model]}",
        across="training rows × passes",
        up=metric,
        log=True,
        rules=rules,
        expected=full,
    )
    flat = "has flattened" if r.flattened else "has not flattened"
    caption = (
        "The dotted line leads to the full fine-tune, as the curve is expected to go on; dashed "
        f"are baselines. The curve {flat}."
    )
    blocks: list[Block] = [Chart(chart, caption)]
    if len(r.steps_curve) > 1:
        steps = [DrawnPoint(s.step, s.score, s.score, s.score) for s in r.steps_curve]
        inner = curves(
            [DrawnCurve("tuning rows", steps)],
            f"{metric} over steps",
            across="optimisation steps",
            up=metric,
        )
        blocks.append(Chart(inner, "On rows kept back from training, over the steps of one run."))
    if r.dropped:
        blocks.append(Prose(("The budget did not reach:",)))
        blocks.append(Bullets(r.dropped))
    return tuple(blocks)


def _matrix(confusion: Confusion) -> Table:
    """Rows are what is true, columns what was said; darker is a larger share of the row."""
    rows: list[tuple[Cell | str, ...]] = []
    for label, counts in zip(confusion.labels, confusion.counts, strict=True):
        total = sum(counts) or 1.0
        cells = (Cell(figure(c) if c else "", c, shade=min(9, int(10 * c / total))) for c in counts)
        rows.append((label, *cells))
    columns = ("true ↓ said →", *confusion.labels)
    caption = "Held-out rows by true label and by what was said, mean over seeds"
    return Table(columns, rows, caption, matrix=True)


def _costs(r: Result) -> TermList:
    t = r.timing
    terms = {
        "rows a step": str(r.batch),
        "a step": None if t.step_seconds is None else f"{figure(t.step_seconds, 2)} s",
        "rows a second": None if t.rows_per_second is None else f"{t.rows_per_second:.0f}",
        "steps in all": f"{r.total_steps:,}",
        "took": duration(r.seconds / 3600),
        "steps of the full run": f"{r.full_steps:,}",
        "tokens a row at most": f"{r.max_length:,}",
        "rows cut": f"{r.truncated:.1%}",
    }
    return TermList(tuple((n, Cell(v)) for n, v in terms.items() if v))
