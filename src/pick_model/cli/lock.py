"""`pick-model lock`."""

from __future__ import annotations

from datetime import date, datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from pick_model.cli.options import STDOUT, ModelName, Overlays, TaskFile, emit, in_output
from pick_model.cli.streams import say
from pick_model.errors import UsageError
from pick_model.words.reader import tell
from pick_model.words.say import message

LOCK_NAME = "pick-model.lock"
BILL_NAME = "pick-model.cdx.json"


class LockFormat(str, Enum):
    """How a choice is written down."""

    yaml = "yaml"
    cyclonedx = "cyclonedx"


Today = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM-DD", help="Reckon dates from this day instead of today (UTC)."),
]
Offline = Annotated[bool, typer.Option("--offline", help="Do not ask the Hub.")]


def lock(
    task: TaskFile,
    model: ModelName,
    revision: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Commit, branch or tag to pin [default: the catalog's commit]."
        ),
    ] = None,
    probe: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON report of pick-model probe to keep.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ledger of your own probes to rank with.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The data whose results in the ledger count."),
    ] = None,
    catalog: Overlays = None,
    offline: Offline = False,
    today: Today = None,
    format: Annotated[
        LockFormat,
        in_output(
            "--format",
            "-f",
            help="yaml: the lock. cyclonedx: a bill of materials of the model (CycloneDX 1.6).",
        ),
    ] = LockFormat.yaml,
    output: Annotated[
        Path | None,
        in_output(
            "--output",
            "-o",
            metavar="FILE",
            help=f"Where to write it; {LOCK_NAME}, or {BILL_NAME}, if not given.",
        ),
    ] = None,
) -> None:
    """Pin the chosen model to a commit, for `gate` to check.

    Examples:
      pick-model lock examples/support-tickets/task.yaml modernbert-base
      pick-model lock examples/support-tickets/task.yaml roberta-base --offline -o /dev/stdout
      pick-model lock examples/support-tickets/task.yaml roberta-base --offline \\
        --format cyclonedx -o -
    """
    from pick_model.gate.lock import LockRequest, make_lock
    from pick_model.gate.paths import shown
    from pick_model.render.yaml_text import lock_yaml

    if output is None:
        output = Path(LOCK_NAME if format is LockFormat.yaml else BILL_NAME)
    request = LockRequest(
        task=task,
        model=model,
        output=output,
        today=day(today),
        revision=revision,
        overlays=catalog or (),
        results=results,
        data=data,
        probe=probe,
        offline=offline,
    )
    made, notes = make_lock(request)
    if format is LockFormat.yaml:
        emit(lock_yaml(made), output)
    else:
        from pick_model.catalog.load import load_catalog
        from pick_model.gate.bill import weights_of_all
        from pick_model.render.cyclonedx import bill

        weights, problems = weights_of_all(made, offline)
        notes = (*notes, *problems)
        emit(bill(made, load_catalog(catalog or ()), weights), output)
    pinned = made.model.revision or "no commit"
    wrote = "locked" if str(output) in STDOUT else f"wrote {shown(output)}:"
    say(f"{wrote} {made.model.id} at {pinned}")
    for note in notes:
        say(tell(note), "note")


def day(given: str | None) -> date:
    """The day given, or today's in UTC, so that all machines agree. Raises UsageError."""
    if given is None:
        return datetime.now(timezone.utc).date()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(
            message("today-no-day", given=given), hint=message("write-a-day")
        ) from None
