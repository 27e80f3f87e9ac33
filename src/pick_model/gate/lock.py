"""lock: write down a choice, so that a check can tell later whether it still holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pick_model import __version__
from pick_model.advise.constraints import Rejection
from pick_model.advise.profile import settled
from pick_model.advise.report import estimates, rounded
from pick_model.advise.scoring import Scoring
from pick_model.catalog.catalog import Catalog
from pick_model.catalog.load import load_catalog
from pick_model.cost.estimate import estimate
from pick_model.documents.base import Quantity
from pick_model.documents.catalog import Entry
from pick_model.documents.lock import (
    BaseLicense,
    Lock,
    LockedCatalog,
    LockedFile,
    LockedModel,
    LockedRanking,
    LockedRejection,
    LockedResults,
    LockedStanding,
)
from pick_model.documents.profile import Profile
from pick_model.documents.reader import check, read_document, read_yaml
from pick_model.documents.task import Task
from pick_model.errors import (
    EnvironmentProblem,
    InputError,
    Location,
    PickModelError,
    UnknownName,
    UsageError,
)
from pick_model.gate.digest import file_digest, lock_digest, task_digest
from pick_model.gate.hub import HubFacts, HubProblem, ask_hub
from pick_model.gate.paths import relative_to_lock, shown
from pick_model.gate.rules.chain import chain_of
from pick_model.record import replace, to_builtins
from pick_model.words.message import Message
from pick_model.words.say import message, say

if TYPE_CHECKING:
    from pick_model.belief.observations import Measured
    from pick_model.measure.results import LedgerResults

# The top group is written out so that a reviewer sees the alternatives; where nothing is
# known of a task dozens of models tie.
MOST_STANDINGS = 10
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class LockRequest:
    """What to lock."""

    task: Path
    model: str
    output: Path
    today: date
    revision: str | None = None  # a commit, branch or tag; default the catalog's commit
    overlays: Sequence[Path] = ()
    results: Path | None = None  # ledger of the user's probes
    data: Path | None = None  # the data set of the ledger that counts
    probe: Path | None = None
    offline: bool = False


class Locked(NamedTuple):
    """A lock, and what its maker should be told."""

    lock: Lock
    notes: tuple[Message, ...]


def make_lock(request: LockRequest) -> Locked:
    """Rank the task's models and write down where the chosen one stands.

    Raises UnknownName for a model the catalog lacks, EnvironmentProblem when a branch or tag
    has to be looked up and the Hub cannot be asked, and whatever the files raise.
    """
    catalog = load_catalog(request.overlays)
    lines = read_yaml(request.task, name=shown(request.task))
    task = check(lines, Task)
    profile = settled(task, catalog, parsed=lines)
    entry = _find(request.model, catalog)
    model, notes = _model(entry, catalog, request)
    results, measured = _results(request, catalog, profile, notes)
    notes += _replaced(request.output, entry.id)
    chain = chain_of(entry, catalog)
    if chain.broken is not None:
        notes.append(message("will-report", what=chain.broken, rule="PM203"))
    scoring = Scoring(profile, catalog, measured)
    ranking = ranking_of(scoring, entry)
    if ranking.rank is None:
        reason = ranking.rejected.reason if ranking.rejected else "is rejected"
        what = message("locked-rejected", id=entry.id, reason=reason)
        notes.append(message("will-report", what=what, rule="PM501"))
    elif ranking.rank > 1:
        notes.append(message("locked-not-first", id=entry.id, rank=ranking.rank))
        notes += scoring.behind(entry.id)
    probe = None
    if request.probe is not None:
        from pick_model.gate.probe_report import locked_probe

        probe = locked_probe(request.probe, entry.id, _names(entry))
    lock = Lock(
        tool_version=__version__,
        locked_on=request.today.isoformat(),
        model=model,
        task=LockedFile(file=_stored(request.task, request), digest=task_digest(lines)),
        catalog=LockedCatalog(
            digest=catalog.digest, overlays=tuple(_stored(p, request) for p in request.overlays)
        ),
        results=results,
        ranking=ranking,
        estimates=estimates_of(entry, profile),
        probe=probe,
        content_digest="",
    )
    return Locked(sealed(lock), tuple(notes))


def _replaced(output: Path, model: str) -> list[Message]:
    """That another model is locked where this one is about to be."""
    try:
        locked, _ = read_document(output, Lock)
    except PickModelError:  # as a rule there is no file; one that is no lock is none of another
        return []
    other = locked.model.id
    return [] if other == model else [message("lock-replaced", id=other)]


def _find(name: str, catalog: Catalog) -> Entry:
    if name in catalog.banned:
        raise UsageError(message("model-banned-by-overlay", name=name, reason=catalog.banned[name]))
    if "@" in name:
        bare, _, revision = name.partition("@")
        raise UnknownName(
            message("no-such-model", name=name),
            hint=message("write-revision-apart", bare=bare, revision=revision),
        )
    return catalog.find(name)


def _names(entry: Entry) -> set[str]:
    names = (entry.id, entry.hub_repo, *entry.aliases)
    return {name.lower() for name in names if name}


def _stored(path: Path, request: LockRequest) -> str:
    stored = relative_to_lock(path, request.output)
    if "\\" in stored or not stored.isprintable() or stored.startswith("~"):
        where = Location(shown(path))
        raise InputError(
            message("file-name-not-for-lock"), location=where, hint=message("rename-file")
        )
    return stored


def _model(
    entry: Entry, catalog: Catalog, request: LockRequest
) -> tuple[LockedModel, list[Message]]:
    """The model pinned, with what the Hub, or else the catalog, says of its files."""
    wanted = request.revision or entry.revision
    found: HubFacts | HubProblem | None = None
    if entry.hub_repo is not None:
        found = ask_hub(entry.hub_repo, wanted, offline=request.offline)
    elif request.revision is not None:
        raise UsageError(message("revision-of-no-repository", id=entry.id))
    notes: list[Message] = []
    revision = wanted if wanted and _COMMIT.fullmatch(wanted) else None
    if isinstance(found, HubFacts):
        revision = found.revision
        if found.license not in (None, entry.license):
            notes.append(
                message("hub-says-license", hub=found.license or "", catalog=entry.license)
                if entry.license
                else message("hub-alone-says-license", hub=found.license or "")
            )
    elif isinstance(found, HubProblem):
        if found.kind == "no-revision" or (wanted and revision is None):
            raise EnvironmentProblem(found.reason, hint=message("give-full-commit"), code="hub")
        if revision is None:
            notes.append(message("no-commit-pinned", reason=found.reason))
        if found.kind != "offline":
            notes.append(message("files-as-catalog-knows", reason=found.reason))
    elif entry.hub_repo is None:
        notes.append(message("no-repository-to-pin", id=entry.id))
    online = isinstance(found, HubFacts)
    adapter = entry.adapter or (isinstance(found, HubFacts) and found.adapter)
    return LockedModel(
        id=entry.id,
        hub_repo=entry.hub_repo,
        revision=revision,
        family=entry.family,
        license=entry.license,
        base_models=_bases(entry, catalog, request, adapter, notes),
        n_parameters=entry.n_parameters,
        max_tokens=entry.max_tokens,
        weights=found.weights if isinstance(found, HubFacts) else entry.weights,
        remote_code=found.remote_code if isinstance(found, HubFacts) else None,
        facts_from="hub" if online else "catalog",
        adapter=adapter,
    ), notes


def _bases(
    entry: Entry, catalog: Catalog, request: LockRequest, adapter: bool, notes: list[Message]
) -> tuple[BaseLicense, ...]:
    """The base models, each at the catalog's commit; an adapter's own at some commit, if it can be
    found out, for together they are the model.
    """
    pinned: list[BaseLicense] = []
    for base in chain_of(entry, catalog).bases:
        revision = base.revision
        if adapter and not pinned and revision is None and base.hub_repo is not None:
            head = ask_hub(base.hub_repo, None, offline=request.offline)
            revision = head.revision if isinstance(head, HubFacts) else None
        found = BaseLicense(
            id=base.id, license=base.license, hub_repo=base.hub_repo, revision=revision
        )
        pinned.append(found)
    if adapter and (not pinned or pinned[0].revision is None):
        what = message("base-without-commit", id=entry.id)
        notes.append(message("will-report", what=what, rule="PM104"))
    return tuple(pinned)


def _results(
    request: LockRequest, catalog: Catalog, profile: Profile, notes: list[Message]
) -> tuple[LockedResults | None, Sequence[Measured]]:
    """The ledger to rank with, as the lock keeps it, and what it says."""
    if request.results is None:
        return None, ()
    digest = file_digest(request.results, shown(request.results))
    data = file_digest(request.data, shown(request.data)) if request.data is not None else None
    found = ledger_results(request.results, catalog, data, profile)
    notes += found.notes
    kept = LockedResults(file=_stored(request.results, request), digest=digest, data_digest=data)
    return kept, found.results


def ledger_results(
    ledger: Path, catalog: Catalog, data_digest: str | None, profile: Profile
) -> LedgerResults:
    """A user's results about one data set, from a ledger, as `recommend` takes them. Raises
    UsageError where it holds none: a lock does not rest on other data alone."""
    from pick_model.measure.ledger import read_ledger
    from pick_model.measure.results import results_on

    read = read_ledger(ledger)
    results_on(read, catalog, data_digest)
    found = results_on(read, catalog, data_digest, profile.metric, profile)
    return found._replace(notes=[*read.notes, *found.notes])


def estimates_of(entry: Entry, profile: Profile) -> dict[str, Quantity]:
    """What the model costs, as a lock keeps it."""
    return {
        name: Quantity(value=e.value, low=e.low, high=e.high, unit=e.unit)
        for name, e in estimates(estimate(entry, profile)).items()
    }


def ranking_of(scoring: Scoring, entry: Entry) -> LockedRanking:
    """Where the model stands, as a lock keeps it."""
    mine = next((r for r in scoring.ranked if r.scored.entry.id == entry.id), None)
    top = [r.scored for r in scoring.ranked if r.rank == 1]
    score = mine.scored.score if mine else None
    return LockedRanking(
        rank=mine.rank if mine else None,
        rejected=_rejection(scoring, entry) if mine is None else None,
        score=rounded(score.value) if score else None,
        interval=(rounded(score.low), rounded(score.high)) if score else None,
        n_candidates=len(scoring.ranked),
        n_top=len(top),
        top_low=rounded(top[-1].score.value) if top else None,
        top=tuple(
            LockedStanding(
                id=scored.entry.id,
                score=rounded(scored.score.value),
                interval=(rounded(scored.score.low), rounded(scored.score.high)),
            )
            for scored in top[:MOST_STANDINGS]
        ),
    )


def _rejection(scoring: Scoring, entry: Entry) -> LockedRejection | None:
    found = next((r for r in scoring.rejected if r.id == entry.id), None)
    return locked_rejection(found) if found else None


def locked_rejection(rejection: Rejection) -> LockedRejection:
    """A rejection as the lock keeps it."""
    constraint, reason, near, *_ = rejection.broken
    return LockedRejection(
        constraint=constraint, reason=say(reason), near_miss=say(near) if near else None
    )


def sealed(lock: Lock) -> Lock:
    """The lock with the digest of its content."""
    return replace(lock, content_digest=lock_digest(plain_values(to_builtins(lock))))


def plain_values(value: Any) -> Any:
    """Tuples as lists, as a YAML reader gives them back."""
    if isinstance(value, dict):
        return {key: plain_values(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain_values(item) for item in value]
    return value
