"""What the Hub says about a model, through huggingface_hub and nothing else.

Endpoint, token and offline mode are the client's own (HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE).
Nothing but small files is fetched: configurations, and the head of the safetensors. Everything
in an answer is somebody's text: what has not the type it should have is left out, or said.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pick_model.errors import EnvironmentProblem
from pick_model.hub import hub_problem

T = TypeVar("T")
MAX_JSON = 32 << 20  # bytes of a configuration; an index of 100,000 tensors has about 10 MB
MAX_SIDE = 1 << 48  # of a tensor: more than any storage holds
AT_ONCE = 8  # requests in flight
ADAPTER_FILES = re.compile(r"(adapter_model|pytorch_adapter|pytorch_lora_weights)\.")


@dataclass(frozen=True)
class RepoHead:
    """The state of a repository's default branch, or of the revision asked for."""

    id: str  # as the Hub spells it now; another one after a rename
    sha: str
    licenses: tuple[str, ...]  # as its card says; the name of what is called `other`
    gated: bool
    card: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    pipeline_tag: str | None = None
    library: str | None = None
    created: str | None = None  # YYYY-MM-DD, of the repository
    gguf: dict[str, Any] = field(default_factory=dict)  # what the Hub read in a GGUF's header

    @property
    def license(self) -> str | None:
        """The licence, where there is one and no choice."""
        return self.licenses[0] if len(self.licenses) == 1 else None


@dataclass(frozen=True)
class Tensor:
    """One tensor of the safetensors header."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class RepoFacts:
    """Everything `add` reads."""

    head: RepoHead
    config: dict[str, Any]  # {} where there is no config.json
    tensors: dict[str, Tensor] | None  # None: no safetensors
    others: dict[str, Any] = field(default_factory=dict)  # further small files, by name
    folder: str = ""  # where configuration and weights lie; "0_Transformer/"
    notes: tuple[str, ...] = ()  # what could not be read, in words

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


def read_head(repo: str, revision: str | None = None, timeout: float | None = None) -> RepoHead:
    """Commit, card and file names. Raises EnvironmentProblem.

    timeout: seconds; the client's own HF_HUB_ETAG_TIMEOUT (10) when none are given.
    """
    from huggingface_hub import constants

    seconds = constants.HF_HUB_ETAG_TIMEOUT if timeout is None else timeout
    info = asked(
        repo, revision, lambda: _api().model_info(repo, revision=revision, timeout=seconds)
    )
    return asked(repo, revision, lambda: _head(info))


def _head(info: Any) -> RepoHead:
    card = info.card_data.to_dict() if info.card_data is not None else {}
    tags = [tag for tag in info.tags or () if isinstance(tag, str)]
    if not isinstance(info.id, str):
        raise TypeError("an answer without an id")
    return RepoHead(
        id=info.id,
        sha=_text(info.sha) or "",
        licenses=_licenses(card, tags),
        gated=bool(info.gated),
        card=card,
        files=tuple(s.rfilename for s in info.siblings or () if isinstance(s.rfilename, str)),
        pipeline_tag=_text(info.pipeline_tag),
        library=_text(info.library_name),
        created=info.created_at.date().isoformat() if info.created_at else None,
        gguf=info.gguf if isinstance(getattr(info, "gguf", None), dict) else {},
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def read_facts(head: RepoHead) -> RepoFacts:
    """Configuration and tensors of one commit. Raises EnvironmentProblem."""
    notes: list[str] = []
    others: dict[str, Any] = {}
    for name in OTHERS:
        if name in head.files:
            try:
                others[name] = _json_file(head, name)
            except BadContent as fault:
                notes.append(fault.message)
    facts = RepoFacts(head, {}, None, others)
    folder = _folder(facts)
    config: Any = {}
    if folder + "config.json" in head.files:
        config = _json_file(head, folder + "config.json")
    if not isinstance(config, dict):
        kind = "a list" if isinstance(config, list) else f"{config!r}"[:40]
        raise BadContent(f"config.json of {head.id} holds {kind}, not an object", code="hub")
    for part in facts.modules:  # the dense layers of sentence-transformers set the width
        name = f"{part.get('path')}/config.json"
        if str(part.get("type")).endswith(".Dense") and name in head.files:
            others[name] = _json_file(head, name)
    tensors = _tensors(head, folder, notes)
    return RepoFacts(head, config, tensors, others, folder, tuple(notes))


def _folder(facts: RepoFacts) -> str:
    """Where the model lies: at the top, or where old sentence-transformers put it."""
    if "config.json" in facts.head.files or not facts.modules:
        return ""
    folder = f"{facts.modules[0].get('path')}/"
    return folder if folder + "config.json" in facts.head.files else ""


def _api() -> Any:
    """The Hub's client. The endpoint is read now, not when the library was imported."""
    from huggingface_hub import HfApi

    return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)


