"""PM9: exceptions in force hide a finding; expired ones fail; unused ones are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from pick_model.documents.gate_report import Check, Exempted
from pick_model.documents.policy import Exemption
from pick_model.errors import Location
from pick_model.gate.case import PolicyFile
from pick_model.gate.finding import Finding, failed, passed
from pick_model.record import replace
from pick_model.words.message import Message
from pick_model.words.say import message, say


class Exceptions:
    """The policy's exceptions on one day, and which of them were used."""

    def __init__(self, rules: PolicyFile, today: date) -> None:
        self._rules = rules
        self._today = today
        self._used: set[int] = set()

    def apply(self, check: Check, names: Iterable[str]) -> Check:
        """The check, skipped where an exception in force covers it.

        names: all the checked model goes by, in lower case.
        """
        if check.state not in ("fail", "inconclusive"):
            return check
        known = set(names)
        told = check
        for index, exemption in enumerate(self._rules.policy.exceptions):
            wanted = exemption.model
            if exemption.rule != check.code or (wanted and wanted.lower() not in known):
                continue
            self._used.add(index)
            cover = Exempted(
                owner=exemption.owner, reason=exemption.reason, expires=exemption.expires
            )
            if not self._expired(exemption):
                return replace(check, state="skipped", exception=cover)
            ended = message(
                "exception-ended-with",
                finding=Message(code=check.message_code, values=check.values),
                owner=exemption.owner,
                expires=exemption.expires,
            )
            told = replace(check, message=say(ended), message_code=ended.code, values=ended.values)
        return told

    def _expired(self, exemption: Exemption) -> bool:
        return date.fromisoformat(exemption.expires) < self._today

    def _where(self, index: int, key: str) -> Location:
        return self._rules.where("exceptions", index, key) or Location("policy")

    def findings(self) -> Mapping[str, list[Finding]]:
        """PM901 and PM902, once every check has been offered to `apply`."""
        exemptions = self._rules.policy.exceptions
        lines = self._rules.lines
        top = lines.location(("exceptions",)) if lines else None
        if not exemptions or top is None:
            return {}
        expired, unused = [], []
        for index, exemption in enumerate(exemptions):
            rule, owner = exemption.rule, exemption.owner
            subject = exemption.model or "policy"
            if self._expired(exemption):
                expired.append(
                    failed(
                        message(
                            "exception-ended", rule=rule, owner=owner, expires=exemption.expires
                        ),
                        self._where(index, "expires"),
                        message("fix-or-grant-again"),
                        subject=subject,
                        key=f"{rule} {owner}",
                    )
                )
            elif index not in self._used:
                unused.append(
                    failed(
                        message("exception-unused", rule=rule, owner=owner),
                        self._where(index, "rule"),
                        message("remove-it"),
                        subject=subject,
                        key=f"{rule} {owner}",
                    )
                )
        return {
            "PM901": expired or [passed(message("exceptions-in-force"), top, subject="policy")],
            "PM902": unused or [passed(message("exceptions-needed"), top, subject="policy")],
        }
