"""From a results ledger to what `recommend` takes as measured on the task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pick_model.belief.observations import ProbeResult
from pick_model.catalog.model import Catalog
from pick_model.documents.probe import LedgerLine
from pick_model.errors import UnknownName, UsageError
from pick_model.interval import Interval


class Own(NamedTuple):
    """The ledger's results about one data set, and what of it was left out."""

    results: list[ProbeResult]
    notes: list[str]


def own_results(
    lines: Sequence[LedgerLine], catalog: Catalog, data_digest: str | None = None
) -> Own:
    """The latest result of each model of the catalog on one data set, by one metric and method.

    Those of the last line: scores by two metrics, or of a tuned and a frozen model, are not
    apart by what the models are apart.

    `data_digest` (sha256 of the file) chooses the data set; without it the ledger must hold
    only one. Raises UsageError when it holds several, or no line about the one asked for.
    """
    digests = sorted({line.data_digest for line in lines})
    if data_digest is None:
        if len(digests) > 1:
            names = ", ".join(sorted({line.data_source for line in lines}))
            raise UsageError(
                f"the ledger holds results on {len(digests)} data sets ({names})",
                hint="say which one is meant with --data FILE",
            )
    elif data_digest not in digests:
        raise UsageError(
            "the ledger holds no result on this data", hint="probe it with --record first"
        )
    chosen = [line for line in lines if data_digest in (None, line.data_digest)]
    metric, method = (chosen[-1].metric, chosen[-1].method) if chosen else ("", "")
    found: dict[str, ProbeResult] = {}
    unmatched = []
    for line in chosen:
        if (line.metric, line.method) != (metric, method):
            continue
        try:
            entry = catalog.find(line.model.partition("@")[0])
        except UnknownName:
            unmatched.append(line.model)
            continue
        low, high = line.extrapolated_interval
        score = Interval(line.extrapolated, low, high)
        found[entry.id] = ProbeResult(entry.id, metric, score, line.verdict)
    notes = []
    if unmatched:
        names = ", ".join(sorted(set(unmatched)))
        notes.append(f"measured, but not in the catalog: {names}")
    others = sorted({line.metric for line in chosen} - {metric})
    if others:
        notes.append(f"results by another metric than {metric} were left out: {', '.join(others)}")
    ways = sorted({line.method for line in chosen} - {method})
    if ways:
        notes.append(f"results by another method than {method} were left out: {', '.join(ways)}")
    return Own(list(found.values()), notes)
