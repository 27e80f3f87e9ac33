"""Makes each piece of a probe: a function of its inputs, with a clock only to time it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.split import subsample, units_of
from pick_model.encoders.load import Encoded, encode
from pick_model.encoders.machine import peak_gib, reset_peak
from pick_model.encoders.products import mostly_linear, reads_faster
from pick_model.measure.probe import frozen, train
from pick_model.measure.probe.baselines import Effort, baselines
from pick_model.measure.probe.bench import Bench, EncodedSets, Features, rule_of
from pick_model.measure.probe.clock import Stopwatch, TimeAccount
from pick_model.measure.probe.layered import predictions, side_by_side
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.pieces import (
    FrozenFit,
    Inputs,
    LayersFit,
    Lengths,
    Run,
    RunTiming,
    TrivialFit,
    ZeroShot,
)
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.measure.probe.run_costs import ALIKE, FASTER, Speed
from pick_model.measure.probe.tagger import words_fitted
from pick_model.measure.screen.ridge import blocks_of

Clock = Callable[[], float]


def lengths(bench: Bench) -> Lengths:
    """Where rows are cut, as their modality says, and what the loaded model is."""
    rows, given, loaded = bench.inputs.sets.train, bench.inputs.settings.max_length, bench.loaded
    chosen, cut = loaded.modality.lengths(rows, loaded, given)
    return Lengths(
        max_length=chosen,
        truncated=round(cut, 6),
        dtype=str(loaded.dtype).removeprefix("torch."),
        device=str(loaded.device),
        parameters=sum(p.numel() for p in loaded.encoder.parameters()),
        layers=int(getattr(loaded.encoder.config, "num_hidden_layers", 0) or 0),
        step_forwards=step_forwards(
            loaded.device, loaded.dtype, linear=mostly_linear(loaded.encoder)
        ),
    )


def step_forwards(device: torch.device, dtype: torch.dtype, *, linear: bool) -> float:
    """Forward passes of a row, that a row of a training step takes.

    linear: whether the encoder consists mostly of linear layers, which alone are read faster.
    """
    return FASTER if linear and reads_faster(device, dtype) else ALIKE


def speed(bench: Bench, max_length: int, seconds: float, now: Clock = time.monotonic) -> Speed:
    """Seconds of a step and of a row's prediction, measured in about so many seconds."""
    inputs, loaded = bench.inputs, bench.loaded
    first = inputs.sets.train.take(range(min(len(inputs.sets.train), 4 * inputs.batch)))
    rows = encode(first, loaded, max_length)
    none, few = rows.take([]), rows.take(range(min(len(rows), 4)))
    brief, step = TimeAccount(seconds, now), 0.0
    if inputs.settings.method != "linear":
        for part, steps in ((few, 1), (rows, 2)):  # the first warms up
            job = _job(inputs, 0, steps, 1e-5, evaluations=0)
            watch = Stopwatch(brief, 0.0, lambda _: 0.0)
            made = train.train(loaded, part, none, none, None, job, lambda _: 0.0, watch=watch)
            step = made.step_seconds
    frozen.features(loaded, few)  # warms up
    begun, some = now(), rows.take(range(min(len(rows), 2 * inputs.batch)))
    frozen.features(loaded, some)
    return Speed(step, (now() - begun) / len(some))


def trivial(inputs: Inputs, effort: Effort, now: Clock = time.monotonic) -> TrivialFit:
    """Majority and TF-IDF, fitted on as many rows as the effort says."""
    sets, begun = inputs.sets, now()
    rows = subsample(sets.train, effort.rows, inputs.settings.seed)
    made = baselines(rows, sets.tuning, sets.heldout, inputs.metric, effort.thorough)
    words = words_fitted(rows, sets.tuning) if rows.tokens is not None else None
    return TrivialFit(made, len(rows), words, now() - begun)


def zero_shot(rows: EncodedSets, now: Clock = time.monotonic) -> ZeroShot:
    """The label that the model's own text tower finds nearest, where it has one."""
    begun, loaded, heldout = now(), rows.bench.loaded, rows.heldout
    logits = loaded.modality.by_names(loaded, heldout, rows.inputs.sets.heldout.label_names)
    if logits is None:
        return ZeroShot(None, now() - begun)
    said = PREDICTORS[heldout.kind].decide(logits, heldout, rule_of(rows.inputs))
    return ZeroShot(said, now() - begun)


def frozen_fit(
    rows: EncodedSets,
    features: Features,
    read: int,
    size: int,
    seconds: float,
    now: Clock = time.monotonic,
) -> FrozenFit:
    """A linear model on the features of `size` of the `read` training rows.

    seconds: what reading the features took.
    """
    begun, seen = now(), rows.training(read)
    at, begin = rows.places(size, read), _offsets(seen)
    lines = np.concatenate([np.arange(begin[i], begin[i + 1]) for i in at])
    head, words = frozen.fit_head(
        features.training[lines], seen.take(at), features.tuning, rows.tuning
    )
    predicted, threshold = frozen.predict_linear(
        head, features.heldout, rows.heldout, features.tuning, rows.tuning, rule_of(rows.inputs)
    )
    return FrozenFit(
        head=frozen.head_as_json(head),
        predictions=list(predicted),
        threshold=threshold,
        rows=len(at),
        words=words,
        seconds=now() - begun,
        reading_seconds=seconds,
        reading_rows=len(seen) + len(rows.tuning) + len(rows.heldout),
    )


