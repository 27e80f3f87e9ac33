"""Which traced architecture an entry is built like, and its sizes on a task's input."""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct

from pick_model.cost.lately import lately, lately_for
from pick_model.cost.terms import Sizes
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.vocabulary.tasks import SEQUENCES

# Speech encoders of wav2vec 2.0's kind see 50 (49.95) frames a second (Baevski et al. 2020,
# section 4.2); Whisper's and AST's see a spectrogram of 100 a second.
FRAMES_PER_SECOND = 50
SPECTRA_PER_SECOND = 100
# Its window is 30 s, and a shorter sound is padded to it (Radford et al. 2022, section 2.1).
WHISPERS, WHISPER_SECONDS = frozenset({"whisper", "distil-whisper"}), 30.0
# AST cuts 128 mel bands into 12 rows of patches of 16, ten apart (Gong et al. 2021, section 2.1).
AST_ROWS, AST_PATCH, AST_STRIDE = 12, 16, 10
# BEATs, AudioMAE and EAT put the patches side by side: 8 rows, 16 apart.
SIDE_BY_SIDE_ROWS = 8
# Text written for text read: a summary is shorter, a translation as long.
OUTPUT_TOKENS = 128

# Tasks that score every word of the vocabulary at each position.
WRITING = frozenset({"text-generation", "summarization", "translation", "fill-mask"})

# Families whose own architecture was traced; filed under it are those that are it to the last
# tensor a step keeps. Which family is built how tell their configurations' `model_type`, or the
# model they were trained from.
BUILT: dict[str, tuple[str, ...]] = {
    "albert": ("albert",),
    "bert": (
        *("bert", "camembert", "chinese-bert", "chinese-electra", "electra", "ernie"),
        *("klue-roberta", "lert", "minilm", "muril", "pert", "phobert", "roberta", "roberta-wwm"),
        *("arbert", "tinybert", "xlm-roberta", "chemberta"),
        *("colbert", "contriever", "labse", "ms-marco-minilm", "ms-marco-tinybert", "specter"),
    ),
    "gte": ("gte-mlm",),
    "flaubert": ("flaubert",),
    "distilbert": ("distilbert",),
    "mpnet": ("mpnet",),
    "deberta": ("deberta",),
    "deberta-v2": ("deberta-v3",),
    "modernbert": ("ettin", "mmbert", "modernbert", "moderncolbert"),
    "eurobert": ("eurobert",),
    "esm": ("esm-2",),
    "llama": (
        *("llama", "codellama", "tinyllama", "yi", "smollm2", "mistral", "deepseek", "eurollm"),
        *("qwen2", "qwen2.5", "qwen2.5-coder", "baichuan2", "deepseek-coder", "falcon3", "llm-jp"),
    ),
    "qwen3": ("qwen3", "qwen3-embedding", "f2llm", "pplx-embed", "zerank"),
    "gemma2": ("gemma-2",),
    "gemma3": ("gemma-3", "embeddinggemma"),
    "olmo2": ("olmo-2", "olmo-3"),
    "granite": ("granite-3",),
    "phi3": ("phi-3", "phi-4"),
    "hunyuan": ("hunyuan",),
    "smollm3": ("smollm3",),
    "stablelm": ("stablelm-2",),
    "starcoder2": ("starcoder2",),
    "bloom": ("bloom",),
    "biogpt": ("biogpt",),
    "codegen": ("codegen",),
    "gpt2": ("gpt", "gpt-2"),
    "gptj": ("gpt-j",),
    "gpt-neox": ("pythia",),
    "opt": ("opt",),
    "phi": ("phi",),
    "bart": ("bart", "mbart", "opus-mt"),
    "m2m100": ("m2m100", "nllb"),
    "pegasus": ("pegasus",),
    "t5": ("t5", "codet5", "monot5", "sentence-t5"),
    "t5-gated": ("t5-v1.1", "flan-t5", "mt5", "byt5", "madlad-400"),
    "vit": ("ViT", "DeiT", "DINO", "MAE"),
    "beit": ("BEiT", "BEiTv2"),
    "dinov2": ("DINOv2",),
    "dinov3": ("DINOv3",),
    "clip-vision": (
        *("AltCLIP", "CLIP", "Chinese-CLIP", "OpenCLIP", "MetaCLIP", "DFN", "SigLIP", "SigLIP 2"),
    ),
    "wav2vec2": ("wav2vec2", "hubert", "mms", "xls-r", "unispeech-sat", "data2vec-audio"),
    "wavlm": ("wavlm",),
    "ast": ("ast",),
    "whisper": ("whisper", "distil-whisper"),
}
FAMILIES = {family: layout for layout, families in BUILT.items() for family in families}
# Families that are named after their maker: what most of them are, where no word of NAMED tells.
MAKERS: dict[str, str] = {
    **dict.fromkeys(("arctic-embed", "bge", "bge-reranker", "bilingual-embedding"), "bert"),
    **dict.fromkeys(("conan", "e5", "ember", "gist", "granite-embedding", "leaf", "m3e"), "bert"),
    **dict.fromkeys(("mxbai", "piccolo", "ritrieve", "sbert", "solon", "stella"), "bert"),
    **dict.fromkeys(("text2vec", "uae"), "bert"),
    **dict.fromkeys(("gte", "gte-reranker"), "gte"),
    "kalm-embedding": "llama",
    "mxbai-rerank": "deberta-v2",
    "nomic": "nomic-bert",
    "nomic-embed": "llama",
}
# Words in the id, or in the base model's, of entries whose family mixes architectures or is named
# after its maker; the first that is found tells.
NAMED: dict[str, str] = {
    **dict.fromkeys(("modernbert", "ettin", "mmbert", "english-r2"), "modernbert"),
    **{word: word for word in ("mpnet", "eurobert", "distilbert")},
    "jina-embeddings-v3": "jina-v3",
    "jina-reranker-v2": "jina-v3",
    **dict.fromkeys(("qwen3-", "harrier-oss-v1-0.6b", "jina-reranker-v3"), "qwen3"),
    "gemma-2": "gemma2",
    "gemma-3": "gemma3",
    **dict.fromkeys(("gte-large", "gte-multilingual"), "gte"),
    **dict.fromkeys(("qwen2", "mistral", "llama-3", "llama3", "bge-en-icl"), "llama"),
    **dict.fromkeys(("bert-base", "bert-large", "xlm-roberta", "bge-", "multilingual-e5"), "bert"),
}

