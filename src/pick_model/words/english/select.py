"""How a selection ended, and what its reader should know."""

from __future__ import annotations

SELECT = {
    "select-decided": "no further measurement is expected to change the choice by enough",
    "select-worth": "the next measurement is worth less than it costs",
    "select-budget": "the budget ended: what would still help does not fit into it",
    "select-nothing-left": "all that can be measured here was",
    "select-failed": "{n:# model|# models} could not be measured",
    "nothing-to-select": "no candidate is left to choose from",
    "nothing-to-train": "the profile uses models as they come: nothing can be screened or probed",
    "compare-instead": "`pick-model compare`, or another training.method",
    "top-below-one": "--top should be 1 or more, not {top}",
    "see-recommend": "`pick-model recommend TASK.yaml` says what rejects each",
}
