"""What is read of a model's folder is decided before anything reads it."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from pick_model.encoders import folder as folders
from pick_model.encoders.folder import TOKENIZER, read_folder, seen_alone
from pick_model.encoders.load import load
from pick_model.encoders.network import with_adapters
from pick_model.encoders.resolve import resolve
from pick_model.errors import EnvironmentProblem, InputError
from tests.encoders.models import bert, change, rewrite, tensors
from tests.told import words


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bert(tmp_path_factory.mktemp("folder") / "whole")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "model"))


def shard(folder: Path, names: list[str], parts: list[str] | None = None) -> None:
    """Weights as shards under other names, with the index that names them."""
    from safetensors.torch import load_file, save_file

    kept = list(load_file(folder / "model.safetensors").items())
    (folder / "model.safetensors").unlink()
    index = {}
    for at, name in enumerate(names):
        part = dict(kept[at :: len(names)])
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        save_file(part, folder / name, {"format": "pt"})
        index.update(dict.fromkeys(part, parts[at] if parts else name))
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {}, "weight_map": index})
    )


class Evil:
    """Unpickling it writes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, Any]:
        return os.mkdir, (str(self.mark),)


def test_shards_are_found_by_their_index_even_in_a_sub_folder(folder: Path) -> None:
    shard(folder, ["one.safetensors", "more/two.safetensors"])
    assert read_folder(folder, "it").weights == ("more/two.safetensors", "one.safetensors")
    assert load(folder, device="cpu").hidden == 16


OUTSIDE = ["../other.safetensors", "/tmp/other.safetensors", "a/../../b.safetensors", "", "C:\\x"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_weights_outside_the_folder_are_refused(folder: Path, name: str) -> None:
    shard(folder, ["one.safetensors"], [name])
    with pytest.raises(EnvironmentProblem, match="inside its folder"):
        resolve(str(folder))


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_configuration_that_names_weights_outside_is_refused(folder: Path, name: str) -> None:
    change(folder, transformers_weights=name)
    with pytest.raises(EnvironmentProblem, match="inside its folder"):
        resolve(str(folder))


def test_a_sub_folder_that_is_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    shard(folder, ["more/one.safetensors"])
    (folder / "more").rename(folder.parent / "elsewhere")
    (folder / "more").symlink_to(folder.parent / "elsewhere")
    with pytest.raises(EnvironmentProblem, match="inside its folder"):
        resolve(str(folder))


@pytest.mark.parametrize("where", ["index", "transformers_weights", "adapter", "alone"])
def test_no_pickle_is_opened_unless_pickles_are_allowed(folder: Path, where: str) -> None:
    mark = folder.parent / "was-here"
    bad = {"index": "w.bin", "transformers_weights": "w.bin", "adapter": "adapter_model.bin"}
    name = bad.get(where, "pytorch_model.bin")
    (folder / name).write_bytes(pickle.dumps(Evil(mark)))
    if where == "index":
        shard(folder, ["one.safetensors"], ["w.bin"])
    elif where == "transformers_weights":
        change(folder, transformers_weights="w.bin")
    elif where == "adapter":
        config = {"peft_type": "LORA", "target_modules": ["query"], "r": 2}
        (folder / "adapter_config.json").write_text(json.dumps(config))
    else:
        (folder / "model.safetensors").unlink()
    if where == "adapter":
        load(folder, device="cpu")  # the adapter is not read
    else:
        with pytest.raises(EnvironmentProblem) as caught:
            resolve(str(folder))
        assert caught.value.code == "pickle"
        with pytest.raises(EnvironmentProblem):
            load(folder, device="cpu")
    assert not mark.exists()


def test_a_pickle_that_does_harm_ends_in_words_even_where_pickles_are_allowed(folder: Path) -> None:
    mark = folder.parent / "was-here"
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Evil(mark)))
    with pytest.raises(EnvironmentProblem, match="cannot load"):
        load(folder, device="cpu", allow_pickle=True)
    assert not mark.exists()


