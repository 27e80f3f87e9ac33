"""What a screen on queries is asked to do."""

from __future__ import annotations

from dataclasses import dataclass

from pick_model.measure.screen.settings import Settings as ScreenSettings


@dataclass(frozen=True)
class Settings(ScreenSettings):
    """Options of one screen on queries; `rows` are queries at most. None: as each model has it."""

    query_prefix: str | None = None  # before every query, for all models; "": nothing
    passage_prefix: str | None = None


REPORTED = (
    *("rows", "seed", "metric", "max_length", "query_prefix", "passage_prefix"),
    *("device", "precision", "threads", "allow_pickle", "trust_remote_code", "offline"),
)
