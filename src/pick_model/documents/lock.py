"""The lock: which model was chosen for a task, at which commit, and what was known then.

Written by `pick-model lock`, committed and reviewed like any lock file. Everything `gate`
compares later stands here; nothing in it depends on the machine it was made on.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pick_model.core_schema import After, Bounds
from pick_model.documents.base import Amount, Count, Ends, Figure, FrozenRecord, Quantity, Text
from pick_model.documents.names import EntryId, LicenseName, MetricName, Revision, calendar_day
from pick_model.errors import WrongValue
from pick_model.words.say import message

_ABSOLUTE = re.compile(r"[/~\\]|[A-Za-z]:")


def _relative(value: str) -> str:
    """A lock is read on other machines than it was written on."""
    if _ABSOLUTE.match(value) or "\\" in value or not value.isprintable():
        raise WrongValue(message("path-not-relative", value=value))
    return value


RelativeFile = Annotated[Text, After(_relative)]
Day = Annotated[str, Bounds(pattern=r"^\d{4}-\d\d-\d\d$"), After(calendar_day)]
Sha256 = Annotated[str, Bounds(pattern=r"^[0-9a-f]{64}$")]
# ASCII only: the Hub allows no other letters, and a look-alike would name somebody else's.
HubRepo = Annotated[str, Bounds(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")]
Version = Annotated[
    str, Bounds(pattern=r"^[0-9]+(\.[0-9]+){0,3}([A-Za-z+.-][0-9A-Za-z+.-]{0,40})?$")
]
WeightFormat = Literal["safetensors", "pickle", "onnx", "gguf", "other"]


class BaseLicense(FrozenRecord):
    """One model up the chain that the chosen one was made from."""

    id: EntryId
    license: LicenseName | None
    hub_repo: HubRepo | None = None
    revision: Revision | None = None  # 40-hex commit of hub_repo


class LockedModel(FrozenRecord):
    """The chosen model and the facts a policy asks about."""

    id: EntryId
    hub_repo: HubRepo | None
    revision: Revision | None  # 40-hex commit of hub_repo; None is unpinned
    family: Text
    license: LicenseName | None
    base_models: tuple[BaseLicense, ...]  # nearest first
    n_parameters: Count | None
    max_tokens: Count | None
    weights: tuple[WeightFormat, ...] | None
    remote_code: bool | None  # whether loading it runs code from its repository; None unknown
    facts_from: Literal["hub", "catalog"]  # who told of weights and remote code
    adapter: bool = False  # whether its weights are laid over those of the nearest base model


class LockedFile(FrozenRecord):
    """A file the choice rests on, and its digest."""

    file: RelativeFile
    digest: Sha256


class LockedResults(FrozenRecord):
    """A ledger of one's own probes that was ranked with."""

    file: RelativeFile
    digest: Sha256
    data_digest: Sha256 | None  # of the data its results were chosen by; None when it has one


class LockedCatalog(FrozenRecord):
    """The catalog that was ranked, overlays included in the digest."""

    digest: Sha256
    overlays: tuple[RelativeFile, ...] = ()


class LockedStanding(FrozenRecord):
    """A model's place in the ranking."""

    id: EntryId
    score: float  # 0 to 1, higher is better
    interval: Ends


class LockedRejection(FrozenRecord):
    """The constraint of the task that the model breaks."""

    constraint: Text
    reason: Text
    near_miss: Text | None


class LockedRanking(FrozenRecord):
    """Where the model stood, and the group that could not be told apart at the top."""

    rank: Count | None  # None when a constraint of the task rejects it
    rejected: LockedRejection | None
    score: float | None
    interval: Ends | None
    n_candidates: Count
    n_top: Count  # how many are in the top group
    top_low: float | None  # the lowest score in it
    top: tuple[LockedStanding, ...]  # its best, best first


class LockedBaseline(FrozenRecord):
    """A trivial baseline of the probe."""

    score: float
    difference: Figure | None  # model minus baseline on the same rows; above 0 the model is better
    in_verdict: bool


class LockedProbe(FrozenRecord):
    """What a probe measured, with the conditions it holds for."""

    made_on: Day | None  # None when the report does not say
    model: Text  # as the report names it
    revision: Revision | None
    verdict: Text
    metric: MetricName
    score: float
    interval: Ends
    baselines: dict[Text, LockedBaseline]
    method: Text | None
    rows: Count | None
    steps: Count | None
    seeds: Count | None
    peak_memory_gib: Amount | None
    device: Text | None
    data_digest: Sha256 | None  # of the data file
    weights_digest: Sha256 | None
    report_digest: Sha256  # of the report it was read from


class Lock(FrozenRecord):
    """`pick-model.lock`."""

    schema_version: Literal[1] = 1
    tool_version: Version
    locked_on: Day
    model: LockedModel
    task: LockedFile
    catalog: LockedCatalog
    results: LockedResults | None
    ranking: LockedRanking
    estimates: dict[Text, Quantity]
    probe: LockedProbe | None
    content_digest: Sha256  # of everything above: tells an edit by hand
