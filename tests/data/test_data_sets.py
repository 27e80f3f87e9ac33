"""Every text, pair and token set of the collection is read as its README describes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.data.read import read_dataset
from tests.data.build import Load

SETS = {
    "banking77": ("single-label", 10003, 3080, 77),
    "cold_zh": ("single-label", 10000, 5323, 2),
    "comparative_sentences": ("single-label", 1680, 559, 5),
    "germeval18": ("single-label", 5009, 3532, 2),
    "goemotions": ("multi-label", 8000, 5427, 28),
    "jnli": ("single-label", 2434, 2508, 3),
    "jsts": ("regression", 6000, 1589, 0),
    "mr_polarity": ("single-label", 8530, 2132, 2),
    "pawsx_en": ("single-label", 1600, 400, 2),
    "pros_cons": ("single-label", 6000, 1500, 2),
    "restaurant8k": ("tokens", 4000, 3714, 2 * 5 + 1),
    "sib200_en": ("single-label", 701, 204, 7),
    "sib200_fr": ("single-label", 701, 204, 7),
    "sib200_zh": ("single-label", 701, 204, 7),
    "sms_spam": ("single-label", 4128, 1031, 2),
    "subj": ("single-label", 8000, 2000, 2),
    "ud_zh_gsdsimp": ("tokens", 3997, 500, 15),
    "wnut17": ("tokens", 3394, 1287, 2 * 6 + 1),
}
PAIRS = {"jnli", "jsts", "pawsx_en"}


@pytest.mark.parametrize("name", SETS)
def test_kind_rows_and_classes_are_as_published(load: Load, name: str) -> None:
    kind, n_train, n_test, n_classes = SETS[name]
    train, test = load(name)
    assert (train.kind, len(train), len(test)) == (kind, n_train, n_test)
    assert len(train.label_names) == n_classes
    assert test.label_names == train.label_names
    assert (train.pairs is not None) == (name in PAIRS)
    assert (train.tokens is not None) == (kind == "tokens")


@pytest.mark.parametrize("name", ["restaurant8k", "ud_zh_gsdsimp", "wnut17"])
def test_the_conll_and_the_jsonl_of_a_set_say_the_same(
    load: Load, test_data: Path, name: str
) -> None:
    jsonl, _ = load(name)
    conll = read_dataset(test_data / name / "train.conll")
    assert conll.tokens == jsonl.tokens
    assert conll.labels == jsonl.labels
    assert conll.label_names == jsonl.label_names
