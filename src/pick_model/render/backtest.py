"""The back-test's report for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.backtest import Agreement, Backtest, Gain, Summary, TableResult
from pick_model.render.layout import Column, Page
from pick_model.render.words import markdown
from pick_model.words.figures import signed, unsigned_zero

EXPECTED = "expected standing"
HIDDEN = {
    "dataset": "the data set to predict, with every copy of it",
    "family": "every score of the model's whole family",
    "source": "everything its source tells",
}
TO_BEAT = ("static prior", "static prior, all sources", "most parameters")
LISTED = 12  # unmatched names shown; JSON has all
UNITS = (
    "tau: weighted Kendall, 1 is the measured order; r: Pearson; regret: points lost by taking "
    "the first, or the best of the first three; inside: measured standings within the 90 % "
    "interval; hit: the best model is in the first tie group, which holds the share of models "
    "beside it"
)


def terminal(report: Backtest, page: Page) -> None:
    """Rankings against each other, then every table, or every data set of a user's file."""
    page.paragraph(_head(report), label="backtest")
    page.blank()
    page.grid(_columns("ranking by"), _rankings(report.mean), bold_rows=1)
    page.blank()
    page.grid(
        [
            Column("better than", fold=True),
            Column("tau by", right=True),
            Column("90 %"),
            Column("regret by", right=True),
        ],
        [_gain(g) for g in report.mean.gains if g.baseline in TO_BEAT],
    )
    page.blank()
    page.paragraph(_intervals(report.mean))
    if report.ceiling is not None:
        c = report.ceiling
        page.paragraph(
            f"one of {c.n_runs} runs agrees with the mean of the others by tau {_two(c.tau)}, "
            f"r {_two(c.pearson)}, over {c.n_benchmarks} data sets",
            label="noise",
        )
    page.blank()
    if report.file is None:
        page.grid(_table_columns("table"), [_table_row(t) for t in report.tables])
    else:
        for table in report.tables:
            page.grid(_table_columns("data set"), _benchmark_rows(table))
            _unmatched(table, page)
    page.paragraph(UNITS, dim=True)
    for note in report.notes:
        page.paragraph(note, label="note")


def as_markdown(report: Backtest) -> str:
    """The same as GitHub renders it."""
    lines = ["## Back-test", "", _head(report), ""]
    lines += _grid([c.title for c in _columns("ranking by")], _rankings(report.mean))
    lines += ["", _intervals(report.mean), ""]
    columns = [c.title for c in _table_columns("table" if report.file is None else "data set")]
    rows: list[Sequence[str]] = [_table_row(t) for t in report.tables]
    if report.file is not None:
        rows = [row for table in report.tables for row in _benchmark_rows(table)]
    lines += _grid(columns, rows)
    for table in report.tables:
        if table.unmatched:
            names = ", ".join(markdown(name) for name in table.unmatched)
            lines += ["", f"Not in the catalog: {names}"]
    lines += ["", *(f"- {markdown(note)}" for note in report.notes)] if report.notes else []
    return "\n".join(lines) + "\n"


def _head(report: Backtest) -> str:
    n = len(report.tables)
    what = f"{n} tables" if report.file is None else report.file
    return f"{report.mean.n_benchmarks} benchmarks of {what}; hidden: {HIDDEN[report.hide]}"


def _columns(first: str) -> list[Column]:
    numbers = ("tau", "r", "regret", "of 3")
    return [Column(first, fold=True), *(Column(name, right=True) for name in numbers)]


def _rankings(mean: Summary) -> list[Sequence[str]]:
    ours = Agreement(tau=mean.tau, pearson=mean.pearson, regret1=mean.regret1, regret3=mean.regret3)
    rankings = {EXPECTED: ours, **mean.baselines}
    return [
        (name, _two(a.tau), _two(a.pearson), _two(a.regret1), _two(a.regret3))
        for name, a in rankings.items()
    ]


def _table_columns(first: str) -> list[Column]:
    numbers = ("models", "n", "tau", "prior", "regret", "prior", "inside", "hit", "share")
    return [Column(first, fold=True), *(Column(name, right=True) for name in numbers)]


def _table_row(table: TableResult) -> Sequence[str]:
    mean, prior = table.mean, table.mean.baselines["static prior"]
    return (
        table.table,
        str(len(table.matched)),
        str(mean.n_benchmarks),
        _two(mean.tau),
        _two(prior.tau),
        _two(mean.regret1),
        _two(prior.regret1),
        _two(mean.coverage),
        _two(mean.first_group_hit),
        _two(mean.first_group_share),
    )


def _benchmark_rows(table: TableResult) -> list[Sequence[str]]:
    rows = []
    for one in table.benchmarks:
        prior = one.baselines["static prior"]
        hit = None if one.first_group_hit is None else float(one.first_group_hit)
        rows.append(
            (
                f"{one.benchmark} ({one.metric})",
                str(one.n_models),
                "1",
                _two(one.tau),
                _two(prior.tau),
                _two(one.regret1),
                _two(prior.regret1),
                _two(one.coverage),
                _two(hit),
                _two(one.first_group_share),
            )
        )
    return [*rows, ("mean", *_table_row(table)[1:])]


def _unmatched(table: TableResult, page: Page) -> None:
    if table.unmatched:
        more = len(table.unmatched) - LISTED
        names = ", ".join(table.unmatched[:LISTED])
        page.paragraph(
            names + (f" and {more} more (--format json has all)" if more > 0 else ""),
            label="not in the catalog",
        )


def _intervals(mean: Summary) -> str:
    return (
        f"90 % intervals hold {_percent(mean.coverage)} of what was measured; the first tie group "
        f"holds {_percent(mean.first_group_share)} of the models and the best one in "
        f"{_percent(mean.first_group_hit)} of the cases"
    )


def _two(value: float | None) -> str:
    if value is None:
        return "–"
    return unsigned_zero(f"{value:.2f}")


def _signed(value: float) -> str:
    return signed(value, 2)


def _gain(gain: Gain) -> Sequence[str]:
    low, high = gain.tau_interval
    regret = "–" if gain.regret1 is None else _signed(gain.regret1)
    return gain.baseline, _signed(gain.tau), f"{_signed(low)} to {_signed(high)}", regret


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [[markdown(cell) for cell in row] for row in rows]
    marks = ["---", *["--:"] * (len(head) - 1)]
    return [f"| {' | '.join(row)} |" for row in (list(head), marks, *cells)]
