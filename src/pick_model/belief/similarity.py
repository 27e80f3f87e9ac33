"""How much a benchmark resembles a task, and how much a score tells about the way of use."""

from __future__ import annotations

from math import log10
from typing import NamedTuple

from pick_model.belief.rows import FROZEN, TUNED, WRITTEN, WRITTEN_TASKS, scale_of, world_of
from pick_model.documents.catalog import Benchmark
from pick_model.documents.profile import Profile
from pick_model.vocabulary.languages import served_by
from pick_model.vocabulary.tasks import TASKS

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
}
# Where models are mostly used as they come, scores without any training are the direct ones.
AS_IT_COMES_WEIGHTS = {**PROTOCOL_WEIGHTS, "zero-shot": 1.0, "linear-probe": 0.8}
USED_AS_IT_COMES = frozenset(
    {
        "sentence-similarity",
        "feature-extraction",
        "text-ranking",
        "zero-shot-token-classification",
        "time-series-forecasting",
        "tabular-classification",
        "tabular-regression",
        "image-feature-extraction",
        "zero-shot-classification",
        "zero-shot-image-classification",
        "image-text-retrieval",
        "text-to-image",
        "text-to-audio",
    }
)
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
    {"audio-classification", "speaker-verification"},
)
# What a score on another task counts against one on the same: half inside such a group, and
# elsewhere as much as is heard where nothing nearer is. Set by hand, for the back-test hardly
# tells: weighted tau .658, .660 and .665 with RELATED at .25, .5 and .75; .659, .660 and .660
# with UNRELATED at .05, .15 and .4, where the regret of the first grows by 5 %.
RELATED, UNRELATED = 0.5, 0.15
# Set by hand in the same steps, and not tuned: another language tells as little as an unrelated
# task, another domain as much as a related one, general text a little more.
OTHER_LANGUAGE = 0.15
OTHER_DOMAIN, GENERAL_FOR_DOMAIN = 0.5, 0.7
# A tenfold difference in training rows counts for a fifth less, and an unknown one as tenfold.
# Set by hand.
PER_DECADE_OF_ROWS = 0.25
UNKNOWN_DECADES = 1.0


class Target(NamedTuple):
    """What standings are expected on: a task, or in the back-test a benchmark."""

    task: str
    world: str
    scale: str
    languages: tuple[str, ...]
    domain: str | None
    n_rows: int | None
    source: str | None = None  # who measures, and how: their scores so come by share what
    protocol: str | None = None  # is their table's

    @property
    def protocols(self) -> dict[str, float]:
        """What a score of each protocol weighs."""
        return AS_IT_COMES_WEIGHTS if self.task in USED_AS_IT_COMES else PROTOCOL_WEIGHTS


def target_of(profile: Profile) -> Target:
    """The target of a task profile."""
    if profile.task in WRITTEN_TASKS:
        scale = WRITTEN
    else:
        scale = FROZEN if profile.task in USED_AS_IT_COMES else TUNED
    return Target(
        task=profile.task,
        world=world_of(TASKS[profile.task].modality),
        scale=scale,
        languages=profile.languages,
        domain=profile.domain,
        n_rows=profile.n_rows,
    )


def target_of_benchmark(benchmark: Benchmark, protocol: str, source: str | None) -> Target:
    """A benchmark as a target, measured under a protocol by a source (None: by anybody)."""
    return Target(
        task=benchmark.task,
        world=world_of(benchmark.modality),
        scale=scale_of(benchmark.task, protocol),
        languages=benchmark.languages,
        domain=benchmark.domain,
        n_rows=benchmark.n_rows,
        source=source,
        protocol=protocol,
    )


def similarity(benchmark: Benchmark, target: Target) -> float:
    """How much a benchmark resembles the target, 0 to 1: a product of what they share."""
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
    decades = UNKNOWN_DECADES
    if benchmark.n_rows and target.n_rows:
        decades = abs(log10(benchmark.n_rows / target.n_rows))
    return weight / (1 + PER_DECADE_OF_ROWS * decades)


def task_similarity(one: str, other: str) -> float:
    """1 for the same task, less for tasks that ask something else of a model."""
    if one == other:
        return 1.0
    if any(one in group and other in group for group in RELATED_TASKS):
        return RELATED
    return UNRELATED