def layers_fit(
    rows: EncodedSets,
    views: tuple[np.ndarray, np.ndarray],
    read: int,
    size: int,
    now: Clock = time.monotonic,
) -> LayersFit | None:
    """Ridge regression on layers of `size` of the `read` training rows; None where one of them
    gives no features.

    views: of those read (V, N, H) and of the held-out rows (V, M, H).
    """
    begun, at = now(), rows.places(size, read)
    taught, held = views
    part = subsample(rows.inputs.sets.train, size, rows.inputs.settings.seed)
    predictor, n_outputs = PREDICTORS[part.kind], len(part.label_names) or 1
    unit = np.empty(len(part), dtype=int)
    for number, members in enumerate(units_of(part)):
        unit[members] = number
    targets, blocks = predictor.columns(part.labels, n_outputs), blocks_of(unit)
    both = side_by_side(taught[:, at], held)
    if both is None:
        return None
    left, said = (predictor.logits_of(columns) for columns in predictions(*both, targets, blocks))
    rule, cut = predictor.rule(part), predictor.threshold(left, part.labels)
    return LayersFit(
        predictions=list(predictor.decide(said, rows.heldout, rule, cut)),
        left_out=list(predictor.decide(left, rows.training(read).take(at), rule, cut)),
        rows=len(at),
        seconds=now() - begun,
    )


def _offsets(rows: Encoded) -> Sequence[int]:
    """Where each row's feature lines begin; one line a row, or one a word."""
    return [0, *np.cumsum([rows.lines(row) for row in range(len(rows))]).tolist()]


@dataclass(frozen=True)
class RunInputs:
    """One training run: by one seed, on `size` rows, `passes` times over."""

    size: int
    passes: float
    seed: int
    rate: float
    steps: int
    evaluations: int
    read: int = 0  # training rows whose layers are read with the encoder that it has trained


def run(
    rows: EncodedSets,
    head: dict[str, Any],
    wanted: RunInputs,
    watch: Stopwatch | None = None,
    tick: Callable[[int, int], None] = lambda _done, _total: None,
) -> Run:
    """Fine-tune from the packed head of a FrozenFit; where `watch` says so, less than wanted."""
    inputs, loaded, tuning = rows.inputs, rows.bench.loaded, rows.tuning
    rule, predictor = rule_of(inputs), PREDICTORS[tuning.kind]

    def score(logits: np.ndarray) -> float:
        scorer = Scorer(inputs.sets.tuning, inputs.metric, replicates=1)
        cut = predictor.threshold(logits, tuning.targets)
        return scorer.sign * scorer.score(predictor.decide(logits, tuning, rule, cut))

    reset_peak(loaded.device)
    job = _job(inputs, wanted.seed, wanted.steps, wanted.rate, wanted.evaluations)
    part, begin = rows.training(wanted.size), frozen.head_from_json(head)
    made = train.train(loaded, part, tuning, rows.heldout, begin, job, score, tick, watch)
    threshold = predictor.threshold(made.tuning_logits, tuning.targets)
    layers = None
    if wanted.read:
        now = time.monotonic if watch is None else watch.now
        trained, begun = dataclasses.replace(loaded, encoder=made.net.encoder), now()
        layers = layers_fit(rows, rows.layers(wanted.read, trained), wanted.read, wanted.read)
        if layers is not None:
            layers = dataclasses.replace(layers, seconds=now() - begun)
    return Run(
        predictions=predictor.decide(made.logits, rows.heldout, rule, threshold),
        steps=made.steps,
        early_stopped=made.early_stopped,
        threshold=threshold,
        curve=made.curve,
        layers=layers,
        timing=RunTiming(
            made.seconds, made.step_seconds, made.micro_batch, peak_gib(loaded.device)
        ),
        cut=made.cut,
        timed=made.timed,
    )


def _job(inputs: Inputs, seed: int, steps: int, rate: float, evaluations: int) -> train.Job:
    settings = inputs.settings
    return train.Job(
        seed=seed,
        steps=steps,
        learning_rate=rate,
        batch=inputs.batch,
        method=settings.method,
        class_weights=class_weights(inputs.sets.train, settings.class_weights, inputs.metric),
        checkpointing=settings.checkpointing,
        evaluations=evaluations,
    )


def class_weights(rows: Dataset, how: str, metric: str) -> tuple[float, ...] | None:
    """Weights inverse to frequency, mean 1 over rows; None where they would not help.

    `auto` weighs when every class counts alike in the metric: weights raise macro scores and
    lower plain accuracy.
    """
    if not LABEL_KINDS[rows.kind].exclusive or how == "none":
        return None
    if how == "auto" and metric not in ("macro_f1", "recall", "mcc"):
        return None
    counts = np.bincount(np.array(rows.labels, dtype=int), minlength=len(rows.label_names))
    weights = len(rows) / (len(counts) * np.maximum(counts, 1))
    return tuple(round(float(w), 6) for w in np.clip(weights, 0.1, 10.0))
