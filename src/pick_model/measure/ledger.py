"""The results ledger: one JSON line a measured model, kept by the user as evidence.

A line is a probe's or, where it says so under `stage`, a screen's of rows or of queries, or
either's of interactions.
"""

from __future__ import annotations

import json
import os
from io import RawIOBase
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from pick_model.documents.probe import LedgerLine, ProbeReport, Result
from pick_model.documents.reader import read_input, reason_of
from pick_model.documents.recommendation import RecommendationLine, RecommendationReport
from pick_model.documents.retrieval import RetrievalLine, RetrievalReport
from pick_model.documents.screen import ScreenLine, ScreenReport
from pick_model.errors import EnvironmentProblem, InputError, Location
from pick_model.escape import in_json
from pick_model.files import write_whole
from pick_model.measure.probe.settings import is_full_run
from pick_model.words.message import Message
from pick_model.words.say import message

Recorded = ProbeReport | ScreenReport | RetrievalReport | RecommendationReport
LONGEST_LOOKED_AT = 2**24  # bytes of a first line; ours are of some kilobytes
# How every line of ours begins; one that begins so and is no JSON was cut short.
_BEGINNING = b'{"schema_version":'


class Ledger(NamedTuple):
    """What a ledger holds, and what of it could not be used."""

    lines: tuple[LedgerLine, ...]  # of probes
    notes: tuple[Message, ...] = ()
    screens: tuple[ScreenLine, ...] = ()
    retrievals: tuple[RetrievalLine, ...] = ()
    recommendations: tuple[RecommendationLine, ...] = ()


def record(report: Recorded, path: Path) -> None:
    """Append the report's results to a ledger, all of them or none.

    One write under a lock, so that two probes recording at once leave whole lines; a line
    that an earlier crash cut short is closed first. What a full disk took only half of is
    taken back. Raises EnvironmentProblem when the file cannot be written.
    """
    text = "".join(in_json(line.model_dump_json()) + "\n" for line in lines_of(report))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file() and not path.is_dir():
            write_whole(path, text)  # a pipe or a device
            return
        with path.open("a+b", buffering=0) as file:
            _lock(file.fileno())
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    text = "\n" + text
            try:
                _write_all(file, text.encode())
                os.fsync(file.fileno())
            except BaseException:
                os.ftruncate(file.fileno(), size)
                raise
    except OSError as fault:
        raise EnvironmentProblem(
            message("ledger-not-written", path=str(path), reason=str(fault.strerror)), code="disk"
        ) from fault


def holds_something_else(path: Path) -> bool:
    """Whether a file begins with a line that no ledger has: nothing is to be added to it."""
    with path.open("rb") as file:
        first = file.readline(LONGEST_LOOKED_AT).removeprefix(b"\xef\xbb\xbf")
    if not first.strip() or _is_torn(first):
        return False
    try:
        line = json.loads(first)
    except (ValueError, RecursionError):
        return True
    return not (isinstance(line, dict) and "weights_digest" in line)


def _write_all(file: RawIOBase, data: bytes) -> None:
    """A disk that fills up takes a part first, and says so only on the next write."""
    while data:
        data = data[file.write(data) or 0 :]


def lines_of(
    report: Recorded,
) -> tuple[LedgerLine | ScreenLine | RetrievalLine | RecommendationLine, ...]:
    """What of any report is evidence."""
    if isinstance(report, ProbeReport):
        return ledger_lines(report)
    if isinstance(report, RecommendationReport):
        return recommendation_lines(report)
    return screen_lines(report) if isinstance(report, ScreenReport) else retrieval_lines(report)


def is_whole(result: Result) -> bool:
    """Whether a probe was the full fine-tune."""
    full = result.extrapolated
    return is_full_run((result.rows, result.passes), (full.rows, full.passes), result.early_stopped)


def ledger_lines(report: ProbeReport) -> tuple[LedgerLine, ...]:
    """What of a report is evidence."""
    return tuple(
        LedgerLine(
            made_on=report.made_on,
            model=result.model,
            revision=result.revision,
            weights_digest=result.weights_digest,
            data_digest=report.data.digest,
            data_source=report.data.source,
            label=report.data.label,
            kind=report.data.kind,
            method=result.method,
            metric=result.metric,
            score=result.score,
            interval=result.interval,
            extrapolated=result.extrapolated.score,
            extrapolated_interval=result.extrapolated.interval,
            verdict=result.verdict,
            rows=result.rows,
            full_rows=result.extrapolated.rows or None,
            undecided=result.majority_only and not is_whole(result),
            steps=result.steps,
            seeds=len(result.seeds),
            baselines={name: line.score for name, line in result.baselines.items()},
            step_seconds=result.timing.step_seconds,
            peak_memory_gib=result.peak_memory_gib,
            device=report.environment.device_name,
            versions=report.environment.versions,
        )
        for result in report.results
    )


