"""What a repository holds, in the catalog's words: kind, modality, family, formats.

The configuration's model_type decides where it is known. Else timm's and OpenCLIP's own
configurations, the class the weights were saved from, the base model, and the Hub's tag are
asked in that order, and what they say is to be checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pick_model.catalog.draft.architectures import ARCHITECTURES, Architecture
from pick_model.catalog.draft.repository import ADAPTER_FILES, RepoFacts
from pick_model.documents.catalog import Entry
from pick_model.hub.client import RepoHead

# The first word of timm's names of architectures; "vit" and kin read fixed patches.
TIMM_KINDS = {
    "vit": "vit deit deit3 beit beitv2 eva eva02 flexivit vit samvit naflexvit cait xcit",
    "hierarchical-vit": "swin swinv2 pvt levit maxvit maxxvit coatnet coat crossvit "
    "davit efficientformer efficientformerv2 efficientvit fastvit focalnet gcvit hiera "
    "mobilevit mobilevitv2 mvitv2 nest nextvit pit poolformer poolformerv2 caformer "
    "convformer rdnet sequencer tiny twins tnt visformer volo",
}
TIMM_FAMILIES = {
    "beit": "BEiT", "beitv2": "BEiTv2", "coatnet": "CoAtNet", "convnext": "ConvNeXt",
    "convnextv2": "ConvNeXtV2", "deit": "DeiT", "deit3": "DeiT III", "densenet": "DenseNet",
    "efficientformer": "EfficientFormer", "efficientnet": "EfficientNet",
    "efficientnetv2": "EfficientNetV2", "eva02": "EVA-02", "fastvit": "FastViT",
    "inception": "Inception", "levit": "LeViT", "maxvit": "MaxViT", "mnasnet": "MNASNet",
    "mobilenetv2": "MobileNet", "mobilenetv3": "MobileNet", "mobilenetv4": "MobileNet",
    "mobilevit": "MobileViT", "mobilevitv2": "MobileViT", "poolformer": "PoolFormer",
    "pvt": "PVTv2", "regnetx": "RegNet", "regnety": "RegNet", "repvgg": "RepVGG",
    "resnet": "ResNet", "resnetv2": "BiT", "resnext": "ResNeXt", "swin": "Swin",
    "swinv2": "SwinV2", "tiny": "TinyViT", "vgg": "VGG", "vit": "ViT", "wide": "Wide-ResNet",
}  # fmt: skip
# Endings of the class that wrote a checkpoint.
CLASSES = {
    "ForCausalLM": ("decoder", "text"),
    "LMHeadModel": ("decoder", "text"),
    "ForMaskedLM": ("encoder", "text"),
    "ForPreTraining": ("encoder", "text"),
    "ForSequenceClassification": ("encoder", "text"),
    "ForTokenClassification": ("encoder", "text"),
    "ForQuestionAnswering": ("encoder", "text"),
    "ForSeq2SeqLM": ("encoder-decoder", "text"),
    "ForImageClassification": ("vit", "image"),
    "ForObjectDetection": ("detector", "image"),
    "ForSemanticSegmentation": ("segmenter", "image"),
    "ForUniversalSegmentation": ("segmenter", "image"),
    "ForCTC": ("speech-encoder", "audio"),
    "ForSpeechSeq2Seq": ("speech-encoder-decoder", "audio"),
    "ForAudioClassification": ("audio-encoder", "audio"),
    "ForImageTextToText": ("vision-language", "image-text"),
    "ForVision2Seq": ("vision-language", "image-text"),
}
TAGS = {
    "text-generation": ("decoder", "text"),
    "text2text-generation": ("encoder-decoder", "text"),
    "translation": ("encoder-decoder", "text"),
    "summarization": ("encoder-decoder", "text"),
    "sentence-similarity": ("sentence-encoder", "text"),
    "image-classification": ("vit", "image"),
    "image-feature-extraction": ("vit", "image"),
    "object-detection": ("detector", "image"),
    "image-segmentation": ("segmenter", "image"),
    "text-to-image": ("diffusion", "image-text"),
    "image-to-image": ("diffusion", "image-text"),
    "image-text-to-text": ("vision-language", "image-text"),
    "image-to-text": ("vision-language", "image-text"),
    "visual-question-answering": ("vision-language", "image-text"),
    "zero-shot-image-classification": ("dual-encoder", "image-text"),
    "automatic-speech-recognition": ("speech-encoder-decoder", "audio"),
    "audio-classification": ("audio-encoder", "audio"),
    "text-to-audio": ("audio-generator", "audio"),
    "text-to-speech": ("speech-generator", "audio"),
    "text-ranking": ("cross-encoder", "text"),
    "document-question-answering": ("vision-language", "image-text"),
    "depth-estimation": ("depth-estimator", "image"),
    "video-classification": ("video-encoder", "image"),
    "time-series-forecasting": ("forecaster", "time-series"),
    "tabular-classification": ("tabular-transformer", "tabular"),
    "tabular-regression": ("tabular-transformer", "tabular"),
}
# Libraries whose models are of one kind.
LIBRARIES = {
    "diffusers": ("diffusion", "image-text"),
    "fasttext": ("text-cnn", "text"),
    "gliclass": ("label-encoder", "text"),
    "gliner": ("label-encoder", "text"),
    "pylate": ("late-interaction", "text"),
    "gguf": ("decoder", "text"),
    "mlx": ("decoder", "text"),
    "open_clip": ("dual-encoder", "image-text"),
    "sentence-transformers": ("sentence-encoder", "text"),
    "timm": ("cnn", "image"),
}
# Libraries and tags of models that look like plain encoders and compare texts.
COMPARING = {"pylate": "late-interaction", "gliner": "label-encoder", "gliclass": "label-encoder"}
RANKING = {"sparse-encoder": "sparse-encoder", "splade": "sparse-encoder",
           "cross-encoder": "cross-encoder", "text-ranking": "cross-encoder"}  # fmt: skip
WEIGHT_FILES = {
    ".safetensors": "safetensors",
    ".bin": "pickle",
    ".pt": "pickle",
    ".pth": "pickle",
    ".ckpt": "pickle",
    ".onnx": "onnx",
    ".gguf": "gguf",
    ".h5": "other",
    ".msgpack": "other",
    ".tflite": "other",
    ".nemo": "other",
}
FORMATS = ("safetensors", "pickle", "onnx", "gguf", "other")
# What trainers leave beside the weights.
BY_PRODUCTS = re.compile(r"(training_args|optimizer|scheduler|scaler|rng_state|trainer_state)[_.]")


class Recognised(NamedTuple):
    """The architecture of a repository, and what is to be checked about it."""

    found: Architecture
    todo: str = ""


def recognise(facts: RepoFacts, base: Entry | None) -> Recognised:
    """Kind, modality and family of what a repository holds."""
    config, head = facts.config, facts.head
    timm = timm_name(facts)
    if timm:
        return _timm(timm)
    if "open_clip_config.json" in facts.others:
        return Recognised(ARCHITECTURES["clip"], "family: which CLIP this is")
    model_type = _word(config.get("model_type"))
    found = ARCHITECTURES.get(model_type) or ARCHITECTURES.get(_gguf_architecture(head))
    if found:
        return Recognised(_embedding(found, facts))
    unknown = f"model_type {model_type!r} is not known" if model_type else "no model_type"
    todo = f"check kind and modality: {unknown}"
    if base is not None:
        like = Architecture(base.kind, base.modality, base.family, base.shape.gated_ffn)
        return Recognised(like, f"{todo}, taken from its base model {base.id}")
    kind, modality, said = _hinted(facts)
    if "vision_config" in config and modality == "text":
        kind, modality = "vision-language", "image-text"
    guess = Architecture(kind, modality, model_type or "unknown")
    return Recognised(_embedding(guess, facts), f"{todo}; {said}")


def _hinted(facts: RepoFacts) -> tuple[str, str, str]:
    """Kind and modality by the class, the tag or the library, and which of them spoke."""
    classes = facts.config.get("architectures")
    for name in classes if isinstance(classes, list) else ():
        for ending, (kind, modality) in CLASSES.items():
            if isinstance(name, str) and name.endswith(ending):
                return kind, modality, f"its class is {name}"
    if facts.head.library != "sentence-transformers" and facts.head.pipeline_tag in TAGS:
        tag = facts.head.pipeline_tag or ""
        return *TAGS[tag], f"the Hub's tag is {tag}"
    library = (facts.head.library or "").lower()
    if library in LIBRARIES:
        return *LIBRARIES[library], f"the library is {library}"
    if "model_index.json" in facts.head.files:
        return *LIBRARIES["diffusers"], "model_index.json is a pipeline of diffusers"
    return "encoder", "text", "nothing else says what it is"


def _word(value: object) -> str:
    """A name of a configuration, if it looks like one."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w.-]{1,60}", value, re.A) else ""


