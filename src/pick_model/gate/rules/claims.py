"""PM606: does what the lock says agree with the catalog, the task, the results and the Hub?

Whoever can edit a lock can seal it again, so a lock that says one thing while what is at hand
says another is wrong, seal or no seal. `BEYOND` names the fields that nothing at hand can speak
about; `on_its_word` says which of them this lock is believed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isclose
from typing import Any

from pick_model import __version__
from pick_model.documents.lock import LockedProbe
from pick_model.files import line_digests
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, undecided
from pick_model.gate.hub import HubFacts
from pick_model.gate.paths import from_lock
from pick_model.record import to_builtins
from pick_model.words.message import Message
from pick_model.words.say import message

# Figures are rounded to six digits; the last may differ between two machines' arithmetic.
LAST_DIGIT = 2e-6

# field -> what would have to be there to contradict it
BEYOND: dict[str, str] = {
    "tool_version": "an earlier version that is named can be any",
    "locked_on": "any day up to today may be it",
    "model.revision": "the catalog knows no commit of this model; PM103 asks the Hub",
    "model.weights": "only the Hub tells (PM102 and PM103 ask it)",
    "model.remote_code": "only the Hub tells (PM102 and PM103 ask it)",
    "model.adapter": "only the Hub tells (PM102 and PM103 ask it)",
    "model.facts_from": "only the Hub tells (PM102 and PM103 ask it)",
    "task.file": "which task is meant is the lock's to say; --task insists on one",
    "catalog.digest": "catalogs of other days are not kept; all is judged by today's",
    "catalog.overlays": "which overlays count is the lock's to say; --catalog insists on some",
    "results": "which ledger counts is the lock's to say",
    "ranking": "the lock rests on another task, catalog, version or machine; judged anew",
    "estimates": "the lock rests on another task, catalog, version or machine; judged anew",
    "probe": "its report is not kept; --probe REPORT.json brings it",
}


def contradicted(case: Case) -> list[Finding]:
    """PM606."""
    found = [*_dates(case), *_tool(case), *_results(case), *_probe(case)]
    if case.entry is not None:
        found += [*_identity(case), *_revision(case), *_files(case)]
        if case.same_catalog:
            found += _facts(case)
        if case.same_inputs:
            found += _figures(case)
    if found:
        return found
    return [passed(message("nothing-contradicts"), case.at("model"))]


def on_its_word(case: Case) -> tuple[str, ...]:
    """The fields of this lock that nothing at hand can contradict, of those in `BEYOND`."""
    lock, fields = case.lock, ["locked_on", "task.file", "catalog.overlays"]
    if lock.tool_version != __version__:
        fields.append("tool_version")
    if case.entry is not None and case.entry.revision is None and lock.model.revision:
        fields += ["model.revision"] if _from_hub(case) is None else []
    if lock.model.facts_from == "hub" and _from_hub(case) is None:
        fields += ["model.weights", "model.remote_code", "model.adapter", "model.facts_from"]
    if not case.same_catalog:
        fields.append("catalog.digest")
    if lock.results is not None:
        fields.append("results")
    if not case.same_inputs:
        fields += ["ranking", "estimates"]
    if lock.probe is not None and not _given(case, lock.probe):
        fields.append("probe")
    return tuple(field for field in BEYOND if field in fields)


def _against(
    case: Case, path: tuple[str, ...], said: object, known: object, who: Message
) -> Iterator[Finding]:
    """A finding where the lock says one thing and `who` another, for each key that differs."""
    if isinstance(said, dict) and isinstance(known, dict) and said.keys() == known.keys():
        for key, value in said.items():
            yield from _against(case, (*path, key), value, known[key], who)
    elif not _same(said, known):
        field = ".".join(path)
        yield failed(
            message("contradicted", field=field, said=_shown(said), who=who, known=_shown(known)),
            case.at(*path),
            case.relock,
            key=field,
        )


def _same(said: Any, known: Any) -> bool:
    if isinstance(said, dict) and isinstance(known, dict):
        return said.keys() == known.keys() and all(_same(said[key], known[key]) for key in said)
    if isinstance(said, tuple | list) and isinstance(known, tuple | list):
        return len(said) == len(known) and all(map(_same, said, known))
    if isinstance(said, float) and isinstance(known, float | int):
        return isclose(said, known, rel_tol=LAST_DIGIT, abs_tol=LAST_DIGIT)
    return bool(said == known)


def _shown(value: object) -> str:
    """A value for a message, with letters that look like others written out."""
    text = "unknown" if value is None else ascii(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _identity(case: Case) -> Iterator[Finding]:
    """What tells which model it is must be the catalog's, whichever day's it is."""
    model, entry = case.lock.model, case.present
    for name in ("hub_repo", "family"):
        yield from _against(
            case,
            ("model", name),
            getattr(model, name),
            getattr(entry, name),
            message("catalogs-entry-has", entry=entry.id),
        )


def _facts(case: Case) -> Iterator[Finding]:
    """What else the catalog says, where it is the catalog that was locked."""
    model, entry, who = case.lock.model, case.present, message("locked-catalog-says")
    for name in ("license", "n_parameters", "max_tokens"):
        yield from _against(case, ("model", name), getattr(model, name), getattr(entry, name), who)
    said = [(base.id, base.license) for base in model.base_models]
    known = [(base.id, base.license) for base in case.chain.bases]
    yield from _against(case, ("model", "base_models"), said, known, who)
    if said == known:
        # A lock of before bases were pinned has neither; a commit may be one that the Hub told.
        for base, entry_of in zip(model.base_models, case.chain.bases, strict=True):
            places = (base.hub_repo, base.revision)
            there = (entry_of.hub_repo, entry_of.revision or base.revision)
            if places != (None, None):
                yield from _against(case, ("model", "base_models"), places, there, who)
    if model.facts_from == "catalog":
        yield from _against(case, ("model", "weights"), model.weights, entry.weights, who)


def _revision(case: Case) -> Iterator[Finding]:
    pinned, known = case.lock.model.revision, case.present.revision
    if pinned is None or known is None or pinned == known or _from_hub(case) is not None:
        return
    yield undecided(
        message("commit-unproven", pinned=pinned, known=known),
        case.at("model", "revision"),
        message("prove-commit"),
        key="model.revision",
    )


def _files(case: Case) -> Iterator[Finding]:
    """Weights and remote code: what the Hub says, and that only it can have said them."""
    model, hub = case.lock.model, _from_hub(case)
    if model.facts_from == "catalog":
        who = message("to-catalog-it-is")
        yield from _against(case, ("model", "remote_code"), model.remote_code, None, who)
        if case.same_catalog:
            known = case.present.adapter
            yield from _against(case, ("model", "adapter"), model.adapter, known, who)
    elif model.remote_code is None or model.weights is None or model.hub_repo is None:
        yield failed(
            message("hub-tells-always"),
            case.at("model", "facts_from"),
            case.relock,
            key="model.facts_from",
        )
    if hub is not None and model.facts_from == "hub":
        adapter = hub.adapter or case.present.adapter
        yield from _against(case, ("model", "adapter"), model.adapter, adapter, message("hub-says"))
        for name in ("weights", "remote_code"):
            said, known = getattr(model, name), getattr(hub, name)
            yield from _against(case, ("model", name), said, known, message("hub-says"))


def _from_hub(case: Case) -> HubFacts | None:
    """What the Hub says of the pinned commit, where a rule that asks it is on."""
    if not case.lock.model.hub_repo or not case.lock.model.revision:
        return None
    if case.asks("PM103") and isinstance(case.hub_pinned, HubFacts):
        return case.hub_pinned
    if case.asks("PM102") and isinstance(case.hub_head, HubFacts):
        head = case.hub_head
        return head if head.revision == case.lock.model.revision else None
    return None


def _figures(case: Case) -> Iterator[Finding]:
    """Ranking and costs, where they rest on the same task, catalog, results and version."""
    who = message("worked-out-again")
    yield from _against(
        case, ("ranking",), to_builtins(case.lock.ranking), to_builtins(case.ranking), who
    )
    said = {name: to_builtins(cost) for name, cost in case.lock.estimates.items()}
    costs = {name: to_builtins(cost) for name, cost in case.estimates.items()}
    for name in sorted(said.keys() | costs.keys()):
        yield from _against(case, ("estimates", name), said.get(name), costs.get(name), who)


def _dates(case: Case) -> Iterator[Finding]:
    lock, today = case.lock, case.given.today.isoformat()
    where, released = case.at("locked_on"), case.entry.release_date if case.entry else None
    if lock.locked_on > today:
        told = message("locked-later-than-today", day=lock.locked_on, today=today)
        yield failed(told, where, case.relock, key="locked_on")
    elif released is not None and lock.locked_on < released:
        told = message("locked-before-release", day=lock.locked_on, released=released)
        yield failed(told, where, case.relock, key="locked_on")
    if lock.probe and lock.probe.made_on and lock.probe.made_on > lock.locked_on:
        made = lock.probe.made_on
        told = message("probe-later-than-lock", made=made, day=lock.locked_on)
        yield failed(told, case.at("probe", "made_on"), case.relock, key="probe.made_on")


def _tool(case: Case) -> Iterator[Finding]:
    if _number(case.lock.tool_version) > _number(__version__):
        yield undecided(
            message("locked-by-later-tool", version=case.lock.tool_version, this=__version__),
            case.at("tool_version"),
            message("install-that-version"),
            key="tool_version",
        )


def _number(version: str) -> tuple[int, ...]:
    """The release of a version, for comparing: 0.10 is later than 0.9."""
    found = re.match(r"[0-9]+(\.[0-9]+)*", version)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    return tuple([*numbers, 0, 0, 0, 0][:4])


def _given(case: Case, probe: LockedProbe) -> bool:
    """Whether the report that the lock keeps a part of is at hand."""
    new = case.new_probe.probe if case.new_probe else None
    return new is not None and new.report_digest == probe.report_digest


def _probe(case: Case) -> Iterator[Finding]:
    """The lock's probe against its report, or against the ledger's line about it."""
    old, new = case.lock.probe, case.new_probe.probe if case.new_probe else None
    if old is None:
        return
    if new is not None and _given(case, old):
        yield from _against(
            case, ("probe",), to_builtins(old), to_builtins(new), message("its-report-says")
        )
    elif (line := _recorded(case, old)) is not None:
        for name in ("score", "interval", "verdict", "seeds", "revision", "weights_digest"):
            known = getattr(line, name)
            said, who = getattr(old, name), message("ledger-says")
            yield from _against(case, ("probe", name), said, known, who)


def _recorded(case: Case, probe: LockedProbe) -> Any:
    """The ledger's last line about this very probe, where the lock names a ledger."""
    same = ("made_on", "model", "data_digest", "metric", "method", "rows", "steps")
    told = [
        line
        for line in case.ledger
        if all(getattr(line, name) == getattr(probe, name) for name in same)
    ]
    return told[-1] if told else None


def _results(case: Case) -> Iterator[Finding]:
    """A ledger is only ever added to, so what was locked must be its beginning."""
    locked = case.lock.results
    if locked is None or locked.digest == case.results_digest:
        return
    if locked.digest not in line_digests(from_lock(locked.file, case.path)):
        yield failed(
            message("no-beginning-of-ledger", file=locked.file),
            case.at("results", "digest"),
            case.relock,
            key="results.digest",
        )
