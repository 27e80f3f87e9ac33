"""What `gate` prints round the words of its rules."""

from __future__ import annotations

RENDER_GATE = {
    "gate-verdict": "Model gate: {verdict:word}",
    "gate-without-verdict": "Model gate: no verdict",
    "count-of": "{n} {what:word}",
    "locked-and-judged": "{lock}: {model} ({pinned}) for {task}, judged by {judge}",
    "locked-and-judged-in-short": "{lock}: {model}, {pinned}, judged by {judge}",
    "is-judged-by": "{lock} is judged by {judge}",
    "see": "see {place}",
    "excepted-until": "until {expires} by {owner}: {reason} ({finding})",
    "rule-excepted": "{rule} excepted",
    "excepted-listed": "Excepted:",
    "github-shows-few": "{n} more of this severity are not shown: GitHub shows {most} a type. The "
    "other reports hold them all.",
}
