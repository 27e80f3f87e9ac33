"""The numbers of parameters that an architecture's shape allows.

`possible_counts` is the only public function. It adds up the matrices, biases, norms and
tables of the family's own layout. Published totals differ in whether they count an output
layer that reuses no table, a pooler or a classifier, and the shape does not say, so the answer
is a short list. A shape that lacks a dimension, or a kind or family nobody wrote a layout for
(convolutions, hierarchical backbones, two towers), gives an empty one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pick_model.documents.catalog import Entry, Shape


@dataclass(frozen=True)
class WeightLayout:
    """What a family's code adds to its matrices. Widths come from the entry's shape."""

    bias: bool = True  # on the linear layers of attention and feed-forward
    norm_vectors: int = 2  # 2: scale and shift (LayerNorm); 1: scale only (RMSNorm)
    layer_norms: int = 2  # norms of the hidden width in one layer
    input_norm: bool = True  # over the embeddings
    final_norm: bool = False
    positions: bool = True  # a learnt row for each of n_positions
    extra_positions: int = 0  # rows of that table beyond n_positions
    layer_matrices: int = 0  # further matrices of hidden × hidden in one layer
    relative_rows: int = 0  # rows of one shared table of relative positions


POST_NORM = WeightLayout()  # BERT and kin
PRE_NORM = WeightLayout(input_norm=False, final_norm=True)  # GPT-2, ViT and kin
ROTARY = replace(PRE_NORM, positions=False)
BARE = replace(ROTARY, bias=False, norm_vectors=1)  # LLaMA, T5 and kin
FAIRSEQ = replace(PRE_NORM, extra_positions=2)  # two rows of the table are reserved

KINDS: dict[str, WeightLayout] = {
    "encoder": POST_NORM,
    "sentence-encoder": POST_NORM,
    "decoder": BARE,
    "encoder-decoder": BARE,
    "vit": PRE_NORM,
    "speech-encoder": PRE_NORM,
    "audio-encoder": PRE_NORM,
    "speech-encoder-decoder": PRE_NORM,
}
# Families that differ from their kind; None: too much of their own for this arithmetic.
FAMILIES: dict[str, WeightLayout | None] = {
    "canine": None,  # hashed characters and convolutions around the stack
    "deberta": replace(POST_NORM, layer_matrices=2, relative_rows=1024),  # He et al. 2020, 3.1
    "deberta-v3": replace(POST_NORM, relative_rows=512),  # positions share the content matrices
    "ettin": replace(BARE, input_norm=True),
    "eurobert": BARE,
    "longformer": replace(POST_NORM, layer_matrices=3),  # Beltagy et al. 2020: global attention
    "mmbert": replace(BARE, input_norm=True),
    "mobilebert": None,  # bottlenecks in every layer
    "modernbert": replace(BARE, input_norm=True),
    "neobert": BARE,
    "squeezebert": None,  # grouped convolutions for matrices
    "xlnet": replace(POST_NORM, layer_matrices=1),  # Yang et al. 2019, A.2: a key for positions
    "biogpt": FAIRSEQ,
    "bloom": replace(ROTARY, input_norm=True),
    "codegen": ROTARY,
    "gpt": replace(PRE_NORM, final_norm=False),
    "gpt-2": PRE_NORM,
    "gpt-j": ROTARY,
    "gpt-neo": PRE_NORM,
    "opt": FAIRSEQ,
    "phi": ROTARY,
    "pythia": ROTARY,
    "santacoder": PRE_NORM,
    "starcoder2": ROTARY,
    "bart": replace(FAIRSEQ, input_norm=True, final_norm=False),
    "led": None,  # global attention and a longer table in one of the stacks only
    "m2m100": ROTARY,  # sinusoidal positions
    "mbart": replace(FAIRSEQ, input_norm=True),
    "nllb": ROTARY,
    "opus-mt": replace(ROTARY, final_norm=False),  # sinusoidal
    "pegasus": ROTARY,  # sinusoidal
    "transformer": replace(ROTARY, final_norm=False),
    "MAE": None,  # the published total counts the decoder of its pretraining
    "EVA-02": PRE_NORM,
    "m-ctc-t": None,
    "sew-d": None,  # squeezes time before the stack
    "w2v-bert": None,  # conformer layers
    "wav2vec2-conformer": None,
}

CLASSES = 1000  # of the ImageNet classifier that timm's totals include
# wav2vec 2.0's front end: kernels and channels (Baevski et al. 2020, section 4.2), and a
# grouped convolution of 128 frames for positions.
SPEECH_KERNELS, SPEECH_CHANNELS = (10, 3, 3, 3, 3, 2, 2), 512
SPEECH_POSITION_KERNEL, SPEECH_POSITION_GROUPS = 128, 16
# Whisper: bands of the spectrogram before and since large-v3, rows of the text positions
# (Radford et al. 2022, section 2.2).
WHISPER_BANDS, WHISPER_TEXT_POSITIONS = (80, 128), 448


def possible_counts(entry: Entry) -> tuple[int, ...]:
    """Every total the entry's shape allows, plainest first; () where nothing can be said."""
    shape = entry.shape
    layout = FAMILIES.get(entry.family, KINDS.get(entry.kind))
    if layout is None or shape.hidden_size is None or shape.n_layers is None:
        return ()
    if entry.kind in ("encoder", "sentence-encoder", "decoder") and shape.vocab_size:
        return _one_stack(shape, layout)
    if entry.kind == "encoder-decoder" and shape.vocab_size and shape.n_decoder_layers:
        return _two_stacks(shape, layout)
    if entry.kind == "vit" and shape.patch_size and entry.image_size:
        return _vit(shape, layout, entry.image_size)
    if entry.kind == "speech-encoder":
        return _speech_encoder(shape, layout)
    if entry.family in ("whisper", "distil-whisper") and shape.vocab_size:
        return _whisper(shape, layout)
    return ()


