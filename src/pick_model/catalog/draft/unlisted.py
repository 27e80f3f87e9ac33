"""An entry of a model that no catalog holds: from the Hub, or from a folder on this machine.

Configuration and the heads of safetensors are read, never the weights. What is not stated stays
unknown, but for the number of parameters, which the shape gives where no header does.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from pick_model.catalog.catalog import Catalog
from pick_model.catalog.draft.add import entry_text
from pick_model.catalog.draft.impossible import impossible
from pick_model.catalog.draft.parameters import possible_counts
from pick_model.catalog.draft.recognise import recognise
from pick_model.catalog.draft.repository import OTHERS, RepoFacts, read_facts
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_files import CatalogFile
from pick_model.documents.reader import check, parse_yaml
from pick_model.errors import InputError, Location
from pick_model.hub.client import MAX_JSON, RepoHead, Tensor, model_info
from pick_model.record import replace
from pick_model.words.say import message


def entry_from_hub(
    repo: str,
    catalog: Catalog,
    *,
    revision: str | None = None,
    timeout: float | None = None,
    strict: bool = False,
) -> Entry:
    """The entry a draft of this repository has. Raises EnvironmentProblem and UsageError; if
    `strict` InputError for a configuration that no model can have."""
    facts = read_facts(model_info(repo, revision, timeout=timeout, sizes=True))
    if strict:
        _believe(facts, f"{repo}/config.json")
    return _entry(facts, catalog)


def entry_from_folder(folder: Path, catalog: Catalog, *, strict: bool = False) -> Entry:
    """The entry of a model saved in a folder. Raises InputError where it cannot be read, and if
    `strict` for a configuration that no model can have."""
    config = _json(folder / "config.json")
    if not isinstance(config, dict):
        raise InputError(
            message("config-holds-no-object"), location=Location(str(folder / "config.json"))
        )
    others = {name: _json(folder / name) for name in OTHERS if (folder / name).is_file()}
    files = tuple(sorted(path.name for path in folder.iterdir() if path.is_file()))
    tensors: dict[str, Tensor] = {}
    for name in files:
        if name.endswith(".safetensors") and not name.startswith("adapter_"):
            tensors |= _header(folder / name)
    head = RepoHead(id=folder.resolve().name, sha="", licenses=(), gated=False, files=files)
    facts = RepoFacts(head, config, tensors or None, others)
    if strict:
        _believe(facts, str(folder / "config.json"))
    return _entry(facts, catalog)


def _believe(facts: RepoFacts, where: str) -> None:
    """Raises InputError where the configuration states what cannot be."""
    odd = impossible(facts.config, recognise(facts, None).found)
    if odd:
        raise InputError(message("config-impossible", odd=odd), location=Location(where))


def _entry(facts: RepoFacts, catalog: Catalog) -> Entry:
    text = entry_text(facts, catalog)
    entry = check(parse_yaml(text, f"description of {facts.head.id}"), CatalogFile).models[0]
    counts, shape = possible_counts(entry), entry.shape
    if entry.n_parameters is not None or not counts:
        return entry
    table = (shape.vocab_size or 0) * (shape.embedding_size or shape.hidden_size or 0)
    return replace(
        entry,
        n_parameters=counts[0],
        n_embedding_parameters=table if 0 < table < counts[0] else None,
    )


def _json(path: Path) -> Any:
    """The value of a small JSON file. Raises InputError."""
    where = Location(str(path))
    try:
        if path.stat().st_size > MAX_JSON:
            raise InputError(message("config-too-large"), location=where)
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        folder = path.parent
        told = (
            message("no-config", name=folder.name) if folder.is_dir() else message("file-not-there")
        )
        raise InputError(told, location=where, hint=message("name-models-folder")) from None
    except (ValueError, OSError, RecursionError):
        told = message("model-file-unreadable", file=path.name, reason=message("file-not-json"))
        raise InputError(told, location=where, hint=message("download-again")) from None


def _header(path: Path) -> dict[str, Tensor]:
    """Names, types and shapes of a safetensors file: 8 bytes of length, then JSON."""
    where = Location(str(path))
    broken = InputError(message("header-damaged"), location=where)
    try:
        with path.open("rb") as file:
            start = file.read(8)
            if len(start) < 8 or (length := struct.unpack("<Q", start)[0]) > MAX_JSON:
                raise broken
            found = json.loads(file.read(length))
        return {
            name: Tensor(str(of["dtype"]), tuple(int(side) for side in of["shape"]))
            for name, of in found.items()
            if name != "__metadata__"
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise broken from None
