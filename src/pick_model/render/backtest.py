"""The back-test's report for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pick_model.documents.backtest import (
    Agreement,
    Backtest,
    Gain,
    Reliability,
    ReliabilityBin,
    Summary,
    TableResult,
)
from pick_model.render.layout import Column, Page
from pick_model.render.words import markdown
from pick_model.words.figures import places, signed

EXPECTED = "expected standing"
HIDDEN = {
    "source": "without all that its source tells, and without its data set anywhere",
    "dataset": "without its data set anywhere",
    "family": "without every score of the models' families",
}
TO_BEAT = ("static prior, all sources", "most parameters")
NAMES = {"most parameters": "size", "static prior, all sources": "the static prior"}
LISTED = 12  # unmatched names shown; JSON has all
UNITS = (
    "tau: weighted Kendall, 1 is the measured order; r: Pearson; regret: points lost by taking "
    "the first, or the best of the first 3, 5, 10 where there are more; static prior: mean "
    "standard score over other tables; inside: measured within the 90 % interval; hit: the best "
    "model is in the first tie group, which holds the share of models beside it"
)


def terminal(report: Backtest, page: Page) -> None:
    """The headline, what it stands on, whether it came true, then every table or data set."""
    page.paragraph(head(report), label="backtest")
    for line in headline(report):
        page.paragraph(line)
    page.blank()
    page.grid(RANKINGS, rankings(report), bold_rows=1)
    page.blank()
    page.grid(MEANS, means(report))
    for line in apart(report.mean):
        page.paragraph(line)
    if report.reliability is not None:
        page.blank()
        page.grid(CAME_TRUE, came_true(report.reliability))
        for line in held(report.reliability):
            page.paragraph(line)
    if report.ceiling is not None:
        page.paragraph(noise(report), label="noise")
    page.blank()
    if report.file is None:
        page.grid(table_columns("table"), [table_row(t) for t in report.tables])
    else:
        for table in report.tables:
            page.grid(table_columns("data set"), benchmark_rows(table))
            if table.unmatched:
                page.paragraph(_unmatched(table), label="not in the catalog")
    page.paragraph(UNITS, dim=True)
    for note in report.notes:
        page.paragraph(note, label="note")


def as_markdown(report: Backtest) -> str:
    """The same as GitHub renders it."""
    lines = ["## Back-test", "", head(report), ""]
    lines += [f"- {markdown(line)}" for line in headline(report)]
    lines += ["", *_grid(RANKINGS, rankings(report)), "", *_grid(MEANS, means(report)), ""]
    lines += [f"- {markdown(line)}" for line in apart(report.mean)]
    if report.reliability is not None:
        lines += ["", *_grid(CAME_TRUE, came_true(report.reliability)), ""]
        lines += [f"- {markdown(line)}" for line in held(report.reliability)]
    if report.ceiling is not None:
        lines += ["", noise(report)]
    rows: list[Sequence[str]] = [table_row(t) for t in report.tables]
    if report.file is not None:
        rows = [row for table in report.tables for row in benchmark_rows(table)]
    first = "table" if report.file is None else "data set"
    lines += ["", *_grid(table_columns(first), rows)]
    for table in report.tables:
        if table.unmatched:
            names = ", ".join(markdown(name) for name in table.unmatched)
            lines += ["", f"Not in the catalog: {names}"]
    lines += ["", *(f"- {markdown(note)}" for note in report.notes)] if report.notes else []
    return "\n".join(lines) + "\n"


def head(report: Backtest) -> str:
    what, without = f"{len(report.tables)} tables", HIDDEN[report.hide]
    if report.file is not None:
        what, without = report.file, without.replace("all that its source tells", "the file")
    return f"{report.mean.n_benchmarks} benchmarks of {what}, each predicted {without}"


def headline(report: Backtest) -> Iterator[str]:
    """How good the first choice is, and whether that is more than the simple rules give."""
    mean = report.mean
    yield (
        f"tau {two(mean.tau)} ({ends(mean.tau_interval)}); the first loses "
        f"{two(mean.regret1)} points ({ends(mean.regret1_interval)}), the best of 3 "
        f"{two(mean.regret3)}, of 5 {two(mean.regret5)}, of 10 {two(mean.regret10)}"
    )
    for gain in mean.gains:
        if gain.baseline in TO_BEAT:
            yield f"against {NAMES[gain.baseline]}: {_compared(gain)}"


def _compared(gain: Gain) -> str:
    low, high = gain.tau_interval
    told = (
        f"tau {signed(gain.tau, 2)} ({signed(low, 2)} to {signed(high, 2)}), {_verdict(low, high)}"
    )
    if gain.regret1 is None or gain.regret1_interval is None:
        return told
    low, high = gain.regret1_interval
    return (
        f"{told}; points lost {signed(gain.regret1, 2)} ({signed(low, 2)} to {signed(high, 2)}), "
        f"{_verdict(-high, -low)}"
    )


def _verdict(low: float, high: float) -> str:
    """What an interval of a gain says."""
    return "better" if low > 0 else "worse" if high < 0 else "not told apart"


RANKINGS = [
    Column("ranking by", fold=True),
    *(Column(name, right=True) for name in ("tau", "r", "regret", "of 3", "of 5", "of 10")),
]


def rankings(report: Backtest) -> list[Sequence[str]]:
    mean = report.mean
    ours = Agreement(
        tau=mean.tau,
        pearson=mean.pearson,
        regret1=mean.regret1,
        regret3=mean.regret3,
        regret5=mean.regret5,
        regret10=mean.regret10,
    )
    rankings = {EXPECTED: ours, **mean.baselines}
    if rankings["static prior"] == rankings["static prior, all sources"]:
        del rankings["static prior, all sources"]  # one name for the two where they are the same
    return [
        (
            name,
            *map(two, (a.tau, a.pearson, a.regret1, a.regret3, a.regret5, a.regret10)),
        )
        for name, a in rankings.items()
    ]


MEANS = [
    Column("counted once", fold=True),
    Column("n", right=True),
    Column("tau", right=True),
    Column("90 %"),
    Column("size", right=True),
    Column("regret", right=True),
    Column("90 %"),
    Column("size", right=True),
    Column("inside", right=True),
]


def means(report: Backtest) -> list[Sequence[str]]:
    """The same benchmarks, weighed in other ways, and with less hidden."""
    rows = [("table", report.mean), ("data set", report.by_dataset)]
    for some in report.by_size:
        size = f"{some.least} or more" if some.most is None else f"{some.least} to {some.most}"
        rows.append((f"data set, {size} models", some.mean))
    if report.beside is not None:
        rows.append(("table, source known", report.beside.mean))
        rows.append(("data set, source known", report.beside.by_dataset))
    return [
        (
            name,
            str(mean.n_benchmarks),
            two(mean.tau),
            ends(mean.tau_interval),
            two(mean.baselines["most parameters"].tau),
            two(mean.regret1),
            ends(mean.regret1_interval),
            two(mean.baselines["most parameters"].regret1),
            two(mean.coverage),
        )
        for name, mean in rows
    ]


def apart(mean: Summary) -> Iterator[str]:
    """What is left of the gains without the data set that makes most of them."""
    for gain in mean.gains:
        one = gain.without
        if gain.baseline in TO_BEAT and one is not None and one.regret1 is not None:
            yield (
                f"{one.share:.0%} of the points gained on {NAMES[gain.baseline]} are of "
                f"{one.dataset} alone; without it {signed(one.regret1, 2)} "
                f"({ends(one.regret1_interval)})"
            )


CAME_TRUE = [
    Column("said", fold=True),
    Column("n", right=True),
    Column("predicted", right=True),
    Column("came true", right=True),
    Column("90 %"),
]
BINNED = 125  # decisions: five bins of 25 each
CHANCE_DIGITS = 3  # a hundredth is a third of what most models are given


def came_true(reliability: Reliability) -> list[Sequence[str]]:
    """All decisions, and bins of them where there are enough."""
    every = () if reliability.loss is None else (reliability.loss,)
    finals = () if reliability.finalists is None else (reliability.finalists,)
    kinds: list[tuple[str, tuple[ReliabilityBin, ...], int]] = [
        ("P(best) of the first", (reliability.first,), CHANCE_DIGITS),
        ("points the first loses", every, 2),
        ("points the best finalist loses", finals, 2),
    ]
    if reliability.n >= BINNED:
        kinds.append(("P(best), all models", reliability.p_best, CHANCE_DIGITS))
        kinds.append(("points, in fifths", reliability.expected_loss, 2))
    return [
        (
            name if one.enough else f"{name} [few]",
            _of_enough(one),
            places(one.predicted, digits),
            places(one.realised, digits),
            " to ".join(places(end, digits) for end in one.realised_interval),
        )
        for name, bins, digits in kinds
        for one in bins
    ]


def _of_enough(one: ReliabilityBin) -> str:
    """How many cases, and where they are few how many would do."""
    few = not one.enough and one.n_enough is not None
    return f"{one.n:,} of {one.n_enough:,}" if few else f"{one.n:,}"


def held(reliability: Reliability) -> Iterator[str]:
    short, points = reliability.shortlist, reliability.points
    if any(" of " in n for _, n, *_ in came_true(reliability)):
        yield (
            "[few]: so many cases of those it takes to know what came true to a fifth, sources "
            "drawn anew, for the cases of one hang together"
        )
    yield (
        f"the shortlist held the best in {_percent(short.held)} of {reliability.n} benchmarks "
        f"({_percents(short.held_interval)}), {_percent(short.predicted)} was said; it had "
        f"{_percent(short.share)} of the models"
        + (
            ""
            if reliability.finalists_share is None
            else f", the finalists {_percent(reliability.finalists_share)}"
        )
    )
    if points is not None:
        yield (
            f"with one score known the others' 90 % intervals held {_percent(points.coverage)} "
            f"({_percents(points.coverage_interval)}): ±{points.half_width:.1f} points in the "
            f"mean, and the expected score was {points.error:.1f} off"
        )


def noise(report: Backtest) -> str:
    c = report.ceiling
    assert c is not None
    return (
        f"one of {c.n_runs} runs agrees with the mean of the others by tau {two(c.tau)}, "
        f"r {two(c.pearson)}, over {c.n_benchmarks} data sets"
    )


def table_columns(first: str) -> list[Column]:
    numbers = ("models", "n", "tau", "size", "regret", "size", "inside", "hit", "share")
    return [Column(first, fold=True), *(Column(name, right=True) for name in numbers)]


def table_row(table: TableResult) -> Sequence[str]:
    mean, size = table.mean, table.mean.baselines["most parameters"]
    return (
        table.table,
        str(len(table.matched)),
        str(mean.n_benchmarks),
        two(mean.tau),
        two(size.tau),
        two(mean.regret1),
        two(size.regret1),
        two(mean.coverage),
        two(mean.first_group_hit),
        two(mean.first_group_share),
    )


def benchmark_rows(table: TableResult) -> list[Sequence[str]]:
    rows = []
    for one in table.benchmarks:
        size = one.baselines["most parameters"]
        hit = None if one.first_group_hit is None else float(one.first_group_hit)
        rows.append(
            (
                f"{one.benchmark} ({one.metric})",
                str(one.n_models),
                "1",
                two(one.tau),
                two(size.tau),
                two(one.regret1),
                two(size.regret1),
                two(one.coverage),
                two(hit),
                two(one.first_group_share),
            )
        )
    return [*rows, ("mean", *table_row(table)[1:])]


def _unmatched(table: TableResult) -> str:
    more = len(table.unmatched) - LISTED
    names = ", ".join(table.unmatched[:LISTED])
    return names + (f" and {more} more (--format json has all)" if more > 0 else "")


def two(value: float | None) -> str:
    return "–" if value is None else places(value)


def ends(interval: tuple[float, float] | None) -> str:
    return "–" if interval is None else " to ".join(places(end) for end in interval)


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _percents(interval: tuple[float, float]) -> str:
    return " to ".join(_percent(end) for end in interval)


def _grid(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    head = [column.title for column in columns]
    cells = [[markdown(cell) for cell in row] for row in rows]
    marks = ["--:" if column.right else "---" for column in columns]
    return [f"| {' | '.join(row)} |" for row in (head, marks, *cells)]
