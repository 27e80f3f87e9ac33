"""Frozen features: what an untouched encoder makes of each row, layer by layer.

One forward pass a batch gives every layer, and each layer is pooled before the next batch is
read, so what is held beside the features asked for does not grow with the rows. The frozen
baseline, the head that a fine-tune starts from and the screen all come by their features here.
Shapes: B rows, T tokens, H width, N lines (rows, or words for tokens), V views.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pick_model.encoders.batches import over_batches
from pick_model.encoders.load import Encoded, Loaded, autocast, collate, sample, states
from pick_model.encoders.objective import deterministic
from pick_model.encoders.pooling import POOLINGS
from pick_model.encoders.sealed import in_words, out_of_memory
from pick_model.words.say import message

LAST = -1  # the layer that the encoder gives out, after its last normalisation
WORD = "word"  # the pooling of tokens: the first piece of each word stands for it


@dataclass(frozen=True)
class Views:
    """Which vectors of a row are kept: each layer under each pooling."""

    # 0 is what the first block reads, n what block n gives; LAST is the encoder's own output.
    layers: tuple[int, ...] = (LAST,)
    poolings: tuple[str, ...] = ("mean",)
    depth: int = 0  # blocks; 0: not looked at

    def __len__(self) -> int:
        return len(self.layers) * len(self.poolings)

    @property
    def names(self) -> tuple[tuple[int, str], ...]:
        """Layer and pooling of each view, in the order of the features."""
        return tuple((layer, how) for layer in self.layers for how in self.poolings)


def features(
    loaded: Loaded,
    rows: Encoded,
    views: Views | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> np.ndarray:
    """Every view of each row, or of each of its words: float32 (V, N, H).

    Without `views` the mean of the last layer, or by word the last layer. Words that the length
    limit cut off are NaN. `tick` is told the rows read so far. Raises EnvironmentProblem when
    the model fails on the rows or memory ends at one of them.
    """
    views = views or Views(poolings=(WORD,) if rows.by_word else ("mean",))
    begin = np.concatenate([[0], np.cumsum([rows.lines(row) for row in range(len(rows))])])
    found = np.full((len(views), int(begin[-1]), loaded.hidden), np.nan, dtype=np.float32)
    done = 0
    was = loaded.encoder.training

    def read(chosen: list[int]) -> None:
        nonlocal done
        inputs, _ = collate(rows, chosen, loaded)
        with torch.inference_mode(), autocast(loaded):
            layers = kept_states(loaded, inputs, views)  # (B, T, H) each
            if rows.starts is None:
                lines = np.asarray(begin)[chosen]
                pooled = [
                    POOLINGS[how](layer, inputs["attention_mask"])
                    for layer in layers
                    for how in views.poolings
                ]  # (B, H) each
            else:
                places = [
                    (at, start, int(begin[row]) + word)
                    for at, row in enumerate(chosen)
                    for word, start in enumerate(rows.starts[row])
                    if start >= 0
                ]
                at, start, lines = np.array(places, dtype=int).reshape(-1, 3).T
                pooled = [layer[at, start] for layer in layers]  # (words, H) each
            for view, values in enumerate(pooled):
                found[view, lines] = values.float().cpu().numpy()
        done += len(chosen)
        tick(done)

    loaded.encoder.eval()
    try:
        with deterministic(0):
            over_batches(rows, read, loaded.device.type)
    finally:
        loaded.encoder.train(was)
    return found


def kept_states(loaded: Loaded, inputs: dict[str, Tensor], views: Views) -> list[Tensor]:
    """The states (B, T, H) of each layer of the views."""
    with in_words(message("model-fails"), message("give-another-model"), "model"):
        if set(views.layers) <= {LAST, views.depth}:
            return [states(loaded.encoder, inputs, loaded.takes)]
        last, all_ = every_layer(loaded, inputs)
        ends = (LAST, views.depth)
        return [last if layer in ends else all_[layer] for layer in views.layers]


def every_layer(loaded: Loaded, inputs: dict[str, Tensor]) -> tuple[Tensor, tuple[Any, ...]]:
    """The encoder's output, and what it says its layers gave; nothing where it does not say."""
    known = {name: value for name, value in inputs.items() if name in loaded.takes}
    out = loaded.encoder(**known, output_hidden_states=True)
    found = getattr(out, "hidden_states", None)
    return out[0], tuple(found) if isinstance(found, tuple | list) else ()


def all_views(loaded: Loaded, by_word: bool) -> Views:
    """Every layer that has one vector of the model's width a token, under the poolings that suit.

    Some models halve the tokens on the way (Funnel) or are narrower inside (OPT-350m); their
    last layer is there all the same. The mean always; the first token where both sides are
    seen and something stands before the text, the last where later tokens are not seen.
    """
    inputs = sample(loaded)
    wanted = (*inputs["input_ids"].shape, loaded.hidden)
    was = loaded.encoder.training
    loaded.encoder.eval()
    try:
        told = message("reads-no-text-here", name=loaded.name)
        with in_words(told, message("give-another-model")), torch.inference_mode():
            last, layers = told_layers(loaded, inputs)
            causal = sees_no_later(loaded, inputs, last)
    finally:
        loaded.encoder.train(was)
    depth = max(0, len(layers) - 1)
    fit = [n for n, layer in enumerate(layers[:-1]) if tuple(layer.shape) == wanted]
    if by_word:
        poolings: tuple[str, ...] = (WORD,)
    elif causal:
        poolings = ("mean", "last")
    else:
        poolings = ("mean", "first") if loaded.frame[0] else ("mean",)
    return Views((*fit, depth or LAST), poolings, depth)


def told_layers(loaded: Loaded, inputs: dict[str, Tensor]) -> tuple[Tensor, tuple[Any, ...]]:
    """As `every_layer`; of a model that cannot say what its layers gave, the output alone."""
    try:
        return every_layer(loaded, inputs)
    except Exception as fault:
        if out_of_memory(fault):
            raise
        return states(loaded.encoder, inputs, loaded.takes), ()


def sees_no_later(loaded: Loaded, inputs: dict[str, Tensor], last: Tensor) -> bool:
    """Whether the first token's state stays as it is when the last token is another."""
    ids = inputs["input_ids"]
    others = ids[0][ids[0] != ids[0, -1]]
    if not len(others):
        return False
    changed = torch.cat([ids[:, :-1], others[:1, None]], dim=1)
    then = states(loaded.encoder, {**inputs, "input_ids": changed}, loaded.takes)
    return torch.allclose(then[0, 0], last[0, 0], rtol=1e-5, atol=0.0)
