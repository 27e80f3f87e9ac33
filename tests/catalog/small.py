"""A catalog small enough to read, in which every check has something to look at."""

from __future__ import annotations

from pathlib import Path

MODELS = """\
schema_version: 1
models:
- id: small-bert
  hub_repo: org/small-bert
  aliases: [sb]
  family: bert
  kind: encoder
  modality: text
  tasks: [text-classification, fill-mask]
  languages: [en]
  license: CC-BY-NC-4.0
  release_date: "2020-02"
  n_parameters: 109482240
  n_embedding_parameters: 23440896
  embed_dim: 768
  max_tokens: 512
  shape:
    n_layers: 12
    hidden_size: 768
    intermediate_size: 3072
    n_heads: 12
    vocab_size: 30522
    n_positions: 512
    n_token_types: 2
  pretraining:
    objective: masked-language-modelling
    data_seen: 1.0e+11
    data_seen_unit: tokens
    compute_flop: 5.16e+19
  sources:
    paper: [languages, license, release_date, hub_repo, pretraining]
    config: [embed_dim, max_tokens, shape, n_parameters, n_embedding_parameters]
- id: tuned-bert
  family: bert
  kind: encoder
  modality: text
  tasks: [text-classification]
  languages: [en]
  license: CC-BY-NC-4.0
  release_date: "2021"
  n_parameters: 110000000
  base_model: small-bert
  sources:
    paper: [languages, license, n_parameters, base_model]
    history: [release_date]
- id: small-vit
  family: ViT
  kind: vit
  modality: image
  tasks: [image-classification]
  languages: []
  n_parameters: 86567656
  image_size: 224
  shape: {n_layers: 12, hidden_size: 768, intermediate_size: 3072, n_heads: 12, patch_size: 16}
  forward:
    flops: 3.52e+10
    image_size: 224
  pretraining:
    data_seen: 1.0e+9
    data_seen_unit: images
    compute_flop: 1.06e+20
  sources:
    paper: [languages, n_parameters, image_size, shape, forward, pretraining]
"""
SOURCES = """\
schema_version: 1
sources:
  paper:
    title: A paper on BERT and ViT
    url: https://example.org/paper
    license: CC-BY-4.0
    basis: published
  config:
    title: A configuration of BERT
    version: "2020"
    basis: measured
  history:
    title: History of a repository of BERT
    url: https://example.org/history
    basis: published
    note: Uploaded on 2021-05-03.
"""
BENCHMARKS = """\
schema_version: 1
benchmarks:
- id: sentiment
  name: Sentiment
  task: text-classification
  modality: text
  languages: [en]
  n_labels: 2
  chance: 0.5
  source: paper
"""
HARDWARE = """\
schema_version: 1
hardware:
- id: a-gpu
  kind: gpu
  memory_gib: 16
  fp32_tflops: 8.1
  release_date: "2018-09-13"
  sources:
    paper: [memory_gib, fp32_tflops, release_date]
"""
EVIDENCE = """\
entry,benchmark,metric,score,split,protocol,conditions,n_runs,source
small-bert,sentiment,accuracy,0.91,test,fine-tune,,3,paper
tuned-bert,sentiment,accuracy,0.93,test,fine-tune,,,paper
"""
EXCEPTIONS = """\
schema_version: 1
exceptions:
- check: parameters
  id: odd-bert
  reason: It counts a second tower.
"""
ODD = """\
schema_version: 1
models:
- id: odd-bert
  family: bert
  kind: encoder
  modality: text
  tasks: [fill-mask]
  n_parameters: 300000001
  shape: {n_layers: 2, hidden_size: 128, n_heads: 2, vocab_size: 30522, n_positions: 512}
  sources:
    config: [n_parameters, shape]
"""
FILES = {
    "models/models.yaml": MODELS,
    "models/odd.yaml": ODD,
    "sources/sources.yaml": SOURCES,
    "benchmarks.yaml": BENCHMARKS,
    "hardware.yaml": HARDWARE,
    "evidence/scores.csv": EVIDENCE,
    "exceptions.yaml": EXCEPTIONS,
}


def write_small(folder: Path) -> Path:
    """The catalog's files under a folder."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replace text that stands once; the line it starts on."""
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
