"""`screen`: how well each model's frozen features fit these labels, without training any.

    resolve -> (read a part of the rows -> judge) for all -> again for those that may still lead

All models read the first part. Those that later rows could still put first read the next,
which doubles their rows, until one leads, more rows would tell no more than frozen features
can know, the rows end or the time does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import inf

from pick_model.data.dataset import Dataset
from pick_model.documents.screen import ScreenReport
from pick_model.encoders.resolve import ModelRef, parse_model
from pick_model.errors import InputError, PickModelError
from pick_model.measure.executors import Executor
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.run import require_extra
from pick_model.measure.probe.settings import Progress
from pick_model.measure.screen.contest import ContestStanding, worth_reading
from pick_model.measure.screen.result import report
from pick_model.measure.screen.rows import stages
from pick_model.measure.screen.settings import ROWS, SENTENCES, Settings
from pick_model.measure.screen.work import Entrant, Work
from pick_model.words.message import Message
from pick_model.words.say import message


def screen(
    models: Sequence[str | ModelRef],
    data: Dataset,
    settings: Settings | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    unknown: Mapping[str, PickModelError] | None = None,
    executor: Executor | None = None,
    now: Callable[[], float] = time.monotonic,
    speed: Callable[[str, float], None] = lambda _model, _rows_per_second: None,
) -> ScreenReport:
    """Rank models by their frozen features on labelled rows.

    models: folders, Hub ids with or without @revision, or ModelRefs. unknown: names that mean no
    model, and why. A model that cannot be loaded or read is a result with an error, and the others
    go on; the exit code is the caller's to give. executor: where models are read; None: here, one
    after the other. The same arguments give the same report wherever that is, save `made_on`,
    `seconds` and `cached`, as long as no budget ends it. speed: is told how many rows of each model
    went through the encoder in a second, when its features were made.

    Raises MissingExtra, InputError and UsageError for what is wrong with all models.
    """
    require_extra("screen")
    settings = settings or Settings()
    if not models:
        raise InputError(message("no-model-to-screen"), hint=message("name-models-to-screen"))
    most = settings.rows or (SENTENCES if data.kind == "tokens" else ROWS)
    # Of one model there is no order to find out: it reads all that there is time for.
    timed = settings.budget_seconds < inf or settings.thorough_seconds > 0
    adaptive = settings.adaptive and (len(models) > 1 or timed)
    parts = stages(data, most, adaptive, settings.seed)
    scorers = [Scorer(stage.rows, settings.metric) for stage in parts]
    work = Work(parts, scorers, settings, progress, now, adaptive, executor)
    entrants = [Entrant(parse_model(m) if isinstance(m, str) else m) for m in models]
    notes = contest(work, entrants)
    for one in entrants:
        if one.standing is not None and one.standing.judged.rows_per_second is not None:
            speed(one.ref.name, one.standing.judged.rows_per_second)
    entrants += [Entrant(ModelRef(name), fault=fault) for name, fault in (unknown or {}).items()]
    return report(work, entrants, data, notes)


def contest(work: Work, entrants: Sequence[Entrant]) -> list[Message]:
    """Bring each model as far as it takes; what the reader should know of how it ended."""
    going = work.enter(entrants)
    several = len(going) > 1  # one that alone could be read reads all, too
    for stage in range(1, len(work.stages) if work.adaptive else 0):
        if several:
            going = undecided(going, work.scorers[stage].metric, work.settings.thorough_seconds > 0)
        if len(going) < 1 + several:
            break
        if not work.fits(going, stage) or len(work.stages[stage]) > (
            work.settings.last_rows or inf
        ):
            return [message("screen-budget", n=len(going))]
        work.step(going, stage)
    return []


def undecided(entrants: Sequence[Entrant], metric: str, thorough: bool) -> list[Entrant]:
    """Those of which more rows could tell which is the best."""
    standings: list[ContestStanding] = [
        one.standing for one in entrants if one.standing is not None
    ]
    worth = worth_reading(standings, metric, thorough)
    return [one for one, may in zip(entrants, worth, strict=True) if may]
