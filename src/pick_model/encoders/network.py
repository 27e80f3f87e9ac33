"""What is trained, and what it says: an encoder under one linear layer.

Shapes on the tensor lines: B rows, T tokens, H width of the encoder, C outputs (classes,
labels or 1 for regression), N rows of a set. The model is transformers' own encoder with
one vector a row and one linear layer on top, for every architecture the same; for tokens the
linear layer reads the first piece of each word (BERT, arXiv:1810.04805, section 5.3).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from pick_model.encoders.batches import over_batches
from pick_model.encoders.load import collate, reading
from pick_model.encoders.loaded import Loaded, states
from pick_model.encoders.pooling import pooled
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sealed import in_words
from pick_model.encoders.sealed import out_of_memory as out_of_memory
from pick_model.errors import MissingExtra
from pick_model.words.say import message


@dataclass(frozen=True)
class Head:
    """A linear layer fitted on frozen features: logits = features @ weight.T + bias."""

    weight: np.ndarray  # (C, H) float32
    bias: np.ndarray  # (C,) float32


class Net(nn.Module):
    """Encoder, one vector a row (of texts the mean over the real tokens), dropout, one layer."""

    def __init__(self, loaded: Loaded, encoder: nn.Module, n_outputs: int, by_token: bool) -> None:
        super().__init__()
        self.loaded, self.encoder = loaded, encoder
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(loaded.hidden, n_outputs)
        self.by_token = by_token

    def train(self, mode: bool = True) -> Net:
        """Normalisations over the batch keep the statistics that they were trained with.

        Those of sixteen rows are others than the ones the fitted head has seen: EfficientNet-Lite
        fell from .86 to .62 within 13 steps on hand signs. So do pieces of a batch add up to it.
        """
        super().train(mode)
        for module in self.encoder.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        return self

    def features(self, inputs: dict[str, Tensor]) -> Tensor:
        with in_words(message("model-fails"), message("give-another-model"), "model"):
            found = states(self.loaded, inputs, self.encoder)
        if self.by_token:
            return found.places  # (B, T, H)
        return pooled(found, self.loaded.modality.pooling)  # (B, H)

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        logits: Tensor = self.head(self.dropout(self.features(inputs)))  # (B, C) or (B, T, C)
        return logits


def net_for(rows: Encoded, loaded: Loaded, encoder: nn.Module | None = None) -> Net:
    """The net for these rows on the loaded encoder, or on another made from it."""
    encoder = loaded.encoder if encoder is None else encoder
    return Net(loaded, encoder, rows.n_outputs, rows.by_word).to(loaded.device)


def with_adapters(encoder: nn.Module) -> nn.Module:
    """The encoder frozen, with low-rank adapters beside all its linear layers.

    Rank and scale of the LoRA paper's RoBERTa runs (arXiv:2106.09685, table 9); all linear
    layers, as QLoRA found to matter (arXiv:2305.14314, section 4).
    """
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as fault:
        raise MissingExtra("--method lora", "probe") from fault

    config = LoraConfig(r=8, lora_alpha=16, lora_dropout=0.05, target_modules="all-linear")
    with (
        warnings.catch_warnings(),
        in_words(message("nothing-to-adapt"), message("full-or-linear")),
    ):
        # peft asks transformers 5 by names that it has renamed; not for the user to mend.
        warnings.simplefilter("ignore", FutureWarning)
        # GPT-2's layers hold their weights the other way round; peft sees to it, and says so.
        warnings.filterwarnings("ignore", message="fan_in_fan_out", category=UserWarning)
        adapted: nn.Module = get_peft_model(encoder, config)
    return adapted


def enable_checkpointing(encoder: nn.Module) -> bool:
    """Turn on gradient checkpointing; False when it is on already or not to be had.

    transformers 5 renamed all of it to "activation checkpointing".
    """
    options = {"use_reentrant": False}
    new = getattr(encoder, "is_activation_checkpointing", None)
    if new is not None:
        if not new:
            encoder.activation_checkpointing_enable(activation_checkpointing_kwargs=options)  # type: ignore[operator]
        return not new
    if getattr(encoder, "is_gradient_checkpointing", True):
        return False
    encoder.gradient_checkpointing_enable(gradient_checkpointing_kwargs=options)  # type: ignore[operator]
    return True


def predict(net: Net, loaded: Loaded, rows: Encoded) -> np.ndarray:
    """Logits (N, C) in the rows' order, float32; by word one line a word."""
    net.eval()
    pieces: list[np.ndarray | None] = [None] * len(rows)

    def read(chosen: list[int]) -> None:
        inputs, _ = collate(rows, chosen, loaded)
        with reading(loaded):
            values = net(inputs).float().cpu().numpy()  # (B, [T,] C)
        for line, row in enumerate(chosen):
            pieces[row] = rows.lines_of(row, values[line])

    over_batches(rows, read, loaded)
    filled = [piece for piece in pieces if piece is not None]
    return np.concatenate(filled) if filled else np.zeros((0, rows.n_outputs), dtype=np.float32)
