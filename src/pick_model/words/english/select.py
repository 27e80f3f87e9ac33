"""How a selection ended, and what its reader should know."""

from __future__ import annotations

SELECT = {
    "select-decided": "no further measurement is expected to change the choice by enough",
    "select-worth": "the next measurement is worth less than it costs",
    "select-budget": "what would still help does not fit into the rest of the budget",
    "select-nothing-left": "all that can be measured here was",
    "select-failed": "{n:# model|# models} could not be measured",
    "select-failed-left-out": "{n:# model|# models} could not be measured and {n:is|are} not to be "
    "had here: the choice is among the others",
    "select-unmeasured": "nothing was measured: what is said is the prior's alone",
    "select-unmeasured-in-time": "nothing was measured, what is said is the prior's alone: "
    "{spent:time} went by before, and the least measurement takes about {least:time}",
    "profile-says-labels": "the profile says n_labels: {said:,}, and the rows have {found:,}: what "
    "is measured is of the rows, what is expected beforehand of the profile",
    "profile-says-kind": "the profile says label_kind: {said}, and the labels are read as {found}",
    "profile-says-languages": "the profile says languages: {said}, and the texts are in {found}",
    "profile-says-rows": "the profile says n_rows: {said:,}, and the file has {found:,}: what is "
    "expected beforehand is of the profile's",
    "profile-says-epochs": "the profile says training.epochs: {said}, and a full fine-tune here "
    "takes {full} passes: scores and verdicts are of that",
    "screen-at-the-bottom": "no row was right by the frozen features of {models}: how far below "
    "others that is {metric} does not tell, so it counts neither for nor against",
    "pick-below-baseline": "{model} is expected to score {expected:.3f}, no more than {by:term} "
    "does ({reached:.3f}): by these rows no candidate is worth its cost yet",
    "nothing-to-select": "no candidate is left to choose from",
    "nothing-to-train": "the profile uses models as they come: nothing can be screened or probed",
    "compare-instead": "`pick-model compare`, or another training.method",
    "top-below-one": "--top should be 1 or more, not {top}",
    "see-recommend": "`pick-model recommend TASK.yaml` says what rejects each",
}
