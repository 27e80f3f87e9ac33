"""The kinds of architecture a catalog entry can be, one line each."""

from __future__ import annotations

KINDS: dict[str, str] = {
    # text
    "encoder": "bidirectional transformer encoder trained to restore or detect masked tokens",
    "sentence-encoder": "text encoder further trained so that similar texts lie close together",
    "decoder": "causal transformer that predicts the next token",
    "encoder-decoder": "transformer that reads a text and writes another",
    "recurrent": "LSTM or GRU over tokens",
    "text-cnn": "convolutions or averaged n-grams over word vectors",
    # image
    "cnn": "convolutional image backbone",
    "vit": "plain vision transformer over fixed patches",
    "hierarchical-vit": "vision transformer whose resolution falls with depth (Swin and kin)",
    "detector": "image backbone with a detection head",
    "segmenter": "image backbone with a segmentation head",
    "diffusion": "text-conditioned image generator by denoising",
    # image and text
    "dual-encoder": "an image and a text encoder trained into one space (CLIP and kin)",
    "vision-language": "a vision encoder feeding a text decoder",
    # audio
    "speech-encoder": "self-supervised encoder of raw speech (wav2vec 2.0 and kin)",
    "speech-encoder-decoder": "transcribes or translates speech to text (Whisper and kin)",
    "audio-encoder": "encoder of general audio, usually over spectrograms (AST and kin)",
    "speaker-encoder": "maps an utterance to a speaker embedding",
    "audio-text-dual-encoder": "an audio and a text encoder trained into one space (CLAP and kin)",
    "audio-generator": "writes music or sound from a text prompt",
    # items
    "sequential-recommender": "predicts the next item from a sequence of item ids",
    "text-recommender": "recommends by encoding item texts",
    "collaborative-filter": "learns user and item vectors from interactions",
    "graph-recommender": "propagates preferences over a user–item or social graph",
}
