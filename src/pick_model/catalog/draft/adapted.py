"""Draft an adapter: the base model's facts, and what the adapter's own repository says.

Whoever loads an adapter loads its base model too. So the entry has the base model's size and
limits, and two licences, of which both hold.
"""

from __future__ import annotations

import re
from math import prod
from typing import Any

from pick_model.catalog.draft.architectures import DEFAULT_TASKS
from pick_model.catalog.draft.recognise import Adapter
from pick_model.catalog.draft.repository import RepoFacts
from pick_model.catalog.draft.text import Line
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry, Shape

BASE = "hub-adapted"
# Facts of the base model that hold for what is loaded, in the order of the schema.
TAKEN_OVER = (
    "n_parameters",
    "n_embedding_parameters",
    "n_active_parameters",
    "embed_dim",
    "max_tokens",
    "image_size",
    "sample_rate_hz",
    "max_seconds",
    "shape",
)


def adapted_lines(facts: RepoFacts, base: Entry, given: dict[str, Line]) -> list[Line]:
    """The fields of an adapter's entry, in the order of the schema.

    `given`: the lines that are drafted for every repository, by name.
    """
    said_by = "hub-config" if facts.other("adapter_config.json") else "hub-card"
    return [
        given["id"],
        given["hub_repo"],
        given["revision"],
        Line("family", base.family),
        Line("kind", base.kind),
        Line("modality", base.modality),
        _tasks(given["tasks"], base),
        _languages(given["languages"], base),
        given["license"],
        given["release_date"],
        *_taken_over(base),
        given["pretraining"],
        Line("base_model", base.id, said_by),
        Line("adapter", True, said_by),
        _base_license(base),
        Line("weights", _formats(facts), "hub-card"),
    ]


def own_parameters(facts: RepoFacts) -> int | None:
    """How many parameters the adapter adds, counted from its header; None where it has none."""
    if not facts.adapter:
        return None
    return sum(prod(tensor.shape) for tensor in facts.adapter.values())


def note_on(adapter: Adapter, facts: RepoFacts, base: Entry) -> str:
    """What somebody should know who reads the size and the licence of the entry."""
    own = own_parameters(facts)
    adds = f", which adds {own} parameters" if own else ""
    return f"{adapter.kind} over {base.id}{adds}; size and limits are the base model's"


def _tasks(own: Line, base: Entry) -> Line:
    """What the Hub's tag says it was tuned for, else what its base model does."""
    usual = list(DEFAULT_TASKS.get(base.kind, ()))
    return Line("tasks", list(base.tasks), todo="check") if own.value == usual else own


def _languages(own: Line, base: Entry) -> Line:
    if own.value is not None or base.languages is None:
        return own
    return Line("languages", list(base.languages), BASE, "those of the base model; check")


def _taken_over(base: Entry) -> list[Line]:
    lines = []
    for name in TAKEN_OVER:
        value: Any = getattr(base, name)
        value = (to_plain(value) or None) if isinstance(value, Shape) else value
        if value is not None:
            lines.append(Line(name, value, BASE))
    return lines


def _base_license(base: Entry) -> Line:
    """The base model's licence, which holds beside the adapter's own."""
    todo = "" if base.license else f"{base.id} has none that is known"
    return Line("base_license", base.license, BASE, todo)


def _formats(facts: RepoFacts) -> list[str] | None:
    """The formats the adapter's own weights come in."""
    endings = {re.search(r"\.(safetensors|bin|pt)$", name) for name in facts.head.files}
    found = {ending.group(1) == "safetensors" for ending in endings if ending}
    return ["safetensors" if safe else "pickle" for safe in sorted(found, reverse=True)] or None
