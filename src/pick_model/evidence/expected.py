"""From published scores to the expected standing of a model on a task, with an interval.

The unit is the standard score: 0 is the average model of the evidence for that modality, 1 is
one spread better. A model's scores on other benchmarks are averaged with weights for how
much each resembles the task, and drawn towards what its size and year alone suggest.
"""

from __future__ import annotations

from math import log10, sqrt
from typing import NamedTuple

from pick_model.cost.ranges import Range
from pick_model.documents.catalog import Benchmark, Entry
from pick_model.documents.task import Profile
from pick_model.documents.tasks import TASKS
from pick_model.evidence.fit import Prior, backbone_size, release_year

Z90 = 1.645  # two-sided 90 % of a normal distribution

# How much a score tells about fine-tuning, by how it was come by. Set by hand: the order is
# that of what each lets the model learn, the back-test is to replace the numbers.
PROTOCOL_WEIGHTS = {
    "fine-tune": 1.0,
    "lora": 0.9,
    "linear-probe": 0.6,
    "few-shot": 0.4,
    "zero-shot": 0.3,
}
# Where a model is mostly used as it comes, scores without training are the direct evidence.
FROZEN_WEIGHTS = {
    "fine-tune": 0.4,
    "lora": 0.4,
    "linear-probe": 0.6,
    "few-shot": 0.8,
    "zero-shot": 1.0,
}
USED_AS_IT_COMES = frozenset(
    {
        "sentence-similarity",
        "feature-extraction",
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
    {"summarization", "translation", "text-generation"},
    {"image-classification", "image-feature-extraction", "zero-shot-image-classification"},
    {"object-detection", "image-segmentation"},
    {"image-text-retrieval", "zero-shot-image-classification", "image-to-text"},
    {"audio-classification", "speaker-verification"},
)
RELATED, UNRELATED = 0.5, 0.15
OTHER_LANGUAGE = 0.3
OTHER_DOMAIN, GENERAL_FOR_DOMAIN = 0.5, 0.7
OTHER_MODALITY = 0.3  # image against image-text: the same pictures, other uses


class Item(NamedTuple):
    """A model's standing on one benchmark under one protocol.

    Several sources' scores are averaged first: tables repeat each other, and a number told
    twice is not two measurements.
    """

    benchmark: str
    protocol: str
    z: float
    n_scores: int


class Weighted(NamedTuple):
    """An item and what it weighs for one task; `share` of the whole estimate, prior included."""

    item: Item
    weight: float
    share: float


class Expected(NamedTuple):
    """Expected standing on a task: mean and 90 % interval in standard scores."""

    z: Range
    prior: float
    prior_share: float
    basis: str  # published | prior
    items: tuple[Weighted, ...]


def similarity(benchmark: Benchmark, profile: Profile) -> float:
    """How much a benchmark resembles the task, 0 to 1: a product of what they share."""
    modality = TASKS[profile.task].modality
    if benchmark.modality == modality:
        weight = 1.0
    elif {benchmark.modality, modality} == {"image", "image-text"}:
        weight = OTHER_MODALITY
    else:
        return 0.0
    weight *= _task_similarity(benchmark.task, profile.task)
    if benchmark.languages and profile.languages:
        if not set(benchmark.languages) & set(profile.languages):
            weight *= OTHER_LANGUAGE
    if profile.domain is not None and benchmark.domain != profile.domain:
        weight *= GENERAL_FOR_DOMAIN if benchmark.domain is None else OTHER_DOMAIN
    if benchmark.n_rows:
        # A tenfold difference in training rows counts for a fifth less.
        weight /= 1 + 0.25 * abs(log10(benchmark.n_rows / max(profile.n_rows, 1)))
    return weight


def _task_similarity(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if any(one in group and other in group for group in RELATED_TASKS):
        return RELATED
    return UNRELATED


def weights_for(benchmarks: dict[str, Benchmark], profile: Profile) -> dict[str, float]:
    """Similarity of every benchmark to the task, computed once a run."""
    return {name: similarity(benchmark, profile) for name, benchmark in benchmarks.items()}


def expected_score(
    entry: Entry,
    items: list[Item],
    similarities: dict[str, float],
    prior: Prior | None,
    noise: float,
    task: str,
) -> Expected:
    """The expected standing of `entry` on the task the similarities were made for.

    A normal model: the prior N(m, t²) and each score N(ability, noise²) with its weight as a
    fraction of an observation; the interval is for a new benchmark, so it keeps one noise².
    """
    centre, spread = _prior_of(entry, prior)
    protocol_weights = FROZEN_WEIGHTS if task in USED_AS_IT_COMES else PROTOCOL_WEIGHTS
    weighted = []
    for item in items:
        weight = similarities.get(item.benchmark, 0.0) * protocol_weights[item.protocol]
        if weight > 0:
            weighted.append((item, weight))
    precision = 1 / spread**2
    total = precision + sum(w for _, w in weighted) / noise**2
    mean = centre * precision / total
    mean += sum(w * item.z for item, w in weighted) / noise**2 / total
    half = Z90 * sqrt(1 / total + noise**2)
    return Expected(
        z=Range(mean, mean - half, mean + half),
        prior=centre,
        prior_share=precision / total,
        basis="published" if weighted else "prior",
        items=tuple(Weighted(i, w, w / noise**2 / total) for i, w in weighted),
    )


def _prior_of(entry: Entry, prior: Prior | None) -> tuple[float, float]:
    """Mean and spread of the ability that size and year suggest.

    What is unknown is left at the average and widens the spread. A model trained from
    nothing has no ability to bring: it starts two spreads below, where the scale ends.
    """
    if prior is None:
        return 0.0, 1.0
    if not entry.pretrained and entry.modality != "items":
        return -2.0, prior.spread
    mean, variance = prior.intercept, prior.spread**2
    size, year = backbone_size(entry), release_year(entry)
    if size is None:
        variance = max(variance, prior.spread_without_parameters**2)
    else:
        mean += prior.per_decade_of_parameters * (size - prior.mean_log10_parameters)
    if year is not None:
        mean += prior.per_year * (year - prior.mean_year)
    return mean, sqrt(variance)
