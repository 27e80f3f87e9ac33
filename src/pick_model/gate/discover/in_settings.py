"""Hub models in YAML, JSON, TOML and INI: keys that name one, read from the parsed document.

The events of YAML, and the values of the others, become mappings of plain values with their
lines; `_uses` reads one mapping. Text values are read for commands, too: a workflow's `run`.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from pick_model.gate.discover import in_commands, in_python
from pick_model.gate.discover.lines import Lines
from pick_model.gate.discover.references import (
    HOSTED,
    MAX_TEXT,
    OWNER_NAME,
    PATH_KEY,
    URL,
    Found,
    Perhaps,
    Unread,
    Use,
)
from pick_model.words.say import message

# Keys that transformers' and other libraries' settings use for a model's name.
MODEL_KEYS = frozenset(
    {
        "adapter_name_or_path", "base_model", "base_model_name_or_path", "checkpoint",
        "draft_model", "embedding_model", "embedder", "encoder", "encoder_name", "hf_model",
        "hf_model_id", "hf_model_name", "hf_repo", "hf_repo_id", "language_model", "llm_model",
        "lora_path", "model", "model_checkpoint", "model_id", "model_name", "model_name_or_path",
        "model_path", "model_repo", "peft_model_id", "pretrained", "pretrained_model",
        "pretrained_model_id", "pretrained_model_name", "pretrained_model_name_or_path", "repo_id",
        "reranker", "reranker_model", "speculative_model", "teacher_model", "tokenizer",
        "tokenizer_name", "tokenizer_name_or_path", "tokenizer_path", "vision_tower",
    }
)  # fmt: skip
# Words of the same meaning: base_encoder_name, student_model, reranker_id.
MODEL_KEY = re.compile(
    r"(?!.*(?:hub|push|upload|output|save))(?:[a-z0-9]+_)?(?:model|tokenizer|encoder|embedder|reranker|backbone)"
    r"(?:_(?:id|name|repo|repo_id|name_or_path))?|llm"
)
# Below one of these stand the words of a command.
COMMAND_KEYS = frozenset({"args", "cmd", "command", "commands", "entrypoint", "run", "script"})
# These take a bare word for a Hub model, too: transformers' own.
HUB_KEYS = frozenset(
    {
        "adapter_name_or_path", "base_model_name_or_path", "hf_model", "hf_model_id",
        "hf_model_name", "model_name_or_path", "name_or_path", "pretrained_model_name",
        "pretrained_model_name_or_path", "tokenizer_name_or_path",
    }
)  # fmt: skip
# Below one of those keys, these name the model: `model: {name: acme/base}`.
BELOW = frozenset({"id", "name", "name_or_path", "path", "repo"})
DEFAULTED = re.compile(r"\$\{(?:oc\.env:)?\w+(?:,|:?-)\s*['\"]?([^}'\"]*)['\"]?\}")
UPLOAD = re.compile(r"hub$|hub_|push|upload", re.IGNORECASE)  # what is below is a target
REFERENCE = re.compile(r"\$\{|\{\{")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 200
MAX_PARTS = 64  # of a TOML key; the reader's memory grows with their square
MAX_DIGITS = 1000  # of a TOML number


class Pair(NamedTuple):
    """One key of a mapping with a plain value."""

    key: str
    value: str
    line: int


class _Open:
    """A mapping or sequence that is being read."""

    def __init__(self, key: str, mapping: bool) -> None:
        self.key = key  # under which it stands
        self.mapping = mapping
        self.pairs: list[Pair] = []
        self.pending: str | None = None  # a key that waits for its value
        self.waiting = False


def yaml_uses(text: str, file: str) -> Iterator[Found]:
    """Every model named in the documents of a YAML file; tags and anchors are passed over."""
    stack: list[_Open] = []
    anchors: dict[str, Any] = {}  # texts under keys that name no model, to be named elsewhere
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                key = _taken(stack)
                if len(stack) >= MAX_DEPTH:
                    mark: Any = event.start_mark
                    yield Unread(file, mark.line + 1, message("nested-too-deeply"))
                    return
                stack.append(_Open(key, isinstance(event, yaml.MappingStartEvent)))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                done = stack.pop()
                if not _is_group(done, stack):
                    yield from _uses(done.pairs, done.key, file)
            elif isinstance(event, yaml.ScalarEvent):
                if event.anchor and not _names_model(stack):
                    anchors[event.anchor] = event
                _scalar(stack, event)
            elif isinstance(event, yaml.AliasEvent):
                if event.anchor in anchors:
                    _scalar(stack, anchors[event.anchor])
                else:
                    _taken(stack)
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark
        yield Unread(file, where.line + 1 if where else 1, message("not-yaml"))
    except yaml.YAMLError:  # a character YAML does not allow
        yield Unread(file, 1, message("not-yaml"))


def _names_model(stack: list[_Open]) -> bool:
    """Whether the next value stands under a key that names a model."""
    return bool(stack) and _names_a_model(_plain_key(stack[-1].pending or ""))


def _taken(stack: list[_Open]) -> str:
    """The key under which the next value stands; a value that is a key itself stands under none."""
    if not stack:
        return ""
    top = stack[-1]
    if not top.mapping:
        return top.key
    if not top.waiting:
        top.pending, top.waiting = None, True
        return ""
    key, top.pending, top.waiting = top.pending or "", None, False
    return key


def _scalar(stack: list[_Open], event: Any) -> None:
    line = event.start_mark.line + (2 if event.style in ("|", ">") else 1)
    if not stack:
        return
    top = stack[-1]
    if not top.mapping:
        top.pairs.append(Pair("", event.value, line))
    elif top.waiting:
        if top.pending is not None:
            top.pairs.append(Pair(top.pending, event.value, line))
        top.pending, top.waiting = None, False
    else:
        top.pending, top.waiting = event.value, True


def _is_group(done: _Open, stack: list[_Open]) -> bool:
    """Whether a mapping is an item of Hydra's `defaults`, which names files of settings."""
    return done.mapping and done.key == "defaults" and bool(stack) and not stack[-1].mapping


