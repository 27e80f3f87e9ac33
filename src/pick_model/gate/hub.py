"""What the Hub says of a model repository, in one request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pick_model.documents.lock import WeightFormat
from pick_model.errors import UsageError
from pick_model.hub.client import RepoHead, model_info
from pick_model.hub.faults import HubFault, Refused
from pick_model.vocabulary.licenses import canonical_license
from pick_model.words.message import Message
from pick_model.words.say import message

TIMEOUT_SECONDS = 10.0  # set by hand: a CI job waits no longer for what it can do without
_COMMIT = re.compile(r"[0-9a-f]{40}")
_FORMATS: dict[str, WeightFormat] = {
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
    weights: tuple[WeightFormat, ...]
    remote_code: bool
    adapter: bool = False  # loading lays its weights over another model's


class HubProblem(NamedTuple):
    """Why there is no answer."""

    kind: str  # offline | gone | no-revision | unreachable
    reason: Message


def ask_hub(repo: str, revision: str | None, *, offline: bool) -> HubFacts | HubProblem:
    """The repository's state at a branch, tag or commit (default: the newest of main).

    Honours HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE. Never raises for the network's sake, and
    repeats no text of the server, which may hold addresses or tokens.
    """
    if offline:
        return HubProblem("offline", message("not-asked-offline-given"))
    try:
        head = model_info(repo, revision, timeout=TIMEOUT_SECONDS)
    except UsageError as fault:
        return HubProblem("unreachable", fault.message)
    except HubFault as fault:
        return _problem(fault, repo, revision)
    if not _COMMIT.fullmatch(head.sha):
        return HubProblem("unreachable", message("hub-gave-no-commit"))
    stated = _stated(head)
    return HubFacts(
        revision=head.sha,
        license=canonical_license(stated[0]) if len(stated) == 1 else None,
        stated=stated,
        weights=weight_formats(head.files),
        remote_code="custom_code" in head.tags,
        adapter="adapter_config.json" in head.files,
    )


def weight_digests(repo: str, revision: str, *, offline: bool) -> Mapping[str, str] | HubProblem:
    """sha256 of each weights file of a commit, by its name. Never raises for the network's sake."""
    if offline:
        return HubProblem("offline", message("not-asked-offline-given"))
    try:
        head = model_info(repo, revision, timeout=TIMEOUT_SECONDS, sizes=True)
    except UsageError as fault:
        return HubProblem("unreachable", fault.message)
    except HubFault as fault:
        return _problem(fault, repo, revision)
    return {name: head.digests[name] for name in sorted(head.digests) if weight_formats([name])}


def _problem(fault: HubFault, repo: str, revision: str | None) -> HubProblem:
    """A fault of the Hub as a rule reads it. Only what it says of the model is a verdict."""
    if fault.kind == "no-revision":
        told = message("hub-has-no-revision", revision=revision or "", repo=repo)
        return HubProblem("no-revision", told)
    if fault.kind in ("gone", "disabled"):
        return HubProblem("gone", message("hub-has-no-model", repo=repo))
    if fault.kind == "offline":
        return HubProblem("offline", message("not-asked-offline-set"))
    if fault.status is not None:
        told = message("hub-answered-status", status=fault.status)
        if isinstance(fault, Refused):
            told = message("hub-refused-status", status=fault.status)
        return HubProblem("unreachable", told)
    cause = type(fault.__cause__).__name__
    return HubProblem("unreachable", message("hub-not-asked", cause=cause))


def _stated(head: RepoHead) -> tuple[str, ...]:
    """The licences the Hub names, in one spelling each; what is no text names one not known."""
    told = head.card.get("license")
    names = head.licenses or ((str(told),) if told else ())
    return tuple(dict.fromkeys(canonical_license(name) or name for name in names))


def weight_formats(files: Iterable[str]) -> tuple[WeightFormat, ...]:
    """The formats a repository's weights come in, the safest first."""
    found = {
        kind
        for name in files
        if not _NOT_WEIGHTS.search(name)
        for ending, kind in _FORMATS.items()
        if name.lower().endswith(ending)
    }
    order: tuple[WeightFormat, ...] = ("safetensors", "onnx", "gguf", "pickle", "other")
    return tuple(kind for kind in order if kind in found)
