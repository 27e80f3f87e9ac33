"""Thirteen applications: would a specialist nod at the shortlist?

Each profile names what a specialist would expect to see among the first ten, and what must
not stand there at all; both follow from published practice, not from what the program says.
"""

from __future__ import annotations

import pytest

from pick_model import recommend
from pick_model.catalog.catalog import Catalog
from pick_model.documents.reader import check, parse_yaml
from pick_model.documents.task import Task

A100 = "hardware: nvidia-a100-80gb\n"
# application: profile, of these at least two among the first ten, none of these families.
APPLICATIONS: dict[str, tuple[str, set[str], set[str]]] = {
    "text classification": (
        "task: text-classification\nlanguages: [en]\nn_rows: 10000\npreset: accuracy\n",
        {"deberta-v3-large", "deberta-v3-base", "roberta-large", "modernbert-large",
         "modernbert-base", "electra-large-discriminator", "albert-xxlarge-v2",
         "ettin-encoder-400m", "deberta-large", "neobert"},
        {"TinyBERT", "gpt2"},
    ),
    "token classification": (
        "task: token-classification\nlanguages: [en]\nn_rows: 5000\n",
        {"deberta-v3-base", "deberta-v3-large", "modernbert-base", "roberta-base",
         "roberta-large", "modernbert-large"},
        {"t5", "gpt2"},
    ),
    "question answering": (
        "task: question-answering\nlanguages: [en]\ninput_tokens: 384\npreset: accuracy\n",
        {"deberta-v3-large", "deberta-v3-base", "roberta-large", "electra-large-discriminator",
         "albert-xxlarge-v2", "roberta-base-squad2", "roberta-large-squad2", "deberta-large"},
        {"gpt2"},
    ),
    "summarisation": (
        "task: summarization\nlanguages: [en]\ninput_tokens: 1024\nhardware: nvidia-t4\n",
        {"bart-large-cnn", "bart-large", "pegasus-large", "pegasus-cnn_dailymail",
         "pegasus-xsum", "t5-large", "qwen2.5-7b-instruct", "falcon3-7b-instruct",
         "phi-3.5-mini-instruct", "qwen3-4b-instruct-2507",
         "gemma-3n-e2b-it", "led-large-16384", "long-t5-tglobal-large",
         "long-t5-tglobal-base", "flan-t5-large", "flan-t5-xl", "t5-base"},
        {"bert", "gpt2"},
    ),
    "translation": (
        f"task: translation\nlanguages: [en, de]\n{A100}",
        {"opus-mt-en-de", "opus-mt-de-en", "nllb-200-distilled-600m", "nllb-200-distilled-1.3b",
         "m2m100_418m", "m2m100_1.2b", "mbart-large-50", "t5-large", "t5-3b", "t5-base",
         "mt5-large", "mbart-large-50-many-to-many-mmt"},
        {"bert", "gpt2"},
    ),
    "Chinese text": (
        "task: text-classification\nlanguages: [zh]\nn_rows: 10000\n",
        {"chinese-roberta-wwm-ext-large", "chinese-macbert-large", "chinese-macbert-base",
         "chinese-roberta-wwm-ext", "chinese-electra-180g-large-discriminator",
         "chinese-lert-large", "chinese-pert-large",
         "eurobert-610m", "xlm-roberta-large", "mdeberta-v3-base"},
        {"roberta", "electra"},  # they know no Chinese
    ),
    "sentence similarity": (
        "task: sentence-similarity\nlanguages: [en]\npreset: accuracy\n",
        {"qwen3-embedding-0.6b", "qwen3-embedding-4b", "qwen3-embedding-8b", "gte-large-en-v1.5", "bge-large-en-v1.5", "stella_en_400m_v5",
         "mxbai-embed-large-v1", "multilingual-e5-large-instruct", "embeddinggemma-300m",
         "gte-base-en-v1.5"},
        {"bert", "gpt2"},
    ),
    "image classification": (
        "task: image-classification\nn_rows: 5000\nn_labels: 20\npreset: accuracy\n",
        {"dinov2-large", "vit_large_patch16_dinov3.lvd1689m",
         "convnext_large.fb_in22k_ft_in1k", "deit3_large_patch16_224.fb_in22k_ft_in1k",
         "swin_large_patch4_window7_224.ms_in22k_ft_in1k",
         "swinv2_large_window12to16_192to256.ms_in22k_ft_in1k",
         "beitv2_large_patch16_224.in1k_ft_in22k_in1k"},
        {"AlexNet", "VGG"},
    ),
    "object detection": (
        f"task: object-detection\ninput_pixels: 640\npreset: accuracy\n{A100}",
        {"rtdetr_r101vd_coco_o365", "rtdetr_r101vd", "rtdetr_v2_r101vd", "dfine-xlarge-obj2coco",
         "dfine-large-obj2coco", "dfine-xlarge-coco", "deimv2-x", "deimv2-l", "lwdetr-xlarge",
         "lwdetr-large", "rf-detr-medium", "rf-detr-large", "rf-detr-xlarge", "rf-detr-2xlarge",
         "rtmdet-x", "yolo26x", "yolo11x"},
        {"AlexNet"},
    ),
    "speech recognition": (
        f"task: automatic-speech-recognition\nlanguages: [en]\n{A100}",
        {"whisper-large-v3", "whisper-large-v3-turbo", "whisper-large-v2", "whisper-medium",
         "whisper-medium.en", "distil-large-v3", "whisper-small.en", "whisper-large",
         "parakeet-ctc-1.1b", "canary-1b-v2", "canary-1b", "canary-1b-flash",
         "canary-qwen-2.5b", "qwen3-asr-1.7b"},
        {"AST"},
    ),
    "music generation": (
        f"task: text-to-audio\nlanguages: [en]\ndomain: music\n{A100}",
        {"musicgen-small", "musicgen-medium", "musicgen-large", "stable-audio-open-1.0",
         "audioldm2-music", "audioldm2"},
        set(),
    ),
    "image-text retrieval": (
        f"task: image-text-retrieval\nlanguages: [en]\npreset: accuracy\n{A100}",
        {"siglip-large-patch16-256", "siglip-base-patch16-224", "siglip-so400m-patch14-384",
         "clip-vit-h-14-laion2b-s32b-b79k", "clip-vit-l-14-datacomp.xl-s13b-b90k"},
        set(),
    ),
    "item recommendation": (
        "task: item-recommendation\nn_rows: 100000\n",
        {"hstu", "hstu-large", "sasrec", "s3rec", "unisrec-fhckm-300", "recformer", "p5-small", "p5-base", "bert4rec",
         "vqrec-fhckm-300"},
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", APPLICATIONS)
def test_a_specialist_would_nod(name: str, catalog: Catalog) -> None:
    text, expected, absent = APPLICATIONS[name]
    report = recommend(check(parse_yaml(text, "task.yaml"), Task), catalog, top=10)
    ids = [c.id for c in report.candidates]
    assert len(expected & set(ids)) >= 2, ids
    families = {catalog.entries[i].family for i in ids}
    assert not families & absent, ids


def test_a_better_known_backbone_outranks_its_elders(catalog: Catalog) -> None:
    """Orders nobody disputes, for fine-tuning at equal size and task."""
    task = Task(task="text-classification", languages=("en",), preset="accuracy")
    place = {c.id: n for n, c in enumerate(recommend(task, catalog, top=None).candidates)}
    assert place["deberta-v3-base"] < place["roberta-base"] < place["bert-base-uncased"]
    assert place["bert-base-uncased"] < place["bert_uncased_l-2_h-128_a-2"]
    task = Task(task="image-classification", preset="accuracy")
    place = {c.id: n for n, c in enumerate(recommend(task, catalog, top=None).candidates)}
    assert place["convnext_large.fb_in22k_ft_in1k"] < place["resnet50.a1_in1k"]
