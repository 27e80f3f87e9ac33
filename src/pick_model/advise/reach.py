"""What of a profile the catalog cannot speak about, and what stands nearest to it.

Advice on what nobody has measured looks like any other; these warnings are the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pick_model.belief.rows import world_of
from pick_model.belief.similarity import BenchmarkKind, task_similarity
from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.errors import nearest
from pick_model.vocabulary.languages import served_by
from pick_model.vocabulary.tasks import TASKS
from pick_model.words.message import Message
from pick_model.words.say import message


def unreached(
    profile: Profile, catalog: Catalog, kinds: Iterable[BenchmarkKind]
) -> tuple[Message, ...]:
    """Warnings for the task, domain and languages that no score or no entry is about.

    `kinds`: what the benchmarks are about that anything was scored on.
    """
    entries, _ = catalog.entries.for_task(profile.task)
    world = world_of(TASKS[profile.task].modality)
    benchmarks = [b for b in kinds if world_of(b.modality) == world]
    return (
        *_task(profile, benchmarks),
        *_domain(profile, entries, benchmarks),
        *_languages(profile, entries, benchmarks),
    )


def _task(profile: Profile, benchmarks: Sequence[BenchmarkKind]) -> Iterator[Message]:
    scored = {b.task for b in benchmarks}
    if profile.task in scored:
        return
    if not scored:
        yield message("task-without-scores", task=profile.task)
        return
    likest = max(task_similarity(task, profile.task) for task in scored)
    instead = sorted(t for t in scored if task_similarity(t, profile.task) == likest)
    yield message("task-unscored", task=profile.task, instead=tuple(instead))


def _domain(
    profile: Profile, entries: Sequence[Entry], benchmarks: Sequence[BenchmarkKind]
) -> Iterator[Message]:
    domain = profile.domain
    if domain is None:
        return
    measured = {b.domain for b in benchmarks if b.domain}
    of_models = {word for entry in entries for word in entry.domains}
    if domain in measured:
        return
    if domain in of_models:
        yield message("domain-unscored", domain=domain)
        return
    known = sorted(measured | of_models)
    near = nearest(domain, known)
    if near is not None:
        yield message("domain-unknown-near", domain=domain, near=near, task=profile.task)
    elif known:
        yield message("domain-unknown", domain=domain, known=tuple(known), task=profile.task)
    else:
        yield message("no-domain-known", domain=domain, task=profile.task)


def _languages(
    profile: Profile, entries: Sequence[Entry], benchmarks: Sequence[BenchmarkKind]
) -> Iterator[Message]:
    speaking = [entry for entry in entries if entry.languages]
    if not profile.languages or not speaking:
        return
    listed = set().union(*(entry.languages or () for entry in speaking))
    measured = {code for b in benchmarks for code in b.languages}
    unlisted = _unserved(profile.languages, listed)
    if unlisted:
        widest = max(speaking, key=lambda entry: (len(entry.languages or ()), entry.id))
        yield message(
            "language-unknown",
            task=profile.task,
            languages=unlisted,
            model=widest.id,
            n=len(widest.languages or ()),
        )
    unmeasured = _unserved(profile.languages, measured | set(unlisted))
    if unmeasured and measured:
        yield message("language-unscored", languages=unmeasured)


def _unserved(asked: Sequence[str], known: set[str]) -> tuple[str, ...]:
    return tuple(code for code in asked if served_by((code,)).isdisjoint(known))
