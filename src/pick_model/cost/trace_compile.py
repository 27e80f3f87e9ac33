"""Makes `traces.jsonl`: what each architecture's training step keeps, and its FLOPs.

    python -m pick_model.cost.trace_compile [LAYOUT ...]

Needs torch and transformers; takes some minutes of one core. Each layout of `trace_models` runs
at small sizes drawn at random, and its counts are fitted by a polynomial in those sizes
(`terms`). The counts are sums of tensors' sizes, so that the fit must be exact: where it is off
by more than TOLERANCE a term is missing, and the command fails rather than ship an average.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
import transformers

from pick_model.cost.terms import Polynomial, Sizes, product, value
from pick_model.cost.trace_convolutions import FAMILIES, ratios
from pick_model.cost.trace_models import (
    LAYOUTS,
    Layout,
    TracedCase,
    adapt,
    build,
    small_sizes,
    supports_sdpa,
)
from pick_model.cost.trace_step import counted_flops, saved_bytes
from pick_model.cost.traces import TABLE, packed, unpacked
from pick_model.files import write_whole

TOLERANCE = 0.01  # of a count, at every point, four of which no fit has seen
SEED = 20240
POINTS_PER_TERM = 1.2
HELD_OUT = 4
NEGLIGIBLE = 1e-4  # share of every count, of a term that is left out

ATTENTION = {"eager": "eager", "fused": "sdpa"}  # by transformers' names
# 16-bit arithmetic is traced as a GPU runs it.
HOW = {
    torch.float32: (("gpu", "fp32"), ("gpu", "mixed"), ("cpu", "fp32")),
    torch.bfloat16: (("gpu", "bf16"),),
}


class Counted(NamedTuple):
    """A count that grows with the batch B as slope × B + base."""

    slope: float
    base: float

    @classmethod
    def of(cls, count: Callable[[int], float]) -> Counted:
        one, two = count(1), count(2)
        return cls(two - one, 2 * one - two)


def main(names: Sequence[str]) -> int:
    torch.manual_seed(SEED)
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    beside: dict[str, Any] = {"versions": versions(), "activation_bytes": {}}
    layouts: dict[str, Any] = {}
    if names and TABLE.exists():
        beside, texts = unpacked(TABLE.read_bytes())
        layouts = {name: json.loads(text) for name, text in texts.items()}
    failed = 0
    for name in names or (*LAYOUTS, *FAMILIES):
        print(name, file=sys.stderr, flush=True)
        try:
            if name in FAMILIES:
                beside["activation_bytes"][name] = ratios(name)
            else:
                layouts[name] = trace(LAYOUTS[name])
        except ValueError as error:
            print(error, file=sys.stderr)
            failed += 1
        write_whole(TABLE, packed(beside, layouts))
    return 1 if failed else 0


def versions() -> dict[str, str]:
    return {"torch": torch.__version__.partition("+")[0], "transformers": transformers.__version__}


def trace(layout: Layout) -> dict[str, Any]:
    """Polynomials of one layout: FLOPs, and bytes kept by setting ("gpu fused mixed full")."""
    terms, rng = memory_terms(layout), random.Random(SEED)  # noqa: S311 - sizes, no secrets
    number = int(POINTS_PER_TERM * len(terms)) + HELD_OUT
    drawn = [small_sizes(layout, rng) for _ in range(number)]
    points = [dict(counts(layout, sizes)) for sizes in drawn]
    kept = {
        key: fitted(terms, drawn, [point[key] for point in points])
        for key in points[0]
        if key != "flops"
    }
    counted = fitted(flop_terms(layout), drawn, [point["flops"] for point in points])
    return {"kept": kept, "flops": counted}


def counts(layout: Layout, sizes: Sizes) -> Iterator[tuple[str, Counted]]:
    """All counts at one point, by setting; a step that cannot run in a dtype is left out."""
    for trained in ("full", "lora"):
        case = build(layout, sizes, "eager")
        if trained == "lora":
            adapt(case.model, layout.adapts)
        for weights, ways in HOW.items():
            case.model.to(weights)
            for attention in ("fused", "eager") if supports_sdpa(layout) else ("eager",):
                case.model.set_attn_implementation(ATTENTION[attention])
                for device, dtype in ways:
                    key = f"{device} {attention} {dtype} {trained}"
                    try:
                        yield key, Counted.of(partial(_kept, case, device, dtype))
                    except RuntimeError as error:  # DeBERTa's masks overflow in 16 bits
                        print(f"  {key}: {error}", file=sys.stderr)
    plain = build(layout, sizes, "eager")
    yield "flops", Counted.of(lambda batch: counted_flops(plain.step(batch)))


def _kept(case: TracedCase, device: str, dtype: str, batch: int) -> int:
    return saved_bytes(case.model, case.step(batch), gpu=device == "gpu", mixed=dtype == "mixed")


def memory_terms(layout: Layout) -> list[str]:
    """All the products of sizes that a tensor of this layout may have as its size."""
    terms = ["L S h", "L S f", "L a S S", "L a S", "L S S", "L S", "L h", "S h", "S S"]
    terms += ["S d", "S", "h", "L", "1"]
    # Without L: of the first layer, before which no adapter stands.
    terms += ["S f"] if layout.reads == "causal" else []
    if "f" not in layout.fields:
        terms = [term for term in terms if "f" not in term]
    if "e" in layout.fields:
        terms += ["S e"]
    if layout.own_heads:
        terms += ["L S q", "S q"]
    if layout.grouped:
        terms += ["L S k", "S k"]
    if "D" in layout.fields:
        terms += ["D T h", "D T f", "D a T T", "D a S T", "D a T", "D T T", "D S T", "D S h"]
        terms += ["a S S", "a T T", "D T", "T h", "T T", "S T", "T V", "T"]
        terms += ["D T q", "D S q", "T q"] if layout.own_heads else []
    elif layout.reads == "causal":
        terms += ["S V"]
    if layout.reads == "image":
        terms += ["P"]
    if layout.reads == "sound":
        terms += ["a S S", "h h"]  # the convolution over positions is normalised in each pass
    return terms


def flop_terms(layout: Layout) -> list[str]:
    """All the products of sizes that a matrix product of this layout may cost."""
    terms = ["L S h h", "L S h f", "L S S h", "L S h", "L h h", "S h h", "h h", "S h", "h"]
    if "f" not in layout.fields:
        terms.remove("L S h f")
    if layout.own_heads:
        terms += ["L S h q", "L S S q"]
    if layout.grouped:
        terms += ["L S h k"]
    if "e" in layout.fields:
        terms += ["S e h"]
    if "D" in layout.fields:
        terms += ["D T h h", "D T h f", "D T T h", "D S T h", "D S h h", "T h V"]
        terms += ["D T h q", "D T T q", "D S T q", "D S h q"] if layout.own_heads else []
    elif layout.reads == "causal":
        terms += ["S h V"]
    if layout.reads == "image":
        terms += ["P h"]
    if layout.reads == "sound":
        terms += ["S", "1"]
    return terms


def fitted(
    terms: list[str], drawn: Sequence[Sizes], found: Sequence[Counted]
) -> dict[str, Polynomial]:
    """Polynomials of slope and base that agree with every count; raises ValueError if none do."""
    scale = np.array([c.slope for c in found])
    result: dict[str, Polynomial] = {}
    for part, name in (("slope", "input"), ("base", "batch")):
        goal = np.array([getattr(c, part) for c in found])
        seen = slice(HELD_OUT, None)
        polynomial = _least_squares(terms, drawn[HELD_OUT:], goal[seen], scale[seen])
        at_points = np.array([value(polynomial, sizes) for sizes in drawn])
        off = float(np.abs((at_points - goal) / scale).max())
        if off > TOLERANCE:
            raise ValueError(f"the {part} is off by {off:.1%} in {', '.join(terms)}: add a term")
        result[name] = polynomial
    return result


def _least_squares(terms: list[str], drawn: Sequence[Sizes], goal: Any, scale: Any) -> Polynomial:
    """Factors by term, relative to the size of each count; small ones are left out."""
    while terms:
        matrix = np.array([[product(term, sizes) for term in terms] for sizes in drawn])
        weighted = matrix / scale[:, None]
        spread = np.linalg.norm(weighted, axis=0)
        factors = np.linalg.lstsq(weighted / spread, goal / scale, rcond=1e-9)[0] / spread
        share = np.abs(weighted * factors).max(axis=0)
        kept = [term for term, part in zip(terms, share, strict=True) if part > NEGLIGIBLE]
        if kept == terms:
            return {t: round(float(f), 3) for t, f in zip(terms, factors, strict=True)}
        terms = kept
    return {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
