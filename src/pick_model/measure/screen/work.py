"""One model's steps of a screen: read a part, judge what has been read, keep both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf

from pick_model.encoders.resolve import ModelRef, Resolved, resolve
from pick_model.errors import BudgetTooSmall, PickModelError
from pick_model.files import cache_folder
from pick_model.measure.executors import Executor, Needs
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.settings import Progress
from pick_model.measure.screen.cache import FeatureCache
from pick_model.measure.screen.contest import ContestStanding, standing
from pick_model.measure.screen.judge import judge
from pick_model.measure.screen.pieces import Judged
from pick_model.measure.screen.reader import FeatureReader
from pick_model.measure.screen.rows import Stage
from pick_model.measure.screen.settings import Settings
from pick_model.measure.store import Store
from pick_model.words.message import Message
from pick_model.words.say import message

Tick = Callable[[Progress], None]


@dataclass
class Entrant:
    """One model on its way through the stages."""

    ref: ModelRef
    model: Resolved | None = None
    standing: ContestStanding | None = None  # at the last stage that it has come to
    first: Judged | None = None  # at the first, where every view is looked at
    seconds: float = 0.0
    row_seconds: float = 0.0  # of the last part
    cached: bool = True
    fault: PickModelError | None = None


@dataclass(frozen=True)
class ScreenPiece:
    """A piece of work: bring one model through stages, in one load."""

    ref: ModelRef
    model: Resolved | None  # None: not resolved yet
    first: Judged | None
    stages: tuple[Stage, ...]  # all up to the last that is to be read
    begin: int  # the first of them that is
    settings: Settings
    until: float = inf  # seconds since the epoch: it is not begun later, wherever that is


@dataclass(frozen=True)
class Read:
    """What came of it: as far as it came, and why no further."""

    model: Resolved | None
    judged: tuple[Judged, ...]  # stage after stage
    seconds: float
    row_seconds: float  # of the last part
    cached: bool  # no row went through the model
    notes: tuple[Message, ...]
    fault: PickModelError | None


def read(
    piece: ScreenPiece, tick: Tick = lambda _: None, now: Callable[[], float] = time.monotonic
) -> Read:
    """Resolve a model, read what of its rows is not cached, and judge stage after stage."""
    if time.time() > piece.until:
        return Read(piece.model, (), 0.0, 0.0, cached=False, notes=(), fault=not_read())
    begun, s = now(), piece.settings
    notes: list[Message] = []

    def note(told: Message) -> None:
        notes.append(told)
        tick(Progress(told, note=told))

    model, fault, row_seconds = piece.model, None, 0.0
    judged: list[Judged] = []
    cached = True
    try:
        with using_threads(s.threads):
            if model is None:
                tick(Progress(message("resolving-model"), model=piece.ref.name))
                model = resolve(
                    piece.ref,
                    allow_pickle=s.allow_pickle,
                    trust_remote_code=s.trust_remote_code,
                    offline=s.offline,
                )
                for told in model.notes:
                    note(told)
            folder = cache_folder(s.cache)
            reader = FeatureReader(
                model, s, FeatureCache(folder, note), now, piece.stages[0].rows.modality
            )
            for stage in range(piece.begin, len(piece.stages)):
                at = now()
                first = piece.first or (judged[0] if judged else None)
                judged.append(
                    advanced(reader, Store(folder, note), piece.stages[: stage + 1], first, tick)
                )
                row_seconds = (now() - at) / len(piece.stages[stage].new)
                if reader.loaded is None and (pace := judged[-1].rows_per_second):
                    row_seconds = max(row_seconds, 1 / pace)  # of the time when it was read
                cached = cached and reader.loaded is None
    except PickModelError as found:
        fault = found
    return Read(model, tuple(judged), now() - begun, row_seconds, cached, tuple(notes), fault)


def not_read() -> BudgetTooSmall:
    """Why a model was not begun: the time had ended."""
    return BudgetTooSmall(message("screen-not-read"), hint=message("larger-budget"))


def advanced(
    reader: FeatureReader, store: Store, stages: Sequence[Stage], first: Judged | None, tick: Tick
) -> Judged:
    """The model judged on all rows up to the last of the stages."""
    here, name = stages[-1], reader.model.name
    key = {
        **reader.made_from,
        "piece": "screen",
        "rows": here.digest,
        "parts": [len(part) for part in stages],
        "among": None if first is None else [[str(v) for v in some] for some in first.of_folds],
    }
    judged = store.get(Judged, key)
    if judged is None:
        tick(Progress(message("reading-rows"), 0, len(here.new), model=name))

        def rows_read(done: int, total: int) -> None:
            tick(Progress(message("reading-rows"), done, total, model=name))

        seen = reader.seen(stages, rows_read)
        tick(Progress(message("judging-features"), model=name))
        judged = store.put(key, judge(seen, here, first))
    return judged


class Work:
    """What all models share: the stages, where they are read, and the time."""

    def __init__(
        self,
        stages: Sequence[Stage],
        scorers: Sequence[Scorer],
        settings: Settings,
        progress: Tick,
        now: Callable[[], float],
        adaptive: bool,
        executor: Executor | None = None,
    ) -> None:
        self.stages, self.scorers, self.settings = tuple(stages), scorers, settings
        self.adaptive, self.executor = adaptive, executor
        self.progress, self.now, self.begun = progress, now, now()
        self.entered = self.begun  # when the first part was read

    @property
    def left(self) -> float:
        """Seconds until the budget ends."""
        return self.settings.budget_seconds - (self.now() - self.begun)

    def enter(self, entrants: Sequence[Entrant]) -> list[Entrant]:
        """Read what all read, in one load; those that could be read. The others say why."""
        last = 0 if self.adaptive else len(self.stages) - 1
        self._read(entrants, 0, last)
        self.entered = self.now()
        return [one for one in entrants if one.fault is None]

    def fits(self, entrants: Sequence[Entrant], stage: int) -> bool:
        """Whether the next part of all fits into the budget, each at the pace of its last."""
        each = [one.row_seconds for one in entrants]
        at_once = 1 if self.executor is None else self.executor.at_once
        seconds = max([*each, sum(each) / at_once]) * len(self.stages[stage].new)
        spare = (self.settings.thorough_seconds or inf) - (self.now() - self.entered)
        return seconds <= min(self.left, spare)

    def step(self, entrants: Sequence[Entrant], stage: int) -> None:
        """Read one more part; a model that fails on it stands where it stood."""
        self._read(entrants, stage, stage)
        for one in entrants:
            if one.fault is not None:
                told = message("read-no-more", model=one.ref.name, what=one.fault.message)
                self.note(told)
                one.fault = None

    def _read(self, entrants: Sequence[Entrant], begin: int, last: int) -> None:
        """Bring models from one stage to another, here or where the executor runs them."""
        stages = self.stages[: last + 1]
        until = time.time() + self.left if begin == 0 and self.executor is not None else inf
        pieces = [
            ScreenPiece(one.ref, one.model, one.first, stages, begin, self._alone, until)
            for one in entrants
        ]
        if self.executor is None:
            for one, piece in zip(entrants, pieces, strict=True):
                if begin == 0 and self.left <= 0:
                    one.fault = not_read()
                    continue
                self._take(one, read(piece, self.progress, self.now), begin)
            return

        def done(n: int) -> None:
            self.progress(Progress(message("reading-rows-with-all"), n, len(pieces)))

        needs = [Needs(gpus=int(self.settings.device.startswith("cuda")))] * len(pieces)
        for one, found in zip(entrants, self.executor.map(read, pieces, done, needs), strict=True):
            for told in found.notes:
                self.note(told)
            self._take(one, found, begin)

    @property
    def _alone(self) -> Settings:
        """What a piece needs of the settings: the budget is not its business."""
        return replace(self.settings, budget_seconds=inf)

    def _take(self, one: Entrant, found: Read, begin: int) -> None:
        one.model, one.fault = found.model, found.fault
        one.seconds += found.seconds
        one.cached = one.cached and found.cached
        for stage, judged in enumerate(found.judged, start=begin):
            one.first = one.first or judged
            one.standing = standing(judged, stage, self.scorers[stage], one.standing)
            one.row_seconds = found.row_seconds

    def note(self, told: Message) -> None:
        self.progress(Progress(told, note=told))


@contextmanager
def using_threads(wanted: int | None) -> Iterator[None]:
    """So many threads of torch meanwhile; torch is not imported for nothing."""
    if wanted is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(wanted)
    try:
        yield
    finally:
        torch.set_num_threads(before)
