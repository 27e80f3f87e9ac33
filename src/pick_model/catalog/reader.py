"""The one reader of a catalog as people write it: every record with the line it stands on.

A catalog is a folder with `models/`; an overlay is a file, or a folder of files, with models,
corrections and bans. What is wrong is collected: validating lists all of it, compiling and
laying over stop at the first (`CatalogRecords.whole`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_core import ValidationError

from pick_model.documents.base import FrozenRecord, adapter
from pick_model.documents.catalog import EVIDENCE_COLUMNS, Benchmark, Entry, Source
from pick_model.documents.catalog_files import Ban, Correction, SourceName
from pick_model.documents.hardware import Machine
from pick_model.documents.reader import (
    UNKNOWN_KEY,
    Parsed,
    csv_rows,
    parse_yaml,
    problems_of,
    read_text,
    schema_error,
)
from pick_model.documents.yaml_values import Path_
from pick_model.errors import InputError, Location, SchemaError, did_you_mean
from pick_model.words.say import message

EXCEPTIONS_FILE = "exceptions.yaml"


class ArguedFinding(FrozenRecord):
    """A finding that is right as it stands, and why."""

    check: str
    id: str
    reason: str
    on: str | None = None  # a benchmark, where only the score on that one is argued


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
class CatalogRecords:
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
    exemptions: list[Placed] = field(default_factory=list)  # ArguedFinding
    scores: list[ScoreRow] = field(default_factory=list)
    faults: list[InputError] = field(default_factory=list)  # what could not be read
    broken_ids: set[str] = field(default_factory=set)  # of entries that could not be read

    def whole(self) -> CatalogRecords:
        """These, if all could be read. Raises the first fault, InputError or SchemaError."""
        if self.faults:
            first, *more = self.faults
            if more and first.hint is None:
                first.hint = message("more-problems", n=len(more))
            raise first
        return self


def shipped_folder() -> Path:
    """Where the shipped catalog's YAML lies: beside the package, or above it in a checkout.

    Raises InputError when it is in neither place.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "catalogs", package.parents[1] / "catalogs"):
        if (folder / "models").is_dir():
            return folder
    raise InputError(
        message("no-catalog-sources"),
        location=Location(str(package / "catalogs")),
        hint=message("name-the-folder"),
    )


def read_records(path: Path) -> CatalogRecords:
    """Read a catalog folder, or an overlay. Raises InputError when there is nothing to read."""
    if not path.exists():
        raise InputError(message("no-file-or-folder"), location=Location(str(path)))
    if path.is_dir() and (path / "models").is_dir():
        return read_catalog(path)
    records = CatalogRecords(path, overlay=True)
    for file in _yaml_files(path):
        _read_file(records, file, _EXEMPTIONS if file.name == EXCEPTIONS_FILE else _OVERLAY)
    return records


def read_catalog(folder: Path) -> CatalogRecords:
    """Read a folder of models/, sources/, evidence/, benchmarks and hardware."""
    records = CatalogRecords(folder, overlay=False)
    for file in sorted((folder / "models").rglob("*.yaml")):
        _read_file(records, file, _MODELS)
    for file in sorted((folder / "sources").glob("*.yaml")):
        _read_file(records, file, {"sources": Source})
    for name, kind in (("benchmarks", Benchmark), ("hardware", Machine)):
        _read_file(records, folder / f"{name}.yaml", {name: kind})
    if (folder / EXCEPTIONS_FILE).exists():
        _read_file(records, folder / EXCEPTIONS_FILE, _EXEMPTIONS)
    for file in sorted((folder / "evidence").glob("*.csv")):
        _read_table(records, file)
    return records


def overlay_files(path: Path) -> list[Path]:
    """The files of an overlay that are laid over a catalog. Raises InputError for none."""
    return _yaml_files(path, without=EXCEPTIONS_FILE)


def _yaml_files(path: Path, without: str = "") -> list[Path]:
    if not path.is_dir():
        return [path]
    found = [p for p in path.rglob("*") if p.suffix in (".yaml", ".yml") and p.name != without]
    if not found:
        raise InputError(message("no-yaml-files"), location=Location(str(path)))
    return sorted(found)


def read_overlay(text: str, file: str) -> CatalogRecords:
    """The records in the text of one overlay file."""
    records = CatalogRecords(Path(file), overlay=True)
    _read_text(records, text, file, _OVERLAY)
    return records


_MODELS: dict[str, type[Any]] = {"models": Entry}
_OVERLAY: dict[str, type[Any]] = {**_MODELS, "corrections": Correction, "ban": Ban}
_EXEMPTIONS: dict[str, type[Any]] = {"exceptions": ArguedFinding}
# Where the records under a file's top key are collected.
_FIELDS = {"models": "entries", "ban": "bans", "exceptions": "exemptions"}


