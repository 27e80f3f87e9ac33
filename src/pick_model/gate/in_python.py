"""Hub models in Python source: calls that load one, read from the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from pick_model.gate.discover import Unread, Use


class Call(NamedTuple):
    """Where a loading call takes its model from."""

    position: int | None
    keywords: tuple[str, ...]


# The last name of what is called -> where the model stands.
CALLS: dict[str, Call] = {
    "from_pretrained": Call(0, ("pretrained_model_name_or_path", "model_id", "model_name")),
    "pipeline": Call(1, ("model",)),
    "hf_hub_download": Call(0, ("repo_id",)),
    "snapshot_download": Call(0, ("repo_id",)),
    "hf_hub_url": Call(0, ("repo_id",)),
    "SentenceTransformer": Call(0, ("model_name_or_path",)),
    "CrossEncoder": Call(0, ("model_name", "model_name_or_path")),
    "SparseEncoder": Call(0, ("model_name_or_path",)),
    "TextEmbedding": Call(0, ("model_name",)),
    "HuggingFaceEmbeddings": Call(None, ("model_name", "model")),
    "create_model": Call(0, ("model_name",)),  # timm, with hf_hub: before the name
    "create_model_and_transforms": Call(0, ("model_name",)),  # open_clip, the same
    "WhisperModel": Call(0, ("model_size_or_path",)),
    "LLM": Call(0, ("model",)),
}
# An adapter is loaded onto a model that is passed first.
ADAPTERS = frozenset({"PeftModel", "PeftModelForCausalLM", "PeftModelForSequenceClassification"})
# These load other things than models with the same calls.
NOT_MODELS = frozenset({"dataset", "space"})
HUB_PREFIXES = ("hf-hub:", "hf_hub:")
PREFIX_NEEDED = frozenset({"create_model", "create_model_and_transforms"})


def uses(text: str, file: str) -> Iterator[Use | Unread]:
    """Every loading call in a module."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield Unread(file, error.lineno or 1, "is not Python this interpreter reads")
        return
    except (ValueError, RecursionError, MemoryError):
        yield Unread(file, 1, "cannot be parsed")
        return
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found = _use(node, constants, file)
            if found is not None:
                yield found


def _constants(tree: ast.Module) -> dict[str, ast.expr | None]:
    """Names bound once in the whole file, with what they are bound to; None for the others."""
    found: dict[str, ast.expr | None] = {}

    def bind(name: str, value: ast.expr | None) -> None:
        found[name] = None if name in found else value

    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    bind(target.id, node.value)
                else:
                    for inner in ast.walk(target):
                        if isinstance(inner, ast.Name):
                            bind(inner.id, None)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if node.value is not None:
                bind(node.target.id, node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            # Assignments were taken above; loops, with and := bind what cannot be told.
            if node.id not in found:
                found[node.id] = None
        elif isinstance(node, ast.arg):
            found[node.arg] = None  # a parameter hides the name, somewhere in the file
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = None
    return found


def _use(node: ast.Call, constants: dict[str, ast.expr | None], file: str) -> Use | None:
    call = _last_name(node.func)
    where = CALLS.get(call or "")
    if call is None or where is None:
        return None
    keywords = {k.arg: k.value for k in node.keywords if k.arg}
    kind = _text(keywords.get("repo_type"), constants)
    if kind in NOT_MODELS:
        return None
    given = _model(node, where, keywords)
    if given is None:
        spread = any(k.arg is None for k in node.keywords) or any(
            isinstance(argument, ast.Starred) for argument in node.args
        )
        return Use(file, node.lineno, call, None, None) if spread else None
    if isinstance(given, ast.Constant) and not isinstance(given.value, str):
        return None
    name = _text(given, constants)
    if call in PREFIX_NEEDED and not (name or "").startswith(HUB_PREFIXES):
        return None  # without the prefix it names an architecture of the library
    if name is not None:
        for prefix in HUB_PREFIXES:
            name = name.removeprefix(prefix)
    revision = keywords.get("revision")
    told = _text(revision, constants)
    if name is not None and "@" in name and revision is None:
        name, _, told = name.partition("@")
        return Use(file, node.lineno, call, name, told)
    is_none = isinstance(revision, ast.Constant) and revision.value is None
    fixed = revision is None or is_none or told is not None
    return Use(file, node.lineno, call, name, told, fixed)


def _last_name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def _model(node: ast.Call, where: Call, keywords: dict[str, ast.expr]) -> ast.expr | None:
    for keyword in where.keywords:
        if keyword in keywords:
            return keywords[keyword]
    position = where.position
    function = node.func
    if isinstance(function, ast.Attribute) and _last_name(function.value) in ADAPTERS:
        position = 1
    if position is None or position >= len(node.args):
        return None
    if any(isinstance(argument, ast.Starred) for argument in node.args[: position + 1]):
        return None
    return node.args[position]


def _text(
    node: ast.expr | None, constants: dict[str, ast.expr | None], depth: int = 0
) -> str | None:
    """The text an expression stands for, where reading alone tells it."""
    if node is None or depth > 10:  # names that refer to one another in a ring
        return None
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return _text(constants.get(node.id), constants, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left = _text(node.left, constants, depth + 1)
        right = _text(node.right, constants, depth + 1)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.JoinedStr):
        parts = [
            _text(
                part.value if isinstance(part, ast.FormattedValue) else part, constants, depth + 1
            )
            for part in node.values
        ]
        return None if None in parts else "".join(part for part in parts if part)
    return None
