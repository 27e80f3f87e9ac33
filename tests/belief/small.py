"""Models, benchmarks and scores made up for the tests of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from pick_model.documents.catalog import Benchmark, Entry, Pretraining, Score
from pick_model.record import replace

SIZES = (5e6, 2e7, 4e7, 8e7, 1e8, 1.5e8, 3e8, 6e8)


def entry(name: str, **changes: Any) -> Entry:
    base = Entry(
        id=name,
        family=name,
        kind="encoder",
        modality="text",
        tasks=("text-classification",),
        languages=("en",),
        release_date="2020-06",
        n_parameters=100_000_000,
        pretraining=Pretraining(data_seen=1e11, data_seen_unit="tokens"),
    )
    return replace(base, **changes)


def benchmark(name: str, **changes: Any) -> Benchmark:
    base = Benchmark(
        id=name,
        name=name,
        task="text-classification",
        modality="text",
        languages=("en",),
        n_rows=10_000,
    )
    return replace(base, **changes)


def row(model: str, name: str, score: float, **changes: Any) -> Score:
    base = Score(model, name, "accuracy", score, "test", "fine-tune", "", None, "lab")
    return base._replace(**changes)


class World:
    """Eight models whose ability grows with size, scored on benchmarks with noise."""

    def __init__(self, n_benchmarks: int = 8, noise: float = 0.3, seed: int = 0) -> None:
        random = Random(seed)
        self.entries: dict[str, Entry] = {
            f"m{i}": entry(f"m{i}", n_parameters=int(size)) for i, size in enumerate(SIZES)
        }
        self.ability = {f"m{i}": (i - 3.5) / 2 for i in range(len(SIZES))}
        names = ["alpha", "bravo", "cobra", "delta", "ember", "flint", "grove", "haven"]
        self.benchmarks: dict[str, Benchmark] = {
            name: benchmark(name) for name in names[:n_benchmarks]
        }
        self.rows = [
            row(model, name, round(0.7 + 0.05 * (z + random.gauss(0, noise)), 6))
            for name in self.benchmarks
            for model, z in self.ability.items()
        ]


def plain(scores: Mapping[str, float]) -> list[str]:
    """Names, best first."""
    return sorted(scores, key=lambda name: -scores[name])
