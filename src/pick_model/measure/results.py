"""From a results ledger to what `recommend` takes as measured on the task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pick_model.belief.observations import Measured, ProbeResult
from pick_model.belief.own_data import LEAST, OtherResult, tells_of
from pick_model.belief.ways import is_far
from pick_model.catalog.catalog import Catalog
from pick_model.documents.probe import LedgerLine
from pick_model.documents.profile import Profile
from pick_model.documents.recommendation import RecommendationLine
from pick_model.documents.retrieval import RetrievalLine
from pick_model.documents.screen import ScreenLine
from pick_model.errors import UnknownName, UsageError
from pick_model.interval import Interval
from pick_model.measure.ledger import Ledger
from pick_model.measure.screen.observe import observed
from pick_model.vocabulary.metrics import canonical_metric
from pick_model.vocabulary.uses import PROBE_METHODS, PROBE_OF_METHOD, TUNED
from pick_model.words.message import Message
from pick_model.words.say import message


class ResultLine(NamedTuple):
    """One line of a ledger, whatever measured it."""

    model: str
    metric: str
    method: str
    score: Interval
    verdict: str
    digest: str  # of the data
    digests: tuple[str, ...]  # any of which names the data
    source: str
    rows: int | None = None  # of the fine-tune that a probe foretells
    undecided: bool = False  # it had not begun to learn
    label: str | None = None  # the column foretold; None: not recorded, or no column


class LedgerResults(NamedTuple):
    """The ledger's results about one data set, and what of it was left out."""

    results: list[Measured]
    notes: list[Message]


def results_on(
    ledger: Ledger,
    catalog: Catalog,
    data_digest: str | None = None,
    task_metric: str | None = None,
    profile: Profile | None = None,
    *,
    label: str | None = None,
    measuring: bool = False,
) -> LedgerResults:
    """The latest results of each model of the catalog on one data set, by one metric and method.

    Those in the task's metric and by its method where there are any, else those of the last probe
    or search, else of the last screen: scores by two metrics, or of a tuned and a frozen model, are
    not apart by what the models are apart. A model may have a probe and a screen. Probes on other
    data come as `OtherResult`. A probe that had not begun to learn says nothing.

    `data_digest` (sha256 of the file, of queries any of their files) chooses the data set;
    without it the ledger must hold only one. `label`: its column of labels, else the last that was
    measured; what foretold another is of other data. `task_metric`: what the task asks for; where
    there are results in another alone they are used and a note says so. Raises UsageError when the
    ledger holds several data sets, or no line about the one asked for. Not where `profile`, the
    task's, is given and probes on other data can tell of it, nor where more is going to be measured
    (`measuring`): that is in the task's metric, and results in others are left out.
    """
    lines = [
        *map(of_probe, ledger.lines),
        *map(of_found, ledger.retrievals),
        *map(of_found, ledger.recommendations),
    ]
    on_file = [line for line in lines if data_digest in (None, *line.digests)]
    read = [line for line in ledger.screens if data_digest in (None, line.data_digest)]
    labels = [s.label for s in read if s.label] + [line.label for line in on_file if line.label]
    label = label or (labels[-1] if labels else None)
    elsewhere = on_other_data(ledger, catalog, data_digest, label) if data_digest else []
    if profile is not None:
        elsewhere = comparable(
            one for one in elsewhere if tells_of(profile, catalog.entries[one.entry], one.metric)
        )
    if not measuring and not (profile is not None and elsewhere):
        _check_data(lines, ledger.screens, data_digest)
    about = [line for line in on_file if line.label in (None, label)]
    used = [line for line in about if not line.undecided]
    screens = [line for line in read if line.label in (None, label)]
    wanted = canonical_metric(task_metric) if task_metric is not None else None
    metric = _of_last([*(line.metric for line in screens), *(line.metric for line in used)], wanted)
    if measuring:
        metric = wanted or metric
    trained = PROBE_OF_METHOD.get(profile.method) if profile is not None else None
    asked = () if profile is None else (profile.method, trained)
    method = _of_last([line.method for line in used if line.metric == metric], *asked)
    if trained == "linear" and method in TUNED:
        method = trained  # what tuning makes of a model says little of its frozen features
    found: dict[str, ProbeResult] = {}
    unmatched, encoders = [], []
    on_items = {line.model for line in ledger.recommendations}
    for line in used:
        if (line.metric, line.method) != (metric, method):
            continue
        try:
            entry = catalog.find(line.model.partition("@")[0])
        except UnknownName:
            unmatched.append(line.model)
            continue
        if line.model in on_items and entry.modality != "items":
            encoders.append(entry.id)  # no candidate, so that nothing can be believed of it
            continue
        found[entry.id] = ProbeResult(
            entry.id, metric, line.score, line.verdict, line.method, line.rows
        )
    screened = observed((line for line in screens if line.metric == metric), catalog)
    unmatched += screened.unknown
    notes = []
    if unmatched:
        notes.append(message("measured-not-in-catalog", models=tuple(sorted(set(unmatched)))))
    if encoders:
        notes.append(message("measured-text-encoders", models=tuple(sorted(set(encoders)))))
    if silent := {line.model for line in about} - {line.model for line in used}:
        notes.append(message("results-undecided", models=tuple(sorted(silent))))
    others = sorted({*(line.metric for line in used), *(s.metric for s in screens)} - {metric})
    if others:
        notes.append(message("results-by-other-metric", metric=metric, others=tuple(others)))
    counted = found or screened.results
    if task_metric is not None and counted and wanted != metric:
        notes.append(message("results-not-in-tasks-metric", metric=metric, wanted=task_metric))
    ways = sorted({line.method for line in used if line.metric == metric} - {method})
    if ways:
        notes.append(message("results-by-other-method", method=method, others=tuple(ways)))
    if profile is not None:
        notes += _read_otherwise(list(found.values()), profile)
    if label is not None and (columns := sorted({*labels} - {label})):
        notes.append(message("results-of-another-label", label=label, others=tuple(columns)))
    if data_digest is not None and not about and not screens:
        notes.append(message("ledger-without-data"))
    return LedgerResults([*found.values(), *screened.results, *elsewhere], notes)


