"""What a probe is asked to do, and the records its stages hand to each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pick_model.documents.probe import Method
from pick_model.errors import UsageError

# A published fine-tune of a classifier takes 2 to 4 passes (BERT, arXiv:1810.04805,
# appendix A.3); three is what the score is extrapolated to.
FULL_PASSES = 3.0
DEFAULT_SEEDS = 3
CONFIDENCE = 0.90


@dataclass(frozen=True)
class Settings:
    """Options of one probe. None means: decide from the data and the budget."""

    method: Method = "full"
    budget_seconds: float = 300.0  # for one model, loading and baselines included
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
        for name in ("max_steps", "max_rows", "seeds", "batch", "max_length", "threads"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"{name} should be at least 1, not {value}")
        if not self.budget_seconds > 0:
            raise UsageError(f"the budget should be positive, not {self.budget_seconds} s")
        if self.learning_rate is not None and not 0 < self.learning_rate < 1:
            raise UsageError(
                f"the learning rate should lie between 0 and 1, not {self.learning_rate}",
                hint="such as 5e-5",
            )
        for name, known in (
            ("method", ("full", "lora", "linear")),
            ("class_weights", ("auto", "none", "balanced")),
            ("precision", ("auto", "fp32", "bf16", "fp16")),
        ):
            if getattr(self, name) not in known:
                raise UsageError(
                    f"unknown {name} {getattr(self, name)!r}", hint="one of: " + ", ".join(known)
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
        raise UsageError(f"cannot read the budget {text!r}", hint="such as 90s, 5m or 1h")
    return seconds


@dataclass(frozen=True)
class Progress:
    """One tick: which stage, how far, and the seconds left of it if known."""

    stage: str
    done: int
    total: int
    seconds_left: float | None = None
    model: str = ""
