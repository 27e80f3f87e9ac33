"""The loaded model and the rows as it reads them: made when a piece is missing, never kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from pick_model.data.split import subsample
from pick_model.encoders.load import Encoded, Loaded, encode, load
from pick_model.encoders.trial import try_out
from pick_model.measure.probe import frozen
from pick_model.measure.probe.layered import views_of
from pick_model.measure.probe.pieces import Inputs
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.measure.probe.thresholds import DecisionRule
from pick_model.words.message import Message
from pick_model.words.say import message

Stage = Callable[[Message], AbstractContextManager[Any]]


class Bench:
    """One model, loaded when it is first asked for."""

    def __init__(self, inputs: Inputs, stage: Stage = nullcontext) -> None:
        self.inputs, self.stage = inputs, stage

    @cached_property
    def loaded(self) -> Loaded:
        settings, rows = self.inputs.settings, self.inputs.sets.train
        with self.stage(message("loading-model")):
            loaded = load(
                self.inputs.resolved.folder,
                modality=rows.modality,
                device=settings.device,
                precision=settings.precision,
                allow_pickle=settings.allow_pickle,
                trust_remote_code=settings.trust_remote_code,
            )
            try_out(loaded, rows, settings.method)
        rule = rule_of(self.inputs)
        return dataclasses.replace(loaded, target_mean=rule.mean, target_scale=rule.scale)


def rule_of(inputs: Inputs) -> DecisionRule:
    """What the training rows say about turning logits into predictions."""
    rows = inputs.sets.train
    return PREDICTORS[rows.kind].rule(rows)


class Features(NamedTuple):
    """What the untouched encoder makes of the rows, or of each of their words; float32."""

    training: np.ndarray  # (N, H)
    tuning: np.ndarray
    heldout: np.ndarray
    layers: tuple[np.ndarray, np.ndarray] | None = None  # (V, N, H) of training, held-out rows


class EncodedSets:
    """The rows that runs and heads see, as token ids of `max_length` at most."""

    def __init__(self, bench: Bench, inputs: Inputs, max_length: int, most: int) -> None:
        """inputs: with the rows predicted; most: training rows that any of them sees."""
        self.bench, self.inputs, self.max_length, self.most = bench, inputs, max_length, most

    @cached_property
    def tuning(self) -> Encoded:
        return encode(self.inputs.sets.tuning, self.bench.loaded, self.max_length)

    @cached_property
    def heldout(self) -> Encoded:
        return encode(self.inputs.sets.heldout, self.bench.loaded, self.max_length)

    @cached_property
    def largest(self) -> Encoded:
        rows = subsample(self.inputs.sets.train, self.most, self.inputs.settings.seed)
        return encode(rows, self.bench.loaded, self.max_length)

    def places(self, size: int, among: int) -> list[int]:
        """Where the nested, stratified subset of `size` training rows lies in one of `among`."""
        rows, order = self.inputs.sets.train, self.inputs.settings.seed
        place = {row: at for at, row in enumerate(subsample(rows, among, order).rows)}
        return [place[row] for row in subsample(rows, size, order).rows]

    def training(self, size: int) -> Encoded:
        return self.largest.take(self.places(size, self.most))

    def features(self, size: int, layered: bool = False) -> Features:
        """Frozen features of so many training rows, and of the tuning and held-out rows.

        layered: of training and held-out rows those of every layer too, from the same pass.
        """
        loaded = self.bench.loaded
        training, tuning, heldout = self.training(size), self.tuning, self.heldout
        chosen_by = frozen.features(loaded, tuning)
        if not layered:
            taught, held = frozen.features(loaded, training), frozen.features(loaded, heldout)
            return Features(taught, chosen_by, held)
        taught, held = self.layers(size, loaded)
        return Features(taught[-1], chosen_by, held[-1], (taught, held))

    def layers(self, size: int, loaded: Loaded) -> tuple[np.ndarray, np.ndarray]:
        """Of so many training rows and of the held-out rows what every layer gives, (V, N, H);
        loaded: the model, untouched or with another encoder made from its own.
        """
        views = views_of(self.bench.loaded)
        taught, held = (
            frozen.layers(loaded, part, views) for part in (self.training(size), self.heldout)
        )
        return taught, held
