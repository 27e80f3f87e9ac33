"""What the Hub says about a model, through huggingface_hub and nothing else.

Endpoint, token and offline mode are the client's own (HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE).
Nothing but small files is fetched: configurations, and the head of the safetensors.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pick_model.errors import EnvironmentProblem, PickModelError, UsageError

T = TypeVar("T")
TIMEOUT_S = 10.0


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


class Gone(EnvironmentProblem):
    """The repository is not there, or is not to be seen with this token."""

    code = "hub"


class Refused(EnvironmentProblem):
    """The Hub does not let this token read the repository."""

    code = "gated"


def read_head(repo: str, revision: str | None = None, timeout: float = TIMEOUT_S) -> RepoHead:
    """Commit, card and file names. Raises EnvironmentProblem."""
    info = _asked(
        repo, revision, lambda: _api().model_info(repo, revision=revision, timeout=timeout)
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


def read_facts(repo: str, revision: str | None = None, timeout: float = TIMEOUT_S) -> RepoFacts:
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
        problem = problem_of(fault, repo, revision)
        if problem is None:
            raise
        raise problem from fault


def problem_of(fault: BaseException, repo: str, revision: str | None) -> PickModelError | None:
    """What went wrong and what to do; None for what is no fault of the Hub or the network."""
    from huggingface_hub import errors

    chain = list(_chain(fault))

    def found(*kinds: type[BaseException]) -> BaseException | None:
        return next((f for f in chain if isinstance(f, kinds)), None)

    if found(errors.HFValidationError):
        return UsageError(f"{repo!r} is no name of a Hub repository", hint="org/name")
    if found(errors.GatedRepoError):
        return Refused(
            f"{repo} is gated: its owner asks you to accept terms first",
            hint=f"accept them on the page of {repo}, then `hf auth login` or set HF_TOKEN",
        )
    if found(errors.RevisionNotFoundError):
        return EnvironmentProblem(f"{repo} has no revision {revision!r}", code="hub")
    if found(errors.RepositoryNotFoundError):
        return Gone(
            f"the Hub knows no model {repo!r}, or it is private",
            hint="check the name; for a private one `hf auth login` or set HF_TOKEN",
        )
    answer = found(errors.HfHubHTTPError)
    status = getattr(getattr(answer, "response", None), "status_code", None)
    if status in (401, 403):
        return Refused(
            f"the Hub refuses access to {repo} ({status})",
            hint="`hf auth login` or set HF_TOKEN, with a token that may read it",
        )
    if status is not None:
        hint = "wait a little: too many requests" if status == 429 else "try again later"
        return EnvironmentProblem(f"the Hub answered {status} for {repo}", hint=hint, code="hub")
    words = " ".join(str(f) for f in chain).lower()
    if "timed out" in words or any("timeout" in type(f).__name__.lower() for f in chain):
        return EnvironmentProblem(
            f"the Hub did not answer in time for {repo}", hint="try again", code="hub"
        )
    if "consistency check" in words or any("Protocol" in type(f).__name__ for f in chain):
        return EnvironmentProblem(
            f"the answer for {repo} broke off, or has the wrong size", hint="try again", code="hub"
        )
    if found(json.JSONDecodeError, KeyError, TypeError):
        return EnvironmentProblem(
            f"the answer for {repo} is not what the Hub sends", hint="check HF_ENDPOINT", code="hub"
        )
    network = any(type(f).__module__.split(".")[0] in ("httpx", "requests") for f in chain)
    if network or found(OSError, errors.LocalEntryNotFoundError, errors.FileMetadataError):
        first = str(chain[-1]).strip().splitlines()
        return EnvironmentProblem(
            f"the Hub cannot be reached for {repo}: {first[0] if first else type(fault).__name__}",
            hint="check the connection, or HF_ENDPOINT",
            code="hub",
        )
    return None


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """A fault and what it was raised from, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = fault
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
