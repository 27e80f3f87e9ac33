"""A pretrained encoder, ready to be fed, and what its modality says about feeding it.

Shapes: B rows, T places (tokens, patches, frames), H width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from pick_model.data.dataset import Dataset
from pick_model.encoders.rows import Encoded, Frame
from pick_model.words.message import Message
from pick_model.words.say import message


class States(NamedTuple):
    """What an encoder makes of a batch."""

    places: Tensor  # (B, T, H)
    mask: Tensor  # (B, T), 1 for a place that counts
    own: Tensor | None = None  # (B, H), what the model itself makes of a row, where it does


class RowInputs(NamedTuple):
    """Rows as they become an `Encoded`, whose fields say what these are."""

    inputs: tuple[Any, ...]
    starts: tuple[tuple[int, ...], ...] | None = None
    sizes: tuple[int, ...] | None = None
    varying: Any = None


class Modality(Protocol):
    """What is particular to what a model reads: one class a modality, one object a model."""

    name: str  # as `Dataset.modality`
    pooling: str = "mean"  # from places to one vector of a row: one of `pooling.POOLINGS`, or OWN

    def longest(self, loaded: Loaded, asked: int | None) -> int:
        """Tokens a row is cut to, where nobody measures the rows."""

    def lengths(self, rows: Dataset, loaded: Loaded, asked: int | None) -> tuple[int, float]:
        """Tokens that rows are cut to, and the share of rows that are longer."""

    def n_filled(self, rows: Dataset, encoded: Encoded, longest: int) -> int:
        """Rows that fill `longest`, and so were cut or nearly."""
        return sum(encoded.length(row) >= longest for row in range(len(rows)))

    def encode(self, rows: Dataset, loaded: Loaded, longest: int) -> RowInputs:
        """Rows cut at `longest`. Raises EnvironmentProblem."""

    def ahead(self, _rows: Encoded, _chosen: Sequence[int]) -> None:
        """Begin to make what the next batch needs; nothing where that takes no time."""
        return None

    def batch(self, rows: Encoded, chosen: Sequence[int], loaded: Loaded) -> dict[str, Tensor]:
        """The encoder's arguments for some rows, by name, on the CPU."""

    def prepared(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """A batch on the device as the encoder takes it, where that is left to be done."""
        return inputs

    def varied(self, inputs: dict[str, Tensor], _rows: Encoded) -> dict[str, Tensor]:
        """A batch for training, changed as `Encoded.varying` allows, by torch's generator."""
        return inputs

    def sample(self, loaded: Loaded) -> dict[str, Tensor]:
        """One small input as the model takes it."""

    def states_of(self, out: Any, inputs: Mapping[str, Tensor]) -> States:
        """What an encoder's output says of a batch. Raises WrongValue where it is none."""

    def layer_of(self, layer: Tensor) -> Tensor:
        """One of an encoder's hidden states as (B, T, H)."""
        return layer

    def poolings(self, loaded: Loaded, inputs: dict[str, Tensor], last: Tensor) -> tuple[str, ...]:
        """The poolings that suit, the mean first; `inputs`: a sample, `last`: (B, T, H) of it."""

    def by_names(self, _loaded: Loaded, _rows: Encoded, _names: Sequence[str]) -> Any:
        """Logits (N, C) that need no training, float32; None of a model that has none."""
        return None

    def trial(self, loaded: Loaded, rows: Dataset) -> tuple[Sequence[int], int]:
        """Places of a few rows for a trial, and the tokens they are cut to.

        Raises EnvironmentProblem for rows the model cannot read.
        """

    def different(self, loaded: Loaded, batch: Encoded) -> dict[str, Tensor] | None:
        """Inputs that must not all look alike to a model; None where there are not two."""


@dataclass(frozen=True)
class Loaded:
    """A model on its device, and how to feed it."""

    encoder: nn.Module
    modality: Modality
    hidden: int  # width of what comes out
    positions: int  # longest input the model takes, in tokens
    device: torch.device
    dtype: torch.dtype  # of autocast; float32 means none
    target_mean: float = 0.0
    target_scale: float = 1.0
    name: str = "the model"
    takes: tuple[str, ...] = ("input_ids", "attention_mask")  # the encoder's arguments
    # Of text alone:
    tokenizer: Any = None
    table_rows: int | None = None  # of the word table, if it has one
    token_types: int = 0  # rows of the table of segments
    pad_id: int = 0  # what fills a row up, behind the mask
    frame: Frame = ((), ())
    spaced: bool = False  # a word inside a text is tokenized with the space before it


def reads_none(loaded: Loaded) -> Message:
    """What is said of a model that fails on a small input of its modality."""
    if loaded.modality.name == "text":
        return message("reads-no-text-here", name=loaded.name)
    return message("reads-none-here", name=loaded.name, kind=loaded.modality.name)


def states(
    loaded: Loaded, inputs: Mapping[str, Tensor], encoder: nn.Module | None = None
) -> States:
    """The encoder's last states, or those of another made from it, whatever else it returns."""
    encoder = loaded.encoder if encoder is None else encoder
    out = encoder(**{name: value for name, value in inputs.items() if name in loaded.takes})
    return loaded.modality.states_of(out, inputs)
