"""One model's way through a corpus, and what all models share on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pick_model.data.search import SearchData
from pick_model.encoders.resolve import ModelRef, Resolved, resolve
from pick_model.encoders.sentence_settings import SentenceSettings, read_sentence_settings
from pick_model.errors import BudgetTooSmall, PickModelError
from pick_model.files import cache_folder
from pick_model.measure.probe.settings import Progress
from pick_model.measure.retrieval.bm25 import Words, search_by_words
from pick_model.measure.retrieval.metrics import METRICS, Resampling, of_query
from pick_model.measure.retrieval.prompts import Prompts, prompts_for
from pick_model.measure.retrieval.ranking import Best, ranks
from pick_model.measure.retrieval.settings import Settings
from pick_model.measure.retrieval.vectors import Vectors, machine_of
from pick_model.measure.screen.cache import FeatureCache
from pick_model.measure.screen.pieces import RunContext
from pick_model.words.message import Message
from pick_model.words.say import message

# Passages that are held at a time. By hand: some 1.5 MB of vectors at a width of 384, and one
# file of the cache; a kill costs as many.
BLOCK = 1024
# Decimals to which scores are compared: cosines in float32 are good to about seven, dot products
# of some hundreds to four.
COSINE_DIGITS, DOT_DIGITS = 6, 3


@dataclass(frozen=True)
class Found:
    """What one model found."""

    values: np.ndarray  # (queries, metrics)
    machine: RunContext
    dimension: int
    max_tokens: int
    truncated: float  # share of passages
    query_ms: float
    passages_per_second: float


@dataclass
class Searcher:
    """One model on its way through the corpus."""

    ref: ModelRef
    model: Resolved | None = None
    sentence: SentenceSettings | None = None
    prompts: Prompts | None = None
    found: Found | None = None
    seconds: float = 0.0
    cached: bool = True
    fault: PickModelError | None = None


class Search:
    """What all models share: the data, the cache, the draws and the time."""

    def __init__(
        self,
        data: SearchData,
        settings: Settings,
        progress: Callable[[Progress], None],
        now: Callable[[], float],
    ) -> None:
        self.data, self.settings = data, settings
        self.progress, self.now, self.begun = progress, now, now()
        self.cache = FeatureCache(cache_folder(settings.cache), self.note)
        self.resampling = Resampling(len(data.queries))

    def note(self, told: Message) -> None:
        self.progress(Progress(told, note=told))

    def in_time(self) -> None:
        """Raises BudgetTooSmall where the budget has ended."""
        if self.now() - self.begun >= self.settings.budget_seconds:
            raise BudgetTooSmall(message("screen-not-read"), hint=message("larger-budget"))

    def words(self) -> Words:
        """BM25 on the corpus."""

        def tick(done: int) -> None:
            self.progress(
                Progress(message("counting-words"), done, self.data.n_passages, model="BM25")
            )

        return search_by_words(self.data, tick)

    def values(self, places: Sequence[np.ndarray]) -> np.ndarray:
        """Every metric of every query, (queries, metrics), of what was found for each."""
        lines = []
        for found, query in zip(places, self.data.queries, strict=True):
            others = found if query.itself is None else found[found != query.itself]
            lines.append(of_query(ranks(others, query.relevant), query.relevant))
        return np.array(lines).reshape(-1, len(METRICS))

    def enter(self, one: Searcher) -> None:
        """Take a model through the corpus; a fault is its own, and it says so."""
        begun = self.now()
        try:
            self.in_time()
            self.progress(Progress(message("resolving-model"), model=one.ref.name))
            s = self.settings
            one.model = resolve(
                one.ref,
                allow_pickle=s.allow_pickle,
                trust_remote_code=s.trust_remote_code,
                offline=s.offline,
            )
            for told in one.model.notes:
                self.note(told)
            one.sentence = read_sentence_settings(one.model.folder, one.ref.name)
            one.prompts = prompts_for(
                one.sentence, one.ref.hub_repo, s.query_prefix, s.passage_prefix
            )
            reader = Vectors(one.model, one.sentence, one.prompts, s, self.cache)
            one.found = self.search(reader, one)
            one.cached = reader.encoder is None
        except PickModelError as fault:
            one.fault = fault
        one.seconds += self.now() - begun

    def search(self, reader: Vectors, one: Searcher) -> Found:
        """Every passage against every query, a block at a time."""
        data = self.data

        def tick(stage: Message, total: int, before: int) -> Callable[[int], None]:
            return lambda done: self.progress(
                Progress(stage, before + done, total, model=one.ref.name)
            )

        queries = reader.queries(
            [query.text for query in data.queries],
            tick(message("reading-queries"), len(data.queries), 0),
        )
        wanted = queries.file[0]  # (Q, D)
        best = Best(len(wanted), DOT_DIGITS if reader.sentence.by_dot else COSINE_DIGITS)
        truncated, seconds = 0, 0.0
        for block in data.corpus.blocks(BLOCK):
            self.in_time()
            kept = reader.passages(
                [passage.text for passage in block],
                tick(message("reading-passages"), data.n_passages, best.seen),
            )
            best.add(wanted @ kept.file[0].T)  # (Q, B)
            truncated += kept.facts["truncated"]
            seconds += kept.facts["seconds"]
        return Found(
            values=self.values(list(best.places)),
            machine=machine_of(queries),
            dimension=wanted.shape[1],
            max_tokens=queries.facts["max_tokens"],
            truncated=truncated / best.seen,
            query_ms=queries.facts["query_ms"],
            passages_per_second=best.seen / max(seconds, 1e-9),
        )
