"""`pick-model catalog`: look through the catalog, check it, and keep it fresh."""

from __future__ import annotations

from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pick_model.cli import catalog_upkeep
from pick_model.cli.catalog_upkeep import AsAccount, emit_report
from pick_model.cli.help import Command, CommandGroup
from pick_model.cli.inputs import checked
from pick_model.cli.options import AS, AccountFormat, ModelName, Output, Overlays, emit

if TYPE_CHECKING:
    from collections.abc import Callable

    from pick_model.documents.catalog_reports import Listing

HELP = """\
Look through the catalog, check it, and keep it fresh.

Examples:
  pick-model catalog search multilingual encoder
  pick-model catalog show roberta-base
"""
app = typer.Typer(
    name="catalog",
    cls=CommandGroup,
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
)


C = TypeVar("C", bound="Callable[..., Any]")


def command(name: str) -> Callable[[C], C]:
    """Register a command of the group, whose outputs are none of its inputs."""

    def register(function: C) -> C:
        app.command(name, cls=Command)(checked(function))
        return function

    return register


class ListFormat(str, Enum):
    """How a list of models is printed."""

    table = "table"
    json = "json"
    csv = "csv"


_filter = partial(typer.Option, rich_help_panel="Filters")
Task = Annotated[
    list[str] | None, _filter(metavar="TASK", help="Only what does this task; may be repeated.")
]
Language = Annotated[
    list[str] | None,
    _filter(metavar="CODE", help="Only what reads this language (en, zh); may be repeated."),
]
License = Annotated[
    list[str] | None,
    _filter(metavar="NAME", help="This licence or class (permissive, commercial); any of several."),
]
Kind = Annotated[
    list[str] | None, _filter(metavar="KIND", help="This kind of architecture; any of several.")
]
Modality = Annotated[
    list[str] | None, _filter(metavar="NAME", help="This modality; any of several.")
]
AsList = Annotated[ListFormat, AS]


@command("list")
def list_models(
    task: Task = None,
    language: Language = None,
    license: License = None,
    kind: Kind = None,
    modality: Modality = None,
    catalog: Overlays = None,
    format: AsList = ListFormat.table,
    output: Output = None,
) -> None:
    """List the entries, filtered.

    Examples:
      pick-model catalog list --task sentence-similarity --language zh
      pick-model catalog list --license permissive --kind encoder --format csv
    """
    from pick_model.catalog.browse import listing
    from pick_model.catalog.load import load_catalog

    wanted = _filters(task, language, license, kind, modality)
    _emit_list(listing(load_catalog(catalog or ()), **wanted), format, output)


@command("search")
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORD", help="All of them must match.")],
    task: Task = None,
    language: Language = None,
    license: License = None,
    kind: Kind = None,
    modality: Modality = None,
    catalog: Overlays = None,
    format: AsList = ListFormat.table,
    output: Output = None,
) -> None:
    """Find entries by parts of a name, a family, a kind, a task or a domain.

    Examples:
      pick-model catalog search multilingual
      pick-model catalog search biomedical encoder --license permissive
    """
    from pick_model.catalog.browse import search as find
    from pick_model.catalog.load import load_catalog

    wanted = _filters(task, language, license, kind, modality)
    _emit_list(find(load_catalog(catalog or ()), words, **wanted), format, output)


def _filters(
    task: list[str] | None,
    language: list[str] | None,
    license: list[str] | None,
    kind: list[str] | None,
    modality: list[str] | None,
) -> dict[str, list[str]]:
    given = {
        "task": task,
        "language": language,
        "license": license,
        "kind": kind,
        "modality": modality,
    }
    return {name: values for name, values in given.items() if values}


def _emit_list(report: Listing, format: ListFormat, output: Path | None) -> None:
    from pick_model.render import catalog as render

    if format is ListFormat.csv:
        emit(render.listing_csv(report), output)
    else:
        emit_report(report, render.listing, format.value, output)


@command("show")
def show(
    model: ModelName,
    catalog: Overlays = None,
    format: AsAccount = AccountFormat.table,
    output: Output = None,
) -> None:
    """Show every fact of one entry, its source, and which overlay gave it.

    Examples:
      pick-model catalog show roberta-base
      pick-model catalog show FacebookAI/roberta-base -f json
    """
    from pick_model.catalog.browse import account
    from pick_model.render import catalog as render

    emit_report(account(model, catalog or ()), render.account, format.value, output)


@command("stats")
def stats(
    catalog: Overlays = None, format: AsAccount = AccountFormat.table, output: Output = None
) -> None:
    """Count candidates for each application, known facts, and evidence for common jobs.

    Examples:
      pick-model catalog stats
      pick-model catalog stats --format json
    """
    from pick_model.advise.jobs import evidence_of_jobs
    from pick_model.catalog.jobs import read_jobs
    from pick_model.catalog.load import load_catalog
    from pick_model.catalog.stats import stats as count
    from pick_model.render import catalog as render

    loaded = load_catalog(catalog or ())
    emit_report(
        count(loaded, evidence_of_jobs(loaded, read_jobs())), render.stats, format.value, output
    )


# What checks a catalog, writes it out and keeps it fresh, in the order of the help.
for _function in (
    catalog_upkeep.validate,
    catalog_upkeep.export,
    catalog_upkeep.diff,
    catalog_upkeep.add,
    catalog_upkeep.refresh,
):
    command(_function.__name__)(_function)
