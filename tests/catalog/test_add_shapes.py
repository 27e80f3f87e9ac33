"""`add` on the layouts a Hub really holds: packed weights, adapters, GGUF, timm, odd cards."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from typing import Any

import pytest

from pick_model.catalog.catalog import Catalog
from pick_model.catalog.draft.add import draft
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_files import CatalogFile
from pick_model.documents.reader import check, parse_yaml
from pick_model.errors import EnvironmentProblem, UsageError
from pick_model.hub import client
from tests.hub import Repo, safetensors, serving

Tensors = Mapping[str, tuple[str, tuple[int, ...]]]
Drafted = Callable[[Repo], tuple[str, Entry]]
LLAMA = {
    "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4,
    "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 256,
    "max_position_embeddings": 1024, "tie_word_embeddings": False,
}  # fmt: skip
LAYER = "model.layers.0."
MATRICES = {  # rows (outputs) and columns (inputs)
    f"{LAYER}self_attn.q_proj": (64, 64),
    f"{LAYER}self_attn.k_proj": (32, 64),
    f"{LAYER}self_attn.v_proj": (32, 64),
    f"{LAYER}self_attn.o_proj": (64, 64),
    f"{LAYER}mlp.gate_proj": (128, 64),
    f"{LAYER}mlp.up_proj": (128, 64),
    f"{LAYER}mlp.down_proj": (64, 128),
}
TABLES = {"model.embed_tokens": (256, 64), "lm_head": (256, 64)}
NORMS = {
    f"{name}.weight": ("BF16", (64,))
    for name in (f"{LAYER}input_layernorm", f"{LAYER}post_attention_layernorm", "model.norm")
}
WHOLE = sum(map(prod, [*MATRICES.values(), *TABLES.values()])) + 3 * 64


def header(tensors: Tensors) -> bytes:
    """A safetensors file's head with these types and shapes."""
    text = json.dumps(
        {n: {"dtype": d, "shape": s, "data_offsets": [0, 0]} for n, (d, s) in tensors.items()}
    ).encode()
    return struct.pack("<Q", len(text)) + text


def plain(shapes: Mapping[str, tuple[int, int]]) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {f"{name}.weight": ("BF16", shape) for name, shape in shapes.items()}


