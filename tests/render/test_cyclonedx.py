"""A locked model as a bill of materials that CycloneDX's own schema takes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pick_model.vocabulary.licenses import LICENSES, is_spdx
from tests.cli.conftest import Run
from tests.gate.bench import Bench, compiled_in
from tests.gate.world import COMMITS
from tests.hub import Repo, serving
from tests.render.pages import TICKETS

spdx = pytest.importorskip("cyclonedx.spdx", reason="cyclonedx-python-lib is not installed")
DAY = ("--today", "2027-03-01")


def valid(text: str) -> dict[str, Any]:
    """The document, once the strict schema of CycloneDX 1.6 has taken it."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert fault is None, str(fault)[:2000]
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    return compiled_in(tmp_path_factory.mktemp("catalogs"))


@pytest.fixture
def bench(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    compiled: Callable[..., Path],
) -> Bench:
    return Bench(tmp_path, monkeypatch, capsys, compiled)


def test_a_locked_model_has_commit_licence_bases_and_data(run: Run) -> None:
    words = [
        "lock",
        str(TICKETS),
        "mxbai-embed-large-v1",
        "--offline",
        "-f",
        "cyclonedx",
        "-o",
        "-",
    ]
    done = run(*words, *DAY)
    assert done.code == 0, done.err
    told = valid(done.out)
    model = told["metadata"]["component"]
    assert model["type"] == "machine-learning-model"
    assert model["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert model["purl"] == f"pkg:huggingface/mixedbread-ai/mxbai-embed-large-v1@{model['version']}"
    assert "no digest of the weights" in done.err
    assert run(*words, *DAY).out == done.out  # the same bytes


def test_datasets_and_base_models_are_components_that_the_model_refers_to(run: Run) -> None:
    done = run(
        "lock", str(TICKETS), "distilroberta-base", "--offline", "-f", "cyclonedx", "-o", "-"
    )
    told = valid(done.out)
    refs = {one["bom-ref"]: one["type"] for one in told["components"]}
    bases = [ref for ref, kind in refs.items() if kind == "machine-learning-model"]
    assert bases == ["model:roberta-base"]
    assert told["dependencies"][0]["dependsOn"] == bases
    models = [told["metadata"]["component"], *told["components"]]
    used = {
        data["ref"]
        for one in models
        for data in one.get("modelCard", {}).get("modelParameters", {}).get("datasets", ())
    }
    assert used
    assert used == {ref for ref, kind in refs.items() if kind == "data"}


def test_the_weights_of_an_adapter_and_of_its_base_have_their_digests(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = Repo(
        files={"adapter_config.json": b"{}", "adapter_model.safetensors": b"over"},
        sha=COMMITS["acme-small"],
    )
    base = Repo(
        files={"config.json": b"{}", "model.safetensors": b"under", "optimizer.bin": b"no"},
        sha=COMMITS["acme-tutor"],
    )
    with serving({"acme/small": adapter, "acme/tutor": base}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        done = bench.run("lock", "task.yaml", "acme-small", "-f", "cyclonedx", *DAY)
    assert done.code == 0, done.err
    told = valid((bench.folder / "pick-model.cdx.json").read_text(encoding="utf-8"))
    models = [told["metadata"]["component"], *told["components"]]
    files = {
        (one["name"], file["name"]): file["hashes"][0]["content"]
        for one in models
        for file in one.get("components", ())
    }
    assert files == {
        ("acme-small", "adapter_model.safetensors"): hashlib.sha256(b"over").hexdigest(),
        ("acme-tutor", "model.safetensors"): hashlib.sha256(b"under").hexdigest(),
    }
    assert {"name": "pick-model:adapter", "value": "true"} in models[0]["properties"]
    assert not (bench.folder / "pick-model.lock").exists()


def test_what_a_probe_measured_is_a_metric_of_the_card(bench: Bench) -> None:
    report = bench.probe(score=0.9, half=0.01)
    words = ["lock", "task.yaml", "acme-base", "--offline", "--probe", report]
    done = bench.run(*words, "-f", "cyclonedx", "-o", "-", *DAY)
    card = valid(done.out)["metadata"]["component"]["modelCard"]
    (metric,) = card["quantitativeAnalysis"]["performanceMetrics"]
    assert (metric["type"], float(metric["value"])) == ("accuracy", 0.9)
    assert float(metric["confidenceInterval"]["upperBound"]) == pytest.approx(0.91)


@pytest.mark.parametrize("license", [None, "llama3", "CC-BY-NC-4.0"])
def test_any_licence_is_written_as_the_schema_takes_it(license: str | None, bench: Bench) -> None:
    bench.catalog({"acme-base": {"license": license, "revision": None}})
    done = bench.run("lock", "task.yaml", "acme-base", "--offline", "-f", "cyclonedx", "-o", "-")
    model = valid(done.out)["metadata"]["component"]
    kind = "name" if license == "llama3" else "id"
    want = [{"license": {kind: license}}] if license else None
    assert model.get("licenses") == want
    assert "version" not in model
    assert "pinned to no commit" in done.err


@pytest.mark.parametrize("name", LICENSES)
def test_spdx_s_own_list_says_which_licences_are_of_it(name: str) -> None:
    assert is_spdx(name) == spdx.is_supported_id(name)
