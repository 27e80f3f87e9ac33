"""Checks of names and what they refer to: ids, tasks, base models, licences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from pick_model.catalog.reader import named
from pick_model.catalog.validate.context import Context
from pick_model.documents.catalog import Entry, Source
from pick_model.errors import did_you_mean
from pick_model.vocabulary.kinds import KINDS
from pick_model.vocabulary.licenses import LICENSES, strictness
from pick_model.vocabulary.tasks import TASKS, modalities_of_tasks
from pick_model.words.say import message

KIN = 3  # others of a family and owner before what all of them have is expected
FIGURES_ONLY = "figures only"  # what the note of a source says


def duplicates(context: Context) -> int:
    """No id, alias, Hub repository, source, benchmark or machine stands twice, in any case."""
    looked = 0
    taken: dict[str, str] = {}
    own = {named(placed) for placed in context.parsed.entries}
    if context.parsed.overlay:
        for entry in context.entries.values():
            if entry.id not in own:
                for name in _names(entry):
                    taken.setdefault(name.lower(), entry.id)
    seen: set[str] = set()
    spelt: dict[str, str] = {}  # ids without signs
    for placed in context.parsed.entries:
        entry_id = named(placed)
        if entry_id.lower() in seen or (
            context.parsed.overlay
            and entry_id in context.entries
            and context.entries[entry_id] is not placed.value
        ):
            context.wrong(placed, message("id-taken", id=entry_id))
            continue
        seen.add(entry_id.lower())
        for name in _names(placed.value):
            looked += 1
            owner = taken.setdefault(name.lower(), entry_id)
            if owner != entry_id:
                context.wrong(placed, message("name-means-another", name=name, owner=owner))
        first = spelt.setdefault(_bare(entry_id), entry_id)
        if first != entry_id:
            context.wrong(placed, message("same-but-for-signs", other=first), "id")
    for records in (context.parsed.sources, context.parsed.benchmarks, context.parsed.hardware):
        looked += len(records)
        once: set[str] = set()
        for placed in records:
            if named(placed).lower() in once:
                context.wrong(placed, message("id-twice", name=named(placed)))
            once.add(named(placed).lower())
    return looked


def _bare(entry_id: str) -> str:
    """An id without signs and endings that say nothing: all_minilm_l6_v2, all-minilm-l6-v2-hf."""
    return re.sub(r"(?:hf|copy|new)$", "", re.sub(r"[^a-z0-9]", "", entry_id.lower()))


def _names(entry: Entry) -> Sequence[str]:
    """Everything a user may type for an entry."""
    return [entry.id, *entry.aliases, *([entry.hub_repo] if entry.hub_repo else [])]


def references(context: Context) -> int:
    """Base models, successors, corrected and banned entries exist; lineages do not run round."""
    looked = 0
    known = context.entries.keys() | context.parsed.broken_ids
    for placed in context.parsed.entries:
        for name in ("base_model", "superseded_by"):
            other = getattr(placed.value, name)
            if other is None:
                continue
            looked += 1
            if other not in known:
                hint = did_you_mean(other, known)
                context.wrong(
                    placed, message("refers-to-no-entry", name=name, other=other, hint=hint), name
                )
            elif _runs_round(placed.value, name, context):
                context.wrong(placed, message("leads-back", name=name, id=placed.value.id), name)
            elif name == "superseded_by" and other in context.entries:
                successor = context.entries[other]
                if not _in_its_place(placed.value, successor):
                    context.wrong(placed, message("does-not-replace", other=other), name)
    for placed in context.facts:
        for name in placed.value.training_sets or ():
            looked += 1
            if not any(fnmatchcase(benchmark, name) for benchmark in context.benchmarks):
                hint = did_you_mean(name, context.benchmarks)
                told = message("training-set-no-benchmark", name=name, hint=hint)
                context.wrong(placed, told, "training_sets")
    for placed in [*context.parsed.corrections, *context.parsed.bans]:
        looked += 1
        if placed.value.id not in known:
            hint = did_you_mean(placed.value.id, known)
            context.wrong(placed, message("no-model-of-id", id=placed.value.id, hint=hint), "id")
    for placed in [*context.parsed.benchmarks, *context.parsed.hardware]:
        of = [placed.value.source] if hasattr(placed.value, "source") else []
        for source in of:
            looked += 1
            if source is not None and context.sources is not None and source not in context.sources:
                context.wrong(placed, message("reference-not-declared", source=source), "source")
    return looked


def _in_its_place(entry: Entry, successor: Entry) -> bool:
    """Whether a successor is of the same kind, for a task and a language that the entry has."""
    own, other = entry.languages, successor.languages
    return (
        entry.kind == successor.kind
        and bool(set(entry.tasks) & set(successor.tasks))
        and (not own or not other or bool(set(own) & set(other)))
    )


def _runs_round(entry: Entry, name: str, context: Context) -> bool:
    current: Entry | None = entry
    for _ in range(len(context.entries) + 1):
        following = getattr(current, name)
        if following == entry.id:
            return True
        current = context.entries.get(following) if following else None
        if current is None:
            return False
    return False  # a ring further on, which its own members report


def licences(context: Context) -> int:
    """Licences are spelt as registered, no freer than base model's and kin's; sources have one."""
    looked = 0
    for placed in context.parsed.entries:
        entry: Entry = placed.value
        if entry.license is None:
            continue
        looked += 1
        if placed.raw.get("license") != entry.license:
            context.wrong(
                placed,
                message(
                    "license-spelt-otherwise",
                    license=entry.license,
                    written=placed.raw.get("license"),
                ),
                "license",
            )
        names = _licences_of_kin(context, entry)
        classes = {LICENSES[name] for name in names}
        if len(classes) == 1 and strictness(entry.license) < strictness(min(names)):
            told = message(
                "license-freer-than-family",
                license=entry.license,
                family=entry.family,
                kin=classes.pop(),
            )
            context.wrong(placed, told, "license")
        elif len(names) == 1 and entry.license not in names:
            told = message("license-unlike-family", license=entry.license, usual=names.pop())
            context.wrong(placed, told, "license")
        base = context.entries.get(entry.base_model or "")
        if base is not None and entry.adapter and entry.base_license != base.license:
            told = message("base-license-other", id=base.id, license=base.license or "null")
            context.wrong(placed, told, "base_license")
            continue
        if base is None or base.license is None or entry.adapter:
            continue
        if strictness(entry.license) < strictness(base.license):
            context.wrong(
                placed,
                message(
                    "license-freer-than-base", license=entry.license, other=base.license, id=base.id
                ),
                "license",
            )
    tables = {row.cells["source"] for row in context.parsed.scores}
    for placed in context.parsed.sources:
        source: Source = placed.value
        looked += 1
        if source.url is None and source.version is None and source.note is None:
            context.wrong(placed, message("source-not-to-look-up"))
        if named(placed) not in tables:
            continue
        # Whole tables are taken over from these, so their terms matter: open ones, or figures
        # alone, which nobody owns, and a note that says so.
        if FIGURES_ONLY in (source.note or "").lower():
            continue
        if source.license is None:
            context.wrong(placed, message("tables-without-license"))
        elif "-SA" in source.license or "-NC" in source.license:
            context.wrong(
                placed, message("tables-under-license", license=source.license), "license"
            )
    return looked


def _licences_of_kin(context: Context, entry: Entry) -> set[str]:
    """The licences of others of a family and owner, or of none on the Hub, if three or more."""
    owner = (entry.hub_repo or "").partition("/")[0]
    found = [
        other.license
        for other in context.entries.values()
        if other.family == entry.family
        and other.license is not None
        and other.id != entry.id
        and (other.hub_repo or "").partition("/")[0] == owner
    ]
    return set(found) if len(found) >= KIN else set()


def tasks(context: Context) -> int:
    """An entry's kind and tasks belong to its modality, directions of translation to both."""
    looked = 0
    for placed in context.facts:
        entry: Entry = placed.value
        looked += 1 + len(entry.tasks)
        if entry.modality not in KINDS[entry.kind].modalities:
            context.wrong(
                placed,
                message("kind-reads-other", kind=entry.kind, modality=entry.modality),
                "kind",
            )
        allowed = modalities_of_tasks(entry.modality)
        for task in entry.tasks:
            if TASKS[task].modality not in allowed:
                context.wrong(
                    placed,
                    message("task-does-not-fit", task=task, modality=entry.modality),
                    "tasks",
                )
        if entry.directions and "translation" not in entry.tasks:
            context.wrong(placed, message("directions-without-translation"), "directions")
        ends = {end for direction in entry.directions for end in direction.split("-")}
        for missing in sorted(ends - set(entry.languages or ())):
            context.wrong(
                placed, message("direction-not-of-languages", missing=missing), "directions"
            )
    return looked
