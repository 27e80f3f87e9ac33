"""What the Hub says about a model, through huggingface_hub and nothing else.

Endpoint, token and offline mode are the client's own (HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE).
Nothing but small files is fetched: configurations, and the head of the safetensors.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pick_model.errors import EnvironmentProblem
from pick_model.hub_faults import hub_problem

T = TypeVar("T")


@dataclass(frozen=True)
class RepoHead:
    """The state of a repository's default branch, or of the revision asked for."""

    id: str  # as the Hub spells it now; another one after a rename
    sha: str
    license: str | None  # as its card says
    gated: bool
    card: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    pipeline_tag: str | None = None
    library: str | None = None
    created: str | None = None  # YYYY-MM-DD, of the repository


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
    preprocessor: dict[str, Any]
    tensors: dict[str, Tensor] | None  # None: no safetensors
    notes: tuple[str, ...] = ()  # what could not be read, in words


def read_head(repo: str, revision: str | None = None, timeout: float | None = None) -> RepoHead:
    """Commit, card and file names. Raises EnvironmentProblem.

    timeout: seconds; the client's own HF_HUB_ETAG_TIMEOUT (10) when none are given.
    """
    from huggingface_hub import constants

    seconds = constants.HF_HUB_ETAG_TIMEOUT if timeout is None else timeout
    info = _asked(
        repo, revision, lambda: _api().model_info(repo, revision=revision, timeout=seconds)
    )
    card = info.card_data.to_dict() if info.card_data is not None else {}
    return RepoHead(
        id=info.id,
        sha=info.sha or "",
        license=_license(card, info.tags or []),
        gated=bool(info.gated),
        card=card,
        files=tuple(sibling.rfilename for sibling in info.siblings or ()),
        pipeline_tag=info.pipeline_tag,
        library=info.library_name,
        created=info.created_at.date().isoformat() if info.created_at else None,
    )


def read_facts(repo: str, revision: str | None = None, timeout: float | None = None) -> RepoFacts:
    """The head, configuration and tensors of one commit. Raises EnvironmentProblem."""
    head = read_head(repo, revision, timeout)
    notes: list[str] = []
    config = _json_file(head, "config.json")
    preprocessor = _json_file(head, "preprocessor_config.json")
    return RepoFacts(head, config, preprocessor, _tensors(head, notes), tuple(notes))


def _api() -> Any:
    """The Hub's client. The endpoint is read now, not when the library was imported."""
    from huggingface_hub import HfApi

    return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)


def _license(card: dict[str, Any], tags: list[str]) -> str | None:
    """The card's licence: its name where the identifier is `other`."""
    value = card.get("license")
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if value == "other":
        value = card.get("license_name") or "other"
    if value is None:
        found = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
        value = found[0] if len(found) == 1 else None
    return value if isinstance(value, str) else None


def _json_file(head: RepoHead, name: str) -> dict[str, Any]:
    if name not in head.files:
        return {}
    path = _asked(
        head.id, head.sha, lambda: _api().hf_hub_download(head.id, name, revision=head.sha)
    )
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, OSError):
        value = None
    if not isinstance(value, dict):
        raise EnvironmentProblem(
            f"{name} of {head.id} is not JSON", hint=f"delete {path} and try again", code="hub"
        )
    return value


def _tensors(head: RepoHead, notes: list[str]) -> dict[str, Tensor] | None:
    """Names, types and shapes from the safetensors headers; None where there are none."""
    from huggingface_hub.errors import NotASafetensorsRepoError, SafetensorsParsingError

    if not any(name.endswith(".safetensors") for name in head.files):
        return None
    try:
        found = _asked(
            head.id,
            head.sha,
            lambda: _api().get_safetensors_metadata(head.id, revision=head.sha),
            passed=(NotASafetensorsRepoError, SafetensorsParsingError),
        )
    except NotASafetensorsRepoError:
        notes.append("its safetensors are not named model.safetensors")
        return None
    except SafetensorsParsingError as fault:
        raise EnvironmentProblem(
            f"the header of the safetensors of {head.id} cannot be read", code="hub"
        ) from fault
    return {
        name: Tensor(tensor.dtype, tuple(tensor.shape))
        for file in found.files_metadata.values()
        for name, tensor in file.tensors.items()
    }


def _asked(
    repo: str,
    revision: str | None,
    ask: Callable[[], T],
    passed: tuple[type[Exception], ...] = (),
) -> T:
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
    except passed:
        raise
    except Exception as fault:
        problem = hub_problem(fault, repo, revision)
        if problem is None:
            raise
        raise problem from fault
