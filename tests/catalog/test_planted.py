"""Forty mistakes of the kinds that people make, each put into the shipped catalog: all are found.

Each is one record of the catalog with one field changed, or one or two rows of a table. What
finds it is named, so that a check that stops working shows, and not its neighbour.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pick_model.catalog.reader import CatalogRecords, read_catalog
from tests.catalog.planting import (
    ValidationError,
    found_in,
    swapped,
    with_cells,
    with_record,
    with_twin,
)

ROOT = Path(__file__).parents[2]
TODAY = date.today().isoformat()
Plant = Callable[[CatalogRecords], CatalogRecords]


@pytest.fixture(scope="module")
def shipped() -> CatalogRecords:
    return read_catalog(ROOT / "catalogs").whole()


def entry(name: str, **change: object) -> Plant:
    """Fields of an entry set; a double underscore goes inwards, None takes a field out."""
    return lambda records: with_record(records, "entries", name, _dotted(change))


def benchmark(name: str, **change: object) -> Plant:
    return lambda records: with_record(records, "benchmarks", name, change)


def machine(name: str, **change: object) -> Plant:
    return lambda records: with_record(records, "hardware", name, change)


def row(name: str, on: str, source: str, **cells: str) -> Plant:
    return lambda records: with_cells(records, (name, on, source), cells)


def cited(name: str, wrong: str) -> Plant:
    """The first source of an entry put down as another that is declared."""

    def plant(records: CatalogRecords) -> CatalogRecords:
        [placed] = [p for p in records.entries if p.value.id == name]
        first, *others = placed.raw["sources"].items()
        return with_record(
            records, "entries", name, {"sources": dict([(wrong, first[1]), *others])}
        )

    return plant


def _dotted(change: dict[str, object]) -> dict[str, object]:
    return {name.replace("__", "."): value for name, value in change.items()}


# What is wrong, how it is planted, the check that finds it, and the id it names.
MISTAKES: list[tuple[str, Plant, str, str]] = [
    ("multiply-adds for FLOPs on a CNN",
     entry("resnet101.a1_in1k", forward__flops=7.8e9), "siblings", "resnet101.a1_in1k"),
    ("multiply-adds for FLOPs on a detector",
     entry("rtdetr_r50vd", forward__flops=6.8e10), "siblings", "rtdetr_r50vd"),
    ("thousands for parameters, without a shape",
     entry("yolo11m", n_parameters=20100), "ranges", "yolo11m"),
    ("parameters that its name contradicts",
     entry("qwen2.5-7b", n_parameters=761561600), "sizes", "qwen2.5-7b"),
    ("a small model larger than its base",
     entry("dinov2-small", n_parameters=122056544), "sizes", "dinov2-small"),
    ("parameters of another size, without a shape",
     entry("segformer-b4-finetuned-ade-512-512", n_parameters=641083740), "siblings",
     "segformer-b4-finetuned-ade-512-512"),
    ("a date before the architecture",
     entry("upernet-swin-tiny", release_date="2018-07"), "dates", "upernet-swin-tiny"),
    ("a date before the base model",
     entry("smolvlm2-2.2b-instruct", release_date="2023-11"), "dates", "smolvlm2-2.2b-instruct"),
    ("a date before the family",
     entry("yi-1.5-9b", release_date="2021-05"), "dates", "yi-1.5-9b"),
    ("a date that the paper it rests on contradicts",
     entry("starcoder2-3b", release_date="2024-09"), "dates", "starcoder2-3b"),
    ("a date after a table with its scores",
     entry("ced-small", release_date="2025-02"), "dates", "ced-small"),
    ("a date that its name contradicts",
     entry("qwen3-30b-a3b-instruct-2507", release_date="2026-05"), "dates",
     "qwen3-30b-a3b-instruct-2507"),
    ("a fraction divided by a hundred",
     row("glm-ocr", "omnidocbench-1.5", "ev-dots-mocr", score="0.0004"), "outliers", "glm-ocr"),
    ("an error where accuracy stands",
     row("electra-small-discriminator", "glue-mnli", "ev-electra", score="0.187"), "outliers",
     "electra-small-discriminator"),
    ("a tenth of a score",
     row("deberta-large", "glue-stsb", "ev-deberta", score="0.0928"), "outliers", "deberta-large"),
    ("ten times an error rate",
     row("voxtral-small-24b-2507", "covost2-de", "ev-open-asr", score="0.343"), "outliers",
     "voxtral-small-24b-2507"),
    ("two columns of a table swapped",
     lambda records: swapped(
         records, ("bert-large-uncased", "ev-deberta"), "glue-cola", "glue-sst2"),
     "columns", "bert-large-uncased"),
    ("percent for a fraction",
     row("xlm-roberta-base", "banglue-ner", "ev-banglabert", score="73.32"), "scores",
     "xlm-roberta-base"),
    ("the wrong metric for a benchmark",
     row("klue-roberta-base", "klue-mrc", "ev-klue", metric="spearman"), "scores",
     "klue-roberta-base"),
    ("few-shot filed as fine-tuning",
     row("bge-base-en-v1.5", "banking77", "ev-mteb", protocol="fine-tune"), "evidence",
     "bge-base-en-v1.5"),
    ("one test score among those of dev",
     row("resnet50.a1_in1k", "imagenet-1k", "ev-timm", split="dev"), "evidence",
     "resnet50.a1_in1k"),
    ("Javanese for Japanese",
     entry("bert-base-japanese-v3", languages=["jv"]), "names", "bert-base-japanese-v3"),
    ("English for Chinese, by the code in its name",
     entry("bge-base-zh-v1.5", languages=["en"]), "names", "bge-base-zh-v1.5"),
    ("German for a model tuned on an English one",
     entry("e5-base-v2", languages=["de"], base_model="bert-base-uncased"), "bases", "e5-base-v2"),
    ("a benchmark in Chinese said to be English",
     benchmark("xnli-zh", languages=["en"]), "names", "xnli-zh"),
    ("a length beyond the positions",
     entry("xlm-roberta-base", max_tokens=8192), "ranges", "xlm-roberta-base"),
    ("a length beyond that of the base model",
     entry("zephyr-7b-beta", max_tokens=1048576), "bases", "zephyr-7b-beta"),
    ("the width of the large model on a base one",
     entry("hubert-base-ls960", embed_dim=1024), "ranges", "hubert-base-ls960"),
    ("bytes called tokens",
     entry("xlm-roberta-base", pretraining__data_unit="tokens",
           pretraining__data_seen=6.3e9), "data", "xlm-roberta-base"),
    ("minutes for hours of a corpus",
     entry("wavlm-base", pretraining__corpora=[
         {"name": "LibriSpeech", "size": 57600, "unit": "hours"}]), "data", "wavlm-base"),
    ("minutes for hours of hardware",
     entry("bert-base-uncased", pretraining__hardware_hours=5760), "data", "bert-base-uncased"),
    ("a licence freer than the family's",
     entry("segformer-b4-finetuned-ade-512-512", license="MIT"), "licences",
     "segformer-b4-finetuned-ade-512-512"),
    ("a base model of another shape",
     entry("bart-large-mnli", base_model="bart-base"), "bases", "bart-large-mnli"),
    ("an encoder filed as a decoder",
     entry("camembert-base", kind="decoder"), "families", "camembert-base"),
    ("a segmenter filed as a detector",
     entry("mask2former-swin-tiny-ade-semantic", kind="detector"), "siblings",
     "mask2former-swin-tiny-ade-semantic"),
    ("a repository misspelt",
     entry("bert-base-uncased", hub_repo="google-bert/bert-base-uncasd"), "names",
     "bert-base-uncased"),
    ("a successor that is older",
     entry("bge-m3", superseded_by="all-minilm-l6-v2"), "dates", "bge-m3"),
    ("an entry written twice under another spelling",
     lambda records: with_twin(records, "all-minilm-l6-v2", {
         "id": "all_minilm_l6_v2", "hub_repo": None, "aliases": None}),
     "duplicates", "all_minilm_l6_v2"),
    ("the sparse peak of an H100",
     machine("nvidia-h100-sxm", bf16_tflops=1979.0, fp16_tflops=1979.0), "machines",
     "nvidia-h100-sxm"),
    ("a citation that tells of another model",
     cited("mask2former-swin-tiny-ade-semantic", "gen-card-codegen"), "citations",
     "mask2former-swin-tiny-ade-semantic"),
]  # fmt: skip

# Kinds that passed unseen when others planted them.
UNSEEN_BEFORE: list[tuple[str, Plant, str, str]] = [
    ("the width of the base model on a small sentence encoder",
     entry("e5-small-v2", embed_dim=768), "ranges", "e5-small-v2"),
    ("multiply-adds on a CNN of a family that ranges widely",
     entry("regnety_016.tv2_in1k", forward__flops=1.63e9), "siblings", "regnety_016.tv2_in1k"),
    ("a date before the corpus",
     entry("clip-vit-b-32-laion2b-s34b-b79k", release_date="2021-12"), "dates",
     "clip-vit-b-32-laion2b-s34b-b79k"),
    ("a licence freer than the family's, of models that are not on the Hub",
     entry("yolov8n", license="MIT"), "licences", "yolov8n"),
    ("the neighbours' language",
     entry("norbert3-base", languages=["sv"]), "siblings", "norbert3-base"),
    ("a repository of another maker in a family that others train further",
     entry("deberta-v3-base", hub_repo="google/deberta-v3-base"), "siblings", "deberta-v3-base"),
    ("accuracy where correlations are told",
     row("bert-base-uncased", "glue-stsb", "ev-distil", metric="accuracy"), "scores",
     "bert-base-uncased"),
    ("a successor without a source",
     entry("gte-base", superseded_by="gte-base-en-v1.5", sources={
         "text-mteb": ["n_parameters"]}), "sources", "gte-base"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("plant", "check", "subject"),
    [m[1:] for m in (*MISTAKES, *UNSEEN_BEFORE)],
    ids=[m[0] for m in (*MISTAKES, *UNSEEN_BEFORE)],
)
def test_a_mistake_in_the_shipped_catalog_is_found(
    shipped: CatalogRecords, plant: Plant, check: str, subject: str
) -> None:
    found = {(problem.check, problem.subject) for problem in found_in(plant(shipped), TODAY, check)}
    assert (check, subject) in found, found


def test_without_a_mistake_nothing_is_found(shipped: CatalogRecords) -> None:
    assert found_in(shipped, TODAY) == []


def test_there_are_forty_of_them_and_each_is_another(shipped: CatalogRecords) -> None:
    assert len(MISTAKES) == len({what for what, *_ in MISTAKES}) == 40


def test_what_a_schema_forbids_cannot_even_be_planted(shipped: CatalogRecords) -> None:
    with pytest.raises(ValidationError):
        with_record(shipped, "entries", "gpt2", {"n_parameters": 1.5})
