"""The pieces of one model's probe, each kept in the work store when it is finished."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import torch

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.lengths import token_lengths
from pick_model.data.split import subsample
from pick_model.encoders.load import Encoded, Loaded, encode, load, measured, pick_device
from pick_model.encoders.machine import device_name, peak_gib, reset_peak, versions
from pick_model.encoders.network import Head
from pick_model.encoders.resolve import Resolved
from pick_model.encoders.trial import try_out
from pick_model.errors import BudgetTooSmall
from pick_model.measure.probe import frozen, train
from pick_model.measure.probe.baselines import Effort, affordable, baselines
from pick_model.measure.probe.clock import Account, Stopwatch, budget_words
from pick_model.measure.probe.decide import Decision
from pick_model.measure.probe.features import Features
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.plan import (
    LEAST_HELDOUT,
    LEAST_ROWS,
    MARGIN,
    STEP,
    Costs,
    Plan,
    Rows,
    Speed,
    batch_size,
    evaluated,
    given_up,
    make_plan,
)
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.measure.probe.rows import Sets
from pick_model.measure.probe.settings import Progress, Settings
from pick_model.measure.probe.tagger import words_fitted
from pick_model.measure.probe.tell import Teller, plan_words
from pick_model.measure.store import Store

MAX_LENGTH = 256  # tokens, unless asked for more; attention's cost grows with the square
# Of the budget. What a model's speed is measured in, and what its boring baselines may take.
MEASURE_SHARE, BASELINE_SHARE = 0.08, 0.12


@dataclasses.dataclass(frozen=True)
class Run:
    """One finished run, as the store keeps it."""

    predictions: list[Any]
    steps: int
    early_stopped: bool
    threshold: float | None
    curve: list[dict[str, float]]
    timing: dict[str, float]
    cut: bool = False  # by the end of the budget


class Work:
    """Computes each piece once; a piece found in the store is read instead.

    What the clock decides is a piece as well, so that the same command with the same store
    drops the same and gives the same report.
    """

    def __init__(
        self,
        resolved: Resolved,
        whole: Sets,
        settings: Settings,
        store: Store,
        progress: Callable[[Progress], None],
        account: Account | None = None,
    ) -> None:
        self.resolved, self.whole, self.settings = resolved, whole, settings
        self.store = store
        budget = math.inf if settings.max_steps is not None else settings.budget_seconds
        self.account = account or Account(budget)
        self.teller = Teller(progress, self.account)
        self.metric = Scorer(whole.heldout, settings.metric, replicates=1).metric
        self.threads = torch.get_num_threads()
        rows = min(len(whole.train), settings.max_rows or len(whole.train))
        self.batch = settings.batch or batch_size(rows)
        self.dropped: list[str] = []  # what the budget did not reach, in words
        self.tried: dict[float, Run] = {}  # runs over the smallest size by their rate
        self.known: dict[str, dict[str, Any]] = {}  # pieces asked for more than once

    # -- what everything depends on

    @cached_property
    def device(self) -> str:
        return device_name(pick_device(self.settings.device))

    @cached_property
    def loaded(self) -> Loaded:
        """The model, loaded only when some piece is missing."""
        with self.teller.stage("loading the model"):
            loaded = load(
                self.resolved.folder,
                device=self.settings.device,
                precision=self.settings.precision,
                allow_pickle=self.settings.allow_pickle,
                trust_remote_code=self.settings.trust_remote_code,
            )
            try_out(loaded, self.whole.train, self.settings.method)
        return dataclasses.replace(loaded, target_mean=self.rule.mean, target_scale=self.rule.scale)

    @cached_property
    def rule(self) -> Decision:
        return PREDICTORS[self.whole.train.kind].rule(self.whole.train)

    def key(self, piece: str, **more: Any) -> dict[str, Any]:
        """What a piece is made from: other weights, rows, options or versions, other piece."""
        s = self.settings
        return {
            "piece": piece,
            "weights": self.resolved.weights_digest,
            "data": self.whole.fingerprint,
            "metric": self.metric,
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
            "full_rows": self.whole.full_rows,
            "order": s.seed,
        }

    def decision(self, what: str, choose: Callable[[], Any]) -> Any:
        """What the clock decides, once; without a budget it is not asked."""
        if not self.account.limited:
            return choose()
        kept = self.piece("decision", lambda: {"value": choose()}, what=what, **self.limits)
        return kept["value"]

    def may(self, words: str, foreseen: float, then: float = 0.0) -> bool:
        """Whether a run fits, and after it what must still be done; else it is dropped."""
        fits = self.decision(words, lambda: self.account.fits(foreseen, then))
        if not fits:
            self.drop(words)
        return bool(fits)

    def drop(self, words: str) -> None:
        if words not in self.dropped:
            self.dropped.append(words)

    # -- lengths, speed and plan

    @cached_property
    def lengths(self) -> dict[str, Any]:
        return self.piece("lengths", self._lengths)

    def _lengths(self) -> dict[str, Any]:
        loaded, given = self.loaded, self.settings.max_length
        lengths = token_lengths(self.whole.train, measured(loaded), loaded.positions)
        # Room for nearly all rows; for tokens all of them, since a word cut off is a word lost.
        wanted = lengths.longest if self.whole.train.tokens is not None else 1.25 * lengths.p95
        wanted = min(wanted, lengths.longest, MAX_LENGTH)
        chosen = min(given or 8 * math.ceil(max(wanted, 8) / 8), loaded.positions)
        cut = token_lengths(self.whole.train, measured(loaded), chosen).truncated
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
    def speed(self) -> Speed | None:
        """Measured where there is a budget to divide; else nothing depends on it."""
        return Speed(**self.piece("speed", self._speed)) if self.account.limited else None

    def _speed(self) -> dict[str, Any]:
        loaded, length = self.loaded, self.lengths["max_length"]
        first = self.whole.train.take(range(min(len(self.whole.train), 4 * self.batch)))
        rows = encode(first, loaded, length)
        none, now = rows.take([]), self.account.now
        if self.account.left <= 0:  # loading alone took it all
            raise self.too_small(Speed(0.0, 0.0))
        brief = Account(min(MEASURE_SHARE * self.account.budget, self.account.left), now)
        step = 0.0
        with self.teller.stage("measuring how fast this machine is"):
            if self.settings.method != "linear":
                few = rows.take(range(min(len(rows), 4)))
                for part, steps in ((few, 1), (rows, 2)):  # the first warms up
                    job = self._job(0, steps, 1e-5, evaluations=0)
                    watch = Stopwatch(brief, 0.0, lambda _: 0.0)
                    made = train.train(
                        loaded, part, none, none, None, job, lambda _: 0.0, watch=watch
                    )
                    step = made.step_seconds
            frozen.features(loaded, rows.take(range(min(len(rows), 4))))  # warms up
            begun, some = now(), rows.take(range(min(len(rows), 2 * self.batch)))
            frozen.features(loaded, some)
            each = (now() - begun) / len(some)
        return {"step_seconds": step, "predict_seconds": each}

    @cached_property
    def sets(self) -> Sets:
        """The rows, of tuning and held-out ones no more than the budget lets us predict."""
        speed, whole = self.speed, self.whole
        if speed is None:
            return whole
        budget, each = self.account.budget, speed.predict_seconds
        parts = {"tuning": (whole.tuning, 0.5), "held-out": (whole.heldout, 1.0)}
        kept = {}
        for name, (rows, share) in parts.items():
            n = evaluated(len(rows), each, share * budget)
            if n < share * min(LEAST_HELDOUT, len(rows)):
                raise self.too_small()
            kept[name] = subsample(rows, n, self.settings.seed)
            if n < len(rows):
                self.drop(f"{name} rows: {n:,} of {len(rows):,} are predicted")
        return dataclasses.replace(whole, tuning=kept["tuning"], heldout=kept["held-out"])

    @property
    def scored(self) -> dict[str, int]:
        """Which part of the key says how many rows are predicted."""
        return {"tuning": len(self.sets.tuning), "heldout": len(self.sets.heldout)}

    @cached_property
    def scorer(self) -> Scorer:
        return Scorer(self.sets.heldout, self.metric)

    @cached_property
    def tuning_scorer(self) -> Scorer:
        return Scorer(self.sets.tuning, self.metric, replicates=1)

    @cached_property
    def costs(self) -> Costs:
        speed = self.speed or Speed(STEP * self.batch, 1.0)
        return Costs(speed, self.batch, **self.scored)

    @cached_property
    def plan(self) -> Plan:
        self.sets  # noqa: B018  may say that nothing fits
        if not self.decision("anything", lambda: self.account.left > 0):
            raise self.too_small()
        boring = self.boring  # first of all: what they take is no longer to be had
        found = self.piece("plan", lambda: self._plan(boring["seconds"]), **self.limits)
        plan = Plan.from_json(found)
        if self.account.limited:
            least = min(plan.sizes[0], self.batch)
            costs, once = self.costs, boring["seconds"] * least / max(1, boring["rows"])
            need = once + costs.features(min(plan.sizes[-1], LEAST_ROWS))
            if self.settings.method != "linear":
                need += (self.settings.seeds or 1) * costs.run(least)
            if not self.decision("one run", lambda: self.account.pace * need <= self.account.left):
                raise self.too_small()
            for words in given_up(plan, self.settings):
                self.drop(words)
        words = plan_words(plan, self.settings.method, self.steps(plan.sizes[-1], plan.passes))
        cost = plan.cost + self.costs.features(min(plan.feature_rows, plan.sizes[-1]))
        name = self.resolved.name.rsplit("/", 1)[-1]
        self.teller.plan(name, words, cost, self.settings)
        return plan

    def _plan(self, boring_seconds: float) -> dict[str, Any]:
        sets = self.sets
        rows = Rows(len(sets.train), sets.full_rows, **self.scored, kind=sets.train.kind)
        seconds = self.account.left - boring_seconds  # they are fitted on the rows trained on too
        return make_plan(
            self.settings, self.speed, rows, batch=self.batch, seconds=seconds
        ).as_json()

    def too_small(self, speed: Speed | None = None) -> BudgetTooSmall:
        """The error that names a budget in which one run would fit."""
        s, account = self.settings, self.account
        speed = speed or self.speed or Speed(0.0, 0.0)
        pace, seeds = max(1.0, account.pace), s.seeds or 1
        # Where loading took it all and nothing was measured: loading as a fifth of the whole.
        budget = max(account.spent * (1 if speed.predict_seconds else 5), s.budget_seconds)
        for _ in range(100):
            budget *= 1.2
            heldout = evaluated(len(self.whole.heldout), speed.predict_seconds, budget)
            tuning = evaluated(len(self.whole.tuning), speed.predict_seconds, 0.5 * budget)
            costs = Costs(speed, self.batch, tuning, heldout)
            need = costs.features(LEAST_ROWS) + seeds * costs.run(self.batch)
            enough = heldout >= min(LEAST_HELDOUT, len(self.whole.heldout))
            room = 1 - MARGIN - MEASURE_SHARE - 2 * BASELINE_SHARE
            if enough and account.spent + pace * need <= room * budget:
                break
        which = f"{seeds} seeds do not fit" if seeds > 1 else "not even one run fits"
        large = budget_words(budget)
        return BudgetTooSmall(
            f"{self.resolved.name}: {which} into {s.budget_seconds:g} s; loading and measuring "
            f"took {account.spent:.0f} s",
            hint=f"--budget {large} would do; --method linear takes less",
        )

    # -- baselines

    @cached_property
    def boring(self) -> dict[str, Any]:
        """Predictions of majority and TF-IDF fitted on the rows at hand; `rows`, `seconds`."""
        return self.boring_on(len(self.sets.train))

    def boring_on(self, size: int) -> dict[str, Any]:
        """The same, fitted on the rows that a run of `size` rows sees."""
        return self.once(f"boring {size}", lambda: self._boring(size))

    def once(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """A piece that is asked for again and again."""
        if name not in self.known:
            self.known[name] = make()
        return self.known[name]

    def _boring(self, size: int) -> dict[str, Any]:
        sets, order = self.sets, self.settings.seed
        most = subsample(sets.train, size, order)
        effort = Effort(len(most))
        if self.account.limited:
            share = self.account.seconds_for(BASELINE_SHARE)
            with self.teller.stage("fitting the baseline to beat, TF-IDF"):
                found = self.decision(
                    f"baselines on {len(most)}",
                    lambda: dataclasses.asdict(
                        affordable(
                            most, sets.tuning, sets.heldout, self.metric, share, self.account.now
                        )
                    ),
                )
            effort = Effort(**found)
            if effort.rows < len(most):
                self.drop(f"TF-IDF is fitted on {effort.rows:,} of {len(most):,} rows")
        key = {
            "piece": "baselines",
            "data": self.whole.fingerprint,
            "metric": self.metric,
            "versions": versions(),
            "order": order,
            **dataclasses.asdict(effort),
            **self.scored,
        }
        kept = self.store.get(key)
        if kept is None:
            rows, begun = subsample(sets.train, effort.rows, order), self.account.now()
            with self.teller.stage("fitting the baseline to beat, TF-IDF"):
                made = baselines(rows, sets.tuning, sets.heldout, self.metric, effort.thorough)
            kept = self.store.put(
                key,
                {
                    "predictions": made,
                    "seconds": self.account.now() - begun,
                    "rows": len(rows),
                    "words": words_fitted(rows, sets.tuning) if rows.tokens is not None else None,
                },
            )
        return kept

    @cached_property
    def features(self) -> Features:
        """Frozen features, read when the first head is fitted."""
        return Features(self)

    def frozen_on(self, size: int) -> dict[str, Any]:
        """The linear model on frozen features of `size` rows: predictions, head, `rows`."""
        return self.once(f"frozen {size}", lambda: self._frozen_on(size))

    def _frozen_on(self, size: int) -> dict[str, Any]:
        return self.piece(
            "frozen",
            lambda: self.features.fitted(size),
            size=size,
            most=self.feature_rows,
            order=self.settings.seed,
            **self.scored,
        )

    @cached_property
    def feature_rows(self) -> int:
        """Training rows whose frozen features are read: as many as end in time, also slower."""
        plan, account = self.plan, self.account
        wanted = min(plan.feature_rows, plan.sizes[-1])

        def affordable_rows() -> int:
            n = wanted
            while n > LEAST_ROWS and not account.safe(self.costs.features(n)):
                n = int(n / 1.19)
            return n

        return int(self.decision("rows of frozen features", affordable_rows))

    def head(self, size: int) -> Head:
        return frozen.head_from_json(self.frozen_on(size)["head"])

    def positions(self, size: int) -> list[int]:
        """Positions in the training set of its nested, stratified subset of `size` rows."""
        rows = self.sets.train
        place = {row: at for at, row in enumerate(rows.rows)}
        return [place[row] for row in subsample(rows, size, self.settings.seed).rows]

    @cached_property
    def encoded(self) -> tuple[Encoded, Encoded]:
        """Tuning and held-out rows as token ids."""
        length = self.lengths["max_length"]
        return (
            encode(self.sets.tuning, self.loaded, length),
            encode(self.sets.heldout, self.loaded, length),
        )

    @cached_property
    def training(self) -> Encoded:
        """The training rows that any run can see, as token ids, in the training set's order."""
        used = self.sets.train.take(self.positions(self.plan.sizes[-1]))
        return encode(used, self.loaded, self.lengths["max_length"])

    def rows_of(self, size: int) -> Encoded:
        place = {row: at for at, row in enumerate(self.positions(self.plan.sizes[-1]))}
        return self.training.take([place[row] for row in self.positions(size)])

    # -- runs

    def run(self, size: int, passes: float, seed: int, rate: float, words: str = "") -> Run:
        """One training run, by one seed, on `size` rows."""
        if self.settings.method == "linear":
            kept = self.frozen_on(size)
            return Run(kept["predictions"], 0, False, kept["threshold"], [], {})
        key = self.key(
            "run",
            size=size,
            passes=passes,
            seed=seed,
            rate=rate,
            order=self.settings.seed,
            max_steps=self.settings.max_steps,
            **self.scored,
        )
        cut_key = {**key, "cut": self.limits}  # holds for this budget alone
        found = self.store.get(key) or (self.store.get(cut_key) if self.account.limited else None)
        if found is None:
            made = self._run(size, passes, seed, rate, words)
            found = self.store.put(cut_key if made.cut else key, dataclasses.asdict(made))
        return Run(**found)

    def steps(self, size: int, passes: float) -> int:
        steps = self.costs.steps(size, passes)
        return min(steps, self.settings.max_steps or steps)

    def _run(self, size: int, passes: float, seed: int, rate: float, words: str) -> Run:
        tuning, heldout = self.encoded
        rows, head, steps = self.rows_of(size), self.head(size), self.steps(size, passes)
        words = words or f"training on {size:,} rows, seed {seed}"
        reset_peak(self.loaded.device)
        job = self._job(seed, steps, rate, evaluations=self.costs.evaluations(steps))
        watch = Stopwatch(self.account, self.costs.speed.step_seconds, self.costs.tail)
        cost = self.costs.run(size, passes, steps)
        with self.teller.stage(words, cost) as tick:
            outcome = train.train(
                self.loaded, rows, tuning, heldout, head, job, self._tuning_score, tick, watch
            )
        predictor = PREDICTORS[rows.kind]
        threshold = predictor.threshold(outcome.tuning_logits, tuning.targets)
        return Run(
            predictions=predictor.decide(outcome.logits, heldout, self.rule, threshold),
            steps=outcome.steps,
            early_stopped=outcome.early_stopped,
            threshold=threshold,
            curve=[{"step": p.step, "score": p.score, "loss": p.loss} for p in outcome.curve],
            timing={
                "seconds": outcome.seconds,
                "step_seconds": outcome.step_seconds,
                "micro_batch": outcome.micro_batch,
                "peak_gib": peak_gib(self.loaded.device),
            },
            cut=outcome.cut,
        )

    def _tuning_score(self, logits: np.ndarray) -> float:
        tuning = self.encoded[0]
        predictor = PREDICTORS[tuning.kind]
        cut = predictor.threshold(logits, tuning.targets)
        said = predictor.decide(logits, tuning, self.rule, cut)
        return self.tuning_scorer.sign * self.tuning_scorer.score(said)

    def _job(self, seed: int, steps: int, rate: float, evaluations: int) -> train.Job:
        s = self.settings
        return train.Job(
            seed=seed,
            steps=steps,
            learning_rate=rate,
            batch=self.batch,
            method=s.method,
            class_weights=class_weights(self.whole.train, s.class_weights, self.metric),
            checkpointing=s.checkpointing,
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
