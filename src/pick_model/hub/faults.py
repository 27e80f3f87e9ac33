"""What goes wrong between huggingface_hub and the Hub: one table from fault to error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pick_model.errors import EnvironmentProblem, PickModelError, UsageError
from pick_model.files import DISK_FULL
from pick_model.words.message import Message, Value
from pick_model.words.say import message


class HubFault(EnvironmentProblem):
    """A fault of the Hub, the network or the disk."""

    code = "hub"
    kind = ""  # its row in FAULTS
    status: int | None = None  # of HTTP, where the Hub answered with one


class Gone(HubFault):
    """The repository is not there, or is not to be seen with this token."""


class Refused(HubFault):
    """The Hub does not let this token read the repository."""

    code = "gated"


class BadContent(EnvironmentProblem):
    """A file of a repository that does not hold what it should."""

    code = "hub"


class Row(NamedTuple):
    """A kind of fault as the user meets it; the class has the exit code.

    `message` and `hint` are codes of sentences, with the names of their values.
    """

    message: tuple[str, ...]
    hint: tuple[str, ...]
    code: str = "hub"
    error: type[PickModelError] = HubFault


# Code "hub-down": another try may do, or a copy in the cache. A value `at` is REPO@REVISION,
# `other` what there is to do instead, `said` the first line of what lay at the bottom.
FAULTS = {
    "disk": Row(("hub-disk-full", "at"), ("free-space-or-hf-home",), "disk"),
    "no-name": Row(("hub-no-name", "repo"), ("name-a-repository",), "usage", UsageError),
    "gated": Row(("hub-gated", "repo"), ("accept-terms", "repo"), "gated", Refused),
    "no-revision": Row(("hub-no-revision", "repo", "revision"), ("name-a-revision",)),
    "gone": Row(("hub-no-model", "repo"), ("check-name-or-log-in",), error=Gone),
    "disabled": Row(("hub-closed", "repo"), ("choose-another",), error=Gone),
    # without the Hub's own word for it, as a mirror or a wrong address answers
    "not-found": Row(("hub-no-model", "repo"), ("check-name-or-log-in",), error=Gone),
    "refused": Row(("hub-refuses", "repo", "status"), ("log-in-to-read",), "gated", Refused),
    "too-many": Row(("hub-answered", "status", "at"), ("wait-a-little",)),
    "failing": Row(("hub-answered", "status", "at"), ("try-again-later", "other"), "hub-down"),
    "answered": Row(("hub-answered", "status", "at"), ("try-again-later", "other")),
    "not-cached": Row(("hub-not-cached", "at"), ("run-once-online", "other"), "offline"),
    "offline": Row(("hub-offline", "repo"), ("unset-offline",), "offline"),
    "slow": Row(("hub-slow", "at"), ("wait-longer",), "hub-down"),
    "broken-off": Row(("hub-broken-off", "at"), ("download-goes-on",)),
    "unreachable": Row(
        ("hub-unreachable", "at", "said"), ("check-connection", "other"), "hub-down"
    ),
    "nonsense": Row(("hub-nonsense", "at", "type"), ("check-endpoint",)),
}


def hub_error(
    fault: BaseException,
    repo: str,
    revision: str | None,
    *,
    local: bool = False,
    otherwise: Message | None = None,
) -> PickModelError:
    """What the client raised, as an error of ours. The client wraps faults in one another.

    local: only the cache was to be read. otherwise: what there is to do instead.
    """
    from huggingface_hub.errors import HfHubHTTPError

    chain = list(_chain(fault))
    answer = next((f for f in chain if isinstance(f, HfHubHTTPError)), None)
    status = getattr(getattr(answer, "response", None), "status_code", None)
    kind = _kind(chain, status, local)
    row = FAULTS[kind]
    values: dict[str, Value] = {
        "repo": repo,
        "revision": revision or "",
        "at": f"{repo}@{revision}" if revision else repo,
        "status": status or 0,
        "other": message("hub-or", instead=otherwise) if otherwise else "",
        "said": (str(chain[-1]).strip().splitlines() or [type(fault).__name__])[0],
        "type": type(fault).__name__,
    }
    told, hint = (
        Message(code=code, values={name: values[name] for name in names})
        for code, *names in (row.message, row.hint)
    )
    error = row.error(told, hint=hint)
    error.code = row.code
    if isinstance(error, HubFault):
        error.kind, error.status = kind, status
    return error


def _kind(chain: Sequence[BaseException], status: int | None, local: bool) -> str:
    """The row of a fault: the most telling one of the chain decides."""
    from huggingface_hub import errors

    def holds(*kinds: type[BaseException]) -> bool:
        return any(isinstance(fault, kinds) for fault in chain)

    names = " ".join(type(fault).__name__ for fault in chain)
    words = " ".join(str(fault) for fault in chain).lower()

    if any(isinstance(fault, OSError) and fault.errno in DISK_FULL for fault in chain):
        return "disk"
    for kind, told in (
        ("no-name", errors.HFValidationError),
        ("gated", errors.GatedRepoError),
        ("no-revision", errors.RevisionNotFoundError),
        ("gone", errors.RepositoryNotFoundError),
        ("disabled", errors.DisabledRepoError),
    ):
        if holds(told):
            return kind
    if status is not None:
        kinds = {404: "not-found", 401: "refused", 403: "refused", 429: "too-many"}
        return kinds.get(status, "failing" if status >= 500 else "answered")
    if local and holds(errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled):
        return "not-cached"
    if holds(errors.OfflineModeIsEnabled):
        return "offline"
    if "timed out" in words or "timeout" in names.lower():
        return "slow"
    if "consistency check" in words or "Protocol" in names:
        return "broken-off"
    if holds(json.JSONDecodeError, KeyError, TypeError):
        return "nonsense"
    clients = ("httpx", "httpx2", "requests")
    network = any(type(fault).__module__.split(".")[0] in clients for fault in chain)
    if network or holds(OSError, errors.LocalEntryNotFoundError, errors.FileMetadataError):
        return "unreachable"
    return "nonsense"


def _chain(fault: BaseException) -> Iterator[BaseException]:
    """A fault and what it was raised from, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = fault
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
