"""Rows as batches of what a model reads, whatever its modality: `Modality` says how.

Shapes: B rows, T tokens, C outputs.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pick_model.data.dataset import Dataset
from pick_model.encoders.loaded import Loaded
from pick_model.encoders.objective import IGNORE, OBJECTIVES
from pick_model.encoders.rows import Encoded


def encode(dataset: Dataset, loaded: Loaded, max_length: int) -> Encoded:
    """Each row as the model takes it, cut at `max_length`; targets in the loss's own units.

    Regression targets are standardised with the loaded model's target mean and scale.
    Raises EnvironmentProblem when the tokenizer, or what stands for it, fails.
    """
    read = loaded.modality.encode(dataset, loaded, max_length)
    targets = OBJECTIVES[dataset.kind].in_units(
        dataset.labels, loaded.target_mean, loaded.target_scale
    )
    n_outputs = len(dataset.label_names) or 1
    return Encoded(
        dataset.kind, read.inputs, read.starts, targets, n_outputs, read.sizes, read.varying
    )


def collate(
    rows: Encoded, chosen: Sequence[int], loaded: Loaded, *, training: bool = False
) -> tuple[dict[str, Tensor], Tensor]:
    """Inputs by the encoder's arguments, and targets: (B,), (B, C) or (B, T); on the device.

    training: rows may be varied, as their modality does.
    """
    inputs = loaded.modality.batch(rows, chosen, loaded)
    targets = rows.objective.targets(rows.read(chosen), rows.n_outputs)
    if rows.starts is not None:
        width = max(rows.length(row) for row in chosen)
        places = [(at, s) for at, row in enumerate(chosen) for s in rows.starts[row] if s >= 0]
        tags, targets = targets, torch.full((len(chosen), width), IGNORE)  # (B, T)
        if places:
            targets[tuple(torch.tensor(places).T)] = tags
    there = {name: value.to(loaded.device) for name, value in inputs.items()}
    if training:
        there = loaded.modality.varied(there, rows)
    return loaded.modality.prepared(there), targets.to(loaded.device)
