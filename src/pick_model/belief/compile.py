"""Compile the YAML catalog, and the belief fitted on its scores, into the JSON that is shipped.

    python -m pick_model.belief.compile [--check | --broken] [FOLDER]

`--check` writes nothing and fails when the two disagree; `--broken` writes nothing and lists the
scores that count as broken runs (see `broken`), as entry, benchmark, metric, score and rule.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pick_model.belief import load
from pick_model.belief.broken import broken_runs, sound_groups
from pick_model.belief.fit import fit
from pick_model.belief.learn_crossover import learn_crossover
from pick_model.belief.rows import as_used
from pick_model.belief.ship import packed_fit
from pick_model.catalog import shipped
from pick_model.catalog.catalog import Benchmarks, Entries
from pick_model.catalog.compile import compile_catalog
from pick_model.catalog.shipped import packed
from pick_model.documents.base import from_plain
from pick_model.documents.catalog import Entry, Score
from pick_model.errors import InputError, Location, PickModelError
from pick_model.files import write_whole
from pick_model.words.say import message

FILES = (shipped.SHIPPED, shipped.DETAILS_FILE, load.SHIPPED, load.DETAILS_FILE)


class ScoreTable(NamedTuple):
    """The scores of a catalog, and what they are of."""

    rows: list[Score]
    entries: Entries
    benchmarks: Benchmarks


def compile_all(folder: Path) -> tuple[dict[str, Any], ...]:
    """JSON-ready contents of `FILES`. Raises SchemaError (with file and line)."""
    ranking, details = compile_catalog(folder)
    table = _table(ranking, details)
    scales = fit(*table)
    crossover = learn_crossover(scales, *table)
    groups = [group for some in sound_groups(*table).values() for group in some]
    fitted = packed_fit(scales, crossover, table.rows, table.entries, table.benchmarks, groups)
    return ranking, details, *fitted


def _table(ranking: Mapping[str, Any], details: Mapping[str, Any]) -> ScoreTable:
    entries = Entries(
        {name: from_plain(Entry, plain) for name, plain in ranking["entries"].items()}
    )
    rows = [Score(entry, *row) for entry, some in details["scores"].items() for row in some]
    return ScoreTable(
        as_used(rows, entries),
        entries,
        Benchmarks(ranking["benchmarks"]),
    )


def list_broken(folder: Path) -> Iterator[str]:
    """One line a broken run, tab-separated, and how many there are."""
    table = _table(*compile_catalog(folder))
    found = broken_runs(*table)
    for position, rule in found:
        row = table.rows[position]
        yield "\t".join((row.entry, row.benchmark, row.metric, str(row.score), rule))
    yield f"{len(found)} of {len(table.rows)} scores"


def main(arguments: list[str] | None = None) -> int:
    """Write, or with --check compare, the shipped files."""
    parser = argparse.ArgumentParser(description="Compile catalogs/ into the shipped JSON.")
    parser.add_argument("folder", nargs="?", default="catalogs", type=Path)
    parser.add_argument("--check", action="store_true", help="fail if the shipped JSON is stale")
    parser.add_argument("--broken", action="store_true", help="list the broken runs")
    options = parser.parse_args(arguments)
    try:
        if not options.folder.is_dir():
            raise InputError(message("not-a-folder"), location=Location(str(options.folder)))
        if options.broken:
            print(*list_broken(options.folder), sep="\n")
            return 0
        texts = [packed(content) for content in compile_all(options.folder)]
    except PickModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if options.check:
        fresh = all(
            path.exists() and path.read_text(encoding="utf-8") == text
            for path, text in zip(FILES, texts, strict=True)
        )
        print("up to date" if fresh else "stale: run python -m pick_model.belief.compile")
        return 0 if fresh else 2
    for path, text in zip(FILES, texts, strict=True):
        write_whole(path, text)
        print(f"wrote {path.parent.name}/{path.name}: {len(text) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
