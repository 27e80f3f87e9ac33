"""What a `model_type` of the Hub is in the catalog's words, and how its config names things."""

from __future__ import annotations

from typing import Any, NamedTuple

from pick_model.catalog.validate.facts import RANGES
from pick_model.documents.catalog import Shape


class Architecture(NamedTuple):
    """Kind and family of a model_type; `gated` where its feed-forward has three matrices."""

    kind: str
    modality: str
    family: str
    gated: bool = False


def _text(kind: str, names: str, gated: bool = False) -> dict[str, Architecture]:
    pairs = (name.partition("=") for name in names.split())
    return {
        name: Architecture(kind, "text", family or name.replace("_", "-"), gated)
        for name, _, family in pairs
    }


def _others(kind: str, modality: str, names: str) -> dict[str, Architecture]:
    pairs = (name.partition("=") for name in names.split())
    return {
        name: Architecture(kind, modality, family or name.replace("_", "-"))
        for name, _, family in pairs
    }


# model_type, and after "=" the catalog's family where it is called otherwise.
ARCHITECTURES: dict[str, Architecture] = {
    **_text("encoder", "albert bert big_bird=bigbird camembert canine deberta "
            "data2vec-text deberta-v2=deberta-v3 distilbert electra ernie esm flaubert fnet funnel "
            "ibert layoutlm layoutlmv3 longformer luke mobilebert mpnet nystromformer rembert "
            "roberta roberta-prelayernorm roformer squeezebert xlm xlm-roberta "
            "xlm-roberta-xl xlnet xmod"),
    **_text("encoder", "modernbert eurobert neobert nomic_bert=nomic", gated=True),
    **_text("decoder", "biogpt bloom codegen falcon gpt2=gpt-2 gpt_bigcode=santacoder "
            "gpt_neo=gpt-neo gpt_neox=pythia gptj=gpt-j mamba mamba2 mpt openai-gpt=gpt opt phi "
            "rwkv starcoder2"),
    **_text("decoder", "cohere cohere2=cohere deepseek_v2=deepseek deepseek_v3=deepseek exaone4 "
            "gemma=gemma-2 gemma2=gemma-2 gemma3_text=gemma-3 glm glm4=glm gpt_oss=gpt-oss "
            "granite granitemoe=granite lfm2 llama llama4_text=llama mistral mixtral "
            "modernbert-decoder nemotron olmo olmo2=olmo-2 olmo3 olmoe phi3=phi-3 "
            "phimoe=phi-3 qwen2=qwen2.5 qwen2_moe=qwen2.5 qwen3 qwen3_moe=qwen3 smollm3 "
            "stablelm=stablelm-2", gated=True),
    **_text("encoder-decoder", "bart bigbird_pegasus=bigbird encoder-decoder led longt5 "
            "m2m_100=m2m100 marian=opus-mt mbart mt5 mvp nllb-moe=nllb pegasus pegasus_x=pegasus "
            "plbart prophetnet switch_transformers=t5 t5 umt5=mt5"),
    **_others("vit", "image", "vit=ViT deit=DeiT beit=BEiT dinov2=DINOv2 dinov3_vit=DINOv3"),
    **_others("hierarchical-vit", "image", "swin=Swin swinv2=SwinV2 pvt_v2=PVTv2 levit=LeViT "
              "mobilevit=MobileViT cvt=CvT poolformer=PoolFormer"),
    **_others("cnn", "image", "resnet=ResNet convnext=ConvNeXt convnextv2=ConvNeXtV2 "
              "efficientnet=EfficientNet regnet=RegNet mobilenet_v2=MobileNetV2 bit=BiT"),
    **_others("detector", "image", "detr=DETR yolos=YOLOS rt_detr=RT-DETR deformable_detr=DETR"),
    **_others("segmenter", "image", "segformer=SegFormer mask2former=Mask2Former "
              "maskformer=MaskFormer sam=SAM upernet=UPerNet"),
    **_others("speech-encoder", "audio", "wav2vec2 hubert wavlm data2vec-audio sew sew-d unispeech "
              "unispeech-sat wav2vec2-bert=w2v-bert wav2vec2-conformer"),
    **_others("speech-encoder-decoder", "audio", "whisper speech_to_text=speech-to-text speecht5 "
              "moonshine"),
    **_others("audio-encoder", "audio", "audio-spectrogram-transformer=ast"),
    **_others("audio-text-dual-encoder", "audio", "clap"),
    **_others("audio-generator", "audio", "musicgen bark"),
    **_others("dual-encoder", "image-text", "clip=CLIP siglip=SigLIP siglip2=SigLIP "
              "chinese_clip=Chinese-CLIP align=ALIGN altclip=AltCLIP"),
    **_others("vision-language", "image-text", "blip=BLIP blip-2=BLIP-2 florence2=Florence-2 "
              "gemma3=gemma-3 gemma3n=gemma-3 git=GIT idefics2=Idefics idefics3=SmolVLM "
              "instructblip=InstructBLIP internvl=InternVL internvl_chat=InternVL llama4=llama "
              "llava=LLaVA llava_next=LLaVA llava_onevision=LLaVA mistral3=mistral mllama=llama "
              "paligemma=PaliGemma pix2struct=Pix2Struct qwen2_vl=Qwen2-VL qwen2_5_vl=Qwen2.5-VL "
              "qwen3_vl=Qwen3-VL smolvlm=SmolVLM vilt=ViLT vision-encoder-decoder=TrOCR"),
}  # fmt: skip

