"""Vectors of texts are those of sentence-transformers, whatever parts a model is made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pick_model.encoders.load import load
from pick_model.encoders.sentence import sentence_encoder, vectors
from pick_model.encoders.sentence_settings import SentenceSettings, read_sentence_settings
from pick_model.errors import EnvironmentProblem
from tests.encoders.models import bert, rewrite, wordpiece
from tests.told import words

pytest.importorskip("sentence_transformers")

TEXTS = ["the film was good", "a house", "Nasty and dull and cold and sad was the story of it", ""]


def saved(folder: Path, poolings: tuple[str, ...] = ("mean",), *after: Any, **options: Any) -> Path:
    """A random BERT as sentence-transformers writes one."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    encoder = bert(folder / "encoder")
    pooling = Pooling(16, pooling_mode=poolings, include_prompt=options.pop("include_prompt", True))
    parts = [Transformer(str(encoder), max_seq_length=12), pooling, *after]
    SentenceTransformer(modules=parts, device="cpu", **options).save(str(folder / "whole"))
    return folder / "whole"


def ours(folder: Path, texts: list[str], prompt: str = "") -> np.ndarray:
    loaded = load(folder, device="cpu", precision="fp32")
    found, _ = vectors(
        sentence_encoder(loaded, read_sentence_settings(folder, "it")), texts, prompt
    )
    return found


def theirs(folder: Path, texts: list[str], prompt: str = "") -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    return np.asarray(model.encode(texts, prompt=prompt or None, convert_to_numpy=True))


def unit(values: np.ndarray) -> np.ndarray:
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True))


def test_the_real_minilm(minilm: Path) -> None:
    texts = ["Where is my parcel?", "Wo ist mein Paket?", "a " * 400]
    assert np.abs(ours(minilm, texts) - theirs(minilm, texts)).max() < 1e-5


@pytest.mark.parametrize(
    "poolings",
    [
        ("mean",),
        ("cls",),
        ("max",),
        ("lasttoken",),
        ("mean_sqrt_len_tokens",),
        ("weightedmean",),
        ("cls", "mean"),
    ],
    ids="+".join,
)
def test_every_pooling(tmp_path: Path, poolings: tuple[str, ...]) -> None:
    folder = saved(tmp_path, poolings)
    assert np.abs(ours(folder, TEXTS) - unit(theirs(folder, TEXTS))).max() < 1e-5


@pytest.mark.parametrize("bias", [True, False])
def test_linear_layers_and_what_stands_between_them(tmp_path: Path, bias: bool) -> None:
    from sentence_transformers.base.modules import Dense, Normalize
    from torch import nn

    layers = [Dense(16, 8, bias=bias), Normalize(), Dense(8, 4, activation_function=nn.Identity())]
    folder = saved(tmp_path, ("mean",), *layers)
    found = ours(folder, TEXTS)
    assert found.shape == (len(TEXTS), 4)
    assert np.abs(found - unit(theirs(folder, TEXTS))).max() < 1e-5


def test_a_dot_product_keeps_the_lengths(tmp_path: Path) -> None:
    folder = saved(tmp_path, similarity_fn_name="dot")
    found = ours(folder, TEXTS)
    assert np.abs(found - theirs(folder, TEXTS)).max() < 1e-5
    assert np.ptp(np.linalg.norm(found, axis=1)) > 1e-3


@pytest.mark.parametrize("include", [True, False])
def test_a_prompt_counts_in_the_pooling_or_not(tmp_path: Path, include: bool) -> None:
    folder = saved(tmp_path, ("mean",), include_prompt=include)
    found, other = (f(folder, TEXTS[:3], "good story: ") for f in (ours, theirs))
    assert np.abs(found - unit(other)).max() < 1e-5


def test_prompts_and_lengths_are_read(tmp_path: Path) -> None:
    folder = saved(tmp_path, prompts={"query": "find: ", "document": ""})
    rewrite(folder / "sentence_bert_config.json", lambda c: {**c, "max_seq_length": 12})
    told = read_sentence_settings(folder, "it")
    assert dict(told.prompts) == {"query": "find: ", "document": ""}
    assert (told.told, told.max_length, told.by_dot) == (True, 12, False)


