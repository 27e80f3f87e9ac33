"""Published scores that tell of something else than what the model does on new data.

Five rules, the same for every table. Three tell runs that went wrong. They look at the skill of
a score, its height over chance as a share of its group's median, and at what the model does on
other data sets:

- at-chance: next to no skill where the median has some, from a model that has half of the
  median's elsewhere. Not where nothing is trained: a prompt may fail where a head would not, and
  that is worth knowing. Nor where the data are in a language the model does not know.
- collapsed: fully trained, and a third of the median's skill at most, far outside the group's
  spread, from a model that is not weak elsewhere.
- set-up: all that a model was trained to in a set-up under which it collapsed on two data sets:
  the learning rate that suited the others did not suit it.
- seen: the model was trained on the data set, and the others were not (see `seen`).
- untold: so says its place where many are known to be trained (see `untold`), though nobody does.

Scores of errors and of unbounded metrics have no level of chance, so nothing is said of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Literal, NamedTuple

from pick_model.belief.copies import same_data
from pick_model.belief.facts import is_foreign
from pick_model.belief.rows import Group, by_scale, gather, set_up
from pick_model.belief.seen import seen
from pick_model.belief.spreads import MAD
from pick_model.belief.untold import untold
from pick_model.documents.catalog import Benchmark, Entry, Score
from pick_model.vocabulary import uses
from pick_model.vocabulary.metrics import METRICS

Rule = Literal["at-chance", "collapsed", "set-up", "seen", "untold"]

# Set by hand, and looked at on what they find: of 21,320 scores 11 at chance, 7 collapsed and 20
# more of the two models (BEiT, at one learning rate for all) whose set-up did not suit them.
NO_SKILL, SOME_SKILL, COLLAPSED_SKILL = 0.02, 0.5, 1 / 3
LEARNT = 0.25  # of the way from chance to 1, before a median has skill
FAR, WEAK = -3.0, -1.5  # in robust spreads of the group from its median
LEAST = 3  # of two scores either may be the broken one
FAILED_SETS = 2
# Metrics in which guessing among n labels gets 1/n.
BY_LABELS = frozenset({"accuracy", "micro_f1", "macro_f1", "weighted_f1", "recall"})


class BrokenScore(NamedTuple):
    """One score left out, and by which rule."""

    position: int  # in the evidence table
    rule: Rule


class _Result(NamedTuple):
    """One score as the rules see it."""

    position: int
    row: Score
    skill: float  # 0 at chance, 1 at the group's median
    z: float  # robust spreads from the median
    hard: bool  # the median is hardly above chance


def broken_runs(
    rows: Sequence[Score], entries: Mapping[str, Entry], benchmarks: Mapping[str, Benchmark]
) -> list[BrokenScore]:
    """The scores that the rules leave out, in the order of the table."""
    data = same_data(rows)
    found: dict[int, Rule] = {}
    for some in by_scale(enumerate(rows), benchmarks).values():
        results = [
            result
            for group in gather(some, benchmarks)
            if len(group.members) >= LEAST
            for result in _results(group, rows, benchmarks)
        ]
        for result, rule in _suspects(results):
            benchmark = benchmarks[result.row.benchmark]
            foreign = is_foreign(entries[result.row.entry], benchmark.languages)
            skill, z = _elsewhere(result, results, data)
            if (rule == "at-chance" and skill >= SOME_SKILL and not foreign) or (
                rule == "collapsed" and z >= WEAK
            ):
                found[result.position] = rule
    for position in _of_failed_set_ups(found, rows, data):
        found.setdefault(position, "set-up")
    known = set(seen(rows, entries))
    for position in known:
        found.setdefault(position, "seen")
    for some in by_scale(enumerate(rows), benchmarks).values():
        for position in untold(gather(some, benchmarks), data, known):
            found.setdefault(position, "untold")
    return [BrokenScore(position, rule) for position, rule in sorted(found.items())]


def sound(
    rows: Sequence[Score], entries: Mapping[str, Entry], benchmarks: Mapping[str, Benchmark]
) -> list[tuple[int, Score]]:
    """The scores that no rule leaves out, with their positions."""
    left_out = {one.position for one in broken_runs(rows, entries, benchmarks)}
    return [(position, row) for position, row in enumerate(rows) if position not in left_out]


def sound_groups(
    rows: Sequence[Score], entries: Mapping[str, Entry], benchmarks: Mapping[str, Benchmark]
) -> dict[tuple[str, str], list[Group]]:
    """The groups of each (world, scale), without the scores that a rule leaves out."""
    scaled = by_scale(sound(rows, entries, benchmarks), benchmarks)
    found = {key: gather(some, benchmarks) for key, some in scaled.items()}
    return {key: groups for key, groups in found.items() if groups}


def _results(
    group: Group, rows: Sequence[Score], benchmarks: Mapping[str, Benchmark]
) -> Iterable[_Result]:
    metric = METRICS.get(group.metric)
    if metric is None or metric.lower or metric.high is None:
        return
    chance = chance_of(benchmarks[group.benchmark], group.metric)
    middle = median(member.score for member in group.members)
    spread = MAD * median(abs(member.score - middle) for member in group.members)
    if middle <= chance or spread <= 0:
        return  # nobody learns this, or all but a few do equally well
    for member in group.members:
        yield _Result(
            member.position,
            rows[member.position],
            (member.score - chance) / (middle - chance),
            (member.score - middle) / spread,
            middle - chance < LEARNT * (1 - chance),
        )


def chance_of(benchmark: Benchmark, metric: str) -> float:
    """What guessing gets: the metric's own, one in so many labels, or nothing."""
    known = METRICS[metric].chance
    if known is not None:
        return known
    return 1 / benchmark.n_labels if metric in BY_LABELS and benchmark.n_labels else 0.0


def _suspects(results: Sequence[_Result]) -> Iterable[tuple[_Result, Rule]]:
    """What a rule leaves out unless the model's other scores explain it."""
    for result in results:
        tuned = result.row.protocol in uses.TUNED
        if tuned and result.skill <= COLLAPSED_SKILL and result.z <= FAR:
            yield result, "collapsed"
        elif result.row.protocol != "zero-shot" and result.skill <= NO_SKILL and not result.hard:
            yield result, "at-chance"


def _elsewhere(
    result: _Result, results: Sequence[_Result], data: Mapping[str, str]
) -> tuple[float, float]:
    """Median skill and place of a result's model on other data sets; the usual where none is."""
    others = [
        one
        for one in results
        if one.row.entry == result.row.entry
        and data[one.row.benchmark] != data[result.row.benchmark]
    ]
    if not others:
        return 1.0, 0.0
    return median(one.skill for one in others), median(one.z for one in others)


def _of_failed_set_ups(
    found: Mapping[int, Rule], rows: Sequence[Score], data: Mapping[str, str]
) -> Iterable[int]:
    """Positions of all scores of the models and set-ups that failed on several data sets."""

    def key(row: Score) -> tuple[str, ...]:
        return row.entry, row.source, row.protocol, set_up(row)

    failed: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for position, rule in found.items():
        if rule == "collapsed":
            failed[key(rows[position])].add(data[rows[position].benchmark])
    for position, row in enumerate(rows):
        if row.protocol in uses.TUNED and len(failed.get(key(row), ())) >= FAILED_SETS:
            yield position
