"""One lock on the bench: what it says, what holds now, and where each thing stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pick_model import __version__
from pick_model.catalog.catalog import Catalog
from pick_model.catalog.load import load_catalog
from pick_model.documents.base import Quantity
from pick_model.documents.catalog import Entry
from pick_model.documents.lock import (
    Lock,
    LockedProbe,
    LockedRanking,
)
from pick_model.documents.policy import Policy
from pick_model.documents.profile import Profile
from pick_model.documents.reader import Parsed, check, read_yaml
from pick_model.documents.task import Hardware, Task
from pick_model.errors import InputError, Location, SchemaError
from pick_model.gate.digest import file_digest, lock_digest, task_digest
from pick_model.gate.hub import HubFacts, HubProblem, ask_hub
from pick_model.gate.paths import from_lock, shown
from pick_model.gate.probe_report import NewProbe
from pick_model.gate.rules.chain import Chain, chain_of
from pick_model.words.message import Message
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.advise.constraints import Broken
    from pick_model.advise.scoring import Scoring
    from pick_model.belief.observations import Measured
    from pick_model.documents.probe import LedgerLine


class Circumstances(NamedTuple):
    """What one run of the gate is told, the same for every lock."""

    today: date
    offline: bool = False
    locked: bool = False  # what has changed since the lock is an error
    overlays: Sequence[Path] | None = None  # instead of those the lock names
    task: Path | None = None  # instead of the one the lock names
    ignore: frozenset[str] = frozenset()  # codes of rules left out


@dataclass(frozen=True)
class PolicyFile:
    """The policy with the lines it stands on; no lines when there is no file."""

    policy: Policy
    lines: Parsed | None = None
    path: Path | None = None

    @property
    def file(self) -> str | None:
        """What reports call it."""
        return shown(self.path) if self.path else None

    @property
    def folder(self) -> Path:
        """What paths in it start from."""
        return self.path.parent if self.path else Path()

    def where(self, *path: str | int) -> Location | None:
        """The line of a value; None where the policy leaves it out."""
        value: Any = self.lines.value if self.lines else None
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return self.lines.location(path) if self.lines else None


class Now(NamedTuple):
    """Where the locked model stands in today's ranking."""

    rank: int
    score: float
    leader: str
    top_size: int
    gap: float  # from the lowest score of the top group; 0 inside it
    behind: tuple[Message, ...] = ()  # why it comes after all others, whatever its score


