"""Folders that a module writes: a name of one is no repository's."""

from __future__ import annotations

from collections.abc import Mapping

from pick_model.gate.found import Perhaps, Use
from pick_model.gate.scopes import Module, last_word
from pick_model.gate.values import Reader

# Calls that write a folder, by the argument that names it.
WRITERS = {
    "save_pretrained": 0, "save_model": 0, "save": 0, "makedirs": 0, "mkdir": 0,
    "save_to_disk": 0, "TrainingArguments": 0, "Seq2SeqTrainingArguments": 0,
}  # fmt: skip
WRITTEN = frozenset({"output_dir", "save_directory", "local_dir", "save_path"})


def saved_in(module: Module, reader: Reader) -> dict[str, int]:
    """The folders that this file writes, with the line that does."""
    found: dict[str, int] = {}
    for call, scope in module.calls:
        at = WRITERS.get(last_word(call.func) or "")
        nodes = [k.value for k in call.keywords if k.arg in WRITTEN]
        if at is not None and at < len(call.args):
            nodes.append(call.args[at])
        for node in nodes:
            for text in reader.values(node, scope).texts:
                found.setdefault(text.removeprefix("./").rstrip("/"), call.lineno)
    return {text: line for text, line in found.items() if text}


def weighed(use: Use | Perhaps, saved: Mapping[str, int]) -> Use | Perhaps:
    """A folder that this file writes is no repository, unless a lock says so."""
    if isinstance(use, Perhaps) or not use.names or use.more:
        return use
    for name in use.names:
        line = saved.get(name.rstrip("/")) or next(
            (at for folder, at in saved.items() if _is_in(name, folder)), None
        )
        if line is None:
            return use
    return Perhaps(use, f"is a folder that line {line} writes", "pass")


def _is_in(name: str, folder: str) -> bool:
    """Whether a name lies in a folder, or is a checkpoint of a run beside it."""
    if name.startswith(f"{folder}/"):
        return True
    owner, _, rest = name.partition("/")
    return rest.startswith("checkpoint-") and folder.partition("/")[0] == owner
