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