def test_an_adapter_beside_the_weights_is_said_and_changes_nothing(folder: Path) -> None:
    import torch

    plain = load(folder, device="cpu").encoder.state_dict()
    adapted: Any = with_adapters(load(folder, device="cpu").encoder)
    with torch.no_grad():
        for name, value in adapted.named_parameters():
            if "lora_" in name:
                value.fill_(1.0)
    adapted.save_pretrained(folder, save_embedding_layers=False)
    assert (folder / "adapter_model.safetensors").exists()
    assert any("adapter" in words(note) for note in resolve(str(folder)).notes)
    again = load(folder, device="cpu").encoder.state_dict()
    assert again.keys() == plain.keys()
    assert all(torch.equal(value, plain[name]) for name, value in again.items())


def test_a_folder_with_an_adapter_alone_names_its_base(tmp_path: Path) -> None:
    told = {"peft_type": "LORA", "base_model_name_or_path": "some/base"}
    (tmp_path / "adapter_config.json").write_text(json.dumps(told))
    with pytest.raises(InputError, match=r"PEFT adapter.*some/base"):
        resolve(str(tmp_path))


ELSEWHERE = [
    ("weights.gguf", "llama.cpp"),
    ("tf_model.h5", "TensorFlow"),
    ("flax_model.msgpack", "Flax"),
    ("model.fp16.safetensors", "rename model.fp16"),
]


@pytest.mark.parametrize(("file", "says"), ELSEWHERE)
def test_weights_of_another_kind_are_told(folder: Path, file: str, says: str) -> None:
    (folder / "model.safetensors").rename(folder / file)
    with pytest.raises(EnvironmentProblem, match=says):
        resolve(str(folder))


def test_the_digest_covers_every_file_that_is_read_and_no_other(folder: Path) -> None:
    shard(folder, ["one.safetensors", "more/two.safetensors"])
    before = resolve(str(folder)).weights_digest
    (folder / "README.md").write_text("nobody reads it")
    (folder / "pytorch_model.bin").write_bytes(b"nor it")
    (folder / "generation_config.json").write_text("{}")
    assert resolve(str(folder)).weights_digest == before
    seen = {before}
    for name in read_folder(folder, "it").all:
        kept = (folder / name).read_bytes()
        if name.endswith(".safetensors"):
            tensors(folder / name, lambda all_: {k: v + 1 for k, v in all_.items()})
        else:
            rewrite(folder / name, lambda told: {**told, "changed": True})
        seen.add(resolve(str(folder)).weights_digest)
        (folder / name).write_bytes(kept)
    assert len(seen) == 1 + len(read_folder(folder, "it").all) >= 6


def test_weights_named_by_the_configuration_are_in_the_digest(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "mine.safetensors")
    change(folder, transformers_weights="mine.safetensors")
    before = resolve(str(folder)).weights_digest
    tensors(folder / "mine.safetensors", lambda all_: {k: v * 2 for k, v in all_.items()})
    assert resolve(str(folder)).weights_digest != before


