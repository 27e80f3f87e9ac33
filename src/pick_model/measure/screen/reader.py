"""One model's features of the rows of a stage: from the cache, else through the encoder."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pick_model.data.dataset import Dataset, Modality
from pick_model.encoders.resolve import Resolved
from pick_model.files import json_digest
from pick_model.measure.screen.cache import CachedFeatures, FeatureCache, Keep
from pick_model.measure.screen.judge import Seen
from pick_model.measure.screen.pieces import RunContext, View
from pick_model.measure.screen.rows import Stage, texts_of
from pick_model.measure.screen.settings import Settings
from pick_model.measure.versions import ENCODING, versions

if TYPE_CHECKING:
    from pick_model.encoders.load import Loaded

Tick = Callable[[int, int], None]  # rows read, of how many


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection of garbage while libraries are imported and a model is loaded.

    What they make stays, and going through it again and again took .7 of 4.1 CPU seconds of
    importing torch, transformers and scikit-learn. It is old at once: young, it would be gone
    through twice as soon as anything is collected, which took .6 of 9.5 seconds. What imports
    leave is collected once: frames of theirs that hold what called them, and so the first model
    until the last was read.
    """
    was, modules = gc.isenabled(), len(sys.modules)
    gc.disable()
    try:
        yield
    finally:
        if len(sys.modules) > modules:
            gc.collect()
        if not gc.get_freeze_count():  # what whoever runs this has frozen stays so
            gc.freeze()
            gc.unfreeze()  # to the oldest, where a model that is done with can still be collected
        if was:
            gc.enable()


class FeatureReader:
    """Reads parts of the rows with one model, loaded for the first part that is not cached."""

    def __init__(
        self,
        model: Resolved,
        settings: Settings,
        cache: FeatureCache,
        now: Callable[[], float] = time.monotonic,
        modality: Modality = "text",
    ) -> None:
        self.model, self.settings, self.cache, self.now = model, settings, cache, now
        self.modality = modality  # of all rows
        self.loaded: Loaded | None = None
        self.rows_per_second: float | None = None  # of the last part that was read

    @property
    def made_from(self) -> dict[str, Any]:
        """What features are made from besides the rows."""
        s = self.settings
        return {
            "weights": self.model.weights_digest,
            "views": "every layer",
            "max_length": s.max_length,
            "device": s.device,
            "precision": s.precision,
            "versions": versions(ENCODING, self.modality),
        }

    def seen(self, stages: Sequence[Stage], tick: Tick = lambda _done, _total: None) -> Seen:
        """The features of the last stage's rows, part after part."""
        parts = [self.part(stage.new, tick) for stage in stages]
        facts, n = parts[-1].facts, len(stages[-1])
        return Seen(
            features=tuple(part.file for part in parts),
            views=tuple(View(layer, how) for layer, how in facts["views"]),
            depth=facts["depth"],
            truncated=round(sum(part.facts["truncated"] for part in parts) / n, 6),
            machine=RunContext(**facts["machine"]),
            rows_per_second=self.rows_per_second,
        )

    def part(self, rows: Dataset, tick: Tick) -> CachedFeatures:
        """The features of one part."""
        key = {**self.made_from, "rows": json_digest(texts_of(rows))}
        return self.cache.get(key) or self.read(key, rows, tick)

    def read(self, key: dict[str, Any], rows: Dataset, tick: Tick) -> CachedFeatures:
        """The features of one part, by one pass through the encoder."""
        with uncollected():
            from pick_model.encoders.features import all_views, read_features
            from pick_model.encoders.load import encode
            from pick_model.encoders.machine import device_name

            loaded = self.loaded_for(rows)
        longest = loaded.modality.longest(loaded, self.settings.max_length)
        encoded = encode(rows, loaded, longest)
        views = all_views(loaded, encoded.by_word)
        facts = {
            "views": list(views.names),
            "depth": views.depth,
            "truncated": loaded.modality.n_filled(rows, encoded, longest),
            "machine": {
                "device": str(loaded.device),
                "device_name": device_name(loaded.device),
                "dtype": str(loaded.dtype).removeprefix("torch."),
                "threads": threads(),
                "parameters": sum(p.numel() for p in loaded.encoder.parameters()),
            },
        }

        def read(keep: Keep) -> None:
            read_features(loaded, encoded, views, keep, lambda done: tick(done, len(rows)))

        begun = self.now()
        kept = self.cache.fill(key, facts, (len(views), encoded.n_lines, loaded.hidden), read)
        self.rows_per_second = round(len(rows) / max(self.now() - begun, 1e-9), 3)
        return kept

    def loaded_for(self, rows: Dataset) -> Loaded:
        """The model; tried on the rows that it is loaded for."""
        if self.loaded is None:
            from pick_model.encoders.load import load
            from pick_model.encoders.trial import try_out

            s = self.settings
            loaded = load(
                self.model.folder,
                modality=rows.modality,
                device=s.device,
                precision=s.precision,
                allow_pickle=s.allow_pickle,
                trust_remote_code=s.trust_remote_code,
            )
            try_out(loaded, rows, "linear")
            self.loaded = loaded
        return self.loaded


def threads() -> int:
    import torch

    return torch.get_num_threads()