def _licenses(card: dict[str, Any], tags: list[str]) -> tuple[str, ...]:
    """Every licence the card names; else those of the tags the Hub made of it."""
    value = card.get("license")
    given = value if isinstance(value, list) else [value]
    named = [_text(card.get("license_name")) or "other" if v == "other" else v for v in given]
    if value is None:
        named = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str) and name.strip()))


class BadContent(EnvironmentProblem):
    """A file of a repository that does not hold what it should."""

    code = "hub"


def _json_file(head: RepoHead, name: str) -> Any:
    """The value in a JSON file. Raises BadContent where it is none."""
    path = Path(
        asked(head.id, head.sha, lambda: _api().hf_hub_download(head.id, name, revision=head.sha))
    )
    if path.stat().st_size > MAX_JSON:
        raise BadContent(f"{name} of {head.id} is larger than {MAX_JSON >> 20} MiB")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise BadContent(f"{name} of {head.id} nests too deep to be a configuration") from None
    except (ValueError, OSError):
        raise BadContent(
            f"{name} of {head.id} is not JSON", hint=f"delete {path} and try again"
        ) from None


def _tensors(head: RepoHead, folder: str, notes: list[str]) -> dict[str, Tensor] | None:
    """Names, types and shapes from the safetensors headers; None where there are none."""
    files = _weight_files(head, folder, notes)
    if not files:
        return None
    with ThreadPoolExecutor(AT_ONCE) as pool:
        headers = list(pool.map(lambda name: _header(head, name), files))
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
    content = _json_file(head, index)
    weight_map = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(weight_map, dict) or not weight_map:
        raise BadContent(f"{index} of {head.id} has no weight_map")
    names = {folder + str(name) for name in weight_map.values()}
    missing = sorted(names - set(head.files))
    if missing:
        raise BadContent(f"{index} names {missing[0]!r}, which {head.id} does not hold")
    pickled = sorted(name for name in names if not name.endswith(".safetensors"))
    if pickled:
        raise BadContent(f"{index} of {head.id} names {pickled[0]!r}, which is no safetensors")
    return sorted(names)


def _header(head: RepoHead, name: str) -> dict[str, Tensor]:
    from huggingface_hub.errors import SafetensorsParsingError

    unreadable = f"the header of {name} of {head.id} cannot be read"

    def read() -> Any:
        try:
            return _api().parse_safetensors_file_metadata(head.id, name, revision=head.sha)
        except (SafetensorsParsingError, AttributeError, RecursionError) as fault:
            raise BadContent(unreadable) from fault
        except (TypeError, ValueError) as fault:
            if isinstance(fault, json.JSONDecodeError) or type(fault) in (TypeError, ValueError):
                raise BadContent(unreadable) from fault
            raise

    found = asked(head.id, head.sha, read)
    tensors = {}
    for key, tensor in found.tensors.items():
        sides = tensor.shape
        whole = isinstance(sides, list) and all(_is_side(side) for side in sides)
        if not whole or not isinstance(tensor.dtype, str):
            raise BadContent(f"{unreadable}: {key[:80]!r} has no shape of a tensor")
        tensors[key] = Tensor(tensor.dtype, tuple(sides))
    return tensors


def _is_side(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_SIDE


def asked(repo: str, revision: str | None, ask: Callable[[], T]) -> T:
    """The Hub's answer, or its fault in the user's words.

    Telemetry is off unless the user wants it: the client's detection of agents would send a
    request of its own, and to the public Hub whatever the endpoint.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:  # no cache holds what a repository says today
        raise EnvironmentProblem(
            f"offline mode is on, so {repo} was not asked for",
            hint="unset HF_HUB_OFFLINE",
            code="offline",
        )
    try:
        return ask()
    except EnvironmentProblem:
        raise
    except Exception as fault:
        problem = hub_problem(fault, repo, revision)
        if problem is None:  # the client reads nothing but the answer here
            problem = EnvironmentProblem(
                f"the answer for {repo} is not what the Hub sends ({type(fault).__name__})",
                hint="check HF_ENDPOINT",
                code="hub",
            )
        raise problem from fault
