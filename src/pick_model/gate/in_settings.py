"""Hub models in YAML, JSON and TOML: keys that name one, read from the parsed document."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from pick_model.gate.discover import Unread, Use

# Keys that transformers' and other libraries' settings use for a model's name.
MODEL_KEYS = frozenset(
    {
        "base_model", "base_model_name_or_path", "checkpoint", "embedding_model", "embedder",
        "encoder", "encoder_name", "hf_model", "hf_model_id", "hf_model_name", "hub_model_id",
        "model", "model_checkpoint", "model_id", "model_name", "model_name_or_path",
        "pretrained_model", "pretrained_model_name", "pretrained_model_name_or_path", "repo_id",
        "reranker_model", "tokenizer", "tokenizer_name", "tokenizer_name_or_path",
    }
)  # fmt: skip
# In settings only owner/name is taken for a Hub model: a bare word may mean anything.
HUB_NAME = re.compile(r"([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@([\w./-]+))?")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 200


class Pair(NamedTuple):
    """One key of a mapping with a plain value."""

    key: str
    value: str
    line: int


def yaml_uses(text: str, file: str) -> Iterator[Use | Unread]:
    """Every model named in the documents of a YAML file; tags and anchors are passed over."""
    stack: list[tuple[bool, list[Pair], list[Any]]] = []  # is a mapping, pairs, pending key
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                _value(stack, None)
                stack.append((isinstance(event, yaml.MappingStartEvent), [], []))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                _, pairs, _ = stack.pop()
                yield from _uses(pairs, file)
            elif isinstance(event, yaml.ScalarEvent):
                mark: Any = event.start_mark
                _value(stack, (event.value, mark.line + 1))
            elif isinstance(event, yaml.AliasEvent):
                _value(stack, None)
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark
        yield Unread(file, where.line + 1 if where else 1, "is not YAML")
    except yaml.YAMLError:  # a character YAML does not allow
        yield Unread(file, 1, "is not YAML")


def _value(stack: list[tuple[bool, list[Pair], list[Any]]], scalar: tuple[str, int] | None) -> None:
    """Take a scalar (or the start of something else) as key or value of the open mapping."""
    if not stack or not stack[-1][0]:
        return
    _, pairs, pending = stack[-1]
    if not pending:
        pending.append(scalar)
        return
    key = pending.pop()
    if key is not None and scalar is not None:
        pairs.append(Pair(key[0], scalar[0], scalar[1]))


def json_uses(text: str, file: str) -> Iterator[Use | Unread]:
    """Every model named in a JSON file."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        # tsconfig and editor settings hold comments; they name no models.
        yield Unread(file, 1, "is not JSON")
        return
    yield from _in_plain(plain, text, file)


def toml_uses(text: str, file: str) -> Iterator[Use | Unread]:
    """Every model named in a TOML file; nothing without a TOML reader (Python 3.10)."""
    try:
        tomllib: Any = importlib.import_module("tomllib")
    except ModuleNotFoundError:
        yield Unread(file, 1, "needs Python 3.11 or later to be read")
        return
    try:
        plain = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        yield Unread(file, 1, "is not TOML")
        return
    yield from _in_plain(plain, text, file)


def _in_plain(plain: Any, text: str, file: str) -> Iterator[Use | Unread]:
    """Uses in parsed values; neither parser keeps lines, so each key's line is looked up."""
    lines = text.splitlines()
    taken: set[int] = set()
    todo = [(plain, 0)]
    while todo:
        value, depth = todo.pop()
        if depth > MAX_DEPTH:
            continue
        if isinstance(value, dict):
            pairs = [
                Pair(key, inner, _line_of(key, inner, lines, taken))
                for key, inner in value.items()
                if isinstance(inner, str) and _is_model(key, inner)
            ]
            revisions = [
                Pair(key, inner, 0)
                for key, inner in value.items()
                if isinstance(inner, str) and key.endswith("revision")
            ]
            yield from _uses([*pairs, *revisions], file)
            todo += [(inner, depth + 1) for inner in reversed(list(value.values()))]
        elif isinstance(value, list):
            todo += [(inner, depth + 1) for inner in reversed(value)]


def _line_of(key: str, value: str, lines: list[str], taken: set[int]) -> int:
    """The first line not yet taken that holds both key and value, else the value alone."""
    for wanted in ((key, value), (value,)):
        for number, line in enumerate(lines, start=1):
            if number not in taken and all(word in line for word in wanted):
                taken.add(number)
                return number
    return 1


def _is_model(key: str, value: str) -> bool:
    return key.lower() in MODEL_KEYS and HUB_NAME.fullmatch(value) is not None


def _uses(pairs: list[Pair], file: str) -> Iterator[Use]:
    """The models of one mapping, each with the revision that stands beside it."""
    beside = {pair.key.lower(): pair.value for pair in pairs}
    for key, value, line in pairs:
        found = HUB_NAME.fullmatch(value)
        if found is None or not _is_model(key, value):
            continue
        revision = (
            found[2]
            or beside.get(f"{key.lower()}_revision")
            or beside.get("revision")
            or beside.get("model_revision")
        )
        yield Use(file, line, key, found[1], revision)
