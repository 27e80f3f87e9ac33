"""Draft a catalog entry from what the Hub says about a model.

Only what the Hub states is filled in: configuration, safetensors header, card, commit. What it
does not state is written `null` with a to-do, because a guess in a catalog looks like a fact.
"""

from __future__ import annotations

import re
from math import prod
from typing import Any

from pick_model.catalog.architectures import (
    ARCHITECTURES,
    DEFAULT_TASKS,
    PADDED_POSITIONS,
    Architecture,
    image_size,
    shape_of,
)
from pick_model.catalog.draft_text import Line, written_out
from pick_model.catalog.hub import RepoFacts, Tensor, read_facts
from pick_model.catalog.model import Catalog
from pick_model.catalog.parameters import possible_counts
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry, Shape
from pick_model.documents.files import CatalogFile
from pick_model.documents.languages import canonical_language
from pick_model.documents.licenses import canonical_license
from pick_model.documents.reader import check, parse_yaml
from pick_model.documents.tasks import TASKS
from pick_model.errors import UnknownName

# Layers of a task or of pretraining, which the backbone does without.
HEADS = re.compile(
    r"^(cls|classifier|cls_classifier|distillation_classifier|score|qa_outputs|pre_classifier|"
    r"vocab_\w+|discriminator_predictions|generator_\w+|sop_classifier|predictions|quantizer|"
    r"project_q|project_hid|projector|ctc_proj|dropout)\."
)
OUTPUT = re.compile(r"^(lm_head|embed_out|proj_out)\.")  # the same table as the embeddings if tied
BUFFERS = re.compile(
    r"(position_ids|token_type_ids|\.attn\.(masked_)?bias|inv_freq|num_batches_tracked|"
    r"running_mean|running_var|final_logits_bias)$"
)
WORD_TABLE = re.compile(
    r"(word_embeddings|wte|embed_tokens|shared|token_embedding|word_embedding|embed_in|tokens_embed)"
    r"\.weight$"
)
WEIGHT_FILES = {".safetensors": "safetensors", ".bin": "pickle", ".pt": "pickle", ".onnx": "onnx"}


def draft(
    hub_id: str, catalog: Catalog, *, revision: str | None = None, timeout: float | None = None
) -> str:
    """A catalog file with one entry, as YAML text with to-do comments.

    Raises EnvironmentProblem when the Hub or the network is at fault.
    """
    facts = read_facts(hub_id, revision, timeout)
    lines = _lines(facts, catalog)
    text = written_out(facts, lines, catalog)
    check(parse_yaml(text, f"draft of {facts.head.id}"), CatalogFile)
    return text


def _lines(facts: RepoFacts, catalog: Catalog) -> list[Line]:
    """The fields in the order of the schema."""
    head, config = facts.head, facts.config
    model_type = str(config.get("model_type") or "")
    found = ARCHITECTURES.get(model_type)
    guess = found or Architecture("encoder", "text", model_type or "unknown")
    if guess.kind == "encoder" and _embeds_sentences(facts):
        guess = guess._replace(kind="sentence-encoder")
    unknown = "" if found else f"check kind and modality: model_type {model_type!r} is not known"
    entry_id = entry_id_of(head.id)
    base, base_todo = _base(facts, catalog)
    license_name = canonical_license(head.license or "")
    shape = shape_of(config, guess)
    lines = [
        Line("id", entry_id),
        Line("hub_repo", head.id, "hub-card"),
        Line("revision", head.sha if re.fullmatch("[0-9a-f]{40}", head.sha) else None),
        Line("family", catalog.entries[base].family if base else guess.family),
        Line("kind", guess.kind, todo=unknown),
        Line("modality", guess.modality),
        Line("tasks", _tasks(guess, head.pipeline_tag), todo="check"),
        _languages(facts, guess),
        Line("license", license_name, "hub-card", "" if license_name else _no_license(facts)),
        Line(
            "release_date",
            None,
            todo=f"when it was published; the repository is of {head.created}, which may be later"
            if head.created
            else "when it was published",
        ),
        *_counts(facts, guess, shape),
        *_limits(facts, guess, shape),
        Line("shape", _nested(shape), "hub-config", "" if config else "no config.json"),
        _pretraining(facts),
        Line("base_model", base, "hub-card" if base else None, base_todo),
        _weights(facts),
    ]
    optional = ("base_model",)
    return [line for line in lines if line.name not in optional or line.value or line.todo]


def entry_id_of(hub_id: str) -> str:
    """The id an entry gets: the last part of the repository's name, in lower case."""
    name = re.sub(r"[^a-z0-9._+-]", "-", hub_id.rpartition("/")[2].lower()).lstrip("._+-")
    return (name or "model")[:120]


def _embeds_sentences(facts: RepoFacts) -> bool:
    return facts.head.library == "sentence-transformers" or any(
        name.endswith("_Pooling/config.json") for name in facts.head.files
    )


def _tasks(found: Architecture, pipeline_tag: str | None) -> list[str]:
    """The task of a checkpoint that was fine-tuned for one, else what its kind is for."""
    usual = list(DEFAULT_TASKS.get(found.kind, ("feature-extraction",)))
    plain = ("fill-mask", "feature-extraction", "text-generation", "image-feature-extraction")
    if pipeline_tag in TASKS and pipeline_tag not in (*plain, *usual):
        return [pipeline_tag]
    if pipeline_tag in ("text-classification", "token-classification", "question-answering"):
        return [pipeline_tag]
    return usual


