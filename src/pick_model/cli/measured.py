"""Own measurements for `recommend`: from a ledger, or by probing the shortlist now."""

from __future__ import annotations

import gc
from pathlib import Path

from pick_model.belief.observations import Measured
from pick_model.catalog.model import Catalog
from pick_model.cli.labelled import read_both, task_field
from pick_model.cli.progress import progress
from pick_model.cli.streams import say
from pick_model.data.read import file_digest
from pick_model.documents.report import Recommendation
from pick_model.errors import PickModelError
from pick_model.measure.ledger import Ledger, ledger_lines, read_ledger
from pick_model.measure.results import results_on
from pick_model.words.message import Message
from pick_model.words.say import message


def measured(
    shortlist: Recommendation,
    catalog: Catalog,
    task: Path,
    results: Path | None,
    data: Path | None,
    budget: str | None,
) -> tuple[list[Measured], list[Message]]:
    """Results on the task's data, and notes about what could not be used.

    With a `budget` the candidates of the shortlist are probed first; one that cannot be (no
    Hub repository, not on this machine, hub fault) is named in a note and the rest go on.
    """
    ledger = read_ledger(results) if results is not None else Ledger(())
    lines, notes = list(ledger.lines), list(ledger.notes)
    if budget is not None and data is not None:
        from pick_model.encoders.resolve import ModelRef
        from pick_model.measure.probe.run import probe, require_extra, share_the_machine
        from pick_model.measure.probe.settings import Settings, parse_budget

        settings = Settings(budget_seconds=parse_budget(budget), metric=task_field(task, "metric"))
        require_extra()
        share_the_machine()
        gc.enable()
        train, heldout = read_both(data, None, task_field(task, "task"), {}, settings.seed)
        faults: list[PickModelError] = []
        for candidate in shortlist.candidates:
            if candidate.hub_repo is None:
                notes.append(message("not-probed-without-repository", id=candidate.id))
                continue
            say(f"probing {candidate.id}")
            ref = ModelRef(
                name=candidate.id, hub_repo=candidate.hub_repo, revision=candidate.revision
            )
            try:
                with progress(several=False) as tick:
                    report = probe([ref], train, heldout, settings, tick)
            except PickModelError as error:
                faults.append(error)
                notes.append(message("not-probed", id=candidate.id, what=error.message))
                continue
            lines += ledger_lines(report)
        if faults and len(faults) == len(shortlist.candidates):
            raise faults[0]
    wanted = file_digest(data) if data is not None else None
    found = results_on(ledger._replace(lines=tuple(lines)), catalog, wanted)
    return found.results, notes + found.notes
