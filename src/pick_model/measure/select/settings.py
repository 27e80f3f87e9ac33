"""What a selection is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pick_model.errors import UsageError
from pick_model.measure.probe.settings import BOUNDS
from pick_model.measure.probe.settings import Settings as ProbeSettings
from pick_model.measure.screen.settings import Settings as ScreenSettings
from pick_model.measure.select.foreseen import most_of
from pick_model.vocabulary.uses import PROBE_OF_METHOD
from pick_model.words.say import message

SHARED = (
    *("metric", "max_length", "seed", "device", "precision", "threads"),
    *("allow_pickle", "trust_remote_code", "offline", "cache"),
)


@dataclass(frozen=True)
class Settings:
    """Options of one selection."""

    budget_seconds: float  # for everything, a deadline
    stages: tuple[str, ...] = ("screen", "probe")
    rows: int | None = None  # a screen's, of each model at most
    seeds: int | None = 1  # of a probe: a second one tells less than another model
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
    shared: dict[str, Any] = field(init=False)  # what screens and probes are given alike

    def __post_init__(self) -> None:
        least, most = BOUNDS["budget_seconds"]
        if not least <= self.budget_seconds <= most:
            raise UsageError(
                message(
                    "option-outside",
                    option="--budget",
                    least=least,
                    most=most,
                    shown=f"{self.budget_seconds:g}",
                )
            )
        object.__setattr__(self, "shared", {name: getattr(self, name) for name in SHARED})
        self.screening(least), self.probing("full", least)  # their own bounds

    def screening(self, seconds: float) -> ScreenSettings:
        """Of a screen in so much time: who may lead reads on for as long as a probe, which tells of
        one model, is given at most."""
        return ScreenSettings(
            rows=self.rows,
            budget_seconds=seconds,
            thorough_seconds=most_of(seconds),
            baselines=False,  # probes have theirs
            **self.shared,
        )

    def probing(self, method: str, seconds: float) -> ProbeSettings:
        """Of a probe in so much time."""
        return ProbeSettings(
            method=PROBE_OF_METHOD[method], budget_seconds=seconds, seeds=self.seeds, **self.shared
        )