def test_poolings_as_written_before_version_5(minilm: Path) -> None:
    assert read_sentence_settings(minilm, "it").poolings == ("mean",)


def test_a_model_that_says_nothing_gives_the_mean_of_its_tokens(tmp_path: Path) -> None:
    assert read_sentence_settings(bert(tmp_path), "it") == SentenceSettings()


def test_a_change_of_the_pooling_is_another_digest(tmp_path: Path) -> None:
    one = read_sentence_settings(saved(tmp_path / "1"), "it")
    two = read_sentence_settings(saved(tmp_path / "2", ("max",)), "it")
    assert one.digest != two.digest


def module(kind: str) -> dict[str, Any]:
    return {"idx": 2, "name": "2", "path": "2_X", "type": kind}


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        ("modules.json", lambda m: [*m, module("sentence_transformers.models.LSTM")], "LSTM"),
        ("modules.json", lambda m: [*m, module("custom_code.Head")], "custom_code.Head"),
        ("modules.json", lambda m: m[:1], "?"),
        ("modules.json", lambda _: {}, "not a JSON list"),
        ("modules.json", lambda m: [m[0], {**m[1], "path": "../elsewhere"}], "elsewhere"),
        ("modules.json", lambda m: [{**m[0], "path": "0_T"}, m[1]], "0_T"),
        ("modules.json", lambda m: [m[0], {**m[1], "path": 3}], "?"),
        ("1_Pooling/config.json", lambda c: {**c, "pooling_mode": "attention"}, "attention"),
        ("1_Pooling/config.json", lambda _: [], "not a JSON object"),
    ],
)
def test_parts_that_are_not_read_are_said(
    tmp_path: Path, file: str, change: Any, says: str
) -> None:
    folder = saved(tmp_path)
    rewrite(folder / file, change)
    with pytest.raises(EnvironmentProblem) as fault:
        read_sentence_settings(folder, "it")
    assert says in words(fault.value.message)


def test_a_linear_layer_that_does_not_fit_or_is_a_pickle_is_said(tmp_path: Path) -> None:
    from sentence_transformers.base.modules import Dense

    folder = saved(tmp_path, ("mean",), Dense(16, 8))
    weights = folder / "2_Dense" / "model.safetensors"
    settings = read_sentence_settings(folder, "it")
    loaded = load(folder, device="cpu")
    doubled = SentenceSettings(told=True, poolings=("mean", "first"), after=settings.after)
    with pytest.raises(EnvironmentProblem) as fault:
        sentence_encoder(loaded, doubled)
    assert "vectors of 32" in words(fault.value.message)
    weights.rename(weights.with_name("pytorch_model.bin"))
    with pytest.raises(EnvironmentProblem) as fault:
        read_sentence_settings(folder, "it")
    assert "2_Dense/model.safetensors" in words(fault.value.message)


def test_vectors_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file
    from sentence_transformers.base.modules import Dense

    folder = saved(tmp_path, ("mean",), Dense(16, 8))
    weights = folder / "2_Dense" / "model.safetensors"
    found = {name: value * float("inf") for name, value in load_file(weights).items()}
    save_file(found, weights, {"format": "pt"})
    with pytest.raises(EnvironmentProblem) as fault:
        ours(folder, TEXTS)
    assert "NaN or infinite" in words(fault.value.message)


def test_small_letters_where_the_model_wants_them(tmp_path: Path) -> None:
    tokenizer = wordpiece()
    assert json.loads(tokenizer.backend_tokenizer.to_str())["normalizer"]["lowercase"] is True
    folder = saved(tmp_path)
    rewrite(folder / "tokenizer.json", _keep_case)
    plain = ours(folder, ["GOOD film"])
    rewrite(folder / "sentence_bert_config.json", lambda c: {**c, "do_lower_case": True})
    assert np.abs(ours(folder, ["GOOD film"]) - ours(folder, ["good film"])).max() < 1e-6
    assert np.abs(ours(folder, ["GOOD film"]) - plain).max() > 1e-3


def _keep_case(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "normalizer": {**told["normalizer"], "lowercase": False}}
