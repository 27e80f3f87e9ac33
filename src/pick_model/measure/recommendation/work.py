"""One model's way through the items, and what all models share on them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np

from pick_model.data.interactions import Interactions
from pick_model.documents.recommendation import WayName
from pick_model.encoders.resolve import ModelRef, Resolved, resolve
from pick_model.encoders.sentence_settings import SentenceSettings, read_sentence_settings
from pick_model.errors import BudgetTooSmall, PickModelError
from pick_model.files import cache_folder, digest
from pick_model.measure.probe.settings import Progress
from pick_model.measure.recommendation import baselines as without_text
from pick_model.measure.recommendation.ranking import Scorer, ranks, values
from pick_model.measure.recommendation.settings import Settings
from pick_model.measure.recommendation.similarity import by_similarity
from pick_model.measure.recommendation.split import Question, Split
from pick_model.measure.recommendation.vectors import (
    ItemVectors,
    UntrainedVectors,
    all_vectors,
    word_vectors,
)
from pick_model.measure.retrieval.metrics import Resampling
from pick_model.measure.retrieval.prompts import Prompts, prompts_for
from pick_model.measure.retrieval.vectors import Vectors
from pick_model.measure.screen.cache import FeatureCache
from pick_model.measure.store import Store
from pick_model.words.message import Message
from pick_model.words.say import message

# Untrained copies that a model is held against. By hand: with six, one more copy is known to
# within 2.2 times their spread (four: 2.6); each costs a reading of all texts.
COPIES = 6
ROOM = 1.25  # of the time a piece is expected to take, there must be so much; by hand


@dataclass(frozen=True)
class TargetRanks:
    """A piece: where the items that were asked for stood, in the questions' order."""

    ranks: tuple[int, ...]
    cold: tuple[int, ...]  # of cold targets alone, by what texts say alone
    learnt: bool = True
    passes: int = 0


@dataclass
class Recommender:
    """One model on its way."""

    ref: ModelRef
    model: Resolved | None = None
    sentence: SentenceSettings | None = None
    prompts: Prompts | None = None
    read: ItemVectors | None = None
    found: TargetRanks | None = None
    shuffled: TargetRanks | None = None
    copies: list[TargetRanks] = field(default_factory=list)
    dropped: list[Message] = field(default_factory=list)
    seconds: float = 0.0
    cached: bool = True
    fault: PickModelError | None = None


