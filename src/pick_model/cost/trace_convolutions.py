"""What convolutional and hierarchical backbones keep: bytes a published activation.

Their layers differ too much for a polynomial in a few sizes. timm publishes for each the number
of elements that its convolutions, linear layers and matrix products write ("activations", as
fvcore counts them), and what a step keeps is near a fixed number of bytes for each of these,
given the family. Needs torch and transformers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import transformers
from torch.overrides import TorchFunctionMode

from pick_model.cost.trace_step import saved_bytes

COUNTED = {"conv1d", "conv2d", "linear", "matmul", "__matmul__", "bmm", "addmm"}
LABELS = 3

# Families, and two sizes of each by what differs in the configuration.
FAMILIES: dict[str, Sequence[dict[str, Any]]] = {
    "resnet": (
        {},
        {"depths": [2, 2, 2, 2], "layer_type": "basic", "hidden_sizes": [64, 128, 256, 512]},
    ),
    "regnet": ({}, {"depths": [1, 2, 4, 1], "hidden_sizes": [48, 96, 192, 384]}),
    "mobilenet_v2": ({}, {"depth_multiplier": 0.5}),
    "efficientnet": (
        {"width_coefficient": 1.0, "depth_coefficient": 1.0, "hidden_dim": 1280},
        {"width_coefficient": 1.0, "depth_coefficient": 1.2, "hidden_dim": 1280},
    ),
    "convnext": ({}, {"depths": [2, 2, 6, 2], "hidden_sizes": [40, 80, 160, 320]}),
    "convnextv2": ({}, {"depths": [2, 2, 6, 2], "hidden_sizes": [40, 80, 160, 320]}),
    "swin": ({}, {"depths": [1, 1, 3, 1]}),
    "swinv2": ({}, {"depths": [1, 1, 3, 1]}),
    "pvt_v2": ({}, {"depths": [1, 1, 2, 1]}),
    "segformer": ({}, {"depths": [1, 1, 2, 1]}),
    "poolformer": ({}, {"depths": [1, 1, 3, 1]}),
}
PIXELS = 224  # a multiple of every family's windows


def ratios(family: str) -> dict[str, tuple[float, float, float]]:
    """Bytes kept an activation, by dtype: middle, low and high over the sizes that were run."""
    result = {}
    for dtype in ("fp32", "mixed", "bf16"):
        found = sorted(_ratio(family, changes, dtype) for changes in FAMILIES[family])
        middle = sum(found) / len(found)
        result[dtype] = (round(middle, 2), round(found[0], 2), round(found[-1], 2))
    return result


def _ratio(family: str, changes: dict[str, Any], dtype: str) -> float:
    config = transformers.AutoConfig.for_model(family, num_labels=LABELS, **changes)
    if hasattr(config, "image_size"):
        config.image_size = PIXELS
    maker: Any = transformers.AutoModelForImageClassification
    model = maker.from_config(config).train()
    number = torch.bfloat16 if dtype == "bf16" else torch.float32
    model = model.to(number)

    def step(batch: int) -> Any:
        pixels = torch.zeros(batch, 3, PIXELS, PIXELS, dtype=number)
        return model(pixel_values=pixels, labels=torch.zeros(batch, dtype=torch.long))

    with _Written() as written:
        one = saved_bytes(model, lambda: step(2), gpu=True, mixed=dtype == "mixed")
    elements = written.elements / 2
    two = saved_bytes(model, lambda: step(3), gpu=True, mixed=dtype == "mixed")
    return float((two - one) / elements)


class _Written(TorchFunctionMode):
    """Counts the elements that convolutions, linear layers and matrix products write."""

    elements = 0

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") in COUNTED and isinstance(result, torch.Tensor):
            self.elements += result.numel()
        return result
