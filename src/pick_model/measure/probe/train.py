"""Fine-tune one pretrained encoder on labelled rows: the whole loop, top to bottom.

    build -> (batch -> loss -> step) * steps, with a look at the tuning rows -> predict

`encoders/` before it loads and tokenizes, `network.py` is what is trained; `predictors.py`
after it turns logits into labels.

Shapes on the tensor lines as in `network.py`: B rows, T tokens, C outputs, N rows of a set.

The linear layer starts from a logistic regression on the frozen features instead of noise
("linear probing then fine-tuning", Kumar et al. 2022, arXiv:2202.10054): a run of a few
dozen steps then spends none of them on finding the head.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pick_model.encoders.load import Encoded, Loaded, autocast, collate
from pick_model.encoders.network import (
    Head,
    Net,
    enable_checkpointing,
    net_for,
    out_of_memory,
    predict,
    with_adapters,
)
from pick_model.encoders.objective import deterministic
from pick_model.errors import EnvironmentProblem
from pick_model.measure.probe.clock import StepTimes, Stopwatch, unhurried
from pick_model.words.say import message

WARM_UP = 0.1  # share of the steps, as in RoBERTa's fine-tuning (arXiv:1907.11692, table 10)
WEIGHT_DECAY = 0.01  # BERT, appendix A.2
CLIP = 1.0  # gradient norm
EVALUATIONS = 6  # points of the curve over steps
# Evaluations without a better loss or score on the tuning rows before a run stops. A rising
# rate after warm-up costs the fitted head some loss that the decay wins back, so counting
# starts only after the first pass over the rows.
PATIENCE = 3
WINDOW = 16  # batches sorted by length together: little padding, still random order


@dataclass(frozen=True)
class Job:
    """One training run."""

    seed: int
    steps: int
    learning_rate: float
    batch: int
    method: str = "full"  # full | lora
    class_weights: tuple[float, ...] | None = None
    checkpointing: bool = False
    evaluations: int = EVALUATIONS


@dataclass(frozen=True)
class StepScore:
    """One point of the curve over steps."""

    step: int
    loss: float
    score: float


@dataclass(frozen=True)
class TrainingOutcome:
    """What one run gives."""

    net: Net  # as it was trained
    logits: np.ndarray  # (N, C) of the held-out rows; (words, C) for tokens
    tuning_logits: np.ndarray
    steps: int
    early_stopped: bool
    cut: bool  # ended by the watch before its time
    timed: bool  # its rates were changed by the watch, also where it then had the time
    curve: tuple[StepScore, ...]  # on the tuning rows
    seconds: float
    step_seconds: float  # the median, of a batch of the mean size
    micro_batch: int


def train(
    loaded: Loaded,
    rows: Encoded,
    tuning: Encoded,
    heldout: Encoded,
    head: Head | None,
    job: Job,
    score: Callable[[np.ndarray], float],
    on_step: Callable[[int, int], None] = lambda _done, _total: None,
    watch: Stopwatch | None = None,
) -> TrainingOutcome:
    """One run: AdamW, warm-up, linear decay to zero, early stopping on the tuning rows.

    The loaded encoder is copied, so that every run starts from the pretrained weights.
    `score` turns logits of the tuning rows into the metric, oriented so that up is better.
    The held-out rows are scored once, at the end, and choose nothing. Where `watch` says that
    fewer steps fit than were planned, the rate falls from where it is to zero over those, so
    that a run cut short has still settled; where a slow spell has passed it is again what a run of
    so many steps, up to those planned, would have.
    """
    watch = watch or unhurried()
    started = watch.now()
    with deterministic(job.seed):
        net = build(loaded, rows, head, job)
        groups = decay_groups(net)
        fused = loaded.device.type in ("cpu", "cuda")  # one kernel; 10 x faster on the CPU
        optimizer = torch.optim.AdamW(
            groups, lr=job.learning_rate, weight_decay=WEIGHT_DECAY, fused=fused
        )
        schedule, end, warm = rate_at(job.steps), job.steps, warm_up(job.steps)
        scaler = torch.amp.GradScaler(loaded.device.type, enabled=loaded.dtype == torch.float16)
        weights = None
        if job.class_weights is not None:
            weights = torch.tensor(job.class_weights, device=loaded.device)  # (C,)

        every = max(1, math.ceil(job.steps / max(1, job.evaluations)))
        micro = job.batch
        curve: list[StepScore] = []
        times = StepTimes(mean_size(rows, job))
        first_pass, timed = math.ceil(len(rows) / job.batch), False
        best_loss, best_score, since_best, best_state = math.inf, -math.inf, 0, None
        early_stopped = False
        step = 0
        tuning_logits = None  # of the weights as they are
        batches = ahead(epochs(rows, job.batch, job.seed), rows, loaded)
        while step < end:
            chosen = next(batches)
            tick = watch.now()
            for group in optimizer.param_groups:
                group["lr"] = job.learning_rate * schedule(step)
            net.train()
            _, micro = accumulate(net, loaded, rows, chosen, weights, scaler, micro)
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(net.parameters(), CLIP)
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad(set_to_none=True)
            times.add(watch.now() - tick, size_of(rows, chosen))
            step += 1
            tuning_logits = None
            left = job.steps - step
            fit = watch.fits(left, math.ceil((end - step) / every), times.now)
            if step + fit != end:
                shorter, end, timed = step + fit < end, step + fit, True
                falls = shorter and step >= warm
                schedule = falling(step, schedule(step), end) if falls else rate_at(end)
            on_step(step, end)
            if job.evaluations and len(tuning) and (step % every == 0 or step == end):
                tuning_logits = predict(net, loaded, tuning)
                tuning_loss, tuning_score = mean_loss(tuning_logits, tuning), score(tuning_logits)
                curve.append(StepScore(step, tuning_loss, tuning_score))
                if step < first_pass:
                    continue
                since_best = since_best + 1
                if tuning_loss < best_loss:
                    best_loss, since_best = tuning_loss, 0
                if tuning_score > best_score:
                    best_score, since_best = tuning_score, 0
                    best_state = copy.deepcopy(net.state_dict())
                if since_best >= PATIENCE and step < end and best_state is not None:
                    net.load_state_dict(best_state)
                    early_stopped, tuning_logits = True, None
                    break
        if tuning_logits is None:
            tuning_logits = predict(net, loaded, tuning)
        logits = predict(net, loaded, heldout)
    return TrainingOutcome(
        net=net,
        logits=logits,
        tuning_logits=tuning_logits,
        steps=step,
        early_stopped=early_stopped,
        cut=end < job.steps,
        curve=tuple(curve),
        seconds=watch.now() - started,
        step_seconds=times.typical,
        timed=timed,
        micro_batch=micro,
    )


def build(loaded: Loaded, rows: Encoded, head: Head | None, job: Job) -> Net:
    """A fresh copy of the encoder under the fitted head, with what the method trains."""
    encoder: Any = copy.deepcopy(loaded.encoder)
    if job.checkpointing:
        enable_checkpointing(encoder)
    if job.method == "lora":
        encoder = with_adapters(encoder)
    net = net_for(rows, loaded, encoder)
    if head is not None:
        with torch.no_grad():
            net.head.weight.copy_(torch.from_numpy(head.weight))  # (C, H)
            net.head.bias.copy_(torch.from_numpy(head.bias))  # (C,)
    return net


def decay_groups(net: Net) -> list[dict[str, Any]]:
    """Weight decay for matrices only, as in BERT's own optimizer."""
    trained = [p for p in net.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim > 1]},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]


