"""What a label cell spells: a list however printed, joined labels, places, no label."""

from __future__ import annotations

import json

import pytest

from pick_model.data.dataset import Dataset
from pick_model.data.labels import as_label
from pick_model.data.lists import parse_list
from pick_model.data.read import read_dataset
from pick_model.errors import InputError, UsageError
from pick_model.words.say import say_all
from tests.data.build import Write
from tests.told import words


def table(*labels: str, header: str = "text,label") -> str:
    rows = (
        'a kettle of make {},"{}"'.format(i, y.replace('"', '""')) for i, y in enumerate(labels)
    )
    return "\n".join([header, *rows]) + "\n"


def jsonl(*labels: object) -> str:
    rows = ({"text": f"a kettle of make {i}", "label": y} for i, y in enumerate(labels))
    return "".join(json.dumps(row) + "\n" for row in rows)


def said(found: Dataset) -> str:
    assert found.reading is not None
    return "; ".join(say_all([found.reading.kind_reason, *found.reading.notes]))


def named(found: Dataset) -> list[object]:
    """The labels by name."""
    names = found.label_names
    return [
        tuple(names[i] for i in label) if isinstance(label, tuple) else names[label]  # type: ignore[call-overload]
        for label in found.labels
    ]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("['wet', 'cold day']", ["wet", "cold day"]),
        ("['wet' 'cold day']", ["wet", "cold day"]),
        ("['wet'\n 'cold day']", ["wet", "cold day"]),
        ("array(['wet', 'cold'], dtype=object)", ["wet", "cold"]),
        ("[np.str_('wet'), np.str_('cold')]", ["wet", "cold"]),
        ("[\"it's\", 'wet']", ["it's", "wet"]),
        (r"['it\'s', 'wet']", ["it's", "wet"]),
        ("{'wet', 'cold'}", ["wet", "cold"]),
        ("('wet',)", ["wet"]),
        ("[wet, cold day]", ["wet", "cold day"]),
        ("{wet,cold}", ["wet", "cold"]),
        ("[1 0\n 1]", [1, 0, 1]),
        ("[1. 0.]", [1.0, 0.0]),
        ("tensor([1., 0.])", [1.0, 0.0]),
        ("[True False]", [True, False]),
        ("[]", []),
        ("[wet]", None),
        ("[wet day]", None),
        ("(wet, or cold)", None),
        ("(1)", None),
        ("[see 'below']", None),
        ("{'wet': 1}", None),
        ("wet", None),
    ],
)
def test_a_cell_is_a_list_however_it_was_printed_and_else_a_word(
    text: str, items: list[object] | None
) -> None:
    assert parse_list(text) == items


def test_a_list_that_was_printed_with_its_middle_left_out_is_refused(write: Write) -> None:
    with pytest.raises(InputError, match="middle left out"):
        read_dataset(write("d.csv", table("[0 1 ... 0 1]", "[1 0 ... 0 1]")))


@pytest.mark.parametrize(
    "content",
    [
        jsonl([0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 0], [0, 0, 1]),
        jsonl([0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0] * 3, [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]),
        jsonl(
            [False, True, True], [True, False, False], [False] * 3, [True, True, False],
            [False, False, True],
        ),
        table("[0, 1, 1]", "[1, 0, 0]", "[0, 0, 0]", "[1, 1, 0]", "[0, 0, 1]"),
        table("[0 1 1]", "[1 0 0]", "[0 0 0]", "[1 1 0]", "[0 0 1]"),
        table("[0. 1. 1.]", "[1. 0. 0.]", "[0. 0. 0.]", "[1. 1. 0.]", "[0. 0. 1.]"),
    ],
    ids=["numbers", "floats", "booleans", "quoted", "NumPy", "NumPy floats"],
)  # fmt: skip
def test_lists_of_zeros_and_ones_of_one_length_are_read_by_place(
    write: Write, content: str
) -> None:
    found = read_dataset(write("d.jsonl" if content[0] == "{" else "d.csv", content))
    assert found.kind == "multi-label"
    assert named(found) == [("1", "2"), ("0",), (), ("0", "1"), ("2",)]
    assert "called 0 to 2" in said(found)


def test_lists_with_exactly_one_1_are_classes_unless_asked_otherwise(write: Write) -> None:
    path = write("d.jsonl", jsonl([0, 1], [1, 0], [0, 1], [1, 0]))
    found = read_dataset(path)
    assert (found.kind, named(found)) == ("single-label", ["1", "0", "1", "0"])
    assert "--kind multi-label" in said(found)
    assert read_dataset(path, kind="multi-label").labels == ((1,), (0,), (1,), (0,))


