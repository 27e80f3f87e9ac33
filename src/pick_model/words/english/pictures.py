"""What a picture in a terminal shows, and by which signs."""

from __future__ import annotations

PICTURES = {
    "picture-expected": "{dot} expected {what} with its 90 % interval",
    "picture-scores": "{dot} {what} with its 90 % interval",
    "picture-criteria": "{dot} value of each criterion with its 90 % interval",
    "picture-moved": "{before} expected {what} before, {dot} now, each with its 90 % interval",
}
