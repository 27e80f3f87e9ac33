"""The one client of the Hub: what a repository says and holds, through huggingface_hub alone.

Endpoint, token and offline mode are the client's own (HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE).
Everything in an answer is somebody's text: what has not the type it should have is left out,
or said. Every fault is an error of `faults.py`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pick_model.errors import PickModelError
from pick_model.hub.faults import BadContent, hub_error
from pick_model.words.message import Message
from pick_model.words.say import message

_SHA256 = re.compile(r"[0-9a-f]{64}")
MAX_JSON = 32 << 20  # bytes of a configuration; an index of 100,000 tensors has about 10 MB
MAX_SIDE = 1 << 48  # of a tensor: more than any storage holds


@dataclass(frozen=True)
class RepoHead:
    """The state of a repository's default branch, or of the revision asked for."""

    id: str  # as the Hub spells it now; another one after a rename
    sha: str
    licenses: tuple[str, ...]  # as its card says; the name of what is called `other`
    gated: bool
    card: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)  # bytes of the files, where asked for
    digests: Mapping[str, str] = field(default_factory=dict)  # sha256 of large ones, likewise
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


def constants() -> Any:
    """The client's own settings.

    Telemetry is off unless the user wants it: the client's detection of agents would send a
    request of its own, and to the public Hub whatever the endpoint.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import constants

    return constants


def is_offline() -> bool:
    """Whether HF_HUB_OFFLINE is set."""
    return bool(constants().HF_HUB_OFFLINE)


def model_info(
    repo: str,
    revision: str | None = None,
    *,
    timeout: float | None = None,
    sizes: bool = False,
    otherwise: Message | None = None,
) -> RepoHead:
    """Commit, card and file names, in one request.

    revision: a branch, tag or commit; None: the default branch. timeout: seconds; the client's
    own HF_HUB_ETAG_TIMEOUT (10) when none are given. sizes: and digests of the files as well.
    Raises HubFault, and UsageError for what no repository is called.
    """
    with _asking(repo, revision, otherwise=otherwise):
        seconds = constants().HF_HUB_ETAG_TIMEOUT if timeout is None else timeout
        return _head(
            _api().model_info(repo, revision=revision, timeout=seconds, files_metadata=sizes)
        )


def _head(info: Any) -> RepoHead:
    card = info.card_data.to_dict() if info.card_data is not None else {}
    tags = tuple(tag for tag in info.tags or () if isinstance(tag, str))
    files = {s.rfilename: s.size for s in info.siblings or () if isinstance(s.rfilename, str)}
    if not isinstance(info.id, str):
        raise TypeError("an answer without an id")
    return RepoHead(
        id=info.id,
        sha=_text(info.sha) or "",
        licenses=_licenses(card, tags),
        gated=bool(info.gated),
        card=card,
        tags=tags,
        files=tuple(files),
        sizes={name: size for name, size in files.items() if isinstance(size, int)},
        digests=_digests(info.siblings or ()),
        pipeline_tag=_text(info.pipeline_tag),
        library=_text(info.library_name),
        created=info.created_at.date().isoformat() if info.created_at else None,
        gguf=info.gguf if isinstance(getattr(info, "gguf", None), dict) else {},
    )


def _digests(siblings: Sequence[Any]) -> dict[str, str]:
    """sha256 of the files in large-file storage; of small ones the Hub has Git's own hash alone."""
    found = {}
    for one in siblings:
        value = getattr(getattr(one, "lfs", None), "sha256", None)
        if isinstance(one.rfilename, str) and isinstance(value, str) and _SHA256.fullmatch(value):
            found[one.rfilename] = value
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _licenses(card: dict[str, Any], tags: Sequence[str]) -> tuple[str, ...]:
    """Every licence the card names; else those of the tags the Hub made of it."""
    value = card.get("license")
    given = value if isinstance(value, list) else [value]
    named = [_text(card.get("license_name")) or "other" if v == "other" else v for v in given]
    if value is None:
        named = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str) and name.strip()))


def json_file(head: RepoHead, name: str) -> Any:
    """The value in a JSON file of at most MAX_JSON bytes. Raises HubFault and BadContent."""
    large = BadContent(message("hub-file-too-large", name=name, id=head.id, mib=MAX_JSON >> 20))
    if head.sizes.get(name, 0) > MAX_JSON:
        raise large
    with _asking(head.id, head.sha):
        path = Path(_api().hf_hub_download(head.id, name, revision=head.sha))
    if path.stat().st_size > MAX_JSON:
        raise large
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise BadContent(message("hub-file-too-deep", name=name, id=head.id)) from None
    except (ValueError, OSError):
        raise BadContent(
            message("hub-file-not-json", name=name, id=head.id),
            hint=message("delete-and-try-again", path=str(path)),
        ) from None


def tensors(head: RepoHead, name: str) -> dict[str, Tensor]:
    """Names, types and shapes of a safetensors file; only its header is fetched.

    Raises HubFault and BadContent.
    """
    unreadable = message("header-unreadable", name=name, id=head.id)
    with _asking(head.id, head.sha):
        from huggingface_hub.errors import SafetensorsParsingError

        try:
            found = _api().parse_safetensors_file_metadata(head.id, name, revision=head.sha)
        except (SafetensorsParsingError, AttributeError, RecursionError) as fault:
            raise BadContent(unreadable) from fault
        except (TypeError, ValueError) as fault:
            # Those of the network are ValueErrors too, of classes of their own.
            if type(fault) in (json.JSONDecodeError, TypeError, ValueError):
                raise BadContent(unreadable) from fault
            raise
    read = {}
    for key, tensor in found.tensors.items():
        sides = tensor.shape
        whole = isinstance(sides, list) and all(_is_side(side) for side in sides)
        if not whole or not isinstance(tensor.dtype, str):
            raise BadContent(message("header-without-shape", unreadable=unreadable, key=key[:80]))
        read[key] = Tensor(tensor.dtype, tuple(sides))
    return read


def _is_side(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_SIDE


def download(
    repo: str,
    revision: str | None,
    *,
    patterns: Sequence[str],
    ignored: Sequence[str],
    local: bool,
    otherwise: Message | None = None,
) -> Path:
    """The cache's folder, named by its commit, with the files that match.

    local: of what was downloaded before; nobody is asked. Raises HubFault, and UsageError for
    what no repository is called.
    """
    with _asking(repo, revision, local=local, otherwise=otherwise):
        from huggingface_hub import snapshot_download
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()
        return Path(
            snapshot_download(
                repo,
                revision=revision,
                allow_patterns=list(patterns),
                ignore_patterns=list(ignored),
                local_files_only=local,
                endpoint=_endpoint(),
            )
        )


@contextmanager
def _asking(
    repo: str, revision: str | None, *, local: bool = False, otherwise: Message | None = None
) -> Iterator[None]:
    """Whatever the client raises in the block becomes an error of ours."""
    offline = is_offline()
    from huggingface_hub.errors import OfflineModeIsEnabled

    try:
        if offline and not local:
            raise OfflineModeIsEnabled
        yield
    except PickModelError:
        raise
    except Exception as fault:
        raise hub_error(fault, repo, revision, local=local, otherwise=otherwise) from fault


def _api() -> Any:
    from huggingface_hub import HfApi

    return HfApi(endpoint=_endpoint())


def _endpoint() -> str | None:
    """As it is set now, not when the library was imported."""
    return os.environ.get("HF_ENDPOINT") or None
