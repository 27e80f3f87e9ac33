"""The back-test: hide scores, predict them from the rest, compare with what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from pick_model import __version__
from pick_model.backtest.ceiling import ceiling
from pick_model.backtest.directions import NOT_GIVEN, Directions
from pick_model.backtest.evidence import Evidence
from pick_model.backtest.folds import to_predict
from pick_model.backtest.foreign import FILE, Foreign, read_foreign, without_copies
from pick_model.backtest.predict import LEAST, hidden_groups
from pick_model.backtest.reliability import reliability
from pick_model.backtest.score import scored
from pick_model.backtest.summary import (
    Outcome,
    by_dataset,
    by_size,
    by_table,
    summary,
)
from pick_model.belief.rows import Group, as_used, scale_of
from pick_model.catalog.catalog import Catalog
from pick_model.documents.backtest import Backtest, Beside, Hide, TableResult
from pick_model.documents.catalog import Score
from pick_model.errors import InputError, Location
from pick_model.words.say import message, say_all

# Decisions that are tested of one table: half of all data sets are of one source, which would
# else decide alone whether decisions come true.
MOST_OF_A_TABLE = 60


def backtest(
    catalog: Catalog,
    *,
    file: Path | None = None,
    hide: Hide = "source",
    protocol: str = "fine-tune",
    task: str | None = None,
    directions: Directions = NOT_GIVEN,
) -> Backtest:
    """Test the advice on the shipped evidence, or on a user's table beside it.

    `hide` says what is kept from the fit: all that the source to predict tells, with every
    copy of its data sets; these data sets alone; or whole families of models. With the source
    hidden, the report has the figures with the data set alone hidden beside its own.
    `protocol` and `task` hold for a table that does not say, `directions` for metrics of it
    that nobody knows. Raises InputError or SchemaError for a table that cannot be read.
    """
    rows = shipped_rows(catalog)
    benchmarks = dict(catalog.benchmarks)
    foreign: Foreign | None = None
    if file is not None:
        foreign = read_foreign(file, catalog, rows, protocol, task, directions)
        rows = [*without_copies(rows, foreign), *foreign.rows]
        benchmarks.update(foreign.benchmarks)
    evidence = Evidence(rows, catalog.entries, benchmarks)
    tested = _tested(evidence, hide, foreign, decide=hide != "family")
    if not tested:
        raise _nothing_to_test(catalog, file, foreign)
    beside = None
    if hide == "source":
        some = _tested(evidence, "dataset", foreign, decide=False)
        beside = Beside(
            hide="dataset", mean=summary(by_table(some)), by_dataset=summary(by_dataset(some))
        )
    notes = []
    left_out = len(to_predict(evidence, LEAST, FILE if foreign else None)) - len(tested)
    if left_out:
        notes.append(message("benchmarks-alone", n=left_out))
    if foreign and foreign.unmatched:
        n, known = len(foreign.unmatched), len(foreign.matched)
        notes.append(message("models-left-out", n=n, all=n + known))
    if foreign and foreign.skipped:
        n = foreign.skipped
        notes.append(message("lines-left-out" if n > 1 else "line-left-out", n=n))
    return Backtest(
        tool_version=__version__,
        catalog_digest=catalog.digest,
        hide=hide,
        file=str(file) if file else None,
        tables=tuple(_table(evidence, some, file, foreign) for some in by_table(tested)),
        mean=summary(by_table(tested)),
        by_dataset=summary(by_dataset(tested)),
        by_size=by_size(tested),
        reliability=reliability(
            [(one.source, one.decision) for one in tested if one.decision is not None]
        ),
        beside=beside,
        ceiling=ceiling(foreign.runs, LEAST) if foreign else None,
        notes=say_all(notes),
        note_messages=tuple(notes),
    )


def shipped_rows(catalog: Catalog) -> list[Score]:
    """The published scores of the catalog, in a fixed order."""
    rows = [
        Score(entry, *row)
        for entry, scores in sorted(catalog.details["scores"].items())
        if entry in catalog.entries
        for row in scores
    ]
    return as_used(rows, catalog.entries)


def _tested(evidence: Evidence, hide: Hide, foreign: Foreign | None, decide: bool) -> list[Outcome]:
    """Every hidden benchmark, some of them with a decision between its models."""
    source = FILE if foreign else None
    decided = _to_decide(evidence, source) if decide else set()
    return [
        scored(evidence, hidden, _key(hidden.group) in decided)
        for hidden in hidden_groups(evidence, hide, source)
    ]


def _key(group: Group) -> int:
    """A number of its own for each group: no score stands in two."""
    return group.members[0].position


def _to_decide(evidence: Evidence, source: str | None) -> set[int]:
    """Keys of one group of each data set of a table, of many data sets evenly spread ones."""
    tables: dict[tuple[str, str], dict[str, Group]] = defaultdict(dict)
    for group in to_predict(evidence, LEAST, source):
        table = tables[group.source, scale_of(group.task, group.protocol)]
        table.setdefault(evidence.datasets[group.benchmark], group)
    return {
        _key(group)
        for table in tables.values()
        for group in list(table.values())[:: -(-len(table) // MOST_OF_A_TABLE)]
    }


def _nothing_to_test(catalog: Catalog, file: Path | None, foreign: Foreign | None) -> InputError:
    known = len(foreign.matched) if foreign else len(catalog.entries)
    unknown = foreign.unmatched[:3] if foreign else ()
    return InputError(
        message("nothing-to-test", least=LEAST, known=known),
        location=Location(str(file)) if file else None,
        hint=message("use-names-of-catalog", unknown=unknown) if unknown else None,
    )


def _table(
    evidence: Evidence,
    tested: Sequence[Outcome],
    file: Path | None,
    foreign: Foreign | None,
) -> TableResult:
    source, scale = tested[0].source, tested[0].scale
    name = source.removeprefix("ev-") if foreign is None else str(file)
    return TableResult(
        table=f"{name}, {scale}",
        matched=foreign.matched if foreign else _models(evidence, tested),
        unmatched=foreign.unmatched if foreign else (),
        benchmarks=tuple(one.result for one in tested),
        mean=summary([tested]),
    )


def _models(evidence: Evidence, tested: Sequence[Outcome]) -> tuple[str, ...]:
    names = {(one.source, one.result.benchmark) for one in tested}
    return tuple(
        sorted({row.entry for row in evidence.rows if (row.source, row.benchmark) in names})
    )
