"""The figures of a draft: parameters, width and limits, shape; each with where it is from."""

from __future__ import annotations

from typing import Any

from pick_model.catalog.draft.architectures import (
    Architecture,
    image_size,
    shape_of,
    text_limit,
    ties_output,
    unbelievable,
)
from pick_model.catalog.draft.parameters import possible_counts
from pick_model.catalog.draft.recognise import timm_name
from pick_model.catalog.draft.repository import RepoFacts
from pick_model.catalog.draft.text import Line
from pick_model.catalog.draft.weights import count, quantisation, scheme
from pick_model.catalog.validate.facts import RANGES
from pick_model.catalog.validate.numbers import PARAMETER_TOLERANCE
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry, Shape

# A configuration with one of these has experts, which the formulas of shapes leave out.
EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")


def figures(facts: RepoFacts, found: Architecture, base: Entry | None) -> list[Line]:
    """The lines from n_parameters to shape, in the order of the schema."""
    shape = shape_of(facts.config, found) if facts.config else Shape()
    lines = [
        *_counts(facts, found, shape),
        *_limits(facts, found, shape),
        _shape(facts, found, shape),
    ]
    if base is None or not _is_copy(facts):
        return lines
    return [_from_base(line, base) for line in lines]


def _is_copy(facts: RepoFacts) -> bool:
    """Whether the weights are the base model's, stored in another way."""
    relation = facts.head.card.get("base_model_relation")
    gguf = any(name.endswith(".gguf") for name in facts.head.files)
    return relation == "quantized" or (gguf and relation is None and facts.tensors is None)


COPIED = ("n_parameters", "n_embedding_parameters", "embed_dim", "max_tokens", "shape")


def _from_base(line: Line, base: Entry) -> Line:
    """What the repository does not state, from the model it is a copy of."""
    if line.value is not None or line.name not in COPIED:
        return line
    value = getattr(base, line.name)
    value = (to_plain(value) or None) if isinstance(value, Shape) else value
    return line if value is None else Line(line.name, value, "hub-base", f"as {base.id} has")


def _counts(facts: RepoFacts, found: Architecture, shape: Shape) -> list[Line]:
    """Parameters of the backbone, counted from the header."""
    config = facts.config
    allowed = _allowed(facts, found, shape)
    hint = f"; the shape gives {allowed[0]}" if allowed else ""
    if facts.tensors is None:
        return _uncounted(facts, hint)
    quantised = quantisation(config, facts.other("quantize_config.json"))
    whole = bool(timm_name(facts))
    counted = count(facts.tensors, quantised, heads=whole, output=not _ties(config, found) or whole)
    if counted is None:
        why = f"packed in a way that is not known ({scheme(quantised)})"
        return [Line("n_parameters", None, todo=f"{why}{hint}")]
    if not 0 < counted.total <= RANGES["n_parameters"][1]:
        why = f"the header adds up to {counted.total}, which cannot be"
        return [Line("n_parameters", None, todo=f"{why}{hint}")]
    todos = [f"without {', '.join(counted.left_out)}"] if counted.left_out else []
    if whole:
        todos.append("with its classifier, as timm counts")
    if allowed and not any(_near(counted.total, each) for each in allowed):
        todos.append(f"the shape gives {allowed[0]}: check that the weights are whole")
    if found.modality == "text" and not counted.table:
        todos.append("no table of tokens was found in the header")
    source = "hub-unpacked" if counted.packed else "hub-weights"
    lines = [Line("n_parameters", counted.total, source, "; ".join(todos))]
    if 0 < counted.table < counted.total:
        lines.append(Line("n_embedding_parameters", counted.table, source))
    return lines


def _ties(config: dict[str, Any], found: Architecture) -> bool:
    """An encoder's output table belongs to its pretraining, whether it is reused or not."""
    encodes = found.kind in ("encoder", "sentence-encoder", "speech-encoder")
    return encodes or ties_output(config, found)


def _near(total: int, other: int) -> bool:
    return abs(total - other) <= PARAMETER_TOLERANCE * other


def _allowed(facts: RepoFacts, found: Architecture, shape: Shape) -> tuple[int, ...]:
    """The totals that the shape allows, as `catalog validate` will compute them."""
    if any(key in facts.config for key in EXPERTS):
        return ()
    entry = Entry(
        id="draft",
        family=found.family,
        kind=found.kind,
        modality=found.modality,
        tasks=("fill-mask",),
        shape=shape,
        image_size=image_size(facts.config),
    )
    return possible_counts(entry)


