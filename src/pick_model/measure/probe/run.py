"""`probe`: a short fine-tune of each model, and whether it transfers to this data."""

from __future__ import annotations

import dataclasses
import datetime
import math
import os
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pick_model.data.dataset import Dataset
from pick_model.data.variation import variation
from pick_model.documents.probe import Data, ProbeReport
from pick_model.errors import MACHINE_FAULTS, InputError, MissingExtra, PickModelError, in_one
from pick_model.measure.probe.settings import Progress, Settings
from pick_model.words.message import Message
from pick_model.words.say import message, say_all

if TYPE_CHECKING:
    from pick_model.encoders.resolve import ModelRef


def probe(
    models: Sequence[str | ModelRef],
    train: Dataset,
    heldout: Dataset,
    settings: Settings | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    now: Callable[[], float] = time.monotonic,
    began: float | None = None,
) -> ProbeReport:
    """Fine-tune each model briefly on `train`, score it on `heldout`, and judge.

    models: folders, Hub ids with or without @revision, or ModelRefs. The held-out rows are
    scored and choose nothing; a tenth of `train` is kept back for what has to be chosen.
    The same arguments give the same report on one machine, save `made_on`, `seconds`,
    `peak_memory_gib` and `timing`; where a budget in seconds sets the size of the runs, that
    holds as long as the work store keeps the plan (give `max_steps` to be free of it).

    The budget is each model's deadline, downloading apart; `one.py` says what is dropped when
    it comes near. `began`: when the first model's time began, by the clock `now`; else as it
    is loaded. A model that cannot be read, or whose budget holds not one run, is named in the
    notes, and the exit code is the caller's to give; when that is so of every model the first
    error is raised.

    Raises MissingExtra, EnvironmentProblem (Hub, disk, memory), InputError, UsageError,
    BudgetTooSmall.
    """
    require_extra()
    settings = settings or Settings()
    if not models:
        raise InputError(message("no-model-to-probe"), hint=message("folder-or-hub-id"))

    import torch

    from pick_model.encoders.resolve import resolve
    from pick_model.files import cache_folder
    from pick_model.measure.probe.clock import TimeAccount
    from pick_model.measure.probe.desk import Desk
    from pick_model.measure.probe.one import probe_one
    from pick_model.measure.probe.pieces import inputs_of
    from pick_model.measure.probe.rows import make_sets

    sets = make_sets(train, heldout, settings.seed)
    budget = math.inf if settings.max_steps is not None else settings.budget_seconds
    store_folder = cache_folder(settings.cache)
    threads = torch.get_num_threads()
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    try:
        results = []
        varied = variation(train) if settings.method != "linear" else None
        notes: list[Message] = [] if varied is None else [varied.told]
        unfit: list[PickModelError] = []
        for model in models:
            asked = now()
            before, began = 0.0 if began is None else asked - began, None
            try:
                found = resolve(
                    model,
                    allow_pickle=settings.allow_pickle,
                    trust_remote_code=settings.trust_remote_code,
                    offline=settings.offline,
                )
                account = TimeAccount(budget, now, began=now() - before)
                inputs = inputs_of(found, sets, settings)
                desk = Desk(inputs, store_folder, named(progress, found.name), account)
                notes += found.notes
                result, where = probe_one(desk)
            except PickModelError as fault:
                if fault.code in MACHINE_FAULTS:
                    raise
                unfit.append(fault)
                why = in_one(fault.message, fault.hint)
                notes.append(message("probe-left-out", why=why))
                continue
            results.append(result)
        if not results:
            raise unfit[0]
    finally:
        torch.set_num_threads(threads)
    return ProbeReport(
        made_on=datetime.date.today().isoformat(),
        data=Data(
            source=train.source,
            digest=train.digest,
            label=train.label,
            fingerprint=sets.fingerprint,
            kind=train.kind,
            pairs=train.pairs is not None,
            n_labels=len(train.label_names),
            rows_in_file=train.n_total,
            rows_train=len(train),
            rows_tuning=len(sets.tuning),
            rows_heldout=len(heldout),
        ),
        settings={
            field.name: getattr(settings, field.name)
            for field in dataclasses.fields(settings)
            if field.name != "cache"  # where work is kept says nothing about the result
        },
        environment=where,
        results=tuple(results),
        notes=say_all(notes),
        note_messages=tuple(notes),
    )


def share_the_machine() -> None:
    """Let torch's threads sleep while they wait for each other; before torch is imported.

    They spin by default, and where other programs want the cores, each spins its time slice
    away: measured with MiniLM on two cores beside four busy processes, a step took 9 to 14 s
    spinning and 1.2 s asleep.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def named(progress: Callable[[Progress], None], model: str) -> Callable[[Progress], None]:
    """The same progress, each tick with its model's name."""
    return lambda tick: progress(dataclasses.replace(tick, model=model))


def require_extra(what: str = "probe") -> None:
    """Raise MissingExtra, naming the command, when what a probe runs on is not installed."""
    for name in ("torch", "transformers", "sklearn", "numpy", "scipy", "safetensors"):
        if find_spec(name) is None:
            raise MissingExtra(what, "probe")
