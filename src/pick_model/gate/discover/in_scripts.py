"""Hub models in files of commands, with the Python that their lines hand over."""

from __future__ import annotations

from collections.abc import Iterator

from pick_model.gate.discover import in_commands, in_python
from pick_model.gate.discover.references import Found


def uses(text: str, file: str) -> Iterator[Found]:
    """Every model that a file of commands names."""
    yield from in_commands.uses_in_text(text, file, 1, in_python.uses)
