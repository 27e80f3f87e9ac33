"""How many parameters a safetensors header stands for.

The catalog counts a backbone with its embeddings: heads of a task or of pretraining, buffers,
and an output table that reuses the embeddings are left out. Quantised weights lie packed,
several to an integer, with scales beside them; they are counted as what they unpack to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from pick_model.hub.client import Tensor

# Layers of a task or of pretraining, which the backbone does without.
HEADS = re.compile(
    r"^((module|_orig_mod)\.)?"
    r"((cls|classifier|cls_classifier|distillation_classifier|score|qa_outputs|pre_classifier|"
    r"vocab_\w+|discriminator_predictions|generator_\w+|sop_classifier|predictions|quantizer|"
    r"project_q|project_hid|projector|ctc_proj|dropout|lm_predictions|mask_predictions|lm_loss|"
    r"pred_layer|logits_proj|qa_classifier|qa_predictor|answer_\w+|reg_head|class_head|v_head)\.|"
    # a decoder.0 or decoder.layers is a stack, a decoder.bias the end of masked-language modelling
    r"decoder\.(weight|bias)$|head\.(dense|norm|decoder|out_proj|weight|bias)\b)"
)
OUTPUT = re.compile(r"(^|\.)(lm_head|embed_out)\.|^proj_out\.")  # the embeddings again, if tied
BUFFERS = re.compile(
    r"(position_ids|token_type_ids|\.attn\.(masked_)?bias|inv_freq|num_batches_tracked|"
    r"running_mean|running_var|final_logits_bias|relative_position_index|rotary_emb\.\w+)$"
)
WORD_TABLE = re.compile(
    r"(word_embeddings|wte|embed_tokens|shared|tok(en)?_embeddings?|word_embedding|embed_in|"
    r"tokens_embed|^(transformer\.)?embeddings|^embedding)\.weight$"
)
# What lies beside a packed weight to unpack it: scales, zero points, shapes, tables.
BESIDE = re.compile(
    r"(\.(scales|biases|qzeros|g_idx|SCB|weight_format|format|input_scale|"
    r"(weight|input|output|k|v)_(scale|scale_inv|scale_2|shape|zero_point|g_idx|global_scale)|"
    r"weight\.(absmax|quant_map|nested_\w+|quant_state\..+|SCB))|_scales|_scale_inv)$"
)
PACKED = re.compile(r"(\.qweight|\.weight_packed|_blocks|\.weight)$")
INTEGERS = {"I8": 8, "U8": 8, "I16": 16, "U16": 16, "I32": 32, "U32": 32, "I64": 64, "U64": 64}
SOURCE_OF_BITS = ("bits", "w_bit", "num_bits", "nbits", "weight_bits")


class ParameterCount(NamedTuple):
    """The parameters of a backbone."""

    total: int
    table: int  # of them, of the largest table of tokens; 0 where none was found
    left_out: tuple[str, ...]  # heads and reused tables, by the first part of their name
    packed: bool  # whether some were unpacked


def count(
    tensors: Mapping[str, Tensor],
    quantised: Mapping[str, Any],
    *,
    heads: bool = False,
    output: bool = False,
) -> ParameterCount | None:
    """The backbone's parameters; None where integers are packed in a way that is not known.

    quantised: the configuration of the quantisation, {} for none. heads: whether heads count
    too, as in timm's own totals. output: whether the output table is one of its own.
    """
    total = table = 0
    left_out: set[str] = set()
    packed = False
    sizes: dict[str, int] = {}
    for name, numbers, was_packed in _unpacked(tensors, quantised):
        if numbers is None:
            return None
        sizes[name] = numbers
        packed |= was_packed
    for name, numbers in sizes.items():
        if not heads and (HEADS.match(name) or (OUTPUT.search(name) and not output)):
            left_out.add(name.split(".")[0])
        elif not _is_copy(name, sizes):
            total += numbers
            if WORD_TABLE.search(name):
                table = max(table, numbers)
    return ParameterCount(total, table, tuple(sorted(left_out)), packed)


def _is_copy(name: str, sizes: Mapping[str, int]) -> bool:
    """Whether a table of one stack is the one both stacks share, written out once more."""
    start, table, _ = name.rpartition("embed_tokens.weight")
    if not table or not start.endswith(("encoder.", "decoder.")):
        return False
    shared = re.sub(r"(encoder|decoder)\.$", "shared.weight", start)
    return sizes.get(shared) == sizes[name]


def _unpacked(
    tensors: Mapping[str, Tensor], quantised: Mapping[str, Any]
) -> Iterator[tuple[str, int | None, bool]]:
    """Name, number of parameters (None: unknown) and whether it was packed, for each weight."""
    packed = {name: _per_number(name, tensors, quantised) for name in tensors}
    stems = {PACKED.sub("", name) for name, each in packed.items() if each is not None}
    for name, tensor in tensors.items():
        found = BESIDE.search(name)
        if BUFFERS.search(name) or (found and name[: found.start()] in stems):
            continue
        each = packed[name]
        if each is not None:
            bits, width = each
            numbers = prod(tensor.shape) * width
            whole = bits > 0 and numbers % bits == 0
            plain = re.sub(r"(\.qweight|\.weight_packed)$", ".weight", name)
            yield plain.removesuffix("_blocks"), numbers // bits if whole else None, bits != width
        elif tensor.dtype.startswith(("F", "BF")):
            yield name, prod(tensor.shape), False


def _per_number(
    name: str, tensors: Mapping[str, Tensor], quantised: Mapping[str, Any]
) -> tuple[int, int] | None:
    """Bits a parameter and bits a stored number, for a weight that may be packed; bits 0: unknown.

    None for what holds plain floats, and for integers that are no weights.
    """
    tensor, stem = tensors[name], PACKED.sub("", name)
    if tensor.dtype.startswith("F8"):
        return (8, 8) if PACKED.search(name) else None
    width = INTEGERS.get(tensor.dtype)
    if width is None or not PACKED.search(name):
        return None
    if name.endswith("_blocks"):  # MXFP4: two to a byte
        return (4, 8) if name.removesuffix("_blocks") + "_scales" in tensors else None
    if width == 8 and name.endswith(".weight"):  # bitsandbytes
        halves = any(name + end in tensors for end in (".absmax", ".quant_map"))
        return (4, 8) if halves else (8, 8) if tensor.dtype == "I8" else (0, 8)
    if name.endswith(".weight_packed") and width == 8:
        return (4, 8)  # NVFP4 and kin: two to a byte
    return _bits(quantised, stem), width


def _bits(quantised: Mapping[str, Any], stem: str) -> int:
    """Bits of one layer's weights, as the configuration says; 0 where it does not."""
    own = quantised.get(stem)
    groups = quantised.get("config_groups")
    inner = groups.values() if isinstance(groups, dict) else ()
    weights = [g.get("weights") for g in inner if isinstance(g, dict)]
    for part in (own, quantised, *weights):
        if isinstance(part, dict):
            for key in SOURCE_OF_BITS:
                value = part.get(key)
                if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 16:
                    return value
    return 0


def quantisation(config: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    """How weights are packed, from config.json or from the file old GPTQ put beside it.

    MLX calls the key `quantization`, everybody else `quantization_config`.
    """
    for value in (
        config.get("quantization_config"),
        config.get("quantization"),
        config.get("compression_config"),
        beside,
    ):
        if isinstance(value, dict) and value:
            return value
    return {}


def scheme(quantised: Mapping[str, Any]) -> str:
    """The quantisation in words: "4 bits, gptq"."""
    bits = _bits(quantised, "")
    if not bits:
        bits = 4 if quantised.get("load_in_4bit") is True else 8 if _loads_8(quantised) else 0
    method = quantised.get("quant_method") or quantised.get("quant_algo")
    words = [f"{bits} bits"] if bits else []
    return ", ".join(words + ([method] if isinstance(method, str) else [])) or "quantised"


def _loads_8(quantised: Mapping[str, Any]) -> bool:
    return quantised.get("load_in_8bit") is True
