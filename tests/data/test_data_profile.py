"""The data profile: each figure on a small file, the published claims on the real ones."""

from __future__ import annotations

import pytest

from pick_model.data.profile import ClassCount, DataProfile, NumberRange, RowList, profile
from pick_model.data.read import read_dataset
from tests.data.build import Load, Write, dataset


def test_counts_imbalance_and_lengths() -> None:
    found = profile(dataset([0] * 6 + [1] * 2 + [2] * 4))
    assert found.classes == (
        ClassCount(name="c000", count=6),
        ClassCount(name="c002", count=4),
        ClassCount(name="c001", count=2),
    )
    assert found.imbalance == 6 / 2
    assert (found.n_rows, found.n_total, found.n_heldout) == (12, 12, None)
    assert found.characters.p50 == len("text 0")
    assert found.words.longest == 2
    assert found.scripts == {"Latin": 1.0}


def test_numbers_that_must_be_typing_errors_are_told_and_large_ones_are_not() -> None:
    prices = [float(n) for n in range(1, 40)] + [900.0]  # a yacht among bicycles
    plain = profile(dataset(prices, kind="regression"))
    assert plain.target is not None
    assert plain.target.far_off == RowList()
    wrong = profile(dataset([*prices[:-1], 1e6], kind="regression"))
    assert wrong.target is not None
    assert wrong.target.far_off == RowList(count=1, rows=(41,))
    assert wrong.target.middle == 20.5
    [told] = [text for text in wrong.warnings if "far from the middle" in text]
    assert told.startswith("the number of 1 row (41) lies")
    same = profile(dataset([2.0] * 9 + [3.0], kind="regression"))
    assert same.target is not None
    assert same.target.far_off.count == 0  # most are no way from the middle


def test_repeats_conflicts_and_empty_rows_are_listed_by_row_number() -> None:
    texts = ["Same  text", "same text", "other", "other", "", " ", "unique"]
    found = profile(dataset([0, 1, 0, 0, 0, 1, 1], texts=texts))
    # rows count from 2
    assert found.near_duplicates == RowList(count=3, rows=(3, 5, 7))
    assert found.duplicates == RowList(count=1, rows=(5,))
    assert found.conflicts == RowList(count=4, rows=(2, 3, 6, 7))
    assert found.empty == RowList(count=2, rows=(6, 7))


def test_a_pair_repeats_only_when_both_texts_do() -> None:
    found = profile(dataset([0, 1, 0], texts=["a", "a", "A"], pairs=["x", "y", "x"]))
    assert found.near_duplicates == RowList(count=1, rows=(4,))
    assert found.duplicates.count == 0


def test_numbers_conflict_when_further_apart_than_one_standard_deviation() -> None:
    texts = ["a", "a", "b", "b", "c", "d"]
    found = profile(dataset([0.0, 0.1, 0.0, 5.0, 5.0, 0.1], kind="regression", texts=texts))
    assert found.conflicts == RowList(count=2, rows=(4, 5))
    assert found.target is not None
    assert (found.target.minimum, found.target.maximum) == (0.0, 5.0)
    assert found.target.mean == pytest.approx((0 + 0.1 + 0 + 5 + 5 + 0.1) / 6)


def test_held_out_rows_seen_in_training_are_listed() -> None:
    train = dataset([0, 1, 0, 1], texts=["a b", "c", "d", "e"])
    held = dataset([0, 1, 0], texts=["A  b", "c", "z"])
    found = profile(train, held)
    assert found.overlap == RowList(count=2, rows=(2, 3))
    assert found.exact_overlap == RowList(count=1, rows=(3,))
    assert found.classes[0] == ClassCount(name="c000", count=2, heldout=2)


def test_rows_sorted_by_class_are_noticed_and_shuffled_ones_are_not() -> None:
    assert profile(dataset([0] * 20 + [1] * 20)).sorted_by_class
    assert not profile(dataset([0, 1] * 20)).sorted_by_class


