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
    # a command line that typer does not take
    "option-unknown": "no such option: {option}",
    "option-unknown-of": "no such option: {option} (Possible options: {names})",
    "command-unknown": "no such command {name}",
    "left-out": "missing {kind:word} {name}",
    "option-without-value": "option {option} requires an argument",
    "option-takes-none": "option {option} does not take a value",
    "too-much": "got unexpected extra argument(s) ({words})",
    "value-none-of": "invalid value for {option}: {given} is not one of {names}",
    "value-no-integer": "invalid value for {option}: should be a valid integer",
    "value-no-number": "invalid value for {option}: should be a valid number",
    "option-wrong": "invalid value for {option}: {reason}",
}
