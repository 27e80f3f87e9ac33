"""A report in the format asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pick_model.cli.options import Format

if TYPE_CHECKING:
    from pick_model.documents.checked import Document
    from pick_model.render.layout import Page

Report = TypeVar("Report", bound="Document")


def in_format(
    report: Report,
    format: Format,
    *,
    table: Callable[[Report, Page], None],
    markdown: Callable[[Report], str],
    csv: Callable[[Report], str],
    to_file: bool,
) -> str:
    """The report as text: JSON, Markdown or CSV, else what a person reads on a page."""
    if format is Format.json:
        from pick_model.documents.base import to_json

        return to_json(report)
    if format is Format.markdown:
        return markdown(report)
    if format is Format.csv:
        return csv(report)
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(to_file)
    table(report, page)
    return page.text()
