"""The page of `backtest`: how good the advice was, and whether what it said came true."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pick_model.documents.backtest import Backtest, Reliability, ReliabilityBin
from pick_model.render import backtest as told
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
from pick_model.render.html.drawing import Bar, DrawnCurve, DrawnPoint, curves, intervals
from pick_model.render.html.made import made
from pick_model.render.layout import Column


def backtest(report: Backtest, command: str) -> Sheet:
    """The page of a back-test."""
    mean = report.mean
    tiles = [Tile("tau", told.two(mean.tau), told.ends(mean.tau_interval))]
    tiles.append(
        Tile("points the first loses", told.two(mean.regret1), told.ends(mean.regret1_interval))
    )
    tiles.append(Tile("by size alone", told.two(mean.baselines["most parameters"].regret1)))
    tiles.append(Tile("inside the 90 % interval", told.two(mean.coverage)))
    return Sheet(
        title="Back-test",
        opening=Opening(
            "backtest",
            "the advice on hidden scores:",
            f"tau {told.two(mean.tau)}",
            lines=(told.head(report), *list(told.headline(report))[1:]),
            tiles=tuple(tiles),
        ),
        sections=(
            _against(report),
            _means(report),
            *([_came_true(report.reliability)] if report.reliability else []),
            _tables(report),
            *([Section("notes", "Notes", (Bullets(report.notes),))] if report.notes else []),
            made(command, {"catalog": report.catalog_digest}),
        ),
    )


def _against(report: Backtest) -> Section:
    """Gains over the simple rules, with their intervals."""
    bars = [
        Bar(gain.baseline, gain.tau, *gain.tau_interval, f"{gain.tau:+.2f}")
        for gain in report.mean.gains
    ]
    blocks: list[Block] = [_table(told.RANKINGS, told.rankings(report), "Ways to rank")]
    if bars:
        caption = "Tau gained on each simple rule, with 90 % intervals; right of 0 is better."
        blocks.insert(0, Chart(intervals(bars, caption), caption))
    return Section("against", "Against simple rules", tuple(blocks))


def _means(report: Backtest) -> Section:
    blocks: list[Block] = [_table(told.MEANS, told.means(report), "Counted once")]
    blocks.append(Bullets(tuple(told.apart(report.mean))))
    if report.ceiling is not None:
        blocks.append(Prose((told.noise(report),)))
    return Section("counted", "Counted in other ways", tuple(blocks))


def _came_true(reliability: Reliability) -> Section:
    blocks: list[Block] = []
    for title, bins in (
        ("P(best)", reliability.p_best),
        ("points lost", reliability.expected_loss),
    ):
        if len(bins) > 1:
            caption = (
                f"{title}: said and come true, with 90 % intervals; on the dashed line is right."
            )
            blocks.append(Chart(_diagram(bins, caption), caption))
    blocks.append(Bullets(tuple(told.held(reliability))))
    blocks.append(
        _table(told.CAME_TRUE, told.came_true(reliability), "What was said, and came true")
    )
    return Section("true", "Did it come true?", tuple(blocks))


def _diagram(bins: Sequence[ReliabilityBin], title: str) -> Markup:
    points = [
        DrawnPoint(one.predicted, one.realised, *one.realised_interval)
        for one in bins
        if one.enough
    ]
    return curves([DrawnCurve("", points)], title, across="said", up="came true", diagonal=True)


def _tables(report: Backtest) -> Section:
    if report.file is None:
        rows = [told.table_row(one) for one in report.tables]
        table = _table(told.table_columns("table"), rows, "Table by table", find=True)
    else:
        rows = [row for one in report.tables for row in told.benchmark_rows(one)]
        table = _table(told.table_columns("data set"), rows, "Data set by data set", find=True)
    unmatched = tuple(
        f"Not in the catalog: {', '.join(one.unmatched)}" for one in report.tables if one.unmatched
    )
    return Section("tables", "Table by table", (table, Prose(unmatched)), told.UNITS)


def _table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], caption: str, *, find: bool = False
) -> Table:
    """A grid of the terminal as a table: its right-hand columns are numbers."""
    cells = [
        tuple(
            Cell(text, number(text)) if column.right else text
            for column, text in zip(columns, row, strict=True)
        )
        for row in rows
    ]
    return Table(tuple(column.title for column in columns), cells, caption, find)


def number(text: str) -> float | None:
    """What a figure of the report is sorted by; None for what is none."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
