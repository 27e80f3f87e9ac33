"""A pretrained model as a function from texts to vectors that are compared with one another.

As sentence-transformers does it: prompt, tokens, encoder, pooling, linear layers, length 1.
Shapes: N texts, B of a batch, T tokens, H width of the encoder, D of the vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from pick_model.encoders.batches import over_batches
from pick_model.encoders.load import autocast, collate
from pick_model.encoders.loaded import Loaded, states
from pick_model.encoders.objective import deterministic
from pick_model.encoders.pooling import POOLINGS
from pick_model.encoders.sealed import in_words
from pick_model.encoders.sentence_settings import Dense, SentenceSettings
from pick_model.encoders.tokens import encode_texts
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

Step = Callable[[Tensor], Tensor]  # (B, D) -> (B, D')


@dataclass(frozen=True)
class SentenceEncoder:
    """A loaded model with all that makes its vectors."""

    loaded: Loaded
    settings: SentenceSettings
    longest: int  # tokens a text is cut to
    after: tuple[Step, ...]  # what follows the pooling


def sentence_encoder(
    loaded: Loaded, settings: SentenceSettings, max_length: int | None = None
) -> SentenceEncoder:
    """The encoder with its linear layers; texts cut where the model says, or at `max_length`.

    Raises EnvironmentProblem for a linear layer that does not fit.
    """
    asked = max_length or settings.max_length or loaded.positions
    after: list[Step] = []
    wide = loaded.hidden * len(settings.poolings)
    for step in settings.after:
        if step is None:
            after.append(to_length_one)
            continue
        layer = linear(step, loaded, wide)
        wide = int(layer[0].out_features)  # type: ignore[arg-type]
        after.append(layer)
    return SentenceEncoder(loaded, settings, min(asked, loaded.positions), tuple(after))


def linear(step: Dense, loaded: Loaded, wide: int) -> nn.Sequential:
    """One linear layer and its activation, in float32 on the model's device."""
    from safetensors.torch import load_file

    told = message("dense-does-not-fit", name=loaded.name, file=step.weights.name, wide=wide)
    with in_words(told, message("give-plain-sentence-encoder"), "weights"):
        found = load_file(step.weights)
        weight, bias = found["linear.weight"].float(), found.get("linear.bias")
        if weight.ndim != 2 or weight.shape[1] != wide:
            raise ValueError(f"its shape is {tuple(weight.shape)}")
        layer = nn.Linear(wide, weight.shape[0], bias=bias is not None)
        with torch.no_grad():
            layer.weight.copy_(weight)
            if bias is not None:
                layer.bias.copy_(bias.float())
    return nn.Sequential(layer, getattr(nn, step.activation)()).to(loaded.device).eval()


def to_length_one(vectors: Tensor) -> Tensor:
    return nn.functional.normalize(vectors, dim=1)


def vectors(
    model: SentenceEncoder,
    texts: Sequence[str],
    prompt: str = "",
    tick: Callable[[int], None] = lambda _: None,
) -> tuple[np.ndarray, int]:
    """The vectors of texts behind a prompt, float32 (N, D), and how many texts were cut.

    Of length 1 where the model compares by the cosine. `tick` is told the texts read so far.
    Raises EnvironmentProblem when the model fails on the texts, gives no finite vectors, or
    memory ends at one text.
    """
    loaded = model.loaded
    rows = encode_texts([written(model, prompt + text) for text in texts], loaded, model.longest)
    skipped = 0 if model.settings.pools_prompt else prompt_tokens(model, prompt)
    found: list[np.ndarray | None] = [None] * len(rows)
    done = 0

    def read(chosen: list[int]) -> None:
        nonlocal done
        inputs, _ = collate(rows, chosen, loaded)
        with torch.inference_mode():
            with autocast(loaded), in_words(message("model-fails"), message("give-another-model")):
                layer = states(loaded, inputs).places  # (B, T, H)
            for row, values in zip(
                chosen, pooled(model, layer.float(), inputs, skipped), strict=True
            ):
                found[row] = values
        done += len(chosen)
        tick(done)

    was = loaded.encoder.training
    loaded.encoder.eval()
    try:
        with deterministic(0):
            over_batches(rows, read, loaded)
    finally:
        loaded.encoder.train(was)
    whole = np.stack([one for one in found if one is not None])
    if not np.isfinite(whole).all():
        raise EnvironmentProblem(
            message("vectors-not-finite", name=loaded.name),
            hint=message("give-another-model"),
            code="model",
        )
    return whole, sum(rows.length(row) >= model.longest for row in range(len(rows)))


def pooled(
    model: SentenceEncoder, layer: Tensor, inputs: dict[str, Tensor], skipped: int
) -> np.ndarray:
    """The vectors of a batch (B, D) from the states of its tokens (B, T, H)."""
    mask = inputs["attention_mask"]
    if skipped:
        mask = mask.clone()
        mask[:, : min(skipped, int(mask.sum(dim=1).min()) - 1)] = 0
    out = torch.cat([POOLINGS[how](layer, mask) for how in model.settings.poolings], dim=1)
    for step in model.after:
        out = step(out)
    if not model.settings.by_dot:
        out = to_length_one(out)
    values: np.ndarray = out.cpu().numpy()
    return values


def written(model: SentenceEncoder, text: str) -> str:
    """A text as the tokenizer gets it."""
    text = text.strip()
    return text.lower() if model.settings.lower else text


def prompt_tokens(model: SentenceEncoder, prompt: str) -> int:
    """How many tokens a prompt is, with what stands before every text."""
    if not prompt:
        return 0
    alone = encode_texts([written(model, prompt)], model.loaded, model.longest)
    return alone.length(0) - len(model.loaded.frame[1])
