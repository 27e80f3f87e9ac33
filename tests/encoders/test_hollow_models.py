"""Models that load without a complaint and say nothing, or less than their weights hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from pick_model.encoders.load import Loaded, load  # noqa: E402
from pick_model.encoders.trial import try_out  # noqa: E402
from pick_model.errors import EnvironmentProblem  # noqa: E402  after the skip
from tests.encoders.models import SIZES, bert, change, rewrite, save, tensors, wordpiece  # noqa: E402
from tests.measure.conftest import make_rows  # noqa: E402


def on_cpu(folder: Path) -> Loaded:
    return load(folder, device="cpu", precision="fp32")


def filled(value: float, where: str = "") -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Tensors whose names hold a word, with one value in all their places."""
    return lambda held: {
        name: torch.full_like(tensor, value) if where in name else tensor
        for name, tensor in held.items()
    }


@pytest.mark.parametrize("where", ["", "word_embeddings", "output.LayerNorm"])
@pytest.mark.parametrize("kind", ["single-label", "tokens"])
def test_a_model_to_which_all_tokens_are_the_same_is_refused(
    tmp_path: Path, where: str, kind: str
) -> None:
    folder = bert(tmp_path / "it")
    tensors(folder / "model.safetensors", filled(0.0, where))
    loaded = on_cpu(folder)
    with pytest.raises(EnvironmentProblem, match="the same features whatever it reads"):
        try_out(loaded, make_rows(kind, 8), "linear")


def test_weights_without_any_normalisation_are_not_whole(tmp_path: Path) -> None:
    """They are few of the parameters, and the scale of every layer."""
    folder = bert(tmp_path / "it")
    tensors(
        folder / "model.safetensors",
        lambda held: {name: t for name, t in held.items() if "LayerNorm" not in name},
    )
    with pytest.raises(EnvironmentProblem, match="lack 6 of the model's tensors"):
        on_cpu(folder)


def test_weights_of_more_layers_than_the_configuration_counts_are_refused(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForMaskedLM

    tokenizer = wordpiece()
    config = BertConfig(vocab_size=len(tokenizer), **{**SIZES, "num_hidden_layers": 2})
    folder = save(tmp_path / "it", BertForMaskedLM(config), tokenizer)
    on_cpu(folder)  # its head is left over, and no layer
    change(folder, num_hidden_layers=1)
    with pytest.raises(EnvironmentProblem, match=r"hold bert\.encoder\.layer\.1\..*not count"):
        on_cpu(folder)


@pytest.mark.parametrize("longest", [1, 2])
def test_a_model_that_reads_no_more_than_the_frame_of_a_text_is_refused(
    tmp_path: Path, longest: int
) -> None:
    folder = bert(tmp_path / "it")
    rewrite(folder / "tokenizer_config.json", lambda told: {**told, "model_max_length": longest})
    with pytest.raises(EnvironmentProblem, match=f"reads {longest} tokens at a time, and 2 are"):
        on_cpu(folder)


@pytest.mark.parametrize("says_two", [False, True])
def test_an_encoder_that_is_saved_without_its_decoder_loads(tmp_path: Path, says_two: bool) -> None:
    """As T5EncoderModel saves it; the decoder is the larger half."""
    from transformers import T5Config, T5EncoderModel

    tokenizer = wordpiece()
    sizes = {"d_model": 64, "d_kv": 32, "d_ff": 1024, "num_layers": 4, "num_heads": 4}
    model = T5EncoderModel(T5Config(vocab_size=len(tokenizer), **sizes))
    folder = change(save(tmp_path / "it", model, tokenizer), is_encoder_decoder=says_two)
    loaded = on_cpu(folder)
    assert loaded.hidden == 64
    try_out(loaded, make_rows("single-label", 8), "full")


def test_the_places_of_an_image_do_not_limit_the_text(tmp_path: Path) -> None:
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration

    tokenizer = wordpiece()
    text = {**SIZES, "num_key_value_heads": 1, "head_dim": 8, "vocab_size": len(tokenizer)}
    config = Gemma3Config(
        text_config=text,
        vision_config={**SIZES, "image_size": 16, "patch_size": 8},  # four patches
        mm_tokens_per_image=1,
        boi_token_index=1,
        eoi_token_index=2,
        image_token_index=3,
    )
    folder = save(tmp_path / "it", Gemma3ForConditionalGeneration(config), tokenizer)
    assert on_cpu(folder).positions == 512


def test_a_table_of_positions_of_another_class_limits_the_text(tmp_path: Path) -> None:
    from transformers import IBertConfig, IBertModel

    tokenizer = wordpiece()
    config = IBertConfig(vocab_size=len(tokenizer), max_position_embeddings=42, **SIZES)
    loaded = on_cpu(save(tmp_path / "it", IBertModel(config), tokenizer))
    assert loaded.positions == 40
    try_out(loaded, make_rows("single-label", 8), "linear")


@pytest.mark.parametrize("key", ["num_labels", "num_hash_functions"])
def test_a_list_that_no_memory_holds_is_not_made(tmp_path: Path, key: str) -> None:
    folder = change(bert(tmp_path / "it"), **{key: 1 << 40})
    with pytest.raises(EnvironmentProblem, match=f"says {key} = 1099511627776"):
        on_cpu(folder)
