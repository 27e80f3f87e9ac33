"""What transformers hands back is looked at: models that load and are not what they seem."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pick_model.encoders.load import Loaded, encode, load  # noqa: E402
from pick_model.encoders.trial import try_out  # noqa: E402
from pick_model.errors import EnvironmentProblem  # noqa: E402  after the skip
from pick_model.measure.probe import frozen  # noqa: E402
from pick_model.measure.probe.run import probe  # noqa: E402
from pick_model.measure.probe.settings import Settings  # noqa: E402
from pick_model.measure.probe.train import Job, train  # noqa: E402
from tests.encoders.models import (  # noqa: E402
    SIZES,
    bert,
    byte_level,
    change,
    rewrite,
    save,
    tensors,
    wordpiece,
)
from tests.measure.conftest import make_rows  # noqa: E402


def on_cpu(folder: Path) -> Loaded:
    return load(folder, device="cpu", precision="fp32")


def works(loaded: Loaded, kind: str = "single-label", method: str = "full", **options: Any) -> None:
    """The model is tried, gives features, trains a step and predicts."""
    rows = make_rows(kind, 8, **options)
    try_out(loaded, rows, method)
    read = encode(rows, loaded, min(32, loaded.positions))
    features = frozen.features(loaded, read)
    assert features.shape[1] == loaded.hidden
    assert np.isfinite(features).all()
    job = Job(seed=0, steps=1, learning_rate=1e-3, batch=4, method=method)
    assert np.isfinite(train(loaded, read, read, read, None, job, lambda _: 0.0).logits).all()


# -- weights and vocabulary


def test_a_model_without_tokenizer_files_is_refused(tmp_path: Path) -> None:
    folder = bert(tmp_path / "it")
    for file in folder.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(EnvironmentProblem, match="no tokenizer files"):
        on_cpu(folder)


def test_a_tokenizer_of_special_tokens_alone_is_refused(tmp_path: Path) -> None:
    folder = bert(tmp_path / "it")
    (folder / "tokenizer.json").unlink()
    rewrite(folder / "tokenizer_config.json", lambda told: {"tokenizer_class": "BertTokenizer"})
    with pytest.raises(EnvironmentProblem) as caught:
        on_cpu(folder)
    assert caught.value.exit_code == 4


def test_a_vocabulary_that_does_not_know_the_data_is_refused(tmp_path: Path) -> None:
    loaded = on_cpu(bert(tmp_path / "it"))
    rows = make_rows("single-label", 8)
    strange = dataclasses.replace(rows, texts=("これは別の言語です",) * 8)
    works(loaded)
    with pytest.raises(EnvironmentProblem, match=r"100% of the pieces.*unknown"):
        try_out(loaded, strange, "linear")


def test_a_probe_tries_the_model_before_it_measures_or_trains(tmp_path: Path) -> None:
    rows = make_rows("single-label", 60)
    strange = dataclasses.replace(rows, texts=tuple(f"{'これは' * at}です" for at in range(60)))
    said: list[str] = []
    with pytest.raises(EnvironmentProblem, match="unknown"):
        probe(
            [str(bert(tmp_path / "it"))],
            strange,
            strange,
            Settings(cache=tmp_path / "work"),
            lambda tick: said.append(tick.stage.code),
        )
    assert set(said) == {"loading-model"}


MISSING = {
    "the word table": ("word_embeddings", "word_embeddings"),
    "the positions": ("position_embeddings", "position_embeddings"),
    "a layer": ("encoder.layer.0.", "encoder.layer.0"),
}


@pytest.mark.parametrize("what", MISSING)
def test_weights_that_lack_a_part_of_the_network_are_refused(tmp_path: Path, what: str) -> None:
    part, says = MISSING[what]
    folder = bert(tmp_path / "it")
    tensors(
        folder / "model.safetensors", lambda all_: {k: v for k, v in all_.items() if part not in k}
    )
    with pytest.raises(EnvironmentProblem, match=says) as caught:
        on_cpu(folder)
    assert caught.value.code == "weights"


def test_weights_without_a_pooler_are_whole(tmp_path: Path) -> None:
    folder = bert(tmp_path / "it")
    tensors(
        folder / "model.safetensors",
        lambda all_: {k: v for k, v in all_.items() if "pooler" not in k},
    )
    works(on_cpu(folder))


def test_tensors_of_another_shape_are_named_with_both_shapes(tmp_path: Path) -> None:
    folder = bert(tmp_path / "it")
    held = len(wordpiece())
    change(folder, vocab_size=held + 7)
    says = rf"word_embeddings.*(\[{held}, 16\].*\[{held + 7}, 16\]|one shape.*another)"
    with pytest.raises(EnvironmentProblem, match=says):
        on_cpu(folder)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused_by_name(tmp_path: Path, value: float) -> None:
    folder = bert(tmp_path / "it")

    def spoil(all_: dict[str, Any]) -> dict[str, Any]:
        all_["encoder.layer.0.output.dense.bias"][3] = value
        return all_

    tensors(folder / "model.safetensors", spoil)
    with pytest.raises(EnvironmentProblem, match=r"encoder\.layer\.0\.output\.dense\.bias.*NaN"):
        on_cpu(folder)


def test_features_that_overflow_are_refused(tmp_path: Path) -> None:
    folder = bert(tmp_path / "it")

    def spoil(all_: dict[str, Any]) -> dict[str, Any]:
        all_["encoder.layer.0.output.LayerNorm.weight"][:] = 3e38
        all_["encoder.layer.0.output.LayerNorm.bias"][:] = 3e38
        return all_

    tensors(folder / "model.safetensors", spoil)
    with pytest.raises(EnvironmentProblem, match="infinite features"):
        try_out(on_cpu(folder), make_rows("single-label", 8), "linear")


def test_a_token_beyond_the_table_is_named(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel

    tokenizer = wordpiece()
    held = len(tokenizer)
    tokenizer.add_tokens(["zeppelin"])  # the table is not resized
    model = BertModel(BertConfig(vocab_size=held, **SIZES))
    loaded = on_cpu(save(tmp_path / "it", model, tokenizer))
    works(loaded)
    rows = make_rows("single-label", 40)
    rows = dataclasses.replace(rows, texts=(*rows.texts[1:], "a fine zeppelin"))
    with pytest.raises(EnvironmentProblem, match=f"'zeppelin' the id {held}.*{held} rows"):
        try_out(loaded, rows, "linear")


# -- positions, widths, masks, padding

Build = Callable[[Path], Path]


def xlnet(folder: Path) -> Path:
    from transformers import XLNetConfig, XLNetLMHeadModel

    tokenizer = wordpiece(model_max_length=int(1e30), padding_side="left")
    sizes = {"d_model": 16, "n_layer": 1, "n_head": 2, "d_inner": 32}
    return save(
        folder, XLNetLMHeadModel(XLNetConfig(vocab_size=len(tokenizer), **sizes)), tokenizer
    )


def after_padding(kind: str, rows: int, pad: int) -> Build:
    def build(folder: Path) -> Path:
        import transformers

        tokenizer = wordpiece(model_max_length=int(1e30))
        config = getattr(transformers, f"{kind}Config")(
            vocab_size=len(tokenizer),
            max_position_embeddings=rows,
            pad_token_id=pad,
            **({"attention_window": [4]} if kind == "Longformer" else {}),
            **SIZES,
        )
        return save(folder, getattr(transformers, f"{kind}Model")(config), tokenizer)

    return build


def limit_in_the_tokenizer(folder: Path) -> Path:
    """As RoBERTa: 42 rows of positions hold 40 tokens, and the tokenizer says 40."""
    after_padding("Roberta", 42, 1)(folder)
    rewrite(folder / "tokenizer_config.json", lambda told: {**told, "model_max_length": 40})
    return folder


def opt(folder: Path) -> Path:
    from transformers import OPTConfig, OPTForCausalLM

    tokenizer = byte_level(eos_token="<end>")
    config = OPTConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        word_embed_proj_dim=8,
        ffn_dim=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=40,
        do_layer_norm_before=False,
    )
    return save(folder, OPTForCausalLM(config), tokenizer)


def bart(folder: Path) -> Path:
    from transformers import BartConfig, BartForConditionalGeneration

    tokenizer = wordpiece()
    sides = [f"{side}_{what}" for side in ("encoder", "decoder") for what in ("layers",)]
    config = BartConfig(
        vocab_size=len(tokenizer),
        d_model=16,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=40,
        **dict.fromkeys(sides, 1),
    )
    return save(folder, BartForConditionalGeneration(config), tokenizer)


def no_padding(folder: Path) -> Path:
    from transformers import OpenAIGPTConfig, OpenAIGPTLMHeadModel

    tokenizer = byte_level(unk_token="<end>")
    config = OpenAIGPTConfig(vocab_size=len(tokenizer), n_embd=16, n_layer=1, n_head=2)
    return save(folder, OpenAIGPTLMHeadModel(config), tokenizer)


def padding_beyond(folder: Path) -> Path:
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = byte_level(eos_token="<end>", padding_side="left")
    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), **SIZES))
    tokenizer.add_special_tokens({"pad_token": "<pad>"})
    return save(folder, model, tokenizer)


def no_mask(folder: Path) -> Path:
    from transformers import FNetConfig, FNetModel

    tokenizer = wordpiece(model_input_names=["input_ids", "token_type_ids"])
    sizes = {name: size for name, size in SIZES.items() if "heads" not in name}
    return save(folder, FNetModel(FNetConfig(vocab_size=len(tokenizer), **sizes)), tokenizer)


def albert(folder: Path) -> Path:
    from transformers import AlbertConfig, AlbertModel

    tokenizer = wordpiece()
    config = AlbertConfig(vocab_size=len(tokenizer), embedding_size=8, **SIZES)
    return save(folder, AlbertModel(config), tokenizer)


def characters(folder: Path) -> Path:
    from transformers import CanineConfig, CanineModel, CanineTokenizer

    config = CanineConfig(
        max_position_embeddings=128,
        num_hash_buckets=128,
        downsampling_rate=2,
        local_transformer_stride=16,
        **SIZES,
    )
    return save(folder, CanineModel(config), CanineTokenizer())


def byt5(folder: Path) -> Path:
    from transformers import ByT5Tokenizer, T5Config, T5ForConditionalGeneration

    sizes = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2}
    config = T5Config(vocab_size=384, **sizes)
    return save(folder, T5ForConditionalGeneration(config), ByT5Tokenizer())


def fsmt(folder: Path) -> Path:
    from transformers import FSMTConfig, FSMTModel

    tokenizer = wordpiece()
    config = FSMTConfig(
        src_vocab_size=len(tokenizer),
        tgt_vocab_size=len(tokenizer),
        langs=["en", "de"],
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
    )
    return save(folder, FSMTModel(config), tokenizer)


def recurrent(folder: Path) -> Path:
    from transformers import MambaConfig, MambaModel

    tokenizer = byte_level(eos_token="<end>", padding_side="left")
    config = MambaConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, state_size=4
    )
    return save(folder, MambaModel(config), tokenizer)


# architecture -> builder, width of what comes out, tokens it takes
ODD: dict[str, tuple[Build, int, int]] = {
    "no limit in the config": (xlnet, 16, 512),
    "roberta": (after_padding("Roberta", 42, 1), 16, 40),
    "roberta, limit in the tokenizer": (limit_in_the_tokenizer, 16, 40),
    "roberta, padding 0": (after_padding("Roberta", 42, 0), 16, 41),
    "mpnet": (after_padding("MPNet", 42, 1), 16, 40),
    "longformer": (after_padding("Longformer", 42, 1), 16, 40),
    "data2vec": (after_padding("Data2VecText", 42, 1), 16, 40),
    "bert": (after_padding("Bert", 42, 0), 16, 42),
    "projected words": (opt, 8, 40),
    "encoder of two": (bart, 16, 40),
    "narrow words": (albert, 16, 512),
    "no padding token": (no_padding, 16, 512),
    "padding beyond the table": (padding_beyond, 16, 512),
    "no mask": (no_mask, 16, 512),
    "characters": (characters, 16, 128),
    "bytes": (byt5, 16, 512),
    "an encoder without a config": (fsmt, 16, 64),
    "recurrent": (recurrent, 16, 512),
}


@pytest.mark.parametrize("what", ODD)
def test_width_and_longest_input_are_as_found_and_both_train(tmp_path: Path, what: str) -> None:
    build, hidden, longest = ODD[what]
    loaded = on_cpu(build(tmp_path / "it"))
    assert (loaded.hidden, loaded.positions) == (hidden, longest)
    works(loaded)
    works(loaded, "tokens")


@pytest.mark.parametrize("what", ["roberta", "mpnet", "longformer", "data2vec", "encoder of two"])
def test_the_longest_input_is_read_and_none_longer(tmp_path: Path, what: str) -> None:
    loaded = on_cpu(ODD[what][0](tmp_path / "it"))
    rows = make_rows("single-label", 4)
    long = dataclasses.replace(rows, texts=("the film was good " * 60,) * 4)
    read = encode(long, loaded, loaded.positions)
    assert read.length(0) == loaded.positions
    assert np.isfinite(frozen.features(loaded, read)).all()
    longer = encode(long, loaded, loaded.positions + 1)
    with pytest.raises(EnvironmentProblem, match="fails on the data"):
        frozen.features(loaded, longer)


@pytest.mark.parametrize(
    "what", ["bert", "padding beyond the table", "no padding token", "recurrent"]
)
def test_what_fills_a_row_up_does_not_change_its_features(tmp_path: Path, what: str) -> None:
    loaded = on_cpu(ODD[what][0](tmp_path / "it"))
    read = encode(make_rows("single-label", 12), loaded, 32)
    together = frozen.features(loaded, read)
    alone = [frozen.features(loaded, read.take([row])) for row in range(len(read))]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-3, atol=1e-5)


def test_segments_beyond_the_table_are_left_out(tmp_path: Path) -> None:
    """A BERT tokenizer on a RoBERTa: segment 1 of a table of one row."""
    from transformers import RobertaConfig, RobertaModel

    tokenizer = wordpiece()
    config = RobertaConfig(vocab_size=len(tokenizer), type_vocab_size=1, pad_token_id=0, **SIZES)
    loaded = on_cpu(save(tmp_path / "one", RobertaModel(config), tokenizer))
    works(loaded, pairs=True)
    assert (
        "token_type_ids"
        not in encode(make_rows("single-label", 2, pairs=True), loaded, 32).inputs[0]
    )
    both = on_cpu(bert(tmp_path / "two"))
    assert (
        1 in encode(make_rows("single-label", 2, pairs=True), both, 32).inputs[0]["token_type_ids"]
    )


def test_segments_are_not_looked_up_among_the_words(tmp_path: Path) -> None:
    """GPT-2 takes token_type_ids, and adds the word of that id to every token."""
    from transformers import GPT2Config, GPT2Model

    tokenizer = byte_level(
        eos_token="<end>", model_input_names=["input_ids", "token_type_ids", "attention_mask"]
    )
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=16, n_layer=1, n_head=2)
    loaded = on_cpu(save(tmp_path / "it", GPT2Model(config), tokenizer))
    assert set(encode(make_rows("single-label", 2), loaded, 32).inputs[0]) == {"input_ids"}


def test_a_text_of_no_tokens_is_read(tmp_path: Path) -> None:
    loaded = on_cpu(no_padding(tmp_path / "it"))
    rows = make_rows("single-label", 8)
    empty = dataclasses.replace(rows, texts=("", *rows.texts[1:]))
    assert np.isfinite(frozen.features(loaded, encode(empty, loaded, 32))).all()


# -- tagged words


@pytest.mark.parametrize("what", ["gpt", "bytes", "wordpiece"])
def test_tagged_words_are_read_as_in_running_text(tmp_path: Path, what: str) -> None:
    build = {"gpt": no_padding, "bytes": byt5, "wordpiece": bert}[what]
    loaded = on_cpu(build(tmp_path / "it"))
    rows = make_rows("tokens", 12)
    read = encode(rows, loaded, 512)
    for row, words in enumerate(rows.tokens or ()):
        ids = read.inputs[row]["input_ids"]
        assert ids == list(loaded.tokenizer(" ".join(words))["input_ids"])
        for word, start in zip(words, read.starts[row], strict=True):
            assert word.startswith(loaded.tokenizer.decode(ids[start]).strip(" #Ġ"))


def test_words_that_do_not_fit_have_no_place(tmp_path: Path) -> None:
    loaded = on_cpu(bert(tmp_path / "it"))
    read = encode(make_rows("tokens", 4), loaded, 5)
    assert read.length(0) == 5
    assert read.starts[0][-1] == -1
    assert max(read.starts[0]) < 4  # the last is the tokenizer's own


# -- not text, or not to be trained so


def clip(folder: Path) -> Path:
    from transformers import CLIPConfig, CLIPModel

    tokenizer = byte_level(eos_token="<end>", model_max_length=40)
    text = {"vocab_size": len(tokenizer), "max_position_embeddings": 40, **SIZES}
    image = {"image_size": 16, "patch_size": 8, **SIZES}
    config = CLIPConfig(text_config=text, vision_config=image, projection_dim=8)
    return save(folder, CLIPModel(config), tokenizer)


def vit(folder: Path) -> Path:
    from transformers import ViTConfig, ViTModel

    return save(folder, ViTModel(ViTConfig(image_size=16, patch_size=8, **SIZES)))


def speech(folder: Path) -> Path:
    from transformers import WhisperConfig, WhisperModel

    config = WhisperConfig(
        vocab_size=60,
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        decoder_start_token_id=0,
    )
    return save(folder, WhisperModel(config), wordpiece())


@pytest.mark.parametrize(
    ("build", "says"), [(clip, "text and vision"), (vit, "images"), (speech, "sound")]
)
def test_a_model_of_something_besides_text_is_told(tmp_path: Path, build: Build, says: str) -> None:
    with pytest.raises(EnvironmentProblem, match=says) as caught:
        on_cpu(build(tmp_path / "it"))
    assert "recommend" in str(caught.value)


def test_lora_on_layers_that_it_cannot_adapt_is_told_before_training(tmp_path: Path) -> None:
    loaded = on_cpu(recurrent(tmp_path / "it"))
    with pytest.raises(EnvironmentProblem, match="--method full or linear"):
        try_out(loaded, make_rows("single-label", 8), "lora")


def test_a_trial_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    loaded = on_cpu(bert(tmp_path / "it"))
    before = {name: value.clone() for name, value in loaded.encoder.state_dict().items()}
    state = torch.get_rng_state()
    for method in ("full", "lora"):
        try_out(loaded, make_rows("tokens", 8), method)
    after = loaded.encoder.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in after.items())
    assert all(p.grad is None and p.requires_grad for p in loaded.encoder.parameters())
    assert torch.equal(torch.get_rng_state(), state)


class Panic(BaseException):
    """As the tokenizers' own panics: no Exception."""


