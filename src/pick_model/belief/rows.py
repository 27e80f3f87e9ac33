"""Published scores, gathered into the groups inside which they can be compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from pick_model.documents.catalog import Benchmark, Entry, Score
from pick_model.vocabulary import uses
from pick_model.vocabulary.metrics import LOWER_IS_BETTER

MIN_GROUP = 2  # of two scores the spread is mostly that of others (see `spreads`)

# What a score was measured on: every weight trained, or the features as they come. The two
# order models differently (a sentence encoder has the better features and is no better once
# everything is trained), so each gets a scale of its own. So does written text, where a
# decoder is at home and an encoder does not enter.
TUNED, FROZEN, WRITTEN = "tuned", "frozen", "written"
WRITTEN_TASKS = frozenset(
    {
        "summarization",
        "translation",
        "text-generation",
        "automatic-speech-recognition",
        "image-to-text",
        "visual-question-answering",
        "document-question-answering",
    }
)
# Image-text models are scored on image benchmarks without training and image models on the
# same ones with it: one world. All other modalities have their own.
WORLD_OF_MODALITY = {"image-text": "image"}


# Kinds that write their answers. Few rows are shown to them in a prompt, which asks another thing
# than a light head on the features of the same few rows: what orders the former is size above all
# (tau of the number of parameters .62 over the tables of prompts, .36 over those of heads).
WRITERS = frozenset({"decoder", "encoder-decoder", "vision-language"})


def as_used(rows: Iterable[Score], entries: Mapping[str, Entry]) -> list[Score]:
    """The scores, those that tables call few-shot and came of prompts as `in-context` ones."""
    return [
        row._replace(protocol="in-context")
        if row.protocol == "few-shot" and entries[row.entry].kind in WRITERS
        else row
        for row in rows
    ]


class Member(Struct, frozen=True):
    """One score of a group.

    `weight` is 1 divided by how many sources repeat the number, and by how many metrics,
    splits and set-ups of one benchmark a source gives: neither are further measurements.
    """

    position: int  # in the evidence table
    entry: str
    score: float  # turned round where smaller is better
    weight: float


class Group(Struct, frozen=True):
    """Scores that can be compared: one benchmark, metric, split, protocol, set-up, source."""

    benchmark: str
    metric: str
    task: str
    protocol: str
    source: str
    members: tuple[Member, ...]


def world_of(modality: str) -> str:
    """The modality whose scales a modality shares."""
    return WORLD_OF_MODALITY.get(modality, modality)


def scale_of(task: str, protocol: str) -> str:
    """The scale of a score by the benchmark's task and the protocol."""
    if task in WRITTEN_TASKS or protocol == "in-context":
        return WRITTEN
    return TUNED if protocol in uses.TUNED else FROZEN


def group_of(row: Score) -> tuple[str, ...]:
    """What must agree before two scores may be compared."""
    return (row.benchmark, row.metric, row.split, row.protocol, set_up(row), row.source)


def set_up(row: Score) -> str:
    """The conditions without what is a result and not a condition: the spread over runs."""
    parts = (part.strip() for part in row.conditions.split(";"))
    return "; ".join(part for part in parts if not part.startswith("sd="))


def gather(rows: Iterable[tuple[int, Score]], benchmarks: Mapping[str, Benchmark]) -> list[Group]:
    """Groups of at least two models that differ, in a fixed order."""
    found: dict[tuple[str, ...], list[tuple[int, Score]]] = defaultdict(list)
    for position, row in rows:
        found[group_of(row)].append((position, row))
    kept = {
        key: members
        for key, members in sorted(found.items())
        if len({row.entry for _, row in members}) >= MIN_GROUP
        and len({row.score for _, row in members}) > 1
    }
    repeats = _repeats(row for members in kept.values() for _, row in members)
    groups = []
    for key, members in kept.items():
        sign = -1.0 if key[1] in LOWER_IS_BETTER else 1.0
        groups.append(
            Group(
                benchmark=key[0],
                metric=key[1],
                task=benchmarks[key[0]].task,
                protocol=key[3],
                source=key[5],
                members=tuple(
                    Member(position, row.entry, sign * row.score, 1 / repeats(row))
                    for position, row in members
                ),
            )
        )
    return groups


def _repeats(rows: Iterable[Score]) -> Callable[[Score], int]:
    """How often a score is told: as the same number elsewhere, times as another number here."""

    def number(row: Score) -> tuple[object, ...]:
        return row.entry, row.benchmark, row.metric, row.protocol, row.score

    def place(row: Score) -> tuple[object, ...]:
        return row.entry, row.benchmark, row.protocol, row.source

    sources: dict[tuple[object, ...], set[str]] = defaultdict(set)
    places: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        sources[number(row)].add(row.source)
        places[place(row)] += 1
    return lambda row: len(sources[number(row)]) * places[place(row)]


def by_scale(
    rows: Iterable[tuple[int, Score]], benchmarks: Mapping[str, Benchmark]
) -> dict[tuple[str, str], list[tuple[int, Score]]]:
    """The rows of each (world, scale)."""
    found: dict[tuple[str, str], list[tuple[int, Score]]] = defaultdict(list)
    for position, row in rows:
        benchmark = benchmarks[row.benchmark]
        key = world_of(benchmark.modality), scale_of(benchmark.task, row.protocol)
        found[key].append((position, row))
    return dict(sorted(found.items()))