def screen_lines(report: ScreenReport) -> tuple[ScreenLine, ...]:
    """What of a screen is evidence: models that were read."""
    versions = report.environment.versions if report.environment else {}
    return tuple(
        ScreenLine(
            made_on=report.made_on,
            model=one.model,
            revision=one.revision,
            weights_digest=one.weights_digest,
            data_digest=report.data.digest,
            data_source=report.data.source,
            label=report.data.label,
            kind=report.data.kind,
            metric=report.metric,
            score=one.score,
            interval=one.interval,
            standard_error=one.standard_error,
            rows=one.rows,
            measures=one.measures,
            earlier=one.earlier,
            best_layer=one.best_layer,
            versions=versions,
        )
        for one in report.results
        if one.weights_digest is not None
        and one.score is not None
        and one.interval is not None
        and one.standard_error is not None
        and one.measures is not None
        and one.best_layer is not None
    )


def retrieval_lines(report: RetrievalReport) -> tuple[RetrievalLine, ...]:
    """What of a screen on queries is evidence: models that were read."""
    versions = report.environment.versions if report.environment else {}
    return tuple(
        RetrievalLine(
            made_on=report.made_on,
            model=one.model,
            revision=one.revision,
            weights_digest=one.weights_digest,
            data_digest=report.data.digest,
            file_digests=report.data.file_digests,
            data_source=report.data.source,
            metric=report.metric,
            score=one.score,
            interval=one.interval,
            standard_error=one.standard_error,
            queries=report.data.queries,
            passages=report.data.passages,
            versions=versions,
        )
        for one in report.results
        if one.weights_digest is not None
        and one.score is not None
        and one.interval is not None
        and one.standard_error is not None
    )


def recommendation_lines(report: RecommendationReport) -> tuple[RecommendationLine, ...]:
    """What of a report on interactions is evidence: models that were read."""
    versions = report.environment.versions if report.environment else {}
    trained = report.command == "probe-recommendation"
    return tuple(
        RecommendationLine(
            made_on=report.made_on,
            model=one.model,
            revision=one.revision,
            weights_digest=one.weights_digest,
            data_digest=report.data.digest,
            file_digests=report.data.file_digests,
            data_source=report.data.source,
            method="frozen" if trained else "as-is",
            split=report.split,
            metric=report.metric,
            score=one.score,
            interval=one.interval,
            standard_error=one.standard_error,
            verdict=one.verdict,
            baselines={way.name: way.score for way in report.baselines if way.score is not None},
            users=report.data.tests,
            items=report.data.items,
            versions=versions,
        )
        for one in report.results
        if one.weights_digest is not None
        and one.score is not None
        and one.interval is not None
        and one.standard_error is not None
    )


def read_ledger(path: Path) -> Ledger:
    """The lines of a ledger in file order; empty lines are skipped.

    So is a line that a kill or a full disk cut short, with a note that names it: what it was
    to say is lost, and the others are as good as before. Raises InputError with the line
    number for any other line that is not a ledger's.
    """
    found: list[LedgerLine] = []
    screens: list[ScreenLine] = []
    retrievals: list[RetrievalLine] = []
    recommendations: list[RecommendationLine] = []
    notes: list[Message] = []
    data = read_input(path, Location(str(path))).removeprefix(b"\xef\xbb\xbf")
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            stage = _stage(line)
            if stage == "screen":
                screens.append(ScreenLine.model_validate_json(line))
            elif stage == "retrieval":
                retrievals.append(RetrievalLine.model_validate_json(line))
            elif stage == "recommendation":
                recommendations.append(RecommendationLine.model_validate_json(line))
            else:
                found.append(LedgerLine.model_validate_json(line))
        except ValidationError as fault:
            if _is_torn(line):
                notes.append(message("ledger-line-cut-short", path=str(path), line=number))
                continue
            first = fault.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            what = reason_of(first)
            if field:
                what = message("at-key", key=field, what=what)
            raise InputError(
                message("not-a-ledger-line", what=what),
                location=Location(str(path), number),
                hint=message("remove-ledger-line"),
            ) from fault
    return Ledger(
        tuple(found), tuple(notes), tuple(screens), tuple(retrievals), tuple(recommendations)
    )


def _stage(line: bytes) -> str | None:
    """What a line is of, where it says so; None of a probe's, and of what cannot be read."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value.get("stage") if isinstance(value, dict) else None


def _is_torn(line: bytes) -> bool:
    """Whether a line is the beginning of one of ours: it lacks the end of its JSON.

    After a power cut some file systems leave zeros where the rest was to stand.
    """
    line = line.rstrip(b"\0")
    if not (line.startswith(_BEGINNING) or _BEGINNING.startswith(line)):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return True
    return False


def _lock(descriptor: int) -> None:
    """An exclusive lock until the file is closed, where the system has them."""
    try:
        import fcntl
    except ImportError:  # Windows: appending is all there is
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)
