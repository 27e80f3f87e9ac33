"""What a screen or a probe on interactions is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from pick_model.errors import UsageError
from pick_model.measure.screen.settings import Settings as ScreenSettings
from pick_model.words.say import message

SplitName = Literal["leave-last-out", "time"]
# Users that are ranked for, unless asked for more. By hand, as `screen.settings.ROWS`: a share
# of .1 of so many is known to within 1.1 points (90 %).
USERS = 2000


@dataclass(frozen=True)
class Settings(ScreenSettings):
    """Options; `rows` are users at most, `budget_seconds` of a probe is each model's."""

    split: SplitName = "leave-last-out"
    trained: bool = False  # a probe: a head learns from the interactions

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.split not in get_args(SplitName):
            raise UsageError(
                message("unknown-setting", name="split", given=self.split),
                hint=message("one-of", names=get_args(SplitName), more=0),
            )


REPORTED = (
    *("rows", "seed", "metric", "max_length", "split"),
    *("device", "precision", "threads", "allow_pickle", "trust_remote_code", "offline"),
)