def warm_up(steps: int) -> int:
    """Steps of so many that the rate rises over."""
    return max(1, round(WARM_UP * steps))


def rate_at(steps: int) -> Callable[[int], float]:
    """Linear warm-up over the first tenth, then linear decay to zero after the last step."""
    warm = warm_up(steps)

    def rate(step: int) -> float:
        if step < warm:
            return (step + 1) / (warm + 1)
        return max(0.0, (steps - step) / max(1, steps - warm))

    return rate


def falling(step: int, rate: float, end: int) -> Callable[[int], float]:
    """From `rate` at `step` linearly to zero after the last step before `end`."""
    return lambda at: rate * max(0.0, (end - at) / max(1, end - step))


def epochs(rows: Encoded, batch: int, seed: int) -> Iterator[list[int]]:
    """Batches of row positions without end: each pass sees every row once.

    Rows of similar length are put together inside a window of batches, so that little of a
    batch is padding while its make-up stays random.
    """
    random = np.random.default_rng(seed)
    while True:
        order = random.permutation(len(rows))
        batches: list[list[int]] = []
        for at in range(0, len(order), batch * WINDOW):
            window = sorted(order[at : at + batch * WINDOW], key=rows.length)
            batches += [list(window[i : i + batch]) for i in range(0, len(window), batch)]
        for which in random.permutation(len(batches)):
            yield batches[which]


