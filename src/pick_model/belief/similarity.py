"""How much a benchmark resembles a task, and how much a score tells about the way of use."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from msgspec import Struct

from pick_model.belief.crossover import Crossover
from pick_model.belief.rows import FROZEN, TUNED, WRITTEN, WRITTEN_TASKS, scale_of, world_of
from pick_model.documents.catalog import Benchmark
from pick_model.documents.profile import Profile
from pick_model.record import replace
from pick_model.vocabulary.languages import served_by
from pick_model.vocabulary.tasks import TASKS, USED_AS_IT_COMES

# How much a score tells about others of its scale, by how it was come by. Set by hand: less
# where prompts or the few examples, the shift of the data or one set's recipe, and not the model
# alone, decide.
PROTOCOL_WEIGHTS = {
    "fine-tune": 1.0,
    "lora": 0.9,
    "linear-probe": 1.0,
    "few-shot": 0.8,
    "zero-shot": 0.6,
    "evaluation": 0.8,
    "from-scratch": 0.8,
    "in-context": 0.8,
}
# Where models are used as they come, scores without any training are the direct ones.
AS_IT_COMES_WEIGHTS = {**PROTOCOL_WEIGHTS, "zero-shot": 1.0, "in-context": 1.0, "linear-probe": 0.8}
# A detector as it comes was tuned by whoever published it, and so were its scores; likewise
# what tells depths, actions and speakers, and what tells whether a text entails a label: the
# features of what it was made from say nothing of that (DeBERTa's frozen ones are among the worst,
# and its classifiers by names the best; ev-zeroshot, source hidden: tau -.34 by frozen features).
COME_WITH_THEIR_HEAD = frozenset(
    {
        "object-detection",
        "image-segmentation",
        "depth-estimation",
        "video-classification",
        "speaker-verification",
        "zero-shot-classification",
    }
)
# One label an input: what the few-shot tables are about, that the crossover is learnt on.
LIGHT_HEADED = frozenset({"text-classification", "image-classification", "audio-classification"})
# Tasks that ask much the same of a model's features. Set by hand.
RELATED_TASKS = (
    {"text-classification", "zero-shot-classification"},
    {"text-classification", "token-classification", "question-answering", "fill-mask"},
    {"sentence-similarity", "feature-extraction"},
    {"feature-extraction", "text-ranking"},
    {"token-classification", "zero-shot-token-classification"},
    {"tabular-classification", "tabular-regression"},
    {"biosequence-classification", "biosequence-embedding"},
    {"summarization", "translation", "text-generation"},
    {"image-classification", "image-feature-extraction", "zero-shot-image-classification"},
    {"object-detection", "image-segmentation"},
    {"image-text-retrieval", "zero-shot-image-classification", "image-to-text"},
    {"visual-question-answering", "document-question-answering", "image-to-text"},
    {"audio-classification", "speaker-verification"},
)
# What a score on another task counts against one on the same: inside such a group nearly all of
# it, and elsewhere as much as is heard where nothing nearer is. By the back-test, with the data set
# hidden and nothing known of the table: weighted tau is .630, .633 and .637 with RELATED at .5,
# .75 and 1, the regret of the first 1.68, 1.69 and 1.66; at 1 a task's own scores would have no
# say of their own.
RELATED, UNRELATED = 0.9, 0.15
# Another language tells next to nothing, for tables hold far more languages than the target's:
# weighted tau is .644 and .640 at .05 and .15, and the regret of the first 1.25 and 1.67. Another
# domain tells half, general text a little more: set by hand, for the back-test hardly tells (at
# .25 and .4 tau is higher by .002).
OTHER_LANGUAGE = 0.05
OTHER_DOMAIN, GENERAL_FOR_DOMAIN = 0.5, 0.7
# Code, law or speech tell of general tasks as of each other's: at .5, beside 1, the first loses
# 2.02 points and 2.05, source hidden.
DOMAIN_FOR_GENERAL = OTHER_DOMAIN


class BenchmarkKind(NamedTuple):
    """What a benchmark is about, which is all that makes it resemble a task."""

    task: str
    modality: str
    domain: str | None
    languages: tuple[str, ...]


class Target(Struct, frozen=True):
    """What standings are expected on: a task, or in the back-test a benchmark."""

    task: str
    world: str
    scale: str
    languages: tuple[str, ...]
    domain: str | None
    as_is: bool = False  # nothing is trained
    frozen_share: float = 0.0  # of the frozen scale in a standing on the tuned one
    text_alone: bool = False  # no instruction or adapter that frozen scores were taken with

    @property
    def protocols(self) -> dict[str, float]:
        """What a score of each protocol weighs."""
        return AS_IT_COMES_WEIGHTS if self.as_is else PROTOCOL_WEIGHTS

    def hears(self, scale: str) -> bool:
        """Whether scores on a scale are of the way of use asked for."""
        return scale == (FROZEN if self.frozen_share == 1 else self.scale) or (
            scale == FROZEN and self.frozen_share > 0
        )


def target_of(profile: Profile, crossover: Crossover) -> Target:
    """The target of a task profile: its way of use decides which scale speaks.

    Frozen features, and all that is used as it comes, stand on the frozen scale. Trained
    weights stand on the tuned one with many rows, and the fewer rows there are the more on
    the frozen one: what few rows allow is a light head on good features.
    """
    as_is = profile.task in USED_AS_IT_COMES or profile.method == "as-is"
    share = 0.0
    if profile.task in WRITTEN_TASKS:
        scale = WRITTEN
    elif (as_is or profile.method == "frozen") and profile.task not in COME_WITH_THEIR_HEAD:
        scale = FROZEN
    else:
        scale = TUNED
        if profile.task in LIGHT_HEADED:
            share = crossover.frozen_share(profile.n_rows)
    return Target(
        task=profile.task,
        world=world_of(TASKS[profile.task].modality),
        scale=scale,
        languages=profile.languages,
        domain=profile.domain,
        as_is=as_is,
        frozen_share=share,
        text_alone=not as_is,
    )


def target_of_benchmark(benchmark: Benchmark, protocol: str, frozen_share: float = 0.0) -> Target:
    """A benchmark as a target, measured under a protocol.

    `frozen_share`: by its rows, as a profile's.
    """
    scale = scale_of(benchmark.task, protocol)
    few = scale == TUNED and benchmark.task in LIGHT_HEADED
    return Target(
        task=benchmark.task,
        world=world_of(benchmark.modality),
        scale=scale,
        frozen_share=frozen_share if few else 0.0,
        languages=benchmark.languages,
        domain=benchmark.domain,
        as_is=benchmark.task in USED_AS_IT_COMES,
    )


def similarity(benchmark: Benchmark | BenchmarkKind, target: Target) -> float:
    """How much a benchmark resembles the target, 0 to 1: a product of what they share.

    Training rows are not among it: with a benchmark counting 1/(1 + k·decades) for the decades
    between its rows and the target's, weighted tau is .634, .633 and .623 at k = 0, .25 and .75,
    and the regret of the first 1.66, 1.69 and 1.91. What few rows change is which scale speaks.
    """
    if world_of(benchmark.modality) != target.world:
        return 0.0
    weight = task_similarity(benchmark.task, target.task)
    if (
        benchmark.languages
        and target.languages
        and served_by(target.languages).isdisjoint(benchmark.languages)
    ):
        weight *= OTHER_LANGUAGE
    if target.domain is not None and benchmark.domain != target.domain:
        weight *= GENERAL_FOR_DOMAIN if benchmark.domain is None else OTHER_DOMAIN
    if target.domain is None and benchmark.domain is not None:
        weight *= DOMAIN_FOR_GENERAL
    return weight


@cache
def task_similarity(one: str, other: str) -> float:
    """1 for the same task, less for tasks that ask something else of a model."""
    if one == other:
        return 1.0
    if any(one in group and other in group for group in RELATED_TASKS):
        return RELATED
    return UNRELATED


# A score on the same task resembles the target from here on: in a shared language, and not of
# another domain where the target names one.
RESEMBLES = 0.6


# Classes told by their names alone are a task of their own, whatever the set was made for.
BY_NAME_ALONE = {
    "image-classification": "zero-shot-image-classification",
    "text-classification": "zero-shot-classification",
    "token-classification": "zero-shot-token-classification",
}


def resembles(benchmark: Benchmark | BenchmarkKind, protocol: str, target: Target) -> bool:
    """Whether a score on a benchmark is one of the target's task, used the same way.

    Where all others come pretrained, as for tables, what learns from the data alone is used so.
    """
    scale = scale_of(benchmark.task, protocol)
    alone = protocol == "from-scratch" and benchmark.task in USED_AS_IT_COMES
    asked = {benchmark.task}
    if protocol == "zero-shot":
        asked.add(BY_NAME_ALONE.get(benchmark.task, benchmark.task))
    # Who names no domain asks for none but the benchmark's: speech is what all of them recognise.
    named = target if target.domain is not None else replace(target, domain=benchmark.domain)
    alike = target.task in asked and similarity(benchmark, named) >= RESEMBLES
    return alike and (alone or target.hears(scale))