def _read_file(records: CatalogRecords, file: Path, kinds: dict[str, type[Any]]) -> None:
    """One YAML file whose top keys hold lists (or a map) of records."""
    records.files.append(file)
    try:
        _read_text(records, read_text(file), str(file), kinds)
    except InputError as fault:
        records.faults.append(fault)


def _read_text(records: CatalogRecords, text: str, file: str, kinds: dict[str, type[Any]]) -> None:
    try:
        parsed = parse_yaml(text, file)
        _check_top(parsed, kinds)
    except InputError as fault:
        records.faults.append(fault)
        return
    for key, kind in kinds.items():
        for path in _paths(key, parsed.value.get(key)):
            placed = Placed(None, parsed, path)
            try:
                value = adapter(kind).validate_python(placed.raw)
                if kind is Source:
                    adapter(SourceName).validate_python(path[-1])
            except ValidationError as error:
                records.faults.extend(_each(error, placed, kind))
                if kind is Entry and isinstance(placed.raw, dict):
                    records.broken_ids.add(str(placed.raw.get("id")))
                continue
            getattr(records, _FIELDS.get(key, key)).append(Placed(value, parsed, path))


def _paths(key: str, items: Any) -> Iterator[Path_]:
    keys = items if isinstance(items, dict) else range(len(items or ()))
    return ((key, each) for each in keys)


def _check_top(parsed: Parsed, kinds: dict[str, type[Any]]) -> None:
    """The top of a file: a mapping with a version and the known keys, and lists under them."""
    top = parsed.value
    if top is None:
        raise SchemaError(message("document-empty"), location=Location(parsed.file))
    if not isinstance(top, dict):
        raise SchemaError(message("not-a-mapping"), location=parsed.location())
    if top.get("schema_version", 1) != 1:
        raise SchemaError(
            message("wrong-schema-version", given=repr(top["schema_version"])),
            location=parsed.location(("schema_version",)),
        )
    for key, items in top.items():
        if key == "schema_version":
            continue
        where = parsed.location((key,))
        if key not in kinds:
            hint = did_you_mean(key, ["schema_version", *kinds])
            raise SchemaError(message("unknown-key", key=key), location=where, hint=hint)
        wanted = dict if key == "sources" else list
        if not isinstance(items, wanted):
            raise SchemaError(
                message("key-of-wrong-kind", key=key, kind="mapping" if wanted is dict else "list"),
                location=where,
            )
    if len(kinds) == 1 and not kinds.keys() & top.keys():
        raise SchemaError(message("key-missing", key=next(iter(kinds))), location=parsed.location())


def _label(raw: Any, path: Path_) -> str:
    """What a record that may be broken is called: its id if that can be one, else its place."""
    name = raw.get("id") if isinstance(raw, dict) else None
    plain = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9._+-]{1,120}", name)
    return str(name) if plain else ".".join(str(part) for part in path)


def _each(error: ValidationError, placed: Placed, kind: type[Any]) -> Iterator[SchemaError]:
    """Every problem of a record that does not fit its schema, each with its line.

    Unknown keys come first: a key that is misspelt is also one that is missing.
    """
    label = _label(placed.raw, placed.path)
    found = problems_of(error, placed.raw)
    for one in sorted(found, key=lambda one: one["type"] != UNKNOWN_KEY):
        single: Any = {key: one[key] for key in ("type", "loc", "input", "ctx") if key in one}
        alone = ValidationError.from_exception_data(kind.__name__, [single])
        fault = schema_error(alone, placed.parsed, kind, placed.path)
        told = fault.message
        if told.code == "document-wrong":  # the record itself is
            reason, given = told.values["reason"], told.values["given"]
            told = message("record-wrong", reason=reason, given=given)
        told = message("of-record", record=label, what=told)
        yield SchemaError(told, location=fault.location, hint=fault.hint)


def _read_table(records: CatalogRecords, file: Path) -> None:
    """One evidence table; only its columns are checked here."""
    records.files.append(file)
    try:
        rows = csv_rows(read_text(file), str(file))
        _, head = next(rows, (None, []))
        if tuple(head) != EVIDENCE_COLUMNS:
            told = message("wrong-columns", columns=EVIDENCE_COLUMNS)
            raise SchemaError(told, location=Location(str(file), 1))
        for where, cells in rows:
            if len(cells) == len(head):
                records.scores.append(ScoreRow(dict(zip(head, cells, strict=True)), where))
            else:
                told = message("wrong-number-of-cells", n_cells=len(cells), n_head=len(head))
                records.faults.append(SchemaError(told, location=where))
    except InputError as fault:
        records.faults.append(fault)


def named(placed: Placed) -> str:
    """The id of a placed record; a source's is its key."""
    return str(placed.path[-1]) if isinstance(placed.value, Source) else str(placed.value.id)


def by_id(records: list[Placed]) -> dict[str, Any]:
    """The records by id; of two with one id the first."""
    found: dict[str, Any] = {}
    for placed in records:
        found.setdefault(named(placed), placed.value)
    return found
