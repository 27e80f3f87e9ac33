"""What `catalog add` reads of a repository: configurations and the heads of its safetensors.

Nothing but small files is fetched.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from pick_model.hub.client import RepoHead, Tensor, json_file, tensors
from pick_model.hub.faults import BadContent
from pick_model.words.say import message, say

AT_ONCE = 8  # requests in flight
ADAPTER_FILES = re.compile(r"(adapter_model|pytorch_adapter|pytorch_lora_weights)\.")


@dataclass(frozen=True)
class RepoFacts:
    """Everything `add` reads."""

    head: RepoHead
    config: dict[str, Any]  # {} where there is no config.json
    tensors: dict[str, Tensor] | None  # None: no safetensors
    others: dict[str, Any] = field(default_factory=dict)  # further small files, by name
    folder: str = ""  # where configuration and weights lie; "0_Transformer/"
    notes: tuple[str, ...] = ()  # what could not be read, in words
    adapter: dict[str, Tensor] | None = None  # tensors of an adapter that lies there

    def other(self, name: str) -> dict[str, Any]:
        """A further configuration; {} where there is none, or no object in it."""
        found = self.others.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def modules(self) -> list[dict[str, Any]]:
        """The parts of a sentence-transformers model."""
        found = self.others.get("modules.json")
        return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


# Small files beside config.json that say something about a model.
OTHERS = (
    "preprocessor_config.json",
    "adapter_config.json",
    "modules.json",
    "sentence_bert_config.json",
    "open_clip_config.json",
    "quantize_config.json",
)


def read_facts(head: RepoHead) -> RepoFacts:
    """Configuration and tensors of one commit. Raises EnvironmentProblem."""
    notes: list[str] = []
    others: dict[str, Any] = {}
    for name in OTHERS:
        if name in head.files:
            try:
                others[name] = json_file(head, name)
            except BadContent as fault:
                notes.append(say(fault.message))
    facts = RepoFacts(head, {}, None, others)
    folder = _folder(facts)
    config: Any = {}
    if folder + "config.json" in head.files:
        config = json_file(head, folder + "config.json")
    if not isinstance(config, dict):
        kind = "a list" if isinstance(config, list) else f"{config!r}"[:40]
        raise BadContent(message("config-no-object", id=head.id, kind=kind), code="hub")
    for part in facts.modules:  # the dense layers of sentence-transformers set the width
        name = f"{part.get('path')}/config.json"
        if str(part.get("type")).endswith(".Dense") and name in head.files:
            others[name] = json_file(head, name)
    found = _tensors(head, folder, notes)
    adapter = _adapter_tensors(head, notes)
    return RepoFacts(head, config, found, others, folder, tuple(notes), adapter)


def _adapter_tensors(head: RepoHead, notes: list[str]) -> dict[str, Tensor] | None:
    """What the header of an adapter's safetensors says; None where there is none to read."""
    for name in head.files:
        if ADAPTER_FILES.match(name) and name.endswith(".safetensors"):
            try:
                return tensors(head, name)
            except BadContent as fault:
                notes.append(say(fault.message))
    return None


def _folder(facts: RepoFacts) -> str:
    """Where the model lies: at the top, or where old sentence-transformers put it."""
    if "config.json" in facts.head.files or not facts.modules:
        return ""
    folder = f"{facts.modules[0].get('path')}/"
    return folder if folder + "config.json" in facts.head.files else ""


def _tensors(head: RepoHead, folder: str, notes: list[str]) -> dict[str, Tensor] | None:
    """Names, types and shapes from the safetensors headers; None where there are none."""
    files = _weight_files(head, folder, notes)
    if not files:
        return None
    with ThreadPoolExecutor(AT_ONCE) as pool:
        headers = list(pool.map(lambda name: tensors(head, name), files))
    return {name: tensor for header in headers for name, tensor in header.items()}


def _weight_files(head: RepoHead, folder: str, notes: list[str]) -> list[str]:
    """The files that together hold the model once."""
    there = [
        name
        for name in head.files
        if name.endswith(".safetensors")
        and name.rpartition("/")[0] == folder.rstrip("/")
        and not ADAPTER_FILES.match(name.rpartition("/")[2])
    ]
    single, index = folder + "model.safetensors", folder + "model.safetensors.index.json"
    if single in there:
        return [single]
    if index in head.files:
        return _shards(head, index, folder)
    parts = [name for name in there if re.search(r"-\d+-of-\d+\.safetensors$", name)]
    if len(there) == 1 or (parts and parts == there):
        return there
    if there:
        notes.append(f"{len(there)} safetensors lie side by side and no index tells what they are")
    return []


def _shards(head: RepoHead, index: str, folder: str) -> list[str]:
    content = json_file(head, index)
    weight_map = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(weight_map, dict) or not weight_map:
        raise BadContent(message("index-without-map", index=index, id=head.id))
    names = {folder + str(name) for name in weight_map.values()}
    missing = sorted(names - set(head.files))
    if missing:
        raise BadContent(
            message("index-names-missing", index=index, missing=missing[0], id=head.id)
        )
    pickled = sorted(name for name in names if not name.endswith(".safetensors"))
    if pickled:
        raise BadContent(message("index-names-pickle", index=index, id=head.id, pickled=pickled[0]))
    return sorted(names)
