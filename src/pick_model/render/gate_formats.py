"""The formats of a gate report, each imported when it is asked for."""

from __future__ import annotations

import importlib
import json
from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any

from pick_model.documents.gate_report import GateReport
from pick_model.errors import PickModelError
from pick_model.escape import in_json, plain
from pick_model.record import replace, to_builtins
from pick_model.words.reader import in_english, phrase, word

if TYPE_CHECKING:
    from pick_model.documents.failure import ErrorReport

# format -> module that has as_text(report) and broken(error, today)
MODULES = {
    "markdown": "pick_model.render.gate_markdown",
    "junit": "pick_model.render.junit",
    "sarif": "pick_model.render.sarif",
    "github": "pick_model.render.github",
    "gitlab": "pick_model.render.gitlab",
    "html": "pick_model.render.html.gate",
}
FOR_PEOPLE = ("text", "markdown", "github")  # told in the reader's language; the rest in English


def rendered(report: GateReport, kind: str, *, verbose: bool = False, to_file: bool = True) -> str:
    """The report in one format: text, json, or one of MODULES."""
    if kind == "json":
        return _json(to_builtins(report))
    if kind == "text":
        from pick_model.render.gate_text import gate_page
        from pick_model.render.layout import page_for_stdout

        page = page_for_stdout(to_file)
        gate_page(report, page, verbose=verbose)
        return _encodable(page.text())
    with nullcontext() if kind in FOR_PEOPLE else in_english():
        return _encodable(importlib.import_module(MODULES[kind]).as_text(report))


def _json(plain_report: dict[str, Any]) -> str:
    return in_json(_encodable(json.dumps(plain_report, indent=2, ensure_ascii=False)) + "\n")


def _encodable(text: str) -> str:
    """File names and JSON may hold halves of characters, which no file can be written with."""
    return text.encode("utf-8", "replace").decode("utf-8")


def broken(error: PickModelError, kind: str, today: date) -> str:
    """A report for when there is no verdict: the error, where the format has a place for it."""
    report = _error_report(error)
    if kind == "json":
        return _json(to_builtins(report))
    if kind == "text":
        told = report.error
        line = f":{told.location.line}" if told.location and told.location.line else ""
        where = f"{told.location.file}{line}: " if told.location else ""
        from pick_model.render.gate_text import what_broke

        text = phrase("label", name=word("error")) + where + what_broke(told)
        return _encodable(plain(text) + "\n")
    with nullcontext() if kind in FOR_PEOPLE else in_english():
        return _encodable(importlib.import_module(MODULES[kind]).broken(report, today))


def _error_report(error: PickModelError) -> ErrorReport:
    """An error as a document; a file outside the working folder goes by its name alone."""
    from pick_model.documents.failure import error_report

    report = error_report(error)
    where = report.error.location
    if where is None or not where.file.startswith("/"):
        return report
    inside = replace(where, file=where.file.rpartition("/")[2])
    return replace(report, error=replace(report.error, location=inside))
