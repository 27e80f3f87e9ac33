"""Look through a catalog: filtered lists, searches, and all of one entry's facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pick_model import __version__
from pick_model.catalog.catalog import Catalog
from pick_model.catalog.load import load_catalog
from pick_model.catalog.reader import overlay_files
from pick_model.catalog.sourced import flattened, sourced, without_sources
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_reports import (
    EntryAccount,
    ListedModel,
    Listing,
    Scalar,
    SourcedFact,
)
from pick_model.errors import NoCandidate, UnknownName, did_you_mean, nearest
from pick_model.vocabulary.kinds import KINDS
from pick_model.vocabulary.languages import canonical_language, served_by
from pick_model.vocabulary.licenses import LICENSE_CLASSES, LICENSES, canonical_license
from pick_model.vocabulary.tasks import MODALITIES, TASKS
from pick_model.words.say import message


def listing(catalog: Catalog, **wanted: Sequence[str]) -> Listing:
    """The entries that pass every filter.

    `wanted` holds values by `task`, `language`, `license` (a licence or a class of them),
    `kind` and `modality`: all tasks and languages, any of the others. Raises UnknownName for a
    value nobody knows, NoCandidate when no entry passes.
    """
    found = [_listed(e, catalog) for e in _passing(catalog, wanted)]
    if not found:
        raise NoCandidate(message("no-entry-passes"), hint=message("leave-one-filter-out"))
    return _page("catalog list", catalog, sorted(found, key=lambda m: m.id))


def search(catalog: Catalog, words: Sequence[str], **wanted: Sequence[str]) -> Listing:
    """The entries that hold every word, those with the words in their names first.

    Raises NoCandidate when there is none.
    """
    hits = []
    for entry in _passing(catalog, wanted):
        ranks = [_rank(word.lower(), entry) for word in words]
        if None not in ranks:
            hits.append((sum(rank or 0 for rank in ranks), entry.id, entry))
    if not hits:
        text = " ".join(words)
        guess = nearest(text, [n for e in catalog.entries.values() for n in (e.id, *e.aliases)])
        hint = message("did-you-mean", guess=guess) if guess else message("search-for-less")
        raise NoCandidate(message("nothing-found", text=text), hint=hint)
    return _page("catalog search", catalog, [_listed(e, catalog) for *_, e in sorted(hits)])


def _page(command: Any, catalog: Catalog, models: Iterable[ListedModel]) -> Listing:
    return Listing(
        command=command,
        tool_version=__version__,
        catalog_digest=catalog.digest,
        n_models=len(catalog.entries),
        models=tuple(models),
    )


def _passing(catalog: Catalog, wanted: dict[str, Sequence[str]]) -> list[Entry]:
    tasks = [_known("task", v, TASKS) for v in wanted.get("task", ())]
    kinds = {_known("kind", v, KINDS) for v in wanted.get("kind", ())}
    modalities = {_known("modality", v, MODALITIES) for v in wanted.get("modality", ())}
    languages = [_language(v) for v in wanted.get("language", ())]
    licenses = {name for v in wanted.get("license", ()) for name in _licenses(v)}
    return [
        entry
        for entry in catalog.entries.values()
        if set(tasks) <= set(entry.tasks)
        and (not kinds or entry.kind in kinds)
        and (not modalities or entry.modality in modalities)
        and not any(served_by((code,)).isdisjoint(entry.languages or ()) for code in languages)
        and (not licenses or entry.license in licenses)
    ]


def _known(what: str, value: str, names: Iterable[str]) -> str:
    valid = list(names)
    if value not in valid:
        raise UnknownName(
            message("unknown-name", what=what, value=value), hint=did_you_mean(value, valid)
        )
    return value


def _language(value: str) -> str:
    found = canonical_language(value)
    if found is None:
        raise UnknownName(
            message("unknown-language", value=value), hint=message("a-code-of-iso-639")
        )
    return found


def _licenses(value: str) -> set[str]:
    """One licence, or all of a class such as `commercial`."""
    group = LICENSE_CLASSES.get(value.lower())
    if group is not None:
        return {name for name, kind in LICENSES.items() if kind in group}
    found = canonical_license(value)
    if found is None:
        hint = did_you_mean(value, [*LICENSE_CLASSES, *LICENSES])
        raise UnknownName(message("unknown-license", value=value), hint=hint)
    return {found}


def _rank(word: str, entry: Entry) -> int | None:
    """0 the name itself, 1 its beginning, 2 inside it, 3 inside what the entry is; None: absent."""
    names = [n.lower() for n in (entry.id, *entry.aliases, entry.hub_repo or "")]
    if word in names:
        return 0
    if any(name.startswith(word) for name in names):
        return 1
    if any(word in name for name in names):
        return 2
    about = (entry.family, entry.kind, entry.modality, *entry.tasks, *entry.domains)
    return 3 if any(word in text.lower() for text in about) else None


def _listed(entry: Entry, catalog: Catalog) -> ListedModel:
    return ListedModel(
        id=entry.id,
        hub_repo=entry.hub_repo,
        kind=entry.kind,
        modality=entry.modality,
        tasks=entry.tasks,
        languages=entry.languages,
        license=entry.license,
        n_parameters=entry.n_parameters,
        release_date=entry.release_date,
        pretrained=entry.pretrained,
        overlay=catalog.origins.get(entry.id),
    )


def account(model: str, overlays: Sequence[Path] = ()) -> EntryAccount:
    """All facts of one entry: source, basis, and which file gave each.

    Overlays are laid one file at a time, so that a field tells the file that set it last.
    Raises UnknownName when neither the catalog nor an overlay holds the model.
    """
    catalog = load_catalog()
    files = [file for path in overlays for file in overlay_files(path)]
    steps = [catalog, *(load_catalog(files[: n + 1]) for n in range(len(files)))]
    entry_id = _named(model, steps)
    entry = next(s.entries[entry_id] for s in reversed(steps) if entry_id in s.entries)
    final = steps[-1]
    set_by = _set_by(entry_id, steps, files)
    facts = [
        SourcedFact(
            field=fact.field,
            value=fact.value,
            basis=fact.basis,
            source=fact.source,
            source_title=fact.title,
            source_url=fact.url,
            set_by=set_by.get(fact.field, "shipped"),
        )
        for fact in sourced(entry, final)
    ]
    return EntryAccount(
        tool_version=__version__,
        catalog_digest=final.digest,
        id=entry_id,
        facts=tuple(facts),
        unknown=tuple(_unknown(entry, {fact.field for fact in facts})),
        n_scores=len(catalog.details["scores"].get(entry_id, ())),
        banned=final.banned.get(entry_id),
    )


def _named(model: str, steps: Sequence[Catalog]) -> str:
    """The id of a model by any of its names, also when a later overlay bans it."""
    for catalog in reversed(steps[1:]):
        try:
            return catalog.find(model).id
        except UnknownName:
            continue
    return steps[0].find(model).id


def _set_by(entry_id: str, steps: Sequence[Catalog], files: Sequence[Path]) -> dict[str, str]:
    """The overlay file that last changed each field; shipped fields are left out."""
    by: dict[str, str] = {}
    before: dict[str, Scalar] = {}
    for index, catalog in enumerate(steps):
        if entry_id not in catalog.entries:
            continue
        now = dict(flattened(without_sources(to_plain(catalog.entries[entry_id]))))
        if index:
            for name in now:
                if name not in before or before[name] != now[name]:
                    by[name] = str(files[index - 1])
        before = now
    return by


# Fields that every pretrained model could state; the rest hold for some architectures only.
_EXPECTED = (
    "hub_repo",
    "revision",
    "languages",
    "license",
    "release_date",
    "n_parameters",
    "embed_dim",
    "pretraining.objective",
    "pretraining.corpora",
    "pretraining.data_size",
    "pretraining.data_seen",
    "pretraining.compute_flop",
    "pretraining.hardware",
    "pretraining.hardware_hours",
    "weights",
)
_EXPECTED_BY_MODALITY = {
    "text": ("n_embedding_parameters", "max_tokens", "shape"),
    "image": ("image_size", "forward"),
    "audio": ("sample_rate_hz",),
    "image-text": ("image_size", "max_tokens"),
}


def _unknown(entry: Entry, stated: set[str]) -> list[str]:
    """The facts one would expect of the entry that nobody gives."""
    held = stated | {name.split(".")[0] for name in stated}
    if entry.languages == ():  # takes none, which is a fact
        held.add("languages")
    wanted = (*_EXPECTED, *_EXPECTED_BY_MODALITY.get(entry.modality, ()))
    return [name for name in wanted if name not in held] if entry.pretrained else []