class Case:
    """A lock and everything a rule may ask about it; costly answers are worked out on use."""

    def __init__(
        self, path: Path, rules: PolicyFile, given: Circumstances, catalogs: Catalogs
    ) -> None:
        self.path = path
        self.rules = rules
        self.given = given
        self.file = shown(path)
        self._lines = read_yaml(path, name=self.file)
        self.lock = check(self._lines, Lock)
        self.edited = lock_digest(self._lines.value) != self.lock.content_digest
        overlays = given.overlays
        if overlays is None:
            overlays = [from_lock(name, path) for name in self.lock.catalog.overlays]
        self.catalog = catalogs.load(overlays)
        self.task_path = given.task or from_lock(self.lock.task.file, path)
        self._task_lines = self._read_task()
        self.task_file = self._task_lines.file
        self.task_digest = task_digest(self._task_lines)
        _ = self.profile  # a broken task is told before any verdict
        self.new_probe: NewProbe | None = None

    def _read_task(self) -> Parsed:
        try:
            return read_yaml(self.task_path, name=shown(self.task_path))
        except InputError as error:
            if self.given.task is None and not self.task_path.exists():
                raise InputError(
                    message("task-file-gone", file=self.lock.task.file),
                    location=self.at("task", "file"),
                    hint=message("name-task-file"),
                ) from None
            raise error

    def at(self, *path: str | int) -> Location:
        """A line of the lock."""
        return self._lines.location(path)

    def task_at(self, *path: str | int) -> Location:
        """A line of the task file."""
        return self._task_lines.location(path)

    @property
    def policy(self) -> Policy:
        return self.rules.policy

    @property
    def relock(self) -> Message:
        """The advice to make the lock anew."""
        return message("relock", command=self.relock_command)

    @property
    def relock_command(self) -> str:
        """What to type to make the lock anew, with all that it was made with."""
        lock = self.lock
        words = ["pick-model lock", shown(self.task_path), lock.model.id]
        overlays = self.given.overlays
        if overlays is None:
            overlays = [from_lock(name, self.path) for name in lock.catalog.overlays]
        words += [f"--catalog {shown(path)}" for path in overlays]
        if lock.results is not None:
            words.append(f"--results {shown(from_lock(lock.results.file, self.path))}")
            words += ["--data FILE"] if lock.results.data_digest else []
        if lock.probe is not None:
            words.append("--probe REPORT.json")
        return " ".join([*words, f"-o {self.file}"])

    @cached_property
    def entry(self) -> Entry | None:
        """The catalog's entry of the model now; None when it has gone."""
        return self.catalog.entries.get(self.lock.model.id)

    @cached_property
    def present(self) -> Entry:
        """The entry, for rules that are only asked when there is one."""
        if self.entry is None:
            raise SchemaError(message("no-locked-model", id=self.lock.model.id))
        return self.entry

    @cached_property
    def task(self) -> Task:
        """The task as it is now."""
        return check(self._task_lines, Task)

    @cached_property
    def profile(self) -> Profile:
        from pick_model.advise.profile import settled

        return settled(self.task, self.catalog, parsed=self._task_lines)

    @cached_property
    def chain(self) -> Chain:
        """What the model was made from, as the catalog tells it."""
        return chain_of(self.entry, self.catalog) if self.entry else Chain(())

    # Ranking and costs are worked out anew and never taken from the lock: whoever can edit the
    # lock can seal it again.

    @cached_property
    def estimates(self) -> Mapping[str, Quantity]:
        """What the model costs now."""
        from pick_model.gate.lock import estimates_of

        return estimates_of(self.present, self.profile)

    @cached_property
    def _scoring(self) -> Scoring:
        from pick_model.advise.scoring import Scoring

        return Scoring(self.profile, self.catalog, self._results())

    @cached_property
    def ranking(self) -> LockedRanking:
        """Where the model stands now."""
        from pick_model.gate.lock import ranking_of

        return ranking_of(self._scoring, self.present)

    @property
    def broken(self) -> Broken | None:
        """The first constraint of the task that the model breaks now."""
        mine = self.lock.model.id
        return next((r.broken for r in self._scoring.rejected if r.id == mine), None)

    @property
    def now(self) -> Now | None:
        """The model's place in the ranking now, None when it is no candidate."""
        found = self.ranking
        if found.rank is None or found.score is None or found.top_low is None or not found.top:
            return None
        gap = 0.0 if found.rank == 1 else max(found.top_low - found.score, 0.0)
        behind = self._scoring.behind(self.lock.model.id)
        return Now(found.rank, found.score, found.top[0].id, found.n_top, gap, behind)

    @cached_property
    def results_digest(self) -> str | None:
        if self.lock.results is None:
            return None
        path = from_lock(self.lock.results.file, self.path)
        return file_digest(path, shown(path))

    @property
    def same_inputs(self) -> bool:
        """Whether ranking and costs rest on what the lock says they rested on.

        Then the figures of the lock must be those that are worked out now.
        """
        lock = self.lock
        return (
            lock.tool_version == __version__
            and self.same_catalog
            and lock.task.digest == self.task_digest
            and (lock.results is None or lock.results.digest == self.results_digest)
            and not self._on_this_machine
        )

    @property
    def same_catalog(self) -> bool:
        return self.lock.catalog.digest == self.catalog.digest

    @property
    def _on_this_machine(self) -> bool:
        """Whether the task is reckoned for whatever machine it is reckoned on."""
        asked = self.task.hardware
        machines = (asked.train, asked.serve) if isinstance(asked, Hardware) else (asked,)
        return any(isinstance(m, str) and m.strip().lower() == "local" for m in machines)

    @cached_property
    def ledger(self) -> Sequence[LedgerLine]:
        """The lines of the ledger that the lock names."""
        if self.lock.results is None:
            return ()
        from pick_model.measure.ledger import read_ledger

        return read_ledger(from_lock(self.lock.results.file, self.path)).lines

    def _results(self) -> Sequence[Measured]:
        if self.lock.results is None:
            return ()
        from pick_model.gate.lock import ledger_results

        path = from_lock(self.lock.results.file, self.path)
        digest = self.lock.results.data_digest
        return ledger_results(path, self.catalog, digest, self.profile).results

    def asks(self, code: str) -> bool:
        """Whether a rule that asks the Hub is on; they are off unless the policy says so."""
        return self.policy.rules.get(code, "off") != "off" and code not in self.given.ignore

    @cached_property
    def hub_head(self) -> HubFacts | HubProblem:
        """The newest commit of the model's repository."""
        return ask_hub(self.lock.model.hub_repo or "", None, offline=self.given.offline)

    @cached_property
    def base_head(self) -> HubFacts | HubProblem:
        """The newest commit of the model that an adapter is laid over."""
        repo = self.lock.model.base_models[0].hub_repo or ""
        return ask_hub(repo, None, offline=self.given.offline)

    @cached_property
    def hub_pinned(self) -> HubFacts | HubProblem:
        """The commit the lock pins."""
        model = self.lock.model
        return ask_hub(model.hub_repo or "", model.revision, offline=self.given.offline)

    @property
    def probe(self) -> LockedProbe | None:
        """The probe that counts: the one given, else the lock's."""
        return self.new_probe.probe if self.new_probe else self.lock.probe

    def probe_at(self, *path: str | int) -> Location:
        """A line of the probe that counts."""
        if self.new_probe:
            return Location(self.new_probe.file, 1)
        return self.at("probe", *path)


class Catalogs:
    """Catalogs by their overlays, so that several locks share one."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, ...], Catalog] = {}

    def load(self, overlays: Sequence[Path]) -> Catalog:
        key = tuple(str(path) for path in overlays)
        if key not in self._loaded:
            self._loaded[key] = load_catalog(overlays)
        return self._loaded[key]

    def finds(self, name: str) -> Entry | None:
        """The entry a name means in any of the catalogs."""
        for catalog in self._loaded.values() or [self.load(())]:
            entry = catalog.get(name)
            if entry is not None:
                return entry
        return None
