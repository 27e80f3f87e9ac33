"""The files a catalog is written in: what stands at the top of each YAML file."""

from __future__ import annotations

from typing import Annotated, Literal

from pick_model.core_schema import Bounds
from pick_model.documents.base import FrozenRecord, Text
from pick_model.documents.catalog import Benchmark, Entry, Source
from pick_model.documents.hardware import Machine


class Correction(FrozenRecord):
    """An overlay's change to single fields of an entry, with the overlay's own source."""

    id: Text
    set: dict[str, object]
    source: Text


class Ban(FrozenRecord):
    """An overlay's removal of an entry."""

    id: Text
    reason: Text


class CatalogFile(FrozenRecord):
    """One YAML file of the catalog, or of an overlay."""

    schema_version: Literal[1] = 1
    models: tuple[Entry, ...] = ()
    corrections: tuple[Correction, ...] = ()
    ban: tuple[Ban, ...] = ()


SourceName = Annotated[str, Bounds(pattern=r"^[a-z0-9][a-z0-9.-]*$")]


class SourceFile(FrozenRecord):
    """One YAML file of `catalogs/sources/`."""

    schema_version: Literal[1] = 1
    sources: dict[SourceName, Source]


class BenchmarkFile(FrozenRecord):
    """`catalogs/benchmarks.yaml`."""

    schema_version: Literal[1] = 1
    benchmarks: tuple[Benchmark, ...]


class HardwareFile(FrozenRecord):
    """`catalogs/hardware.yaml`."""

    schema_version: Literal[1] = 1
    hardware: tuple[Machine, ...]
