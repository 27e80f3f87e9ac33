"""`pick-model backtest`."""

from __future__ import annotations

from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pick_model.cli.options import AS, Output, Overlays, emit
from pick_model.errors import UsageError, did_you_mean
from pick_model.words.say import message


class Hidden(str, Enum):
    """What is kept from the fit that predicts."""

    source = "source"
    dataset = "dataset"
    family = "family"


class ReportFormat(str, Enum):
    """How the report is printed."""

    table = "table"
    json = "json"
    markdown = "markdown"
    html = "html"


_own = partial(typer.Option, rich_help_panel="Your own results")


def backtest(
    table: Annotated[
        Path | None,
        _own(metavar="FILE.csv", help="Your own results: model,dataset,metric,score a line."),
    ] = None,
    hide: Annotated[
        Hidden,
        typer.Option(
            help="Predict each data set without all its source tells, from all other data sets, "
            "or without the model's family."
        ),
    ] = Hidden.source,
    task: Annotated[
        str | None,
        _own(
            metavar="TASK",
            help="What the table's models were trained for, if not plain from its names.",
        ),
    ] = None,
    protocol: Annotated[
        str, _own(metavar="NAME", help="How the table's scores were come by, if it does not say.")
    ] = "fine-tune",
    higher: Annotated[
        list[str] | None,
        _own("--higher-is-better", metavar="METRIC", help="A metric of the table, if unknown."),
    ] = None,
    lower: Annotated[
        list[str] | None,
        _own("--lower-is-better", metavar="METRIC", help="The same, where less is better."),
    ] = None,
    catalog: Overlays = None,
    format: Annotated[ReportFormat, AS] = ReportFormat.table,
    output: Output = None,
) -> None:
    """Test the advice: predict hidden scores, compare with the measured.

    Examples:
      pick-model backtest
      pick-model backtest --hide family --format markdown --output backtest.md
      pick-model backtest --table scores.csv --task text-classification
    """
    from pick_model.backtest.backtest import backtest as run
    from pick_model.backtest.directions import Directions
    from pick_model.catalog.load import load_catalog
    from pick_model.vocabulary.tasks import TASKS
    from pick_model.vocabulary.uses import PROTOCOLS

    if task is not None and task not in TASKS:
        raise UsageError(message("option-unknown-task", task=task), hint=did_you_mean(task, TASKS))
    if protocol not in PROTOCOLS:
        hint = did_you_mean(protocol, PROTOCOLS)
        raise UsageError(message("option-unknown-protocol", protocol=protocol), hint=hint)
    directions = Directions(tuple(higher or ()), tuple(lower or ()))
    if table is None and any(directions):
        raise UsageError(message("directions-without-table"))
    report = run(
        load_catalog(catalog or ()),
        file=table,
        hide=hide.value,
        protocol=protocol,
        task=task,
        directions=directions,
    )
    if format is ReportFormat.json:
        from pick_model.documents.base import to_json

        emit(to_json(report), output)
        return
    if format is ReportFormat.html:
        from pick_model.cli.typed import command_line
        from pick_model.render.html.backtest import backtest as page_of
        from pick_model.render.html.page import written

        emit(written(page_of(report, command_line())), output)
        return
    from pick_model.render import backtest as render

    if format is ReportFormat.markdown:
        emit(render.as_markdown(report), output)
        return
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(output is not None)
    render.terminal(report, page)
    emit(page.text(), output)
