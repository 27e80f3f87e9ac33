"""What goes wrong between huggingface_hub and the Hub: one table from fault to error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pick_model.errors import EnvironmentProblem, PickModelError, UsageError
from pick_model.files import DISK_FULL


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
    """A kind of fault as the user meets it; the class has the exit code."""

    message: str
    hint: str
    code: str = "hub"
    error: type[PickModelError] = HubFault


# Code "hub-down": another try may do, or a copy in the cache. {at} is REPO@REVISION, {other}
# ", or what there is to do instead", {said} the first line of what lay at the bottom.
FAULTS = {
    "disk": Row(
        "the disk is full; {at} was not downloaded",
        "free some space, or set HF_HOME to a folder with more",
        "disk",
    ),
    "no-name": Row("{repo!r} is no name of a Hub repository", "org/name", "usage", UsageError),
    "gated": Row(
        "{repo} is gated: its owner asks you to accept terms first",
        "accept them on the page of {repo}, then `hf auth login` or set HF_TOKEN",
        "gated",
        Refused,
    ),
    "no-revision": Row("{repo} has no revision {revision!r}", "a branch, tag or commit"),
    "gone": Row(
        "the Hub knows no model {repo!r}, or it is private",
        "check the name; for a private one `hf auth login` or set HF_TOKEN",
        error=Gone,
    ),
    "disabled": Row("the Hub has closed {repo}", "choose another model", error=Gone),
    "not-found": Row(  # without the Hub's own word for it, as a mirror or a wrong address answers
        "the Hub knows no model {repo!r}, or it is private",
        "check the name; for a private one `hf auth login` or set HF_TOKEN",
        error=Gone,
    ),
    "refused": Row(
        "the Hub refuses access to {repo} ({status})",
        "`hf auth login` or set HF_TOKEN, with a token that may read it",
        "gated",
        Refused,
    ),
    "too-many": Row("the Hub answered {status} for {at}", "wait a little: too many requests"),
    "failing": Row("the Hub answered {status} for {at}", "try again later{other}", "hub-down"),
    "answered": Row("the Hub answered {status} for {at}", "try again later{other}"),
    "not-cached": Row(
        "{at} is not (all) in the local cache, and this run is offline",
        "run once online{other}",
        "offline",
    ),
    "offline": Row(
        "offline mode is on, so {repo} was not asked for", "unset HF_HUB_OFFLINE", "offline"
    ),
    "slow": Row(
        "the Hub did not answer in time for {at}",
        "try again; HF_HUB_ETAG_TIMEOUT=60 and HF_HUB_DOWNLOAD_TIMEOUT=60 wait longer",
        "hub-down",
    ),
    "broken-off": Row(
        "the answer for {at} broke off, or has the wrong size",
        "run again: a download goes on from where it stopped",
    ),
    "unreachable": Row(
        "the Hub cannot be reached for {at}: {said}",
        "check the connection or HF_ENDPOINT{other}",
        "hub-down",
    ),
    "nonsense": Row("the answer for {at} is not what the Hub sends ({type})", "check HF_ENDPOINT"),
}


def hub_error(
    fault: BaseException,
    repo: str,
    revision: str | None,
    *,
    local: bool = False,
    otherwise: str = "",
) -> PickModelError:
    """What the client raised, as an error of ours. The client wraps faults in one another.

    local: only the cache was to be read. otherwise: what there is to do instead, as the end
    of a hint.
    """
    from huggingface_hub.errors import HfHubHTTPError

    chain = list(_chain(fault))
    answer = next((f for f in chain if isinstance(f, HfHubHTTPError)), None)
    status = getattr(getattr(answer, "response", None), "status_code", None)
    kind = _kind(chain, status, local)
    row = FAULTS[kind]
    values = {
        "repo": repo,
        "revision": revision,
        "at": f"{repo}@{revision}" if revision else repo,
        "status": status,
        "other": f", or {otherwise}" if otherwise else "",
        "said": (str(chain[-1]).strip().splitlines() or [type(fault).__name__])[0],
        "type": type(fault).__name__,
    }
    error = row.error(row.message.format_map(values), hint=row.hint.format_map(values))
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
