"""Transfers, does not transfer, or cannot tell yet: by intervals against the boring baselines.

transfers           the measured score is above every boring baseline, each by a paired
                    interval that excludes zero; or, where the budget reached only some of
                    the rows, it is so above the baselines fitted on the same rows, and the
                    full fine-tune's extrapolated score above those fitted on all
does-not-transfer   the full fine-tune's extrapolated score is below the best boring
                    baseline by an interval that excludes zero; or, after the run was
                    extended, it is still not above majority where TF-IDF is
inconclusive        anything else, with what it would take

A run still at the majority class is never judged by its extrapolation: it has not begun to
learn, so its curve says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pick_model.documents.probe import Verdict
from pick_model.interval import Interval
from pick_model.measure.probe.curve import interval

Array = np.ndarray[Any, np.dtype[Any]]
BORING = ("majority", "tfidf")  # the baselines that decide
NAMES = {
    "majority": "the majority baseline",
    "tfidf": "TF-IDF",
    "frozen": "a linear model on frozen features",
}


@dataclass(frozen=True)
class Evidence:
    """All a verdict rests on. Utilities: up is better; (R,) draws are paired."""

    measured: Array
    extrapolated: Array
    baselines: Mapping[str, Array]  # draws by name, of the boring ones and others
    same_rows: Mapping[str, Array] | None  # the boring ones on the rows trained on, if fewer
    flattened: bool
    extended: bool  # has trained as long as the full fine-tune would
    majority_only: bool
    n_heldout: int
    full_steps: int  # of the full fine-tune
    more_steps: int  # that an extension would take


@dataclass(frozen=True)
class Judgement:
    verdict: Verdict
    reason: str
    needs: tuple[str, ...] = ()


def judge(seen: Evidence) -> Judgement:
    """The verdict and its reason in one sentence; what it would take when inconclusive."""
    boring = {name: seen.baselines[name] for name in BORING}
    best = max(boring, key=lambda name: float(boring[name].mean()))
    now = {name: difference(seen.measured, draws) for name, draws in boring.items()}
    if all(d.low > 0 for d in now.values()):
        return Judgement(
            "transfers", f"scores {_points(now[best])} above {NAMES[best]}, the better baseline"
        )
    later = difference(seen.extrapolated, boring[best])
    learning = now["majority"].low > 0 and not seen.majority_only
    if seen.same_rows is not None and learning:
        alike = difference(seen.measured, seen.same_rows["tfidf"])
        if alike.low > 0 and later.low > 0:
            return Judgement(
                "transfers",
                f"scores {_points(alike)} above TF-IDF on the same rows, and the full fine-tune "
                f"would score {_points(later)} above {NAMES[best]} on all",
            )
    if learning and later.high < 0:
        return Judgement(
            "does-not-transfer",
            f"the full fine-tune would score {_points(later)} against {NAMES[best]}"
            + (", and the curve has flattened" if seen.flattened else ""),
        )
    lead = difference(boring["tfidf"], boring["majority"])
    if not learning and seen.extended and lead.low > 0:
        return Judgement(
            "does-not-transfer",
            f"not above the majority baseline after the whole run; TF-IDF is, by {_points(lead)}",
        )
    return Judgement(
        "inconclusive", _why(seen, now, best, learning), _needs(seen, now[best], learning)
    )


def difference(model: Array, baseline: Array) -> Interval:
    """Mean and 90 % interval of paired draws, model minus baseline."""
    low, high = interval(model - baseline)
    return Interval(float((model - baseline).mean()), low, high)


def _why(seen: Evidence, now: Mapping[str, Interval], best: str, learning: bool) -> str:
    if not learning:
        return f"not above the majority baseline yet ({_points(now['majority'])})"
    where = _points(now[best])
    if seen.flattened:
        return f"the curve has flattened within the noise around {NAMES[best]} ({where})"
    return f"the curve has not flattened, and the score is not clear of {NAMES[best]} ({where})"


def _needs(seen: Evidence, gap: Interval, learning: bool) -> tuple[str, ...]:
    needs = []
    if seen.more_steps > 0 and not (seen.flattened and learning):
        needs.append(f"{seen.more_steps} more steps a seed (--max-steps, or a larger --budget)")
    half = (gap.high - gap.low) / 2
    if abs(gap.value) > 0 and half > 0:
        # The interval shrinks with the root of the rows; aim for it to end at zero.
        wanted = int(np.ceil(seen.n_heldout * (half / abs(gap.value)) ** 2))
        if wanted > seen.n_heldout:
            shown = f"about {_round(wanted)}" if wanted < 100 * seen.n_heldout else "far more"
            needs.append(f"{shown} held-out rows to tell a difference of this size")
    if not seen.flattened:
        needs.append(f"or the full fine-tune itself, {seen.full_steps} steps")
    return tuple(needs) or ("more labelled rows",)


def _round(count: int) -> int:
    """Two significant digits: more would be pretence."""
    size: int = 10 ** max(0, len(str(count)) - 2)
    return -(-count // size) * size


def _points(d: Interval) -> str:
    """Three places, or where all is smaller than they show, three digits."""
    tiny = max(abs(d.low), abs(d.high)) < 0.0005
    value, low, high = (f"{v:+.3g}" if tiny else f"{v:+.3f}" for v in (d.value, d.low, d.high))
    return f"{value}, 90 % {low} to {high}"
