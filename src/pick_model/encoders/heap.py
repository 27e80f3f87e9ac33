"""What the C library keeps of memory that was freed."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


def give_back() -> None:
    """Return to the system what was freed, where the C library keeps it (glibc): batches of many
    lengths leave gaps that grow by tens of MB while a few thousand rows are read.
    """
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
