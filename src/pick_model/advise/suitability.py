"""How well each kind of architecture suits each task: one table, 0 to 1.

A kind that is absent from a task's row cannot do the task. 1 is the kind the task's
strongest published systems of a size use; the rest is set by hand in steps of about 0.1:
0.8 does it well with a small head, 0.6 does it with a detour, 0.4 is a baseline. A kind is
judged as if it had what the task needs; what an entry lacks, `needs` takes off.
"""

from __future__ import annotations

SUITABILITY: dict[str, dict[str, float]] = {
    "text-classification": {
        "encoder": 1.0,
        "sentence-encoder": 0.9,
        "encoder-decoder": 0.6,
        "decoder": 0.6,
        "recurrent": 0.4,
        "text-cnn": 0.4,
    },
    "token-classification": {
        "encoder": 1.0,
        "label-encoder": 0.7,
        "decoder": 0.4,
        "recurrent": 0.5,
    },
    "question-answering": {"encoder": 1.0, "encoder-decoder": 0.7, "decoder": 0.6},
    "fill-mask": {"encoder": 1.0, "encoder-decoder": 0.5},
    "summarization": {"encoder-decoder": 1.0, "decoder": 0.7},
    "translation": {"encoder-decoder": 1.0, "decoder": 0.6},
    "text-generation": {"decoder": 1.0, "encoder-decoder": 0.6, "recurrent": 0.3},
    "sentence-similarity": {"sentence-encoder": 1.0, "encoder": 1.0, "text-cnn": 0.7},
    "feature-extraction": {
        "sentence-encoder": 1.0,
        "late-interaction": 0.9,
        "sparse-encoder": 0.8,
        "encoder": 1.0,
        "text-cnn": 0.7,
    },
    "text-ranking": {
        "cross-encoder": 1.0,
        "late-interaction": 0.8,
        "sentence-encoder": 0.6,
        "encoder-decoder": 0.6,
        "encoder": 0.5,
    },
    "zero-shot-token-classification": {"label-encoder": 1.0, "decoder": 0.6},
    "zero-shot-classification": {
        "label-encoder": 1.0,
        "encoder": 1.0,
        "encoder-decoder": 0.9,
        "sentence-encoder": 0.7,
        "decoder": 0.7,
    },
    "image-classification": {
        "cnn": 0.9,
        "vit": 1.0,
        "hierarchical-vit": 1.0,
        "dual-encoder": 0.8,
    },
    "object-detection": {
        "detector": 1.0,
        "hierarchical-vit": 1.0,
        "vit": 0.8,
        "cnn": 0.9,
    },
    "image-segmentation": {
        "segmenter": 1.0,
        "detector": 0.6,
        "hierarchical-vit": 1.0,
        "vit": 0.8,
        "cnn": 0.9,
    },
    "image-feature-extraction": {
        "vit": 1.0,
        "hierarchical-vit": 0.9,
        "cnn": 0.8,
        "dual-encoder": 0.9,
    },
    "text-to-image": {"diffusion": 1.0},
    "zero-shot-image-classification": {"dual-encoder": 1.0, "vision-language": 0.6},
    "image-text-retrieval": {"dual-encoder": 1.0, "vision-language": 0.7},
    "visual-question-answering": {"vision-language": 1.0},
    "image-to-text": {"vision-language": 1.0},
    "document-question-answering": {"vision-language": 1.0},
    "depth-estimation": {
        "depth-estimator": 1.0,
        "vit": 0.5,
        "hierarchical-vit": 0.5,
    },
    "video-classification": {
        "video-encoder": 1.0,
        "vit": 0.5,
    },
    "audio-classification": {
        "audio-encoder": 1.0,
        "speech-encoder": 0.9,
        "speech-encoder-decoder": 0.7,
        "audio-text-dual-encoder": 0.8,
        "speaker-encoder": 0.5,
    },
    "automatic-speech-recognition": {"speech-encoder-decoder": 1.0, "speech-encoder": 0.9},
    "speaker-verification": {"speaker-encoder": 1.0, "speech-encoder": 0.9, "audio-encoder": 0.5},
    "text-to-audio": {"audio-generator": 1.0},
    "text-to-speech": {"speech-generator": 1.0},
    "item-recommendation": {
        "sequential-recommender": 1.0,
        "text-recommender": 0.9,
        "graph-recommender": 0.8,
        "collaborative-filter": 0.8,
    },
    "time-series-forecasting": {"forecaster": 1.0},
    "tabular-classification": {"tabular-transformer": 1.0, "table-learner": 0.9},
    "tabular-regression": {"tabular-transformer": 1.0, "table-learner": 0.9},
    "biosequence-classification": {"biosequence-encoder": 1.0},
    "biosequence-embedding": {"biosequence-encoder": 1.0},
}
