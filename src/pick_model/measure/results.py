"""From a results ledger to what `recommend` takes as measured on the task."""

from __future__ import annotations

from typing import NamedTuple

from pick_model.belief.observations import ProbeResult
from pick_model.catalog.model import Catalog
from pick_model.documents.probe import LedgerLine
from pick_model.documents.retrieval import RetrievalLine
from pick_model.errors import UnknownName, UsageError
from pick_model.interval import Interval
from pick_model.measure.ledger import Ledger
from pick_model.words.message import Message
from pick_model.words.say import message


class Line(NamedTuple):
    """One line of a ledger, whatever measured it."""

    model: str
    metric: str
    method: str
    score: Interval
    verdict: str
    digest: str
    digests: tuple[str, ...]  # any of which names the data
    source: str


class LedgerResults(NamedTuple):
    """The ledger's results about one data set, and what of it was left out."""

    results: list[ProbeResult]
    notes: list[Message]


def results_on(ledger: Ledger, catalog: Catalog, data_digest: str | None = None) -> LedgerResults:
    """The latest result of each model of the catalog on one data set, by one metric and method.

    Those of the last line: scores by two metrics, or of a tuned and a frozen model, are not
    apart by what the models are apart.

    `data_digest` (sha256 of the file, of queries any of their files) chooses the data set;
    without it the ledger must hold only one. Raises UsageError when it holds several, or no line
    about the one asked for.
    """
    lines = [*map(of_probe, ledger.lines), *map(of_retrieval, ledger.retrievals)]
    digests = sorted({line.digest for line in lines})
    if data_digest is None:
        if len(digests) > 1:
            names = tuple(sorted({line.source for line in lines}))
            raise UsageError(
                message("ledger-of-several-data", n=len(digests), names=names),
                hint=message("say-which-data"),
            )
    elif not any(data_digest in line.digests for line in lines):
        raise UsageError(message("ledger-without-data"), hint=message("record-first"))
    chosen = [line for line in lines if data_digest in (None, *line.digests)]
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
        found[entry.id] = ProbeResult(entry.id, metric, line.score, line.verdict)
    notes = []
    if unmatched:
        notes.append(message("measured-not-in-catalog", models=tuple(sorted(set(unmatched)))))
    others = sorted({line.metric for line in chosen} - {metric})
    if others:
        notes.append(message("results-by-other-metric", metric=metric, others=tuple(others)))
    ways = sorted({line.method for line in chosen} - {method})
    if ways:
        notes.append(message("results-by-other-method", method=method, others=tuple(ways)))
    return LedgerResults(list(found.values()), notes)


def of_probe(line: LedgerLine) -> Line:
    """What the full fine-tune would score."""
    return Line(
        line.model,
        line.metric,
        line.method,
        Interval(line.extrapolated, *line.extrapolated_interval),
        line.verdict,
        line.data_digest,
        (line.data_digest,),
        line.data_source,
    )


def of_retrieval(line: RetrievalLine) -> Line:
    """What the model finds as it comes. It has no verdict beside that: nothing is transferred."""
    return Line(
        line.model,
        line.metric,
        line.method,
        Interval(line.score, *line.interval),
        line.method,
        line.data_digest,
        (line.data_digest, *line.file_digests),
        line.data_source,
    )
