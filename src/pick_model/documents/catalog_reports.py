"""What the `catalog` commands give back. Fields are added, never renamed."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import FrozenRecord
from pick_model.documents.names import Basis
from pick_model.words.message import Message, Value

Scalar = str | int | float | bool | None
# Whether a change can be taken as it is, or somebody should look: a figure that changes, a
# licence, something that goes.
Safety = Literal["safe", "judgement"]


class ListedModel(FrozenRecord):
    """One entry in short; None is unknown, an empty `languages` means it takes none."""

    id: str
    hub_repo: str | None
    kind: str
    modality: str
    tasks: tuple[str, ...]
    languages: tuple[str, ...] | None
    license: str | None
    n_parameters: int | None
    release_date: str | None
    pretrained: bool
    overlay: str | None  # the file that added or last changed it; None: as shipped


class Listing(FrozenRecord):
    """The entries that pass every filter, by id; the hits of a search, best first."""

    schema_version: Literal[1] = 1
    command: Literal["catalog list", "catalog search"]
    tool_version: str
    catalog_digest: str
    n_models: int  # in the whole catalog
    models: tuple[ListedModel, ...]


class SourcedFact(FrozenRecord):
    """One value of an entry, what it rests on, and which file said so."""

    field: str  # dotted where it is nested
    value: Scalar
    basis: Basis | None  # None: the field needs no source, or an overlay gave its own
    source: str | None  # id
    source_title: str | None
    source_url: str | None
    set_by: str  # "shipped", or the overlay's file


class EntryAccount(FrozenRecord):
    """Everything the catalog says about one entry."""

    schema_version: Literal[1] = 1
    command: Literal["catalog show"] = "catalog show"
    tool_version: str
    catalog_digest: str
    id: str
    facts: tuple[SourcedFact, ...]
    unknown: tuple[str, ...]  # fields that could hold a fact and do not
    n_scores: int  # published scores in the evidence tables
    banned: str | None  # the reason, where an overlay bans it


class Coverage(FrozenRecord):
    """How many entries serve one application."""

    application: str
    candidates: int
    pretrained: int  # of those, with weights
    examples: tuple[str, ...]  # a few, those with most published scores first
    needed: int
    holds: bool


class FillRate(FrozenRecord):
    """For how many entries a fact is known, out of those it applies to."""

    fact: str
    known: int
    applicable: int
    share: float  # 0 to 1; 1 where it applies to none
    needed: float | None  # None: no target
    holds: bool


class JobEvidence(FrozenRecord):
    """One common job, and how far published scores that resemble it carry its candidates."""

    job: str
    task: str
    candidates: int  # that pass
    with_evidence: int  # of those, with a score that resembles the job
    resembling_scores: int  # of all candidates
    first: tuple[str, ...]  # what `recommend` puts first, best first
    first_with_evidence: int
    share: float  # of the first, 0 to 1
    needed: float
    leader_scores: int  # of the first of all
    leader_told: bool  # `recommend` says that its leader has no such score
    holds: bool  # enough of the first have one, and a leader without one is told


class CatalogStats(FrozenRecord):
    """The coverage table of the catalog."""

    schema_version: Literal[1] = 1
    command: Literal["catalog stats"] = "catalog stats"
    tool_version: str
    catalog_digest: str
    n_models: int
    n_scores: int
    n_benchmarks: int
    n_machines: int
    kinds: dict[str, int]
    coverage: tuple[Coverage, ...]
    fill_rates: tuple[FillRate, ...]
    holds: bool  # every target of all tables
    years: dict[str, int]  # of release -> models; "unknown" last
    n_scored: int  # models with a published score
    scored_share: float  # 0 to 1
    scored_needed: float
    jobs: tuple[JobEvidence, ...]


class Problem(FrozenRecord):
    """One thing that is wrong, and where."""

    check: str
    subject: str  # id of an entry, benchmark, machine, source; or a file
    message: str
    message_code: str
    values: dict[str, Value]  # of the message
    file: str
    line: int | None


class CheckResult(FrozenRecord):
    """What one check looked at and found."""

    check: str
    says: str  # what it checks
    looked_at: int  # entries, facts, rows … it applied to
    problems: int
    excused: int  # found, and argued in exceptions.yaml


class Validation(FrozenRecord):
    """Every check by name, and every problem."""

    schema_version: Literal[1] = 1
    command: Literal["catalog validate"] = "catalog validate"
    tool_version: str
    folder: str
    valid: bool
    checks: tuple[CheckResult, ...]
    problems: tuple[Problem, ...]


class Change(FrozenRecord):
    """One difference between two catalogs."""

    safety: Safety
    what: str  # model, benchmark, machine, source, score, correction, ban
    subject: str  # its id
    field: str | None  # None: the whole record came or went
    before: Scalar
    after: Scalar
    why: str  # added, removed, filled, changed …


class CatalogDiff(FrozenRecord):
    """What B says that A does not, and the other way round."""

    schema_version: Literal[1] = 1
    command: Literal["catalog diff"] = "catalog diff"
    tool_version: str
    before: str
    after: str
    n_safe: int
    n_judgement: int
    changes: tuple[Change, ...]  # those that need judgement first


# What became of a repository: it vanished, may not be read, was renamed, states another licence,
# has a newer commit, or its commit is known now and was not before.
RepositoryChange = Literal["gone", "refused", "renamed", "license", "moved", "pinned"]


class Refreshed(FrozenRecord):
    """What the Hub says now about one entry."""

    id: str
    hub_repo: str
    state: Literal["pinned", "current", "moved", "gone", "refused"]
    revision: str | None  # in the catalog before
    hub_revision: str | None  # the head of the default branch now
    safety: Safety | None  # None: nothing to do
    notes: tuple[str, ...]  # licence changed, repository renamed, gated …
    note_messages: tuple[Message, ...] = ()  # of the notes, in their order
    changes: tuple[RepositoryChange, ...] = ()
    license: str | None = None  # in the catalog
    hub_licenses: tuple[str, ...] = ()  # on the card, as registered where they are
    renamed_to: str | None = None


class Refresh(FrozenRecord):
    """All entries against the Hub, and what was written."""

    schema_version: Literal[1] = 1
    command: Literal["catalog refresh"] = "catalog refresh"
    tool_version: str
    folder: str
    dry_run: bool
    written: tuple[str, ...]  # files
    diff: str  # unified, of what was or would be written
    models: tuple[Refreshed, ...]  # those with something to say; `current` ones are counted
    n_current: int
    n_left: int = 0  # entries that were not asked about yet