# A neighbour for the rest of a kind, whose own architecture was not traced.
NEIGHBOURS: dict[str, str] = {
    "encoder": "bert",
    "sentence-encoder": "bert",
    "cross-encoder": "bert",
    "late-interaction": "bert",
    "biosequence-encoder": "esm",
    "decoder": "llama",
    "encoder-decoder": "bart",
    "vit": "vit",
    "dual-encoder": "clip-vision",
    "speech-encoder": "wav2vec2",
    "speaker-encoder": "wav2vec2",
    "speech-encoder-decoder": "whisper",
    "audio-encoder": "ast",
    "sequential-recommender": "bert",
    "text-recommender": "bert",
}
# A nearer neighbour than the kind's, by the activation function and what is normalised.
NEARER: dict[str, str] = {
    "falcon": "starcoder2",
    "gpt-neo": "gptj",
    "longt5": "t5-gated",
    "santacoder": "starcoder2",
    "transformer": "m2m100",
}
# Architectures that were not traced and for which transformers (5.24) has no fused attention;
# matched in family and id, for a fine-tuned model is filed under its maker.
EAGER = (
    *("bigbird", "canine", "flaubert", "gpt-neo", "led-", "longformer", "longt5", "sew-d"),
    *("speecht5", "speech-to-text", "squeezebert", "xlnet"),
)


class Built(Struct, frozen=True):
    """The architecture an entry is traced as; `exact` if that is its own."""

    layout: str
    exact: bool


@lately
def built_like(entry: Entry) -> Built | None:
    """The layout of an entry; None where nothing traced resembles it, or its shape is unknown."""
    shape = entry.shape
    if shape.hidden_size is None or shape.n_layers is None:
        return None
    if entry.kind == "audio-encoder" and shape.patch_size is None:
        return Built("wav2vec2", False) if entry.family == "mert" else None
    layout = FAMILIES.get(entry.family) or _named(entry) or MAKERS.get(entry.family)
    exact = layout is not None
    layout = layout or NEARER.get(entry.family) or NEIGHBOURS.get(entry.kind)
    if layout is None:
        return None
    return Built(*_variant(entry, layout, exact))


def without_fused(entry: Entry) -> bool:
    """Whether the entry's own architecture, which was not traced, has eager attention alone."""
    name = f"{entry.family} {entry.id}".lower()
    return any(word in name for word in EAGER)


def _named(entry: Entry) -> str | None:
    """The architecture that the entry's or its base model's name tells."""
    name = f"{entry.id} {entry.base_model or ''}".lower()
    return next((layout for word, layout in NAMED.items() if word in name), None)


def _variant(entry: Entry, layout: str, exact: bool) -> tuple[str, bool]:
    """What the shape says against the family: gated blocks, grouped keys, stable layer norm."""
    shape = entry.shape
    if layout in ("t5", "t5-gated"):
        return ("t5-gated" if shape.gated_ffn else "t5"), exact
    grouped = (shape.n_kv_heads or shape.n_heads or 0) < (shape.n_heads or 0)
    if layout == "bert" and shape.gated_ffn:
        return ("llama-grouped" if grouped else "gte"), False
    if layout == "gte" and not shape.gated_ffn:
        return "bert", exact
    if layout == "deberta-v2" and shape.gated_ffn:
        return "llama-grouped", False
    if layout == "phi" and shape.gated_ffn:
        return "phi3", exact
    if layout == "llama" and not shape.gated_ffn:
        return "stablelm", False
    if layout == "llama" and grouped:
        return "llama-grouped", exact
    if layout == "wav2vec2" and (shape.hidden_size or 0) > LARGEST_BASE:
        return "wav2vec2-large", exact
    return layout, exact