@pytest.mark.parametrize("fault", [Panic("at the disco"), AttributeError("x"), StopIteration()])
def test_any_fault_of_a_tokenizer_is_exit_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    loaded = on_cpu(bert(tmp_path / "it"))

    def fail(*_: Any, **__: Any) -> Any:
        raise fault

    for kind in ("single-label", "tokens"):
        with monkeypatch.context() as patch:
            patch.setattr(type(loaded.tokenizer), "__call__", fail)
            with pytest.raises(EnvironmentProblem, match="tokenizer fails"):
                encode(make_rows(kind, 4), loaded, 32)


def test_an_interrupt_is_no_fault_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = on_cpu(bert(tmp_path / "it"))

    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(loaded.tokenizer), "__call__", stop)
    with pytest.raises(KeyboardInterrupt):
        encode(make_rows("single-label", 4), loaded, 32)


def test_out_of_memory_on_one_row_of_prediction_is_exit_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = on_cpu(bert(tmp_path / "it"))
    read = encode(make_rows("single-label", 4), loaded, 32)

    def full(*_: Any, **__: Any) -> Any:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(loaded.encoder, "forward", full)
    with pytest.raises(EnvironmentProblem, match="one row") as caught:
        frozen.features(loaded, read)
    assert caught.value.code == "out-of-memory"


def test_a_folder_copied_elsewhere_is_the_same_model(tmp_path: Path) -> None:
    one = bert(tmp_path / "one")
    two = Path(shutil.copytree(one, tmp_path / "two"))
    read = encode(make_rows("single-label", 4), on_cpu(one), 32)
    assert (
        frozen.features(on_cpu(one), read).tobytes() == frozen.features(on_cpu(two), read).tobytes()
    )
