"""What a model of images and text says of images by the names of the labels alone.

As CLIP does it: the label whose sentence lies nearest to the image. Shapes: N rows, C labels, D
width of the space that both towers share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pick_model.encoders.batches import over_batches
from pick_model.encoders.folder import ModelFiles, refuse_no_tokenizer, seen_alone
from pick_model.encoders.loaded import Loaded
from pick_model.encoders.objective import deterministic
from pick_model.encoders.reading import collate
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sealed import in_words, offline, quiet
from pick_model.words.say import message

SENTENCE = "a photo of a {}."  # Radford et al. 2021, arXiv:2103.00020, section 3.1.4

Towers = Callable[[], tuple[Any, Any]]  # the whole model and its tokenizer


def has_towers(model: Any, files: ModelFiles) -> bool:
    """Whether a model puts images and sentences into one space, and has words to do it with."""
    two = all(hasattr(model, f"get_{part}_features") for part in ("image", "text"))
    return two and any(file.startswith(("tokenizer", "vocab", "spiece")) for file in files.others)


def towers(files: ModelFiles, name: str, options: dict[str, Any]) -> tuple[Any, Any]:
    """The model with both towers, and its tokenizer; the encoder alone may long be another."""
    from transformers import AutoModel, AutoTokenizer

    refuse_no_tokenizer(files, name)
    hint = message("give-what-belongs")
    with (
        in_words(message("model-not-loaded", name=name), hint),
        quiet(),
        seen_alone(files, with_media=True) as seen,
        offline(),
    ):
        tokenizer = AutoTokenizer.from_pretrained(seen, **options)
        model = AutoModel.from_pretrained(seen, dtype=torch.float32, **options)
    return model.eval(), tokenizer


def by_names(made: Towers, loaded: Loaded, rows: Encoded, names: Sequence[str]) -> np.ndarray:
    """Cosines of each image and each label's sentence, float32 (N, C). Raises
    EnvironmentProblem where the model fails.
    """
    model, tokenizer = made()
    model = model.to(loaded.device)
    found = np.zeros((len(rows), len(names)), dtype=np.float32)
    sentences = [SENTENCE.format(name.replace("_", " ").replace("-", " ")) for name in names]
    longest = model.config.text_config.max_position_embeddings

    def read(chosen: list[int]) -> None:
        inputs, _ = collate(rows, chosen, loaded)
        with torch.inference_mode():
            images = _unit(model.get_image_features(**inputs))  # (B, D)
            found[chosen] = (images @ texts.T).float().cpu().numpy()

    with deterministic(0), in_words(message("model-fails"), message("give-another-model")):
        tokens = tokenizer(
            sentences, padding="max_length", max_length=longest, truncation=True,
            return_tensors="pt",
        )  # fmt: skip
        with torch.inference_mode():
            texts = _unit(model.get_text_features(**tokens.to(loaded.device)))  # (C, D)
        over_batches(rows, read, loaded)
    return found


def _unit(given: Any) -> Tensor:
    """Vectors of length 1; until transformers 5 they came without a record around them."""
    vectors = given if isinstance(given, Tensor) else given.pooler_output
    return torch.nn.functional.normalize(vectors, dim=-1)