def json_uses(text: str, file: str) -> Iterator[Found]:
    """Every model named in a JSON file."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        # tsconfig and editor settings hold comments; they name no models.
        yield Unread(file, 1, message("not-json"))
        return
    yield from _in_plain(plain, text, file)


def toml_uses(text: str, file: str) -> Iterator[Found]:
    """Every model named in a TOML file; nothing without a TOML reader (Python 3.10)."""
    try:
        tomllib: Any = importlib.import_module("tomllib")
    except ModuleNotFoundError:
        yield Unread(file, 1, message("toml-unread"))
        return
    line = _too_much(text)
    if line:
        yield Unread(file, line, message("key-too-long", parts=MAX_PARTS, digits=MAX_DIGITS))
        return
    try:
        plain = tomllib.loads(text)
    except (ValueError, RecursionError, MemoryError):
        yield Unread(file, 1, message("not-toml"))
        return
    yield from _in_plain(plain, text, file)


def _too_much(text: str) -> int:
    """The first line with a key or number that would take the reader's time; 0 for none."""
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) <= MAX_PARTS:
            continue
        if re.search(rf"\d[\d_]{{{MAX_DIGITS}}}", line):
            return number
        bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", line).partition("#")[0]
        if any(part.count(".") > MAX_PARTS for part in re.split(r"[,={}\[\]]", bare)):
            return number
    return 0


def cfg_uses(text: str, file: str) -> Iterator[Found]:
    """Every model named in an INI file, as spaCy's settings are."""
    pairs: list[Pair] = []
    for number, line in enumerate([*text.splitlines(), "[end]"], start=1):
        bare = line.strip()
        if bare.startswith("[") and bare.endswith("]"):
            shape = next((p.value for p in pairs if p.key == "@architectures"), "")
            # `[components.transformer.model]` with `name = "acme/base"`
            last = "model" if "ransformer" in shape else ""
            yield from _uses(pairs, last, file)
            pairs = []
        elif bare and bare[0] not in "#;":
            key, equals, value = bare.partition("=" if "=" in bare else ":")
            if equals:
                pairs.append(Pair(key.strip(), value.strip().strip("\"'"), number))


