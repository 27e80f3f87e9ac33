"""What a reader of a screen should know."""

from __future__ import annotations

SCREEN = {
    "screen-decided": "decided after {rows:# row|# rows}: no other model is level with {model}",
    "screen-without-baselines": "no baseline stands beside {rows:,} rows: to fit one takes "
    "minutes, or more than the budget had left",
    "screen-undecided": "{n} models may be the best; these rows do not tell them apart",
    "screen-budget": "the budget ended: {n:# model|# models} would have read more rows",
    "screen-not-read": "the budget ended before this model was read",
    "screen-unread": "the budget ended before {n} of {of} models were read: who leads among the "
    "others need not be the best",
    "screen-failed": "{n:# model|# models} could not be screened",
}