def size_of(rows: Encoded, chosen: Sequence[int]) -> int:
    """Tokens of a batch with its padding: what a step's time goes by."""
    return len(chosen) * max(map(rows.length, chosen))


def mean_size(rows: Encoded, job: Job) -> float:
    """Of a pass's batches."""
    n = math.ceil(len(rows) / job.batch)
    sizes = [size_of(rows, chosen) for chosen in islice(epochs(rows, job.batch, job.seed), n)]
    return float(np.mean(sizes))


def ahead(batches: Iterator[list[int]], rows: Encoded, loaded: Loaded) -> Iterator[list[int]]:
    """The same batches; what the next one needs is begun while one is computed."""
    chosen = next(batches)
    loaded.modality.ahead(rows, chosen)
    for following in batches:
        loaded.modality.ahead(rows, following)
        yield chosen
        chosen = following


def accumulate(
    net: Net,
    loaded: Loaded,
    rows: Encoded,
    chosen: list[int],
    weights: Tensor | None,
    scaler: Any,
    micro: int,
) -> tuple[float, int]:
    """Gradients of the mean loss over `chosen`, in pieces of `micro` rows.

    Out of memory halves the pieces and starts the batch again; at one row it turns on
    gradient checkpointing, and after that gives up. Returns the loss and the piece size.
    """
    while True:
        try:
            total = 0.0
            parts = [chosen[i : i + micro] for i in range(0, len(chosen), micro)]
            masses = [rows.objective.mass(rows.read(part), weights) for part in parts]
            for part, share in zip(parts, masses, strict=True):
                inputs, targets = collate(rows, part, loaded, training=True)
                with autocast(loaded):
                    logits = net(inputs)  # (B, C) or (B, T, C)
                loss = rows.objective.loss(logits.float(), targets, weights)
                loss = loss * (share / (sum(masses) or 1.0))
                scaler.scale(loss).backward()
                total += float(loss.detach())
            return total, micro
        except (RuntimeError, MemoryError) as fault:
            if not out_of_memory(fault):
                raise
        net.zero_grad(set_to_none=True)
        if loaded.device.type == "cuda":
            torch.cuda.empty_cache()
        if micro > 1:
            micro = micro // 2
        elif not enable_checkpointing(net.encoder):
            raise EnvironmentProblem(
                message("out-of-memory-at-one-row"),
                hint=message("train-less"),
                code="out-of-memory",
            )


def mean_loss(logits: np.ndarray, rows: Encoded) -> float:
    """The objective, unweighted, of finished logits (N, C); used to stop early."""
    seen = torch.from_numpy(logits[rows.is_read()])
    targets = rows.objective.targets(rows.read(range(len(rows))), rows.n_outputs)
    return float(rows.objective.loss(seen, targets, None))