def _read_otherwise(found: Sequence[ProbeResult], profile: Profile) -> Iterator[Message]:
    """What the belief makes of probes that are not of what the task asks for."""
    method = found[-1].method if found else ""
    wanted = PROBE_OF_METHOD.get(profile.method)
    if wanted is None or method not in PROBE_METHODS:
        return
    if method != wanted and method == "linear":
        yield message("results-of-frozen-features", wanted=wanted)
    elif method != wanted:
        yield message("results-by-another-training", method=method, wanted=wanted)
    said = profile.rows_given
    far = [one.rows for one in found if one.rows and said and is_far(one.rows, said)]
    if far and said and method != "linear":
        yield message("results-of-other-rows", found=max(far), said=said)


def on_other_data(
    ledger: Ledger, catalog: Catalog, data_digest: str, label: str | None
) -> list[OtherResult]:
    """The latest probe of each of the catalog's models on each other data set, method, metric and
    kind of labels; of each data set those that compare the most models. Another column of labels
    makes another data set of a file.
    """
    names: dict[str, set[str]] = {}
    columns: dict[str, set[str | None]] = {}
    for line in ledger.lines:
        names.setdefault(line.data_source, set()).add(line.data_digest)
        columns.setdefault(line.data_digest, set()).add(line.label)
    found: dict[tuple[str, ...], OtherResult] = {}
    for line in ledger.lines:
        of_task = line.data_digest == data_digest and line.label in (None, label)
        if of_task or line.undecided:
            continue
        try:
            entry = catalog.find(line.model.partition("@")[0])
        except UnknownName:
            continue
        told = [line.data_source]
        if len(names[line.data_source]) > 1:
            told.append(line.data_digest[:7])
        if line.label and len(columns[line.data_digest]) > 1:
            told.append(line.label)
        data = f"{line.data_digest} {line.label or ''}"
        found[data, line.metric, line.method, line.kind, entry.id] = OtherResult(
            entry.id,
            line.metric,
            line.method,
            Interval(line.extrapolated, *line.extrapolated_interval),
            line.kind,
            data,
            " ".join(told),
        )
    return comparable(found.values())


def comparable(results: Iterable[OtherResult]) -> list[OtherResult]:
    """Of each data set the results, by one metric and method, that compare the most models."""
    ways: dict[str, dict[tuple[str, ...], list[OtherResult]]] = {}
    for one in results:
        way = one.metric, one.method, one.kind
        ways.setdefault(one.digest, {}).setdefault(way, []).append(one)
    most = [max(some.values(), key=len) for some in ways.values()]
    return [one for some in most if len(some) >= LEAST for one in some]


def _of_last(values: Sequence[str], *wanted: str | None) -> str:
    """The first of what is wanted that is among them, else the last; '' of none."""
    there = [one for one in wanted if one in values]
    return there[0] or "" if there else values[-1] if values else ""


def _check_data(
    lines: Sequence[ResultLine], screens: Sequence[ScreenLine], data_digest: str | None
) -> None:
    """Raise UsageError where it is not clear which data set is meant, or nothing is about it."""
    sources = {(line.digest, line.source) for line in lines}
    sources |= {(line.data_digest, line.data_source) for line in screens}
    if data_digest is None:
        several = len({digest for digest, _ in sources})
        if several > 1:
            names = tuple(sorted({source for _, source in sources}))
            raise UsageError(
                message("ledger-of-several-data", n=several, names=names),
                hint=message("say-which-data"),
            )
        return
    known = {digest for line in lines for digest in line.digests}
    if data_digest not in known | {line.data_digest for line in screens}:
        raise UsageError(message("ledger-without-data"), hint=message("record-first"))


def of_probe(line: LedgerLine) -> ResultLine:
    """What the full fine-tune would score."""
    return ResultLine(
        line.model,
        line.metric,
        line.method,
        Interval(line.extrapolated, *line.extrapolated_interval),
        line.verdict,
        line.data_digest,
        (line.data_digest,),
        line.data_source,
        line.full_rows,
        line.undecided,
        line.label,
    )


def of_found(line: RetrievalLine | RecommendationLine) -> ResultLine:
    """What the model finds. As it comes it has no verdict beside that: nothing is transferred."""
    verdict = line.verdict if isinstance(line, RecommendationLine) else None
    return ResultLine(
        line.model,
        line.metric,
        line.method,
        Interval(line.score, *line.interval),
        verdict or line.method,
        line.data_digest,
        (line.data_digest, *line.file_digests),
        line.data_source,
    )