def _hidden(shape: Shape) -> int:
    return shape.hidden_size or 0


def _matrix(rows: int, columns: int, layout: WeightLayout) -> int:
    """A linear layer from `rows` to `columns`."""
    return rows * columns + (columns if layout.bias else 0)


def _attention(shape: Shape, layout: WeightLayout) -> int:
    """Query, key, value and output."""
    h, heads = _hidden(shape), shape.n_heads or 1
    width = shape.head_dim or h // heads
    query, keys = heads * width, (shape.n_kv_heads or heads) * width
    return _matrix(h, query, layout) + 2 * _matrix(h, keys, layout) + _matrix(query, h, layout)


def _feed_forward(shape: Shape, layout: WeightLayout) -> int:
    h = _hidden(shape)
    f = shape.intermediate_size or 4 * h
    inwards = 2 if shape.gated_ffn else 1
    return inwards * _matrix(h, f, layout) + _matrix(f, h, layout)


def _norm(shape: Shape, layout: WeightLayout) -> int:
    return _hidden(shape) * layout.norm_vectors


def _stack(shape: Shape, layout: WeightLayout, layers: int, cross: bool = False) -> int:
    """So many layers, with the norm after the last; `cross` adds attention to another stack."""
    h = _hidden(shape)
    attentions = 2 if cross else 1
    norms = layout.layer_norms + attentions - 1
    layer = attentions * _attention(shape, layout) + _feed_forward(shape, layout)
    layer += norms * _norm(shape, layout) + layout.layer_matrices * _matrix(h, h, layout)
    return layers * layer + (_norm(shape, layout) if layout.final_norm else 0)


def _embeddings(shape: Shape, layout: WeightLayout) -> int:
    """Tokens, positions and segments, and the matrix that widens them where they are narrow."""
    h = _hidden(shape)
    width = shape.embedding_size or h
    rows = (shape.vocab_size or 0) + (shape.n_token_types or 0)
    if layout.positions and shape.n_positions:
        rows += shape.n_positions + layout.extra_positions
    total = rows * width + layout.relative_rows * h
    if layout.input_norm:
        total += width * layout.norm_vectors
    if width != h:
        total += _matrix(width, h, layout)
    return total


def _one_stack(shape: Shape, layout: WeightLayout) -> tuple[int, ...]:
    h, layers = _hidden(shape), shape.n_unique_layers or shape.n_layers or 0
    backbone = _embeddings(shape, layout) + _stack(shape, layout, layers)
    output = (shape.vocab_size or 0) * (shape.embedding_size or h)  # where it is no reused table
    return backbone, backbone + h * h + h, backbone + output


def _two_stacks(shape: Shape, layout: WeightLayout) -> tuple[int, ...]:
    total = _stack(shape, layout, shape.n_layers or 0)
    total += _stack(shape, layout, shape.n_decoder_layers or 0, cross=True)
    total += _embeddings(shape, layout)
    if layout.positions and shape.n_positions:  # the decoder has a table of its own
        total += (shape.n_positions + layout.extra_positions) * _hidden(shape)
    return total, total + (shape.vocab_size or 0) * _hidden(shape)


def _vit(shape: Shape, layout: WeightLayout, image_size: int) -> tuple[int, ...]:
    """Patches, a class token, positions, layers; on top perhaps a pooler, a classifier, or
    (distilled) a second token with a classifier of its own."""
    h, patch = _hidden(shape), shape.patch_size or 0
    positions = shape.n_positions or (image_size // patch) ** 2 + 1
    total = _matrix(3 * patch**2, h, layout) + h + positions * h
    total += _stack(shape, layout, shape.n_layers or 0)
    head = CLASSES * (h + 1)
    return total, total + h * h + h, total + head, total + 2 * head + h


def _speech_encoder(shape: Shape, layout: WeightLayout) -> tuple[int, ...]:
    """Convolutions over the waveform, a projection, positions by convolution, layers."""
    h, channels = _hidden(shape), SPEECH_CHANNELS
    inputs = (1, *[channels] * (len(SPEECH_KERNELS) - 1))
    total = sum(k * i * channels for k, i in zip(SPEECH_KERNELS, inputs, strict=True))
    total += 2 * channels + _matrix(channels, h, layout)
    total += h * h // SPEECH_POSITION_GROUPS * SPEECH_POSITION_KERNEL + h
    return (total + _stack(shape, layout, shape.n_layers or 0),)


def _whisper(shape: Shape, layout: WeightLayout) -> tuple[int, ...]:
    """Two convolutions over the spectrogram, then two stacks; one vocabulary table."""
    h = _hidden(shape)
    total = _stack(shape, layout, shape.n_layers or 0)
    total += _stack(shape, layout, shape.n_decoder_layers or 0, cross=True)
    total += ((shape.vocab_size or 0) + (shape.n_positions or 0) + WHISPER_TEXT_POSITIONS) * h
    total += _matrix(3 * h, h, layout)
    return tuple(total + _matrix(3 * bands, h, layout) for bands in WHISPER_BANDS)
