"""Folders that a module writes: a name of one is no repository's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from pick_model.gate.discover.references import Perhaps, Use
from pick_model.gate.discover.scopes import Module, Scope, is_self, last_word
from pick_model.gate.discover.values import ExpressionReader
from pick_model.words.say import message

# Calls that write a folder, by the argument that names it.
WRITERS = {
    "save_pretrained": 0, "save_pretrained_merged": 0, "save_model": 0, "save": 0, "makedirs": 0,
    "mkdir": 0, "save_to_disk": 0, "TrainingArguments": 0, "Seq2SeqTrainingArguments": 0,
}  # fmt: skip
WRITTEN = frozenset(
    {"dirpath", "local_dir", "output_dir", "output_path", "save_directory", "save_path"}
)
MAX_PARTS = 50  # of an expression
Key = tuple[str, int]  # a variable as it is written, and which of that name it is


class Saved(NamedTuple):
    """The folders that a module writes, with the lines that do."""

    texts: dict[str, int]
    variables: dict[Key, int]

    def line_of(self, node: ast.expr | None, scope: Scope) -> int | None:
        """The line that writes to the variable an expression is made with."""
        for part in _parts(node):
            key = _key(part, scope)
            line = self.variables.get(key) if key is not None else None
            if line is not None and line < part.lineno:
                return line  # what is written further down may be loaded from elsewhere here
        return None


def saved_in(module: Module, reader: ExpressionReader) -> Saved:
    """The folders that this module writes."""
    saved = Saved({}, {})
    for call, scope in module.calls:
        at = WRITERS.get(last_word(call.func) or "")
        nodes = [k.value for k in call.keywords if k.arg in WRITTEN]
        if at is not None and at < len(call.args):
            nodes.append(call.args[at])
        for node in nodes:
            key = _key(node, scope)
            if key is not None:
                saved.variables.setdefault(key, call.lineno)
            for text in reader.values(node, scope).texts:
                folder = text.removeprefix("./").rstrip("/")
                if folder:
                    saved.texts.setdefault(folder, call.lineno)
    return saved


def weighed(use: Use | Perhaps, saved: Saved) -> Use | Perhaps:
    """A folder that this module writes is no repository, unless a lock says so."""
    if isinstance(use, Perhaps) or not use.names or use.more:
        return use
    line = use.line
    for name in use.names:
        lines = [at for folder, at in saved.texts.items() if _is_in(name, folder)]
        line = min(lines, default=use.line)
        if line >= use.line:
            return use
    return Perhaps(use, message("is-folder-written", line=line), "pass")


def _is_in(name: str, folder: str) -> bool:
    """Whether a name is a folder, lies in it, or is a checkpoint of a run beside it."""
    if f"{name}/".startswith(f"{folder}/"):
        return True
    owner, _, rest = name.partition("/")
    return rest.startswith("checkpoint-") and folder.partition("/")[0] == owner


def _parts(node: ast.expr | None) -> Iterator[ast.expr]:
    """An expression, and those of which it makes a path."""
    todo = [node]
    for _ in range(MAX_PARTS):
        here = todo.pop() if todo else None
        if here is None:
            return
        yield here
        if isinstance(here, ast.JoinedStr):
            todo += [p.value for p in here.values if isinstance(p, ast.FormattedValue)]
        elif isinstance(here, ast.BinOp):
            todo += [here.right, here.left]
        elif isinstance(here, ast.Call) and last_word(here.func) in ("join", "str", "Path"):
            todo += reversed(here.args)


def _key(node: ast.expr, scope: Scope) -> Key | None:
    """A variable or its attribute; None for anything else."""
    words: list[str] = []
    while isinstance(node, ast.Attribute) and len(words) < MAX_PARTS:
        words.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    holder: object = scope.enclosing("class") if is_self(node) else scope.find(node.id)
    return ".".join((node.id, *reversed(words))), id(holder) if holder is not None else 0
