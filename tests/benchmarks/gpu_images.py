"""Images a second through the probe's training step beside the bare model's, on one device.

    python tests/benchmarks/gpu_images.py [--device cuda] [--rows 2000] [--seconds 420]

JPEGs of 320 x 240 are drawn, and a ViT-base, a ResNet-50 and a ConvNeXt-tiny of random weights
trained on them at 224 pixels: as `accumulate` does it, from files that nobody has decoded
(first pass) and from decoded ones (second pass), beside forward and backward on one batch that
lies on the device. The share is the bare model's seconds by the step's. Where there is no such
device the script says so and ends with 4; on a processor it draws fewer rows and small networks.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from results_file import report
from step_share import step_seconds

BATCH, CLASSES = 32, 8
FULL: dict[str, dict[str, Any]] = {"ViT": {}, "ResNet": {}, "ConvNext": {}}
SMALL: dict[str, dict[str, Any]] = {  # what a processor gets through
    "ViT": {
        "hidden_size": 192,
        "num_hidden_layers": 12,
        "num_attention_heads": 3,
        "intermediate_size": 768,
    },  # ViT-tiny
    "ResNet": {"layer_type": "basic", "hidden_sizes": [64, 128, 256, 512], "depths": [2, 2, 2, 2]},
}


def drawn(top: Path, rows: int) -> Path:
    """JPEGs of noise under a gradient, a folder a class."""
    from PIL import Image

    draw = np.random.default_rng(0)
    for row in range(rows):
        small = draw.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        path = top / f"class {row % CLASSES}" / f"{row}.jpg"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(small).resize((320, 240)).save(path, quality=90)
    return top


def made(folder: Path, name: str, changes: dict[str, Any]) -> Path:
    import transformers

    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**changes)
    getattr(transformers, f"{name}Model")(config).save_pretrained(folder)
    told = {"image_processor_type": "ViTImageProcessor", "size": {"height": 224, "width": 224}}
    (folder / "preprocessor_config.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def measured(folder: Path, name: str, rows: Any, device: str) -> dict[str, Any]:
    """Seconds of a step of the bare model, and of the probe's own, cold and warm."""
    from pick_model.encoders.load import encode, load

    loaded = load(folder, modality="image", device=device)
    read = encode(rows, loaded, 0)
    inputs = loaded.modality.noise(BATCH, loaded)  # type: ignore[attr-defined]
    found = step_seconds(loaded, read, [inputs], BATCH)
    return {
        "model": name,
        "device": device,
        "dtype": str(loaded.dtype).removeprefix("torch."),
        "batch": BATCH,
        "rows": len(read),
        "bare_images_s": BATCH / found.bare,
        "cold_images_s": BATCH / found.cold,
        "warm_images_s": BATCH / found.warm,
        "cold_share": found.bare / found.cold,
        "warm_share": found.bare / found.warm,
    }


def main() -> int:
    from pick_model.data.read import read_dataset

    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--device", default="cuda")
    asked.add_argument("--rows", type=int)
    asked.add_argument("--seconds", type=float, default=420.0, help="no model is begun after")
    options = asked.parse_args()
    if options.device.startswith("cuda") and not torch.cuda.is_available():
        print("there is no CUDA device here (--device cpu goes the same ways)", file=sys.stderr)
        return 4
    begun, found = time.monotonic(), []
    models = FULL if options.device.startswith("cuda") else SMALL
    with tempfile.TemporaryDirectory() as top:
        photos = Path(top) / "photos"
        photos.mkdir()
        drawn(photos, options.rows or (2000 if models is FULL else 256))
        rows = read_dataset(photos)
        for name, changes in models.items():
            if time.monotonic() - begun > options.seconds / 2:
                break
            folder = made(Path(top) / name, name, changes)
            found.append(measured(folder, name, rows, options.device))
            print(found[-1], flush=True)
    report("gpu-images", found, "pick-model", "torch", "transformers", "pillow")
    return 0


if __name__ == "__main__":
    sys.exit(main())
