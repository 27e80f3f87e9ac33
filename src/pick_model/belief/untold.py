"""Models whose own scores say that they were trained on what others are known to be trained on.

Makers do not tell all that they trained on. Where many models are known to have been trained on a
data set, whoever was, and does not tell, stands higher there than on data sets that hardly anyone
is known to have been trained on, and by far more than such places usually differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from pick_model.belief.rows import Group
from pick_model.belief.spreads import MAD
from pick_model.catalog.leaks import UNTRAINED

# Set by hand, and looked at on what they find. Of 75 models with enough few-shot scores of texts
# the places differ by .08 in the median, with a spread of .33; five lie over three spreads from
# it: both jina-v5 (2.8 and 2.5), SFR-2 (1.9), silma and jina-v3 (1.4). Of 94 with enough searches
# four do.
POPULAR, CLEAN = 0.08, 0.03  # of a data set's models known to be trained on it
LEAST_MODELS = 10  # of a group, before a place in it is told
LEAST_POPULAR, LEAST_CLEAN = 5, 8  # data sets of a model
LEAST_COMPARED = 20  # models, before some lie far from the rest
FAR = 3.0  # robust spreads


class _Place(NamedTuple):
    """One score's place in its group: robust spreads above the median of who is not known to
    have seen the data set."""

    position: int  # in the evidence table
    entry: str
    data: str
    z: float


def untold(
    groups: Sequence[Group], data: Mapping[str, str], seen: Collection[int]
) -> Iterator[int]:
    """Positions of the scores that models owe to training which nobody tells of.

    `groups`: those of one scale. `data`: the data set of each benchmark. `seen`: positions of
    scores of models that are known to have been trained on the data set.
    """
    by_use: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for group in groups:
        if group.protocol in UNTRAINED and len(group.members) >= LEAST_MODELS:
            by_use[group.task, group.protocol].append(group)
    for some in by_use.values():
        yield from _of_one_use(some, data, seen)


def _of_one_use(
    groups: Sequence[Group], data: Mapping[str, str], seen: Collection[int]
) -> Iterator[int]:
    share = _shares(groups, data, seen)
    popular: dict[str, list[_Place]] = defaultdict(list)
    clean: dict[str, list[_Place]] = defaultdict(list)
    for group in groups:
        for place in _places(group, data[group.benchmark], seen):
            if share[place.data] >= POPULAR:
                popular[place.entry].append(place)
            elif share[place.data] < CLEAN:
                clean[place.entry].append(place)
    above, higher = {}, {}
    for entry, found in popular.items():
        there, elsewhere = _by_data(found), _by_data(clean.get(entry, ()))
        if len(there) >= LEAST_POPULAR and len(elsewhere) >= LEAST_CLEAN:
            above[entry] = median(there)
            higher[entry] = above[entry] - median(elsewhere)
    if len(higher) < LEAST_COMPARED:
        return
    usual = median(higher.values())
    spread = MAD * median(abs(by - usual) for by in higher.values())
    for entry, by in higher.items():
        if above[entry] > 0 and by - usual > FAR * spread:
            yield from (place.position for place in popular[entry])


def _shares(
    groups: Sequence[Group], data: Mapping[str, str], seen: Collection[int]
) -> dict[str, float]:
    """Of each data set's scores, the share of models known to have been trained on it."""
    known: dict[str, list[bool]] = defaultdict(list)
    for group in groups:
        known[data[group.benchmark]] += [member.position in seen for member in group.members]
    return {name: sum(some) / len(some) for name, some in known.items()}


def _places(group: Group, data: str, seen: Collection[int]) -> Iterator[_Place]:
    others = [member for member in group.members if member.position not in seen]
    if len(others) < 2:
        return
    middle = median(member.score for member in others)
    spread = MAD * median(abs(member.score - middle) for member in others)
    if spread > 0:
        for member in others:
            z = (member.score - middle) / spread
            yield _Place(member.position, member.entry, data, z)


def _by_data(places: Sequence[_Place]) -> list[float]:
    """The median place on each data set."""
    found: dict[str, list[float]] = defaultdict(list)
    for place in places:
        found[place.data].append(place.z)
    return [median(some) for some in found.values()]
