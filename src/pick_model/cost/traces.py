"""What a training step keeps and computes, from traced coefficients. No torch.

`traces.jsonl` is made by `cost.trace_compile`. Its polynomials are exact for the architectures it
holds; `saved` and `flops` evaluate them at an entry's sizes.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from pick_model.cost.terms import Sizes
from pick_model.interval import Interval

TABLE = Path(__file__).with_name("traces.jsonl")

Attention = Literal["eager", "fused"]

# Autocast keeps this share of what fp32 keeps, over all layouts and lengths of the table: for
# the few steps that do not run in 16 bits on random weights (DeBERTa's masks overflow).
MIXED_SHARE = 0.62


class Setting(NamedTuple):
    """How a step runs, as far as it decides what is kept."""

    device: Literal["gpu", "cpu"]
    attention: Attention
    dtype: str  # fp32 | mixed | bf16
    trained: Literal["full", "lora"]


class PerBatch(NamedTuple):
    """A count that grows with the batch B as one × B + base."""

    one: float
    base: float


@lru_cache(maxsize=4096)
def saved(layout: str, sizes: Sizes, setting: Setting) -> PerBatch:
    """Bytes that a forward pass keeps for the backward one."""
    if setting.device == "cpu" and setting.dtype != "fp32":
        return _narrow_on_cpu(layout, sizes, setting)
    polynomials, share = _chosen(layout, setting)
    return PerBatch(
        share * max(_value(polynomials[0], sizes), 0.0),
        share * max(_value(polynomials[1], sizes), 0.0),
    )


def _narrow_on_cpu(layout: str, sizes: Sizes, setting: Setting) -> PerBatch:
    """16-bit arithmetic on a processor, which was not traced: a card's, and what kernels add.

    A processor's dropout keeps its draws as wide as the numbers, a card's in a byte: in fp32 three
    bytes more, as under autocast, whose softmax is fp32; one where all is 16-bit. On BERT-base this
    is 7 % below to 3 % above what autograd keeps under the processor's autocast.
    """
    like = _unfused_draws(layout, setting)
    card = saved(layout, sizes, like)
    wide = saved(layout, sizes, setting._replace(dtype="fp32"))
    narrow = saved(layout, sizes, like._replace(dtype="fp32"))
    share = 1 / 3 if setting.dtype == "bf16" else 1.0
    return PerBatch(
        max(card.one + share * (wide.one - narrow.one), 0.0),
        max(card.base + share * (wide.base - narrow.base), 0.0),
    )


def _unfused_draws(layout: str, setting: Setting) -> Setting:
    """The setting on a card that computes scores as a processor does."""
    unfused = setting.attention == "fused" and _scores_on_cpu(layout, setting.trained) > 1
    return setting._replace(device="gpu", attention="eager" if unfused else setting.attention)


@lru_cache(maxsize=4096)
def saved_otherwise(layout: str, sizes: Sizes, setting: Setting) -> PerBatch:
    """The same where dropout's draws are kept the other way, where scores are: a byte or a number.

    Which of the two is the kernel's affair and not the model's: a compiled step keeps a byte on a
    processor as well, a dropout that is put together from products a number on a card.
    """
    if setting.device == "cpu":
        return saved(layout, sizes, _unfused_draws(layout, setting))
    if setting.attention == "fused":
        return saved(layout, sizes, setting)
    return saved(layout, sizes, setting._replace(device="cpu"))


@lru_cache(maxsize=4096)
def flops(layout: str, sizes: Sizes) -> PerBatch:
    """FLOPs of one forward pass; a multiply-add counts as two."""
    one, base = _flop_terms(layout)
    return PerBatch(_value(one, sizes), max(_value(base, sizes), 0.0))


@lru_cache(maxsize=64)
def attentions(layout: str) -> tuple[Attention, ...]:
    """The implementations transformers has for it, the usual one last."""
    keys = _layout(layout)["kept"]
    return ("eager", "fused") if any("fused" in key.split() for key in keys) else ("eager",)


@lru_cache(maxsize=64)
def drops_scores(layout: str) -> bool:
    """Whether its attention has dropout, for which no processor has a fused kernel."""
    # Three tensors of four bytes a score: probabilities, their mask, and what is left of them.
    return _scores_on_cpu(layout, "full") > 8


def _scores_on_cpu(layout: str, trained: str) -> float:
    """Bytes a score that fused attention keeps on a processor: without a kernel that fits the
    case (dropout, BEiT's learnt bias) it is computed as eager attention is."""
    kept = _layout(layout)["kept"].get(f"cpu fused fp32 {trained}", {"input": {}})
    return float(kept["input"].get("L a S S", 0.0))


def activation_bytes(family: str, dtype: str) -> Interval | None:
    """Bytes kept for each published activation of a convolutional family."""
    found = _traces().beside["activation_bytes"].get(family)
    return Interval(*found[dtype]) if found else None


def versions() -> dict[str, str]:
    """The libraries that were traced."""
    return dict(_traces().beside["versions"])


Terms = tuple[tuple[float, tuple[int, ...]], ...]


def _value(terms: Terms, sizes: Sizes) -> float:
    total = 0.0
    for factor, symbols in terms:
        for symbol in symbols:
            factor *= sizes[symbol]
        total += factor
    return total


@lru_cache(maxsize=512)
def _chosen(layout: str, setting: Setting) -> tuple[tuple[Terms, Terms], float]:
    """The polynomials of a setting, or of the nearest that was traced, and a factor on them."""
    kept = _layout(layout)["kept"]
    for attention in (setting.attention, "eager"):
        for dtype in (setting.dtype, "mixed"):
            key = " ".join(setting._replace(attention=attention, dtype=dtype))
            if key in kept:
                return _parsed(kept[key]), 1.0
    plain = " ".join(setting._replace(attention="eager", dtype="fp32"))
    return _parsed(kept[plain]), 1.0 if setting.dtype == "fp32" else MIXED_SHARE


@lru_cache(maxsize=64)
def _flop_terms(layout: str) -> tuple[Terms, Terms]:
    return _parsed(_layout(layout)["flops"])


def _parsed(polynomials: dict[str, dict[str, float]]) -> tuple[Terms, Terms]:
    """Both polynomials with symbols as places in `Sizes`, which is faster to evaluate."""

    def terms(polynomial: dict[str, float]) -> Terms:
        return tuple(
            (factor, tuple(Sizes._fields.index(s) for s in term.split() if s != "1"))
            for term, factor in polynomial.items()
        )

    return terms(polynomials["input"]), terms(polynomials.get("batch", {}))


class Traces(NamedTuple):
    """The table: what is beside the layouts, and the JSON of each, which few starts read all of."""

    beside: dict[str, Any]
    layouts: dict[str, bytes]


def unpacked(data: bytes) -> Traces:
    """The table from its JSON Lines: the first has the names of the layouts on the others."""
    head, *rows = data.splitlines()
    beside = msgspec.json.decode(head)
    return Traces(beside, dict(zip(beside.pop("layouts"), rows, strict=True)))


def packed(beside: dict[str, Any], layouts: dict[str, Any]) -> str:
    """The text of a table."""
    names = sorted(layouts)
    lines = ({**beside, "layouts": names}, *(layouts[name] for name in names))
    return "".join(f"{json.dumps(line, sort_keys=True, separators=(',', ':'))}\n" for line in lines)


@lru_cache(maxsize=1)
def _traces() -> Traces:
    return unpacked(TABLE.read_bytes())


@lru_cache(maxsize=64)
def _layout(name: str) -> Any:
    return msgspec.json.decode(_traces().layouts[name])