def _uncounted(facts: RepoFacts, hint: str) -> list[Line]:
    """No header to count from, but for what the Hub read in a GGUF's."""
    total = facts.head.gguf.get("total")
    if (
        isinstance(total, int)
        and not isinstance(total, bool)
        and 0 < total <= RANGES["n_parameters"][1]
    ):
        return [Line("n_parameters", total, "hub-gguf")]
    todo = f"no safetensors header to count from{hint}"
    return [Line("n_parameters", None, todo=todo), Line("n_embedding_parameters", None)]


def _limits(facts: RepoFacts, found: Architecture, shape: Shape) -> list[Line]:
    """Width of the features and limits of the input."""
    config = facts.config
    width = _width(facts, found, shape)
    lines = [
        Line("embed_dim", width, "hub-config", "" if width else "width of the features it gives")
    ]
    if found.modality in ("text", "image-text"):
        limit, todo = text_limit(config, found), ""
        own = _counted(facts.other("sentence_bert_config.json").get("max_seq_length"))
        if own and (limit is None or own < limit):
            todo = f"its positions go to {limit}" if limit else ""
            limit = own
        elif limit is None:
            limit = _counted(facts.head.gguf.get("context_length"))
        todo = todo if limit else "the configuration sets no limit"
        lines.append(Line("max_tokens", limit, "hub-config", todo))
    if found.modality in ("image", "image-text"):
        side = image_size(config) or _side_elsewhere(facts)
        todo = "" if side else "pixels a side"
        lines.append(Line("image_size", side, "hub-config", todo))
    if found.modality == "audio":
        preprocessor = facts.other("preprocessor_config.json")
        rate = _counted(preprocessor.get("sampling_rate"))
        todo = "" if rate else "the preprocessor does not say"
        lines.append(Line("sample_rate_hz", rate, "hub-config", todo))
        window = _counted(preprocessor.get("chunk_length"))
        if window:
            lines.append(Line("max_seconds", window, "hub-config"))
    return lines


def _width(facts: RepoFacts, found: Architecture, shape: Shape) -> int | None:
    """Width of the features: of two towers the space both end in, behind dense layers theirs."""
    if timm_name(facts):
        return _counted(facts.config.get("num_features"))
    clip = facts.other("open_clip_config.json").get("model_cfg")
    if isinstance(clip, dict):
        return _counted(clip.get("embed_dim"))
    if found.kind == "dual-encoder":
        return _counted(facts.config.get("projection_dim"))
    if found.kind == "vision-language":
        return None  # it writes text; no one vector stands for an input
    for part in reversed(facts.modules):
        width = _counted(facts.other(f"{part.get('path')}/config.json").get("out_features"))
        if width:
            return width
    return shape.hidden_size


def _counted(value: object) -> int | None:
    """A believable count; configurations may hold anything."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**7:
        return value
    return None


def _side_elsewhere(facts: RepoFacts) -> int | None:
    """Pixels a side from timm's, OpenCLIP's or the preprocessor's configuration."""
    for settings in (facts.config.get("pretrained_cfg"), facts.config):
        size = settings.get("input_size") if isinstance(settings, dict) else None
        if isinstance(size, list) and len(size) == 3 and _counted(size[2]):
            return _counted(size[2])
    clip = facts.other("open_clip_config.json").get("model_cfg")
    vision = clip.get("vision_cfg") if isinstance(clip, dict) else None
    if isinstance(vision, dict):
        return image_size(vision)
    preprocessor = facts.other("preprocessor_config.json")
    for key in ("crop_size", "size"):
        size = preprocessor.get(key)
        if isinstance(size, dict):
            size = size.get("height") or size.get("shortest_edge")
        if _counted(size):
            return _counted(size)
    return None


def _shape(facts: RepoFacts, found: Architecture, shape: Shape) -> Line:
    odd = unbelievable(facts.config, found)
    todo = f"the configuration says {', '.join(odd)}, which cannot be" if odd else ""
    if not facts.config:
        todo = "no config.json"
    elif found.kind == "vision-language" and not todo:
        todo = "of the part that writes, without the image tower"
    return Line("shape", to_plain(shape) or None, "hub-config", todo)
