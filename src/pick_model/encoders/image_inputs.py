"""From an image file to the pixels that a model was trained on: size, crop and scale.

What preprocessor_config.json says is done by transformers' own image processor, in Pillow; of a
timm model by `pretrained_cfg` as timm itself would. Shapes: 3 colours, S x S pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pick_model.data.dataset import MediaFile
from pick_model.data.images import opened, pillow
from pick_model.encoders.sealed import in_words
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

CROP = 0.875  # of timm's images, where a configuration does not say (timm/data/constants.py)
ALIKE = 1e-4  # of values of about 1: between two ways of computing the same


@dataclass(frozen=True)
class Pixels:
    """How a model's images are made: drawn once each, scaled a batch at a time."""

    draw: Callable[[Any], np.ndarray]  # an RGB image -> (3, S, S), uint8 where scale is to be done
    sides: tuple[int, int]  # height and width
    mean: tuple[float, ...] = ()  # of values 0 … 255 of each colour; (): drawn to scale already
    deviation: tuple[float, ...] = ()

    def read(self, file: MediaFile) -> np.ndarray:
        return self.draw(opened(file.path))

    def scaled(self, images: Tensor) -> Tensor:
        """As the model reads them, float32 (B, 3, S, S)."""
        if not self.mean:
            return images.float()
        mean = torch.tensor(self.mean, device=images.device).view(-1, 1, 1)
        deviation = torch.tensor(self.deviation, device=images.device).view(-1, 1, 1)
        return (images.float() - mean) / deviation


def pixels_of(seen: Path, config: Any, name: str, options: dict[str, Any]) -> Pixels:
    """What the files beside the weights say. Raises EnvironmentProblem where none does."""
    if config.model_type == "timm_wrapper":
        return _of_timm(config)
    if not (seen / "preprocessor_config.json").exists():
        raise EnvironmentProblem(
            message("no-preprocessor", name=name),
            hint=message("put-preprocessor"),
            code="config",
        )
    return _of_processor(_processor(seen, options))


def _processor(seen: Path, options: dict[str, Any]) -> Any:
    import transformers
    from transformers import AutoImageProcessor

    # Until 5 the processors in Pillow were called slow.
    major = int(transformers.__version__.split(".")[0])
    in_pillow: dict[str, Any] = {"backend": "pil"} if major >= 5 else {"use_fast": False}
    with in_words(message("no-image-processor"), message("put-preprocessor"), "config"):
        return AutoImageProcessor.from_pretrained(seen, **in_pillow, **options)  # type: ignore[no-untyped-call]


def _of_processor(processor: Any) -> Pixels:
    """Drawn by the processor, scaled here where that gives the same; else both by it."""

    def whole(image: Any, **more: Any) -> np.ndarray:
        made = processor(image, return_tensors="np", input_data_format="channels_last", **more)
        return np.asarray(made["pixel_values"][0])

    def unscaled(image: Any) -> np.ndarray:
        return whole(image, do_rescale=False, do_normalize=False)

    noise = np.random.default_rng(0).integers(0, 256, (97, 83, 3), dtype=np.uint8)
    image = pillow().fromarray(noise)
    with in_words(message("no-image-processor"), message("put-preprocessor"), "config"):
        scaled, drawn = whole(image), unscaled(image)
    if scaled.ndim != 3 or scaled.shape[0] != 3:
        raise EnvironmentProblem(
            message("images-of-no-size", shape=str(scaled.shape)),
            hint=message("give-image-backbone"),
            code="config",
        )
    sides = (int(scaled.shape[1]), int(scaled.shape[2]))
    factor = float(getattr(processor, "rescale_factor", None) or 1 / 255)
    mean = np.asarray(getattr(processor, "image_mean", None) or (0.0,) * 3, dtype=np.float64)
    deviation = np.asarray(getattr(processor, "image_std", None) or (1.0,) * 3, dtype=np.float64)
    if not getattr(processor, "do_normalize", False):
        mean, deviation = np.zeros(3), np.ones(3)
    if mean.shape == deviation.shape == (3,) and np.array_equal(drawn, np.round(drawn)):
        lot = Pixels(
            lambda image: unscaled(image).astype(np.uint8),
            sides,
            tuple((mean / factor).tolist()),
            tuple((deviation / factor).tolist()),
        )
        ours = lot.scaled(torch.from_numpy(lot.draw(image))[None])[0].numpy()
        if np.allclose(ours, scaled, atol=ALIKE):
            return lot
    return Pixels(lambda image: whole(image).astype(np.float32), sides)


def _of_timm(config: Any) -> Pixels:
    """timm's evaluation: the shorter side drawn to size / crop_pct, and the middle taken."""
    told: dict[str, Any] = dict(getattr(config, "pretrained_cfg", None) or {})
    # Not its `test_` sizes: transformers' own wrapper takes these too.
    _, height, width = told.get("input_size") or (3, 224, 224)
    crop = float(told.get("crop_pct") or CROP)
    resampling = pillow().Resampling
    how = getattr(resampling, str(told.get("interpolation") or "bicubic").upper(), None)
    squash = told.get("crop_mode") == "squash"

    def draw(image: Any) -> np.ndarray:
        way = resampling.BICUBIC if how is None else how
        wanted = (int(width / crop), int(height / crop))
        if not squash:
            ratio = max(wanted[0] / image.width, wanted[1] / image.height)
            wanted = (round(image.width * ratio), round(image.height * ratio))
        drawn = image.resize(wanted, way)
        left, top = round((drawn.width - width) / 2), round((drawn.height - height) / 2)
        drawn = drawn.crop((left, top, left + width, top + height))
        return np.ascontiguousarray(np.asarray(drawn).transpose(2, 0, 1))

    mean = told.get("mean") or (0.485, 0.456, 0.406)  # ImageNet's, timm's own default
    deviation = told.get("std") or (0.229, 0.224, 0.225)
    return Pixels(
        draw,
        (int(height), int(width)),
        tuple(255 * float(v) for v in mean),
        tuple(255 * float(v) for v in deviation),
    )
