"""A model that does not translate the asked direction is out, with the reason."""

from __future__ import annotations

import pytest

from pick_model.advise.constraints import check_facts
from pick_model.catalog.reader import read_records, shipped_folder
from pick_model.documents.catalog import Entry, Pretraining
from pick_model.words.say import say

from .helpers import entry, profile


def translator(*directions: str) -> Entry:
    return entry(
        kind="encoder-decoder",
        tasks=("translation",),
        languages=("en", "zh"),
        directions=directions,
        pretraining=Pretraining(objective="supervised translation"),
    )


@pytest.mark.parametrize(
    ("directions", "passes"),
    [(("zh-en",), False), (("en-zh",), True), (("zh-en", "en-zh"), True), ((), True)],
)
def test_only_models_of_the_direction_pass(directions: tuple[str, ...], passes: bool) -> None:
    asked = profile(task="translation", languages=("en", "zh"), direction=("en", "zh"))
    broken = check_facts(translator(*directions), asked)
    assert (broken is None) == passes
    if broken is not None:
        assert (broken.constraint, say(broken.reason)) == (
            "translate",
            "translates zh-en, not en-zh",
        )


def test_without_a_direction_every_one_will_do() -> None:
    asked = profile(task="translation", languages=("en", "zh"), direction=None)
    assert check_facts(translator("zh-en"), asked) is None


def test_a_spoken_variety_is_served_by_its_written_form() -> None:
    asked = profile(task="translation", languages=("apc", "en"), direction=("apc", "en"))
    one = entry(
        kind="encoder-decoder", tasks=("translation",), languages=("ar", "en"),
        directions=("ar-en",), pretraining=Pretraining(objective="supervised translation"),
    )  # fmt: skip
    assert check_facts(one, asked) is None


def test_the_catalog_says_what_models_of_one_direction_translate() -> None:
    entries = [placed.value for placed in read_records(shipped_folder()).whole().entries]
    for one in entries:
        if one.family == "opus-mt":
            assert one.directions == (one.id.removeprefix("opus-mt-"),)
