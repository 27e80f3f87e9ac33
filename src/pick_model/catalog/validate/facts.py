"""Checks of single facts: that each has a source, lies where it can, and is in its unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pick_model.catalog.reader import Placed
from pick_model.catalog.validate.context import Context, value_at
from pick_model.cost.forward import layer_flops
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry
from pick_model.errors import did_you_mean
from pick_model.vocabulary.data_units import UNITS
from pick_model.words.message import Message
from pick_model.words.say import message

# Names and judgements of ours; the Hub's revision names its own source.
NEED_NO_SOURCE = frozenset(
    {"id", "aliases", "family", "kind", "modality", "tasks", "notes"}
    | {"pretrained", "revision", "sources"}
)
NESTED = ("shape", "forward", "pretraining")

# Smallest and largest value that is believable, by dotted field. Lower ends are below the
# smallest model people fine-tune, upper ends above the largest published one; a value outside
# is a slip of units or digits.
RANGES: dict[str, tuple[float, float]] = {
    "n_parameters": (1e3, 5e12),
    "n_embedding_parameters": (0, 2e10),
    "n_active_parameters": (1e3, 1e12),
    "embed_dim": (8, 20_000),
    "max_tokens": (16, 2e7),
    "image_size": (16, 4096),
    "sample_rate_hz": (4000, 96_000),
    "max_seconds": (0.1, 3600),
    "shape.n_layers": (1, 200),
    "shape.n_decoder_layers": (1, 200),
    "shape.n_unique_layers": (1, 200),
    "shape.hidden_size": (16, 20_000),
    "shape.embedding_size": (16, 20_000),
    "shape.intermediate_size": (16, 100_000),
    "shape.n_heads": (1, 256),
    "shape.n_kv_heads": (1, 256),
    "shape.head_dim": (8, 1024),
    "shape.vocab_size": (16, 2e6),
    "shape.n_positions": (2, 2e7),
    "shape.n_token_types": (0, 64),
    "shape.patch_size": (1, 64),
    "forward.flops": (1e5, 1e16),
    "forward.activations": (1e3, 1e12),
    "forward.image_size": (16, 4096),
    "forward.tokens": (1, 2e7),
    "forward.seconds": (0.1, 3600),
    "pretraining.compute_flop": (1e12, 1e28),
    "pretraining.hardware_hours": (0.05, 5e6),  # of one device where `hardware` is one,
}
MACHINE_RANGES: dict[str, tuple[float, float]] = {
    "memory_gib": (1, 2000),
    "bandwidth_gb_s": (5, 50_000),
    "fp32_tflops": (0.01, 1000),
    "tf32_tflops": (1, 10_000),
    "fp16_tflops": (0.01, 20_000),
    "bf16_tflops": (0.01, 20_000),
    "tdp_w": (1, 5000),
}
FORWARD_UNITS = {"text": "tokens", "image": "image_size", "audio": "seconds"}
# Kinds whose features are the last layer's, as wide as the stack; others project them.
ONE_WIDTH = frozenset({"encoder", "decoder", "encoder-decoder", "vit", "speech-encoder"})
# So are those of most encoders of sentences: six of ours have a layer of another width on top.
MOSTLY_ONE_WIDTH = frozenset({"sentence-encoder"})
FEWEST = 1e5  # parameters of a network; the smallest of the catalog has 1.3 million
# A transformer's own FLOPs over its layers', which leave out patches, heads and norms: a
# figure in multiply-adds would stand at half. Measured on this catalog: 0.97 to 1.10.
FLOPS_OVER_LAYERS = (0.75, 1.6)


def sources(context: Context) -> int:
    """Every stated fact names a declared source, and no source names what is not stated."""
    looked = 0
    for placed in [*context.parsed.entries, *context.parsed.hardware]:
        stated = _stated(placed.value)
        named_fields = {f for fields in placed.value.sources.values() for f in fields}
        looked += len(stated)
        for name in stated:
            if name not in named_fields and name.split(".")[0] not in named_fields:
                context.wrong(placed, message("no-source-for", name=name), *name.split("."))
        for source, fields in placed.value.sources.items():
            if context.sources is not None and source not in context.sources:
                hint = did_you_mean(source, context.sources)
                context.wrong(
                    placed,
                    message("source-undeclared", source=source, hint=hint),
                    "sources",
                    source,
                )
            for name in fields:
                if not _holds(placed, name):
                    context.wrong(
                        placed,
                        message("source-of-nothing", source=source, name=name),
                        "sources",
                        source,
                    )
    return looked


def _holds(placed: Placed, name: str) -> bool:
    """Whether the record as it is written has a value at a dotted field."""
    current = placed.raw
    for part in name.split("."):
        current = current.get(part) if isinstance(current, dict) else None
    return current is not None


def _stated(value: Any) -> list[str]:
    """The dotted fields of a record that hold a fact that needs a source."""
    free = NEED_NO_SOURCE if isinstance(value, Entry) else {*NEED_NO_SOURCE, "name", "vendor"}
    stated: list[str] = []
    for name, inner in to_plain(value).items():
        if name in free:
            continue
        stated += [f"{name}.{key}" for key in inner] if name in NESTED else [name]
    if isinstance(value, Entry) and value.languages == ():
        stated.append("languages")  # "takes none" is a statement too, though an empty one
    return list(dict.fromkeys(stated))


def ranges(context: Context) -> int:
    """Every number lies where numbers of its kind lie, and parts do not exceed their whole."""
    looked = 0
    for placed in context.facts:
        looked += _between(context, placed, RANGES)
        for kind in ("data_size", "data_seen"):
            unit = "data_unit" if kind == "data_size" else "data_seen_unit"
            name = getattr(placed.value.pretraining, unit)
            if name is not None:
                believable = (UNITS[name].fewest, UNITS[name].most)
                looked += _between(context, placed, {f"pretraining.{kind}": believable}, name)
        for told, inner in _parts(placed.value):
            context.wrong(placed, told, *inner)
        total = placed.value.n_parameters
        small = total is not None and total < FEWEST and placed.value.modality != "items"
        if small and not context.parsed.overlay:  # an organisation's own model may be tiny
            told = message("parameters-too-few", total=total, fewest=FEWEST)
            context.wrong(placed, told, "n_parameters")
    for placed in context.parsed.hardware:
        looked += _between(context, placed, MACHINE_RANGES)
    return looked


def _between(
    context: Context, placed: Placed, table: dict[str, tuple[float, float]], unit: str = ""
) -> int:
    looked = 0
    for name, (low, high) in table.items():
        value = value_at(placed.value, name)
        if value is None:
            continue
        looked += 1
        if not low <= value <= high:
            what = message("field-value", field=name, given=value)
            if unit:
                what = message("field-value-unit", field=name, given=value, unit=unit)
            told = message("value-outside", what=what, least=low, most=high)
            context.wrong(placed, told, *name.split("."))
    return looked


def _parts(entry: Entry) -> Iterator[tuple[Message, tuple[str, ...]]]:
    shape, total = entry.shape, entry.n_parameters
    if total and entry.n_active_parameters and entry.n_active_parameters > total:
        yield message("active-exceeds-all"), ("n_active_parameters",)
    if shape.n_unique_layers and shape.n_layers and shape.n_unique_layers > shape.n_layers:
        yield message("unique-exceeds-all"), ("shape", "n_unique_layers")
    if shape.n_heads and shape.n_kv_heads and shape.n_heads % shape.n_kv_heads:
        yield message("kv-heads-do-not-divide"), ("shape", "n_kv_heads")
    heads, width = shape.n_heads, shape.hidden_size
    if heads and width and not shape.head_dim and width % heads:
        yield message("heads-do-not-divide"), ("shape", "n_heads")
    rows = shape.n_positions if entry.modality == "text" else None  # elsewhere of patches
    if entry.max_tokens and rows and entry.max_tokens > rows:
        yield message("tokens-exceed-positions", n=rows), ("max_tokens",)
    one_width = ONE_WIDTH | MOSTLY_ONE_WIDTH if entry.modality == "text" else ONE_WIDTH
    if entry.embed_dim and width and entry.embed_dim != width and entry.kind in one_width:
        yield message("embedding-not-width", width=width), ("embed_dim",)
    width = shape.embedding_size or shape.hidden_size
    if entry.n_embedding_parameters and width and shape.vocab_size and entry.modality == "text":
        table = shape.vocab_size * width
        if abs(entry.n_embedding_parameters / table - 1) > 0.02:
            yield message("embeddings-not-of-vocabulary", n=table), ("n_embedding_parameters",)


def units(context: Context) -> int:
    """Data and inputs are counted in units of the modality, and forward costs in FLOPs."""
    looked = 0
    for placed in context.facts:
        entry: Entry = placed.value
        for name in ("data_unit", "data_seen_unit"):
            unit = getattr(entry.pretraining, name)
            looked += unit is not None
            if unit is not None and entry.modality not in UNITS[unit].modalities:
                context.wrong(
                    placed,
                    message("unit-does-not-fit", name=name, unit=unit, modality=entry.modality),
                    "pretraining",
                    name,
                )
        if entry.forward is None:
            continue
        looked += 1
        wanted = FORWARD_UNITS.get(entry.modality)
        if wanted and getattr(entry.forward, wanted) is None and entry.forward.flops is not None:
            context.wrong(placed, message("forward-without-input", wanted=wanted), "forward")
        share = _flops_share(entry)
        if share is not None and not FLOPS_OVER_LAYERS[0] <= share <= FLOPS_OVER_LAYERS[1]:
            told = message("flops-not-of-layers", share=share)
            if 0.4 < share < 0.75:
                told = message("perhaps-multiply-adds", what=told)
            context.wrong(placed, told, "forward", "flops")
    return looked


def _flops_share(entry: Entry) -> float | None:
    """Stated FLOPs over those of the layers, for plain vision transformers."""
    shape, forward = entry.shape, entry.forward
    if entry.kind != "vit" or forward is None or not forward.flops or not forward.image_size:
        return None
    if not (shape.n_layers and shape.hidden_size and shape.patch_size):
        return None
    tokens = (forward.image_size // shape.patch_size) ** 2 + 1
    return forward.flops / (shape.n_layers * layer_flops(shape, tokens))
