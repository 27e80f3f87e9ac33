"""What the pieces of one model's probe are made from, and the record of each when finished.

`make.py` makes them: each piece is a function of what its key names, so another process or
machine that is given the same inputs makes the same. Records hold numbers and text alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from pick_model.encoders.load import pick_device
from pick_model.encoders.machine import device_name, versions
from pick_model.encoders.resolve import Resolved
from pick_model.measure.probe.baselines import Effort
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.plan import batch_size
from pick_model.measure.probe.rows import Sets
from pick_model.measure.probe.settings import Settings
from pick_model.measure.probe.train import StepScore


@dataclass(frozen=True)
class Inputs:
    """The model, rows and options that every piece is made from."""

    resolved: Resolved
    sets: Sets
    settings: Settings
    metric: str
    batch: int  # rows a step
    threads: int
    device_name: str

    @property
    def scored(self) -> dict[str, int]:
        """How many rows are predicted each time."""
        return {"tuning": len(self.sets.tuning), "heldout": len(self.sets.heldout)}

    @property
    def limits(self) -> dict[str, Any]:
        """What bounds the work, and with it every decision."""
        s = self.settings
        return {
            "budget": s.budget_seconds,
            "max_steps": s.max_steps,
            "max_rows": s.max_rows,
            "seeds": s.seeds,
            "extend": s.extend,
            "rate": s.learning_rate,
            "full_rows": self.sets.full_rows,
        }

    def key(self, piece: str, **more: Any) -> dict[str, Any]:
        """What a piece is made from: other weights, rows, options or versions, other piece."""
        s = self.settings
        return {
            "piece": piece,
            "weights": self.resolved.weights_digest,
            "data": self.sets.fingerprint,
            "order": s.seed,
            "metric": self.metric,
            "method": s.method,
            "batch": self.batch,
            "max_length": s.max_length,
            "class_weights": s.class_weights,
            "device": self.device_name,
            "precision": s.precision,
            "checkpointing": s.checkpointing,
            "threads": self.threads,
            "versions": versions(),
            **self.scored,
            **more,
        }

    def trivial_key(self, effort: Effort) -> dict[str, Any]:
        """Of trivial baselines, which know no model: all models of a probe share them."""
        return {
            "piece": "baselines",
            "data": self.sets.fingerprint,
            "order": self.settings.seed,
            "metric": self.metric,
            "versions": versions(),
            "rows": effort.rows,
            "thorough": effort.thorough,
            **self.scored,
        }


def inputs_of(resolved: Resolved, sets: Sets, settings: Settings) -> Inputs:
    """The inputs on this machine. Raises UsageError for a metric that the rows do not have."""
    rows = min(len(sets.train), settings.max_rows or len(sets.train))
    return Inputs(
        resolved,
        sets,
        settings,
        metric=Scorer(sets.heldout, settings.metric, replicates=1).metric,
        batch=settings.batch or batch_size(rows, settings.max_steps is not None),
        threads=torch.get_num_threads(),
        device_name=device_name(pick_device(settings.device)),
    )


@dataclass(frozen=True)
class ClockChoice:
    """What the clock decided."""

    value: Any


@dataclass(frozen=True)
class Lengths:
    """How rows are cut, and what the loaded model is."""

    max_length: int  # tokens
    truncated: float  # share of the training rows that are longer
    dtype: str
    device: str
    parameters: int
    layers: int
    step_forwards: float  # as of RunCosts (`run_costs.py`)


@dataclass(frozen=True)
class TrivialFit:
    """Predictions of the trivial baselines for the held-out rows, by name."""

    predictions: dict[str, list[Any]]
    rows: int  # that they were fitted on
    words: int | None  # a tagger's, where not all of those rows' words were used
    seconds: float


@dataclass(frozen=True)
class ZeroShot:
    """What the model says by the names of the labels alone."""

    predictions: list[Any] | None  # for the held-out rows; None of a model that cannot
    seconds: float


@dataclass(frozen=True)
class FrozenFit:
    """The linear model on frozen features: a baseline, and the head that runs begin with."""

    head: dict[str, Any]  # as frozen.head_as_json packs it, to the bit
    predictions: list[Any]  # for the held-out rows
    threshold: float | None
    rows: int  # that it was fitted on
    words: int | None
    seconds: float  # of the fit
    reading_seconds: float  # of the features, of so many rows
    reading_rows: int


@dataclass(frozen=True)
class LayersFit:
    """What a linear model on all layers side by side says of rows that did not teach it."""

    predictions: list[Any]  # of the held-out rows
    left_out: list[Any]  # of the rows it was fitted on, each left out
    rows: int
    seconds: float  # of the fit, and where the encoder is a run's, of reading


@dataclass(frozen=True)
class RunTiming:
    """Measured while a run was made."""

    seconds: float
    step_seconds: float  # median, of a batch of the mean size
    micro_batch: int
    peak_gib: float


@dataclass(frozen=True)
class Run:
    """One training run, or a linear model in its place (no steps, no timing)."""

    predictions: list[Any]  # for the held-out rows
    steps: int = 0
    early_stopped: bool = False
    threshold: float | None = None
    curve: tuple[StepScore, ...] = ()
    layers: LayersFit | None = None  # of the encoder that it has trained, where they were read
    timing: RunTiming | None = None
    cut: bool = False  # by the end of the budget
    timed: bool = False  # its rates went by the clock, too: so it is this budget's alone
