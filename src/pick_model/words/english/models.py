"""What is wrong with the files of a model."""

from __future__ import annotations

MODELS: dict[str, str] = {
    "give-a-local-folder": "give a local folder",
}
