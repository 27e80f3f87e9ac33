"""Features of every layer and pooling are what the plain model gives, a row at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pick_model.encoders import batches, tokens  # noqa: E402  after the skip
from pick_model.encoders.features import LAST, Views, all_views, features  # noqa: E402
from pick_model.encoders.load import Loaded, encode, load  # noqa: E402
from pick_model.encoders.network import net_for  # noqa: E402
from pick_model.encoders.tokens import encode_texts  # noqa: E402
from pick_model.errors import UsageError  # noqa: E402
from tests.encoders.models import SIZES, bert, byte_level, save, wordpiece  # noqa: E402
from tests.encoders.test_odd_models import ODD  # noqa: E402
from tests.measure.conftest import make_rows  # noqa: E402

Build = Callable[[Path], Path]
CLOSE: Any = {"rtol": 1e-4, "atol": 1e-5}


def encoder(folder: Path) -> Path:
    return bert(folder, num_hidden_layers=3)


def decoder(folder: Path) -> Path:
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = byte_level(eos_token="<end>")
    config = LlamaConfig(vocab_size=len(tokenizer), **{**SIZES, "num_hidden_layers": 3})
    return save(folder, LlamaForCausalLM(config), tokenizer)


def encoder_decoder(folder: Path) -> Path:
    from transformers import T5Config, T5ForConditionalGeneration

    tokenizer = wordpiece()
    sizes: Any = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 3, "num_heads": 2}
    return save(
        folder,
        T5ForConditionalGeneration(T5Config(vocab_size=len(tokenizer), **sizes)),
        tokenizer,
    )


def on_cpu(folder: Path) -> Loaded:
    return load(folder, device="cpu", precision="fp32")


def plainly(loaded: Loaded, *texts: str) -> tuple[Any, ...]:
    """The hidden states (T, H) of one row, by the model's own tokenizer and no padding."""
    read = loaded.tokenizer(*texts, return_tensors="pt")
    known = {name: value for name, value in read.items() if name in loaded.takes}
    with torch.no_grad():
        out = loaded.encoder.eval()(**known, output_hidden_states=True)
    return tuple(layer[0].numpy() for layer in (*out.hidden_states[:-1], out.last_hidden_state))


@pytest.mark.parametrize(
    ("build", "poolings"),
    [
        (encoder, ("mean", "first")),
        (decoder, ("mean", "last")),
        (encoder_decoder, ("mean", "first")),
    ],
)
def test_every_layer_and_pooling_is_that_of_the_plain_model(
    tmp_path: Path, build: Build, poolings: tuple[str, ...]
) -> None:
    loaded = on_cpu(build(tmp_path / "it"))
    views = all_views(loaded, by_word=False)
    assert (views.layers, views.poolings, views.depth) == ((0, 1, 2, 3), poolings, 3)
    data = make_rows("single-label", 12)
    found = features(loaded, encode(data, loaded, 64), views)
    assert found.dtype == np.float32
    assert found.shape == (8, 12, 16)
    for row, text in enumerate(data.texts):
        states = plainly(loaded, text)
        for view, (layer, how) in enumerate(views.names):
            rows = {
                "mean": states[layer].mean(0),
                "first": states[layer][0],
                "last": states[layer][-1],
            }
            np.testing.assert_allclose(found[view, row], rows[how], **CLOSE)


def test_a_pair_is_read_with_the_tokenizers_own_separators(tmp_path: Path) -> None:
    loaded = on_cpu(encoder(tmp_path / "it"))
    data = make_rows("single-label", 6, pairs=True)
    assert data.pairs is not None
    [found] = features(loaded, encode(data, loaded, 64))
    for row, (one, two) in enumerate(zip(data.texts, data.pairs, strict=True)):
        np.testing.assert_allclose(found[row], plainly(loaded, one, two)[-1].mean(0), **CLOSE)


def test_a_word_is_its_first_piece_and_one_that_was_cut_off_is_no_number(tmp_path: Path) -> None:
    loaded = on_cpu(encoder(tmp_path / "it"))
    data = make_rows("tokens", 5)
    assert data.tokens is not None
    views = all_views(loaded, by_word=True)
    assert views.poolings == ("word",)
    read = encode(data, loaded, 6)
    found = features(loaded, read, views)
    assert found.shape == (4, sum(map(len, data.tokens)), 16)
    assert read.starts is not None
    at = 0
    for words, starts in zip(data.tokens, read.starts, strict=True):
        states = plainly(loaded, " ".join(words))
        for start in starts:
            if start < 0:
                assert np.isnan(found[:, at]).all()
            at += 1
        # attention saw the cut row alone, so only what each word is before attention is alike
        np.testing.assert_allclose(found[0, at - len(words)], states[0][1], **CLOSE)
    assert 0 < np.isnan(found[0, :, 0]).sum() < at


