"""Take from a probe's report what a lock keeps of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pick_model.documents.base import Figure, Text
from pick_model.documents.lock import (
    Day,
    LockedBaseline,
    LockedProbe,
    Sha256,
)
from pick_model.documents.names import MetricName, Revision
from pick_model.documents.reader import read_text, reason_of
from pick_model.errors import InputError, Location, SchemaError, UsageError, WrongValue
from pick_model.files import digest
from pick_model.gate.paths import shown
from pick_model.words.say import message


class NewProbe(NamedTuple):
    """A probe report given on the command line."""

    file: str
    probe: LockedProbe | None  # None when it holds no probe of this model
    models: tuple[str, ...]  # those it does hold


class _Lenient(BaseModel):
    """Fields of a report are added over time; those that are not read here are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class _Baseline(_Lenient):
    score: float
    difference: Figure | None = None
    in_verdict: bool = True


class _Result(_Lenient):
    model: Text
    revision: Revision | None = None
    verdict: Text
    metric: MetricName
    score: float
    interval: tuple[float, float]
    baselines: dict[Text, _Baseline] = {}
    method: Text | None = None
    rows: int | None = Field(default=None, ge=0)
    steps: int | None = Field(default=None, ge=0)
    seeds: int | tuple[int, ...] | None = None
    peak_memory_gib: float | None = Field(default=None, ge=0)
    weights_digest: Sha256 | None = None


class _Data(_Lenient):
    digest: Sha256 | None = None
    rows_train: int | None = Field(default=None, ge=0)


class _Environment(_Lenient):
    device: Text | None = None


class _Report(_Lenient):
    command: str = Field(pattern="^probe$")
    made_on: Day | None = None
    data: _Data = _Data()
    environment: _Environment = _Environment()
    results: tuple[_Result, ...]


def locked_probe(path: Path, model: str, names: Collection[str]) -> LockedProbe:
    """The probe of one model, for its lock. Raises UsageError when the report holds none."""
    found = new_probe(path, model, names)
    if found.probe is None:
        raise UsageError(
            message("report-of-other-models", file=found.file, model=model),
            hint=message("report-holds", models=found.models or "none at all", model=model),
        )
    return found.probe


def new_probe(path: Path, model: str, names: Collection[str]) -> NewProbe:
    """The probe of one model in a report.

    model: the id; names: all it goes by, in lower case. Raises InputError or SchemaError.
    """
    file = shown(path)
    text = read_text(path, name=file)
    report = _read(text, file)
    wanted = {model.lower(), *names}
    mine = [r for r in report.results if r.model.partition("@")[0].lower() in wanted]
    if len(mine) > 1:
        raise InputError(message("several-probes", model=model), location=Location(file))
    most = report.data.rows_train
    if mine and most is not None and (mine[0].rows or 0) > most:
        raise InputError(
            message("more-rows-than-data", rows=mine[0].rows or 0, most=most),
            location=Location(file),
        )
    probe = _locked(mine[0], report, digest(text)) if mine else None
    return NewProbe(file, probe, tuple(r.model for r in report.results))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once: of two values a reader may see the other one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise WrongValue(message("json-key-twice"))
    return found


def _read(text: str, file: str) -> _Report:
    try:
        plain: Any = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise InputError(message("json-too-deep"), location=Location(file)) from None
    except WrongValue as wrong:
        raise InputError(wrong.told, location=Location(file)) from None
    except ValueError as error:
        line = getattr(error, "lineno", None)
        problem = getattr(error, "msg", "a number is too long")
        raise InputError(
            message("is-not-json", reason=problem.lower()), location=Location(file, line)
        ) from None
    try:
        return _Report.model_validate(plain)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the document"
        raise SchemaError(
            message("not-a-probe-report", key=key, reason=reason_of(first)),
            location=Location(file),
            hint=message("make-probe-report"),
        ) from None


def _locked(result: _Result, report: _Report, digest: str) -> LockedProbe:
    return LockedProbe(
        made_on=report.made_on,
        model=result.model,
        revision=result.revision,
        verdict=result.verdict,
        metric=result.metric,
        score=result.score,
        interval=result.interval,
        baselines={
            name: LockedBaseline(
                score=baseline.score,
                difference=baseline.difference,
                in_verdict=baseline.in_verdict,
            )
            for name, baseline in sorted(result.baselines.items())
        },
        method=result.method,
        rows=result.rows,
        steps=result.steps,
        seeds=len(result.seeds) if isinstance(result.seeds, tuple) else result.seeds,
        peak_memory_gib=result.peak_memory_gib,
        device=report.environment.device,
        data_digest=report.data.digest,
        weights_digest=result.weights_digest,
        report_digest=digest,
    )
