"""The tasks a profile can name, and what each asks of a model.

Names are the Hub's pipeline tags, plus `item-recommendation`, `speaker-verification`,
`biosequence-classification` and `biosequence-embedding`, which the Hub has no tag for.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from pick_model.vocabulary.metrics import computed_for

LabelKind = Literal["single-label", "multi-label", "regression"]


class TaskSpec(Struct, frozen=True):
    """What a task takes in and how its results are usually scored."""

    modality: str  # one of MODALITIES
    speaks: bool  # the input or output is human language, so languages matter
    metric: str  # the metric a profile gets when it names none
    metrics: tuple[str, ...]  # those it may name
    labelled: bool = False  # the labels are a closed set of classes


# What the probe can train for takes what the probe can compute, so that a metric of the
# profile is never refused by a later command; other tasks take what is customary.
_TEXTS = computed_for("single-label", "multi-label", "regression")
_WORDS = computed_for("entities", "tags")
_CLASSES = ("accuracy", "macro_f1", "weighted_f1", "micro_f1", "precision", "recall", "mcc", "auc")
_RETRIEVAL = computed_for("retrieval")
_FORECASTS = ("mase", "crps", "mape", "mae", "rmse")
_GENERATION = ("rouge_l", "rouge_1", "rouge_2", "bleu", "chrf", "perplexity")

TASKS: dict[str, TaskSpec] = {
    "text-classification": TaskSpec("text", True, "accuracy", _TEXTS, labelled=True),
    "token-classification": TaskSpec("text", True, "entity_f1", _WORDS, labelled=True),
    "question-answering": TaskSpec("text", True, "f1", ("f1", "exact_match")),
    "summarization": TaskSpec("text", True, "rouge_l", _GENERATION),
    "translation": TaskSpec("text", True, "bleu", (*_GENERATION, "comet", "ter")),
    "text-generation": TaskSpec("text", True, "perplexity", (*_GENERATION, "accuracy")),
    "fill-mask": TaskSpec("text", True, "perplexity", ("perplexity", "accuracy")),
    "sentence-similarity": TaskSpec("text", True, "spearman", ("spearman", "pearson", *_RETRIEVAL)),
    "feature-extraction": TaskSpec("text", True, "ndcg_at_10", (*_RETRIEVAL, "spearman")),
    "text-ranking": TaskSpec("text", True, "ndcg_at_10", _RETRIEVAL),
    "zero-shot-classification": TaskSpec("text", True, "accuracy", _CLASSES, labelled=True),
    "zero-shot-token-classification": TaskSpec("text", True, "entity_f1", _WORDS, labelled=True),
    "image-classification": TaskSpec(
        "image", False, "accuracy", (*_CLASSES, "top5_accuracy"), labelled=True
    ),
    "object-detection": TaskSpec("image", False, "map", ("map", "ap50"), labelled=True),
    "image-segmentation": TaskSpec("image", False, "miou", ("miou", "map"), labelled=True),
    "image-feature-extraction": TaskSpec("image", False, "recall_at_1", _RETRIEVAL),
    "text-to-image": TaskSpec("image-text", True, "fid", ("fid", "clip_score")),
    "zero-shot-image-classification": TaskSpec("image-text", True, "accuracy", _CLASSES, True),
    "image-text-retrieval": TaskSpec("image-text", True, "recall_at_1", _RETRIEVAL),
    "visual-question-answering": TaskSpec(
        "image-text", True, "accuracy", ("accuracy", "exact_match")
    ),
    "image-to-text": TaskSpec(
        "image-text", True, "cider", ("cider", "bleu", "rouge_l", "cer", "wer", "edit_distance")
    ),
    "audio-classification": TaskSpec("audio", False, "accuracy", (*_CLASSES, "map"), labelled=True),
    "automatic-speech-recognition": TaskSpec("audio", True, "wer", ("wer", "cer")),
    "document-question-answering": TaskSpec(
        "image-text", True, "anls", ("anls", "accuracy", "exact_match")
    ),
    "depth-estimation": TaskSpec("image", False, "abs_rel", ("abs_rel", "delta_1", "rmse")),
    "video-classification": TaskSpec(
        "image", False, "accuracy", (*_CLASSES, "top5_accuracy"), labelled=True
    ),
    "text-to-audio": TaskSpec("audio", True, "fad", ("fad",)),
    "text-to-speech": TaskSpec("audio", True, "wer", ("wer", "cer", "speaker_similarity")),
    "speaker-verification": TaskSpec("audio", False, "eer", ("eer",)),
    "item-recommendation": TaskSpec(
        "items", False, "ndcg_at_10", (*_RETRIEVAL, "ndcg_at_20", "recall_at_20")
    ),
    "time-series-forecasting": TaskSpec("time-series", False, "mase", _FORECASTS),
    "tabular-classification": TaskSpec("tabular", False, "auc", (*_CLASSES, "log_loss"), True),
    "tabular-regression": TaskSpec("tabular", False, "rmse", ("rmse", "r2", "mae")),
    "biosequence-classification": TaskSpec(
        "biosequence", False, "mcc", (*_CLASSES, "spearman"), labelled=True
    ),
    "biosequence-embedding": TaskSpec(
        "biosequence", False, "spearman", ("spearman", "recall_at_1")
    ),
}

# How models are put to work where the profile does not say. Those of the first set are used
# as they come even where labelled rows exist, which then serve to compare them: embedding,
# zero-shot and generation from a prompt. Those of the second are trained where there are rows
# to train on, and used as they come by everybody else. All other tasks need a head of their
# own, so that nobody can use a model for them without training it.
USED_AS_IT_COMES = frozenset(
    {
        "sentence-similarity",
        "feature-extraction",
        "image-feature-extraction",
        "zero-shot-classification",
        "zero-shot-image-classification",
        "image-text-retrieval",
        "text-to-image",
        "text-to-audio",
        "text-to-speech",
        "text-ranking",
        "zero-shot-token-classification",
        "time-series-forecasting",
        "tabular-classification",
        "tabular-regression",
        "biosequence-embedding",
    }
)
AS_IT_COMES_WITHOUT_ROWS = frozenset(
    {
        "automatic-speech-recognition",
        "text-generation",
        "translation",
        "summarization",
        "fill-mask",
        "image-to-text",
        "visual-question-answering",
        "document-question-answering",
        "depth-estimation",
        "speaker-verification",
    }
)

# What the labels of a task can be, the usual one first; other tasks have none.
LABEL_KINDS: dict[str, tuple[LabelKind, ...]] = {
    "text-classification": ("single-label", "multi-label", "regression"),
    "zero-shot-classification": ("single-label", "multi-label"),
    "image-classification": ("single-label", "multi-label"),
    "zero-shot-image-classification": ("single-label", "multi-label"),
    "audio-classification": ("single-label", "multi-label"),
}
# Tasks whose input may be two texts that are read together.
TAKES_PAIRS = ("text-classification", "zero-shot-classification")

MODALITIES = (
    "text",
    "image",
    "audio",
    "image-text",
    "items",
    "time-series",
    "tabular",
    "biosequence",
)
# Modalities whose input is one row of positions, counted in tokens: pieces of words, items,
# patches of a series, rows of a table, residues or bases.
SEQUENCES = ("text", "items", "time-series", "tabular", "biosequence")
TRAINABLE = (  # by the probe, so far
    "text-classification",
    "token-classification",
    "image-classification",
    "audio-classification",
)
# Tasks whose models find passages, and are compared by what they find.
SEARCHING = ("feature-extraction", "sentence-similarity", "text-ranking")
# Those whose models read the texts of a row one by one; and tasks that turn one text into another.
EMBEDDING = ("feature-extraction", "sentence-similarity")
TRANSFORMING = ("translation", "summarization")
# Tasks in which text encoders are compared by the items they recommend.
RECOMMENDING = ("item-recommendation",)


def reads_tokens(modality: str, item_texts: bool | None) -> bool:
    """Whether the length of an input is counted in tokens; that of items only by their texts."""
    if modality == "items":
        return bool(item_texts)
    return modality in SEQUENCES or modality == "image-text"


def modalities_of_tasks(modality: str) -> tuple[str, ...]:
    """The modalities of the tasks a model can do: one tower of image and text reads images."""
    return ("image-text", "image") if modality == "image-text" else (modality,)


# What people call tasks, by the name that a profile knows.
TASK_SYNONYMS = {
    "retrieval": "feature-extraction",
    "text-retrieval": "feature-extraction",
    "semantic-search": "feature-extraction",
    "embedding": "feature-extraction",
    "embeddings": "feature-extraction",
    "reranking": "text-ranking",
    "ner": "token-classification",
    "named-entity-recognition": "token-classification",
    "sentiment": "text-classification",
    "topic-classification": "text-classification",
    "intent-classification": "text-classification",
    "emotion": "text-classification",
    "spam-detection": "text-classification",
    "sentiment-analysis": "text-classification",
    "nli": "text-classification",
    "sts": "sentence-similarity",
    "qa": "question-answering",
    "mt": "translation",
    "chat": "text-generation",
    "asr": "automatic-speech-recognition",
    "speech-recognition": "automatic-speech-recognition",
    "tts": "text-to-speech",
    "ocr": "image-to-text",
    "captioning": "image-to-text",
    "vqa": "visual-question-answering",
    "summary": "summarization",
    "detection": "object-detection",
    "segmentation": "image-segmentation",
    "recommendation": "item-recommendation",
    "sequential-recommendation": "item-recommendation",
    "semantic-segmentation": "image-segmentation",
    "forecasting": "time-series-forecasting",
}
