"""`pick-model catalog`: look through the catalog, check it, and keep it fresh."""

from __future__ import annotations

from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pick_model.cli.help import Command, CommandGroup
from pick_model.cli.inputs import checked, refuse_overwriting
from pick_model.cli.options import (
    AS,
    STDOUT,
    AccountFormat,
    ModelName,
    Output,
    Overlays,
    emit,
    make_folder,
    write_output,
)
from pick_model.cli.streams import say
from pick_model.errors import OK, WRONG_INPUT, InputError, Location, UsageError
from pick_model.words.say import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from pick_model.documents.catalog_reports import Listing
    from pick_model.render.layout import Page

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


class ExportFormat(str, Enum):
    """What the catalog is exported as."""

    sqlite = "sqlite"
    parquet = "parquet"
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
AsAccount = Annotated[AccountFormat, AS]
Source = Annotated[
    Path | None,
    typer.Argument(metavar="FOLDER", help="Catalog folder or overlay; the shipped one if none."),
]


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
        _emit(report, render.listing, format.value, output)


def _emit(report: Any, draw: Callable[[Any, Page], None], format: str, output: Path | None) -> None:
    """A report as JSON, or drawn on a page."""
    if format == "json":
        from pick_model.documents.base import to_json

        emit(to_json(report), output)
        return
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(output is not None)
    draw(report, page)
    emit(page.text(), output)


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

    _emit(account(model, catalog or ()), render.account, format.value, output)


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
    _emit(count(loaded, evidence_of_jobs(loaded, read_jobs())), render.stats, format.value, output)


@command("validate")
def validate(
    folder: Source = None, format: AsAccount = AccountFormat.table, output: Output = None
) -> int:
    """Check a catalog folder or an overlay: sources, ranges, units, totals, references …

    Examples:
      pick-model catalog validate
      pick-model catalog validate catalogs
    """
    from datetime import datetime, timezone

    from pick_model.catalog.validate.validate import validate as check
    from pick_model.render import catalog as render

    # A day ahead of UTC it is tomorrow already.
    path = _folder(folder, output)
    report = check(path, today=datetime.now(timezone.utc).date().isoformat())
    _emit(report, render.validation, format.value, output)
    if report.valid:
        return OK
    n = len(report.problems)
    say(f"{report.folder}: {n} problem{'' if n == 1 else 's'}, told in the report", "error")
    return WRONG_INPUT


def _folder(given: Path | None, output: Path | None) -> Path:
    """The folder named, or the shipped catalog's sources, as short a path as there is."""
    if given is not None:
        return given
    from pick_model.catalog.reader import shipped_folder

    folder = shipped_folder()
    if output is not None:
        refuse_overwriting([("--output", output)], [folder])
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


@command("export")
def export(
    output: Annotated[
        Path, typer.Argument(metavar="TO", help="The file (sqlite) or folder (csv, parquet).")
    ],
    format: Annotated[
        ExportFormat, typer.Option("--format", "-f", help="What it is written as.")
    ] = ExportFormat.sqlite,
    catalog: Overlays = None,
) -> None:
    """Write the catalog as tables to query: models, scores, benchmarks, machines, sources.

    Examples:
      pick-model catalog export catalog.sqlite
      pick-model catalog export tables --format csv
    """
    from pick_model.catalog.load import load_catalog
    from pick_model.render.export import as_csv, as_parquet, as_sqlite, tables

    if str(output) in STDOUT:
        raise UsageError(message("export-needs-file"), hint=message("name-a-file"))
    single = format is ExportFormat.sqlite
    if not single and output.exists() and not output.is_dir():
        told = message("export-needs-folder")
        raise InputError(told, location=Location(str(output)), hint=message("name-another-folder"))
    found = tables(load_catalog(catalog or ()))
    if single:
        write_output(output, as_sqlite(found))
        n_rows = sum(len(table.rows) for table in found.values())
        emit(f"wrote {output}: {len(found)} tables, {n_rows:,} rows", None)
        return
    write = as_csv if format is ExportFormat.csv else as_parquet
    made = {output / f"{name}.{format.value}": write(table) for name, table in found.items()}
    make_folder(output)
    for file, content in made.items():  # all are made before one is written
        write_output(file, content)
    emit(f"wrote {len(made)} files in {output}", None)


@command("diff")
def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="Catalog folder or overlay.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The same, later.")],
    format: AsAccount = AccountFormat.table,
    output: Output = None,
) -> None:
    """Show what changed from A to B: what is safe, and what needs judgement.

    Examples:
      pick-model catalog diff catalogs own.yaml
    """
    from pick_model.catalog.diff import diff as compare
    from pick_model.render import catalog as render

    _emit(compare(before, after), render.difference, format.value, output)


@command("add")
def add(
    hub_id: Annotated[str, typer.Argument(metavar="HUB_ID", help="org/name on the Hub.")],
    revision: Annotated[
        str | None, typer.Option(metavar="NAME", help="Branch, tag or commit.")
    ] = None,
    append: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add to the models of this YAML file.")
    ] = None,
    catalog: Overlays = None,
    output: Output = None,
) -> None:
    """Draft an entry from the Hub as YAML, with a to-do wherever the Hub does not say.

    Examples:
      pick-model catalog add intfloat/e5-small-v2 --output e5.yaml
      pick-model catalog add intfloat/e5-small-v2 --append own.yaml
    """
    from pick_model.catalog.draft.add import draft
    from pick_model.catalog.draft.text import appended
    from pick_model.catalog.load import load_catalog

    if append is not None and output is not None:
        raise UsageError(message("append-and-output"), hint=message("one-of-the-two"))
    text = draft(hub_id, load_catalog(catalog or ()), revision=revision)
    if append is not None:
        write_output(append, appended(text, append))
    else:
        emit(text, output)


@command("refresh")
def refresh(
    folder: Source = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this entry; may be repeated.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the edit, write nothing.")
    ] = False,
    format: AsAccount = AccountFormat.table,
    output: Output = None,
) -> None:
    """Pin missing revisions; flag revisions that moved and licences that changed.

    Examples:
      pick-model catalog refresh --dry-run
      pick-model catalog refresh own.yaml --only e5-small-v2
    """
    from pick_model.catalog.draft.refresh import refresh as ask
    from pick_model.render import catalog as render

    path = _folder(folder, output)
    if folder is None and not dry_run and "site-packages" in path.parts:
        raise UsageError(
            message("installed-catalog-not-edited"), hint=message("name-folder-or-dry-run")
        )
    pinned = ask(path, only=only or (), dry_run=dry_run)
    if not dry_run:
        for file, text in pinned.files.items():
            write_output(file, text)
    _emit(pinned.report, render.refreshed, format.value, output)
