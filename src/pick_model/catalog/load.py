"""Load the shipped catalog."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pick_model.catalog.catalog import Benchmarks, Catalog, Entries
from pick_model.catalog.shipped import SHIPPED, unpacked


def load_catalog(overlays: Iterable[str | Path] = ()) -> Catalog:
    """The shipped catalog with overlays applied in order.

    An overlay is a YAML file, or a folder of them, with `models` to add, `corrections` of
    single fields and `ban`s. Raises InputError or SchemaError (with file and line); a broken
    overlay is never dropped in silence.
    """
    catalog = _load_shipped()
    paths = [Path(overlay) for overlay in overlays]
    if paths:
        from pick_model.catalog.overlay import lay_over

        catalog = lay_over(catalog, paths)
    return catalog


def _load_shipped() -> Catalog:
    digest, content = unpacked(SHIPPED.read_bytes())
    return Catalog(
        entries=Entries(content["entries"].texts()),
        benchmarks=Benchmarks(content["benchmarks"]),
        plain_hardware=content["hardware"],
        digest=digest,
    )
