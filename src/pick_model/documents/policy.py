"""The policy: what is asked of a chosen model, and who may deviate until when."""

from __future__ import annotations

from typing import Annotated, Literal

from pick_model.core_schema import After, Before, Bounds
from pick_model.documents.base import (
    Count,
    Fraction,
    FrozenRecord,
    PositiveAmount,
    PositiveCount,
    Text,
)
from pick_model.documents.description import listed
from pick_model.documents.lock import Day, RelativeFile
from pick_model.documents.names import BaselineName
from pick_model.documents.task import LicensePolicy, Words
from pick_model.errors import WrongValue
from pick_model.record import field
from pick_model.words.say import message

Severity = Literal["error", "warning", "note", "off"]


# Letters to Unicode, and shown as nothing.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


def _said(value: str) -> str:
    """An owner nobody can read, or a reason of blanks and dashes, answers for nothing."""
    if not any(character.isalnum() and character not in _FILLERS for character in value):
        raise WrongValue(message("says-nothing", value=value), hint=message("write-words"))
    return value.strip()


Said = Annotated[Text, After(_said)]


class Limits(FrozenRecord):
    """Bounds on what the model costs. `bound` says which end of an estimate must keep them."""

    max_parameters: PositiveCount | None = None
    max_disk_gib: PositiveAmount | None = None
    max_training_memory_gib: PositiveAmount | None = None
    max_serving_memory_gib: PositiveAmount | None = None
    max_latency_ms: PositiveAmount | None = None
    max_training_hours: PositiveAmount | None = None
    min_input_tokens: PositiveCount | None = None
    bound: Literal["value", "high"] = "value"  # the estimate itself, or its 95 % end


class Names(FrozenRecord):
    """Models (ids, Hub repositories, aliases) or families that must, or must not, be chosen."""

    require: Words = ()  # one of these
    ban: Words = ()


class RankingRules(FrozenRecord):
    """How far below the top tie group the choice may fall, in points of the score (0 to 1)."""

    margin: Fraction = 0.0


class ProbeRules(FrozenRecord):
    """What a probe must show. What is asked of one that is not there cannot be told."""

    required: bool = False  # without a probe the gate fails
    optional: bool = False  # without a probe nothing below is asked
    min_rows: Count | None = None  # training rows
    min_score: float | None = None  # in the probe's metric; a maximum where lower is better
    # Those to beat, as a probe's report names them; default the ones in its own verdict.
    baselines: Annotated[tuple[BaselineName, ...], Before(listed, also=str)] = ()
    max_age_days: Count | None = None
    data: RelativeFile | None = None  # the file it must have been made on

    def __post_init__(self) -> None:
        if self.required and self.optional:
            raise WrongValue(message("required-and-optional"))


class Discovery(FrozenRecord):
    """What `gate --discover` leaves out: glob patterns of paths, and model names."""

    exclude: Words = ()
    models: Words = ()


class Exemption(FrozenRecord):
    """Leave to break one rule, for one model or any, until a day (that day included)."""

    rule: Text
    model: Text | None = None
    owner: Said
    reason: Said
    expires: Day


class Policy(FrozenRecord):
    """`policy.yaml`. What is left out is not asked."""

    schema_version: Literal[1] = 1
    # Which locks of the folders below it judges: those without a nearer policy, all, or none.
    below: Literal["unless-own", "always", "never"] = "unless-own"
    license: LicensePolicy | None = None  # identifiers or a class; default: the task's own
    limits: Limits = Limits()
    safetensors: bool = True
    remote_code: bool = False  # whether it may be needed
    # Benchmarks (ids of the catalog) whose training data the model must not have seen.
    unseen: Words = ()
    models: Names = Names()
    families: Names = Names()
    ranking: RankingRules = RankingRules()
    probe: ProbeRules = ProbeRules()
    discover: Discovery = Discovery()
    rules: dict[Text, Severity] = field(default_factory=dict)  # code or name -> severity
    exceptions: Annotated[tuple[Exemption, ...], Bounds(max_length=1000)] = ()
