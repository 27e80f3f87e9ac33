"""What becomes of a ranking of passages or items: recorded, and printed in the format asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pick_model.cli.formats import in_format
from pick_model.cli.options import Format, emit
from pick_model.cli.streams import say
from pick_model.words.reader import phrase

if TYPE_CHECKING:
    from pick_model.documents.recommendation import RecommendationReport
    from pick_model.documents.retrieval import RetrievalReport

    Ranked = RetrievalReport | RecommendationReport


def finish(report: Ranked, record: Path | None, format: Format, output: Path | None) -> list[str]:
    """Record and print; returns the codes of what failed."""
    from pick_model.render.screen import why

    code = "was-not-screened" if report.command == "screen-retrieval" else "was-not-read"
    for one in report.results:
        if one.error is not None:
            say(phrase(code, model=one.model, why=why(one.error)), "warning")
    if record is not None:
        from pick_model.measure.ledger import record as append

        append(report, record)
    emit(rendered(report, format, to_file=output is not None), output)
    return [one.error.code for one in report.results if one.error is not None]


def rendered(report: Ranked, format: Format, *, to_file: bool) -> str:
    """The report in the format asked for; of searches alone there is a page."""
    if report.command != "screen-retrieval":
        from pick_model.render import recommendation as items

        return in_format(
            report,
            format,
            table=items.report,
            markdown=items.as_markdown,
            csv=items.as_csv,
            to_file=to_file,
        )
    from pick_model.render import retrieval

    if format is Format.html:
        from pick_model.cli.typed import command_line
        from pick_model.render.html.page import written
        from pick_model.render.html.searches import searches

        return written(searches(report, command_line()))
    return in_format(
        report,
        format,
        table=retrieval.report,
        markdown=retrieval.as_markdown,
        csv=retrieval.as_csv,
        to_file=to_file,
    )
