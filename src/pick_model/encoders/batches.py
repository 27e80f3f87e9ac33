"""Rows in batches that fit: the longest first, little padding, smaller where memory ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pick_model.encoders.loaded import Loaded
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sealed import out_of_memory
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

MOST_ROWS = 64  # of short texts; set by hand: more fill no matrix product better
# Padded tokens a batch. A CPU's caches hold no more: MiniLM on 300 rows took 3.1 s of one core
# with 1,024, 3.3 s with 512 or 2,048, 4.0 s with 8,192. A GPU is not filled by so few.
TOKENS = {"cpu": 1024}
TOKENS_ELSEWHERE = 32_768
# A batch ends early where filling its rows up would take more than this share of its tokens:
# 250 rows of subj took 2 % less of one core than without (less still costs as much in batches).
PADDING = 1 / 16


def over_batches(rows: Encoded, read: Callable[[list[int]], None], loaded: Loaded) -> None:
    """Call `read` with the places of every row once, in batches that suit the model's device.

    Rows of like length come together and the longest first, so that memory ends at once if it
    does; the batch is then halved. Raises EnvironmentProblem when it ends at one row.
    """
    tokens = TOKENS.get(loaded.device.type, TOKENS_ELSEWHERE)
    order = sorted(range(len(rows)), key=rows.length, reverse=True)
    at, most = 0, MOST_ROWS
    while at < len(order):
        size = fitting([rows.length(row) for row in order[at : at + most]], tokens)
        loaded.modality.ahead(rows, order[at : at + 2 * size])
        try:
            read(order[at : at + size])
        except (RuntimeError, MemoryError) as fault:
            if not out_of_memory(fault):
                raise
            if size == 1:
                raise EnvironmentProblem(
                    message("out-of-memory-at-predicting"),
                    hint=message("shorter-or-smaller"),
                    code="out-of-memory",
                ) from fault
            most = size // 2
            continue
        at += size


def fitting(lengths: Sequence[int], tokens: int) -> int:
    """How many of the next rows make a batch; at least one. lengths: the longest first."""
    longest, padding = max(1, lengths[0]), 0
    for n, length in enumerate(lengths):
        padding += longest - length
        if n and ((n + 1) * longest > tokens or padding > PADDING * tokens):
            return n
    return len(lengths)
