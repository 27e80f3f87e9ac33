"""The catalog in memory: entries, benchmarks, machines, and how names find them.

A start of the program reads one file of JSON Lines and builds only the records it needs; the
rest stays the text it was read as.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import msgspec

from pick_model.catalog.shipped import DETAILS_FILE, unpacked
from pick_model.documents.base import from_plain
from pick_model.documents.catalog import Benchmark, Entry, lineage
from pick_model.documents.hardware import Machine
from pick_model.documents.names import PATHS
from pick_model.errors import UnknownName, did_you_mean
from pick_model.record import replace
from pick_model.words.say import message


class Entries(Mapping[str, Entry]):
    """Entries by id, built from their JSON on first use."""

    def __init__(self, known: dict[str, Any]) -> None:
        self._known: dict[str, Entry | bytes] = known  # id -> Entry, or its JSON
        self._for_task: dict[str, tuple[list[Entry], list[str]]] = {}

    def __getitem__(self, entry_id: str) -> Entry:
        found = self._known[entry_id]
        if isinstance(found, bytes):
            found = self._known[entry_id] = _entries().decode(found)
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
        suited, others = [], []
        for entry_id, found in self._known.items():
            if isinstance(found, bytes) and quoted in found:
                found = self[entry_id]
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
        """Every alias and Hub repository with its entry's id."""
        named = msgspec.json.Decoder(_Named)
        for entry_id, found in self._known.items():
            one = named.decode(found) if isinstance(found, bytes) else found
            yield from ((name, entry_id) for name in names_of(one))


@cache
def _entries() -> msgspec.json.Decoder[Entry]:
    """The reader of an entry's JSON, which takes as long to make as hundreds of them to read."""
    return msgspec.json.Decoder(Entry)


class _Named(msgspec.Struct):
    """What is read of an entry's JSON to find it by name."""

    aliases: tuple[str, ...] = ()
    hub_repo: str | None = None


def names_of(entry: Entry | _Named) -> tuple[str, ...]:
    """What an entry is called beside its id."""
    return (*entry.aliases, *((entry.hub_repo,) if entry.hub_repo else ()))


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


# "2x nvidia-t4", as people write it, and "2x-nvidia-t4", the id it gets.
SEVERAL = r"([1-9]\d{0,3})\s*[x×*]\s*-?\s*(\S.*)"


class Catalog(msgspec.Struct, frozen=True, dict=True, eq=False):  # nobody compares one
    """Everything `recommend` reads. Overlays make a new one (see `catalog.overlay`)."""

    entries: Entries
    benchmarks: Benchmarks
    plain_hardware: Mapping[str, Mapping[str, Any]]
    digest: str  # sha256 of the content, overlays included
    banned: Mapping[str, str] = {}  # id -> reason, from overlays
    origins: Mapping[str, str] = {}  # id -> overlay that set it

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
            is_path = name.startswith(PATHS)
            hint = message("describe-folder") if is_path else did_you_mean(name, self._names)
            raise UnknownName(message("no-model-in-catalog", name=name), hint=hint)
        return entry

    def machine(self, name: str) -> Machine:
        """The machine with this id, or so many of it: `2x nvidia-t4`.

        `local` is for `cost.detect.local_machine` to find.
        """
        several = re.fullmatch(SEVERAL, name.strip().lower())
        count, one = (int(several[1]), several[2]) if several else (1, name.strip().lower())
        plain = self.plain_hardware.get(one)
        if plain is None:
            names = [*self.plain_hardware, "local"]
            hint = did_you_mean(one, names, otherwise=message("find-a-machine"))
            raise UnknownName(message("unknown-hardware", name=name), hint=hint)
        machine = from_plain(Machine, plain)
        if count == 1:
            return machine
        shown = f"{count} x {machine.name}" if machine.name else None
        return replace(machine, id=f"{count}x-{machine.id}", name=shown, count=count)