def timm_name(facts: RepoFacts) -> str:
    """The architecture as timm calls it; "" for what is none of timm's."""
    ours = facts.head.library == "timm" or str(facts.config.get("model_type")).startswith("timm_")
    name = _word(facts.config.get("architecture"))
    return name if name and (ours or "model_type" not in facts.config) else ""


def _timm(name: str) -> Recognised:
    stem = name.lower().removeprefix("tf_").partition("_")[0]  # tf_efficientnetv2_s
    if stem not in TIMM_FAMILIES:
        stem = re.sub(r"^se(?=res)|\d+$", "", stem)  # seresnext50, densenet121
    kind = next((kind for kind, words in TIMM_KINDS.items() if stem in words.split()), "cnn")
    family = TIMM_FAMILIES.get(stem)
    todo = "" if family else f"check kind and family: timm's {name}"
    return Recognised(Architecture(kind, "image", family or stem or "unknown"), todo)


def _gguf_architecture(head: RepoHead) -> str:
    """What the Hub read in a GGUF's header, as transformers calls it."""
    name = _word(head.gguf.get("architecture"))
    return {"phi2": "phi", "gemma3": "gemma3_text", "gptneox": "gpt_neox"}.get(name, name)


def _embedding(found: Architecture, facts: RepoFacts) -> Architecture:
    """A text model further trained to compare texts: each for itself, word by word, or a pair."""
    tags = {facts.head.pipeline_tag, *facts.head.tags}
    library = (facts.head.library or "").lower()
    if found.modality == "text" and library in COMPARING:
        return found._replace(kind=COMPARING[library])
    if found.modality == "text" and found.kind in ("encoder", "sentence-encoder"):
        for tag, kind in RANKING.items():
            if tag in tags:
                return found._replace(kind=kind)
    classes = str(facts.config.get("architectures"))
    embeds = (
        facts.head.library == "sentence-transformers"
        or "modules.json" in facts.head.files
        or any(name.endswith("_Pooling/config.json") for name in facts.head.files)
    )
    if found.modality != "text" or not embeds or "ForSequenceClassification" in classes:
        return found
    return found._replace(kind="sentence-encoder")


