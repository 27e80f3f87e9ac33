"""What a user measured on their own data, as the strongest evidence about their task."""

from __future__ import annotations

from typing import NamedTuple

from pick_model.interval import Interval


class ProbeResult(NamedTuple):
    """One probed model: its expected full fine-tune on the user's data."""

    entry: str  # id in the catalog
    metric: str
    score: Interval  # 90 %
    verdict: str
