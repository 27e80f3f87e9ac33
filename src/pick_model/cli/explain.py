"""`pick-model explain`."""

from __future__ import annotations

from typing import Annotated

from pick_model.cli.options import (
    AS,
    HardwareName,
    Ledger,
    LedgerData,
    ModelName,
    Output,
    Overlays,
    PageFormat,
    Preset,
    TaskFile,
    Weight,
    emit,
    from_ledger,
    parsed_weights,
)
from pick_model.words.reader import in_english


def explain(
    task: TaskFile,
    model: ModelName,
    preset: Preset = None,
    weight: Weight = None,
    hardware: HardwareName = None,
    catalog: Overlays = None,
    format: Annotated[PageFormat, AS] = PageFormat.table,
    output: Output = None,
    results: Ledger = None,
    data: LedgerData = None,
) -> None:
    """Give one model's whole account, and what would make it win.

    Examples:
      pick-model explain examples/support-tickets/task.yaml roberta-base
      pick-model explain examples/product-reviews-zh/task.yaml google-bert/bert-base-chinese
    """
    from pick_model.advise.explain import explain as account
    from pick_model.advise.profile import read_profile
    from pick_model.catalog.load import load_catalog

    known = load_catalog(catalog or ())
    profile = read_profile(
        task, known, preset=preset, weights=parsed_weights(weight), hardware=hardware
    )
    measured = from_ledger(results, known, data, profile, profile.metric)
    report = account(profile, known, model, results=measured)
    if format is PageFormat.json:
        from pick_model.documents.base import to_json

        emit(to_json(report), output)
        return
    if format is PageFormat.html:
        from pick_model.catalog.sourced import sourced
        from pick_model.cli.typed import command_line
        from pick_model.render.html.account import explanation as page_of
        from pick_model.render.html.page import written

        entry = known.find(model)
        facts, sources = sourced(entry, known), known.details["sources"]
        with in_english():
            sheet = written(page_of(report, entry.id, facts, sources, command_line()))
        emit(sheet, output)
        return
    from pick_model.render.accounts import explanation
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(output is not None)
    explanation(report, page)
    emit(page.text(), output)
