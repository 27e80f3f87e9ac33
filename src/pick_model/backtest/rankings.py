"""Simple ways to rank models, which advice has to beat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt

from pick_model.belief.facts import release_year
from pick_model.belief.pretraining_data import data_seen
from pick_model.belief.rows import Group
from pick_model.documents.catalog import Entry

# Full fine-tuning keeps 16 bytes a parameter (weights, gradients and AdamW's two moments in
# 32 bits) before any activation; half of a 16 GiB card for them leaves room for a batch.
LARGEST_THAT_FITS = 8 * 2**30 / 16

BASELINES = (
    "static prior",
    "static prior, all sources",
    "most parameters",
    "largest that fits",
    "newest",
    "most data",
    "random",
)


def predictions(name: str, entries: Sequence[Entry], group: Group, history: History) -> list[float]:
    """What a baseline predicts for the models of a group; higher is better."""
    if name == "static prior" and any(history.in_table(entry.id, group) for entry in entries):
        return [history.in_table(entry.id, group) for entry in entries]
    if name.startswith("static prior"):
        return [history.anywhere(entry.id, group) for entry in entries]
    if name == "most parameters":
        return [float(entry.n_parameters or 0) for entry in entries]
    if name == "largest that fits":
        sizes = [float(entry.n_parameters or 0) for entry in entries]
        return [size if size <= LARGEST_THAT_FITS else -size for size in sizes]
    if name == "newest":
        return [release_year(entry) or 0.0 for entry in entries]
    if name == "most data":
        seen = [data_seen((entry,)) for entry in entries]
        return [data[1].value if data else 0.0 for data in seen]
    return [0.0] * len(entries)


class History:
    """Mean standardised scores on what is not hidden: the static prior.

    Scores are standardised inside their group and averaged with equal weight, inside the
    table of the group to predict where that has others, or over all tables of its kind; a
    model without any other score stands at 0, the average.
    """

    def __init__(self, groups: Sequence[Group], world: Mapping[str, str]) -> None:
        self._world = world
        self._table: dict[tuple[str, str, str], list[float]] = defaultdict(list)
        self._all: dict[tuple[str, str, str], list[float]] = defaultdict(list)
        for group in groups:
            scores = [member.score for member in group.members]
            mean = sum(scores) / len(scores)
            spread = sqrt(sum((s - mean) ** 2 for s in scores) / len(scores))
            for member in group.members:
                z = (member.score - mean) / spread
                self._table[member.entry, group.source, group.protocol].append(z)
                self._all[member.entry, world[group.benchmark], group.protocol].append(z)

    def in_table(self, entry: str, group: Group) -> float:
        """Mean over the table's other benchmarks, under the same protocol."""
        found = self._table.get((entry, group.source, group.protocol))
        return sum(found) / len(found) if found else 0.0

    def anywhere(self, entry: str, group: Group) -> float:
        """Mean over all benchmarks of the modality, under the same protocol."""
        found = self._all.get((entry, self._world[group.benchmark], group.protocol))
        return sum(found) / len(found) if found else 0.0