def test_the_features_are_what_the_head_of_a_fine_tune_reads(tmp_path: Path) -> None:
    loaded = on_cpu(encoder(tmp_path / "it"))
    read = encode(make_rows("single-label", 4), loaded, 64)
    with torch.no_grad():
        inputs = batches_of(read, loaded)
        trained = net_for(read, loaded).eval().features(inputs).numpy()
    np.testing.assert_allclose(features(loaded, read)[0], trained, **CLOSE)


def batches_of(read: Any, loaded: Loaded) -> dict[str, Any]:
    from pick_model.encoders.load import collate

    return collate(read, range(len(read)), loaded)[0]


def test_only_the_views_asked_for_are_made_and_the_last_layer_needs_no_others(
    tmp_path: Path,
) -> None:
    loaded = on_cpu(encoder(tmp_path / "it"))
    read = encode(make_rows("single-label", 9), loaded, 64)
    every = all_views(loaded, by_word=False)
    some = features(loaded, read, Views((2, 3), ("first",), 3))
    whole = features(loaded, read, every)
    places = [every.names.index(name) for name in ((2, "first"), (3, "first"))]
    np.testing.assert_array_equal(some, whole[places])

    def only_the_last(**given: Any) -> Any:
        assert "output_hidden_states" not in given
        return forward(**given)

    forward = loaded.encoder.forward
    loaded.encoder.forward = only_the_last
    np.testing.assert_array_equal(features(loaded, read, Views((LAST,), ("first",)))[0], whole[7])


@pytest.mark.parametrize("what", ODD)
def test_views_of_any_architecture_are_finite_and_end_with_its_output(
    tmp_path: Path, what: str
) -> None:
    loaded = on_cpu(ODD[what][0](tmp_path / "it"))
    read = encode(make_rows("single-label", 4), loaded, min(32, loaded.positions))
    views = all_views(loaded, by_word=False)
    found = features(loaded, read, views)
    assert np.isfinite(found).all()
    mean = views.names.index((views.layers[-1], "mean"))
    np.testing.assert_allclose(found[mean], features(loaded, read)[0], **CLOSE)


def test_layers_of_another_width_are_left_out(tmp_path: Path) -> None:
    loaded = on_cpu(ODD["projected words"][0](tmp_path / "it"))  # 32 inside, 8 outside
    views = all_views(loaded, by_word=False)
    assert views.layers == (views.depth,)


def test_a_batch_holds_so_many_tokens_whatever_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = on_cpu(encoder(tmp_path / "it"))
    monkeypatch.setitem(batches.TOKENS, "cpu", 40)
    for n in (10, 200):
        read = encode(make_rows("single-label", n), loaded, 64)
        seen: list[int] = []

        def note(chosen: list[int], rows: Any = read, seen: list[int] = seen) -> None:
            assert len(chosen) * max(map(rows.length, chosen)) <= 40
            seen += chosen

        batches.over_batches(read, note, loaded)
        assert sorted(seen) == list(range(n))


@pytest.mark.parametrize(
    ("lengths", "tokens", "n"),
    [
        ([10] * 5, 40, 4),  # no room for a fifth
        ([10] * 5, 100, 5),
        ([50, 2], 40, 1),  # one row at least
        ([10, 9, 8, 2, 2], 160, 3),  # the fourth would make 11 of padding, above 160 / 16
        ([0, 0], 40, 2),
    ],
)
def test_a_batch_ends_where_it_is_full_or_mostly_padding(
    lengths: list[int], tokens: int, n: int
) -> None:
    assert batches.fitting(lengths, tokens) == n


def test_the_model_is_left_in_the_mode_it_was_in(tmp_path: Path) -> None:
    loaded = on_cpu(encoder(tmp_path / "it"))
    read = encode(make_rows("single-label", 2), loaded, 64)
    for mode in (True, False):
        loaded.encoder.train(mode)
        features(loaded, read, all_views(loaded, by_word=False))
        assert loaded.encoder.training is mode


def test_texts_tokenized_in_parts_are_the_same_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = on_cpu(encoder(tmp_path / "it"))
    texts = [*(f"text {n}" for n in range(9)), "", "the last"]
    whole = encode_texts(texts, loaded, 64)
    monkeypatch.setattr(tokens, "AT_ONCE", 4)
    assert encode_texts(texts, loaded, 64) == whole


def test_no_length_that_the_frame_fills_is_read(tmp_path: Path) -> None:
    loaded = on_cpu(encoder(tmp_path / "it"))
    for kind in ("single-label", "tokens"):
        with pytest.raises(UsageError, match="2 are put around each text"):
            encode(make_rows(kind, 4), loaded, 2)