def _in_plain(plain: Any, text: str, file: str) -> Iterator[Found]:
    """Uses in parsed values; neither parser keeps lines, so each key's line is looked up."""
    lines = Lines(text)
    todo = [(plain, "", 0)]
    while todo:
        value, key, depth = todo.pop()
        if depth > MAX_DEPTH:
            yield Unread(file, 1, message("nested-too-deeply-in-part"))
            continue
        if isinstance(value, dict):
            pairs = [Pair(str(k), v, 0) for k, v in value.items() if isinstance(v, str)]
            if isinstance(value.get("trust_remote_code"), bool):
                pairs.append(Pair("trust_remote_code", str(value["trust_remote_code"]), 0))
            for one in _uses(pairs, key, file):
                yield lines.placed(one)
            todo += [(inner, str(k), depth + 1) for k, inner in reversed(list(value.items()))]
        elif isinstance(value, list):
            pairs = [Pair("", v, 0) for v in value if isinstance(v, str)]
            for one in _uses(pairs, key, file):
                yield lines.placed(one)
            todo += [(inner, key, depth + 1) for inner in reversed(value)]


def _uses(pairs: list[Pair], under: str, file: str) -> Iterator[Found]:
    """The models of one mapping or sequence, each with the revision that stands beside it.

    under: the key under which the mapping stands.
    """
    beside = {_plain_key(pair.key): pair.value for pair in pairs}
    below, several = _names_a_model(_plain_key(under)), _singular(_plain_key(under))
    if UPLOAD.match(under):
        return
    for key, value, line in pairs:
        if len(value) > MAX_TEXT and "\n" not in value:
            continue
        plain = _plain_key(key)
        if plain == "value" and _names_a_model(_plain_key(beside.get("name", ""))):
            plain = key = _plain_key(beside["name"])  # Kubernetes' way with variables
        if _names_a_model(plain) or (below and (not plain or plain in BELOW)):
            yield from _named(key or under, value, line, beside, file)
        elif not plain and _names_a_model(several):
            for one in _named(under, value, line, beside, file):
                if isinstance(one, Use) and one.names:
                    yield Perhaps(one, message("in-a-list", what=several), "note")
                else:
                    yield one
        else:
            yield from in_commands.uses_in_text(value, file, line, in_python.uses)
    words = " ".join(f'"{pair.value}"' for pair in pairs if not pair.key and len(pair.value) < 300)
    if ("--" in words or under.lower() in COMMAND_KEYS) and pairs:
        yield from in_commands.uses_in_text(words[:100_000], file, pairs[0].line, in_python.uses)


def _named(
    key: str, value: str, line: int, beside: dict[str, str], file: str
) -> Iterator[Use | Perhaps]:
    plain = _plain_key(key)
    revision = (
        beside.get(f"{plain}_revision") or beside.get("revision") or beside.get("model_revision")
    )
    use = Use(file, line, key, (), revision)
    if beside.get("trust_remote_code", "").lower() in ("true", "yes", "on"):
        use = use._replace(remote_code=True, code_revision=beside.get("code_revision"))
    use = use._replace(pickles=beside.get("use_safetensors", "").lower() == "false")
    if revision is not None and REFERENCE.search(revision):
        use = use._replace(revision=None, fixed=False)
    more = False
    if (default := DEFAULTED.fullmatch(value)) is not None:
        value, more = default[1], True
    found, address = OWNER_NAME.fullmatch(value), URL.match(value)
    if REFERENCE.search(value):
        # What it refers to is read where it stands, if it stands in a file that is read.
        yield use._replace(more=True, why=message("refers-to", key=key, value=value[:80]))
    elif HOSTED.fullmatch(value):
        yield Perhaps(use._replace(names=(value,)), message("is-hosted"), "pass")
    elif found is not None:
        use = use._replace(names=(found[1],), revision=found[2] or revision, more=more)
        yield Perhaps(use, message("may-be-folder"), "note") if PATH_KEY.search(plain) else use
    elif address is not None:
        at = address["revision"] or address["at"] or revision
        yield use._replace(names=(address["name"],), revision=at)
    elif plain in HUB_KEYS and re.fullmatch(r"\w[\w.-]*", value):
        # It may be a folder as well; one that a lock or catalog knows is a model.
        yield Perhaps(use._replace(names=(value,)), message("is-own-word"), "quiet")


def _names_a_model(plain: str) -> bool:
    return plain in MODEL_KEYS or MODEL_KEY.fullmatch(plain) is not None


def _singular(plain: str) -> str:
    """The key of one thing for the key of a list of them: models, model_list."""
    return plain.removesuffix("_list").removesuffix("s")


def _plain_key(key: str) -> str:
    return key.lower().lstrip("-").replace("-", "_")
