"""From a results ledger to what `recommend` takes as measured on the task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pick_model.belief.observations import Measured, ProbeResult
from pick_model.catalog.model import Catalog
from pick_model.documents.probe import LedgerLine
from pick_model.documents.screen import ScreenLine
from pick_model.errors import UnknownName, UsageError
from pick_model.interval import Interval
from pick_model.measure.ledger import Ledger
from pick_model.measure.screen.observe import observed
from pick_model.words.message import Message
from pick_model.words.say import message


class LedgerResults(NamedTuple):
    """The ledger's results about one data set, and what of it was left out."""

    results: list[Measured]
    notes: list[Message]


def results_on(ledger: Ledger, catalog: Catalog, data_digest: str | None = None) -> LedgerResults:
    """The latest results of each model of the catalog on one data set, by one metric and method.

    Those of the last probe, else of the last screen: scores by two metrics, or of a tuned and a
    frozen model, are not apart by what the models are apart. A model may have a probe and a
    screen.

    `data_digest` (sha256 of the file) chooses the data set; without it the ledger must hold
    only one. Raises UsageError when it holds several, or no line about the one asked for.
    """
    _check_data([*ledger.lines, *ledger.screens], data_digest)
    probes = [line for line in ledger.lines if data_digest in (None, line.data_digest)]
    screens = [line for line in ledger.screens if data_digest in (None, line.data_digest)]
    metric = probes[-1].metric if probes else screens[-1].metric if screens else ""
    method = probes[-1].method if probes else ""
    found: dict[str, ProbeResult] = {}
    unmatched = []
    for line in probes:
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
    screened = observed((line for line in screens if line.metric == metric), catalog)
    unmatched += screened.unknown
    notes = []
    if unmatched:
        notes.append(message("measured-not-in-catalog", models=tuple(sorted(set(unmatched)))))
    others = sorted({*(p.metric for p in probes), *(s.metric for s in screens)} - {metric})
    if others:
        notes.append(message("results-by-other-metric", metric=metric, others=tuple(others)))
    ways = sorted({line.method for line in probes} - {method})
    if ways:
        notes.append(message("results-by-other-method", method=method, others=tuple(ways)))
    return LedgerResults([*found.values(), *screened.results], notes)


def _check_data(lines: Sequence[LedgerLine | ScreenLine], data_digest: str | None) -> None:
    """Raise UsageError where it is not clear which data set is meant, or nothing is about it."""
    digests = {line.data_digest for line in lines}
    if data_digest is None:
        if len(digests) > 1:
            names = tuple(sorted({line.data_source for line in lines}))
            raise UsageError(
                message("ledger-of-several-data", n=len(digests), names=names),
                hint=message("say-which-data"),
            )
    elif data_digest not in digests:
        raise UsageError(message("ledger-without-data"), hint=message("record-first"))
