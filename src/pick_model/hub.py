"""What went wrong between huggingface_hub and the Hub, in the user's words and with what to do."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator

from pick_model.errors import EnvironmentProblem, PickModelError, UsageError


class Gone(EnvironmentProblem):
    """The repository is not there, or is not to be seen with this token."""

    code = "hub"


class Refused(EnvironmentProblem):
    """The Hub does not let this token read the repository."""

    code = "gated"


def hub_problem(
    fault: BaseException,
    repo: str,
    revision: str | None,
    *,
    offline: bool = False,
    otherwise: str = "",
) -> PickModelError | None:
    """The fault in words; None for what is no fault of the Hub, the network or the disk.

    The client wraps faults in one another; the most telling one of the chain decides. The
    code is "hub-down" where another try, or a copy in the cache, may do. `otherwise`: what
    there is to do instead, as the end of a hint.
    """
    from huggingface_hub import errors

    chain = list(_chain(fault))

    def found(*kinds: type[BaseException]) -> BaseException | None:
        return next((f for f in chain if isinstance(f, kinds)), None)

    at = f"{repo}@{revision}" if revision else repo
    other = f", or {otherwise}" if otherwise else ""
    if any(isinstance(f, OSError) and f.errno in (errno.ENOSPC, errno.EDQUOT) for f in chain):
        return EnvironmentProblem(
            f"the disk is full; {at} was not downloaded",
            hint="free some space, or set HF_HOME to a folder with more",
            code="disk",
        )
    if found(errors.HFValidationError):
        return UsageError(f"{repo!r} is no name of a Hub repository", hint="org/name")
    if found(errors.GatedRepoError):
        return Refused(
            f"{repo} is gated: its owner asks you to accept terms first",
            hint=f"accept them on the page of {repo}, then `hf auth login` or set HF_TOKEN",
        )
    if found(errors.RevisionNotFoundError):
        return EnvironmentProblem(
            f"{repo} has no revision {revision!r}", hint="a branch, tag or commit", code="hub"
        )
    status = getattr(getattr(found(errors.HfHubHTTPError), "response", None), "status_code", None)
    if found(errors.RepositoryNotFoundError) or status == 404:
        return Gone(
            f"the Hub knows no model {repo!r}, or it is private",
            hint="check the name; for a private one `hf auth login` or set HF_TOKEN",
        )
    if status in (401, 403):
        return Refused(
            f"the Hub refuses access to {repo} ({status})",
            hint="`hf auth login` or set HF_TOKEN, with a token that may read it",
        )
    if status is not None:
        hint = "wait a little: too many requests" if status == 429 else f"try again later{other}"
        code = "hub-down" if status >= 500 else "hub"
        return EnvironmentProblem(f"the Hub answered {status} for {at}", hint=hint, code=code)
    if offline and found(errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled):
        return EnvironmentProblem(
            f"{at} is not (all) in the local cache, and this run is offline",
            hint=f"run once online{other}",
            code="offline",
        )
    words = " ".join(str(f) for f in chain).lower()
    if "timed out" in words or any("timeout" in type(f).__name__.lower() for f in chain):
        return EnvironmentProblem(
            f"the Hub did not answer in time for {at}",
            hint="try again; HF_HUB_ETAG_TIMEOUT=60 and HF_HUB_DOWNLOAD_TIMEOUT=60 wait longer",
            code="hub-down",
        )
    if "consistency check" in words or any("Protocol" in type(f).__name__ for f in chain):
        return EnvironmentProblem(
            f"the answer for {at} broke off, or has the wrong size",
            hint="run again: a download goes on from where it stopped",
            code="hub",
        )
    if found(json.JSONDecodeError, KeyError, TypeError):
        return EnvironmentProblem(
            f"the answer for {at} is not what the Hub sends", hint="check HF_ENDPOINT", code="hub"
        )
    clients = ("httpx", "httpx2", "requests")
    network = any(type(f).__module__.split(".")[0] in clients for f in chain)
    if network or found(OSError, errors.LocalEntryNotFoundError, errors.FileMetadataError):
        first = str(chain[-1]).strip().splitlines()
        return EnvironmentProblem(
            f"the Hub cannot be reached for {at}: {first[0] if first else type(fault).__name__}",
            hint=f"check the connection or HF_ENDPOINT{other}",
            code="hub-down",
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
