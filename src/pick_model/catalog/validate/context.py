"""What a check of the catalog is given, and where it puts what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pick_model.catalog.reader import ArguedFinding, CatalogRecords, Placed, named
from pick_model.documents.catalog import Benchmark, Entry
from pick_model.documents.catalog_reports import Problem
from pick_model.errors import Location
from pick_model.words.message import Message
from pick_model.words.say import say


@dataclass
class Context:
    """A catalog to be checked, with everything its names may refer to."""

    parsed: CatalogRecords
    entries: Mapping[str, Entry]  # of an overlay: its own and the shipped ones
    benchmarks: Mapping[str, Benchmark]
    sources: frozenset[str] | None  # None: an overlay names its own as it likes
    today: str  # YYYY-MM-DD; what is dated later has not happened
    corrected: Sequence[Placed] = ()  # shipped entries as an overlay's corrections leave them
    argued: frozenset[ArguedFinding] = frozenset()  # the shipped exceptions
    found: list[Problem] = field(default_factory=list)
    check: str = ""  # the one that runs
    excused: set[ArguedFinding] = field(default_factory=set)  # exceptions that excused something

    @property
    def facts(self) -> Sequence[Placed]:
        """The entries whose figures are checked: those written here, and those corrected."""
        return [*self.parsed.entries, *self.corrected]

    def problem(self, where: Location, subject: str, told: Message) -> None:
        """Something is wrong at a place."""
        self.found.append(
            Problem(
                check=self.check,
                subject=subject,
                message=say(told),
                message_code=told.code,
                values=told.values,
                file=where.file,
                line=where.line,
            )
        )

    def wrong(self, placed: Placed, told: Message, *inner: str | int) -> None:
        """Something is wrong inside a record."""
        self.problem(placed.at(*inner), named(placed), told)


def value_at(record: Any, field_name: str) -> Any:
    """The value of a dotted field; None where anything on the way is."""
    for part in field_name.split("."):
        record = getattr(record, part, None)
    return record
