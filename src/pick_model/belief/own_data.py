"""What models scored on other data of the user's, as tables of the source that the task is of.

A score on other data says nothing of how hard the task is, but which models do well where this
one will be trained. Replayed on 30 published tables of fine-tuned text, each as if it were a
user's, weighted tau rises from .54 to .62 with one other data set told, .65 with three and .68 with
all (`tests/benchmarks/other_data.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import exp
from typing import NamedTuple

from msgspec import Struct

from pick_model.belief.expected import Z90
from pick_model.belief.joint import KIND, Marginal, covariance, marginal
from pick_model.belief.level import Level, link_of
from pick_model.belief.outlook import Numbering, Outlook, Standing
from pick_model.belief.rows import scale_of, world_of
from pick_model.belief.similarity import BenchmarkKind, Target
from pick_model.belief.source_tables import Own
from pick_model.belief.spreads import FIRM, Usual, drawn
from pick_model.belief.ways import normal_scores
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.interval import Interval
from pick_model.vocabulary.tasks import TASKS
from pick_model.vocabulary.uses import PROTOCOL_OF_METHOD, YOURS

LEAST = 2  # models of a data set: one alone tells how hard that is


class OtherResult(Struct, frozen=True):
    """A model fine-tuned on other data than the task's, by the same user."""

    entry: str  # id in the catalog
    metric: str
    method: str
    score: Interval  # 90 %, of a full fine-tune
    kind: str  # of labels
    digest: str  # sha256 of the data, and the column foretold
    data: str  # what its file is called


class OwnScore(NamedTuple):
    """One of the user's other results, where it stands."""

    result: OtherResult
    standing: Standing


class OwnData(NamedTuple):
    """The user's other results as scores of a source of their own."""

    numbering: Numbering  # the published one, and what is new
    own: Own
    scores: Mapping[str, Sequence[OwnScore]]  # by entry

    def standings(self, entry: str) -> list[Standing]:
        return [one.standing for one in self.scores.get(entry, ())]

    @property
    def results(self) -> list[OtherResult]:
        return [one.result for some in self.scores.values() for one in some]


def tells_of(profile: Profile, entry: Entry, metric: str) -> bool:
    """Whether a result of a model on other data can say anything of a task."""
    worlds = {world_of(entry.modality), world_of(TASKS[profile.task].modality)}
    return profile.method in PROTOCOL_OF_METHOD and len(worlds) == 1 and link_of(metric) is not None


def own_data(
    results: Iterable[OtherResult],
    outlook: Outlook,
    method: str,
    lineage: Callable[[str], Sequence[Entry]],
    level: Callable[[str], Level | None],
) -> OwnData | None:
    """Where the user's other results stand; None where no two can be compared.

    outlook: what published scores let expect on the task. method: how its model is to be trained.
    lineage: of an entry's id. level: what a standing scores in a metric. Data of the same kind is
    taken to be in the task's languages, of no domain.
    """
    target, numbering = outlook.target, outlook.numbering
    protocols, benchmarks = list(numbering.protocols), list(numbering.benchmarks)
    number = len(numbering.sources)
    by_data: dict[str, list[OtherResult]] = defaultdict(list)
    for one in results:
        by_data[one.digest].append(one)
    found: dict[str, list[OwnScore]] = defaultdict(list)
    unsure: dict[str, list[float]] = defaultdict(list)
    for some in by_data.values():
        task, protocol = task_of(some[0].kind, target), PROTOCOL_OF_METHOD[some[0].method]
        main, of_metric = scale_of(task, protocol), level(some[0].metric)
        if len(some) < LEAST or main not in outlook.scales or of_metric is None:
            continue
        if protocol not in protocols:
            protocols.append(protocol)
        place = len(benchmarks), protocols.index(protocol), number
        benchmarks.append(BenchmarkKind(task, target.world, None, target.languages))
        lines = [lineage(one.entry) for one in some]
        members = [marginal(line, outlook.on_scale(line, main).z) for line in lines]
        rest = outlook.scales[main].variances.rest
        for one, line, member, (z, error) in zip(
            some, lines, members, placed(some, members, of_metric), strict=True
        ):
            told = z - outlook.of_the_task(line, main)
            score = OwnScore(one, (*place, told, rest / (rest + error), 1))
            found[one.entry].append(score)
            unsure[one.entry].append(variance_of_mean(members, member))
    if not found:
        return None
    known = Numbering(benchmarks, protocols, [*numbering.sources, YOURS])
    means = {name: sum(some) / len(some) for name, some in unsure.items()}
    return OwnData(known, Own(number, PROTOCOL_OF_METHOD[method], means), found)


def task_of(kind: str, target: Target) -> str:
    """The task of data with labels of a kind, of the target's modality."""
    return "token-classification" if kind == "tokens" else f"{target.world}-classification"


def placed(
    some: Sequence[OtherResult], members: Sequence[Marginal], level: Level
) -> list[tuple[float, float]]:
    """Standing and variance of its error of each model of one data set.

    Their mean is where it is expected, and they are apart by as much as is expected of them, drawn
    to the scale that is usual for the metric, at the normal scores of their ranks. (At their own
    distances one data set told added .06 to tau, not .08, and the first lost .1 points more.) A
    score counts for mean and spread by how sure it is.
    """
    n, link = len(some), level.link
    u = [link.of(one.score.value) for one in some]
    errors = [(link.half_width(one.score) / Z90) ** 2 for one in some]
    expected = sum(m.mean for m in members) / n
    shared = 2 * _shared(members) / (n * (n - 1))
    spread2 = sum((m.mean - expected) ** 2 for m in members) / (n - 1)
    spread2 += max(sum(m.sd**2 for m in members) / n - shared, 1e-6)
    usual = exp(2 * level.log_scale)
    sure = [1 / (usual * spread2 + error) for error in errors]
    total = sum(sure)
    middle = sum(w * x for w, x in zip(sure, u, strict=True)) / total
    apart = sum(
        w * ((x - middle) ** 2 * n / (n - 1) - error)
        for w, x, error in zip(sure, u, errors, strict=True)
    )
    apart = max(apart / total, 0.0)
    scale2 = drawn(apart / spread2, n, Usual(usual, FIRM))
    unit = (apart * (n - 1) / n / scale2) ** 0.5
    at = normal_scores(u)
    middle = sum(at) / n  # not 0 where scores are equal
    return [
        (expected + unit * (x - middle), error / scale2)
        for x, error in zip(at, errors, strict=True)
    ]


def variance_of_mean(members: Sequence[Marginal], one: Marginal) -> float:
    """Of the place of models that were compared with each other alone, beside one's kind.

    What all of a kind share sets none of them apart, so it is taken off as far as the mean has it.
    """
    n = len(members)
    mean = (sum(m.sd**2 for m in members) + 2 * _shared(members)) / n**2
    kin = sum(m.sd for m in members if m.kind == one.kind) / n
    return mean - 2 * KIND * one.sd * kin + KIND * one.sd**2


def _shared(members: Sequence[Marginal]) -> float:
    """The sum of the covariances of all pairs."""
    return sum(covariance(a, b) for k, a in enumerate(members) for b in members[:k])
