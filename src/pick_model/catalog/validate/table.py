"""Check one new table of scores, and say what it adds.

    python -m pick_model.catalog.validate.table catalogs/evidence/NAME.csv

Prints every problem of the table, of its source and of its benchmarks, then how many of its
scores can be compared at all: a score alone on its benchmark tells nothing of a model. Exit
code 0 when nothing is wrong, 2 when something is.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from pick_model.catalog.reader import CatalogRecords, ScoreRow, read_catalog
from pick_model.catalog.validate.validate import validate_records
from pick_model.documents.catalog_reports import Problem
from pick_model.errors import InputError, Location, PickModelError
from pick_model.words.say import message

# What two scores have to share before one can be said to be the better.
COMPARED = ("benchmark", "metric", "split", "protocol", "conditions", "source")


class Added(NamedTuple):
    """What one table holds, and what is wrong with it."""

    rows: int
    models: int
    benchmarks: int
    compared: int  # rows that stand beside another model's
    problems: tuple[Problem, ...]


def check_table(file: Path, *, today: str) -> Added:
    """Hold one table of a catalog folder against all checks. Raises InputError for no such file."""
    if not file.is_file():
        raise InputError(message("no-file-or-folder"), location=Location(str(file)))
    records = read_catalog(file.resolve().parents[1])
    own = [row for row in records.scores if Path(row.where.file).resolve() == file.resolve()]
    found = validate_records(records, today=today).problems
    return Added(
        rows=len(own),
        models=len({row.cells["entry"] for row in own}),
        benchmarks=len({row.cells["benchmark"] for row in own}),
        compared=_compared(own),
        problems=tuple(p for p in found if _is_about(p, file, own, records)),
    )


def _is_about(
    problem: Problem, file: Path, own: Sequence[ScoreRow], records: CatalogRecords
) -> bool:
    """Whether a problem is of the table, its source, or a benchmark that it uses."""
    if Path(problem.file).resolve() == file.resolve():
        return True
    names = {row.cells[column] for row in own for column in ("source", "benchmark")}
    of_models = any(problem.file == placed.parsed.file for placed in records.entries)
    return problem.subject in names and not of_models


def _compared(rows: Sequence[ScoreRow]) -> int:
    groups: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in rows:
        groups[tuple(row.cells[name] for name in COMPARED)].add(row.cells["entry"])
    return sum(len(groups[tuple(row.cells[name] for name in COMPARED)]) > 1 for row in rows)


def main(arguments: list[str] | None = None) -> int:
    """Check the table named on the command line."""
    parser = argparse.ArgumentParser(description="Check one table of scores.")
    parser.add_argument("file", type=Path, help="catalogs/evidence/NAME.csv")
    options = parser.parse_args(arguments)
    try:
        added = check_table(options.file, today=datetime.now(timezone.utc).date().isoformat())
    except PickModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for problem in added.problems:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        print(f"{where}: {problem.check}: {problem.subject}: {problem.message}")
    print(
        f"{added.rows} scores of {added.models} models on {added.benchmarks} benchmarks; "
        f"{added.compared} stand beside another model's; {len(added.problems)} problems"
    )
    return 2 if added.problems or not added.rows else 0


if __name__ == "__main__":
    sys.exit(main())
