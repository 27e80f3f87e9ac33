"""The cache's account for a terminal."""

from __future__ import annotations

from pick_model.documents.cache import CacheReport
from pick_model.render.layout import Column, Page
from pick_model.render.words import gib


def report(cache: CacheReport, page: Page) -> None:
    """One line a kind of files."""
    size = "removed" if cache.command == "cache-clear" else "kept"
    columns = [
        Column("what"),
        Column("files", right=True),
        Column(size, right=True),
        Column("at most", right=True),
        Column("folder", fold=True),
    ]
    page.grid(
        columns,
        [
            [
                one.what,
                f"{one.files:,}",
                gib(one.bytes / 2**30),
                gib(one.most_bytes / 2**30),
                one.folder,
            ]
            for one in cache.kept
        ],
    )
