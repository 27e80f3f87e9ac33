"""Files in which a kernel tells about itself: text, or nothing."""

from __future__ import annotations

import re
from pathlib import Path


def read(path: Path) -> str:
    """The text of such a file, "" where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return ""


def fields(text: str, *names: str) -> list[str]:
    """Values of the `name : value` lines, of the first name that has any."""
    for name in names:
        found = re.findall(rf"^{re.escape(name)}\s*:\s*(.*)$", text, re.MULTILINE)
        if found:
            return [value.strip() for value in found]
    return []
