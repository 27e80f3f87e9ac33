"""What `catalog refresh` found: for a terminal, and as Markdown for a pull request."""

from __future__ import annotations

from pick_model.documents.catalog_reports import Refresh, Refreshed, RepositoryChange
from pick_model.render.layout import Page
from pick_model.render.words import markdown

SHORT = 12  # characters of a commit
# In the order in which somebody looks: what cannot be had, what may not be used, what is new.
CHANGES: dict[RepositoryChange, str] = {
    "gone": "vanished",
    "refused": "may not be read",
    "renamed": "renamed",
    "license": "licence differs",
    "moved": "moved to another commit",
    "pinned": "pinned",
}


def as_table(report: Refresh, page: Page) -> None:
    """What to look at, what was pinned, and the edit itself."""
    for safety, title in (("judgement", "needs judgement"), ("safe", "safe")):
        models = [m for m in report.models if m.safety == safety]
        page.heading(title, str(len(models)))
        for model in models:
            notes = "; ".join(model.notes)
            line = f"{model.id} ({model.hub_repo}): {_state(model)}"
            page.paragraph(line + (f"; {notes}" if notes else ""), indent=2)
    page.blank()
    page.paragraph(f"{report.n_current} as they were pinned", dim=True)
    if report.n_left:
        page.paragraph(_left(report))
    if report.diff and report.dry_run:
        page.blank()
        for line in report.diff.splitlines():
            page.verbatim(line)
    elif report.written:
        page.paragraph("wrote " + ", ".join(report.written))
    else:
        page.paragraph("nothing to write")


def as_markdown(report: Refresh) -> str:
    """One section a kind of change, one line a model; a model with two changes stands in both."""
    lines = [f"## {markdown(report.folder)} against the Hub", "", f"- {_counted(report)}"]
    if report.n_left:
        lines.append(f"- {_left(report)}")
    for change, title in CHANGES.items():
        models = [model for model in report.models if change in model.changes]
        if models:
            lines += ["", f"### {title}: {len(models)}", ""]
            lines += [f"- {_item(model, change)}" for model in models]
    if report.diff and report.dry_run:
        lines += ["", "````diff", *report.diff.splitlines(), "````"]
    elif report.written:
        lines += ["", "wrote " + ", ".join(map(markdown, report.written))]
    return "\n".join(lines) + "\n"


def _item(model: Refreshed, change: RepositoryChange) -> str:
    """One model under one kind of change: what was, and what is."""
    name = f"{markdown(model.id)} ({markdown(model.hub_repo)})"
    if change == "renamed":
        return f"{name}: {markdown(model.renamed_to or '')} now"
    if change == "license":
        there = ", ".join(model.hub_licenses) or "none"
        return f"{name}: {markdown(model.license or 'unknown')} here, {markdown(there)} there"
    if change in ("moved", "pinned"):
        return f"{name}: {_state(model)}"
    return f"{name}: {markdown('; '.join(model.notes))}"


def _state(model: Refreshed) -> str:
    now = (model.hub_revision or "")[:SHORT]
    if model.state == "moved":
        return f"moved from {(model.revision or '')[:SHORT]} to {now}"
    return f"pinned at {now}" if model.state == "pinned" and now else model.state


def _counted(report: Refresh) -> str:
    told = len(report.models)
    return f"{report.n_current:,} as they were pinned; of {told:,} there is something to say"


def _left(report: Refresh) -> str:
    return f"{report.n_left:,} not asked about yet: the same command goes on with them"
