"""The commands of `pick-model catalog` that check a catalog, write it out and keep it fresh."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pick_model.cli.inputs import refuse_overwriting
from pick_model.cli.options import (
    AS,
    STDOUT,
    AccountFormat,
    Output,
    Overlays,
    emit,
    in_output,
    make_folder,
    write_output,
)
from pick_model.cli.streams import say
from pick_model.errors import OK, WRONG_INPUT, InputError, Location, UsageError
from pick_model.words.say import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pick_model.render.layout import Page


class ExportFormat(str, Enum):
    """What the catalog is exported as."""

    sqlite = "sqlite"
    parquet = "parquet"
    csv = "csv"


class RefreshFormat(str, Enum):
    """How a refresh is reported."""

    table = "table"
    json = "json"
    markdown = "markdown"


AsAccount = Annotated[AccountFormat, AS]
Source = Annotated[
    Path | None,
    typer.Argument(metavar="FOLDER", help="Catalog folder or overlay [default: the shipped one]."),
]


def emit_report(
    report: Any, draw: Callable[[Any, Page], None], format: str, output: Path | None
) -> None:
    """A report as JSON, or drawn on a page."""
    if format == "json":
        from pick_model.documents.base import to_json

        emit(to_json(report), output)
        return
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(output is not None)
    draw(report, page)
    emit(page.text(), output)


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
    emit_report(report, render.validation, format.value, output)
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


def export(
    output: Annotated[
        Path, typer.Argument(metavar="TO", help="The file (sqlite) or folder (csv, parquet).")
    ],
    format: Annotated[
        ExportFormat, typer.Option("--format", "-f", help="What it is written as.")
    ] = ExportFormat.sqlite,
    force: Annotated[
        bool, in_output("--force", help="Replace files that are there already.")
    ] = False,
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
    if single and not force:
        _refuse_to_replace([output])
    found = tables(load_catalog(catalog or ()))
    if single:
        write_output(output, as_sqlite(found))
        n_rows = sum(len(table.rows) for table in found.values())
        emit(f"wrote {output}: {len(found)} tables, {n_rows:,} rows", None)
        return
    write = as_csv if format is ExportFormat.csv else as_parquet
    files = {name: output / f"{name}.{format.value}" for name in found}
    if not force:
        _refuse_to_replace(files.values())
    made = {files[name]: write(table) for name, table in found.items()}
    make_folder(output)
    for file, content in made.items():  # all are made before one is written
        write_output(file, content)
    emit(f"wrote {len(made)} files in {output}", None)


def _refuse_to_replace(files: Iterable[Path]) -> None:
    """Raises UsageError when one is there already; a device or a pipe is written to."""
    for file in files:
        if file.is_file():
            where = Location(str(file))
            raise UsageError(message("would-replace"), location=where, hint=message("add-force"))


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="Catalog folder or overlay.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The same, later.")],
    format: AsAccount = AccountFormat.table,
    output: Output = None,
) -> None:
    """Show what changed from A to B: what is safe, and what needs judgement.

    Examples:
      pick-model catalog diff ../before/catalogs catalogs
    """
    from pick_model.catalog.diff import diff as compare
    from pick_model.render import catalog as render

    emit_report(compare(before, after), render.difference, format.value, output)


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


def refresh(
    folder: Source = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this entry; may be repeated.")
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Ask about at most this many more; with --answers."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep what the Hub answers here, and go on from it."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the edit, write nothing.")
    ] = False,
    format: Annotated[RefreshFormat, AS] = RefreshFormat.table,
    output: Output = None,
) -> None:
    """Pin missing revisions; flag what moved, vanished, was renamed or changed its licence.

    Examples:
      pick-model catalog refresh --dry-run
      pick-model catalog refresh own.yaml --only e5-small-v2
      pick-model catalog refresh own.yaml --batch 200 --answers hub.jsonl -f markdown
    """
    from pick_model.catalog.draft.refresh import refresh as ask
    from pick_model.render import refresh as render

    path = _folder(folder, output)
    if folder is None and not dry_run and "site-packages" in path.parts:
        raise UsageError(
            message("installed-catalog-not-edited"), hint=message("name-folder-or-dry-run")
        )
    if batch is not None and answers is None:
        raise UsageError(message("batch-without-answers"), hint=message("add-answers"))
    if answers is not None and output is not None:
        refuse_overwriting([("--output", output), ("--answers", answers)], [])
    try:
        pinned = ask(path, only=only or (), batch=batch, answers=answers, dry_run=dry_run)
    except OSError as error:  # of the answers: what reads and asks raises errors of its own
        reason = (error.strerror or str(error)).lower()
        where = Location(str(answers))
        raise InputError(message("cannot-be-written", reason=reason), location=where) from None
    if not dry_run:
        for file, text in pinned.files.items():
            write_output(file, text)
    if format is RefreshFormat.markdown:
        emit(render.as_markdown(pinned.report), output)
    else:
        emit_report(pinned.report, render.as_table, format.value, output)
