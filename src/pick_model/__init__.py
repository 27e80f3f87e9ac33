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
    from pick_model.advise.explain import compare as compare
    from pick_model.advise.explain import explain as explain
    from pick_model.advise.profile import load_task as load_task
    from pick_model.advise.recommend import recommend as recommend
    from pick_model.catalog.load import load_catalog as load_catalog

__all__ = ["compare", "explain", "load_catalog", "load_task", "recommend"]

_HOMES = {
    "compare": "pick_model.advise.explain",
    "explain": "pick_model.advise.explain",
    "load_catalog": "pick_model.catalog.load",
    "load_task": "pick_model.advise.profile",
    "recommend": "pick_model.advise.recommend",
}


def __getattr__(name: str) -> Any:
    """Load a public function on first use, so that importing the package costs nothing."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