def test_ids_in_lists_stay_ids_where_0_and_1_are_among_them(write: Write) -> None:
    found = read_dataset(write("d.jsonl", jsonl([0, 1], [1], [2, 0], [2], [0])))
    assert named(found) == [("0", "1"), ("1",), ("0", "2"), ("2",), ("0",)]


@pytest.mark.parametrize(
    ("content", "row", "message"),
    [
        (jsonl([0, 1, 1], [1, 0, 0], [1, 0], [0, 1, 1]), 3, "no list of 3 zeros and ones"),
        (jsonl([0.2, 0.8], [0.9, 0.1]), 1, "decimal numbers"),
        (jsonl([[0, 4, "X"]], [[1, 2, "Y"]]), 1, "marking spans"),
    ],
)
def test_lists_that_name_no_labels_are_refused(
    write: Write, content: str, row: int, message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_dataset(write("d.jsonl", content))
    assert caught.value.location is not None
    assert caught.value.location.line == row


def test_columns_of_0_and_1_are_labels_by_their_names(write: Write) -> None:
    rows = [f"k{i},of make {i},{i % 2},{i // 2 % 2},{i // 4 % 2}" for i in range(8)]
    path = write("d.csv", "\n".join(["id,comment_text,rude,loud,late", *rows]))
    found = read_dataset(path)
    assert found.kind == "multi-label"
    assert named(found)[:4] == [(), ("rude",), ("loud",), ("loud", "rude")]
    assert found.reading is not None
    assert found.reading.columns.indicators == ("rude", "loud", "late")
    assert "3 columns hold only 0 and 1" in said(found)
    two = read_dataset(path, label="rude,loud")
    assert two.label_names == ("loud", "rude")
    with pytest.raises(InputError, match="'rude' holds '2', where the others hold 0 or 1"):
        read_dataset(write("e.csv", path.read_text() + "\nk9,x,2,0,0\n"), label="rude,loud")


def test_an_object_of_zeros_and_ones_names_the_labels_with_a_1() -> None:
    assert as_label({"rude": 1.0, "loud": 0.0, "late": True}) == ("rude", "late")


@pytest.mark.parametrize(
    ("labels", "parts"),
    [
        (["wet", "wet, cold", "cold", "cold, windy", "windy"], ("cold", "wet", "windy")),
        (["wet", "wet;cold", "cold", "cold;windy", "windy"], ("cold", "wet", "windy")),
        (["wet", "wet|cold", "cold", "cold|windy", "windy"], ("cold", "wet", "windy")),
        (["wet", "wet\ncold", "cold", "cold\nwindy", "windy"], ("cold", "wet", "windy")),
        (["4", "4,11,12", "11", "11,12", "4"], ("4", "11", "12")),
        (["4, 11", "4", "11, 12", "12"], ("4", "11", "12")),
        (["4 11", "4", "11 12", "12"], ("4", "11", "12")),
    ],
)
def test_labels_that_recur_alone_and_together_are_taken_apart_and_it_is_told(
    write: Write, labels: list[str], parts: tuple[str, ...]
) -> None:
    path = write("d.csv", table(*labels * 2))
    found = read_dataset(path)
    assert (found.kind, found.label_names) == ("multi-label", parts)
    assert "--kind single-label" in said(found)
    whole = read_dataset(path, kind="single-label")
    assert len(whole.label_names) == len(set(labels))


def test_a_comma_inside_the_name_of_a_class_stays_and_the_option_is_told(write: Write) -> None:
    path = write("d.csv", table(*["Home, Kitchen", "Home, Garden", "Books"] * 3))
    found = read_dataset(path)
    assert found.label_names == ("Books", "Home, Garden", "Home, Kitchen")
    assert "--label-separator ," in said(found)
    assert read_dataset(path, separator=",").label_names == ("Books", "Garden", "Home", "Kitchen")


def test_numbers_with_one_comma_are_refused_with_both_readings(write: Write) -> None:
    path = write("d.csv", table("1,5", "2,5", "3", "2,5", "3"))
    with pytest.raises(InputError, match="ids joined by commas, or numbers") as caught:
        read_dataset(path)
    assert "--label-separator ," in words(caught.value.hint)
    assert read_dataset(path, kind="regression").labels == (1.5, 2.5, 3.0, 2.5, 3.0)
    assert named(read_dataset(path, separator=","))[1:3] == [("2", "5"), ("3",)]


@pytest.mark.parametrize("kind", [None, "regression"])
def test_commas_before_three_digits_are_no_decimal_commas(write: Write, kind: None) -> None:
    with pytest.raises(InputError, match="comma before each three digits"):
        read_dataset(write("d.csv", table("1,500", "12,000", "900", "1,200")), kind=kind)


@pytest.mark.parametrize(
    ("separator", "kind", "message"),
    [("", None, "empty"), (",", "single-label", "no separator"), ("#", None, "no label holds")],
)
def test_a_separator_that_separates_nothing_is_refused(
    write: Write, separator: str, kind: None, message: str
) -> None:
    path = write("d.csv", table("a", "b", "a", "b"))
    with pytest.raises((InputError, UsageError), match=message):
        read_dataset(path, separator=separator, kind=kind)


def pairs(*labels: object) -> str:
    rows = ({"premise": f"p {i}", "hypothesis": f"h {i}", "label": y} for i, y in enumerate(labels))
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["yes", "no", "-", "yes", "no"], ("no", "yes")),
        ([0, 1, -1, 2, 0, 1, 2], ("0", "1", "2")),
    ],
)
def test_pairs_without_a_gold_label_are_left_out_and_counted(
    write: Write, labels: list[object], names: tuple[str, ...]
) -> None:
    found = read_dataset(write("d.jsonl", pairs(*labels)))
    assert found.label_names == names
    assert 3 not in found.rows
    assert len(found) == found.n_total == len(labels) - 1
    assert "1 row without a label" in said(found)


