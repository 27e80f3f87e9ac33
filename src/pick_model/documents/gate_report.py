"""What `gate` gives back. Fields are added, never renamed."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import FrozenRecord
from pick_model.words.message import Message, Value

State = Literal["pass", "fail", "inconclusive", "skipped"]
Level = Literal["error", "warning", "note"]
WEIGHT: dict[str, int] = {"note": 0, "warning": 1, "error": 2}  # of the levels


class FileLine(FrozenRecord):
    """A line of a file; the path is relative and uses /."""

    file: str
    line: int  # from 1


class Exempted(FrozenRecord):
    """The exception that a finding falls under."""

    owner: str
    reason: str
    expires: str  # the last day it holds


class Check(FrozenRecord):
    """One rule's outcome."""

    code: str
    name: str
    title: str  # what must hold
    state: State  # a finding under an exception in force is skipped
    severity: Level
    message: str
    message_code: str
    values: dict[str, Value]  # of the message
    location: FileLine
    related: FileLine | None  # the other line that matters, such as the bound that is broken
    fix: str | None
    fix_message: Message | None = None
    page: str  # of the documentation
    about: str  # the file that was checked: a lock, a source file, the policy
    subject: str  # what in it: a model, as a rule
    fingerprint: str  # the same for the same finding, wherever its line has moved
    policy: str | None = None  # the file that judged it; None: the rules' defaults
    exception: Exempted | None = None


class Gated(FrozenRecord):
    """A lock that was checked."""

    lock: str
    task: str
    model: str
    hub_repo: str | None
    revision: str | None
    rank: int | None  # now; None when it is no candidate or the rank was not needed
    policy: str | None = None  # that judged it; None: the rules' defaults
    on_its_word: tuple[str, ...] = ()  # what of it nothing at hand can contradict


class GateReport(FrozenRecord):
    """The verdict, and every check behind it."""

    schema_version: Literal[1] = 1
    command: Literal["gate"] = "gate"
    tool_version: str
    today: str  # the day exceptions and ages were reckoned on
    verdict: Literal["pass", "fail", "inconclusive"]
    fail_on: Level
    policy: str | None  # where one policy judged everything
    locks: tuple[Gated, ...]
    counts: dict[State, int]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]
    note_messages: tuple[Message, ...] = ()  # of the notes, in their order
