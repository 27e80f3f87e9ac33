"""One small batch of the user's own rows, before anything is measured or trained.

What would only show hours later, or never, is looked for here: words the vocabulary does
not know, ids that no table holds, features that are no numbers, a method that does not fit.
"""

from __future__ import annotations

import copy
from typing import Any

import torch

from pick_model.data.dataset import Dataset
from pick_model.encoders.load import autocast, collate, encode, reading
from pick_model.encoders.loaded import Loaded
from pick_model.encoders.network import net_for, with_adapters
from pick_model.encoders.objective import deterministic
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sealed import in_words, memory_in_words
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message


def try_out(loaded: Loaded, rows: Dataset, method: str) -> None:
    """Raise EnvironmentProblem, with the reason, for a model that cannot read these rows."""
    places, longest = loaded.modality.trial(loaded, rows)
    batch = encode(rows.take(places), loaded, longest)
    with memory_in_words(
        message("out-of-memory-on-short-rows", n=len(batch), name=loaded.name),
        message("linear-or-smaller"),
    ):
        refuse_alike(loaded, batch)
        pass_through(loaded, batch, method)


def refuse_alike(loaded: Loaded, batch: Encoded) -> None:
    """Refuse a model to which everything is the same: a table, or a layer, is empty."""
    inputs = loaded.modality.different(loaded, batch)
    if inputs is None:
        return
    was = loaded.encoder.training
    with deterministic(0), torch.inference_mode():
        found = net_for(batch, loaded).eval().features(inputs)  # (B, [T,] H)
    loaded.encoder.train(was)
    if bool((found == found[:1]).all()):
        raise EnvironmentProblem(
            message("features-all-alike", name=loaded.name),
            hint=message("download-alike"),
            code="weights",
        )


def pass_through(loaded: Loaded, batch: Encoded, method: str) -> None:
    """Features of the batch, and where the model is to be trained the gradients of a loss."""
    was = loaded.encoder.training
    inputs, targets = collate(batch, range(len(batch)), loaded)
    with (
        deterministic(0),
        in_words(message("model-not-tried", name=loaded.name), message("give-another-model")),
        reading(loaded),
    ):
        found = net_for(batch, loaded).eval().features(inputs)  # (B, [T,] H)
    loaded.encoder.train(was)
    read = found[inputs["attention_mask"].bool()] if batch.by_word else found
    if not bool(torch.isfinite(read).all()):
        raise EnvironmentProblem(
            message("features-not-finite", name=loaded.name),
            hint=message("try-fp32"),
            code="weights",
        )
    if method == "linear":
        return
    with (
        deterministic(0),
        in_words(message("model-not-trained", name=loaded.name), message("linear-or-another")),
    ):
        encoder: Any = loaded.encoder
        if method == "lora":
            encoder = with_adapters(copy.deepcopy(encoder))
        net = net_for(batch, loaded, encoder).train()
        with autocast(loaded):
            logits = net(inputs)  # (B, C) or (B, T, C)
        loss = batch.objective.loss(logits.float(), targets, None)
        loss.backward()  # type: ignore[no-untyped-call]
        net.zero_grad(set_to_none=True)
    loaded.encoder.train(was)
