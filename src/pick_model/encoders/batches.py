"""Rows in batches that fit: the longest first, little padding, smaller where memory ends."""

from __future__ import annotations

from collections.abc import Callable

from pick_model.encoders.reading import Encoded
from pick_model.encoders.sealed import out_of_memory
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

MOST_ROWS = 64  # of short texts; set by hand: more fill no matrix product better
# Padded tokens a batch. A CPU's caches hold no more: MiniLM on 300 rows took 3.1 s of one core
# with 1,024, 3.3 s with 512 or 2,048, 4.0 s with 8,192. A GPU is not filled by so few.
TOKENS = {"cpu": 1024}
TOKENS_ELSEWHERE = 32_768


def over_batches(rows: Encoded, read: Callable[[list[int]], None], device: str) -> None:
    """Call `read` with the places of every row once, in batches that suit the type of device.

    Rows of like length come together and the longest first, so that memory ends at once if it
    does; the batch is then halved. Raises EnvironmentProblem when it ends at one row.
    """
    tokens = TOKENS.get(device, TOKENS_ELSEWHERE)
    order = sorted(range(len(rows)), key=rows.length, reverse=True)
    at, most = 0, MOST_ROWS
    while at < len(order):
        size = max(1, min(most, tokens // max(1, rows.length(order[at]))))
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
