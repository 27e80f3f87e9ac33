"""`pick-model cache`: what probes and screens have kept, and how to be rid of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.help import Command, CommandGroup
from pick_model.cli.inputs import checked
from pick_model.cli.options import AS, AccountFormat, Output, emit

if TYPE_CHECKING:
    from pick_model.documents.cache import CacheReport

HELP = """\
Show what measuring has kept on disk, and clear it.

Examples:
  pick-model cache show
  pick-model cache clear features
"""
app = typer.Typer(
    name="cache", cls=CommandGroup, help=HELP, no_args_is_help=True, rich_markup_mode=None
)


class Shelves(str, Enum):
    """What is kept apart."""

    all = "all"
    features = "features"
    work = "work"


def show(format: Annotated[AccountFormat, AS] = AccountFormat.table, output: Output = None) -> None:
    """Say where the cache is, and how much of what it holds.

    Examples:
      pick-model cache show
      pick-model cache show --format json
    """
    from pick_model.measure.cache_report import shown

    emit(rendered(shown(), format, output is not None), output)


def clear(
    what: Annotated[
        Shelves,
        typer.Argument(metavar="WHAT", help="all, features, or work of probes."),
    ] = Shelves.all,
    format: Annotated[AccountFormat, AS] = AccountFormat.table,
    output: Output = None,
) -> None:
    """Remove what is kept; a process that uses it makes it again.

    Examples:
      pick-model cache clear
      pick-model cache clear features
    """
    from pick_model.measure.cache_report import cleared

    emit(rendered(cleared(what.value), format, output is not None), output)


def rendered(report: CacheReport, format: AccountFormat, to_file: bool) -> str:
    """The report in the format asked for."""
    if format is AccountFormat.json:
        from pick_model.documents.base import to_json

        return to_json(report)
    from pick_model.render.cache import report as draw
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(to_file)
    draw(report, page)
    return page.text()


for _function in (show, clear):
    app.command(_function.__name__, cls=Command)(checked(_function))
