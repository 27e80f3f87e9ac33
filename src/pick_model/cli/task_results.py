"""Own measurements for `recommend`: from a ledger, or by probing the shortlist now."""

from __future__ import annotations

import gc
from pathlib import Path

from pick_model.belief.observations import Measured
from pick_model.catalog.catalog import Catalog
from pick_model.cli.labelled import read_both, task_field
from pick_model.cli.progress import progress
from pick_model.data.read import file_digest
from pick_model.documents.probe import LedgerLine
from pick_model.documents.profile import Profile
from pick_model.documents.report import Recommendation
from pick_model.measure.ledger import Ledger, ledger_lines, read_ledger
from pick_model.measure.results import results_on
from pick_model.words.message import Message
from pick_model.words.say import message


def task_results(
    shortlist: Recommendation,
    profile: Profile,
    catalog: Catalog,
    task: Path,
    results: Path | None,
    data: Path | None,
    budget: str | None,
) -> tuple[list[Measured], list[Message]]:
    """Results on the task's data, and notes about what could not be used.

    With a `budget` the candidates of the shortlist are probed first, each in so much time; one
    that cannot be (no Hub repository, not on this machine, hub fault) is named in a note and
    the rest go on.
    """
    ledger = read_ledger(results) if results is not None else Ledger(())
    lines, notes = list(ledger.lines), list(ledger.notes)
    if budget is not None and data is not None:
        found, told = probed(
            [c.id for c in shortlist.candidates], profile, catalog, task, data, budget
        )
        lines, notes = lines + found, notes + told
    wanted = file_digest(data) if data is not None else None
    held = ledger._replace(lines=tuple(lines))
    on_data = results_on(held, catalog, wanted, profile.metric, profile)
    return on_data.results, notes + on_data.notes


def probed(
    names: list[str], profile: Profile, catalog: Catalog, task: Path, data: Path, budget: str
) -> tuple[list[LedgerLine], list[Message]]:
    """A selection that probes all and screens none: its results, and who has none.

    Raises what the first of them raised where no model could be probed.
    """
    from pick_model.measure.candidates import Candidates, of_catalog
    from pick_model.measure.probe.run import require_extra, share_the_machine
    from pick_model.measure.probe.settings import parse_budget

    seconds, metric = parse_budget(budget), task_field(task, "metric")
    require_extra()
    share_the_machine()
    from pick_model.measure.select.run import bench_of, probe_each
    from pick_model.measure.select.settings import Settings

    settings = Settings(budget_seconds=seconds, stages=("probe",), seeds=None, metric=metric)
    gc.enable()
    train, heldout = read_both(data, None, task_field(task, "task"), {}, settings.seed)
    refs = of_catalog(catalog, names)
    notes = [message("not-probed-without-repository", id=n) for n in names if n not in refs]
    asked = Candidates(catalog, refs, frozenset(), {})
    with progress(several=True) as tick:
        bench = bench_of(asked, profile, profile, train, heldout, settings, tick, names)
        probe_each(bench)
    notes += [message("not-probed", id=n, what=f.message) for n, f in bench.raised.items()]
    left_out = [n for n in bench.state.failed if n not in bench.raised]
    for name in left_out:
        fault = bench.state.failed[name]
        why = Message(code=fault.message_code, values=fault.values)
        notes.append(message("not-probed", id=name, what=why))
    if bench.raised and not bench.probes:
        raise next(iter(bench.raised.values()))
    return [line for report in bench.probes.values() for line in ledger_lines(report)], notes