class Recommending:
    """What all models share: the data, the cache, the draws and the time."""

    def __init__(
        self,
        data: Interactions,
        split: Split,
        metric: int,
        settings: Settings,
        progress: Callable[[Progress], None],
        now: Callable[[], float],
    ) -> None:
        self.data, self.split, self.metric, self.settings = data, split, metric, settings
        self.progress, self.now, self.begun = progress, now, now()
        folder = cache_folder(settings.cache)
        self.cache, self.store = FeatureCache(folder, self.note), Store(folder, self.note)
        self.resampling = Resampling(len(split.tests))
        self.cold: tuple[Question, ...] = tuple(
            question for question in split.tests if split.cold[question.target]
        )
        self.asked = digest_of(split)

    def note(self, told: Message) -> None:
        self.progress(Progress(told, note=told))

    @property
    def left(self) -> float:
        """Seconds of the budget."""
        return self.settings.budget_seconds - (self.now() - self.begun)

    def in_time(self) -> None:
        """Raises BudgetTooSmall where the budget has ended."""
        if self.left <= 0:
            raise BudgetTooSmall(message("items-not-read"), hint=message("larger-budget"))

    def ranked(self, scorer: Scorer, alone: Scorer | None = None) -> TargetRanks:
        """Ranks under a scorer. alone: of cold items, where another counts for them."""
        n = self.split.n_items
        return TargetRanks(
            tuple(ranks(scorer, self.split.tests, n).tolist()),
            tuple(ranks(alone or scorer, self.cold, n).tolist()),
        )

    def values(self, one: TargetRanks) -> np.ndarray:
        """The report's metric, (Q,)."""
        found: np.ndarray = values(np.array(one.ranks))[:, self.metric]
        return found

    def baselines(self) -> dict[WayName, TargetRanks]:
        """What is found without a model."""
        split = self.split
        self.progress(Progress(message("recommending-without-text"), model="popularity"))
        found: dict[WayName, TargetRanks] = {
            "popularity": self.ranked(without_text.popularity(split.seen, split.n_items))
        }
        found["item-knn"] = self.ranked(without_text.item_knn(split.seen, split.n_items))
        if without_text.collaborative_is_there():
            self.progress(Progress(message("recommending-without-text"), model="als"))
            found["als"] = self.ranked(without_text.collaborative(split, self.metric))
        found["words"] = self.by_vectors(word_vectors(self.data.texts), "words", found)
        return found

    def by_vectors(
        self, vectors: np.ndarray, name: str, known: Mapping[WayName, TargetRanks]
    ) -> TargetRanks:
        """What is found by vectors of items (I, D): as they are, or under a head that learns.

        A head that learns nothing from them is popularity. Kept, unless time cut it short.
        """
        if not self.settings.trained:
            return self.ranked(by_similarity(vectors))
        made_from = {
            "piece": "recommender",
            "asked": self.asked,
            "vectors": digest(np.ascontiguousarray(vectors, dtype=np.float32).tobytes()),
            "seed": self.settings.seed,
            "versions": {"torch": version("torch")},
        }
        kept = self.store.get(TargetRanks, made_from)
        if kept is not None:
            return kept
        from pick_model.measure.recommendation import head

        def tick(n: int) -> None:
            self.progress(Progress(message("training-head"), n, head.PASSES, model=name))

        fitted = head.fit(vectors, self.split, self.settings.seed, lambda: self.left > 0, tick)
        alone = head.scorer(fitted.head, None)
        if fitted.learnt:
            popular = head.log_popularity(self.split.seen, self.split.n_items)
            found = self.ranked(head.scorer(fitted.head, popular), alone)
        else:
            n = self.split.n_items
            found = TargetRanks(
                known["popularity"].ranks, tuple(ranks(alone, self.cold, n).tolist()), False
            )
        found = dataclasses.replace(found, passes=fitted.passes)
        return found if fitted.cut_short else self.store.put(made_from, found)

    def enter(self, one: Recommender, known: Mapping[WayName, TargetRanks]) -> None:
        """Take a model through the items; a fault is its own, and it says so."""
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
            # Items are compared with items, so that both sides are what is found.
            own = prompts_for(one.sentence, one.ref.hub_repo, None, None)
            one.prompts = dataclasses.replace(own, query=own.passage, query_from=own.passage_from)
            reader = Vectors(one.model, one.sentence, one.prompts, s, self.cache)
            one.read = self.read(reader, one.ref.name)
            one.cached = reader.encoder is None
            learning = self.now()
            one.found = self.by_vectors(one.read.values, one.ref.name, known)
            # Who finds no more than popularity needs nothing else to be held against.
            if s.trained and self.above(one.found, known["popularity"]):
                self.controls(one, known, self.now() - learning)
        except PickModelError as fault:
            one.fault = fault
        one.seconds += self.now() - begun

    def above(self, one: TargetRanks, other: TargetRanks) -> bool:
        """Whether the interval of the difference lies above zero."""
        return self.resampling.figure(self.values(one) - self.values(other)).low > 0

    def read(self, reader: Vectors, name: str) -> ItemVectors:
        n = len(self.data.texts)
        return all_vectors(
            reader,
            self.data.texts,
            self.in_time,
            lambda done: self.progress(Progress(message("reading-items"), done, n, model=name)),
        )

    def controls(
        self, one: Recommender, known: Mapping[WayName, TargetRanks], learning: float
    ) -> None:
        """The same head on shuffled texts, then on untrained copies while there is time.

        learning: seconds that the model's own head took.
        """
        assert one.model is not None
        assert one.sentence is not None
        assert one.prompts is not None
        assert one.read is not None
        if self.left < ROOM * learning:
            one.dropped += [message("no-time-to-shuffle"), message("untrained-dropped", n=0)]
            return
        random = np.random.default_rng(self.settings.seed)
        mixed = one.read.values[random.permutation(len(one.read.values))]
        one.shuffled = self.by_vectors(mixed, f"{one.ref.name} (shuffled)", known)
        longest = one.read.seconds + learning
        for copy in range(COPIES):
            if self.left < ROOM * longest:
                break
            began, name = self.now(), f"{one.ref.name} (untrained)"
            reader = UntrainedVectors(
                one.model, one.sentence, one.prompts, self.settings, self.cache
            )
            reader.copy = copy
            try:
                vectors = self.read(reader, name).values
            except BudgetTooSmall:
                break
            except PickModelError:  # numbers that are not finite: no copy to hold it against
                one.dropped.append(message("untrained-fails"))
                break
            one.copies.append(self.by_vectors(vectors, name, known))
            longest = max(longest, self.now() - began)
        if len(one.copies) < COPIES:
            one.dropped.append(message("untrained-dropped", n=len(one.copies)))


def digest_of(split: Split) -> str:
    """Of all that is learnt from and asked for."""
    parts = (split.learn, split.seen, split.tuning, split.tests)
    return digest("".join(repr((split.n_items, part)) for part in parts))