def test_transformers_is_shown_the_checked_files_alone(folder: Path) -> None:
    for name in ("adapter_model.bin", "evil.py", "generation_config.json", "x.safetensors"):
        (folder / name).write_bytes(b"{}")
    with seen_alone(read_folder(folder, "it")) as seen:
        shown = {file.name for file in seen.iterdir()} - {"special_tokens_map.json"}
    assert shown == {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert not seen.exists()


def test_a_tokenizers_own_paths_are_not_followed(folder: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.json"
    words.write_text("{}")
    rewrite(folder / "tokenizer_config.json", lambda told: {**told, "tokenizer_file": str(words)})
    assert len(load(folder, device="cpu").tokenizer) > 30


# -- headers

Spoil = Callable[[dict[str, Any]], Any]


def first(header: dict[str, Any]) -> dict[str, Any]:
    return next(v for k, v in header.items() if k != "__metadata__")


def put(header: dict[str, Any], **keys: Any) -> dict[str, Any]:
    first(header).update(keys)
    return header


HEADERS: dict[str, Spoil] = {
    "a list": lambda _: [],
    "nested deeply": lambda _: "[" * 100_000,
    "a tensor that is a list": lambda h: {**h, "x": []},
    "a type nobody knows": lambda h: put(h, dtype="F31"),
    "a type that is a list": lambda h: put(h, dtype=["F32"]),
    "a shape in words": lambda h: put(h, shape="big"),
    "a negative shape": lambda h: put(h, shape=[-1, -32]),
    "a fraction": lambda h: put(h, shape=[0.5]),
    "places that are true": lambda h: put(h, data_offsets=[False, True]),
    "places beyond the end": lambda h: put(h, data_offsets=[10**30, 10**30 + 8]),
    "one place": lambda h: put(h, data_offsets=[0]),
    "overlap": lambda h: {**h, "again": first(h)},
    "a gap": lambda h: {
        k: v if k == "__metadata__" else {**v, "data_offsets": [p + 8 for p in v["data_offsets"]]}
        for k, v in h.items()
    },
    "metadata of numbers": lambda h: {**h, "__metadata__": {"format": 1}},
}


@pytest.mark.parametrize("kind", HEADERS)
def test_a_malformed_header_is_exit_4(folder: Path, kind: str) -> None:
    file = folder / "model.safetensors"
    data = file.read_bytes()
    length = int.from_bytes(data[:8], "little")
    made = HEADERS[kind](json.loads(data[8 : 8 + length]))
    text = (made if isinstance(made, str) else json.dumps(made)).encode()
    file.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])
    with pytest.raises(EnvironmentProblem, match="not a whole safetensors file: ") as caught:
        resolve(str(folder))
    assert caught.value.exit_code == 4
    with pytest.raises(EnvironmentProblem):
        load(folder, device="cpu")


def test_weights_of_whole_numbers_are_told_to_be_quantized(folder: Path) -> None:
    """transformers would take the codes for the numbers."""
    import torch

    def coded(all_: dict[str, Any]) -> dict[str, Any]:
        name = "encoder.layer.0.output.dense.weight"
        return {**all_, name: all_[name].to(torch.int8)}

    tensors(folder / "model.safetensors", coded)
    with pytest.raises(EnvironmentProblem, match=r"quantized.*output\.dense\.weight"):
        resolve(str(folder))


# -- configurations

CONFIGS = {
    "a list": "[]",
    "a number": "7",
    "not JSON": "{",
    "nested deeply": '{"a":' * 5_000 + "1" + "}" * 5_000,
    "not text": b"\xff\xfe\x00",
    "no heads": {"num_attention_heads": 0},
    "layers in words": {"num_hidden_layers": "two"},
    "a million layers": {"num_hidden_layers": 1_000_000},
    "a fraction of width": {"hidden_size": 16.5},
    "a negative vocabulary": {"vocab_size": -5},
    "a width beyond all": {"hidden_size": 10**12},
    "a list of layers": {"num_hidden_layers": [1, "2"]},
    "a million experts": {"num_local_experts": 1_000_000},
    "a million blocks in a part": {"text_config": {"num_blocks": 1_000_000}},
}


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_configuration_of_no_model_is_exit_4(folder: Path, kind: str) -> None:
    told = CONFIGS[kind]
    if isinstance(told, dict):
        change(folder, **told)
    else:
        (folder / "config.json").write_bytes(told if isinstance(told, bytes) else told.encode())
    with pytest.raises(EnvironmentProblem) as caught:
        resolve(str(folder))
    assert caught.value.code == "config"


