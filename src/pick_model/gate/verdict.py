"""From single checks to the verdict of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pick_model.documents.gate_report import WEIGHT, Check, Level
from pick_model.errors import GATE_FAILED, INCONCLUSIVE, OK

Verdict = Literal["pass", "fail", "inconclusive"]
EXIT_CODES: dict[Verdict, int] = {"pass": OK, "fail": GATE_FAILED, "inconclusive": INCONCLUSIVE}


def verdict(checks: Sequence[Check], fail_on: Level = "error") -> Verdict:
    """Fail outranks inconclusive outranks pass.

    A failed check counts from the severity `fail_on` up. One that could not be decided counts
    from a warning up whatever `fail_on` is, so that an incomplete run never passes; only notes,
    which decide nothing, may stay open. A run in which no check was decided proves nothing.
    """
    if any(c.state == "fail" and WEIGHT[c.severity] >= WEIGHT[fail_on] for c in checks):
        return "fail"
    open_from = min(WEIGHT["warning"], WEIGHT[fail_on])
    if any(c.state == "inconclusive" and WEIGHT[c.severity] >= open_from for c in checks):
        return "inconclusive"
    if not any(c.state in ("pass", "fail") for c in checks):
        return "inconclusive"
    return "pass"