def mlx(bits: int) -> Tensors:
    """Embeddings too; scales and biases for each 32 numbers of a row."""
    packed: dict[str, tuple[str, tuple[int, ...]]] = dict(NORMS)
    for name, (rows, columns) in {**MATRICES, **TABLES}.items():
        packed[f"{name}.weight"] = ("U32", (rows, columns * bits // 32))
        packed[f"{name}.scales"] = packed[f"{name}.biases"] = ("F16", (rows, columns // 32))
    return packed


def gptq(bits: int) -> Tensors:
    packed = {**NORMS, **plain(TABLES)}
    for name, (rows, columns) in MATRICES.items():
        packed[f"{name}.qweight"] = ("I32", (columns * bits // 32, rows))
        packed[f"{name}.qzeros"] = ("I32", (1, rows * bits // 32))
        packed[f"{name}.scales"] = ("F16", (1, rows))
        packed[f"{name}.g_idx"] = ("I32", (columns,))
    return packed


def awq() -> Tensors:
    packed = {**NORMS, **plain(TABLES)}
    for name, (rows, columns) in MATRICES.items():
        packed[f"{name}.qweight"] = ("I32", (columns, rows // 8))
        packed[f"{name}.qzeros"] = ("I32", (1, rows // 8))
        packed[f"{name}.scales"] = ("F16", (1, rows))
    return packed


def bnb4() -> Tensors:
    packed = {**NORMS, **plain(TABLES)}
    for name, (rows, columns) in MATRICES.items():
        packed[f"{name}.weight"] = ("U8", (rows * columns // 2, 1))
        packed[f"{name}.weight.absmax"] = ("U8", (rows * columns // 64,))
        packed[f"{name}.weight.quant_map"] = ("F32", (16,))
        packed[f"{name}.weight.quant_state.bitsandbytes__nf4"] = ("U8", (80,))
    return packed


def bnb8() -> Tensors:
    packed = {**NORMS, **plain(TABLES)}
    for name, shape in MATRICES.items():
        packed[f"{name}.weight"] = ("I8", shape)
        packed[f"{name}.SCB"] = ("F32", (shape[0],))
        packed[f"{name}.weight_format"] = ("U8", ())
    return packed


def fp8() -> Tensors:
    packed = {**NORMS, **plain(TABLES)}
    for name, shape in MATRICES.items():
        packed[f"{name}.weight"] = ("F8_E4M3", shape)
        packed[f"{name}.weight_scale_inv"] = ("F32", (1, 1))
    return packed


def compressed() -> Tensors:
    packed = {**NORMS, **plain(TABLES)}
    for name, (rows, columns) in MATRICES.items():
        packed[f"{name}.weight_packed"] = ("I32", (rows, columns // 8))
        packed[f"{name}.weight_scale"] = ("BF16", (rows, 1))
        packed[f"{name}.weight_shape"] = ("I64", (2,))
    return packed


PACKED: dict[str, tuple[dict[str, Any], Tensors]] = {
    "mlx-4": ({"quantization": {"group_size": 32, "bits": 4}}, mlx(4)),
    "mlx-6": ({"quantization": {"group_size": 32, "bits": 6}}, mlx(6)),
    "gptq-4": ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, gptq(4)),
    "gptq-3": ({"quantization_config": {"quant_method": "gptq", "bits": 3}}, gptq(3)),
    "gptq-8": ({"quantization_config": {"quant_method": "gptq", "bits": 8}}, gptq(8)),
    "awq": ({"quantization_config": {"quant_method": "awq", "w_bit": 4}}, awq()),
    "bnb-4": ({"quantization_config": {"load_in_4bit": True}}, bnb4()),
    "bnb-8": ({"quantization_config": {"load_in_8bit": True}}, bnb8()),
    "fp8": ({"quantization_config": {"quant_method": "fp8"}}, fp8()),
    "compressed": (
        {"quantization_config": {"config_groups": {"group_0": {"weights": {"num_bits": 4}}}}},
        compressed(),
    ),
}


@pytest.fixture
def drafted(catalog: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Drafted:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))

    def make(repo: Repo) -> tuple[str, Entry]:
        with serving({"lab/Thing": repo, repo.renamed or "lab/Thing": repo}) as hub:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            text = draft("lab/Thing", catalog)
        return text, check(parse_yaml(text, "draft"), CatalogFile).models[0]

    return make


def model(
    config: Any = None, tensors: Tensors | None = None, *, card: Any = None, **more: Any
) -> Repo:
    """A repository with these; further files by keyword `files`."""
    files: dict[str, bytes] = dict(more.pop("files", {}))
    if config is not None:
        files["config.json"] = json.dumps(config).encode()
    if tensors is not None:
        files["model.safetensors"] = header(tensors)
    return Repo(files, card=card or {"license": "mit"}, **more)


def line_of(text: str, field: str) -> str:
    return next(line for line in text.splitlines() if line.strip("# ").startswith(f"{field}:"))


@pytest.mark.parametrize("name", PACKED)
def test_packed_weights_count_as_what_they_unpack_to(name: str, drafted: Drafted) -> None:
    settings, tensors = PACKED[name]
    text, entry = drafted(model({**LLAMA, **settings}, tensors))
    assert entry.n_parameters == WHOLE
    assert entry.n_embedding_parameters == 256 * 64
    assert "its weights are quantised" in text
    # what had to be unpacked is derived; eight bits are read off as they lie
    source = "hub-weights" if name in ("bnb-8", "fp8") else "hub-unpacked"
    assert "n_parameters" in entry.sources[source]
    assert "the shape gives" not in text


def test_layers_of_different_widths_are_unpacked_each_by_its_own(drafted: Drafted) -> None:
    wide = f"{LAYER}mlp.down_proj"
    tensors = {**mlx(4), f"{wide}.weight": ("U32", (64, 128 * 8 // 32))}
    settings = {"quantization": {"group_size": 32, "bits": 4, wide: {"bits": 8}}}
    _, entry = drafted(model({**LLAMA, **settings}, tensors))
    assert entry.n_parameters == WHOLE


@pytest.mark.parametrize("settings", [{}, {"quantization_config": {"quant_method": "aqlm"}}])
def test_integers_packed_in_an_unknown_way_are_not_counted(
    settings: dict[str, Any], drafted: Drafted
) -> None:
    text, entry = drafted(model({**LLAMA, **settings}, gptq(4)))
    assert entry.n_parameters is None
    assert "packed in a way that is not known" in line_of(text, "n_parameters")
    assert f"the shape gives {WHOLE - 256 * 64}" in line_of(text, "n_parameters")


def test_the_file_old_gptq_puts_beside_the_configuration_gives_the_bits(drafted: Drafted) -> None:
    beside = {"quantize_config.json": json.dumps({"bits": 4, "group_size": 64}).encode()}
    _, entry = drafted(model(LLAMA, gptq(4), files=beside))
    assert entry.n_parameters == WHOLE


def test_a_header_that_holds_half_the_layers_is_said(drafted: Drafted) -> None:
    text, _ = drafted(model({**LLAMA, "num_hidden_layers": 2}, {**plain(MATRICES), **NORMS}))
    assert "check that the weights are whole" in line_of(text, "n_parameters")
    assert "no table of tokens" in line_of(text, "n_parameters")


ADAPTERS = {
    "peft": ({"adapter_config.json": {"peft_type": "LORA", "base_model_name_or_path": "a/Base"},
              "config.json": {"model_type": "bert", "hidden_size": 768}}, "adapter_model.safetensors",
             {}, "a/Base"),
    "pickled": ({"adapter_config.json": {"peft_type": "IA3", "base_model_name_or_path": "a/Base"}},
                "adapter_model.bin", {}, "a/Base"),
    "diffusers": ({}, "pytorch_lora_weights.safetensors", {"base_model": ["a/Base"]}, "a/Base"),
    "said by the card": ({}, "style.safetensors",
                         {"base_model": "a/Base", "base_model_relation": "adapter"}, "a/Base"),
    "of a path": ({"adapter_config.json": {"base_model_name_or_path": "/home/me/base"}},
                  "adapter_model.safetensors", {"base_model": "a/Base"}, "a/Base"),
    "of nothing": ({"adapter_config.json": {"base_model_name_or_path": 7}},
                   "adapter_model.safetensors", {}, "unnamed"),
}  # fmt: skip


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_adapter_of_an_unknown_base_is_refused_with_the_base(
    name: str, drafted: Drafted
) -> None:
    files, weights, card, base = ADAPTERS[name]
    named = {file: json.dumps(content).encode() for file, content in files.items()}
    named[weights] = safetensors({"x.lora_A.weight": (8, 32)})
    with pytest.raises(UsageError, match="which the catalog does not hold") as caught:
        drafted(Repo(named, card=card, library="peft"))
    assert base in str(caught.value)
    assert caught.value.exit_code == 2


LORA = header({"l.lora_A.weight": ("F32", (8, 1536)), "l.lora_B.weight": ("F32", (1536, 8))})


def over(base: str, **card: object) -> Repo:
    """A LoRA adapter of a base model, as PEFT writes it."""
    settings = json.dumps({"peft_type": "LORA", "base_model_name_or_path": base}).encode()
    files = {"adapter_config.json": settings, "adapter_model.safetensors": LORA}
    return Repo(files, card=card, library="peft")


def test_an_adapter_is_its_base_model_and_its_own_licence(
    catalog: Catalog, drafted: Drafted
) -> None:
    base = catalog.find("qwen2.5-1.5b-instruct")
    text, entry = drafted(over(base.hub_repo or "", license="cc-by-nc-4.0", language="de"))
    assert (entry.adapter, entry.base_model) == (True, base.id)
    assert (entry.license, entry.base_license) == ("CC-BY-NC-4.0", base.license)
    assert entry.licenses == ("CC-BY-NC-4.0", base.license)
    for name in ("n_parameters", "embed_dim", "max_tokens", "shape", "kind", "family", "tasks"):
        assert getattr(entry, name) == getattr(base, name), name
    assert entry.languages == ("de",)
    assert entry.weights == ("safetensors",)
    assert f"LORA) over {base.id}, which adds {2 * 8 * 1536} parameters" in text
    assert "beside the weights" not in text


def test_an_adapter_whose_card_names_neither_language_nor_licence_says_so(
    catalog: Catalog, drafted: Drafted
) -> None:
    base = catalog.find("roberta-base")
    text, entry = drafted(over("FacebookAI/roberta-base"))
    assert entry.license is None
    assert entry.languages == base.languages
    assert "those of the base model" in line_of(text, "languages")
    assert "the card does not say" in line_of(text, "license")


def test_an_adapter_for_a_task_has_the_task_of_the_tag(drafted: Drafted) -> None:
    repo = over("FacebookAI/roberta-base")
    repo.pipeline_tag = "token-classification"
    assert drafted(repo)[1].tasks == ("token-classification",)


def test_an_adapter_with_a_broken_header_is_drafted_without_its_size(drafted: Drafted) -> None:
    repo = over("FacebookAI/roberta-base")
    repo.files["adapter_model.safetensors"] = b"\xff" * 40
    text, entry = drafted(repo)
    assert entry.adapter
    assert "which adds" not in text


def test_an_adapter_of_itself_is_refused(drafted: Drafted) -> None:
    repo = over("FacebookAI/roberta-base")
    repo.renamed = "FacebookAI/roberta-base"
    with pytest.raises(UsageError, match="does not hold"):
        drafted(repo)


def test_an_adapter_beside_whole_weights_is_said_and_the_weights_are_counted(
    drafted: Drafted,
) -> None:
    tensors = {**plain(MATRICES), **plain(TABLES), **NORMS}
    files = {"adapter_config.json": b"{}", "adapter_model.safetensors": header({})}
    text, entry = drafted(
        model(LLAMA, tensors, files={**files, "adapter_config.json": b'{"peft_type": "LORA"}'})
    )
    assert "an adapter lies beside the weights" in text
    assert entry.n_parameters == WHOLE


def test_a_gguf_is_what_its_base_model_is(catalog: Catalog, drafted: Drafted) -> None:
    base = catalog.find("qwen2.5-0.5b")
    text, entry = drafted(
        model(files={"thing-Q8_0.gguf": b"GGUF"}, card={"base_model": base.hub_repo},
              library="gguf", pipeline_tag="text-generation")
    )  # fmt: skip
    assert (entry.kind, entry.family, entry.weights) == ("decoder", base.family, ("gguf",))
    assert (entry.base_model, entry.n_parameters) == (base.id, base.n_parameters)
    assert entry.shape == base.shape
    assert "n_parameters" in entry.sources["hub-base"]
    assert f"as {base.id} has" in line_of(text, "n_parameters")


def test_a_gguf_of_an_unknown_base_is_a_decoder_to_be_checked(drafted: Drafted) -> None:
    text, entry = drafted(
        model(files={"a.gguf": b"GGUF", "b.gguf": b"GGUF"}, card={"base_model": "no/body"},
              library="gguf")
    )  # fmt: skip
    assert (entry.kind, entry.weights, entry.n_parameters) == ("decoder", ("gguf",), None)
    assert "check kind" in line_of(text, "kind")


TIMM = {
    "resnet34": ("cnn", "ResNet"),
    "seresnext50_32x4d": ("cnn", "ResNeXt"),
    "tf_efficientnetv2_s": ("cnn", "EfficientNetV2"),
    "densenet121": ("cnn", "DenseNet"),
    "vit_small_patch16_224": ("vit", "ViT"),
    "deit3_base_patch16_224": ("vit", "DeiT III"),
    "swinv2_tiny_window8_256": ("hierarchical-vit", "SwinV2"),
}


@pytest.mark.parametrize("name", TIMM)
def test_timm_is_an_image_model_of_the_kind_its_name_says(name: str, drafted: Drafted) -> None:
    config = {
        "architecture": name, "num_classes": 10, "num_features": 512,
        "pretrained_cfg": {"input_size": [3, 288, 288]},
    }  # fmt: skip
    tensors: Tensors = {"stem.weight": ("F32", (64, 3, 7, 7)), "fc.weight": ("F32", (10, 512)),
                        "head.fc.bias": ("F32", (10,)), "bn.running_mean": ("F32", (64,))}  # fmt: skip
    text, entry = drafted(
        model(config, tensors, library="timm", pipeline_tag="image-classification")
    )
    assert (entry.kind, entry.family, entry.modality) == (*TIMM[name], "image")
    assert (entry.embed_dim, entry.image_size, entry.languages) == (512, 288, ())
    # timm's totals hold the classifier, and the catalog takes them as they are
    assert entry.n_parameters == 64 * 3 * 49 + 5120 + 10
    assert "to do: with its classifier" in text


@pytest.mark.parametrize(
    ("card", "license_name", "words"),
    [
        ({"license": ["mit", "gpl-3.0"]}, None, "names several, mit, gpl-3.0"),
        ({"license": ["mit"]}, "MIT", ""),
        ({"license": ["mit", "mit"]}, "MIT", ""),
        ({"license": "other", "license_name": "gemma"}, "gemma", ""),
        ({"license": "other", "license_name": "acme-terms", "license_link": "https://acme.example"},
         None, "says 'acme-terms' (https://acme.example), which is not registered"),
        ({"license": "other"}, None, "says 'other', which"),
        ({"license": {"name": "mit"}}, None, "does not say"),
        ({}, None, "does not say"),
    ],
)  # fmt: skip
def test_a_licence_is_one_registered_name_or_null_with_what_the_card_says(
    card: dict[str, Any], license_name: str | None, words: str, drafted: Drafted
) -> None:
    text, entry = drafted(model(LLAMA, card={"x": 1, **card}))
    assert entry.license == license_name
    assert words in line_of(text, "license")


MODERN = {
    "model_type": "modernbert", "hidden_size": 64, "num_hidden_layers": 1,
    "num_attention_heads": 4, "intermediate_size": 96, "vocab_size": 256,
    "max_position_embeddings": 8192,
}  # fmt: skip
MODERN_TENSORS = {
    "model.embeddings.tok_embeddings.weight": (256, 64),
    "model.embeddings.norm.weight": (64,),
    "model.layers.0.attn.Wqkv.weight": (192, 64),
    "model.layers.0.attn.Wo.weight": (64, 64),
    "model.layers.0.mlp.Wi.weight": (192, 64),
    "model.layers.0.mlp.Wo.weight": (64, 96),
    "model.final_norm.weight": (64,),
}
# head and table of each family's pretraining or task, none of the backbone's
ENDS = {
    "modernbert": {"head.dense.weight": (64, 64), "head.norm.weight": (64,), "decoder.bias": (256,)},
    "bert": {"cls.predictions.bias": (256,), "cls.seq_relationship.weight": (2, 64)},
    "roberta": {"lm_head.dense.weight": (64, 64), "lm_head.bias": (256,)},
    "distilbert": {"vocab_transform.weight": (64, 64), "vocab_projector.bias": (256,)},
    "electra": {"discriminator_predictions.dense.weight": (64, 64)},
    "deberta-v2": {"lm_predictions.lm_head.dense.weight": (64, 64),
                   "mask_predictions.dense.weight": (64, 64)},
    "xlnet": {"lm_loss.weight": (256, 64), "logits_proj.weight": (2, 64)},
    "flaubert": {"pred_layer.proj.weight": (256, 64)},
}  # fmt: skip


@pytest.mark.parametrize("model_type", ENDS)
def test_the_head_of_pretraining_is_no_part_of_the_backbone(
    model_type: str, drafted: Drafted
) -> None:
    whole = {**MODERN_TENSORS, **ENDS[model_type]}
    text, entry = drafted(
        model({**MODERN, "model_type": model_type, "tie_word_embeddings": False},
              files={"model.safetensors": safetensors(whole)})
    )  # fmt: skip
    assert entry.n_parameters == sum(map(prod, MODERN_TENSORS.values()))
    assert entry.n_embedding_parameters == 256 * 64
    left_out = {name.split(".")[0] for name in ENDS[model_type]}
    assert f"without {', '.join(sorted(left_out))}" in line_of(text, "n_parameters")


def test_the_stack_of_an_encoder_decoder_is_counted_and_its_shared_table_once(
    drafted: Drafted,
) -> None:
    config = {"model_type": "bart", "d_model": 64, "encoder_layers": 1, "decoder_layers": 1,
              "vocab_size": 256, "max_position_embeddings": 512}  # fmt: skip
    shapes = {
        "model.shared.weight": (256, 64),
        "model.encoder.embed_tokens.weight": (256, 64),
        "model.decoder.embed_tokens.weight": (256, 64),
        "model.decoder.layers.0.fc1.weight": (64, 64),
        "lm_head.weight": (256, 64),
    }
    _, entry = drafted(model(config, files={"model.safetensors": safetensors(shapes)}))
    assert entry.kind == "encoder-decoder"
    assert entry.n_parameters == 256 * 64 + 64 * 64
    assert entry.n_embedding_parameters == 256 * 64


def test_the_writing_part_of_a_vision_language_model_gives_shape_and_limit(
    drafted: Drafted,
) -> None:
    config = {
        "model_type": "llava",
        "text_config": {**LLAMA, "model_type": "llama"},
        "vision_config": {"hidden_size": 32, "num_hidden_layers": 9, "image_size": 336},
    }
    text, entry = drafted(model(config, card={"license": "mit", "language": "en"}))
    assert (entry.kind, entry.modality) == ("vision-language", "image-text")
    assert (entry.shape.hidden_size, entry.shape.n_layers) == (64, 1)
    assert (entry.max_tokens, entry.image_size, entry.embed_dim) == (1024, 336, None)
    assert "of the part that writes" in text


def test_an_unknown_model_with_an_image_tower_is_no_text_encoder(drafted: Drafted) -> None:
    config = {"model_type": "brandnew", "text_config": LLAMA, "vision_config": {"image_size": 224}}
    text, entry = drafted(model(config))
    assert entry.modality == "image-text"
    assert "check kind and modality" in line_of(text, "kind")


@pytest.mark.parametrize(
    ("classes", "tag", "kind"),
    [
        (["ShinyForCausalLM"], None, "decoder"),
        (["ShinyForSeq2SeqLM"], None, "encoder-decoder"),
        (None, "object-detection", "detector"),
        (None, "text-to-image", "diffusion"),
        (None, "text-to-speech", "speech-generator"),
        (None, "depth-estimation", "depth-estimator"),
        (None, "video-classification", "video-encoder"),
        (None, "time-series-forecasting", "forecaster"),
        (None, "tabular-classification", "tabular-transformer"),
        (None, None, "encoder"),
    ],
)
def test_an_unknown_model_type_is_guessed_by_its_class_or_tag_and_is_to_be_checked(
    classes: list[str] | None, tag: str | None, kind: str, drafted: Drafted
) -> None:
    config = {"model_type": "shiny", "architectures": classes, "auto_map": {"AutoModel": "m.M"}}
    text, entry = drafted(model(config, pipeline_tag=tag))
    assert entry.kind == kind
    assert "check kind and modality: model_type 'shiny' is not known" in text
    assert "runs code of the repository (auto_map: m.M)" in text


def test_a_sentence_model_is_read_where_its_modules_say(drafted: Drafted) -> None:
    config = {"model_type": "roberta", "hidden_size": 64, "num_hidden_layers": 1,
              "num_attention_heads": 4, "vocab_size": 256, "max_position_embeddings": 514}  # fmt: skip
    parts = [
        {"path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
        {"path": "2_Dense", "type": "sentence_transformers.models.Dense"},
    ]
    _, entry = drafted(
        Repo(
            {
                "modules.json": json.dumps(parts).encode(),
                "sentence_bert_config.json": b'{"max_seq_length": 128}',
                "0_Transformer/config.json": json.dumps(config).encode(),
                "0_Transformer/model.safetensors": safetensors(
                    {"embeddings.word_embeddings.weight": (256, 64), "pooler.weight": (64, 64)}
                ),
                "2_Dense/config.json": b'{"in_features": 64, "out_features": 24}',
            },
            library="sentence-transformers",
        )
    )
    assert (entry.kind, entry.embed_dim, entry.max_tokens) == ("sentence-encoder", 24, 128)
    assert entry.n_parameters == 256 * 64 + 64 * 64
    assert entry.weights == ("safetensors",)


def test_a_cross_encoder_is_no_sentence_encoder(drafted: Drafted) -> None:
    config = {"model_type": "bert", "architectures": ["BertForSequenceClassification"]}
    _, entry = drafted(model(config, library="sentence-transformers", pipeline_tag="text-ranking"))
    assert (entry.kind, entry.tasks) == ("cross-encoder", ("text-ranking",))


@pytest.mark.parametrize(
    ("library", "tags", "kind"),
    [
        ("PyLate", [], "late-interaction"),
        ("gliner", [], "label-encoder"),
        ("sentence-transformers", ["sparse-encoder"], "sparse-encoder"),
        ("sentence-transformers", ["cross-encoder"], "cross-encoder"),
        ("sentence-transformers", [], "sentence-encoder"),
        ("transformers", [], "encoder"),
    ],
)
def test_encoders_that_compare_texts_are_told_from_plain_ones(
    library: str, tags: list[str], kind: str, drafted: Drafted
) -> None:
    repo = model({"model_type": "bert"}, library=library, tags=tuple(tags))
    assert drafted(repo)[1].kind == kind


def test_a_table_of_514_positions_takes_512_tokens(drafted: Drafted) -> None:
    for model_type in ("roberta", "data2vec-text", "xlm-roberta-xl"):
        _, entry = drafted(model({"model_type": model_type, "max_position_embeddings": 514}))
        assert entry.max_tokens == 512


@pytest.mark.parametrize(
    ("given", "base", "words"),
    [
        (["google-bert/bert-base-uncased"], "bert-base-uncased", ""),
        (["google-bert/bert-base-uncased", "a/b"], None, "names several: google-bert/bert-base"),
        ("lab/Thing", None, "names the model itself"),
        ("no/body", None, "the card says no/body, which the catalog does not hold"),
        ({"name": "x"}, None, "is no name"),
    ],
)
def test_a_base_model_is_an_entry_or_a_to_do(
    given: Any, base: str | None, words: str, drafted: Drafted
) -> None:
    text, entry = drafted(model(LLAMA, card={"base_model": given}))
    assert entry.base_model == base
    assert words in line_of(text, "base_model")


def test_a_name_the_catalog_has_for_another_repository_is_not_taken_again(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    with serving({"lab/roberta-base": model(LLAMA)}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        text = draft("lab/roberta-base", catalog)
    assert "id: lab-roberta-base  # to do: roberta-base is FacebookAI/roberta-base" in text


def test_a_renamed_repository_is_said(drafted: Drafted) -> None:
    text, entry = drafted(model(LLAMA, renamed="lab/Other"))
    assert entry.hub_repo == "lab/Other"
    assert "lab/Thing is called lab/Other now" in text


def test_text_of_any_plane_is_written_so_that_yaml_reads_it_back(drafted: Drafted) -> None:
    names = ["a \U0001f600 set", "\u4e2d\u6587", 'say "it"', "back\\slash", "half \ud83d"]
    _, entry = drafted(model(LLAMA, card={"datasets": names}))
    assert [c.name for c in entry.pretraining.corpora] == [*names[:4], "half \ufffd"]


def test_weights_of_every_format_are_told_and_by_products_are_none(drafted: Drafted) -> None:
    names = ("pytorch_model.bin", "optimizer.pt", "onnx/model.onnx", "tf_model.h5", "x/deep.bin")
    _, entry = drafted(model(LLAMA, files=dict.fromkeys(names, b"")))
    assert entry.weights == ("pickle", "onnx", "other")
    _, entry = drafted(model(LLAMA, files={"training_args.bin": b"", "rng_state.pth": b""}))
    assert entry.weights is None


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (b"[1, 2]", "holds a list, not an object"),
        (b'"bert"', "holds 'bert', not an object"),
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"1" * 10_000, "is not JSON"),
        (DEEP, "nests too deep"),
    ],
)
def test_a_configuration_that_is_none_is_an_environment_problem(
    config: bytes, words: str, drafted: Drafted
) -> None:
    with pytest.raises(EnvironmentProblem, match=words) as caught:
        drafted(Repo({"config.json": config}))
    assert caught.value.exit_code == 4


def framed(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x01\x02\x03",
        struct.pack("<Q", 1 << 60),
        framed(b"[1, 2]"),
        framed(b"not json"),
        framed(DEEP),
        framed(b'{"a": 5}'),
        framed(b'{"a": {"dtype": "F32"}}'),
        framed(b'{"a": {"dtype": "F32", "shape": "12", "data_offsets": [0, 4]}}'),
        framed(b'{"a": {"dtype": "F32", "shape": [-3], "data_offsets": [0, 4]}}'),
        framed(b'{"a": {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 4]}}'),
        framed(b'{"a": {"dtype": ["F32"], "shape": [2], "data_offsets": [0, 4]}}'),
        framed(b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": 7}}'),
    ],
)
def test_a_header_that_cannot_be_read_is_an_environment_problem(
    content: bytes, drafted: Drafted
) -> None:
    with pytest.raises(EnvironmentProblem, match=r"the header of model\.safetensors"):
        drafted(model(LLAMA, files={"model.safetensors": content}))


@pytest.mark.parametrize(
    ("index", "words"),
    [
        ([], "has no weight_map"),
        ({"weight_map": ["a"]}, "has no weight_map"),
        ({"weight_map": {}}, "has no weight_map"),
        ({"weight_map": {"a": "gone.safetensors"}}, "which lab/Thing does not hold"),
        ({"weight_map": {"a": "../../other/repo/x.safetensors"}}, "which lab/Thing does not hold"),
        ({"weight_map": {"a": "pytorch_model.bin"}}, "which is no safetensors"),
        ({"weight_map": {"a": 7}}, "which lab/Thing does not hold"),
    ],
)
def test_an_index_names_safetensors_of_its_own_repository(
    index: Any, words: str, drafted: Drafted
) -> None:
    files = {
        "model.safetensors.index.json": json.dumps(index).encode(),
        "model-1-of-1.safetensors": safetensors({"a": (2,)}),
        "pytorch_model.bin": b"",
    }
    with pytest.raises(EnvironmentProblem, match=words):
        drafted(model(LLAMA, files=files))


def test_shards_without_an_index_are_read_together(drafted: Drafted) -> None:
    files = {
        "model-00001-of-00002.safetensors": header({**plain(MATRICES), **NORMS}),
        "model-00002-of-00002.safetensors": header(plain(TABLES)),
    }
    _, entry = drafted(model(LLAMA, files=files))
    assert entry.n_parameters == WHOLE


def test_dimensions_that_cannot_be_are_left_out_and_said(drafted: Drafted) -> None:
    config = {**LLAMA, "hidden_size": 10**30, "vocab_size": "256", "num_hidden_layers": -4,
              "max_position_embeddings": 10**15}  # fmt: skip
    text, entry = drafted(model(config, {"model.embed_tokens.weight": ("F32", (2**40, 2**40))}))
    assert (entry.shape.hidden_size, entry.shape.vocab_size, entry.max_tokens) == (None, None, None)
    assert "which cannot be" in line_of(text, "shape")
    assert entry.n_parameters is None
    assert "adds up to" in line_of(text, "n_parameters")


WRONG: list[Any] = [None, True, -1, 10**30, 1.5, float("nan"), "", "x" * 5000, "a\nb: c",
                    "\ud800", [], {}, [None], {"a": [1]}]  # fmt: skip
KEYS = ("model_type", "architectures", "auto_map", "quantization_config", "text_config",
        "vision_config", "image_size", "tie_word_embeddings", "hidden_size", "encoder")  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_value_of_a_wrong_type_in_a_configuration_stays_harmless(
    key: str, drafted: Drafted
) -> None:
    for n, value in enumerate(WRONG):
        repo = model({**LLAMA, key: value}, plain(TABLES))
        repo.sha = f"{n:040x}"  # another commit, or the cache would answer
        text, _ = drafted(repo)
        assert "\nb: c" not in text


@pytest.mark.parametrize(
    "key", ["license", "license_name", "language", "datasets", "base_model", "base_model_relation"]
)
def test_a_value_of_a_wrong_type_in_a_card_stays_harmless(key: str, drafted: Drafted) -> None:
    for value in WRONG:
        text, _ = drafted(model(LLAMA, card={"license": "other", key: value}))
        assert "\nb: c" not in text


@pytest.mark.parametrize("fault", [ValueError("x"), AttributeError("x"), RecursionError("x")])
def test_an_answer_the_client_stumbles_over_is_an_environment_problem(
    fault: Exception, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Client:
        def model_info(self, *_: object, **__: object) -> None:
            raise fault

    monkeypatch.setattr(client, "_api", Client)
    with pytest.raises(EnvironmentProblem, match="not what the Hub sends"):
        draft("lab/Thing", catalog)


def test_an_openclip_model_is_a_dual_encoder_with_its_own_configuration(drafted: Drafted) -> None:
    settings = {"model_cfg": {"embed_dim": 640, "vision_cfg": {"image_size": 240}}}
    files = {
        "open_clip_config.json": json.dumps(settings).encode(),
        "open_clip_model.safetensors": safetensors({"visual.proj": (64, 640)}),
    }
    _, entry = drafted(Repo(files, library="open_clip"))
    assert (entry.kind, entry.modality, entry.embed_dim) == ("dual-encoder", "image-text", 640)
    assert (entry.image_size, entry.n_parameters) == (240, 64 * 640)
    assert entry.weights == ("safetensors",)


def test_a_pipeline_of_diffusers_is_no_text_encoder(drafted: Drafted) -> None:
    files = {
        "model_index.json": b"{}",
        "unet/config.json": b"{}",
        "unet/diffusion_pytorch_model.safetensors": safetensors({"a": (2,)}),
    }
    _, entry = drafted(Repo(files, library="diffusers", pipeline_tag="text-to-image"))
    assert (entry.kind, entry.modality, entry.tasks) == (
        "diffusion",
        "image-text",
        ("text-to-image",),
    )
    assert (entry.weights, entry.n_parameters) == (("safetensors",), None)


def test_blocks_of_four_bit_floats_hold_two_to_a_byte(drafted: Drafted) -> None:
    tensors: Tensors = {
        "model.embed_tokens.weight": ("BF16", (256, 64)),
        "model.layers.0.mlp.experts.up_proj_blocks": ("U8", (4, 32, 2, 16)),
        "model.layers.0.mlp.experts.up_proj_scales": ("U8", (4, 32, 2)),
    }
    config = {**LLAMA, "num_local_experts": 4, "quantization_config": {"quant_method": "mxfp4"}}
    _, entry = drafted(model(config, tensors))
    assert entry.n_parameters == 256 * 64 + 2 * 4 * 32 * 2 * 16
