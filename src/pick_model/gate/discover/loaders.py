"""Which functions and classes load models, and where each takes the model's name from."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal, NamedTuple


class Loader(NamedTuple):
    """Where a loading call takes its model from."""

    position: int | None = 0
    keywords: tuple[str, ...] = ("model_name_or_path", "model_name", "model")
    # Without a name it loads what the library holds for best that day.
    default: bool = False
    # What a word without an owner is: a Hub name, one of the library's own short names, or an
    # architecture that needs `pretrained` (timm's, or open_clip's, which holds its own list).
    bare: Literal["hub", "own", "timm", "open_clip"] = "hub"
    alone: bool = True  # whether its last word tells it where no import does


NAMES = (
    "pretrained_model_name_or_path", "model_id", "model_name", "repo_id", "model_name_or_path",
    "model_path_or_repo_id", "pretrained_model_or_path", "peft_model_id", "source",
    "pretrained_model_link_or_path", "checkpoint_path", "pretrained_model_name",
)  # fmt: skip
PRETRAINED = Loader(0, NAMES)
REPO = Loader(0, ("repo_id",))
MODEL = Loader(0, ("model",))
MODEL_PATH = Loader(0, ("model_path", "model"), alone=False)
NAMED = Loader(0, ("model_name", "model_name_or_path", "model"))
KEYWORD = Loader(None, ("model_name", "model", "model_id", "repo_id"))
OWN = Loader(0, ("model", "model_name", "model_size_or_path", "name"), bare="own", alone=False)
TIMM = Loader(0, ("model_name",), bare="timm")
OPEN_CLIP = Loader(0, ("model_name",), bare="open_clip")

# package, then the class of a method where it matters, then the last word; the first that fits
# counts. `*` stands for anything. What stands here is loaded from the Hub: data sets, hosted
# services and targets of uploads do not.
LOADERS: dict[str, Loader] = {
    "peft.PeftModel*.from_pretrained": Loader(1, ("model_id", "peft_model_id")),
    "*.PeftModel*.from_pretrained": Loader(1, ("model_id", "peft_model_id")),
    "transformers.pipeline": Loader(1, ("model",), default=True),
    "transformers.cached_file": Loader(0, ("path_or_repo_id",)),
    "transformers.load_adapter": Loader(0, ("peft_model_id", "adapter_name_or_path")),
    "peft.load_adapter": Loader(0, ("model_id", "peft_model_id")),
    "adapters.load_adapter": Loader(0, ("adapter_name_or_path",)),
    "*.load_adapter": Loader(0, ("peft_model_id", "adapter_name_or_path", "model_id")),
    "optimum.pipeline": Loader(1, ("model",), default=True),
    "huggingface_hub.hf_hub_download": REPO,
    "huggingface_hub.snapshot_download": REPO,
    "huggingface_hub.hf_hub_url": REPO,
    "huggingface_hub.cached_download": REPO,
    "huggingface_hub.InferenceClient": Loader(0, ("model",), alone=False),
    "huggingface_hub.AsyncInferenceClient": Loader(0, ("model",), alone=False),
    "huggingface_hub.from_pretrained_keras": PRETRAINED,
    "sentence_transformers.SentenceTransformer": NAMED,
    "sentence_transformers.CrossEncoder": NAMED,
    "sentence_transformers.SparseEncoder": NAMED,
    "sentence_transformers.models.Transformer": Loader(alone=False),
    "sentence_transformers.modules.Transformer": Loader(alone=False),
    "sentence_transformers.models.MLMTransformer": Loader(),
    "sentence_transformers.from_model2vec": Loader(0, ("model_id_or_path",)),
    "pylate.ColBERT": NAMED,
    "diffusers.load_lora_weights": Loader(0, ("pretrained_model_name_or_path_or_dict",)),
    "*.load_lora_weights": Loader(0, ("pretrained_model_name_or_path_or_dict",)),
    "*.load_textual_inversion": Loader(0, ("pretrained_model_name_or_path",)),
    "*.load_ip_adapter": Loader(0, ("pretrained_model_name_or_path_or_dict",)),
    "*.from_single_file": PRETRAINED,
    "timm.create_model": TIMM,
    "open_clip.create_model*": OPEN_CLIP,
    "open_clip.create_model_and_transforms": OPEN_CLIP,
    "open_clip.create_model_from_pretrained": OPEN_CLIP,
    "open_clip.get_tokenizer": OPEN_CLIP,
    "torch.hub.load": Loader(2, ("model_name",), alone=False),
    "vllm.LLM": Loader(0, ("model",), default=True),
    "vllm.EngineArgs": Loader(0, ("model",), default=True),
    "vllm.AsyncEngineArgs": Loader(0, ("model",), default=True),
    "vllm.LoRARequest": Loader(2, ("lora_path", "lora_local_path")),
    "sglang.Engine": Loader(None, ("model_path",), alone=False),
    "sglang.Runtime": Loader(0, ("model_path",), alone=False),
    "sglang.ServerArgs": Loader(0, ("model_path",)),
    "mlx_lm.load": Loader(0, ("path_or_hf_repo",), alone=False),
    "mlx_vlm.load": Loader(0, ("path_or_hf_repo",), alone=False),
    "mlx_whisper.transcribe": Loader(None, ("path_or_hf_repo",), alone=False),
    "lmdeploy.pipeline": Loader(0, ("model_path",), alone=False),
    "mii.pipeline": Loader(0, ("model_name_or_path",), alone=False),
    "mii.serve": Loader(0, ("model_name_or_path",), alone=False),
    "fastembed.*Embedding": Loader(0, ("model_name",), default=True),
    "fastembed.*CrossEncoder": NAMED,
    "FlagEmbedding.*Flag*Model": Loader(0, ("model_name_or_path",)),
    "FlagEmbedding.*Flag*Reranker": Loader(0, ("model_name_or_path",)),
    "FlagEmbedding.from_finetuned": Loader(0, ("model_name_or_path",)),
    "llama_index.HuggingFace*": Loader(0, ("model_name", "model", "tokenizer_name"), default=True),
    "llama_index.OptimumEmbedding": Loader(None, ("folder_name",)),
    "llama_index.FastEmbedEmbedding": Loader(0, ("model_name",), default=True),
    "llama_index.SentenceTransformerRerank": Loader(None, ("model",), default=True),
    "llama_index.FlagEmbeddingReranker": Loader(None, ("model",), default=True),
    "llama_index.resolve_embed_model": Loader(0, ("embed_model",)),
    "langchain*.HuggingFacePipeline.from_model_id": Loader(0, ("model_id",), default=True),
    "langchain*.from_model_id": Loader(0, ("model_id",)),
    "langchain*.HuggingFace*Embeddings": Loader(None, ("model_name", "model"), default=True),
    "langchain*.SentenceTransformerEmbeddings": Loader(None, ("model_name", "model"), default=True),
    "langchain*.HuggingFaceCrossEncoder": Loader(None, ("model_name",), default=True),
    "langchain*.HuggingFace*": KEYWORD,
    "langchain*.FastEmbedEmbeddings": Loader(None, ("model_name",), default=True),
    "langchain_community.VLLM": Loader(None, ("model",), default=True),
    "haystack*.SentenceTransformers*": KEYWORD,
    "haystack*.Transformers*": KEYWORD,
    "haystack*.HuggingFaceLocal*": KEYWORD,
    "haystack*.Extractive*": KEYWORD,
    "chromadb.SentenceTransformerEmbeddingFunction": Loader(0, ("model_name",), default=True),
    "keybert.KeyBERT": Loader(0, ("model",), default=True),
    "bertopic.BERTopic": Loader(None, ("embedding_model",), default=True),
    "spacy_transformers.TransformerModel*": Loader(0, ("name",), alone=False),
    "flair.Transformer*Embeddings": Loader(0, ("model",)),
    "flair.load": Loader(0, ("model_path", "model"), bare="own", alone=False),
    "faster_whisper.WhisperModel": OWN._replace(alone=True),
    "faster_whisper.download_model": OWN._replace(keywords=("size_or_id",)),
    "whisperx.load_model": OWN._replace(keywords=("whisper_arch",)),
    "simpletransformers.*Model": Loader(1, ("model_name",), alone=False),
    "span_marker.SpanMarkerModel": PRETRAINED,
    "speechbrain.from_hparams": Loader(0, ("source",)),
    "bert_score.score": Loader(None, ("model_type",), alone=False),
    "bert_score.BERTScorer": Loader(0, ("model_type",)),
    "smolagents.TransformersModel": KEYWORD._replace(position=0),
    "smolagents.VLLMModel": KEYWORD._replace(position=0),
    "smolagents.MLXModel": KEYWORD._replace(position=0),
    "outlines.models.transformers": Loader(0, ("model_name",), alone=False),
    "guidance.Transformers": Loader(0, ("model",), alone=False),
    "mteb.get_model": Loader(0, ("model_name",), alone=False),
    "rerankers.Reranker": Loader(0, ("model_name",), bare="own", alone=False),
    "InstructorEmbedding.INSTRUCTOR": NAMED,
    "ctranslate2.TransformersConverter": Loader(0, ("model_name_or_path",)),
    "onnxruntime_genai.create_model": Loader(0, ("model_name",), alone=False),
    "pyannote.Inference": Loader(0, ("model",), alone=False),
    "keras_hub.from_preset": Loader(0, ("preset",), bare="own"),
    "keras_nlp.from_preset": Loader(0, ("preset",), bare="own"),
    "trl.*Trainer": Loader(0, ("model",), alone=False),
    "txtai.Embeddings": Loader(None, ("path",), alone=False),
    "txtai.*": Loader(0, ("path",), alone=False),
    "*.from_pretrained": PRETRAINED,
}
# Methods of objects that were made out of sight.
METHODS = frozenset(
    {
        "from_pretrained", "from_single_file", "hf_hub_download", "load_adapter",
        "load_ip_adapter", "load_lora_weights", "load_textual_inversion", "snapshot_download",
    }
)  # fmt: skip
# Libraries whose `from_pretrained` takes names of the Hub for certain.
HUB_LIBRARIES = frozenset(key.partition(".")[0] for key in LOADERS if key[0] != "*") | {
    "adapters", "ctransformers", "diffusers", "gliner", "gliner2", "llama_cpp", "model2vec",
    "optimum", "peft", "pyannote", "ragatouille", "setfit", "span_marker", "tokenizers",
    "unsloth", "unsloth_zoo", "auto_gptq", "awq", "auto_awq", "gptqmodel", "petals", "parler_tts",
    "chronos", "mlx_lm", "sae_lens", "transformer_lens",
}  # fmt: skip
# These call services elsewhere, whose models are no repositories of the Hub.
HOSTED_LIBRARIES = frozenset(
    {
        "anthropic", "autogen", "boto3", "cohere", "crewai", "dspy", "google", "groq", "instructor",
        "langchain", "langchain_anthropic", "langchain_openai", "litellm", "mistralai", "ollama",
        "openai", "pydantic_ai", "replicate", "together", "vertexai", "voyageai",
    }
)  # fmt: skip
# These load something else with the same calls.
NOT_MODELS = frozenset({"dataset", "space"})
HUB_PREFIXES = ("hf-hub:", "hf_hub:", "local:")

UNKNOWN = "?"  # the last word of a path that is told at run time: getattr(library, name)
_PATTERNS = tuple(name for name in HUB_LIBRARIES if "*" in name)


@lru_cache(maxsize=1024)
def is_hub_library(package: str) -> bool:
    """Whether a package loads models of the Hub."""
    return package in HUB_LIBRARIES or any(fnmatchcase(package, name) for name in _PATTERNS)


_Entry = tuple[str, str, str, Loader]
_ENTRIES: list[_Entry] = [
    (parts[0], parts[1] if len(parts) > 2 else "", parts[-1], loader)
    for key, loader in LOADERS.items()
    for parts in [key.split(".")]
]


@lru_cache(maxsize=4096)
def loader_of(path: tuple[str, ...]) -> Loader | None:
    """What is known of a function by its full path: package, …, name.

    The package is "?" where nothing imports it, "" where it is a value made out of sight and
    "." where this repository defines it.
    """
    package, last = path[0], path[-1]
    if len(path) < 2 or last == "()":
        return None
    if last == UNKNOWN:
        return PRETRAINED if is_hub_library(package) else None
    owner = path[-2] if len(path) > 2 else ""
    for root, holder, name, loader in _ENTRIES:
        if not fnmatchcase(last, name) or (holder and not fnmatchcase(owner, holder)):
            continue
        if root == "*" or fnmatchcase(package, root):
            return loader
        if package == "" and last in METHODS:
            return loader
        if package == "?" and name == last and loader.alone:
            return loader
    return None


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """Words one of which stands in every file that loads a model."""
    packages = {root.strip("*") for root, _, _, _ in _ENTRIES if root != "*"}
    return frozenset(packages | METHODS | {"huggingface", "hf.co", "hf_hub", "pipeline", "LLM"}) | {
        name for _, _, name, loader in _ENTRIES if loader.alone and "*" not in name
    }
