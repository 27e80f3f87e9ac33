"""The results ledger: one JSON line a probed model, kept by the user as evidence."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from pick_model.documents.probe import LedgerLine, ProbeReport
from pick_model.errors import EnvironmentProblem, InputError, Location


def record(report: ProbeReport, path: Path) -> None:
    """Append the report's results to a ledger.

    One write under a lock, so that two probes recording at once leave whole lines; a line
    that an earlier crash cut short is closed first. Raises EnvironmentProblem when the file
    cannot be written.
    """
    text = "".join(line.model_dump_json() + "\n" for line in ledger_lines(report))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            _lock(file.fileno())
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    text = "\n" + text
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise EnvironmentProblem(
            f"cannot write the ledger {path}: {fault.strerror}", code="disk"
        ) from fault


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
            kind=report.data.kind,
            method=result.method,
            metric=result.metric,
            score=result.score,
            interval=result.interval,
            extrapolated=result.extrapolated.score,
            extrapolated_interval=result.extrapolated.interval,
            verdict=result.verdict,
            rows=result.rows,
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


def read_ledger(path: Path) -> tuple[LedgerLine, ...]:
    """The lines of a ledger in file order; empty lines are skipped.

    Raises InputError with the line number for a line that is not a ledger's.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        raise InputError(f"cannot read the ledger: {why}", location=Location(str(path))) from fault
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(LedgerLine.model_validate_json(line))
        except ValidationError as fault:
            first = fault.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise InputError(
                f"not a line of a results ledger: {field + ': ' if field else ''}{first['msg']}",
                location=Location(str(path), number),
                hint="remove the line; `pick-model probe --record` writes whole ones",
            ) from fault
    return tuple(found)


def _lock(descriptor: int) -> None:
    """An exclusive lock until the file is closed, where the system has them."""
    try:
        import fcntl
    except ImportError:  # Windows: appending is all there is
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)