def test_a_minus_beside_a_plus_is_a_class(write: Write) -> None:
    found = read_dataset(write("d.jsonl", pairs("+", "-", "0", "+", "-", "0")))
    assert found.label_names == ("+", "-", "0")


def test_rows_with_the_label_to_skip_are_left_out(write: Write) -> None:
    path = write("d.csv", table("a", "b", "unsure", "a", "b", ""))
    found = read_dataset(write("e.csv", table("a", "b", "unsure", "a", "b")), skip="unsure")
    assert found.rows == (2, 3, 5, 6)
    with pytest.raises(InputError, match="empty label"):
        read_dataset(path, skip="unsure")
    assert 7 not in read_dataset(write("f.csv", table(*"aabb", "")), skip="").rows


def test_strings_of_zeros_and_ones_are_classes_and_it_is_told(write: Write) -> None:
    found = read_dataset(write("d.csv", table(*["011", "100", "010"] * 2)))
    assert found.kind == "single-label"
    assert "'010' is read as a class" in said(found)


def test_labels_that_differ_in_case_alone_are_told(write: Write) -> None:
    found = read_dataset(write("d.csv", table("Yes", "yes", "no", "Yes", "yes", "no")))
    assert "'Yes' and 'yes' differ in case alone" in said(found)


@pytest.mark.parametrize(
    ("train", "held", "labels"),
    [
        (table(*["wet", "wet, cold", "cold"] * 2), table("cold", "wet"), [("cold",), ("wet",)]),
        (table(*["4,11,12", "11", "12", "4"] * 2), table("4,12"), [("4", "12")]),
        (jsonl(*[[0, 1, 1], [1, 0, 0]] * 2), jsonl([1, 1, 0]), [("0", "1")]),
        (jsonl(*[[0, 1, 0], [1, 0, 0], [0, 0, 1]] * 2), jsonl([0, 0, 1]), ["2"]),
        (table(*["[wet, cold]", "[wet]", "[]"] * 2), table("[cold]"), [("cold",)]),
        (pairs(*["yes", "no", "-"] * 2), pairs("no", "-", "-"), ["no"]),
    ],
    ids=["words", "ids", "places", "one 1", "brackets", "no gold label"],
)
def test_an_evaluation_file_is_read_like_the_training_file(
    write: Write, train: str, held: str, labels: list[object]
) -> None:
    suffix = "jsonl" if train[0] == "{" else "csv"
    first = read_dataset(write(f"train.{suffix}", train))
    found = read_dataset(write(f"test.{suffix}", held), like=first)
    assert (found.kind, found.label_names) == (first.kind, first.label_names)
    assert named(found) == labels


def test_an_evaluation_file_of_pairs_does_not_go_with_texts(write: Write) -> None:
    train = read_dataset(write("train.csv", table(*"abab")))
    with pytest.raises(InputError, match="has pairs a row where the training data has one text"):
        read_dataset(write("test.jsonl", pairs("a", "b")), like=train)
