"""Draft a catalog entry from what the Hub says about a model.

Only what the Hub states is filled in: configuration, safetensors header, card, commit. What it
does not state is written `null` with a to-do, because a guess in a catalog looks like a fact.
"""

from __future__ import annotations

import re

from pick_model.catalog.catalog import Catalog
from pick_model.catalog.draft.adapted import adapted_lines, note_on
from pick_model.catalog.draft.architectures import DEFAULT_TASKS, Architecture
from pick_model.catalog.draft.figures import figures
from pick_model.catalog.draft.recognise import (
    Adapter,
    adapter_of,
    has_model,
    recognise,
    weight_formats,
)
from pick_model.catalog.draft.repository import RepoFacts, read_facts
from pick_model.catalog.draft.text import Line, written_out
from pick_model.catalog.draft.weights import quantisation, scheme
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_files import CatalogFile
from pick_model.documents.reader import check, parse_yaml
from pick_model.errors import UnknownName, UsageError
from pick_model.hub.client import RepoHead, model_info
from pick_model.vocabulary.languages import canonical_language
from pick_model.vocabulary.licenses import canonical_license
from pick_model.vocabulary.tasks import TASKS, modalities_of_tasks
from pick_model.words.say import message


def draft(
    hub_id: str, catalog: Catalog, *, revision: str | None = None, timeout: float | None = None
) -> str:
    """A catalog file with one entry, as YAML text with to-do comments.

    Raises EnvironmentProblem when the Hub, the network or the repository's content is at
    fault, UsageError for an adapter whose base model the catalog does not hold.
    """
    head = model_info(hub_id, revision, timeout=timeout, sizes=True)
    facts = read_facts(head)
    text = entry_text(facts, catalog, asked_for=hub_id)
    check(parse_yaml(text, f"draft of {head.id}"), CatalogFile)
    return text


def entry_text(facts: RepoFacts, catalog: Catalog, *, asked_for: str = "") -> str:
    """The draft of what was read, as YAML. Raises UsageError for an adapter of an unknown base."""
    notes = _notes(facts, asked_for or facts.head.id)
    adapter = adapter_of(facts.head, facts.other("adapter_config.json"))
    if adapter is None:
        return written_out(facts, _lines(facts, catalog), catalog, notes)
    base = _base_of(adapter, facts.head, catalog)
    given = {line.name: line for line in _lines(facts, catalog, base)}
    notes.append(note_on(adapter, facts, base))
    return written_out(facts, adapted_lines(facts, base, given), catalog, notes)


def _base_of(adapter: Adapter, head: RepoHead, catalog: Catalog) -> Entry:
    """The entry an adapter is laid over. Raises UsageError where the catalog has none."""
    held = _held(catalog, adapter.base)
    if held is not None and (held.hub_repo or "").lower() != head.id.lower():
        return held
    base = _shown(adapter.base)
    on_hub = re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", base, re.ASCII)
    raise UsageError(
        message("adapter-only", id=head.id, kind=adapter.kind, base=base or "an unnamed model"),
        hint=message("add-base-by", base=base) if on_hub else message("add-base"),
    )


def _shown(text: str) -> str:
    """Somebody's text as part of a message."""
    return "".join(c for c in text if c.isprintable())[:100]


def _held(catalog: Catalog, name: object) -> Entry | None:
    try:
        return catalog.find(name) if isinstance(name, str) else None
    except UnknownName:
        return None


def _notes(facts: RepoFacts, asked_for: str) -> list[str]:
    """What somebody should know of the repository that no field says."""
    notes = list(facts.notes)
    if facts.head.id.lower() != asked_for.lower():
        notes.append(f"{asked_for} is called {facts.head.id} now")
    code = facts.config.get("auto_map")
    if code:
        files = sorted(str(v) for v in code.values()) if isinstance(code, dict) else [str(code)]
        notes.append(f"loading it runs code of the repository (auto_map: {', '.join(files)})")
    if facts.other("adapter_config.json") and has_model(facts.head):
        notes.append("an adapter lies beside the weights, and transformers lays it over them")
    quantised = quantisation(facts.config, facts.other("quantize_config.json"))
    if quantised:
        notes.append(f"its weights are quantised ({scheme(quantised)})")
    return notes


