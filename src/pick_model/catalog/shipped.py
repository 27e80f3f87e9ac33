"""The compiled catalog's file: JSON whose first key is the digest of the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pick_model.files import digest

SHIPPED = Path(__file__).with_name("shipped.json")
DETAILS_FILE = Path(__file__).with_name("shipped-details.json")
_HEAD, _MIDDLE, _TAIL = b'{"digest":"', b'","content":', b"}\n"


def packed(content: dict[str, Any]) -> str:
    """JSON text of the content with its digest; one list item or map value a line."""
    parts = []
    for key, value in content.items():
        if isinstance(value, list) and value:
            inner = "[\n" + ",\n".join(compact(item) for item in value) + "\n]"
        elif isinstance(value, dict) and value:
            pairs = (f"{compact(name)}:{compact(item)}" for name, item in value.items())
            inner = "{\n" + ",\n".join(pairs) + "\n}"
        else:
            inner = compact(value)
        parts.append(f"{compact(key)}:{inner}")
    body = "{" + ",\n".join(parts) + "}"
    return _HEAD.decode() + digest(body) + _MIDDLE.decode() + body + _TAIL.decode()


def compact(value: object) -> str:
    """One line of JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def unpacked(data: bytes) -> tuple[str, dict[str, Any]]:
    """Digest and content of a packed file. Raises ValueError when they do not agree."""
    start = len(_HEAD) + 64
    told = data[len(_HEAD) : start].decode("ascii", "replace")
    body = data[start + len(_MIDDLE) : -len(_TAIL)]
    if digest(body) != told:
        raise ValueError("the content does not match its digest")
    content: dict[str, Any] = json.loads(body)
    return told, content
