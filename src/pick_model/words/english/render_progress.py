"""What the command line says on stderr while a command runs, and round its errors."""

from __future__ import annotations

RENDER_PROGRESS = {
    "interrupted": "interrupted",
    "stdout-lost": "stdout cannot be written: {reason}",
    "starting": "starting",
    "done-of": "{done} of {total}",
    "few-seconds-left": "a few seconds left",
    "seconds-left": "about {seconds:.0f} s left",
    "minutes-left": "about {minutes:.0f} min left",
    "minutes-at-most": "{n} models, {budget} each: {minutes:.1f} minutes in all at most",
    "columns-taken": "columns taken: {columns}",
    "labels-read-as": "labels read as {kind:word}: {reason}",
    "language-not-shown": "{encoding} cannot show the characters of {language}: told in English",
    "language-unknown-here": "--lang: {language} is none of the languages this is told in",
}
