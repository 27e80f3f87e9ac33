"""A pretrained encoder, ready to be fed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True)
class Loaded:
    """A model on its device, and how to feed it."""

    encoder: nn.Module
    tokenizer: Any
    hidden: int  # width of what comes out
    positions: int  # longest input the model takes, in tokens
    device: torch.device
    dtype: torch.dtype  # of autocast; float32 means none
    target_mean: float = 0.0
    target_scale: float = 1.0
    name: str = "the model"
    takes: tuple[str, ...] = ("input_ids", "attention_mask")  # the encoder's arguments
    table_rows: int | None = None  # of the word table, if it has one
    token_types: int = 0  # rows of the table of segments
    pad_id: int = 0  # what fills a row up, behind the mask
    frame: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())  # ids before and after a text
    spaced: bool = False  # a word inside a text is tokenized with the space before it
