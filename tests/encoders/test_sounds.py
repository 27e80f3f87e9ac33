"""Encoders of sound: every shape gives vectors of the sound alone, as the model means them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
soundfile = pytest.importorskip("soundfile")

from pick_model.data.dataset import Dataset, MediaFile  # noqa: E402
from pick_model.data.sounds import read_sound  # noqa: E402
from pick_model.encoders.features import Views, all_views, features  # noqa: E402
from pick_model.encoders.load import Loaded, encode, load  # noqa: E402
from pick_model.encoders.network import net_for  # noqa: E402
from pick_model.encoders.sounds import Sounds  # noqa: E402
from pick_model.encoders.trial import try_out  # noqa: E402
from pick_model.errors import EnvironmentProblem, InputError  # noqa: E402
from tests.encoders.sound_models import MADE, saved  # noqa: E402

RATE = 16_000
LONGER = (0.3, 0.5, 0.62, 1.3)  # seconds; all but the last fit into every model


def rows_of(folder: Path, seconds: tuple[float, ...] = LONGER) -> Dataset:
    """Sounds of these lengths, of two classes by turns."""
    media = []
    for place, long in enumerate(seconds):
        path = folder / f"{place}.wav"
        time = np.arange(int(long * RATE)) / RATE
        wave = np.sin(2 * np.pi * (300 + 200 * (place % 2)) * time)
        soundfile.write(
            path, 0.3 * wave + np.random.default_rng(place).normal(0, 0.05, len(time)), RATE
        )
        media.append(MediaFile(path, f"digest {place} of {long} in {folder}", long))
    n = len(seconds)
    return Dataset(
        kind="single-label",
        texts=tuple(file.path.name for file in media),
        pairs=None,
        tokens=None,
        labels=tuple(place % 2 for place in range(n)),
        label_names=("high", "low"),
        groups=None,
        rows=tuple(range(1, n + 1)),
        n_total=n,
        digest="of the whole",
        source="sounds",
        media=tuple(media),
        modality="audio",
    )


def loaded_of(name: str, folder: Path) -> Loaded:
    return load(saved(name, folder), modality="audio", device="cpu", precision="fp32")


def modality_of(loaded: Loaded) -> Sounds:
    assert isinstance(loaded.modality, Sounds)
    return loaded.modality


@pytest.mark.parametrize("name", MADE)
def test_every_shape_gives_finite_vectors_at_every_layer(name: str, tmp_path: Path) -> None:
    loaded = loaded_of(name, tmp_path)
    rows = rows_of(tmp_path)
    assert loaded.hidden == 16
    encoded = encode(rows, loaded, loaded.modality.longest(loaded, None))
    views = all_views(loaded, by_word=False)
    assert {layer for layer, _ in views.names} == {0, 1, 2}  # two blocks, and what they read
    found = features(loaded, encoded, views)
    assert found.shape == (len(views), len(rows), 16)
    assert np.isfinite(found).all()
    for view in found[-2:]:
        assert len(np.unique(view.round(6), axis=0)) == len(rows)
    for method in ("full", "linear"):
        try_out(loaded, rows, method)


# Of those that are left out, group normalisation sees the filling, as in their pretraining.
@pytest.mark.parametrize("name", ["wav2vec2-large", "w2v-bert", "whisper", "ast"])
def test_what_fills_a_row_up_changes_nothing(name: str, tmp_path: Path) -> None:
    loaded = loaded_of(name, tmp_path)
    encoded = encode(rows_of(tmp_path), loaded, loaded.modality.longest(loaded, None))
    together = loaded.modality.batch(encoded, [0, 3], loaded)
    alone = loaded.modality.batch(encoded, [0], loaded)
    net = net_for(encoded, loaded).eval()
    with torch.no_grad():
        assert torch.allclose(net.features(together)[:1], net.features(alone), atol=1e-5)


def test_a_mean_is_over_the_places_that_the_model_makes_of_the_sound(tmp_path: Path) -> None:
    from transformers import AutoFeatureExtractor, WhisperModel

    folder = saved("whisper", tmp_path)
    rows = rows_of(tmp_path, (0.5, 1.1))
    loaded = load(folder, modality="audio", device="cpu", precision="fp32")
    found = features(loaded, encode(rows, loaded, loaded.positions), Views(poolings=("mean",)))[0]
    model = WhisperModel.from_pretrained(folder).eval()
    extract = AutoFeatureExtractor.from_pretrained(folder)
    assert rows.media is not None
    for row, (file, places) in enumerate(zip(rows.media, (25, 55), strict=True)):
        samples = read_sound(file.path, RATE, 2.0)
        given = extract(samples, sampling_rate=RATE, return_tensors="pt")["input_features"]
        with torch.no_grad():
            states = model.get_encoder()(given).last_hidden_state[0]  # (100, H): two seconds
        assert len(states) == 100
        assert np.allclose(found[row], states[:places].mean(dim=0), atol=1e-5)


def test_samples_reach_the_model_as_its_own_extractor_makes_them(tmp_path: Path) -> None:
    from transformers import AutoFeatureExtractor, Wav2Vec2Model

    folder = saved("wav2vec2-large", tmp_path)
    rows = rows_of(tmp_path, (0.5, 0.8))
    loaded = load(folder, modality="audio", device="cpu", precision="fp32")
    found = features(loaded, encode(rows, loaded, 1000), Views(poolings=("mean",)))[0]
    extract = AutoFeatureExtractor.from_pretrained(folder)
    model = Wav2Vec2Model.from_pretrained(folder).eval()
    assert rows.media is not None
    for row, file in enumerate(rows.media):
        samples = read_sound(file.path, RATE, 2.0)
        given = extract(samples, sampling_rate=RATE, return_tensors="pt", padding=True)
        with torch.no_grad():
            states = model(**given).last_hidden_state[0]
        assert len(states) == (len(samples) - 400) // 320 + 1  # 25 ms at a time, every 20
        assert np.allclose(found[row], states.mean(dim=0), atol=1e-4)


@pytest.mark.parametrize("name", ["wav2vec2", "whisper"])
def test_rows_are_cut_where_asked_and_the_share_is_told(name: str, tmp_path: Path) -> None:
    loaded, rows = loaded_of(name, tmp_path), rows_of(tmp_path, (0.3, 0.5, 1.0, 40.0))
    longest, cut = loaded.modality.lengths(rows, loaded, None)
    modality = modality_of(loaded)
    assert cut == 0.25  # 40 s are more than either reads
    if name == "whisper":
        assert (longest, modality.reader.seconds) == (100, 2.0)
    else:
        assert longest == math.ceil(30 * modality.places_a_second)
        assert loaded.modality.lengths(rows, loaded, 1) == (49, 0.25)  # a second
        batch = modality.batch(encode(rows, loaded, 49), [3], loaded)
        assert batch["input_values"].shape == (1, RATE)


def test_a_sound_of_one_sample_is_filled_up_with_silence(tmp_path: Path) -> None:
    for name in MADE:
        loaded = loaded_of(name, tmp_path)
        path = tmp_path / "short.wav"
        soundfile.write(path, np.ones(1), RATE)
        rows = rows_of(tmp_path, (0.3, 0.5))
        assert rows.media is not None
        short = MediaFile(path, f"digest of one sample for {name}", 1 / RATE)
        rows = Dataset(**{**rows.__dict__, "media": (rows.media[0], short)})
        found = features(loaded, encode(rows, loaded, 50))[0]
        assert np.isfinite(found).all()


def test_no_stretch_is_hidden_and_the_convolutions_stay(tmp_path: Path) -> None:
    loaded = loaded_of("wav2vec2", tmp_path)
    encoder: Any = loaded.encoder
    assert encoder.config.apply_spec_augment is False
    assert not any(p.requires_grad for p in encoder.feature_extractor.parameters())
    assert all(p.requires_grad for p in encoder.encoder.parameters())
    rows = rows_of(tmp_path, (0.1, 0.1))
    net = net_for(encode(rows, loaded, 50), loaded).train()
    inputs = loaded.modality.batch(encode(rows, loaded, 50), [0, 1], loaded)
    net(inputs).sum().backward()  # SpecAugment refuses sounds of four places


@pytest.mark.parametrize("name", ["wav2vec2-large", "ast", "whisper"])
def test_training_rows_begin_a_little_later_under_a_little_noise(name: str, tmp_path: Path) -> None:
    loaded = loaded_of(name, tmp_path)
    modality = modality_of(loaded)
    encoded = encode(rows_of(tmp_path), loaded, 100)
    inputs = modality.batch(encoded, [0, 1], loaded)
    reads, axis = modality.reader.reads, modality.reader.time + 1
    kept = inputs[reads].clone()
    shifts = set()
    for seed in range(8):
        torch.manual_seed(seed)
        varied = modality.varied(inputs, encoded)
        assert varied[reads].shape == kept.shape
        apart = []
        for by in range(int(0.05 * modality.reader.frames) + 1):
            places = (torch.arange(kept.shape[axis]) - by).clamp(min=0)
            apart.append(float((varied[reads] - kept.index_select(axis, places)).std()))
        shifts.add(int(np.argmin(apart)))
        assert min(apart) == pytest.approx(0.03 * float(kept.std()), rel=0.1)
    assert len(shifts) > 2
    assert torch.equal(inputs[reads], kept)  # the rows themselves stay as they are


def test_models_that_read_no_sound_are_named(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel, ViTConfig, ViTModel

    sizes: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(**sizes, vocab_size=9)).save_pretrained(tmp_path / "bert")
    ViTModel(ViTConfig(**sizes, image_size=32)).save_pretrained(tmp_path / "vit")
    for name, what in (("bert", "text"), ("vit", "images")):
        with pytest.raises(EnvironmentProblem, match=f"{name} reads {what}, not sounds"):
            load(tmp_path / name, modality="audio", device="cpu")


def test_what_makes_sounds_into_inputs_is_not_guessed(tmp_path: Path) -> None:
    folder = saved("wav2vec2", tmp_path)
    told = folder / "preprocessor_config.json"
    content = json.loads(told.read_text())
    told.write_text(json.dumps({**content, "sampling_rate": 0}))
    with pytest.raises(EnvironmentProblem, match="sampling_rate is 0"):
        load(folder, modality="audio", device="cpu")
    told.write_text(json.dumps({"feature_extractor_type": "WhisperFeatureExtractor"}))
    with pytest.raises(EnvironmentProblem, match="not the input_values that the model takes"):
        load(folder, modality="audio", device="cpu")
    told.unlink()
    with pytest.raises(EnvironmentProblem, match="has no preprocessor_config"):
        load(folder, modality="audio", device="cpu")


def test_a_file_that_went_away_is_named(tmp_path: Path) -> None:
    loaded, rows = loaded_of("ast", tmp_path), rows_of(tmp_path)
    encoded = encode(rows, loaded, 100)
    (tmp_path / "2.wav").write_bytes(b"")
    with pytest.raises(
        InputError, match=r"2\.wav: could be read before and cannot now \(the file is empty\)"
    ):
        features(loaded, encoded)