def _lines(facts: RepoFacts, catalog: Catalog, base: Entry | None = None) -> list[Line]:
    """The fields in the order of the schema; `base` where it is known already."""
    head = facts.head
    entry_id, id_todo = _entry_id(head, catalog)
    base_todo = ""
    if base is None:
        base, base_todo = _base(head, catalog)
    recognised = recognise(facts, base)
    found = recognised.found
    named = re.fullmatch(r"[\w.-]+/[\w.-]+", head.id, re.ASCII)
    created = f"; the repository is of {head.created}, which may be later" if head.created else ""
    lines = [
        Line("id", entry_id, todo=id_todo),
        Line("hub_repo", head.id if named else None, "hub-card"),
        Line("revision", head.sha if re.fullmatch("[0-9a-f]{40}", head.sha) else None),
        Line("family", base.family if base else found.family),
        Line("kind", found.kind, todo=recognised.todo),
        Line("modality", found.modality),
        Line("tasks", _tasks(found, head.pipeline_tag), todo="check"),
        _languages(facts, found),
        _license(head),
        Line("release_date", None, todo=f"when it was published{created}"),
        *figures(facts, found, base),
        _pretraining(facts),
        Line("base_model", base.id if base else None, "hub-card" if base else None, base_todo),
        _weights(facts),
    ]
    optional = ("base_model", "n_embedding_parameters")
    return [line for line in lines if line.name not in optional or line.value or line.todo]


def entry_id_of(hub_id: str) -> str:
    """The id an entry gets: the last part of the repository's name, in lower case."""
    name = re.sub(r"[^a-z0-9._+-]", "-", hub_id.rpartition("/")[2].lower()).lstrip("._+-")
    return (name or "model")[:120]


def _entry_id(head: RepoHead, catalog: Catalog) -> tuple[str, str]:
    """An id that means no other repository's entry."""
    entry_id = entry_id_of(head.id)
    other = _held(catalog, entry_id)
    if other is None or (other.hub_repo or "").lower() == head.id.lower():
        return entry_id, ""
    longer = entry_id_of(head.id.replace("/", "-"))
    return longer, f"{entry_id} is {other.hub_repo or 'another model'}"


def _tasks(found: Architecture, pipeline_tag: str | None) -> list[str]:
    """The task of a checkpoint that was fine-tuned for one, else what its kind is for."""
    usual = list(DEFAULT_TASKS.get(found.kind, ("feature-extraction",)))
    plain = ("fill-mask", "feature-extraction", "text-generation", "image-feature-extraction")
    if pipeline_tag not in TASKS or pipeline_tag in plain:
        return usual
    allowed = modalities_of_tasks(found.modality)
    narrow = ("text-classification", "token-classification", "question-answering")
    tuned = pipeline_tag not in usual or pipeline_tag in narrow
    return [pipeline_tag] if tuned and TASKS[pipeline_tag].modality in allowed else usual


def _languages(facts: RepoFacts, found: Architecture) -> Line:
    if found.modality == "image":
        return Line("languages", [], "hub-card")
    given = facts.head.card.get("language")
    words = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    codes, odd = [], []
    for word in words:
        word = "no" if word is False else word  # YAML 1.1 reads Norwegian as a truth value
        code = canonical_language(str(word))
        if code is None:
            odd.append(str(word))
        elif code not in codes:
            codes.append(code)
    todo = f"the card also says {', '.join(odd)}" if odd else ""
    if not codes:
        return Line("languages", None, todo=todo or "the card does not say")
    return Line("languages", codes, "hub-card", todo)


def _license(head: RepoHead) -> Line:
    """The one licence the card names; of several none, because whoever uses it chooses."""
    name = canonical_license(head.license or "")
    if name:
        return Line("license", name, "hub-card")
    if len(head.licenses) > 1:
        todo = (
            f"the card names several, {', '.join(head.licenses)}: choose one it may be used under"
        )
    elif head.licenses:
        link = head.card.get("license_link")
        at = f" ({link})" if isinstance(link, str) and link.strip() else ""
        todo = f"the card says {head.licenses[0]!r}{at}, which is not registered"
    else:
        todo = "the card does not say"
    return Line("license", None, todo=todo)


def _pretraining(facts: RepoFacts) -> Line:
    given = facts.head.card.get("datasets")
    names = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    corpora = [{"name": str(name)[:200]} for name in names if str(name).strip()]
    todo = "objective, amount of data, compute: the card's text or the paper"
    return Line("pretraining", {"corpora": corpora} if corpora else None, "hub-card", todo)


def _base(head: RepoHead, catalog: Catalog) -> tuple[Entry | None, str]:
    """The catalog's entry of the base model, and what is to do where it has none."""
    given = head.card.get("base_model")
    listed = given if isinstance(given, list) else [given]
    names = list(dict.fromkeys(n for n in listed if isinstance(n, str) and n.strip()))
    if len(names) > 1:
        return None, f"the card names several: {', '.join(names)}"
    if not names:
        return None, "the card's base_model is no name" if given else ""
    base = _held(catalog, names[0])
    if names[0].lower() == head.id.lower() or (
        base is not None and (base.hub_repo or "").lower() == head.id.lower()
    ):
        return None, "the card names the model itself"
    if base is None:
        return None, f"the card says {names[0]}, which the catalog does not hold"
    return base, ""


def _weights(facts: RepoFacts) -> Line:
    formats = weight_formats(facts)
    return Line("weights", formats or None, "hub-card", "" if formats else "no weights found")
