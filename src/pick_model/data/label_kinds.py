"""The kinds of labels, as a data file holds them: one class a kind.

What a kind's loss is stands in `encoders/objective.py`, how its logits are decided and what
its trivial baselines are in `measure/probe/predictors.py`; how its predictions are scored in
`measure/probe/metrics.py`. A new kind is one class in the first three and metrics.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import pstdev
from typing import Any, Protocol, cast

from pick_model.data.dataset import LabelKind
from pick_model.data.entities import entities, entity_type, has_entities, parted
from pick_model.data.labels import Label, Survey, as_number, parts_of

# Quantile bins of a regression target: enough to keep its distribution, few enough that
# a small file has several rows in each.
_BINS = 10
_ROWS_A_BIN = 4


class KindOfLabel(Protocol):
    """What reading, counting and splitting rows must know of their labels."""

    name: LabelKind
    named: bool = True  # labels are places in a list of names, and not numbers
    exclusive: bool = False  # a row has exactly one of the names
    several: bool = False  # a row can list any number of names
    by_word: bool = False  # labels belong to words, and not to whole rows

    def space(self, survey: Survey, _tags: Counter[str]) -> tuple[str, ...]:
        """The label names that indices refer to, in a stable order; () for numbers."""
        return _ordered(tuple(survey.part_counts()))

    @abstractmethod
    def encode(self, label: Label, place: Callable[[str], int]) -> object:
        """A row's label as `Dataset.labels` holds it; `place` gives a name's index."""

    def indices(self, label: Any) -> tuple[int, ...]:
        """The places in the list of names that a row's encoded label holds."""
        return cast("tuple[int, ...]", label)

    def traits(self, labels: Sequence[Any], names: Sequence[str]) -> list[tuple[str, ...]]:
        """What each row has that a split keeps in proportion; ("",) of a row without labels."""
        return [tuple(names[i] for i in self.indices(label)) or ("",) for label in labels]

    def counts(self, labels: Sequence[Any], names: Sequence[str]) -> Counter[str]:
        """Rows of each label."""
        found = Counter(dict.fromkeys(names, 0))
        found.update(names[i] for label in labels for i in self.indices(label))
        return found

    def contradiction(self, _labels: Sequence[Any]) -> Callable[[list[Any]], bool]:
        """Given the labels of all rows, whether those of one text contradict each other."""
        return lambda some: len(set(some)) > 1

    def evidence(self, survey: Survey, _tags: Counter[str], known: int) -> tuple[int, int, str]:
        """Labels to learn from, how many different ones they are of, and what is counted."""
        return survey.n, known, "rows"

    def scored_as(self, _names: Sequence[str]) -> str:
        """The family of metrics (`vocabulary.metrics`) that suits these labels."""
        return self.name


class SingleLabel(KindOfLabel):
    """One class a row: an index."""

    name = "single-label"
    exclusive = True

    def encode(self, label: Label, place: Callable[[str], int]) -> object:
        return place(cast(str, label))

    def indices(self, label: Any) -> tuple[int, ...]:
        return (label,)


class MultiLabel(KindOfLabel):
    """Any number of labels a row: a sorted tuple of indices."""

    name = "multi-label"
    several = True

    def encode(self, label: Label, place: Callable[[str], int]) -> object:
        return tuple(sorted(place(part) for part in parts_of(label)))

    def evidence(self, survey: Survey, _tags: Counter[str], known: int) -> tuple[int, int, str]:
        return survey.part_counts().total(), known, "labels"


class Regression(KindOfLabel):
    """A number a row: a float."""

    name = "regression"
    named = False

    def space(self, _survey: Survey, _tags: Counter[str]) -> tuple[str, ...]:
        return ()

    def encode(self, label: Label, _place: Callable[[str], int]) -> object:
        return float(cast(str, label))  # decide_kind has seen that it is one

    def traits(self, labels: Sequence[Any], _names: Sequence[str]) -> list[tuple[str, ...]]:
        """The quantile bin of each number; equal numbers share a bin."""
        ranked = sorted(labels)
        n_bins = max(1, min(_BINS, len(labels) // _ROWS_A_BIN))
        edges = sorted({ranked[len(ranked) * i // n_bins] for i in range(1, n_bins)})
        return [(f"{bisect_right(edges, value):02d}",) for value in labels]

    def counts(self, _labels: Sequence[Any], _names: Sequence[str]) -> Counter[str]:
        return Counter()

    def contradiction(self, labels: Sequence[Any]) -> Callable[[list[Any]], bool]:
        """Further apart than one standard deviation of the whole column."""
        apart = pstdev(labels)
        return lambda some: max(some) - min(some) > apart


class Tokens(KindOfLabel):
    """One tag a word: a tuple of indices."""

    name = "tokens"
    by_word = True

    def space(self, _survey: Survey, tags: Counter[str]) -> tuple[str, ...]:
        """Tags that mark spans (B-time, I-time) are completed: each entity type gets every
        prefix that occurs, since a tag that only the evaluation file has is still a tag of
        that type."""
        return _ordered(tuple(_completed(tags)))

    def encode(self, label: Label, place: Callable[[str], int]) -> object:
        return tuple(place(tag) for tag in label)

    def traits(self, labels: Sequence[Any], names: Sequence[str]) -> list[tuple[str, ...]]:
        """The entity types of each row's words."""
        types = [entity_type(name) for name in names]
        found = [sorted({t for index in row if (t := types[index]) is not None}) for row in labels]
        return [tuple(row) or ("",) for row in found]

    def counts(self, labels: Sequence[Any], names: Sequence[str]) -> Counter[str]:
        """A span of tags counts once, at its beginning; O does not count."""
        found, spans = Counter[str](), has_entities(names)
        for row in labels:
            tags = [names[index] for index in row]
            plain = (tag for tag in tags if tag != "O")
            found.update((of for of, _, _ in entities(tags)) if spans else plain)
        return found

    def evidence(self, _survey: Survey, tags: Counter[str], _known: int) -> tuple[int, int, str]:
        """A sentence carries several tags, so the tagged words count."""
        return tags.total(), len(tags), "tokens"

    def scored_as(self, names: Sequence[str]) -> str:
        return "entities" if has_entities(names) else "tags"


LABEL_KINDS: dict[str, KindOfLabel] = {
    kind.name: kind for kind in (SingleLabel(), MultiLabel(), Regression(), Tokens())
}


def _completed(tags: Iterable[str]) -> set[str]:
    plain = set(tags)
    spans = [parted(tag) for tag in plain if tag != "O"]
    types = {part[1] for part in spans if part}
    if None in spans or "" in types:
        return plain
    starts = {tag[:2] for tag in plain if tag != "O"}  # "B-", or "B_" as some sets write it
    return plain | {start + name for start in starts for name in types}


def _ordered(labels: Sequence[str]) -> tuple[str, ...]:
    """Sorted: by value when all are whole numbers (2 before 10), else by code point."""
    numbers = [as_number(label) for label in labels]
    if labels and all(number is not None and number.is_integer() for number in numbers):
        return tuple(sorted(labels, key=lambda label: (float(label), label)))
    return tuple(sorted(labels))
