"""What a stream can show."""

from __future__ import annotations

import os
from typing import TextIO


def drawable(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal that does more than print line after line."""
    dumb = os.environ.get("TERM", "dumb") in ("", "dumb", "unknown")
    return stream is not None and stream.isatty() and not dumb


def coloured(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal on which colour is wanted (no-color.org)."""
    return drawable(stream) and not os.environ.get("NO_COLOR")
