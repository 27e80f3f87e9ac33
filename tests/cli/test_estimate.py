"""`pick-model estimate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pick_model.documents.base import adapter
from pick_model.documents.estimate import CostReport
from tests.cli.conftest import Run
from tests.hub import Repo, serving

BERT = {
    "model_type": "bert",
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "vocab_size": 30522,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
}


def report(text: str) -> CostReport:
    return adapter(CostReport).validate_json(text)


def estimated(run: Run, *words: str) -> CostReport:
    done = run("estimate", *words, "--format", "json")
    assert done.code == 0, done.err
    return report(done.out)


def test_the_account_names_every_part_and_what_it_rests_on(run: Run) -> None:
    found = estimated(run, "bert-base-uncased", "--hardware", "nvidia-t4")
    assert found.fits == "yes"
    assert found.origin == "catalog"
    assert set(found.parts) == {
        *("weights", "gradients", "optimizer", "activations", "layer_at_work", "framework"),
    }
    assert found.estimates["training_memory_gib"].basis == "traced"
    surely, perhaps = found.largest_batch_surely, found.largest_batch_perhaps
    assert surely is not None
    assert perhaps is not None
    assert surely <= (found.largest_batch or 0) <= perhaps
    assert set(found.traced_with) == {"torch", "transformers"}


def test_what_does_not_fit_comes_with_what_to_change_and_where_it_would(run: Run) -> None:
    found = estimated(run, "bert-base-uncased", "--batch", "512", "--length", "512")
    assert found.fits == "no"
    assert found.alternatives
    assert found.alternatives[0].settings
    assert found.smallest_machine is not None
    assert "training-over-memory" in [m.code for m in found.advice_messages]
    table = run("estimate", "bert-base-uncased", "--batch", "512", "--length", "512").out
    assert "does not fit" in table
    assert "fits with" in table


def test_the_largest_batch_names_its_attention_and_tells_the_other(run: Run) -> None:
    """BERT-large at 384 tokens in fp32: NVIDIA ran 10 on 32 GB, in TensorFlow and eagerly."""
    machine = ("--hardware", "nvidia-v100-32gb", "--dtype", "fp32")
    asked = ("bert-large-uncased", *machine, "--length", "384", "--batch", "10")
    fused, eager = estimated(run, *asked).largest_batches
    assert (fused.attention, eager.attention) == ("fused", "eager")
    assert (fused.expected or 0) > (eager.expected or 0)
    assert (eager.surely or 0) <= 10 <= (eager.perhaps or 0) <= 2.5 * (eager.surely or 0)
    found = estimated(run, *asked, "--attention", "eager")
    assert found.largest_batches == (eager, fused)
    assert found.largest_batch == eager.expected
    said = " ".join(run("estimate", *asked).out.split())
    assert f"{eager.expected} [{eager.surely}–{eager.perhaps}] with eager attention" in said
    here = " ".join(run("estimate", "bert-base-uncased", "--hardware", "cpu-8-core").out.split())
    assert "] with fused or eager attention" in here  # a processor drops scores by no kernel
    (only,) = estimated(run, "deberta-v3-base").largest_batches  # there is no fused one
    assert only.attention == "eager"


def test_more_devices_than_rows_are_told_to_stand_idle(run: Run) -> None:
    few, many = (
        estimated(run, "bert-base-uncased", "--batch", "8", "--hardware", f"{count}x nvidia-t4")
        for count in (8, 9999)
    )
    assert few.estimates["training_hours"] == many.estimates["training_hours"]
    assert "devices-idle" not in [m.code for m in few.advice_messages]
    assert "a batch of 8 rows trains no faster on 9999x-nvidia-t4 than on 8 of its devices" in (
        many.advice
    )


@pytest.mark.parametrize("model", ["lightgcn", "ace-step-v1-3.5b", "potion-base-8m", "bilstm"])
def test_a_figure_that_is_missing_has_its_reason(model: str, run: Run) -> None:
    found = estimated(run, model)
    codes = {m.code for m in found.advice_messages}
    assert "training_memory_gib" in found.estimates or codes & {"no-parameter-count", "no-trace"}
    assert "training_hours" in found.estimates or codes & {"no-parameter-count", "no-flops"}


def test_a_recommender_is_as_large_as_its_data_and_says_so(run: Run) -> None:
    small, large = (
        estimated(run, "lightgcn", "--task", "item-recommendation", "--rows", n)
        for n in ("1000000", "10000000")
    )
    memory = "training_memory_gib"
    assert small.estimates[memory].value < large.estimates[memory].value
    codes = {m.code for m in large.advice_messages}
    assert "sized-by-interactions" in codes
    assert "no-parameter-count" not in codes


def test_of_a_card_with_two_gpus_one_counts(run: Run) -> None:
    """10.6 GiB fit neither of a Tesla M60's two, of 8 GiB each, nor one of a K80's, surely."""
    asked = ("modernbert-base", "--length", "8000", "--batch", "1")
    found = estimated(run, *asked)
    assert found.estimates["training_memory_gib"].value > 8
    assert found.smallest_machine not in (None, "nvidia-m60", "nvidia-k80")
    assert estimated(run, *asked, "--hardware", "nvidia-m60").fits == "no"


def test_a_folder_with_a_configuration_is_estimated_without_weights(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "my-bert"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(BERT), encoding="utf-8")
    own = estimated(run, str(folder), "--task", "text-classification")
    same = estimated(run, "bert-base-uncased", "--task", "text-classification")
    assert own.origin == "folder"
    assert own.n_parameters == pytest.approx(same.n_parameters, rel=0.01)
    for name, figure in same.estimates.items():
        assert own.estimates[name].value == pytest.approx(figure.value, rel=0.02)


def test_a_hub_repository_is_estimated_from_its_configuration(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("huggingface_hub")
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    repo = Repo(files={"config.json": json.dumps(BERT).encode()})
    with serving({"org/my-bert": repo}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        found = estimated(run, "org/my-bert")
        assert not [path for path in hub.requests if "safetensors" in path and "resolve" in path]
    assert (found.origin, found.built_like) == ("hub", "bert")
    assert found.estimates["training_memory_gib"].basis == "traced"


def test_the_formats_say_the_same(run: Run) -> None:
    words = ("estimate", "bert-base-uncased")
    document = report(run(*words, "-f", "json").out)
    text = run(*words, "-f", "markdown").out
    assert text.startswith("## bert-base-uncased")
    amount = document.estimates["training_memory_gib"].value
    assert f"{amount:.3g}" in text
    assert f"{amount:.3g}" in run(*words).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bert-base-uncasd",), "bert-base-uncased"),
        (("bert-base-uncased", "--hardware", "nvidia-t5"), "nvidia-t4"),
        (("bert-base-uncased", "--batch", "0"), "batch_size"),
        (("bert-base-uncased", "--batch", "-3"), "batch_size"),
        (("bert-base-uncased", "--length", "-1"), "input_tokens"),
        (("bert-base-uncased", "--length", "nan"), "--length"),
        (("bert-base-uncased", "--epochs", "inf"), "epochs"),
        (("bert-base-uncased", "--task", "telepathy"), "task"),
        (("bert-base-uncased", "--method", "magic"), "--method"),
        (("deberta-v3-base", "--attention", "fused"), "no fused attention"),
        (("bert-base-uncased", "--task", "image-classification"), "reads image, not text"),
        (("bert-base-uncased", "--hardware", "8x nvidia-h100"), "nvidia-h100-sxm"),
    ],
)
def test_absurd_settings_are_refused(words: tuple[str, ...], said: str, run: Run) -> None:
    done = run("estimate", *words)
    assert done.code == 2
    assert said in done.err


def test_a_folder_without_a_configuration_is_told(run: Run, tmp_path: Path) -> None:
    done = run("estimate", str(tmp_path))
    assert done.code == 2
    assert "config.json" in done.err


def in_folder(folder: Path, config: object) -> str:
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return str(folder)


VIT = {
    "model_type": "vit",
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "image_size": 224,
    "patch_size": 16,
}
LLAMA = BERT | {"model_type": "llama", "num_key_value_heads": 4}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (BERT | {"hidden_size": -1}, "hidden_size -1"),
        (BERT | {"hidden_size": 768.5}, "hidden_size 768.5"),
        (BERT | {"hidden_size": float("nan")}, "hidden_size nan"),
        (BERT | {"hidden_size": "wide"}, "hidden_size 'wide'"),
        (BERT | {"hidden_size": True}, "hidden_size True"),
        (BERT | {"hidden_size": {}}, "hidden_size {}"),
        (BERT | {"num_hidden_layers": 0}, "num_hidden_layers 0"),
        (BERT | {"num_hidden_layers": 10**6}, "num_hidden_layers 1000000"),
        (BERT | {"num_attention_heads": 0}, "num_attention_heads 0"),
        (BERT | {"num_attention_heads": [12, 0]}, "num_attention_heads [12, 0]"),
        (BERT | {"num_attention_heads": 7}, "hidden_size 768 / num_attention_heads 7"),
        (BERT | {"intermediate_size": -4}, "intermediate_size -4"),
        (BERT | {"vocab_size": 0}, "vocab_size 0"),
        (BERT | {"max_position_embeddings": 10**12}, "max_position_embeddings 1000000000000"),
        (LLAMA | {"num_key_value_heads": 5}, "num_attention_heads 12 / num_key_value_heads 5"),
        (VIT | {"patch_size": 0}, "patch_size 0"),
        (VIT | {"patch_size": 64, "image_size": 32}, "patch_size 64 > image_size 32"),
        (VIT | {"image_size": -224}, "image_size -224"),
        (VIT | {"image_size": "big"}, "image_size 'big'"),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_be_is_refused_with_what_is_wrong(
    config: object, said: str, run: Run, tmp_path: Path
) -> None:
    done = run("estimate", in_folder(tmp_path, config))
    assert done.code == 2
    assert f"says {said}, which cannot be" in " ".join(done.err.split())
    assert not done.out


@pytest.mark.parametrize(
    "config",
    [BERT, LLAMA, VIT, VIT | {"image_size": [224, 224]}, BERT | {"type_vocab_size": 0},
     BERT | {"max_position_embeddings": -1}, {**BERT, "head_dim": 64, "num_attention_heads": 7}],
)  # fmt: skip
def test_what_configurations_do_write_is_not_refused(
    config: object, run: Run, tmp_path: Path
) -> None:
    found = estimated(run, in_folder(tmp_path, config))
    assert found.estimates["training_memory_gib"].value > 0


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        ("hidden_size", "shape-unknown"),
        ("num_hidden_layers", "shape-unknown"),
        ("num_attention_heads", "shape-assumed"),
        ("intermediate_size", "shape-assumed"),
    ],
)
def test_what_a_configuration_leaves_out_is_told(
    left_out: str, code: str, run: Run, tmp_path: Path
) -> None:
    config = {key: value for key, value in BERT.items() if key != left_out}
    found = estimated(run, in_folder(tmp_path, config))
    assert code in [m.code for m in found.advice_messages]
    assert ("training_memory_gib" in found.estimates) is (code == "shape-assumed")


def test_an_empty_configuration_has_no_figures_and_a_reason(run: Run, tmp_path: Path) -> None:
    found = estimated(run, in_folder(tmp_path, {}))
    assert "training_memory_gib" not in found.estimates
    assert {"no-parameter-count", "shape-unknown"} <= {m.code for m in found.advice_messages}


def test_a_hub_configuration_that_cannot_be_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("huggingface_hub")
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    repo = Repo(files={"config.json": json.dumps(BERT | {"hidden_size": -1}).encode()})
    with serving({"org/my-bert": repo}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = run("estimate", "org/my-bert")
    assert done.code == 2
    assert "org/my-bert/config.json: says hidden_size -1" in " ".join(done.err.split())


@pytest.mark.parametrize(
    ("model", "length", "said"),
    [
        ("bert-base-uncased", "8000", "reads 512 tokens of 8000"),
        ("clip-vit-base-patch32", "500", "reads 77 tokens of 500"),
        ("whisper-small", "60", "reads 30 s of 60"),
        ("ast-finetuned-audioset-10-10-0.4593", "60", "reads 10.24 s of 60"),
        ("vit-base-patch16-224", "1024", "scales images of 1024 pixels a side to 224"),
    ],
)
def test_an_input_beyond_what_the_model_takes_is_told(
    model: str, length: str, said: str, run: Run
) -> None:
    def figures(length: str) -> dict[str, float]:
        found = estimated(run, model, "--length", length)
        return {name: figure.value for name, figure in found.estimates.items()}

    longer = estimated(run, model, "--length", length)
    assert said in longer.advice
    assert figures(length) == figures(str(float(length) * 2))  # it reads no more of more


@pytest.mark.parametrize(
    ("model", "length"),
    [
        *(("bert-base-uncased", "512"), ("whisper-small", "30"), ("wav2vec2-base", "600")),
        *(("vit-base-patch16-224", "224"), ("resnet50.a1_in1k", "1024")),
    ],
)
def test_an_input_that_is_read_whole_is_not_remarked_on(model: str, length: str, run: Run) -> None:
    codes = {m.code for m in estimated(run, model, "--length", length).advice_messages}
    assert not codes & {"reads-first", "reads-seconds", "scales-images"}


def test_a_network_without_attention_is_told_without_one(run: Run) -> None:
    found = estimated(run, "resnet-50", "--hardware", "nvidia-t4")
    assert found.setting.attention is None
    assert found.largest_batches == ()
    assert found.largest_batch
    shown = run("estimate", "resnet-50", "--hardware", "nvidia-t4").out
    assert "attention" not in shown
    assert f"largest batch at once {found.largest_batch:,} [" in shown


def test_frozen_layers_are_alive_while_they_work_and_what_is_unknown_has_no_batch(run: Run) -> None:
    frozen = estimated(run, "resnet-50", "--method", "frozen", "--hardware", "nvidia-t4")
    assert frozen.parts["layer_at_work"].value > 0
    full = estimated(run, "resnet-50", "--hardware", "nvidia-t4")
    assert (full.largest_batch or 0) < (frozen.largest_batch or 0) < 100_000
    unknown = estimated(run, "alexnet", "--method", "frozen", "--hardware", "nvidia-t4")
    assert unknown.estimates["training_memory_gib"].value > 0
    assert unknown.largest_batch is None
