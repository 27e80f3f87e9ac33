"""What a configuration states and no model can have: figures made of it would be nonsense."""

from __future__ import annotations

from typing import Any

from pick_model.catalog.draft.architectures import (
    SHAPE_KEYS,
    Architecture,
    image_size,
    inner_config,
    shape_of,
    unbelievable,
)
from pick_model.documents.catalog import Shape

# 0 and -1 are how configurations write "none" (a table of token types), but not of these.
NEVER_NONE = ("n_layers", "n_decoder_layers", "hidden_size", "n_heads", "intermediate_size")


def impossible(config: dict[str, Any], found: Architecture) -> tuple[str, ...]:
    """Keys and values that cannot be, as `key value`; empty where all is believable.

    A list of counts, one a layer, is left alone: what it says is unknown to us, not wrong.
    """
    never = NEVER_NONE + (("vocab_size",) if found.modality == "text" else ("patch_size",))
    inner = inner_config(config, found)
    odd = unbelievable(config, found)
    for name in never:
        for key in SHAPE_KEYS[name]:
            value = inner.get(key)
            wrong = value in (0, -1) if isinstance(value, int | float) else _no_counts(value)
            if wrong and value is not None:
                odd.append(f"{key} {value!r}"[:60])
    side = config.get("image_size")
    if isinstance(side, int | float | str | list) and image_size(config) is None:
        odd.append(f"image_size {side!r}"[:60])
    return tuple(dict.fromkeys(odd)) or _apart(shape_of(config, found), image_size(config))


def _no_counts(value: object) -> bool:
    """Whether this is neither a text, which is told already, nor counts."""
    if isinstance(value, list):
        return not value or any(isinstance(n, int | float) and n <= 0 for n in value)
    return isinstance(value, dict)


def _apart(shape: Shape, side: int | None) -> tuple[str, ...]:
    """Dimensions that are believable, but not together."""
    hidden, heads, keys = shape.hidden_size, shape.n_heads, shape.n_kv_heads
    odd = []
    if hidden and heads and not shape.head_dim and hidden % heads:
        odd.append(f"hidden_size {hidden} / num_attention_heads {heads}")
    if heads and keys and heads % keys:
        odd.append(f"num_attention_heads {heads} / num_key_value_heads {keys}")
    if side and shape.patch_size and shape.patch_size > side:
        odd.append(f"patch_size {shape.patch_size} > image_size {side}")
    return tuple(odd)
