"""What the Hub tells of the files of a locked model and of those it was made from."""

from __future__ import annotations

from collections.abc import Mapping

from pick_model.documents.lock import Lock
from pick_model.gate.hub import HubProblem, weight_digests
from pick_model.words.message import Message
from pick_model.words.say import message

Digests = Mapping[str, Mapping[str, str]]  # id -> file -> sha256


def weights_of_all(lock: Lock, offline: bool) -> tuple[Digests, tuple[Message, ...]]:
    """The digests of the weights that are loaded, and of whose files nothing could be told: the
    model's, and for an adapter those of its base model.
    """
    model = lock.model
    wanted = [(model.id, model.hub_repo, model.revision)]
    if model.adapter:
        wanted += [(base.id, base.hub_repo, base.revision) for base in model.base_models[:1]]
    found: dict[str, Mapping[str, str]] = {}
    notes: list[Message] = []
    for name, repo, revision in wanted:
        if repo is None or revision is None:
            notes.append(message("weights-of-no-commit", id=name))
            continue
        told = weight_digests(repo, revision, offline=offline)
        if isinstance(told, HubProblem):
            notes.append(message("weights-without-digest", id=name, reason=told.reason))
        else:
            found[name] = told
    return found, tuple(notes)