# What one fine-tunes a plain checkpoint of a kind for.
DEFAULT_TASKS: dict[str, tuple[str, ...]] = {
    "encoder": ("text-classification", "token-classification", "question-answering", "fill-mask"),
    "sentence-encoder": ("text-classification", "sentence-similarity", "feature-extraction"),
    "decoder": ("text-generation", "text-classification"),
    "encoder-decoder": ("summarization", "translation", "text-generation"),
    "vit": ("image-classification", "image-feature-extraction"),
    "hierarchical-vit": ("image-classification", "image-feature-extraction"),
    "cnn": ("image-classification", "image-feature-extraction"),
    "detector": ("object-detection",),
    "segmenter": ("image-segmentation",),
    "speech-encoder": ("automatic-speech-recognition", "audio-classification"),
    "speech-encoder-decoder": ("automatic-speech-recognition",),
    "audio-encoder": ("audio-classification",),
    "audio-text-dual-encoder": ("audio-classification",),
    "audio-generator": ("text-to-audio",),
    "speech-generator": ("text-to-speech",),
    "cross-encoder": ("text-ranking",),
    "late-interaction": ("feature-extraction", "text-ranking"),
    "sparse-encoder": ("feature-extraction",),
    "label-encoder": ("zero-shot-classification", "zero-shot-token-classification"),
    "depth-estimator": ("depth-estimation",),
    "video-encoder": ("video-classification",),
    "forecaster": ("time-series-forecasting",),
    "tabular-transformer": ("tabular-classification", "tabular-regression"),
    "diffusion": ("text-to-image",),
    "dual-encoder": (
        "zero-shot-image-classification", "image-text-retrieval", "image-classification",
    ),
    "vision-language": ("image-to-text", "visual-question-answering"),
}  # fmt: skip

# Where configurations keep a dimension; the first that is there counts.
SHAPE_KEYS: dict[str, tuple[str, ...]] = {
    "n_layers": ("num_hidden_layers", "n_layer", "n_layers", "encoder_layers", "num_layers"),
    "n_decoder_layers": ("decoder_layers", "num_decoder_layers"),
    "hidden_size": ("hidden_size", "n_embd", "d_model", "dim", "emb_dim"),
    "embedding_size": ("embedding_size", "word_embed_proj_dim"),
    "intermediate_size": (
        "intermediate_size", "n_inner", "ffn_dim", "encoder_ffn_dim", "d_ff", "hidden_dim",
    ),
    "n_heads": ("num_attention_heads", "n_head", "n_heads", "encoder_attention_heads", "num_heads"),
    "n_kv_heads": ("num_key_value_heads",),
    "head_dim": ("head_dim", "d_kv"),
    "vocab_size": ("vocab_size",),
    "n_positions": ("max_position_embeddings", "n_positions", "max_source_positions"),
    "n_token_types": ("type_vocab_size",),
    "patch_size": ("patch_size",),
}  # fmt: skip
ENCODER_DECODERS = frozenset({"encoder-decoder", "speech-encoder-decoder"})
# Position ids start behind the padding id, so two of the table's rows are never used.
PADDED_POSITIONS = frozenset(
    {"camembert", "data2vec-text", "esm", "ibert", "layoutlmv3", "longformer", "luke", "mpnet"}
    | {"roberta", "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod"}
)
# Gated decoders whose output table is the embeddings unless the configuration says otherwise.
TIED = frozenset({"cohere", "cohere2", "gemma", "gemma2", "gemma3_text", "lfm2", "smollm3"})


