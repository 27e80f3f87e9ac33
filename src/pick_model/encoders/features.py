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
from pick_model.encoders.heap import give_back
from pick_model.encoders.load import collate, reading
from pick_model.encoders.loaded import Loaded, States, reads_none, states
from pick_model.encoders.objective import deterministic
from pick_model.encoders.pooling import OWN, pooled
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sealed import in_words, out_of_memory
from pick_model.words.say import message

LAST = -1  # the layer that the encoder gives out, after its last normalisation
WORD = "word"  # the pooling of tokens: the first piece of each word stands for it
# Rows after which freed memory is given back: 4,000 rows of subj take 640 MB in place of 680. After
# every batch they take 625, and a twentieth more time.
ROWS_HELD = 64


@dataclass(frozen=True)
class Views:
    """Which vectors of a row are kept: each layer under each pooling."""

    # 0 is what the first block reads, n what block n gives; LAST is the encoder's own output.
    layers: tuple[int, ...] = (LAST,)
    poolings: tuple[str, ...] = ("mean",)
    depth: int = 0  # blocks; 0: not looked at
    own: bool = False  # beside them what the model itself makes of a row, as its last layer

    def __len__(self) -> int:
        return len(self.names)

    @property
    def names(self) -> tuple[tuple[int, str], ...]:
        """Layer and pooling of each view, in the order of the features."""
        each = tuple((layer, how) for layer in self.layers for how in self.poolings)
        return (*each, (self.depth or LAST, OWN)) if self.own else each


def features(
    loaded: Loaded,
    rows: Encoded,
    views: Views | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> np.ndarray:
    """Every view of each row, or of each of its words: float32 (V, N, H).

    Without `views` the last layer under the modality's pooling, or by word the last layer.
    Words that the length limit cut off are NaN. The rest as `read_features`.
    """
    views = views or usual_view(loaded, rows)
    found = np.full((len(views), rows.n_lines, loaded.hidden), np.nan, dtype=np.float32)

    def keep(lines: np.ndarray, made: np.ndarray) -> None:
        found[:, lines] = made

    read_features(loaded, rows, views, keep, tick)
    return found


def read_features(
    loaded: Loaded,
    rows: Encoded,
    views: Views,
    keep: Callable[[np.ndarray, np.ndarray], None],
    tick: Callable[[int], None] = lambda _: None,
) -> None:
    """Hand over every view batch by batch: lines (B,), and their vectors, float32 (V, B, H).

    Lines come in any order; words that the length limit cut off never do. `tick` is told the
    rows read so far. Raises EnvironmentProblem when the model fails on the rows or memory ends at
    one of them.
    """
    begin = np.concatenate([[0], np.cumsum([rows.lines(row) for row in range(len(rows))])])
    done = held = 0
    was = loaded.encoder.training

    def read(chosen: list[int]) -> None:
        nonlocal done, held
        inputs, _ = collate(rows, chosen, loaded)
        with reading(loaded):
            layers = kept_states(loaded, inputs, views)
            if rows.starts is None:
                lines = np.asarray(begin)[chosen]
                vectors = [pooled(layer, how) for layer in layers for how in views.poolings]
                if views.own:
                    vectors.append(pooled(layers[-1], OWN))  # (B, H) each
            else:
                places = [
                    (at, start, int(begin[row]) + word)
                    for at, row in enumerate(chosen)
                    for word, start in enumerate(rows.starts[row])
                    if start >= 0
                ]
                at, start, lines = np.array(places, dtype=int).reshape(-1, 3).T
                vectors = [layer.places[at, start] for layer in layers]  # (words, H) each
            made = torch.stack([values.float() for values in vectors]).cpu().numpy()
        keep(lines, made)
        done += len(chosen)
        held += len(chosen)
        if held >= ROWS_HELD and loaded.device.type == "cpu":
            give_back()
            held = 0
        tick(done)

    loaded.encoder.eval()
    try:
        with deterministic(0):
            over_batches(rows, read, loaded)
    finally:
        loaded.encoder.train(was)
        give_back()


def usual_view(loaded: Loaded, rows: Encoded) -> Views:
    """What a linear layer, and a fine-tune's first one, is fitted on."""
    if rows.by_word:
        return Views(poolings=(WORD,))
    how = loaded.modality.pooling
    return Views(poolings=(), own=True) if how == OWN else Views(poolings=(how,))


def kept_states(loaded: Loaded, inputs: dict[str, Tensor], views: Views) -> list[States]:
    """The states of each layer of the views."""
    with in_words(message("model-fails"), message("give-another-model"), "model"):
        if set(views.layers) <= {LAST, views.depth}:
            return [states(loaded, inputs)]
        last, all_ = every_layer(loaded, inputs)
        ends = (LAST, views.depth)
        return [
            last if layer in ends else last._replace(places=all_[layer]) for layer in views.layers
        ]


def every_layer(loaded: Loaded, inputs: dict[str, Tensor]) -> tuple[States, tuple[Any, ...]]:
    """The encoder's states, and what it says its layers gave; nothing where it does not say."""
    known = {name: value for name, value in inputs.items() if name in loaded.takes}
    out = loaded.encoder(**known, output_hidden_states=True)
    found = getattr(out, "hidden_states", None)
    layers = tuple(found) if isinstance(found, tuple | list) else ()
    modality = loaded.modality
    return modality.states_of(out, inputs), tuple(modality.layer_of(layer) for layer in layers)


def all_views(loaded: Loaded, by_word: bool) -> Views:
    """Every layer that has one vector of the model's width a token, under the poolings that suit.

    Some models halve the tokens on the way (Funnel) or are narrower inside (OPT-350m); their
    last layer is there all the same. Which poolings suit, the modality says.
    """
    inputs = loaded.modality.sample(loaded)
    was = loaded.encoder.training
    loaded.encoder.eval()
    try:
        with in_words(reads_none(loaded), message("give-another-model")), torch.inference_mode():
            last, layers = told_layers(loaded, inputs)
            poolings = loaded.modality.poolings(loaded, inputs, last.places)
    finally:
        loaded.encoder.train(was)
    depth = max(0, len(layers) - 1)
    wanted = (*last.places.shape[:2], loaded.hidden)
    fit = [n for n, layer in enumerate(layers[:-1]) if tuple(layer.shape) == wanted]
    own = last.own is not None and not by_word
    return Views((*fit, depth or LAST), (WORD,) if by_word else poolings, depth, own)


def told_layers(loaded: Loaded, inputs: dict[str, Tensor]) -> tuple[States, tuple[Any, ...]]:
    """As `every_layer`; of a model that cannot say what its layers gave, the output alone."""
    try:
        return every_layer(loaded, inputs)
    except Exception as fault:
        if out_of_memory(fault):
            raise
        return states(loaded, inputs), ()
