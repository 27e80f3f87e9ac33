"""Retrieval on a user's own queries: what each model finds, as it comes, beside BM25.

    words (BM25) -> for each model: resolve -> queries -> corpus in blocks -> ranks -> metrics

Texts that were read once lie in the feature cache, so that a killed run repeats one block.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec

from pick_model.data.search import SearchData
from pick_model.documents.retrieval import RetrievalReport
from pick_model.encoders.resolve import ModelRef, parse_model
from pick_model.errors import InputError, MissingExtra, PickModelError, UsageError
from pick_model.measure.probe.run import require_extra
from pick_model.measure.probe.settings import Progress
from pick_model.measure.retrieval.metrics import METRICS
from pick_model.measure.retrieval.result import report
from pick_model.measure.retrieval.settings import Settings
from pick_model.measure.retrieval.work import Search, Searcher
from pick_model.measure.screen.work import using_threads
from pick_model.vocabulary.metrics import canonical_metric
from pick_model.words.say import message


def search(
    models: Sequence[str | ModelRef],
    data: SearchData,
    settings: Settings | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    prior: Mapping[str, int] | None = None,
    unknown: Mapping[str, PickModelError] | None = None,
    now: Callable[[], float] = time.monotonic,
) -> RetrievalReport:
    """Rank models by what they find of what answers a user's queries.

    models, prior, unknown: as `screen` takes them. A model that cannot be loaded is a result
    with an error, and the others go on; the exit code is the caller's to give. The same
    arguments give the same report, save `made_on`, `seconds`, `cached` and figures of speed.

    Raises MissingExtra, InputError and UsageError for what is wrong with all models.
    """
    require_search()
    settings = settings or Settings()
    if not models:
        raise InputError(message("no-model-to-screen"), hint=message("name-models-to-screen"))
    asked = settings.metric or METRICS[0]
    metric = canonical_metric(asked)
    if metric not in METRICS:
        raise UsageError(
            message("metric-not-of-retrieval", metric=asked),
            hint=message("metric-takes", metrics=METRICS),
        )
    at = Search(data, settings, progress, now)
    searchers = [Searcher(parse_model(m) if isinstance(m, str) else m) for m in models]
    with using_threads(settings.threads):
        words = at.words()
        for one in searchers:
            at.enter(one)
    searchers += [Searcher(ModelRef(name), fault=fault) for name, fault in (unknown or {}).items()]
    return report(at, words, searchers, metric, prior or {})


def require_search() -> None:
    """Raises MissingExtra, naming the command, when what a search runs on is not installed."""
    require_extra("screen")
    if any(find_spec(name) is None for name in ("bm25s", "snowballstemmer")):
        raise MissingExtra("screen", "probe")
