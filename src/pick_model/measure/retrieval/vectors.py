"""One model's vectors of queries and passages: from the cache, else through the encoder."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pick_model.encoders.resolve import Resolved
from pick_model.encoders.sentence_settings import SentenceSettings
from pick_model.files import json_digest
from pick_model.measure.retrieval.prompts import Prompts
from pick_model.measure.screen.cache import CachedFeatures, FeatureCache
from pick_model.measure.screen.pieces import RunContext
from pick_model.measure.screen.reader import threads, uncollected
from pick_model.measure.screen.settings import Settings
from pick_model.measure.versions import ENCODING, versions

if TYPE_CHECKING:
    from pick_model.encoders.sentence import SentenceEncoder

Tick = Callable[[int], None]  # texts read
TIMED = 16  # queries read one by one for the time that one takes; by hand, seconds on a CPU


class Vectors:
    """Reads texts with one model, loaded for the first ones that are not cached."""

    def __init__(
        self,
        model: Resolved,
        sentence: SentenceSettings,
        prompts: Prompts,
        settings: Settings,
        cache: FeatureCache,
    ) -> None:
        self.model, self.sentence, self.prompts = model, sentence, prompts
        self.settings, self.cache = settings, cache
        self.encoder: SentenceEncoder | None = None

    @property
    def made_from(self) -> dict[str, Any]:
        """What vectors are made from besides the texts and their prompt."""
        s = self.settings
        return {
            "piece": "vectors",
            "weights": self.model.weights_digest,
            "sentence": self.sentence.digest,
            "max_length": s.max_length,
            "device": s.device,
            "precision": s.precision,
            "versions": versions(ENCODING),
        }

    def queries(self, texts: Sequence[str], tick: Tick = lambda _: None) -> CachedFeatures:
        """Vectors (1, N, D) of queries, with the machine's facts and the time of one query."""
        return self.kept("queries", texts, self.prompts.query, self.facts, tick)

    def passages(self, texts: Sequence[str], tick: Tick = lambda _: None) -> CachedFeatures:
        """Vectors (1, N, D) of some passages, with the seconds they took."""
        return self.kept("passages", texts, self.prompts.passage, lambda _: {}, tick)

    def kept(
        self,
        side: str,
        texts: Sequence[str],
        prompt: str,
        more: Callable[[Sequence[str]], dict[str, Any]],
        tick: Tick,
    ) -> CachedFeatures:
        # The same texts may be queries of one file and passages of another, of which less is kept.
        texts_digest = json_digest(list(texts))
        key = {**self.made_from, "side": side, "prompt": prompt, "texts": texts_digest}
        found = self.cache.get(key)
        if found is None:
            with uncollected():
                from pick_model.encoders.sentence import vectors

                encoder = self.loaded()
            begun = time.perf_counter()
            values, truncated = vectors(encoder, texts, prompt, tick)
            seconds = time.perf_counter() - begun
            facts = {"seconds": seconds, "truncated": truncated, **more(texts)}
            found = self.cache.put(key, values[None], facts)
        return found

    def facts(self, texts: Sequence[str]) -> dict[str, Any]:
        """The machine, the model as loaded, and the median time of one query alone."""
        from pick_model.encoders.machine import device_name
        from pick_model.encoders.sentence import vectors

        encoder = self.loaded()
        loaded = encoder.loaded
        took = []
        for text in texts[:TIMED]:
            begun = time.perf_counter()
            vectors(encoder, [text], self.prompts.query)
            took.append(time.perf_counter() - begun)
        return {
            "query_ms": 1000 * float(np.median(took)),
            "max_tokens": encoder.longest,
            "machine": {
                "device": str(loaded.device),
                "device_name": device_name(loaded.device),
                "dtype": str(loaded.dtype).removeprefix("torch."),
                "threads": threads(),
                "parameters": sum(p.numel() for p in loaded.encoder.parameters()),
            },
        }

    def loaded(self) -> SentenceEncoder:
        if self.encoder is None:
            from pick_model.encoders.load import load
            from pick_model.encoders.sentence import sentence_encoder

            s = self.settings
            loaded = load(
                self.model.folder,
                device=s.device,
                precision=s.precision,
                allow_pickle=s.allow_pickle,
                trust_remote_code=s.trust_remote_code,
            )
            self.encoder = sentence_encoder(loaded, self.sentence, s.max_length)
        return self.encoder


def machine_of(queries: CachedFeatures) -> RunContext:
    return RunContext(**queries.facts["machine"])