# Speech encoders wider than the base ones normalise every convolution (Baevski et al. 2020,
# fairseq's wav2vec2-large; HuBERT large likewise), but for the first large model on LibriSpeech.
LARGEST_BASE = 768


@lately_for
def sizes_of(entry: Entry, profile: Profile) -> Sizes | None:
    """Sizes of a transformer on one input of the profile; None where the shape is unknown."""
    shape, tokens = entry.shape, transformer_tokens(entry, profile)
    if tokens is None or shape.hidden_size is None or shape.n_layers is None:
        return None
    hidden = shape.hidden_size
    heads = shape.n_heads or max(hidden // 64, 1)
    width = shape.head_dim or max(hidden // heads, 1)
    writes = writes_vocabulary(entry, profile.task)
    paired = bool(shape.n_decoder_layers)
    return Sizes(
        L=shape.n_layers,
        h=hidden,
        f=shape.intermediate_size or 4 * hidden,
        a=heads,
        S=tokens,
        D=shape.n_decoder_layers or 0,
        T=(min(OUTPUT_TOKENS, tokens) if writes else tokens) if paired else 0,
        q=heads * width,
        k=(shape.n_kv_heads or heads) * width,
        d=width,
        e=shape.embedding_size or hidden,
        V=shape.vocab_size or 0 if writes else 0,
        P=3 * image_side(entry, profile) ** 2 if "image" in entry.modality else 0,
    )


def transformer_tokens(entry: Entry, profile: Profile) -> int | None:
    """How many positions the model sees for one input of this profile."""
    if entry.modality in SEQUENCES:
        return min(profile.input_tokens, entry.max_tokens or profile.input_tokens)
    if entry.modality == "image" or entry.modality == "image-text":
        if entry.shape.patch_size is None:
            return None
        return (image_side(entry, profile) // entry.shape.patch_size) ** 2 + 1
    return _sound_tokens(entry, profile)


class InputLimit(NamedTuple):
    """What a model reads of an input of another size than it takes."""

    unit: Literal["tokens", "pixels", "seconds"]
    read: float
    given: float


def limits_met(entry: Entry, profile: Profile) -> tuple[InputLimit, ...]:
    """Where figures are of another input than the profile's: a longer text or sound is cut, an
    image is scaled to what a transformer was trained for."""
    text, image, sound = (kind in entry.modality for kind in ("text", "image", "audio"))
    found = []
    most = entry.max_tokens if text else None
    if most is not None and profile.input_tokens > most:
        found.append(InputLimit("tokens", most, profile.input_tokens))
    window = _window(entry) if sound else None
    if window is not None and profile.input_seconds > window:
        found.append(InputLimit("seconds", window, profile.input_seconds))
    if image and entry.kind != "cnn" and image_side(entry, profile) != profile.input_pixels:
        found.append(InputLimit("pixels", image_side(entry, profile), profile.input_pixels))
    return tuple(found)


def _window(entry: Entry) -> float | None:
    """Seconds of sound a model reads at most; None where it reads all."""
    if entry.kind == "speech-encoder-decoder" and entry.family in WHISPERS:
        return entry.max_seconds or WHISPER_SECONDS
    if entry.kind == "audio-encoder" and entry.shape.patch_size and entry.forward:
        return entry.forward.seconds or entry.max_seconds
    return entry.max_seconds


def image_side(entry: Entry, profile: Profile) -> int:
    """Pixels a side: a transformer reads the size it was trained for."""
    return entry.image_size or profile.input_pixels


def _sound_tokens(entry: Entry, profile: Profile) -> int:
    if entry.kind == "speech-encoder-decoder" and entry.family in WHISPERS:
        return int((entry.max_seconds or WHISPER_SECONDS) * FRAMES_PER_SECOND)  # padded to it
    seconds = min(profile.input_seconds, entry.max_seconds or profile.input_seconds)
    if entry.kind == "audio-encoder" and entry.shape.patch_size:
        spectra = (entry.forward.seconds if entry.forward else None) or seconds
        if entry.family == "ast":  # padded to the length it was trained for
            columns = (int(spectra * SPECTRA_PER_SECOND) - AST_PATCH) // AST_STRIDE + 1
            return max(AST_ROWS * columns + 2, 3)
        return max(SIDE_BY_SIDE_ROWS * int(spectra * SPECTRA_PER_SECOND) // 16, 1)
    return max(int(seconds * FRAMES_PER_SECOND), 1)


def writes_vocabulary(entry: Entry, task: str) -> bool:
    """Whether the task needs a score for every word of the vocabulary at each position."""
    writer = entry.kind in ("decoder", "encoder-decoder", "speech-encoder-decoder")
    return (writer and task in WRITING) or entry.kind == "speech-encoder-decoder"
