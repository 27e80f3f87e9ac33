"""Images as a modality: any backbone of transformers, with the size and scale it was trained on.

Shapes: B rows, T places (patches, or the cells of a feature map), H width, S x S pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pick_model.data.dataset import Dataset
from pick_model.data.variation import LEAST_AREA, MOST_STRETCH, Variation, of_images
from pick_model.encoders.decoded import Decoded
from pick_model.encoders.folder import ModelFiles
from pick_model.encoders.image_inputs import Pixels, pixels_of
from pick_model.encoders.loaded import Loaded, Modality, RowInputs, States
from pick_model.encoders.network_facts import (
    UNLIMITED,
    refuse_larger,
    refuse_left_over,
    refuse_nan,
    refuse_new_weights,
)
from pick_model.encoders.pooling import OWN
from pick_model.encoders.rows import Encoded
from pick_model.encoders.zero_shot import by_names, has_towers, towers
from pick_model.errors import EnvironmentProblem, UsageError, WrongValue
from pick_model.words.say import message

# Convolutions read the colours of a pixel beside one another: EfficientNet-Lite0 took .02 s of one
# core an image and not .038, and half the time of a training step.
CHANNELS_LAST = torch.channels_last
PATCH = 16  # pixels of a side that cost about as much as a token: ViT's
TRIED = 4  # rows that go through the model in a trial; images of noise that must not look alike


@dataclass
class Images(Modality):
    """Images, each drawn to the size that the model reads."""

    pixels: Pixels
    decoded: Decoded
    keeps_own: bool  # its own pooling is not made of new weights
    towers: Callable[[], tuple[Any, Any]] | None = None  # of a model of images and text
    name = "image"
    pooling: str = "mean"
    places: int = 1  # T, found by the first sample

    def longest(self, _loaded: Loaded, asked: int | None) -> int:
        return self.lengths_asked(asked)

    def lengths(self, _rows: Dataset, _loaded: Loaded, asked: int | None) -> tuple[int, float]:
        return self.lengths_asked(asked), 0.0

    def lengths_asked(self, asked: int | None) -> int:
        """The tokens of every image: nothing of one is cut off."""
        if asked is not None:
            raise UsageError(message("length-of-texts-alone"), hint=message("leave-length-out"))
        return self.tokens

    @property
    def tokens(self) -> int:
        """What an image counts for in a batch; a network may give fewer places than it reads."""
        height, width = self.pixels.sides
        return max(self.places, height * width // PATCH**2)

    def n_filled(self, _rows: Dataset, _encoded: Encoded, _longest: int) -> int:
        return 0

    def encode(self, rows: Dataset, _loaded: Loaded, _longest: int) -> RowInputs:
        files = rows.media or ()
        return RowInputs(files, None, (self.tokens,) * len(files), of_images(rows))

    def ahead(self, rows: Encoded, chosen: Sequence[int]) -> None:
        self.decoded.ahead([rows.inputs[row] for row in chosen])

    def batch(self, rows: Encoded, chosen: Sequence[int], _loaded: Loaded) -> dict[str, Tensor]:
        arrays = [self.decoded.get(rows.inputs[row]) for row in chosen]
        return {"pixel_values": torch.from_numpy(np.stack(arrays))}  # (B, 3, S, S)

    def prepared(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        scaled = self.pixels.scaled(inputs["pixel_values"])
        return {"pixel_values": scaled.contiguous(memory_format=CHANNELS_LAST)}

    def varied(self, inputs: dict[str, Tensor], rows: Encoded) -> dict[str, Tensor]:
        return {"pixel_values": cropped(inputs["pixel_values"], rows.varying)}

    def sample(self, loaded: Loaded) -> dict[str, Tensor]:
        return self.noise(1, loaded)

    def noise(self, n: int, loaded: Loaded) -> dict[str, Tensor]:
        draw = np.random.default_rng(0)
        values = draw.integers(0, 256, (n, 3, *self.pixels.sides), dtype=np.uint8)
        return self.prepared({"pixel_values": torch.from_numpy(values).to(loaded.device)})

    def states_of(self, out: Any, inputs: Mapping[str, Tensor]) -> States:
        last = getattr(out, "last_hidden_state", None)
        own = getattr(out, "pooler_output", None) if self.keeps_own else None
        if isinstance(own, Tensor):
            own = own.flatten(1)  # (B, H, 1, 1) of a convolutional network
        if not isinstance(last, Tensor) or last.ndim not in (3, 4):
            raise WrongValue(message("gives-no-vectors-of-images"))
        if last.ndim == 4 and own is not None and last.shape[1] != own.shape[1] == last.shape[3]:
            last = last.permute(0, 3, 1, 2)  # some write the channels last
        places = self.layer_of(last)
        if len(places) != len(inputs["pixel_values"]):
            raise WrongValue(message("gives-no-vectors-of-images"))
        return States(places, torch.ones(places.shape[:2], device=places.device), own)

    def layer_of(self, layer: Tensor) -> Tensor:
        return layer.flatten(2).transpose(1, 2) if layer.ndim == 4 else layer  # (B, h w, H)

    def poolings(self, loaded: Loaded, _inputs: dict[str, Tensor], last: Tensor) -> tuple[str, ...]:
        if last.shape[-1] != loaded.hidden:
            return ()  # its own vector is of another width than its places
        return ("mean", "first") if self.has_first(loaded.encoder, last) else ("mean",)

    def has_first(self, encoder: nn.Module, last: Tensor) -> bool:
        """Whether something stands before the patches, as ViT's [CLS]."""
        patch = getattr(encoder.config, "patch_size", None)
        sides = patch if isinstance(patch, list | tuple) else (patch, patch)
        if not all(isinstance(side, int) and side > 0 for side in sides):
            return False
        height, width = self.pixels.sides
        return bool(last.shape[1] > (height // sides[0]) * (width // sides[-1]))

    def by_names(self, loaded: Loaded, rows: Encoded, names: Sequence[str]) -> Any:
        return None if self.towers is None else by_names(self.towers, loaded, rows, names)

    def trial(self, _loaded: Loaded, rows: Dataset) -> tuple[Sequence[int], int]:
        return range(0, len(rows), max(1, len(rows) // TRIED))[:TRIED], self.tokens

    def different(self, loaded: Loaded, _batch: Encoded) -> dict[str, Tensor] | None:
        """Images of noise: else a layer is empty."""
        return self.noise(TRIED, loaded)


def cropped(images: Tensor, how: Variation) -> Tensor:
    """Each image's random part drawn to the whole size, and mirrored where that is allowed.

    images: (B, 3, S, S), of any type; float32 comes back. Draws by torch's generator.
    """
    n = len(images)
    draw = torch.rand(n, 5)  # on the CPU, so that every device draws the same
    area = LEAST_AREA + (1 - LEAST_AREA) * draw[:, 0]
    stretch = MOST_STRETCH ** (2 * draw[:, 1] - 1)
    high = (area * stretch).sqrt().clamp(max=1.0)  # shares of the sides
    wide = (area / stretch).sqrt().clamp(max=1.0)
    mirror = torch.where(draw[:, 4] < 0.5, -1.0, 1.0) if how.mirrored else torch.ones(n)
    place = torch.zeros(n, 2, 3)  # from -1 … 1 of the result to that of the image
    place[:, 0, 0], place[:, 0, 2] = wide * mirror, (1 - wide) * (2 * draw[:, 2] - 1)
    place[:, 1, 1], place[:, 1, 2] = high, (1 - high) * (2 * draw[:, 3] - 1)
    grid = functional.affine_grid(place.to(images.device), list(images.shape), align_corners=False)
    return functional.grid_sample(images.float(), grid, padding_mode="border", align_corners=False)


def load_images(
    seen: Path,
    files: ModelFiles,
    name: str,
    device: torch.device,
    dtype: torch.dtype,
    trust_remote_code: bool,
) -> Loaded:
    """The part of a model that reads images; `hidden` is left to be found."""
    from transformers import MODEL_MAPPING, AutoConfig, AutoModel

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": trust_remote_code}
    config = AutoConfig.from_pretrained(seen, **options)
    if hasattr(config, "mask_ratio"):  # a masked autoencoder hides patches even when it only reads
        config.mask_ratio = 0.0
    if config.model_type == "timm_wrapper" and config.model_args:
        # timm writes how many classes there were, and the wrapper, which wants none, gives both.
        config.model_args.pop("num_classes", None)
    if type(config) in MODEL_MAPPING:
        refuse_larger(config, files.parameters, name)
    model, info = AutoModel.from_pretrained(
        seen,
        config=config,
        use_safetensors=True if files.parameters is not None else None,
        dtype=torch.float32,
        output_loading_info=True,
        ignore_mismatched_sizes=True,  # told below, with names and shapes
        **options,
    )
    encoder = tower_of(model)
    refuse_no_pixels(encoder, name)
    refuse_new_weights(model, encoder, info, name)
    refuse_left_over(model, info, name)
    encoder = encoder.to(device, memory_format=CHANNELS_LAST)
    refuse_nan(encoder, name)
    pixels = pixels_of(seen, config, name, options)
    images = Images(
        pixels, Decoded(pixels.read), not any("pool" in k for k in info["missing_keys"])
    )
    if has_towers(model, files):
        images.towers = partial(towers, files, name, options)
    loaded = Loaded(
        encoder=encoder,
        modality=images,
        hidden=0,
        positions=UNLIMITED,
        device=device,
        dtype=dtype,
        name=name,
        takes=("pixel_values",),
    )
    return settle(loaded, images)


def settle(loaded: Loaded, images: Images) -> Loaded:
    """With the pooling that the model was trained with: its own, its first token, the mean."""
    encoder = loaded.encoder.eval()
    inputs = images.sample(loaded)
    with torch.inference_mode():
        found = images.states_of(encoder(**inputs), inputs)
    images.places = found.places.shape[1]
    if found.own is not None:
        images.pooling = OWN
    elif images.has_first(encoder, found.places):
        images.pooling = "first"
    return loaded


def tower_of(model: Any) -> Any:
    """Of a model of images and text the former's part (CLIP, SigLIP and their kin)."""
    tower = getattr(model, "vision_model", None)
    if not isinstance(tower, nn.Module):
        return model
    if not hasattr(tower, "config"):
        tower.config = model.config.vision_config
    return tower


def refuse_no_pixels(encoder: Any, name: str) -> None:
    """Refuse what reads no images."""
    reads = getattr(encoder, "main_input_name", "input_ids")
    if reads == "pixel_values":
        return
    raise EnvironmentProblem(
        message("reads-no-images", name=name, reads=reads),
        hint=message("give-image-backbone"),
        code="model",
    )
