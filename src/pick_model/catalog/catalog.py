"""The catalog in memory: entries, benchmarks, machines, and how names find them.

A start of the program reads one JSON file and builds only the records it needs; the rest
stays the plain values it was read as.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pick_model.catalog.shipped import DETAILS_FILE, decoded, unpacked
from pick_model.documents.base import from_plain
from pick_model.documents.catalog import (
    Benchmark,
    Corpus,
    Entry,
    Forward,
    Pretraining,
    Shape,
    lineage,
)
from pick_model.documents.hardware import Machine
from pick_model.errors import UnknownName, did_you_mean
from pick_model.words.say import message


class Entries(Mapping[str, Entry]):
    """Entries by id, built from their JSON on first use."""

    def __init__(self, known: dict[str, Any]) -> None:
        self._known: dict[str, Entry | bytes] = known  # id -> Entry, or its JSON
        self._for_task: dict[str, tuple[list[Entry], list[str]]] = {}

    def __getitem__(self, entry_id: str) -> Entry:
        found = self._known[entry_id]
        if isinstance(found, bytes):
            found = self._known[entry_id] = entry_of(json.loads(found))
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._known  # without building it

    def changed(self) -> dict[str, Any]:
        """A copy to make other entries from."""
        return dict(self._known)

    def for_task(self, task: str) -> tuple[list[Entry], list[str]]:
        """Entries that list a task, and the ids of those that do not."""
        if task not in self._for_task:
            self._for_task[task] = self._parted(task)
        return self._for_task[task]

    def _parted(self, task: str) -> tuple[list[Entry], list[str]]:
        quoted = f'"{task}"'.encode()
        # JSON that does not even hold the word need not be decoded.
        texts = {
            entry_id: found
            for entry_id, found in self._known.items()
            if isinstance(found, bytes) and quoted in found
        }
        for entry_id, plain in zip(texts, decoded(texts.values()), strict=True):
            self._known[entry_id] = entry_of(plain)
        suited, others = [], []
        for entry_id, found in self._known.items():
            if isinstance(found, Entry) and task in found.tasks:
                suited.append(found)
            else:
                others.append(entry_id)
        return suited, others

    def column(self, name: str) -> Iterator[tuple[str, Any]]:
        """One field of every entry."""
        for entry_id in self._known:
            yield entry_id, getattr(self[entry_id], name)

    def names(self) -> Iterator[tuple[str, str]]:
        """Every alias and Hub repository with its entry's id.

        What is still JSON is searched, not decoded: a quote inside a JSON string is escaped,
        so these marks are keys wherever they stand.
        """
        for entry_id, found in self._known.items():
            if isinstance(found, bytes):
                yield from ((name, entry_id) for name in _names_in(found.decode()))
            else:
                yield from ((name, entry_id) for name in names_of(found))


def names_of(entry: Entry) -> tuple[str, ...]:
    """What an entry is called beside its id."""
    return (*entry.aliases, *((entry.hub_repo,) if entry.hub_repo else ()))


def _names_in(text: str) -> list[str]:
    """The names in the JSON of an entry."""
    names: list[str] = []
    for key in ('"aliases":', '"hub_repo":'):
        place = text.find(key)
        if place >= 0:
            value, _ = _DECODER.raw_decode(text, place + len(key))
            names += [value] if isinstance(value, str) else value
    return names


_DECODER = json.JSONDecoder()


class Benchmarks(Mapping[str, Benchmark]):
    """Benchmarks by id, built from their plain values on first use."""

    def __init__(self, known: Mapping[str, Mapping[str, Any]]) -> None:
        self._plain = known
        self._made: dict[str, Benchmark] = {}

    def __getitem__(self, benchmark_id: str) -> Benchmark:
        found = self._made.get(benchmark_id)
        if found is None:
            found = self._made[benchmark_id] = from_plain(Benchmark, self._plain[benchmark_id])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)

    def __contains__(self, benchmark_id: object) -> bool:
        return benchmark_id in self._plain


def entry_of(plain: dict[str, Any]) -> Entry:
    """An entry from trusted JSON (see `from_plain`), its nested records included."""
    values = dict(plain)
    if "shape" in plain:
        values["shape"] = Shape(**plain["shape"])
    if "forward" in plain:
        values["forward"] = Forward(**plain["forward"])
    if "pretraining" in plain:
        pretraining = dict(plain["pretraining"])
        if "corpora" in pretraining:
            pretraining["corpora"] = tuple(Corpus(**c) for c in pretraining["corpora"])
        values["pretraining"] = Pretraining(**pretraining)
    for name in _LISTS:
        if name in values:
            values[name] = tuple(values[name])
    if "sources" in values:
        values["sources"] = {source: tuple(told) for source, told in plain["sources"].items()}
    return Entry(**values)


# "2x nvidia-t4", as people write it, and "2x-nvidia-t4", the id it gets.
SEVERAL = re.compile(r"([1-9]\d{0,3})\s*[x×*]\s*-?\s*(\S.*)")
_LISTS = (
    "aliases",
    "tasks",
    "languages",
    "directions",
    "domains",
    "weights",
    "training_sets",
)


@dataclass(frozen=True, eq=False, repr=False)  # nobody compares or prints one
class Catalog:
    """Everything `recommend` reads. Overlays make a new one (see `catalog.overlay`)."""

    entries: Entries
    benchmarks: Benchmarks
    plain_hardware: Mapping[str, Mapping[str, Any]]
    digest: str  # sha256 of the content, overlays included
    banned: Mapping[str, str] = field(default_factory=dict)  # id -> reason, from overlays
    origins: Mapping[str, str] = field(default_factory=dict)  # id -> overlay that set it

    @cached_property
    def details(self) -> dict[str, Any]:
        """What only an account shows: `sources`, `entries` and `scores` (entry -> its own)."""
        _, content = unpacked(DETAILS_FILE.read_bytes())
        return content

    @cached_property
    def domains(self) -> frozenset[str]:
        """The domains that benchmarks are of, and so those that tell models apart."""
        return frozenset(b.domain for b in self.benchmarks.values() if b.domain)

    def lineage(self, entry: Entry) -> tuple[Entry, ...]:
        """The entry, its base model, that one's base model …, as far as the catalog knows."""
        return lineage(entry, self.entries)

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for name, entry_id in self.entries.names():
            names[name.lower()] = entry_id
        for entry_id in self.entries:  # an id outranks another entry's alias
            names[entry_id.lower()] = entry_id
        return names

    def get(self, name: str) -> Entry | None:
        """The entry with this id, Hub repository or alias, in any case; None without one."""
        entry_id = self._names.get(name.strip().lower())
        return None if entry_id is None else self.entries[entry_id]

    def find(self, name: str) -> Entry:
        """The same; raises UnknownName with the nearest name, which takes its time to find."""
        entry = self.get(name)
        if entry is None:
            hint = did_you_mean(name, self._names)
            raise UnknownName(message("no-model-in-catalog", name=name), hint=hint)
        return entry

    def machine(self, name: str) -> Machine:
        """The machine with this id, or so many of it: `2x nvidia-t4`.

        `local` is for `cost.detect.local_machine` to find.
        """
        several = SEVERAL.fullmatch(name.strip().lower())
        count, one = (int(several[1]), several[2]) if several else (1, name.strip().lower())
        plain = self.plain_hardware.get(one)
        if plain is None:
            hint = did_you_mean(one, [*self.plain_hardware, "local"])
            raise UnknownName(message("unknown-hardware", name=name), hint=hint)
        sources = {source: tuple(names) for source, names in plain.get("sources", {}).items()}
        machine = from_plain(Machine, {**plain, "sources": sources})
        if count == 1:
            return machine
        shown = f"{count} x {machine.name}" if machine.name else None
        return replace(machine, id=f"{count}x-{machine.id}", name=shown, count=count)
