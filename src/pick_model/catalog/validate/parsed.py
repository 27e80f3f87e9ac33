"""A catalog as people write it: every record with the line it stands on.

`parse_catalog` takes a whole catalog (a folder with `models/`) or an overlay (a file, or a
folder of files, with models, corrections and bans). It collects what is wrong instead of
stopping at the first, because validating should name everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pick_model.documents.base import adapter, record
from pick_model.documents.catalog import EVIDENCE_COLUMNS, Benchmark, Entry, Source
from pick_model.documents.files import Ban, Correction
from pick_model.documents.hardware import Machine
from pick_model.documents.reader import Parsed, csv_rows, parse_yaml, read_text, schema_error
from pick_model.documents.yaml_values import Path_
from pick_model.errors import InputError, Location, SchemaError, did_you_mean

EXCEPTIONS_FILE = "exceptions.yaml"


@record
class Excuse:
    """A finding that is right as it stands, and why."""

    check: str
    id: str
    reason: str


@dataclass(frozen=True)
class Placed:
    """A record with the file it stands in."""

    value: Any
    parsed: Parsed
    path: Path_

    def at(self, *inner: str | int) -> Location:
        """The line of a value inside the record, or of the nearest one around it."""
        return self.parsed.location((*self.path, *inner))

    @property
    def raw(self) -> Any:
        """The record as it was read, before it was checked."""
        found = self.parsed.value
        for part in self.path:
            found = found[part]
        return found


@dataclass(frozen=True)
class ScoreRow:
    """One line of an evidence table, as text."""

    cells: dict[str, str]
    where: Location


@dataclass
class ParsedCatalog:
    """Everything in a catalog folder or an overlay. Names may stand twice here."""

    folder: Path
    overlay: bool
    files: list[Path] = field(default_factory=list)
    entries: list[Placed] = field(default_factory=list)  # Entry
    sources: list[Placed] = field(default_factory=list)  # Source; its id ends the path
    benchmarks: list[Placed] = field(default_factory=list)  # Benchmark
    hardware: list[Placed] = field(default_factory=list)  # Machine
    corrections: list[Placed] = field(default_factory=list)  # Correction
    bans: list[Placed] = field(default_factory=list)  # Ban
    exemptions: list[Placed] = field(default_factory=list)  # Excuse
    scores: list[ScoreRow] = field(default_factory=list)
    faults: list[InputError] = field(default_factory=list)  # what could not be read
    broken_ids: set[str] = field(default_factory=set)  # of entries that could not be read


def shipped_folder() -> Path:
    """Where the shipped catalog's YAML lies: beside the package, or above it in a checkout.

    Raises InputError when it is in neither place.
    """
    package = Path(__file__).parents[2]
    for folder in (package / "catalogs", package.parents[1] / "catalogs"):
        if (folder / "models").is_dir():
            return folder
    raise InputError(
        "the catalog's sources are not beside the program",
        location=Location(str(package / "catalogs")),
        hint="name the folder",
    )


def overlay_files(catalog: ParsedCatalog) -> list[Path]:
    """The files of an overlay that can be laid over a catalog."""
    return [file for file in catalog.files if file.name != EXCEPTIONS_FILE]


def parse_catalog(path: Path) -> ParsedCatalog:
    """Read a catalog folder, or an overlay. Raises InputError when there is nothing to read."""
    if not path.exists():
        raise InputError("no such file or folder", location=Location(str(path)))
    if path.is_dir() and (path / "models").is_dir():
        return _read_catalog(path)
    catalog = ParsedCatalog(path, overlay=True)
    files = [path]
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml"))
    if not files:
        raise InputError("holds no .yaml file", location=Location(str(path)))
    for file in files:
        if file.name == EXCEPTIONS_FILE:
            _read_file(catalog, file, _EXEMPTIONS)
        else:
            _read_file(catalog, file, OVERLAY_KEYS)
    return catalog


def _read_catalog(folder: Path) -> ParsedCatalog:
    catalog = ParsedCatalog(folder, overlay=False)
    for file in sorted((folder / "models").rglob("*.yaml")):
        _read_file(catalog, file, _MODELS)
    for file in sorted((folder / "sources").glob("*.yaml")):
        _read_file(catalog, file, {"sources": Source})
    for name, kind in (("benchmarks", Benchmark), ("hardware", Machine)):
        _read_file(catalog, folder / f"{name}.yaml", {name: kind})
    if (folder / EXCEPTIONS_FILE).exists():
        _read_file(catalog, folder / EXCEPTIONS_FILE, _EXEMPTIONS)
    for file in sorted((folder / "evidence").glob("*.csv")):
        _read_table(catalog, file)
    return catalog


_MODELS: dict[str, type[Any]] = {"models": Entry}
_CHANGES: dict[str, type[Any]] = {"corrections": Correction, "ban": Ban}
OVERLAY_KEYS = _MODELS | _CHANGES
_EXEMPTIONS: dict[str, type[Any]] = {"exceptions": Excuse}
# Where the records under a file's top key are collected.
_FIELDS = {"models": "entries", "ban": "bans", "exceptions": "exemptions"}


def _read_file(catalog: ParsedCatalog, file: Path, kinds: dict[str, type[Any]]) -> None:
    """One YAML file whose top keys hold lists (or a map) of records."""
    catalog.files.append(file)
    try:
        parsed = parse_yaml(read_text(file), str(file))
        check_top(parsed, kinds)
    except InputError as fault:
        catalog.faults.append(fault)
        return
    for key, kind in kinds.items():
        records = parsed.value.get(key)
        for path in _paths(key, records):
            placed = Placed(None, parsed, path)
            try:
                value = adapter(kind).validate_python(placed.raw)
            except ValidationError as error:
                catalog.faults.extend(_each(error, placed, kind))
                if kind is Entry and isinstance(placed.raw, dict):
                    catalog.broken_ids.add(str(placed.raw.get("id")))
                continue
            getattr(catalog, _FIELDS.get(key, key)).append(Placed(value, parsed, path))


def _paths(key: str, records: Any) -> Iterator[Path_]:
    keys = records if isinstance(records, dict) else range(len(records or ()))
    return ((key, each) for each in keys)


def check_top(parsed: Parsed, kinds: dict[str, type[Any]]) -> None:
    """The top of a file: a mapping with a version and the known keys, and lists under them."""
    top = parsed.value
    if not isinstance(top, dict):
        raise SchemaError("should be a mapping (key: value)", location=parsed.location())
    if top.get("schema_version", 1) != 1:
        raise SchemaError(
            f"schema_version: should be 1, not {top['schema_version']!r}",
            location=parsed.location(("schema_version",)),
        )
    for key, records in top.items():
        if key == "schema_version":
            continue
        where = parsed.location((key,))
        if key not in kinds:
            hint = did_you_mean(key, ["schema_version", *kinds])
            raise SchemaError(f"unknown key {key!r}", location=where, hint=hint)
        wanted = dict if key == "sources" else list
        if records is not None and not isinstance(records, wanted):
            raise SchemaError(
                f"{key}: should be a {'mapping' if wanted is dict else 'list'}", location=where
            )


def label_of(raw: Any, path: Path_) -> str:
    """What a record that may be broken is called: its id if that can be one, else its place."""
    name = raw.get("id") if isinstance(raw, dict) else None
    plain = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9._+-]{1,120}", name)
    return str(name) if plain else ".".join(str(part) for part in path)


def _each(error: ValidationError, placed: Placed, kind: type[Any]) -> Iterator[SchemaError]:
    """Every problem of a record that does not fit its schema, each with its line."""
    label = label_of(placed.raw, placed.path)
    for one in error.errors(include_url=False):
        single: Any = {key: one[key] for key in ("type", "loc", "input", "ctx") if key in one}
        alone = ValidationError.from_exception_data(kind.__name__, [single])
        found = schema_error(alone, placed.parsed, kind, placed.path)
        yield SchemaError(f"{label}: {found.message}", location=found.location, hint=found.hint)


def _read_table(catalog: ParsedCatalog, file: Path) -> None:
    """One evidence table; only its columns are checked here."""
    catalog.files.append(file)
    try:
        text = read_text(file)
    except InputError as fault:
        catalog.faults.append(fault)
        return
    rows = csv_rows(text, str(file))
    try:
        _read_rows(catalog, file, rows)
    except InputError as fault:
        catalog.faults.append(fault)


def _read_rows(
    catalog: ParsedCatalog, file: Path, rows: Iterator[tuple[Location, list[str]]]
) -> None:
    _, head = next(rows, (None, []))
    if tuple(head) != EVIDENCE_COLUMNS:
        message = "the columns should be " + ", ".join(EVIDENCE_COLUMNS)
        catalog.faults.append(SchemaError(message, location=Location(str(file), 1)))
        return
    for where, cells in rows:
        if len(cells) != len(head):
            message = f"{len(cells)} cells, where the head has {len(head)}"
            catalog.faults.append(SchemaError(message, location=where))
            continue
        catalog.scores.append(ScoreRow(dict(zip(head, cells, strict=True)), where))


def named(placed: Placed) -> str:
    """The id of a placed record; a source's is its key."""
    return str(placed.path[-1]) if isinstance(placed.value, Source) else str(placed.value.id)


def by_id(records: list[Placed]) -> dict[str, Any]:
    """The records by id; of two with one id the first."""
    found: dict[str, Any] = {}
    for placed in records:
        found.setdefault(named(placed), placed.value)
    return found
