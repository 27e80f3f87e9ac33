"""All that is kept on disk between runs, to be looked at and cleared."""

from __future__ import annotations

from pathlib import Path

from pick_model.documents.cache import CacheReport, KeptFiles
from pick_model.files import cache_folder
from pick_model.measure.screen.cache import cache_shelf
from pick_model.measure.shelf import Shelf
from pick_model.measure.store import store_shelf


def shelves(folder: Path | None = None) -> dict[str, Shelf]:
    """By the word that the command takes."""
    where = cache_folder(folder)
    return {"features": cache_shelf(where), "work": store_shelf(where)}


def shown(folder: Path | None = None) -> CacheReport:
    """How much is there."""
    return CacheReport(
        command="cache-show",
        kept=tuple(
            _kept(name, shelf, [one.size for one in shelf.held()])
            for name, shelf in shelves(folder).items()
        ),
    )


def cleared(what: str, folder: Path | None = None) -> CacheReport:
    """Remove one kind, or all; says how much went."""
    return CacheReport(
        command="cache-clear",
        kept=tuple(
            _kept(name, shelf, [one.size for one in shelf.clear()])
            for name, shelf in shelves(folder).items()
            if what in ("all", name)
        ),
    )


def _kept(name: str, shelf: Shelf, sizes: list[int]) -> KeptFiles:
    return KeptFiles(
        what="features" if name == "features" else "work",
        folder=str(shelf.folder),
        files=len(sizes),
        bytes=sum(sizes),
        most_bytes=shelf.most,
    )
