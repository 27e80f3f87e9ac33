"""A catalog of seven models with evidence that sets them apart, and the year it lives through.

The gate's tests and the page `docs/gate-year.md` run on it, so that neither changes when an
entry of the shipped catalog does.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pick_model.catalog.compile import compile_catalog
from pick_model.catalog.shipped import packed

# id, parameters, layers, width, licence, base model, what follows it
MODELS = (
    ("acme-large", 335_000_000, 24, 1024, "MIT", None),
    ("acme-base", 110_000_000, 12, 768, "MIT", None),
    ("acme-small", 33_000_000, 6, 384, "Apache-2.0", "acme-base"),
    ("acme-tiny", 14_000_000, 4, 312, "CC-BY-NC-4.0", None),
    ("borg-base", 125_000_000, 12, 768, "MIT", "borg-web"),
    ("borg-web", 124_000_000, 12, 768, "CC-BY-NC-4.0", None),
    ("cyan-base", 86_000_000, 12, 768, None, None),
)
COMMITS = {model[0]: f"{n:02x}" * 20 for n, model in enumerate(MODELS, start=10)}
# Mean accuracy over the benchmarks; one order throughout, so that the evidence is plain.
SCORES = {
    "acme-large": 0.950,
    "acme-base": 0.940,
    "borg-base": 0.925,
    "borg-web": 0.900,
    "acme-small": 0.880,
    "cyan-base": 0.850,
    "acme-tiny": 0.780,
}
BENCHMARKS = {f"bench-{n}": (n - 12) / 400 for n in range(1, 25)}  # harder or easier than the mean
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

    changes: fields laid over entries; arrivals: new entries, made like acme-base, with
    their mean accuracy.
    """
    source = folder / "source"
    (source / "models").mkdir(parents=True, exist_ok=True)
    (source / "sources").mkdir(exist_ok=True)
    (source / "evidence").mkdir(exist_ok=True)
    scores = {**SCORES, **(arrivals or {})}
    entries = [_entry(*model) for model in MODELS]
    entries += [_entry(name, 110_000_000, 12, 768, "MIT", None) for name in arrivals or {}]
    for entry in entries:
        entry.update((changes or {}).get(entry["id"], {}))
    _write(source / "models" / "text.yaml", {"schema_version": 1, "models": entries})
    _write(
        source / "sources" / "paper.yaml",
        {"schema_version": 1, "sources": {"paper": {"title": "A paper", "basis": "published"}}},
    )
    _write(
        source / "benchmarks.yaml",
        {
            "schema_version": 1,
            "benchmarks": [
                {
                    "id": name,
                    "name": name,
                    "task": "text-classification",
                    "modality": "text",
                    "languages": ["en"],
                    "n_labels": 12,
                    "n_rows": 8000,
                    "input_tokens": 40,
                    "chance": 1 / 12,
                }
                for name in BENCHMARKS
            ],
        },
    )
    (source / "hardware.yaml").write_text(HARDWARE, encoding="utf-8")
    lines = ["entry,benchmark,metric,score,split,protocol,conditions,n_runs,source"]
    lines += [
        f"{name},{benchmark},accuracy,{score + ease:.4f},test,fine-tune,,5,paper"
        for name, score in scores.items()
        for benchmark, ease in BENCHMARKS.items()
    ]
    (source / "evidence" / "paper.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ranking, _ = compile_catalog(source)
    shipped = folder / "shipped.json"
    shipped.write_text(packed(ranking), encoding="utf-8")
    return shipped


def _entry(
    name: str, parameters: int, layers: int, width: int, license: str | None, base: str | None
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
        "pretraining": {"data_size": 3.3e9, "data_unit": "words"},
        "weights": ["safetensors"],
    }
    if base is not None:
        entry["base_model"] = base
    return {key: value for key, value in entry.items() if value is not None}


def _write(path: Path, plain: dict[str, Any]) -> None:
    import json

    path.write_text(json.dumps(plain, indent=1), encoding="utf-8")  # JSON is YAML
