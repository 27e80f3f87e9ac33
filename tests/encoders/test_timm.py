"""Checkpoints of timm through transformers' wrapper: the same vectors as timm's own model gives."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
Image = pytest.importorskip("PIL.Image")
pytest.importorskip("transformers")

from pick_model.data.read import read_dataset  # noqa: E402
from pick_model.encoders.features import features  # noqa: E402
from pick_model.encoders.images import Images  # noqa: E402
from pick_model.encoders.load import encode, load  # noqa: E402

TINY = ("test_resnet", "test_vit", "test_efficientnet")  # timm's own models for tests
OPERATORS: list[Any] = []  # kept, for what they define goes with them


@pytest.fixture(scope="module")
def timm() -> Any:
    """timm, where it can be imported.

    PyPI's torchvision is built for CUDA. Beside a CPU torch its import looks for two operators
    that its library would have defined; tests may define them, for timm calls neither.
    """
    for part in ("timm", "torchvision"):
        if find_spec(part) is None:
            pytest.skip(f"{part} is not installed: pip install --no-deps timm torchvision")
    alone = subprocess.run([sys.executable, "-c", "import torchvision"], capture_output=True)
    if alone.returncode:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        OPERATORS.append(library)
    return import_module("timm")


@pytest.mark.parametrize("architecture", TINY)
def test_a_timm_checkpoint_gives_the_vectors_that_timm_gives(
    timm: Any, tmp_path: Path, architecture: str
) -> None:
    torch.manual_seed(0)
    model = timm.create_model(architecture, pretrained=False, num_classes=3).eval()
    hub = import_module("timm.models._hub")
    hub.save_for_hf(model, tmp_path / "model", safe_serialization=True)
    across, down = np.meshgrid(np.arange(200), np.arange(180))
    for at in range(4):
        shades = np.stack([across, down, (at + 1) * across / 5], axis=-1)
        path = tmp_path / "rows" / "ab"[at % 2] / f"{at}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(shades.astype(np.uint8)).save(path)
    rows = read_dataset(tmp_path / "rows")
    loaded = load(tmp_path / "model", modality="image", device="cpu", precision="fp32")
    read = encode(rows, loaded, loaded.modality.longest(loaded, None))
    found = features(loaded, read)
    pixels = loaded.modality.prepared(loaded.modality.batch(read, range(4), loaded))["pixel_values"]
    with torch.inference_mode():
        wanted = model.forward_head(model.forward_features(pixels), pre_logits=True).numpy()
    assert (loaded.hidden, loaded.modality.pooling) == (wanted.shape[1], "own")
    assert wanted.std(axis=0).max() > 1e-4
    np.testing.assert_allclose(found[0], wanted, atol=1e-4, rtol=1e-4)

    data = import_module("timm.data")
    drawn = data.create_transform(**data.resolve_data_config({}, model=model))
    images = [Image.open(file.path).convert("RGB") for file in rows.media or ()]
    timms = torch.stack([drawn(image) for image in images])
    # It crops with torchvision, which rounds to another pixel: 1.3 shades of 255 here, of
    # deviation 57 to which both are scaled.
    assert float((pixels - timms).abs().max()) < 2.5 / 57


class Wrapper(torch.nn.Module):  # type: ignore[misc]
    """What the wrapper gives, as its documentation has it: a map (B, H, h, w) and (B, H)."""

    config = SimpleNamespace(model_type="timm_wrapper")

    def forward(self, pixel_values: Any) -> Any:
        pooled = torch.nn.functional.adaptive_avg_pool2d(pixel_values, 2)  # (B, 3, 2, 2)
        return SimpleNamespace(last_hidden_state=pooled, pooler_output=pooled.mean(dim=(2, 3)))


def test_the_wrappers_map_becomes_places_and_its_pooled_vector_stays() -> None:
    """Without timm: what is made of what the wrapper gives."""
    inputs = {"pixel_values": torch.arange(2 * 3 * 16.0).reshape(2, 3, 4, 4)}
    images = Images(SimpleNamespace(sides=(4, 4)), SimpleNamespace(), True)  # type: ignore[arg-type]
    found = images.states_of(Wrapper()(**inputs), inputs)
    assert found.places.shape == (2, 4, 3)
    assert found.own is not None
    assert torch.allclose(found.places.mean(dim=1), found.own)
    assert torch.equal(found.places[0, 0], inputs["pixel_values"][0, :, :2, :2].mean(dim=(1, 2)))
