"""The pieces of one model's probe, each kept in the work store when it is finished."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch

from pick_model.data.dataset import Dataset
from pick_model.data.lengths import token_lengths
from pick_model.data.split import subsample
from pick_model.probe import frozen, train
from pick_model.probe.baselines import baselines
from pick_model.probe.decide import Decision, decide, tune_threshold
from pick_model.probe.machine import device_name, peak_gib, reset_peak, versions
from pick_model.probe.metrics import Scorer
from pick_model.probe.model import Encoded, Loaded, encode, load, measured, pick_device
from pick_model.probe.network import Head
from pick_model.probe.plan import (
    FEATURE_ROWS,
    FEATURE_ROWS_DEFAULT,
    Plan,
    Speed,
    batch_size,
    make_plan,
)
from pick_model.probe.rate import best_rate, candidate_rates, published_rate
from pick_model.probe.resolve import Resolved
from pick_model.probe.rows import Sets
from pick_model.probe.settings import Progress, Settings
from pick_model.probe.store import Store
from pick_model.probe.trial import try_out

MAX_LENGTH = 256  # tokens, unless asked for more; attention's cost grows with the square


@dataclasses.dataclass(frozen=True)
class Run:
    """One finished run, as the store keeps it."""

    predictions: list[Any]
    steps: int
    early_stopped: bool
    threshold: float | None
    curve: list[dict[str, float]]
    timing: dict[str, float]


class Work:
    """Computes each piece once; a piece found in the store is read instead."""

    def __init__(
        self,
        resolved: Resolved,
        sets: Sets,
        settings: Settings,
        store: Store,
        progress: Callable[[Progress], None],
    ) -> None:
        self.resolved, self.sets, self.settings = resolved, sets, settings
        self.store, self.progress = store, progress
        self.scorer = Scorer(sets.heldout, settings.metric)
        self.tuning_scorer = Scorer(sets.tuning, self.scorer.metric, replicates=1)
        self.threads = torch.get_num_threads()
        rows = min(len(sets.train), settings.max_rows or len(sets.train))
        self.batch = settings.batch or batch_size(rows)

    # -- what everything depends on

    @cached_property
    def device(self) -> str:
        return device_name(pick_device(self.settings.device))

    @cached_property
    def loaded(self) -> Loaded:
        """The model, loaded only when some piece is missing."""
        self.progress(Progress("load", 0, 1))
        loaded = load(
            self.resolved.folder,
            device=self.settings.device,
            precision=self.settings.precision,
            allow_pickle=self.settings.allow_pickle,
            trust_remote_code=self.settings.trust_remote_code,
        )
        try_out(loaded, self.sets.train, self.settings.method)
        return dataclasses.replace(loaded, target_mean=self.rule.mean, target_scale=self.rule.scale)

    @cached_property
    def rule(self) -> Decision:
        rows = self.sets.train
        if rows.kind == "regression":
            values = np.array(rows.labels, dtype=float)
            return Decision(mean=float(values.mean()), scale=float(values.std()) or 1.0)
        if rows.kind == "tokens":
            tags = np.array([tag for row in rows.labels for tag in row])  # type: ignore[attr-defined]
            return Decision(fallback=int(np.bincount(tags).argmax()))
        return Decision()

    def key(self, piece: str, **more: Any) -> dict[str, Any]:
        """What a piece is made from: other weights, rows, options or versions, other piece."""
        s = self.settings
        return {
            "piece": piece,
            "weights": self.resolved.weights_digest,
            "data": self.sets.fingerprint,
            "metric": self.scorer.metric,
            "method": s.method,
            "batch": self.batch,
            "max_length": s.max_length,
            "class_weights": s.class_weights,
            "device": self.device,
            "precision": s.precision,
            "checkpointing": s.checkpointing,
            "threads": self.threads,
            "versions": versions(),
            **more,
        }

    def piece(self, name: str, make: Callable[[], dict[str, Any]], **more: Any) -> dict[str, Any]:
        key = self.key(name, **more)
        found = self.store.get(key)
        return found if found is not None else self.store.put(key, make())

    # -- lengths, speed and plan

    @cached_property
    def lengths(self) -> dict[str, Any]:
        return self.piece("lengths", self._lengths)

    def _lengths(self) -> dict[str, Any]:
        loaded, given = self.loaded, self.settings.max_length
        lengths = token_lengths(self.sets.train, measured(loaded), loaded.positions)
        # Room for nearly all rows; for tokens all of them, since a word cut off is a word lost.
        wanted = lengths.longest if self.sets.train.kind == "tokens" else 1.25 * lengths.p95
        wanted = min(wanted, lengths.longest, MAX_LENGTH)
        chosen = min(given or 8 * math.ceil(max(wanted, 8) / 8), loaded.positions)
        cut = token_lengths(self.sets.train, measured(loaded), chosen).truncated
        return {
            "max_length": chosen,
            "truncated": round(cut, 6),
            "dtype": str(loaded.dtype).removeprefix("torch."),
            "device": str(loaded.device),
            "device_name": self.device,
            "parameters": sum(p.numel() for p in loaded.encoder.parameters()),
            "layers": int(getattr(loaded.encoder.config, "num_hidden_layers", 0) or 0),
        }

    @cached_property
    def encoded(self) -> tuple[Encoded, Encoded, Encoded]:
        """Training, tuning and held-out rows as token ids."""
        length = self.lengths["max_length"]
        sets = self.sets
        return (
            encode(sets.train, self.loaded, length),
            encode(sets.tuning, self.loaded, length),
            encode(sets.heldout, self.loaded, length),
        )

    @cached_property
    def speed(self) -> Speed:
        return Speed(**self.piece("speed", self._speed))

    def _speed(self) -> dict[str, Any]:
        rows = self.encoded[0]
        none = rows.take([])
        self.progress(Progress("measure", 0, 1))
        step = 0.0
        if self.settings.method != "linear":
            job = self._job(0, 4, 1e-5, evaluations=0)
            step = train.train(self.loaded, rows, none, none, None, job, lambda _: 0.0).step_seconds
        some = rows.take(range(min(len(rows), 128)))
        frozen.features(self.loaded, some.take(range(min(len(some), 8))))
        begun = time.perf_counter()
        frozen.features(self.loaded, some)
        each = (time.perf_counter() - begun) / len(some)
        return {"step_seconds": step, "predict_seconds": each}

    @cached_property
    def plan(self) -> Plan:
        s = self.settings
        limits = {
            "budget": s.budget_seconds,
            "max_steps": s.max_steps,
            "max_rows": s.max_rows,
            "seeds": s.seeds,
            "extend": s.extend,
            "rate": s.learning_rate,
            "full_rows": self.sets.full_rows,
        }
        return Plan.from_json(self.piece("plan", self._plan, **limits))

    def _plan(self) -> dict[str, Any]:
        sets = self.sets
        plan = make_plan(
            self.settings,
            self.speed,
            batch=self.batch,
            rows=len(sets.train),
            full_rows=sets.full_rows,
            evaluated_rows=len(sets.heldout) + len(sets.tuning),
            kind=sets.train.kind,
        )
        return plan.as_json()

    # -- baselines

    @cached_property
    def boring(self) -> dict[str, Any]:
        """Predictions of majority and TF-IDF fitted on all rows at hand; `seconds`."""
        return self._boring(self.sets.train)

    def boring_on(self, size: int) -> dict[str, Any]:
        """The same, fitted on the rows that a run of `size` rows sees."""
        chosen = subsample(self.sets.train, size, self.settings.seed)
        return self._boring(chosen, size=size, order=self.settings.seed)

    def _boring(self, rows: Dataset, **which: int) -> dict[str, Any]:
        key = {
            "piece": "baselines",
            "data": self.sets.fingerprint,
            "metric": self.scorer.metric,
            "versions": versions(),
            **which,
        }
        found = self.store.get(key)
        if found is None:
            self.progress(Progress("baselines", 0, 1))
            begun = time.perf_counter()
            made = baselines(rows, self.sets.tuning, self.sets.heldout, self.scorer)
            found = self.store.put(
                key, {"predictions": made, "seconds": time.perf_counter() - begun}
            )
        return found

    @cached_property
    def frozen(self) -> dict[str, Any]:
        """Linear models on frozen features: predictions and head for each size of the plan."""
        return self.piece("frozen", self._frozen, sizes=list(self.plan.sizes))

    def _frozen(self) -> dict[str, Any]:
        rows, tuning, heldout = self.encoded
        begun = time.perf_counter()
        sizes, kind = self.plan.sizes, self.sets.train.kind
        cap = FEATURE_ROWS.get(kind, FEATURE_ROWS_DEFAULT)
        if self.settings.method == "linear":
            cap = sizes[-1]
        used = self.positions(min(sizes[-1], cap))
        self.progress(Progress("features", 0, len(used) + len(tuning) + len(heldout)))
        x = frozen.features(self.loaded, rows.take(used))
        x_tuning = frozen.features(self.loaded, tuning)
        x_heldout = frozen.features(self.loaded, heldout)
        begin = _offsets(rows, used)
        place = {row: at for at, row in enumerate(used)}
        heads, found = {}, {}
        for size in sizes:
            chosen = [place[row] for row in self.positions(min(size, cap))]
            lines = np.concatenate([np.arange(begin[i], begin[i + 1]) for i in chosen])
            part = rows.take([used[i] for i in chosen])
            head = frozen.fit_head(x[lines], part, x_tuning, tuning)
            said, threshold = frozen.predict_linear(
                head, x_heldout, heldout, x_tuning, tuning, self.rule
            )
            heads[str(size)] = frozen.head_as_json(head)
            found[str(size)] = {"predictions": said, "threshold": threshold}
        return {"heads": heads, "found": found, "seconds": time.perf_counter() - begun}

    def head(self, size: int) -> Head:
        return frozen.head_from_json(self.frozen["heads"][str(size)])

    def positions(self, size: int) -> list[int]:
        """Positions in the training set of its nested, stratified subset of `size` rows."""
        rows = self.sets.train
        place = {row: at for at, row in enumerate(rows.rows)}
        return [place[row] for row in subsample(rows, size, self.settings.seed).rows]

    # -- rate and runs

    @cached_property
    def rate(self) -> tuple[float, str]:
        """The peak learning rate, and where it comes from."""
        given = self.settings.learning_rate
        if given is not None:
            return given, "given"
        size, method = self.lengths["parameters"], self.settings.method
        published = published_rate(size, method)
        if not self.plan.trials:
            return published, "published"
        seen = {}
        for rate in candidate_rates(size, method):
            run = self.run(self.plan.sizes[0], 1.0, self.settings.seed, rate=rate)
            last = run.curve[-1] if run.curve else {"score": 0.0, "loss": math.inf}
            seen[rate] = last["score"], last["loss"]
        return best_rate(seen, published), "trials"

    def trials(self) -> list[Run]:
        """The runs that only served to find the rate."""
        if self.settings.method == "linear" or self.rate[1] != "trials":
            return []
        rates = candidate_rates(self.lengths["parameters"], self.settings.method)
        size, seed = self.plan.sizes[0], self.settings.seed
        return [self.run(size, 1.0, seed, rate=r) for r in rates if r != self.rate[0]]

    def run(self, size: int, passes: float, seed: int, *, rate: float | None = None) -> Run:
        """One training run, by one seed, on `size` rows, at the chosen rate or another."""
        if self.settings.method == "linear":
            kept = self.frozen["found"][str(size)]
            return Run(kept["predictions"], 0, False, kept["threshold"], [], {})
        peak = self.rate[0] if rate is None else rate
        found = self.piece(
            "run",
            lambda: dataclasses.asdict(self._run(size, passes, seed, peak)),
            size=size,
            passes=passes,
            seed=seed,
            rate=peak,
            order=self.settings.seed,
            max_steps=self.settings.max_steps,
        )
        return Run(**found)

    def _run(self, size: int, passes: float, seed: int, rate: float) -> Run:
        rows, tuning, heldout = self.encoded
        chosen = rows.take(self.positions(size))
        steps = round(passes * math.ceil(size / self.batch))
        steps = max(1, min(steps, self.settings.max_steps or steps))
        name = f"seed {seed}, {size} rows, rate {rate:.2g}"
        name += f", {passes:g} passes" if passes != 1 else ""
        begun = time.perf_counter()

        def tick(done: int, total: int) -> None:
            left = (time.perf_counter() - begun) / done * (total - done)
            self.progress(Progress(name, done, total, left))

        reset_peak(self.loaded.device)
        job = self._job(seed, steps, rate)
        outcome = train.train(
            self.loaded, chosen, tuning, heldout, self.head(size), job, self._tuning_score, tick
        )
        threshold = None
        if rows.kind == "multi-label":
            threshold = tune_threshold(outcome.tuning_logits, tuning.targets)
        return Run(
            predictions=decide(outcome.logits, heldout, self.rule, threshold),
            steps=outcome.steps,
            early_stopped=outcome.early_stopped,
            threshold=threshold,
            curve=[
                {"step": p.step, "score": round(p.score, 6), "loss": round(p.loss, 6)}
                for p in outcome.curve
            ],
            timing={
                "seconds": outcome.seconds,
                "step_seconds": outcome.step_seconds,
                "micro_batch": outcome.micro_batch,
                "peak_gib": peak_gib(self.loaded.device),
            },
        )

    def _tuning_score(self, logits: np.ndarray) -> float:
        tuning = self.encoded[1]
        cut = None
        if tuning.kind == "multi-label":
            cut = tune_threshold(logits, tuning.targets)
        said = decide(logits, tuning, self.rule, cut)
        return self.tuning_scorer.sign * self.tuning_scorer.score(said)

    def _job(self, seed: int, steps: int, rate: float, **more: Any) -> train.Job:
        s = self.settings
        return train.Job(
            seed=seed,
            steps=steps,
            learning_rate=rate,
            batch=self.batch,
            method=s.method,
            class_weights=class_weights(self.sets.train, s.class_weights, self.scorer.metric),
            checkpointing=s.checkpointing,
            **more,
        )


def class_weights(rows: Dataset, how: str, metric: str) -> tuple[float, ...] | None:
    """Weights inverse to frequency, mean 1 over rows; None where they would not help.

    `auto` weighs when every class counts alike in the metric: weights raise macro scores and
    lower plain accuracy.
    """
    if rows.kind != "single-label" or how == "none":
        return None
    if how == "auto" and metric not in ("macro_f1", "recall", "mcc"):
        return None
    counts = np.bincount(np.array(rows.labels, dtype=int), minlength=len(rows.label_names))
    weights = len(rows) / (len(counts) * np.maximum(counts, 1))
    return tuple(round(float(w), 6) for w in np.clip(weights, 0.1, 10.0))


def _offsets(rows: Encoded, used: Sequence[int]) -> list[int]:
    """Where each used row's feature lines begin; one line a row, or one a word."""
    counts = [len(rows.starts[i]) if rows.kind == "tokens" else 1 for i in used]
    return [0, *np.cumsum(counts).tolist()]