@pytest.mark.parametrize(
    "keys",
    [
        {"hidden_act": 5},
        {"hidden_act": "no-such"},
        {"num_attention_heads": 3},
        {"model_type": ["bert"]},
        {"model_type": "no-such"},
        {"layer_norm_eps": "small"},
        {"hidden_dropout_prob": {"a": 1}},
        {"id2label": 3},
        {"architectures": 3},
        {"num_hidden_layers": 90},
        {"vocab_size": 60_000_000},
        {"quantization_config": {"quant_method": "gptq", "bits": 4}},
        {"quantization": {"bits": 4}},
        {"torch_dtype": "float99"},
        {"text_config": 5},
    ],
    ids=str,
)
def test_a_configuration_that_does_not_fit_ends_in_words_or_loads(
    folder: Path, keys: dict[str, Any]
) -> None:
    """What transformers ignores may load; nothing may end in anything but exit code 4."""
    change(folder, **keys)
    said = ""
    try:
        load(folder, device="cpu")
    except EnvironmentProblem as problem:
        said = str(problem)
    assert len(said) < 800
    assert "\n" not in said


def test_a_much_larger_network_than_the_weights_is_not_built(folder: Path) -> None:
    change(folder, num_hidden_layers=20, hidden_size=4096, num_attention_heads=32)
    with pytest.raises(EnvironmentProblem, match=r"describes .* parameters"):
        load(folder, device="cpu")


def test_every_file_that_a_tokenizer_of_transformers_reads_is_downloaded() -> None:
    from pathlib import PurePosixPath

    import transformers

    names: set[str] = set()
    for module in (Path(transformers.__file__).parent / "models").glob("*/tokenization*.py"):
        for block in re.findall(r"FILES_NAMES\s*=\s*\{(.*?)\}", module.read_text("utf-8"), re.S):
            names |= set(re.findall(r":\s*\"([^\"]+\.[a-z_]+)\"", block))
    assert {"vocab.txt", "bpe.codes", "source.spm"} <= names
    left = {n for n in names if not any(PurePosixPath(n).match(p) for p in TOKENIZER)}
    assert not left


@pytest.mark.parametrize(
    ("file", "absent", "says"),
    [
        ("spm.model", "sentencepiece", r"needs sentencepiece.*pick-model\[probe\]"),
        ("source.spm", "google.protobuf", r"needs protobuf.*pick-model\[probe\]"),
        ("words.tiktoken", "tiktoken", "needs tiktoken"),
    ],
)
def test_a_package_that_a_vocabulary_needs_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, file: str, absent: str, says: str
) -> None:
    monkeypatch.setattr(folders, "installed", lambda package: package != absent)
    (folder / file).write_bytes(b"")
    load(folder, device="cpu")  # tokenizer.json needs none
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EnvironmentProblem, match=says):
        load(folder, device="cpu")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # what DeBERTa's module is made of
def test_a_sentencepiece_vocabulary_is_read_without_tokenizer_json(
    tmp_path: Path,
) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own classes warn on import
        sentencepiece = pytest.importorskip("sentencepiece")
    pytest.importorskip("google.protobuf")
    from transformers import DebertaV2Config, DebertaV2Model

    from tests.encoders.models import SIZES, save, texts

    (tmp_path / "text").write_text("\n".join(texts()))
    sentencepiece.SentencePieceTrainer.train(
        input=str(tmp_path / "text"),
        model_prefix=str(tmp_path / "spm"),
        vocab_size=60,
        pad_id=0,
        unk_id=1,
        bos_id=2,
        eos_id=3,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    folder = save(tmp_path / "it", DebertaV2Model(DebertaV2Config(vocab_size=80, **SIZES)))
    (folder / "tokenizer_config.json").write_text('{"vocab_type": "spm"}')
    shutil.copy(tmp_path / "spm.model", folder / "spm.model")
    loaded = load(folder, device="cpu")
    known = loaded.tokenizer.unk_token_id
    assert known not in loaded.tokenizer("the film was good", add_special_tokens=False)["input_ids"]
    assert resolve(str(folder)).weights_digest
