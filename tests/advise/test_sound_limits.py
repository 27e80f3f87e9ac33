"""Limits of models of sound."""

from __future__ import annotations

from typing import Any

import pytest

from pick_model.advise.constraints import NEAR, check_facts
from pick_model.documents.task import Constraints
from pick_model.words.say import say
from tests.advise.helpers import entry, profile

HEARS: dict[str, Any] = {
    "kind": "audio-encoder",
    "modality": "audio",
    "tasks": ("audio-classification",),
    "languages": (),
}


@pytest.mark.parametrize(
    ("rate", "reason", "near"),
    [
        (48_000, None, None),
        (32_000, None, None),
        (
            16_000,
            "hears 16000 samples a second, under 32000",
            "it would do if nothing above 8000 Hz mattered",
        ),
        (8_000, "hears 8000 samples a second, under 32000", None),
        (None, "its sample rate is unknown", None),
    ],
)
def test_a_model_that_hears_too_little_is_rejected(
    rate: int | None, reason: str | None, near: str | None
) -> None:
    asked = profile(
        task="audio-classification",
        languages=(),
        constraints=Constraints(min_sample_rate_hz=32_000),
    )
    broken = check_facts(entry(sample_rate_hz=rate, **HEARS), asked)
    if reason is None:
        assert broken is None
        return
    assert broken is not None
    assert broken.constraint == "min_sample_rate_hz"
    assert say(broken.reason) == reason
    assert (broken.near_miss and say(broken.near_miss)) == near
    if rate is not None:
        assert broken.excess == 32_000 / rate
        assert (near is not None) == (broken.excess <= NEAR)
