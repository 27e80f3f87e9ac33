"""What a probe is asked to do, and the records its stages hand to each other."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pick_model.errors import UsageError
from pick_model.vocabulary.uses import PROBE_METHODS, ProbeMethod
from pick_model.words.message import Message
from pick_model.words.say import message

# A published fine-tune of a classifier takes 2 to 4 passes (BERT, arXiv:1810.04805,
# appendix A.3); three is what the score is extrapolated to.
FULL_PASSES = 3.0
# Of fewer rows three passes are too few updates to settle: 10 to 20 are advised (Mosbach et al.
# 2021, arXiv:2006.04884; Zhang et al. 2021, arXiv:2006.05987).
FEW_ROWS = 1000
ALL_BUT_ROUNDING = 0.99  # of them: steps are whole
DEFAULT_SEEDS = 3
CONFIDENCE = 0.90
# What an option may ask for. The largest is beyond what anybody means and below what breaks:
# a hundred seeds, a million steps, a step of 4,096 rows, the longest context of any encoder
# (128 Ki tokens) and of a file read whole (50,000 rows, data/read.py) twenty times over; threads
# beyond the processor's only slow it down; NumPy's and scikit-learn's seeds are 32 bits wide.
BOUNDS = {
    "max_steps": (1, 1_000_000),
    "max_rows": (1, 1_000_000),
    "seeds": (1, 100),
    "batch": (1, 4096),
    "max_length": (2, 131_072),
    "threads": (1, max(64, os.cpu_count() or 1)),
    "seed": (0, 2**32 - 101),
    "budget_seconds": (0.001, 30 * 86400.0),
}
OPTIONS = {"budget_seconds": "--budget", "learning_rate": "--learning-rate"}


@dataclass(frozen=True)
class Settings:
    """Options of one probe. None means: decide from the data and the budget."""

    method: ProbeMethod = "full"
    budget_seconds: float = 300.0  # for one model, downloading apart; a deadline (clock.py)
    max_steps: int | None = None  # of one seed's run; replaces the budget as the limit
    max_rows: int | None = None  # training rows
    seeds: int | None = None
    seed: int = 0  # the first of them
    learning_rate: float | None = None
    batch: int | None = None  # rows a step
    max_length: int | None = None
    metric: str | None = None
    class_weights: Literal["auto", "none", "balanced"] = "auto"
    extend: bool = True  # go past one pass when the curve has not flattened
    device: str = "auto"
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    checkpointing: bool = False
    threads: int | None = None
    allow_pickle: bool = False
    trust_remote_code: bool = False
    offline: bool = False
    cache: Path | None = None

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                option = OPTIONS.get(name, "--" + name.replace("_", "-"))
                shown = (
                    f"{value}" if len(f"{value}") < 30 else f"a number of {len(f'{value}')} digits"
                )
                raise UsageError(
                    message("option-outside", option=option, least=least, most=most, shown=shown)
                )
        if self.learning_rate is not None and not 0 < self.learning_rate < 1:
            raise UsageError(
                message("learning-rate-outside", learning_rate=self.learning_rate),
                hint=message("learning-rate-such-as"),
            )
        for name, known in (
            ("method", PROBE_METHODS),
            ("class_weights", ("auto", "none", "balanced")),
            ("precision", ("auto", "fp32", "bf16", "fp16")),
        ):
            if getattr(self, name) not in known:
                raise UsageError(
                    message("unknown-setting", name=name, given=getattr(self, name)),
                    hint=message("one-of", names=tuple(known), more=0),
                )


def parse_budget(text: str) -> float:
    """Seconds of "90s", "5m", "1.5h" or a bare number of seconds.

    Raises UsageError for anything else, and for a budget that is not positive.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|min|sec)?\s*", text)
    seconds = 0.0
    if found is not None:
        unit = {"m": 60.0, "min": 60.0, "h": 3600.0}.get(found[2] or "s", 1.0)
        seconds = float(found[1]) * unit
    if seconds <= 0:
        raise UsageError(message("budget-unreadable", text=text), hint=message("budget-such-as"))
    return seconds


@dataclass(frozen=True)
class Progress:
    """One tick: what is being done, how far it is, and how long the rest will take.

    `seconds_left` is of everything still planned for the model. A `note` is said once, beside
    the ticks: what the budget buys, what was dropped.
    """

    stage: Message
    done: int = 0
    total: int = 1
    seconds_left: float | None = None
    model: str = ""
    note: Message | None = None


def is_full_run(size: tuple[int, float], full: tuple[int, float], stopped: bool) -> bool:
    """Whether a run learnt from all rows as often as the full fine-tune does, or to its end.

    size, full: rows, and passes over them. stopped: it had nothing more to learn.
    """
    return size[0] >= full[0] and (size[1] >= ALL_BUT_ROUNDING * full[1] or stopped)
