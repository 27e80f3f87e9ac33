"""`add` fills in what the Hub states, leaves null where it does not, and survives its faults."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import pytest

from pick_model.catalog.catalog import Catalog
from pick_model.catalog.draft.add import draft, entry_id_of
from pick_model.catalog.draft.text import appended
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_files import CatalogFile
from pick_model.documents.reader import check, parse_yaml
from pick_model.errors import EnvironmentProblem, InputError, PickModelError, UsageError
from tests.hub import FAULTS, Repo, safetensors, serving

BERT_TENSORS = {
    "bert.embeddings.word_embeddings.weight": (30522, 768),
    "bert.embeddings.position_ids": (1, 512),
    "bert.encoder.layer.0.attention.self.query.weight": (768, 768),
    "bert.pooler.dense.weight": (768, 768),
    "cls.predictions.transform.dense.weight": (768, 768),
}
BERT = Repo(
    files={
        "config.json": json.dumps(
            {"model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12,
             "num_attention_heads": 12, "intermediate_size": 3072, "vocab_size": 30522,
             "max_position_embeddings": 512, "type_vocab_size": 2}
        ).encode(),
        "model.safetensors": safetensors(BERT_TENSORS),
        "pytorch_model.bin": b"",
    },
    card={"license": "apache-2.0", "language": ["en", "multilingual"], "datasets": ["bookcorpus"],
          "base_model": "google-bert/bert-base-uncased"},
    pipeline_tag="fill-mask",
)  # fmt: skip
VIT_TENSORS = {
    "vit.embeddings.patch_embeddings.projection.weight": (768, 3, 16, 16),
    "classifier.weight": (1000, 768),
}
VIT = Repo(
    files={
        "config.json": json.dumps(
            {"model_type": "vit", "hidden_size": 768, "num_hidden_layers": 12,
             "num_attention_heads": 12, "intermediate_size": 3072, "image_size": 224,
             "patch_size": 16}
        ).encode(),
        "model.safetensors": safetensors(VIT_TENSORS),
    },
    card={"license": "other", "license_name": "our-own-terms"},
    pipeline_tag="image-classification",
)  # fmt: skip
WAV2VEC = Repo(
    files={
        "config.json": json.dumps(
            {"model_type": "wav2vec2", "hidden_size": 768, "num_hidden_layers": 12,
             "num_attention_heads": 12, "intermediate_size": 3072, "vocab_size": 32}
        ).encode(),
        "preprocessor_config.json": json.dumps({"sampling_rate": 16000}).encode(),
        "pytorch_model.bin": b"",
    },
    card={"license": "apache-2.0", "language": "en", "datasets": ["librispeech_asr"]},
    pipeline_tag="automatic-speech-recognition",
)  # fmt: skip
CLIP_TENSORS = {
    "text_model.embeddings.token_embedding.weight": (49408, 512),
    "vision_model.embeddings.patch_embedding.weight": (768, 3, 32, 32),
    "logit_scale": (),
}
CLIP = Repo(
    files={
        "config.json": json.dumps(
            {"model_type": "clip", "projection_dim": 512,
             "text_config": {"hidden_size": 512, "max_position_embeddings": 77,
                             "num_hidden_layers": 12, "vocab_size": 49408},
             "vision_config": {"hidden_size": 768, "num_hidden_layers": 12, "image_size": 224,
                               "num_attention_heads": 12, "intermediate_size": 3072,
                               "patch_size": 32}}
        ).encode(),
        "model.safetensors": safetensors(CLIP_TENSORS),
    },
    card={"license": "mit", "language": "en"},
    pipeline_tag="zero-shot-image-classification",
)  # fmt: skip
LLAMA_TENSORS = {
    "model.embed_tokens.weight": (32000, 512),
    "model.layers.0.self_attn.q_proj.weight": (512, 512),
    "lm_head.weight": (32000, 512),
}
SHARDS = [{name: LLAMA_TENSORS[name]} for name in LLAMA_TENSORS]
LLAMA = Repo(
    files={
        "config.json": json.dumps(
            {"model_type": "llama", "hidden_size": 512, "num_hidden_layers": 8,
             "num_attention_heads": 8, "num_key_value_heads": 2, "intermediate_size": 1408,
             "vocab_size": 32000, "max_position_embeddings": 4096, "tie_word_embeddings": False}
        ).encode(),
        **{f"model-{n}-of-3.safetensors": safetensors(shard) for n, shard in enumerate(SHARDS)},
        "model.safetensors.index.json": json.dumps(
            {"metadata": {}, "weight_map": {
                name: f"model-{n}-of-3.safetensors"
                for n, shard in enumerate(SHARDS) for name in shard}}
        ).encode(),
    },
    card={"license": "llama3.1", "language": ["en", "de"]},
    pipeline_tag="text-generation",
    gated="manual",
)  # fmt: skip
REPOS = {"org/Bert": BERT, "org/vit": VIT, "org/w2v": WAV2VEC, "org/clip": CLIP, "org/llama": LLAMA}


@pytest.fixture(autouse=True)
def _own_hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)


def drafted(hub_id: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Entry]:
    with serving(REPOS) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        text = draft(hub_id, catalog)
    return text, check(parse_yaml(text, "draft"), CatalogFile).models[0]


def size(tensors: dict[str, Any], *left_out: str) -> int:
    """Parameters in a header, but for the tensors whose names start so."""
    return sum(prod(s) for n, s in tensors.items() if not n.startswith(left_out or ("\0",)))


def test_a_bert_is_read_from_config_header_and_card(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, entry = drafted("org/Bert", catalog, monkeypatch)
    assert (entry.id, entry.hub_repo, entry.revision) == ("bert", "org/Bert", BERT.sha)
    assert (entry.kind, entry.modality, entry.family) == ("encoder", "text", "bert")
    assert "token-classification" in entry.tasks
    assert (entry.license, entry.languages) == ("Apache-2.0", ("en",))
    assert "the card also says multilingual" in text
    # neither the head nor the position ids, which are a buffer
    expected = size(BERT_TENSORS, "cls", "bert.embeddings.position_ids")
    assert entry.n_parameters == expected == 30522 * 768 + 2 * 768 * 768
    assert entry.n_embedding_parameters == 30522 * 768
    assert (entry.max_tokens, entry.embed_dim, entry.shape.n_token_types) == (512, 768, 2)
    assert [corpus.name for corpus in entry.pretraining.corpora] == ["bookcorpus"]
    assert entry.base_model == "bert-base-uncased"
    assert entry.weights == ("safetensors", "pickle")


def test_a_vit_with_an_unregistered_licence_gets_null_and_a_to_do(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, entry = drafted("org/vit", catalog, monkeypatch)
    assert (entry.kind, entry.image_size, entry.shape.patch_size) == ("vit", 224, 16)
    assert entry.shape.n_positions == (224 // 16) ** 2 + 1
    assert entry.languages == ()
    assert entry.license is None
    assert "license: null  # to do: the card says 'our-own-terms', which is not registered" in text
    assert entry.n_parameters == size(VIT_TENSORS, "classifier")


def test_a_wav2vec_without_safetensors_has_no_parameter_count(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, entry = drafted("org/w2v", catalog, monkeypatch)
    assert (entry.kind, entry.modality) == ("speech-encoder", "audio")
    assert entry.sample_rate_hz == 16000
    assert entry.n_parameters is None
    line = next(line for line in text.splitlines() if "n_parameters" in line)
    assert "no safetensors header to count from; the shape gives 94369792" in line
    assert entry.weights == ("pickle",)


def test_a_clip_tells_its_image_tower_and_the_limits_of_its_text_tower(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, entry = drafted("org/clip", catalog, monkeypatch)
    assert (entry.kind, entry.modality) == ("dual-encoder", "image-text")
    assert (entry.shape.hidden_size, entry.shape.n_positions) == (768, (224 // 32) ** 2 + 1)
    assert (entry.embed_dim, entry.max_tokens, entry.image_size) == (512, 77, 224)
    assert entry.n_parameters == size(CLIP_TENSORS)
    assert entry.n_embedding_parameters == 49408 * 512


def test_a_sharded_gated_decoder_counts_its_own_output_table(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, entry = drafted("org/llama", catalog, monkeypatch)
    assert (entry.kind, entry.shape.gated_ffn, entry.shape.n_kv_heads) == ("decoder", True, 2)
    assert entry.n_parameters == size(LLAMA_TENSORS)
    assert (entry.license, entry.languages) == ("llama3.1", ("en", "de"))
    assert "gated" in text


def test_every_filled_field_names_its_source_and_the_date_is_never_guessed(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hub_id in REPOS:
        text, entry = drafted(hub_id, catalog, monkeypatch)
        assert entry.release_date is None
        assert "the repository is of 2022-03-02" in text
        named = {field for fields in entry.sources.values() for field in fields}
        for field in ("license", "languages", "n_parameters", "shape", "max_tokens"):
            empty = (None, ()) if field != "languages" else (None,)
            assert (getattr(entry, field) not in empty) == (field in named), (hub_id, field)


def test_hostile_metadata_stays_text(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    nasty = Repo(
        files={"config.json": json.dumps({"model_type": "x\n  license: MIT", "hidden_size": -5,
                                          "vocab_size": True}).encode()},
        card={"license": 'mit"\n- id: evil', "language": ["no", "#", 7],
              "datasets": ["a: b", "no", "- x\ny", "[", "\u202e"]},
    )  # fmt: skip
    with serving({"org/nasty": nasty}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        text = draft("org/nasty", catalog)
    models = check(parse_yaml(text, "draft"), CatalogFile).models
    assert [entry.id for entry in models] == ["nasty"]
    assert models[0].license is None
    assert models[0].languages == ("no",)
    assert models[0].shape.hidden_size is None
    assert [c.name for c in models[0].pretraining.corpora] == [
        "a: b",
        "no",
        "- x\ny",
        "[",
        "\u202e",
    ]


TOLD = [
    ("slow", "did not answer in time"),
    ("401", "refuses access"),
    ("403", "refuses access"),
    ("404", "knows no model"),
    ("429", "429"),
    ("500", "500"),
    ("gated", "accept terms"),
    ("truncated", "broke off"),
    ("garbage", "is not JSON"),
    ("not-json", "not what the Hub sends"),
]


@pytest.mark.parametrize(("fault", "words"), TOLD)
def test_a_fault_of_the_hub_is_an_environment_problem_with_advice(
    fault: str, words: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(REPOS, fault) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(EnvironmentProblem, match=words) as caught:
            draft("org/Bert", catalog, timeout=0.5)
    assert caught.value.exit_code == 4
    assert caught.value.hint


def test_every_fault_of_the_server_is_tried() -> None:
    assert {fault for fault, _ in TOLD} == set(FAULTS)


def test_a_hub_that_is_down_and_offline_mode_are_told_apart(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(REPOS) as hub:
        address = hub.url
    monkeypatch.setenv("HF_ENDPOINT", address)  # nobody listens there any more
    with pytest.raises(EnvironmentProblem, match="cannot be reached"):
        draft("org/Bert", catalog)
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EnvironmentProblem, match="offline mode") as caught:
        draft("org/Bert", catalog)
    assert "HF_HUB_OFFLINE" in str(caught.value)


def test_an_unknown_revision_or_name_is_said_so(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(REPOS) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(EnvironmentProblem, match="no revision 'v9'"):
            draft("org/Bert", catalog, revision="v9")
        with pytest.raises(PickModelError, match="no name of a Hub repository"):
            draft("a/b/c", catalog)


def test_a_token_is_sent(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub.utils import build_hf_headers

    monkeypatch.setenv("HF_TOKEN", "hf_test")
    assert build_hf_headers()["authorization"] == "Bearer hf_test"  # the client's own habit
    with serving(REPOS) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        draft("org/Bert", catalog)
    assert "Bearer hf_test" in hub.tokens


@pytest.mark.parametrize(
    ("hub_id", "entry_id"),
    [
        ("google-bert/bert-base-uncased", "bert-base-uncased"),
        ("timm/ResNet50.a1_in1k", "resnet50.a1_in1k"),
        ("org/-odd", "odd"),
    ],
)
def test_an_id_is_the_last_part_in_lower_case(hub_id: str, entry_id: str) -> None:
    assert entry_id_of(hub_id) == entry_id


@pytest.mark.parametrize("indent", ["", "  "], ids=["flush", "indented"])
def test_a_draft_is_appended_and_nothing_else_changes(
    indent: str, tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.yaml"
    before = (
        f"# ours\nschema_version: 1\nmodels:\n{indent}- id: ours  # keep\n{indent}  family: bert\n"
        f"{indent}  kind: encoder\n{indent}  modality: text\n{indent}  tasks: [fill-mask]\n"
    )
    file.write_text(before, encoding="utf-8")
    text, entry = drafted("org/Bert", catalog, monkeypatch)
    joined = appended(text, file)
    assert joined.startswith(before)
    assert check(parse_yaml(joined, "x"), CatalogFile).models[1] == entry
    file.write_text(joined, encoding="utf-8")
    with pytest.raises(UsageError, match="already"):
        appended(text, file)


def test_a_file_whose_models_do_not_stand_last_is_left_alone(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("models: []\nban:\n- {id: gpt2, reason: no}\n", encoding="utf-8")
    text, _ = drafted("org/Bert", catalog, monkeypatch)
    with pytest.raises(InputError, match="stand last"):
        appended(text, file)
