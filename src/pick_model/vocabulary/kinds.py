"""The kinds of architecture a catalog entry can be, one line each."""

from __future__ import annotations

from msgspec import Struct


class Kind(Struct, frozen=True):
    """One kind, and the modalities its models may read."""

    says: str
    modalities: tuple[str, ...]


_TEXT, _IMAGE, _AUDIO, _BOTH, _ITEMS = (
    ("text",),
    ("image",),
    ("audio",),
    ("image-text",),
    ("items",),
)
_SERIES, _TABLE, _SEQUENCE = ("time-series",), ("tabular",), ("biosequence",)
_OPEN = ("image", "image-text")  # open-vocabulary ones read a text beside the image

KINDS: dict[str, Kind] = {
    "encoder": Kind("bidirectional transformer trained to restore masked tokens", _TEXT),
    "sentence-encoder": Kind("text encoder that puts similar texts close together", _TEXT),
    "cross-encoder": Kind("reads a query and a text together and scores the pair", _TEXT),
    "late-interaction": Kind("a vector a token, each matched with its best (ColBERT)", _TEXT),
    "sparse-encoder": Kind("weights on the words of a vocabulary, for an index (SPLADE)", _TEXT),
    "label-encoder": Kind("reads a text beside the names of its labels (GLiNER)", _TEXT),
    "decoder": Kind("causal transformer that predicts the next token", _TEXT),
    "encoder-decoder": Kind("transformer that reads a text and writes another", _TEXT),
    "recurrent": Kind("LSTM or GRU over tokens", _TEXT),
    "text-cnn": Kind("convolutions or averaged n-grams over word vectors", _TEXT),
    "cnn": Kind("convolutional image backbone", _IMAGE),
    "vit": Kind("plain vision transformer over fixed patches", _IMAGE),
    "hierarchical-vit": Kind("vision transformer whose resolution falls with depth (Swin)", _IMAGE),
    "detector": Kind("image backbone with a detection head", _OPEN),
    "segmenter": Kind("image backbone with a segmentation head", _OPEN),
    "depth-estimator": Kind("image backbone that gives a distance to every pixel", _IMAGE),
    "video-encoder": Kind("encoder of short clips, frames stacked in time", _IMAGE),
    "diffusion": Kind("text-conditioned image generator by denoising", _BOTH),
    "dual-encoder": Kind("image and text encoders trained into one space (CLIP)", _BOTH),
    "vision-language": Kind("a vision encoder feeding a text decoder", _BOTH),
    "speech-encoder": Kind("self-supervised encoder of raw speech (wav2vec 2.0)", _AUDIO),
    "speech-encoder-decoder": Kind("transcribes or translates speech to text (Whisper)", _AUDIO),
    "audio-encoder": Kind("encoder of general audio, usually over spectrograms (AST)", _AUDIO),
    "speaker-encoder": Kind("maps an utterance to a speaker embedding", _AUDIO),
    "audio-text-dual-encoder": Kind("audio and text encoders into one space (CLAP)", _AUDIO),
    "audio-generator": Kind("writes music or sound from a text prompt", _AUDIO),
    "speech-generator": Kind("speaks a text, often in a voice it is shown", _AUDIO),
    "sequential-recommender": Kind("predicts the next item from a sequence of item ids", _ITEMS),
    "text-recommender": Kind("recommends by encoding item texts", _ITEMS),
    "collaborative-filter": Kind("learns user and item vectors from interactions", _ITEMS),
    "graph-recommender": Kind("propagates preferences over a user–item or social graph", _ITEMS),
    "forecaster": Kind("continues a series of numbers it was never trained on", _SERIES),
    "tabular-transformer": Kind("reads labelled rows of a table and predicts others", _TABLE),
    "table-learner": Kind("learns the columns of a table from scratch (boosted trees)", _TABLE),
    "biosequence-encoder": Kind("encoder of proteins, DNA or molecules (ESM)", _SEQUENCE),
}


def kinds_of(modality: str) -> tuple[str, ...]:
    """The kinds that read a modality."""
    return tuple(name for name, kind in KINDS.items() if modality in kind.modalities)
