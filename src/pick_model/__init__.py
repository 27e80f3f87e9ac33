"""Choose a pretrained model for a task, prove the choice, keep it honest.

from pick_model import load_catalog, load_task, recommend

report = recommend(load_task("task.yaml"), load_catalog())
for candidate in report.candidates:
    print(candidate.rank, candidate.id, candidate.score)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pick_model.account import compare as compare
    from pick_model.account import explain as explain
    from pick_model.advise import recommend as recommend
    from pick_model.catalog.load import load_catalog as load_catalog
    from pick_model.profile import load_task as load_task

__all__ = ["compare", "explain", "load_catalog", "load_task", "recommend"]

_HOMES = {
    "compare": "pick_model.account",
    "explain": "pick_model.account",
    "load_catalog": "pick_model.catalog.load",
    "load_task": "pick_model.profile",
    "recommend": "pick_model.advise",
}


def __getattr__(name: str) -> Any:
    """Load a public function on first use, so that importing the package costs nothing."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
