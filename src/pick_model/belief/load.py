"""Load the fit of the shipped scores: what every ranking starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from pick_model.belief.crossover import Crossover
from pick_model.belief.level import Place
from pick_model.belief.outlook import Numbering, Standing
from pick_model.belief.parts import FactsRegression, Residual, Shipped, Variances
from pick_model.belief.similarity import BenchmarkKind
from pick_model.catalog.shipped import unpacked

SHIPPED = Path(__file__).with_name("shipped.jsonl")
DETAILS_FILE = Path(__file__).with_name("shipped-details.jsonl")


class Fit(Struct, frozen=True):
    """The scales, and where each model stands on each benchmark it was scored on."""

    scales: Mapping[tuple[str, str], Shipped]  # (world, scale) -> its fitted numbers
    by_entry: Mapping[str, Sequence[Standing]]  # numbers into the next three
    benchmark_ids: Sequence[str]
    kinds: Sequence[BenchmarkKind]  # what benchmarks are about
    kind_of: Sequence[int]  # of each benchmark, its number in `kinds`
    protocols: Sequence[str]
    sources: Sequence[str]
    places_by_metric: Mapping[str, Sequence[Sequence[Any]]]  # see `ship.packed_fit`
    crossover: Crossover  # rows at which fine-tuning takes over from frozen features

    def standings(self, entry_id: str) -> Sequence[Standing]:
        """The standings of one entry, those on benchmarks that are alike told as one."""
        return self.by_entry.get(entry_id, ())

    def numbering(self) -> Numbering:
        """What the numbers of a standing stand for."""
        kinds = [self.kinds[number] for number in self.kind_of]
        return Numbering(kinds, self.protocols, self.sources)

    def places(self, metric: str) -> list[Place]:
        """Where the groups of scores in a metric lie."""
        return [
            Place(
                self.benchmark_ids[benchmark],
                self.protocols[protocol],
                metric,
                level,
                log_scale,
                self.sources[source],
            )
            for benchmark, protocol, level, log_scale, source in self.places_by_metric.get(
                metric, ()
            )
        ]


def load_fit() -> Fit:
    """The shipped fit."""
    return _fit(SHIPPED)


@cache
def _fit(path: Path) -> Fit:
    _, content = unpacked(path.read_bytes())
    return Fit(
        scales=_scales(content["scales"]),
        by_entry=content["standings"],
        benchmark_ids=content["benchmarks"],
        kinds=msgspec.convert(content["kinds"], list[BenchmarkKind]),
        kind_of=content["kind_of"],
        protocols=content["protocols"],
        sources=content["sources"],
        places_by_metric=content["places"],
        crossover=Crossover(*content["crossover"]),
    )


def standard_scores() -> Mapping[str, Sequence[float | None]]:
    """For each entry, the standard score of each of its scores in the order of the catalog's
    details; None for a score that nothing compares with."""
    found: Mapping[str, Sequence[float | None]] = _details()["standard_scores"]
    return found


def every_standing(entry_id: str) -> Sequence[Standing]:
    """The standing of one entry on each benchmark it was scored on."""
    found: Sequence[Standing] = _details()["standings"].get(entry_id, ())
    return found


@cache
def _details() -> Mapping[str, Any]:
    _, content = unpacked(DETAILS_FILE.read_bytes())
    found: Mapping[str, Any] = content
    return found


def _scales(packed: Sequence[Any]) -> dict[tuple[str, str], Shipped]:
    """The scales from the plain values of `ship.packed_fit`."""
    return {
        (world, name): Shipped(
            FactsRegression(*line),
            Variances(*variances),
            families,
            msgspec.convert(residuals, dict[str, Residual]),
            links,
        )
        for world, name, line, variances, families, residuals, links in packed
    }
