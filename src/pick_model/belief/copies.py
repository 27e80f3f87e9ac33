"""Benchmarks that are the same data under another name, and numbers given by two sources.

The back-test must hide both with the benchmark it hides, or it would read the answer.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pick_model.documents.catalog import Score
from pick_model.vocabulary.languages import canonical_language

# Words that tell versions, languages' editions and uses of one data set apart, not data sets.
USES = frozenset(
    {
        "mteb", "glue", "superglue", "clustering", "clustring", "classification", "pc", "sts",
        "rr", "reranking", "zeroshot", "mm", "ibm", "text", "image", "retrieval",
        "multilingual", "p2p", "s2s", "v1", "v2", "zero", "shot", "hierarchical", "ml", "file",
        "readme", "coarse", "fine", "full", "polarity", "review", "in", "out", "mini",
    }
)  # fmt: skip
# Tests of one training set that no word of their names joins.
JOINED = {"imagenet": "imagenet", "image-net": "imagenet", "objectnet": "imagenet"}
# Set by hand: two pairs of equal scores happen by rounding, and a few figures of one data set
# are corrected between two sources.
LEAST_SHARED = 3  # equal scores, not all the same, before two benchmarks count as one
SHARED_PART = 0.7  # of the models they have in common


def dataset_of(name: str) -> str:
    """The data set behind a benchmark's id or a user's name for it.

    >>> dataset_of("glue-mnli-mm"), dataset_of("MNLI"), dataset_of("mteb-xnli-en")
    ('mnli', 'mnli', 'xnli')
    """
    plain = re.sub(r"\.(v\d)$", r"-\1", name.strip().lower())
    for prefix, dataset in JOINED.items():
        if plain.startswith(prefix):
            return dataset
    words = [word for word in re.split(r"[^a-z0-9]+", plain) if word]
    kept = [w for i, w in enumerate(words) if w not in USES and not (i and _language(w))]
    return "".join(kept or words)


def _language(word: str) -> bool:
    return len(word) == 2 and canonical_language(word) is not None


def same_data(rows: Sequence[Score]) -> dict[str, str]:
    """For each benchmark a name of its data set: by its id, and by the scores it repeats."""
    parent = {row.benchmark: row.benchmark for row in rows}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    def join(one: str, other: str) -> None:
        one, other = sorted((root(one), root(other)))
        parent[other] = one

    first: dict[str, str] = {}
    for name in sorted(parent):
        join(name, first.setdefault(dataset_of(name), name))
    for one, other in repeated(rows):
        join(one, other)
    return {name: root(name) for name in parent}


def repeated(rows: Iterable[Score]) -> list[tuple[str, str]]:
    """Pairs of benchmarks whose common models mostly have the same scores."""
    scores: dict[str, dict[str, set[float]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        scores[row.benchmark][row.entry].add(_fraction(row.score))
    buckets: dict[tuple[str, int], list[tuple[str, float]]] = defaultdict(list)
    for benchmark, models in scores.items():
        for entry, values in models.items():
            for value in values:
                buckets[entry, int(value * 1000)].append((benchmark, value))
    equal: Counter[tuple[str, str]] = Counter()
    seen: dict[tuple[str, str], set[tuple[str, float]]] = defaultdict(set)
    for (entry, step), found in sorted(buckets.items()):
        near = found + buckets.get((entry, step + 1), [])
        for benchmark, value in found:
            for other, theirs in near:
                if other != benchmark and same_number(value, theirs):
                    pair = min(benchmark, other), max(benchmark, other)
                    seen[pair].add((entry, round(value, 3)))
    for pair, numbers in seen.items():
        shared = {entry for entry, _ in numbers}
        if len(shared) >= LEAST_SHARED and len({value for _, value in numbers}) >= LEAST_SHARED:
            equal[pair] = len(shared)
    return sorted(
        (one, other)
        for (one, other), n in equal.items()
        if n >= SHARED_PART * len(scores[one].keys() & scores[other].keys())
    )


def same_number(one: float, other: float) -> bool:
    """Whether two scores are one number, perhaps rounded further by one of the sources."""
    one, other = _fraction(one), _fraction(other)
    digits = max(min(_digits(one), _digits(other)), 3)
    return abs(one - other) <= 0.5000001 * 10.0**-digits


def _fraction(score: float) -> float:
    """Percent as a fraction; numbers between 0 and 1 as they are."""
    return score / 100 if abs(score) > 1.5 else score


def _digits(value: float) -> int:
    text = f"{value:.8f}".rstrip("0")
    return len(text) - text.index(".") - 1