def shape_of(config: dict[str, Any], found: Architecture) -> Shape:
    """The dimensions a configuration states; of two towers the image one's."""
    inner = inner_config(config, found)
    values = {
        name: _believed(f"shape.{name}", _first(inner, keys))
        for name, keys in SHAPE_KEYS.items()
        if name != "n_decoder_layers" or found.kind in ENCODER_DECODERS
    }
    decoder = config.get("decoder")
    if found.kind in ENCODER_DECODERS and isinstance(decoder, dict):
        values["n_decoder_layers"] = _first(decoder, SHAPE_KEYS["n_layers"])
    if values.get("embedding_size") == values.get("hidden_size"):
        values["embedding_size"] = None
    side, patch = image_size(config), values["patch_size"]
    if found.kind in ("vit", "dual-encoder") and side and patch:
        values["vocab_size"] = values["n_token_types"] = None
        class_token = 0 if found.family == "SigLIP" else 1
        values["n_positions"] = (side // patch) ** 2 + class_token
    if found.kind in ("speech-encoder", "audio-encoder"):
        values["vocab_size"] = values["n_positions"] = None
    gated = found.gated or str(inner.get("feed_forward_proj", "")).startswith("gated")
    return Shape(gated_ffn=gated, **values)


# Where configurations of several parts keep the one whose dimensions the catalog states: of a
# model that writes text the part that writes, of two towers the image one.
WRITERS = ("text_config", "llm_config", "language_config", "encoder")
TOWERS = ("vision_config", "text_config", "encoder", "backbone_config")


def inner_config(config: dict[str, Any], found: Architecture) -> dict[str, Any]:
    """The part of a configuration that describes the backbone."""
    writes = found.kind == "vision-language"
    if writes and _count(config.get("hidden_size")):
        return config  # Qwen2-VL keeps its decoder at the top
    both = found.modality == "image-text" or config.get("model_type") == "encoder-decoder"
    for name in (WRITERS + TOWERS) if writes else TOWERS:
        inner = config.get(name)
        if isinstance(inner, dict) and both:
            return inner
    return config


def ties_output(config: dict[str, Any], found: Architecture) -> bool:
    """Whether the output table is the embeddings, so that it is counted once."""
    inner = inner_config(config, found)
    for part in (config, inner):
        if isinstance(part.get("tie_word_embeddings"), bool):
            return bool(part["tie_word_embeddings"])
    own = found.kind == "vision-language" or (found.kind == "decoder" and found.gated)
    return not own or str(config.get("model_type")) in TIED


def text_limit(config: dict[str, Any], found: Architecture) -> int | None:
    """Tokens an input may have, as the table of positions allows."""
    text = config.get("text_config") if found.modality == "image-text" else config
    if not isinstance(text, dict):
        text = config
    limit = _first(text, ("max_position_embeddings", "n_positions", "max_sequence_length"))
    padded = str(config.get("model_type")) in PADDED_POSITIONS
    return _believed("max_tokens", limit - 2 if limit and padded else limit)


def image_size(config: dict[str, Any]) -> int | None:
    """Pixels a side, from the model or its image tower."""
    for part in (config, config.get("vision_config")):
        if isinstance(part, dict):
            value = part.get("image_size")
            if isinstance(value, list) and value:
                value = value[0]
            found = _believed("image_size", _count(value))
            if found:
                return found
    return None


def unbelievable(config: dict[str, Any], found: Architecture) -> list[str]:
    """The dimensions a configuration states and nobody has, in words."""
    inner = inner_config(config, found)
    return [
        f"{key} {inner[key]!r}"[:60]
        for name, keys in SHAPE_KEYS.items()
        for key in keys
        if isinstance(inner.get(key), int | float | str)
        and _believed(f"shape.{name}", _count(inner[key])) is None
        and inner[key] not in (0, -1)  # how configurations write "none"
    ]


def _believed(name: str, value: int | None) -> int | None:
    """A dimension within the bounds that `catalog validate` holds it to."""
    low, high = RANGES[name]
    return value if value is not None and low <= value <= high else None


def _first(config: dict[str, Any], keys: tuple[str, ...]) -> int | None:
    return next((n for key in keys if (n := _count(config.get(key)))), None)


def _count(value: object) -> int | None:
    """A believable dimension; configurations may hold anything."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9:
        return value
    return None