class Adapter(NamedTuple):
    """Weights that are laid over another model's."""

    kind: str  # "a PEFT adapter (LORA)"
    base: str  # as its configuration or card names it; "" for unknown


def adapter_of(head: RepoHead, config: Mapping[str, Any]) -> Adapter | None:
    """The adapter a repository holds; None for one that holds a model."""
    relation = head.card.get("base_model_relation")
    beside = any(ADAPTER_FILES.match(name) for name in head.files)
    said = head.library in ("peft", "adapter-transformers") or relation == "adapter"
    if not (config or beside or said) or has_model(head):
        return None
    peft = config.get("peft_type")
    kind = f"a PEFT adapter ({peft})" if isinstance(peft, str) else "an adapter"
    card = head.card.get("base_model")
    named = [config.get("base_model_name_or_path"), config.get("model_name")]
    named += card if isinstance(card, list) else [card]
    names = [name for name in named if isinstance(name, str) and name.strip()]
    on_hub = [name for name in names if re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", name, re.A)]
    return Adapter(kind, (on_hub or names or [""])[0])  # a path of the trainer's machine says less


def has_model(head: RepoHead) -> bool:
    """Whether there are weights of a whole model at the top of a repository."""
    return any(
        re.match(r"(model|pytorch_model|tf_model|flax_model|consolidated)\b[^/]*$", name)
        and weight_format(name)
        for name in head.files
    )


def weight_format(name: str) -> str | None:
    """The format of a file of weights; None for every other file."""
    inner = name.rpartition("/")[2]
    if BY_PRODUCTS.match(inner) or ADAPTER_FILES.match(inner):
        return None
    return next((k for ending, k in WEIGHT_FILES.items() if inner.lower().endswith(ending)), None)


def weight_formats(facts: RepoFacts) -> list[str]:
    """The formats the weights come in; those of a subfolder only where the model lies there."""
    places = {facts.folder.rstrip("/"), "onnx"}
    found = {weight_format(n) for n in facts.head.files if n.rpartition("/")[0] in places}
    if not found - {None} and "model_index.json" in facts.head.files:
        found = {weight_format(name) for name in facts.head.files}  # one folder for each part
    return [kind for kind in FORMATS if kind in found]