def _languages(facts: RepoFacts, found: Architecture) -> Line:
    if found.modality == "image":
        return Line("languages", [], "hub-card")
    given = facts.head.card.get("language")
    words = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    codes, odd = [], []
    for word in words:
        word = "no" if word is False else word  # YAML 1.1 reads Norwegian as a truth value
        code = canonical_language(str(word))
        if code is None:
            odd.append(str(word))
        elif code not in codes:
            codes.append(code)
    todo = f"the card also says {', '.join(odd)}" if odd else ""
    if not codes:
        return Line("languages", None, todo=todo or "the card does not say")
    return Line("languages", codes, "hub-card", todo)


def _no_license(facts: RepoFacts) -> str:
    given = facts.head.license
    return f"the card says {given!r}, which is not registered" if given else "the card does not say"


def _counts(facts: RepoFacts, found: Architecture, shape: Shape) -> list[Line]:
    """Parameters of the backbone, counted from the header."""
    if facts.tensors is None or "quantization_config" in facts.config:
        entry = Entry(
            id="draft",
            family=found.family,
            kind=found.kind,
            modality=found.modality,
            tasks=("fill-mask",),
            shape=shape,
            image_size=image_size(facts.config),
        )
        counts = possible_counts(entry)
        hint = f"; the shape gives {counts[0]}" if counts else ""
        why = "no safetensors header" if facts.tensors is None else "only quantised weights"
        return [Line("n_parameters", None, todo=f"{why} to count from{hint}")]
    tied = facts.config.get("tie_word_embeddings", found.kind != "decoder" or not found.gated)
    total = table = 0
    left_out: set[str] = set()
    for name, tensor in facts.tensors.items():
        if BUFFERS.search(name) or not tensor.dtype.startswith(("F", "BF")):
            continue
        if HEADS.match(name) or (OUTPUT.match(name) and tied):
            left_out.add(name.split(".")[0])
            continue
        total += prod(tensor.shape)
        table = max(table, _table(name, tensor))
    todo = f"without {', '.join(sorted(left_out))}" if left_out else ""
    lines = [Line("n_parameters", total or None, "hub-weights", todo)]
    if table and table < total:
        lines.append(Line("n_embedding_parameters", table, "hub-weights"))
    return lines


def _table(name: str, tensor: Tensor) -> int:
    return prod(tensor.shape) if WORD_TABLE.search(name) else 0


def _limits(facts: RepoFacts, found: Architecture, shape: Shape) -> list[Line]:
    """Width of the features and limits of the input."""
    config = facts.config
    text = config.get("text_config") if found.modality == "image-text" else config
    text = text if isinstance(text, dict) else {}
    width = config.get("projection_dim") if found.kind == "dual-encoder" else shape.hidden_size
    lines = [
        Line(
            "embed_dim",
            width if _counted(width) else None,
            "hub-config",
            "" if _counted(width) else "width of the features it gives",
        )
    ]
    if found.modality in ("text", "image-text"):
        limit: Any = text.get("max_position_embeddings") or text.get("n_positions")
        known = _counted(limit)
        if known and config.get("model_type") in PADDED_POSITIONS:
            limit -= 2
        lines.append(
            Line(
                "max_tokens",
                limit if known else None,
                "hub-config",
                "" if known else "the configuration sets no limit",
            )
        )
    if found.modality in ("image", "image-text"):
        side = image_size(config) or _preprocessed_side(facts.preprocessor)
        todo = "" if side else "pixels a side"
        lines.append(Line("image_size", side, "hub-config", todo))
    if found.modality == "audio":
        rate = facts.preprocessor.get("sampling_rate")
        lines.append(
            Line(
                "sample_rate_hz",
                rate if _counted(rate) else None,
                "hub-config",
                "" if _counted(rate) else "the preprocessor does not say",
            )
        )
        window = facts.preprocessor.get("chunk_length")
        if _counted(window):
            lines.append(Line("max_seconds", window, "hub-config"))
    return lines


def _counted(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9


def _preprocessed_side(preprocessor: dict[str, Any]) -> int | None:
    for key in ("crop_size", "size"):
        size = preprocessor.get(key)
        if isinstance(size, dict):
            size = size.get("height") or size.get("shortest_edge")
        if isinstance(size, int) and _counted(size):
            return size
    return None


def _nested(record: Any) -> dict[str, Any] | None:
    return to_plain(record) or None


def _pretraining(facts: RepoFacts) -> Line:
    given = facts.head.card.get("datasets")
    names = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    corpora = [{"name": str(name)[:200]} for name in names if str(name).strip()]
    todo = "objective, amount of data, compute: the card's text or the paper"
    return Line("pretraining", {"corpora": corpora} if corpora else None, "hub-card", todo)


def _base(facts: RepoFacts, catalog: Catalog) -> tuple[str | None, str]:
    """The catalog's id of the base model, and what is to do where it has none."""
    given = facts.head.card.get("base_model")
    name = given[0] if isinstance(given, list) and len(given) == 1 else given
    if not isinstance(name, str):
        return None, "the card names several" if isinstance(given, list) and given else ""
    try:
        return catalog.find(name).id, ""
    except UnknownName:
        return None, f"the card says {name}, which the catalog does not hold"


def _weights(facts: RepoFacts) -> Line:
    kinds = {
        kind
        for name in facts.head.files
        for suffix, kind in WEIGHT_FILES.items()
        if name.endswith(suffix) and "/" not in name and not name.startswith("training_args")
    }
    order = [kind for kind in ("safetensors", "pickle", "onnx") if kind in kinds]
    return Line("weights", order or None, "hub-card", "" if order else "no weights found")
