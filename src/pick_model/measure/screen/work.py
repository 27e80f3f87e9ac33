"""One model's steps of a screen: read a part, judge what has been read, keep both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pick_model.encoders.resolve import ModelRef, Resolved, resolve
from pick_model.errors import BudgetTooSmall, PickModelError
from pick_model.files import cache_folder
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.settings import Progress
from pick_model.measure.screen.cache import FeatureCache
from pick_model.measure.screen.contest import Standing, standing
from pick_model.measure.screen.judge import MOST_VIEWS, judge
from pick_model.measure.screen.pieces import Judged, View
from pick_model.measure.screen.reader import Reader
from pick_model.measure.screen.rows import Stage
from pick_model.measure.screen.settings import Settings
from pick_model.measure.store import Store
from pick_model.words.message import Message
from pick_model.words.say import message


@dataclass
class Entrant:
    """One model on its way through the stages."""

    ref: ModelRef
    model: Resolved | None = None
    standing: Standing | None = None  # at the last stage that it has come to
    first: Judged | None = None  # at the first, where every view is looked at
    seconds: float = 0.0
    row_seconds: float = 0.0  # of the last part
    cached: bool = True
    fault: PickModelError | None = None


class Work:
    """What all models share: the stages, the store and cache, and the time."""

    def __init__(
        self,
        stages: Sequence[Stage],
        scorers: Sequence[Scorer],
        settings: Settings,
        progress: Callable[[Progress], None],
        now: Callable[[], float],
        adaptive: bool,
    ) -> None:
        self.stages, self.scorers, self.settings = stages, scorers, settings
        self.adaptive = adaptive
        self.progress, self.now, self.begun = progress, now, now()
        self.store = Store(cache_folder(settings.cache), self.note)
        self.cache = FeatureCache(cache_folder(settings.cache), self.note)

    def note(self, told: Message) -> None:
        self.progress(Progress(told, note=told))

    @property
    def left(self) -> float:
        """Seconds until the budget ends."""
        return self.settings.budget_seconds - (self.now() - self.begun)

    def enter(self, one: Entrant) -> bool:
        """Resolve a model and read what all read; False where it fails, which it then says."""
        begun = self.now()
        try:
            if self.left <= 0:
                raise BudgetTooSmall(message("screen-not-read"), hint=message("larger-budget"))
            s = self.settings
            self.progress(Progress(message("resolving-model"), model=one.ref.name))
            one.model = resolve(
                one.ref,
                allow_pickle=s.allow_pickle,
                trust_remote_code=s.trust_remote_code,
                offline=s.offline,
            )
            for told in one.model.notes:
                self.note(told)
            reader = Reader(one.model, s, self.cache)
            for stage in self.at_once:
                self.advance(one, stage, reader)
        except PickModelError as fault:
            one.fault = fault
        one.seconds += self.now() - begun
        return one.fault is None

    @property
    def at_once(self) -> Sequence[int]:
        """The stages that every model goes through, in one load."""
        return (0,) if self.adaptive else range(len(self.stages))

    def fits(self, one: Entrant, stage: int) -> bool:
        """Whether a model's next part fits into the budget, at the pace of its last."""
        return one.row_seconds * len(self.stages[stage].new) <= self.left

    def step(self, one: Entrant, stage: int) -> None:
        """Read one more part; a model that fails on it stands where it stood."""
        assert one.model is not None
        begun = self.now()
        try:
            self.advance(one, stage, Reader(one.model, self.settings, self.cache))
        except PickModelError as fault:
            self.note(message("read-no-more", model=one.ref.name, what=fault.message))
        one.seconds += self.now() - begun

    def advance(self, one: Entrant, stage: int, reader: Reader) -> None:
        """Bring a model to a stage: judged on all rows up to it."""
        begun, here = self.now(), self.stages[stage]
        among = None if one.first is None else best_views(one.first)
        key = {
            **reader.made_from,
            "piece": "screen",
            "rows": here.digest,
            "parts": [len(part) for part in self.stages[: stage + 1]],
            "among": None if among is None else [str(view) for view in among],
        }
        judged = self.store.get(Judged, key)
        if judged is None:
            self.progress(Progress(message("reading-rows"), 0, len(here.new), model=one.ref.name))

            def tick(done: int, total: int) -> None:
                self.progress(Progress(message("reading-rows"), done, total, model=one.ref.name))

            seen = reader.seen(self.stages[: stage + 1], tick)
            one.cached = one.cached and reader.loaded is None
            self.progress(Progress(message("judging-features"), model=one.ref.name))
            judged = self.store.put(key, judge(seen, here, among))
        one.first = one.first or judged
        one.standing = standing(judged, stage, self.scorers[stage])
        one.row_seconds = (self.now() - begun) / len(here.new)


def best_views(judged: Judged) -> tuple[View, ...]:
    """The views that explained most, in the order they were looked at."""
    best = sorted(judged.scores, key=lambda one: -one.explained)[:MOST_VIEWS]
    return tuple(one.view for one in judged.scores if one in best)