def test_entities_are_counted_where_they_begin() -> None:
    names = ("B-x", "B-y", "I-x", "I-y", "O")
    rows: list[object] = [(0, 2, 0, 4), (1, 3, 4, 3), (2, 2, 4, 4)]
    found = profile(dataset(rows, kind="tokens", names=names))
    # sentence 1: x x; sentence 2: y, and I-y after O; sentence 3: I-x at the start
    assert found.classes == (ClassCount(name="x", count=3), ClassCount(name="y", count=2))
    assert found.bad_tags == RowList(count=2, rows=(3, 4))


def test_the_warnings_name_rows_and_say_how_many_more() -> None:
    train = dataset([0, 1] * 10, texts=["same"] * 18 + ["", "x"])
    warnings = profile(train, train.take(range(4))).warnings
    assert warnings[0] == (
        "4 held-out rows (2, 3, 4, 5) are also in training (4 to the letter): "
        "the score will flatter"
    )
    assert warnings[1] == (
        "18 rows (2, 3, 4, 5, 6 and 13 more) are the same text as another row with another label"
    )
    assert warnings[2] == "1 row (20) is without text"
    assert warnings[3] == (
        "17 rows (3, 4, 5, 6, 7 and 12 more) are the same text as an earlier row "
        "(17 to the letter); a split keeps them on one side"
    )


def test_classes_worth_a_warning_are_named() -> None:
    train = dataset([0] * 200 + [1] * 20 + [2] * 3, names=("a", "b", "c", "d"))
    held = dataset([0, 0, 1, 3], names=("a", "b", "c", "d"), texts=["p", "q", "r", "s"])
    text = "\n".join(profile(train, held).warnings)
    assert "class 'a' is 67 times as frequent as 'c' (200 to 3)" in text
    assert "fewer than 10 examples of 'c' (3)" in text
    assert "no training rows of 'd', which the held-out rows have" in text
    assert "no held-out rows of 'c'" in text
    assert "sorted by class" in text


def test_clean_data_have_no_warnings() -> None:
    texts = [f"{'good' if i % 2 else 'bad'} film number {i}" for i in range(40)]
    assert profile(dataset([i % 2 for i in range(40)], texts=texts)).warnings == ()


def test_rows_of_two_languages_are_noticed() -> None:
    texts = [f"text {i}" if i % 4 else f"文本{i}号" for i in range(40)]
    found = profile(dataset([0, 1] * 20, texts=texts))
    assert found.warnings[-1].startswith("rows are of several scripts (Latin 75%, Han 25%)")
    assert found.languages == ("zh",)


def test_japanese_mixes_two_scripts_and_is_one_language() -> None:
    texts = [f"日本語のテキスト{i}" if i % 2 else f"漢字文{i}" for i in range(40)]
    assert not any(
        "scripts" in warning for warning in profile(dataset([0, 1] * 20, texts=texts)).warnings
    )


def test_a_profile_survives_json() -> None:
    found = profile(dataset([0.5, 1.5, 2.5, 0.5], kind="regression"))
    assert isinstance(found.target, NumberRange)
    assert DataProfile.model_validate_json(found.model_dump_json()) == found


def test_a_profile_is_the_same_for_the_same_data(write: Write) -> None:
    path = write(
        "d.csv", "text,label\n" + "".join(f"word{i % 9} w{i},{i % 2}\n" for i in range(60))
    )
    assert (
        profile(read_dataset(path)).model_dump_json()
        == profile(read_dataset(path)).model_dump_json()
    )


@pytest.mark.parametrize(
    ("name", "overlap", "exact"),
    [("restaurant8k", 148, 124), ("goemotions", 15, 13), ("banking77", 7, 7), ("cold_zh", 0, 0)],
)
def test_known_overlaps_of_published_test_rows_with_train_are_found(
    load: Load, monkeypatch: pytest.MonkeyPatch, name: str, overlap: int, exact: int
) -> None:
    """restaurant8k 124, goemotions 15 and banking77 7 are what the collection's README gives."""
    from pick_model.data import noise

    monkeypatch.setattr(noise, "MAX_ROWS", 500)  # the noise search has its own tests
    found = profile(*load(name))
    assert (found.overlap.count, found.exact_overlap.count) == (overlap, exact)
    assert found.sorted_by_class == (name == "banking77")
    assert found.languages == (("zh",) if name == "cold_zh" else ())
    assert any("score will flatter" in warning for warning in found.warnings) == (overlap > 0)
