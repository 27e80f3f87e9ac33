"""The header of a safetensors file, checked before anything maps the file.

Format: 8 bytes with the header's length, a JSON object from each tensor's name to its
dtype, shape and place, then the numbers (github.com/huggingface/safetensors, "Format").
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pick_model.errors import EnvironmentProblem, WrongValue
from pick_model.words.message import Message
from pick_model.words.say import message

MOST_HEADER = 100_000_000  # bytes; the library's own limit
BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("F8_E4M3", "F8_E5M2", "F8_E8M0", "I8", "U8", "BOOL"), 8),
    **dict.fromkeys(("F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
CODES = {"I8", "U8", "I32", "U32"}  # what quantized weights are stored as


def read_header(file: Path, name: str) -> int:
    """How many numbers a safetensors file holds.

    Raises EnvironmentProblem unless its header describes each of its bytes once.
    """
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if not 2 <= length <= min(size - 8, MOST_HEADER):
                raise WrongValue(message("header-missing"))
            header = json.loads(opened.read(length))
        count = check(header, size - 8 - length)
    except (OSError, ValueError, RecursionError, OverflowError) as fault:
        reason: Message | str = fault.told if isinstance(fault, WrongValue) else str(fault)
        if isinstance(fault, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
            reason = message("header-not-json")
        raise EnvironmentProblem(
            message("safetensors-damaged", file=file.name, name=name, reason=reason),
            hint=message("delete-with-target", file=str(file)),
            code="weights",
        ) from fault
    coded = next(
        (t for t, told in header.items() if t.endswith("weight") and told["dtype"] in CODES), None
    )
    if coded is not None:
        raise EnvironmentProblem(
            message("weights-of-whole-numbers", name=name, coded=coded),
            hint=message("give-its-base"),
            code="model",
        )
    return count


def check(header: Any, size: int) -> int:
    """Numbers in all tensors. Raises WrongValue unless they lie side by side in `size` bytes."""
    if not isinstance(header, dict):
        raise WrongValue(message("header-no-object"))
    places: list[tuple[int, int, str]] = []
    total = 0
    for tensor, told in header.items():
        if tensor == "__metadata__":
            if not isinstance(told, dict) or not all(isinstance(v, str) for v in told.values()):
                raise WrongValue(message("header-metadata-no-text"))
            continue
        short = tensor[:80]
        if not isinstance(told, dict):
            raise WrongValue(message("tensor-not-described", tensor=short))
        dtype: Any = told.get("dtype")
        shape: Any = told.get("shape")
        place: Any = told.get("data_offsets")
        if not isinstance(dtype, str) or dtype not in BITS:
            raise WrongValue(message("tensor-of-no-type", tensor=short, dtype=str(dtype)[:20]))
        if not whole(shape) or not whole(place) or len(place) != 2:
            raise WrongValue(message("tensor-not-placed", tensor=short))
        count = math.prod(shape)
        if (place[1] - place[0]) * 8 != count * BITS[dtype]:
            raise WrongValue(message("tensor-of-other-size", tensor=short))
        places.append((place[0], place[1], short))
        total += count
    end = 0
    for begin, after, short in sorted(places):
        if begin != end:
            raise WrongValue(message("tensor-overlaps", tensor=short))
        end = after
    if end != size:
        raise WrongValue(message("size-not-as-told"))
    return total


def whole(values: Any) -> bool:
    """A list of whole numbers, none below zero, none beyond what a disk holds."""
    return isinstance(values, list) and all(
        isinstance(v, int) and not isinstance(v, bool) and 0 <= v < 2**63 for v in values
    )
