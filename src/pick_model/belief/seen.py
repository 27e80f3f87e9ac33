"""Scores on data that a model was trained on: they say little of the new data of a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pick_model.belief.copies import dataset_of, same_data
from pick_model.catalog.leaks import UNTRAINED, seen_by
from pick_model.documents.catalog import Entry, Score, lineage

# Data sets by the names of their benchmarks: those of the FLAN 2021 part of the Flan 2022
# collection (google-research/FLAN, flan/v2/task_configs_v1.py).
COLLECTIONS = {
    dataset_of("Flan 2022 task collection"): frozenset(
        {
            "agnews", "anli", "boolq", "cb", "cnndailymail", "cola", "commongen", "copa", "coqa",
            "cosmosqa", "drop", "gigaword", "hellaswag", "imdb", "mnli", "mrpc", "multinews",
            "multirc", "naturalquestions", "newsroom", "openbookqa", "paws", "piqa", "qnli",
            "qqp", "quac", "record", "rte", "samsum", "sentiment140", "snli", "squad", "sst2",
            "stsb", "trec", "triviaqa", "wic", "winogrande", "wnli", "wsc", "xsum", "yelp",
        }
    )
}  # fmt: skip
# Data sets that corpora and benchmarks name differently.
ALSO_CALLED = {"multinli": "mnli"}


def seen(rows: Sequence[Score], entries: Mapping[str, Entry]) -> Iterator[int]:
    """Positions of the scores of models that learnt the data set itself, and were not to."""
    data = same_data(rows)
    names: dict[str, set[str]] = {}  # of one data set: its own and those of its copies
    for benchmark, first in data.items():
        names.setdefault(first, set()).add(dataset_of(benchmark))
    learnt: dict[str, set[str]] = {}
    for position, row in enumerate(rows):
        if row.protocol not in UNTRAINED:
            continue
        if row.entry not in learnt:
            learnt[row.entry] = trained_on(lineage(entries[row.entry], entries))
        told = seen_by(entries[row.entry], entries, row.benchmark) is not None
        if told or learnt[row.entry] & names[data[row.benchmark]]:
            yield position


def trained_on(line: Sequence[Entry]) -> set[str]:
    """The data sets that a model and those it was made from name among their corpora."""
    found: set[str] = set()
    for entry in line:
        for corpus in entry.pretraining.corpora:
            name = dataset_of(corpus.name)
            found |= COLLECTIONS.get(name, {ALSO_CALLED.get(name, name)})
    return found
