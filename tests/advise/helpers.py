"""Entries and profiles made up for the laws of scoring."""

from __future__ import annotations

from typing import Any

from pick_model.advise.rank import Scored, score, weighted_score
from pick_model.belief.expected import Expected
from pick_model.cost.estimate import estimate
from pick_model.documents.catalog import Entry, Pretraining, Shape
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile, settle
from pick_model.documents.task import Task
from pick_model.interval import Interval
from pick_model.record import replace

MACHINE = Machine(
    id="box", kind="gpu", memory_gib=16.0, bandwidth_gb_s=300.0, fp32_tflops=8.0, fp16_tflops=65.0
)


def profile(**changes: Any) -> Profile:
    settled = settle(Task(task="text-classification", n_rows=8000), lambda _: MACHINE)
    return replace(settled, **changes)


def entry(name: str = "m", **changes: Any) -> Entry:
    base = Entry(
        id=name,
        family="bert",
        kind="encoder",
        modality="text",
        tasks=("text-classification",),
        languages=("en",),
        license="MIT",
        release_date="2019-07",
        n_parameters=110_000_000,
        n_embedding_parameters=23_000_000,
        max_tokens=512,
        shape=Shape(
            n_layers=12, hidden_size=768, n_heads=12, intermediate_size=3072, vocab_size=30000
        ),
        pretraining=Pretraining(data_seen=1e11, data_seen_unit="tokens"),
    )
    return replace(base, **changes)


def expected(z: float = 0.0, half: float = 0.5) -> Expected:
    return Expected(
        z=Interval(z, z - half, z + half),
        standing=Interval(z, z - half, z + half),
        prior=0.0,
        prior_share=1.0,
        basis="prior",
        n_items=0,
    )


def scored(one: Entry, settled: Profile, z: float = 0.0, half: float = 0.5) -> Scored:
    return score(one, estimate(one, settled), expected(z, half), (one,), settled)


def with_values(name: str, values: tuple[Interval, ...], weights: tuple[float, ...]) -> Scored:
    """A candidate whose five values are given."""
    base = scored(entry(name), profile())
    return replace(base, values=values, score=weighted_score(values, weights))
