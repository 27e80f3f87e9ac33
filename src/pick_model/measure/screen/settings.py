"""What a screen is asked to do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pick_model.errors import UsageError
from pick_model.measure.probe.settings import BOUNDS
from pick_model.words.say import message

# Rows a model at most, unless asked for more. Chosen by hand: a share of .8 of so many is known
# to within 1.5 points (90 %), and two models on the same rows to within less. A sentence of
# tokens is a line a word.
ROWS = 2000
SENTENCES = 500


@dataclass(frozen=True)
class Settings:
    """Options of one screen. None means: decide from the data."""

    rows: int | None = None  # of each model at most
    budget_seconds: float = math.inf  # for all models together, downloading included
    adaptive: bool = True  # else every model reads all the rows
    # More than 0: whoever may lead reads on, however little that tells, and for so long at most.
    thorough_seconds: float = 0.0
    last_rows: int | None = None  # no part is begun that goes beyond: an earlier run did not
    baselines: bool = True  # what the rows say without a model, beside the models
    metric: str | None = None
    max_length: int | None = None
    seed: int = 0
    device: str = "auto"
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    threads: int | None = None
    allow_pickle: bool = False
    trust_remote_code: bool = False
    offline: bool = False
    cache: Path | None = None

    def __post_init__(self) -> None:
        for name, bound in (
            ("rows", "max_rows"),
            ("max_length", "max_length"),
            ("threads", "threads"),
            ("seed", "seed"),
        ):
            value, (least, most) = getattr(self, name), BOUNDS[bound]
            if value is not None and not least <= value <= most:
                option = "--" + name.replace("_", "-")
                raise UsageError(
                    message(
                        "option-outside", option=option, least=least, most=most, shown=str(value)
                    )
                )
        if self.precision not in ("auto", "fp32", "bf16", "fp16"):
            raise UsageError(message("unknown-precision", precision=self.precision))
