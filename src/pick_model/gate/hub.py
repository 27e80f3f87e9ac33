"""What the Hub says of a model repository, in one request."""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

from pick_model.documents.lock import Weights
from pick_model.vocabulary.licenses import canonical_license

TIMEOUT_SECONDS = 10.0
_COMMIT = re.compile(r"[0-9a-f]{40}")
_FORMATS: dict[str, Weights] = {
    ".safetensors": "safetensors",
    ".bin": "pickle",
    ".pt": "pickle",
    ".pth": "pickle",
    ".ckpt": "pickle",
    ".pkl": "pickle",
    ".onnx": "onnx",
    ".h5": "other",
    ".msgpack": "other",
    ".gguf": "gguf",
}
# training_args.bin and optimizer.pt are by-products that nothing loads a model from.
_NOT_WEIGHTS = re.compile(r"(^|/)(training_args|optimizer|scheduler|rng_state)[^/]*$")


class HubFacts(NamedTuple):
    """A model repository at one commit."""

    revision: str
    license: str | None  # in the catalog's spelling; None when it says none, or not one we know
    stated: tuple[str, ...]  # every licence the card names, as it names them
    weights: tuple[Weights, ...]
    remote_code: bool


class HubProblem(NamedTuple):
    """Why there is no answer."""

    kind: str  # offline | gone | no-revision | unreachable
    reason: str


def ask_hub(repo: str, revision: str | None, *, offline: bool) -> HubFacts | HubProblem:
    """The repository's state at a branch, tag or commit (default: the newest of main).

    Honours HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE. Never raises for the network's sake, and
    repeats no text of the server, which may hold addresses or tokens.
    """
    if offline:
        return HubProblem("offline", "the Hub was not asked: --offline was given")
    from huggingface_hub import HfApi, errors

    try:
        info = HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None).model_info(
            repo, revision=revision, timeout=TIMEOUT_SECONDS
        )
    except errors.RevisionNotFoundError:
        return HubProblem("no-revision", f"the Hub has no revision {revision!r} of {repo}")
    except (errors.RepositoryNotFoundError, errors.DisabledRepoError):
        return HubProblem("gone", f"the Hub has no {repo}, or hides it from this token")
    except errors.OfflineModeIsEnabled:
        return HubProblem("offline", "the Hub was not asked: HF_HUB_OFFLINE is set")
    except errors.HfHubHTTPError as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        token = "; is HF_TOKEN one that may read it?" if status in (401, 403) else ""
        return HubProblem("unreachable", f"the Hub answered {status or 'with an error'}{token}")
    except Exception as error:
        # requests' errors with huggingface_hub 0.x, httpx' with 1.x and later, a reply that is
        # no JSON, or one without the fields it should have: none of them is a verdict.
        return HubProblem("unreachable", f"the Hub could not be asked ({type(error).__name__})")
    commit = info.sha or ""
    if not _COMMIT.fullmatch(commit):
        return HubProblem("unreachable", "the Hub gave no commit")
    files = [str(sibling.rfilename) for sibling in info.siblings or ()]
    stated = _licenses(info.card_data, info.tags or [])
    return HubFacts(
        revision=commit,
        license=canonical_license(stated[0]) if len(stated) == 1 else None,
        stated=stated,
        weights=weight_formats(files),
        remote_code="custom_code" in (info.tags or []),
    )


def _licenses(card: Any, tags: list[str]) -> tuple[str, ...]:
    """The licences a card names, in one spelling each; of `other` the name given beside it."""
    told: Any = card.get("license") if card is not None else None
    given: list[Any] = told if isinstance(told, list) else [told]
    names = [str(name).strip() for name in given if name is not None and str(name).strip()]
    if not names:
        names = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    own: Any = card.get("license_name") if card is not None else None
    if isinstance(own, str) and canonical_license(own):
        names = [own if name.lower() == "other" else name for name in names]
    return tuple(dict.fromkeys(canonical_license(name) or name for name in names))


def weight_formats(files: list[str]) -> tuple[Weights, ...]:
    """The formats a repository's weights come in, the safest first."""
    found = {
        kind
        for name in files
        if not _NOT_WEIGHTS.search(name)
        for ending, kind in _FORMATS.items()
        if name.lower().endswith(ending)
    }
    order: tuple[Weights, ...] = ("safetensors", "onnx", "gguf", "pickle", "other")
    return tuple(kind for kind in order if kind in found)
