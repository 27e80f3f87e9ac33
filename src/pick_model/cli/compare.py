"""`pick-model compare`."""

from __future__ import annotations

from typing import Annotated

import typer

from pick_model.cli.options import (
    AS,
    Format,
    HardwareName,
    Ledger,
    LedgerData,
    Output,
    Overlays,
    Preset,
    TaskFile,
    Weight,
    emit,
    from_ledger,
    parsed_weights,
)
from pick_model.cli.recommend import as_page, rendered
from pick_model.words.reader import in_english


def compare(
    task: TaskFile,
    models: Annotated[
        list[str], typer.Argument(metavar="MODEL", help="Ids, Hub repositories or aliases.")
    ],
    preset: Preset = None,
    weight: Weight = None,
    hardware: HardwareName = None,
    catalog: Overlays = None,
    format: Annotated[Format, AS] = Format.table,
    output: Output = None,
    results: Ledger = None,
    data: LedgerData = None,
) -> None:
    """Put models side by side on a task.

    Examples:
      pick-model compare examples/support-tickets/task.yaml roberta-base modernbert-base
      pick-model compare examples/support-tickets/task.yaml roberta-base neobert -f markdown
      pick-model compare examples/support-tickets/task.yaml roberta-base neobert -f html -o two.html
    """
    from pick_model.advise.explain import compare as side_by_side
    from pick_model.advise.profile import read_profile
    from pick_model.catalog.load import load_catalog

    known = load_catalog(catalog or ())
    profile = read_profile(
        task, known, preset=preset, weights=parsed_weights(weight), hardware=hardware
    )
    found = from_ledger(results, known, data, profile, profile.metric)
    report = side_by_side(profile, known, models, results=found)
    if format is Format.html:
        with in_english():
            page = as_page(report, profile, known, found, shown=len(models))
        emit(page, output)
        return
    emit(rendered(report, format, explain=False, to_file=output is not None), output)
