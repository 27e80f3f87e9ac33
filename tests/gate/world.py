"""A catalog of seven models that differ in what they were trained on, and in little else.

The gate's tests and the page `docs/gate-year.md` run on it, so that neither changes when an
entry of the shipped catalog does. The task of `bench.py` weighs pretraining data alone, and the
catalog knows that exactly, so that the ranking does not depend on how evidence is pooled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pick_model.catalog.compile import compile_catalog
from pick_model.catalog.shipped import packed

# id, parameters, layers, width, licence, base model, tokens seen
MODELS = (
    ("acme-large", 335_000_000, 24, 1024, "MIT", None, 1e12),
    ("acme-base", 110_000_000, 12, 768, "MIT", None, 1e12),
    ("acme-small", 33_000_000, 6, 384, "Apache-2.0", "acme-tutor", 2e10),
    ("acme-tutor", 90_000_000, 12, 768, "Apache-2.0", None, 5e10),
    ("acme-tiny", 14_000_000, 4, 312, "CC-BY-NC-4.0", None, 1e9),
    ("borg-base", 125_000_000, 12, 768, "MIT", "borg-web", 4e11),
    ("borg-web", 124_000_000, 12, 768, "CC-BY-NC-4.0", None, 6e11),
    ("cyan-base", 86_000_000, 12, 768, None, None, 5e10),
)
COMMITS = {model[0]: f"{n:02x}" * 20 for n, model in enumerate(MODELS, start=10)}
TOP_GROUP = ("acme-base", "acme-large", "borg-base")
HARDWARE = """\
schema_version: 1
hardware:
- id: nvidia-t4
  kind: gpu
  memory_gib: 16
  bandwidth_gb_s: 320
  fp32_tflops: 8.1
  fp16_tflops: 65
- id: cpu-8-core
  kind: cpu
  memory_gib: 32
  fp32_tflops: 0.8
"""


def write_catalog(
    folder: Path,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
    arrivals: Mapping[str, float] | None = None,
) -> Path:
    """Compile the world's catalog into `folder` and return the file the program reads.

    changes: fields laid over entries; arrivals: new entries, made like acme-base, with the
    tokens they have seen.
    """
    source = folder / "source"
    (source / "models").mkdir(parents=True, exist_ok=True)
    (source / "sources").mkdir(exist_ok=True)
    entries = [_entry(*model) for model in MODELS]
    entries += [
        _entry(name, 110_000_000, 12, 768, "MIT", None, seen)
        for name, seen in (arrivals or {}).items()
    ]
    for entry in entries:
        entry.update((changes or {}).get(entry["id"], {}))
    _write(source / "models" / "text.yaml", {"schema_version": 1, "models": entries})
    _write(
        source / "sources" / "paper.yaml",
        {"schema_version": 1, "sources": {"paper": {"title": "A paper", "basis": "published"}}},
    )
    _write(source / "benchmarks.yaml", {"schema_version": 1, "benchmarks": []})
    (source / "hardware.yaml").write_text(HARDWARE, encoding="utf-8")
    ranking, _ = compile_catalog(source)
    shipped = folder / "shipped.jsonl"
    shipped.write_text(packed(ranking), encoding="utf-8")
    return shipped


def _entry(
    name: str,
    parameters: int,
    layers: int,
    width: int,
    license: str | None,
    base: str | None,
    seen: float,
) -> dict[str, Any]:
    size = name.partition("-")[2]
    entry: dict[str, Any] = {
        "id": name,
        "hub_repo": f"{name.partition('-')[0]}/{size}",
        "revision": COMMITS.get(name, "abcdef0123" * 4),
        "family": name.partition("-")[0],
        "kind": "encoder",
        "modality": "text",
        "tasks": ["text-classification"],
        "languages": ["en"],
        "license": license,
        "release_date": "2023-05",
        "n_parameters": parameters,
        "n_embedding_parameters": 30522 * width,
        "max_tokens": 512,
        "shape": {
            "n_layers": layers,
            "hidden_size": width,
            "n_heads": 12,
            "intermediate_size": 4 * width,
            "vocab_size": 30522,
        },
        "pretraining": {"data_seen": seen, "data_seen_unit": "tokens"},
        "weights": ["safetensors"],
    }
    if base is not None:
        entry["base_model"] = base
    return {key: value for key, value in entry.items() if value is not None}


def _write(path: Path, plain: dict[str, Any]) -> None:
    path.write_text(json.dumps(plain, indent=1), encoding="utf-8")  # JSON is YAML
