"""What models scored on other data of the user's, as tables of the source that the task is of.

A score on other data says nothing of how hard the task is, but which models do well where this
one will be trained: published tables of one source agree with each other as with no other's, and
between two data sets of one table the ranks of models correlate by .62 (the mean over 48 tables
of fine-tuned text, weighed by the root of their pairs; `ev-transfergraph` .5, by LoRA .42, and
.63 and .65 with all of its 150 models).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import exp
from typing import NamedTuple

from msgspec import Struct

from pick_model.belief.expected import Z90, Numbering, Outlook, Standing
from pick_model.belief.joint import KIND, Marginal, covariance
from pick_model.belief.level import Level
from pick_model.belief.rows import scale_of
from pick_model.belief.similarity import BenchmarkKind, Target
from pick_model.belief.source_tables import Own
from pick_model.belief.spreads import FIRM, Usual, drawn
from pick_model.belief.ways import normal_scores, spread_of
from pick_model.interval import Interval
from pick_model.vocabulary.uses import PROTOCOL_OF_METHOD, YOURS

LEAST = 2  # models of a data set: one alone tells how hard that is


class OtherResult(Struct, frozen=True):
    """A model fine-tuned on other data than the task's, by the same user."""

    entry: str  # id in the catalog
    metric: str
    method: str
    score: Interval  # 90 %, of a full fine-tune
    kind: str  # of labels
    digest: str  # sha256 of the data
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


def own_data(
    results: Iterable[OtherResult],
    outlook: Outlook,
    method: str,
    member: Callable[[str], Marginal],
    level: Callable[[str], Level | None],
) -> OwnData | None:
    """Where the user's other results stand; None where no two can be compared.

    method: how the task's model is to be trained. member: what published scores let expect of an
    entry on the task. level: what a standing scores in a metric. Data of the same kind is taken to
    be in the task's languages, of no domain.
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
        scale, of_metric = outlook.scales.get(scale_of(task, protocol)), level(some[0].metric)
        if len(some) < LEAST or scale is None or of_metric is None:
            continue
        if protocol not in protocols:
            protocols.append(protocol)
        place = len(benchmarks), protocols.index(protocol), number
        benchmarks.append(BenchmarkKind(task, target.world, None, target.languages))
        members = [member(one.entry) for one in some]
        of_mean = variance_of_mean(members)
        for one, (z, error) in zip(some, placed(some, members, of_metric), strict=True):
            weight = scale.variances.rest / (scale.variances.rest + error)
            found[one.entry].append(OwnScore(one, (*place, z, weight, 1)))
            unsure[one.entry].append(of_mean)
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
    to the scale that is usual for the metric, at the normal scores of their ranks. (By their own
    distances one data set told adds .06 to tau, not .08, and a point more is lost by a tenth.)
    """
    n, link = len(some), level.link
    u = [link.of(one.score.value) for one in some]
    errors = [(link.half_width(one.score) / Z90) ** 2 for one in some]
    middle, expected = sum(u) / n, sum(m.mean for m in members) / n
    shared = 2 * _shared(members) / (n * (n - 1))
    spread = spread_of([m.mean for m in members], [m.sd**2 for m in members], shared)
    squares = sum((x - middle) ** 2 for x in u)
    apart = max(squares / (n - 1) - sum(errors) / n, 0.0)
    scale2 = drawn(apart / spread**2, n, Usual(exp(2 * level.log_scale), FIRM))
    unit = (squares / n / scale2) ** 0.5
    at = normal_scores(u) if unit else u
    middle = sum(at) / n  # not 0 where scores are equal
    return [
        (expected + unit * (x - middle), error / scale2)
        for x, error in zip(at, errors, strict=True)
    ]


def variance_of_mean(members: Sequence[Marginal]) -> float:
    """Of the place of models that were compared with each other alone.

    Beside models of their kind, for what all of a kind share sets none of them apart.
    """
    n, own = len(members), sum(m.sd**2 for m in members)
    return max((own + 2 * _shared(members)) / n**2 - KIND * own / n, 0.0)


def _shared(members: Sequence[Marginal]) -> float:
    """The sum of the covariances of all pairs."""
    return sum(covariance(a, b) for k, a in enumerate(members) for b in members[:k])
