"""One small batch of the user's own rows, before anything is measured or trained.

What would only show hours later, or never, is looked for here: words the vocabulary does
not know, ids that no table holds, features that are no numbers, a method that does not fit.
"""

from __future__ import annotations

import copy
from typing import Any

import torch

from pick_model.data.dataset import Dataset
from pick_model.encoders.load import Encoded, Loaded, autocast, collate, encode
from pick_model.encoders.network import net_for, with_adapters
from pick_model.encoders.objective import deterministic
from pick_model.encoders.sealed import in_words, memory_in_words
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

LOOKED_AT = 500  # rows whose ids are looked at; a share is then known to within 5 points
COMPARED = 16  # tokens that must not all look alike to the model
TRIED = 4  # rows that go through the model
LENGTH = 64  # tokens of each
UNKNOWN_ALLOWED = 0.5  # of all pieces: with more, the model reads less than it misses


def try_out(loaded: Loaded, rows: Dataset, method: str) -> None:
    """Raise EnvironmentProblem, with the reason, for a model that cannot read these rows."""
    step = max(1, len(rows) // LOOKED_AT)
    some = encode(rows.take(range(0, len(rows), step)[:LOOKED_AT]), loaded, loaded.positions)
    refuse_unknown(some, loaded)
    shorter = min(LENGTH, loaded.positions)
    order = sorted(range(len(some)), key=some.length)
    chosen = [order[0], *order[-1:], *order[len(order) // 2 :][: TRIED - 2]]
    batch = encode(rows.take([step * at for at in sorted(set(chosen))]), loaded, shorter)
    with memory_in_words(
        message("out-of-memory-on-short-rows", n=len(batch), name=loaded.name),
        message("linear-or-smaller"),
    ):
        refuse_alike(loaded, batch)
        pass_through(loaded, batch, method)


def refuse_alike(loaded: Loaded, batch: Encoded) -> None:
    """Refuse a model to which every token is the same: its word table, or a layer, is empty."""
    before, after = loaded.frame
    special = set(loaded.tokenizer.all_special_ids)
    ids = {i for row in batch.inputs for i in row["input_ids"]} - special - {*before, *after}
    rows = [[*before, i, *after] for i in sorted(ids)[:COMPARED]]
    if len(rows) < 2:
        return
    inputs = {"input_ids": torch.tensor(rows, device=loaded.device)}  # (B, T)
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
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


def refuse_unknown(rows: Encoded, loaded: Loaded) -> None:
    """Refuse a vocabulary to which most of the data is unknown."""
    unknown = loaded.tokenizer.unk_token_id
    special = set(loaded.tokenizer.all_special_ids) - {unknown}
    before, after = (len(ids) for ids in loaded.frame)
    bodies = (row["input_ids"][before : len(row["input_ids"]) - after] for row in rows.inputs)
    pieces = [i for body in bodies for i in body if i not in special]
    count = sum(i == unknown for i in pieces) if unknown is not None else 0
    if not pieces or count > UNKNOWN_ALLOWED * len(pieces):
        share = count / len(pieces) if pieces else 1.0
        raise EnvironmentProblem(
            message("pieces-unknown", share=share, name=loaded.name),
            hint=message("give-model-of-script"),
            code="tokenizer",
        )


def pass_through(loaded: Loaded, batch: Encoded, method: str) -> None:
    """Features of the batch, and where the model is to be trained the gradients of a loss."""
    was = loaded.encoder.training
    inputs, targets = collate(batch, range(len(batch)), loaded)
    with (
        deterministic(0),
        in_words(message("model-not-tried", name=loaded.name), message("give-another-model")),
        torch.inference_mode(),
        autocast(loaded),
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
