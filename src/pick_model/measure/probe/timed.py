"""What a probe's steps tell about this machine's speed, kept for later estimates of `local`."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

import numpy as np

from pick_model.cost.calibration import keep
from pick_model.cost.detect import device_name
from pick_model.cost.forward import layer_flops
from pick_model.cost.outputs import (
    DROPPED,
    EAGER,
    FUSED,
    POSITIONS,
    disentangled_scores,
    layer_outputs,
    plain_sizes,
)
from pick_model.cost.rates import WIDTH, step_of
from pick_model.documents.catalog import Shape
from pick_model.documents.hardware import Arithmetic, Timing
from pick_model.errors import EnvironmentProblem
from pick_model.measure.probe.pieces import Run
from pick_model.measure.probe.scores import Done
from pick_model.measure.probe.work import Work

# Forward passes that a step of each method costs, as in `cost.time`; a linear probe takes none.
PASSES = {"full": 3.0, "lora": 2.0}


def keep_timing(work: Work, done: Done) -> None:
    """Keep the median step of the largest run, where it was made now and with all cores.

    Does nothing where the encoder does not tell its shape, or the disk takes no more.
    """
    timing = next((run.timing for run in done.largest if run.timing), None)
    if timing is None or work.desk.store.hits[Run] or timing.micro_batch < work.inputs.batch:
        return
    found = _timing(work, done, timing.step_seconds)
    if found is None:
        return
    device = device_name(work.setup.lengths.device, work.inputs.threads)
    if device is not None:
        with contextlib.suppress(EnvironmentProblem):
            keep(device, found, work.desk.store.shelf.folder.parent)


def _timing(work: Work, done: Done, seconds: float) -> Timing | None:
    loaded, lengths, settings = work.desk.bench.loaded, work.setup.lengths, work.settings
    shape = shape_of(loaded.encoder.config)
    if shape is None or settings.method not in PASSES or settings.checkpointing:
        return None
    rows = work.rows.training(done.size[0])
    tokens = round(float(np.mean([rows.length(row) for row in range(len(rows))])))
    layers, weights = shape.n_layers or 0, _weights(loaded.encoder)
    scores = _scores(loaded.encoder, tokens, on_cpu=lengths.device == "cpu")
    written = layer_outputs(plain_sizes(shape, tokens), tokens, scores, gated=False)
    dtype: Arithmetic = "fp32" if lengths.dtype == "float32" else "mixed"
    step = step_of(
        passes=PASSES[settings.method],
        flops=work.inputs.batch * layers * layer_flops(shape, tokens),
        written=work.inputs.batch * layers * written,
        weights=weights,
        trained=weights if settings.method == "full" else 0.0,
        layers=layers,
        width=WIDTH[dtype],
    )
    return Timing(
        origin="probe",
        what=f"{work.inputs.resolved.name}, {work.inputs.batch} x {tokens} tokens"[:500],
        kind="transformer",
        phase="train",
        dtype=dtype,
        flops=step.flops,
        moved_bytes=step.moved_bytes,
        launches=step.launches,
        seconds=seconds,
        made_on=date.today().isoformat(),
    )


def shape_of(config: Any) -> Shape | None:
    """The shape that a configuration of transformers tells; None where a part is missing."""
    layers, hidden, heads = (
        getattr(config, name, None)
        for name in ("num_hidden_layers", "hidden_size", "num_attention_heads")
    )
    if not (layers and hidden and heads):
        return None
    return Shape(
        n_layers=layers,
        hidden_size=hidden,
        n_heads=heads,
        intermediate_size=getattr(config, "intermediate_size", None),
    )


def _scores(encoder: Any, tokens: int, *, on_cpu: bool) -> float:
    """How often the scores of every pair of tokens are written."""
    config = encoder.config
    kind = str(getattr(config, "model_type", ""))
    if "deberta" in kind:
        return disentangled_scores(tokens, 2 * tokens if kind == "deberta" else POSITIONS)
    dropout = getattr(config, "attention_probs_dropout_prob", None)
    if on_cpu and (dropout or getattr(config, "attention_dropout", None)):
        return DROPPED
    eager = getattr(encoder.config, "_attn_implementation", None) == "eager"
    return EAGER if eager else FUSED


def _weights(encoder: Any) -> float:
    """Parameters without those of embeddings, of which a pass reads a few rows."""
    from torch import nn

    looked_up = sum(m.weight.numel() for m in encoder.modules() if isinstance(m, nn.Embedding))
    return float(sum(p.numel() for p in encoder.parameters()) - looked_up)
