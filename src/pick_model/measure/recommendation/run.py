"""Recommending a user's own items by their texts, beside what needs no text.

    split -> popularity, item-kNN, factors, words -> for each model: texts -> vectors
          -> by similarity (screen), or a head that learns, and its controls (probe) -> ranks

Texts that were read once lie in the feature cache and heads in the store, so that a killed run
repeats one block or one head.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from pick_model.data.interactions import Interactions
from pick_model.documents.recommendation import RecommendationReport
from pick_model.encoders.resolve import ModelRef, parse_model
from pick_model.errors import InputError, PickModelError, UsageError
from pick_model.measure.probe.run import require_extra
from pick_model.measure.probe.settings import Progress
from pick_model.measure.recommendation.result import report
from pick_model.measure.recommendation.settings import Settings
from pick_model.measure.recommendation.split import parted
from pick_model.measure.recommendation.work import Recommender, Recommending
from pick_model.measure.retrieval.metrics import METRICS
from pick_model.measure.screen.work import using_threads
from pick_model.vocabulary.metrics import canonical_metric
from pick_model.words.say import message


def recommend_items(
    models: Sequence[str | ModelRef],
    data: Interactions,
    settings: Settings | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    unknown: Mapping[str, PickModelError] | None = None,
    now: Callable[[], float] = time.monotonic,
) -> RecommendationReport:
    """Rank text encoders by what they recommend; with `settings.trained`, say who transfers.

    models, unknown: as `screen` takes them. A model that cannot be loaded is a result with an
    error, and the others go on. The budget is each model's in a probe, the first one's with
    what needs no model, and all models' in a screen. The same arguments give the same report,
    save `made_on`, `seconds`, `cached`, figures of speed and what a budget cut short.

    Raises MissingExtra, InputError and UsageError for what is wrong with all models.
    """
    settings = settings or Settings()
    require_extra("probe" if settings.trained else "screen")
    if not models:
        raise InputError(message("no-model-to-screen"), hint=message("name-models-to-screen"))
    asked = settings.metric or METRICS[0]
    metric = canonical_metric(asked)
    if metric not in METRICS:
        raise UsageError(
            message("metric-not-of-ranking", metric=asked),
            hint=message("metric-takes", metrics=METRICS),
        )
    split = parted(data, settings)
    at = Recommending(data, split, METRICS.index(metric), settings, progress, now)
    encoders = [Recommender(parse_model(m) if isinstance(m, str) else m) for m in models]
    with using_threads(settings.threads):
        known = at.baselines()
        for place, one in enumerate(encoders):
            if place and settings.trained:
                at.begun = now()
            at.enter(one, known)
    encoders += [Recommender(ModelRef(name), fault=why) for name, why in (unknown or {}).items()]
    return report(at, known, encoders)
