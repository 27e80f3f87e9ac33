"""The YAML reader: safe, exact about lines, strict about values."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.documents.base import Ends, FrozenRecord
from pick_model.documents.catalog import Entry
from pick_model.documents.reader import check, parse_yaml, read_document
from pick_model.documents.task import Task
from pick_model.errors import InputError, PickModelError, SchemaError
from pick_model.record import fields


class Pair(FrozenRecord):
    of: Ends


def value(text: str) -> object:
    return parse_yaml(text, "f.yaml").value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no", "no"),  # Norwegian, not False
        ("off", "off"),
        ("yes", "yes"),
        ("1e-5", 1e-5),  # a number, though YAML 1.1 says text
        ("3.3e9", 3_300_000_000),
        ("1.5e0", 1.5),
        ("012", 12),
        ("0x10", "0x10"),
        ("2019-07-26", "2019-07-26"),
        ("12:30:45", "12:30:45"),  # not 45045
        ("1234567890" * 4, "1234567890" * 4),  # a revision of digits stays text
        ("'7'", "7"),
        ("true", True),
        ("~", None),
        ("", None),
        (".inf", float("inf")),
    ],
)
def test_plain_scalars_mean_what_people_mean(text: str, expected: object) -> None:
    found = value(f"a: {text}")
    assert found == {"a": expected}
    assert type(found["a"]) is type(expected)  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "f.yaml:2: the key 'a' stands twice"),
        ("a: {b: 1,\n  b: 2}", "f.yaml:2: the key 'b' stands twice"),
        ("[1, 2", "f.yaml:2: is not YAML: "),
        ("a: b: c", "f.yaml:1: is not YAML: "),
        ("a: !!python/object:os.system x", "not allowed here"),
        ("a: !secret x", "uses the tag !secret, which is not allowed here"),
        ("1: x", "f.yaml:1: a key should be text, not 1 (quote it)"),
        ("? [a]\n: x", "a key should be text"),
        ("a: *b", "f.yaml:1: "),
        ("a: &x [*x]", "f.yaml:1: alias *x is undefined here"),
        ("a: {<<: {b: 1}}", "merge keys"),
        ("a: 1\n---\nb: 2", "f.yaml:2: holds more than one YAML document"),
        ("[" * 60, "f.yaml:1: nests deeper than 50 levels"),
        ("a: \x07", "is not YAML"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "f.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(InputError, match="aliases expand to too many values"):
        parse_yaml("\n".join(lines), "f.yaml")


def test_an_honest_alias_is_followed() -> None:
    assert value("a: &x {b: 1}\nc: *x") == {"a": {"b": 1}, "c": {"b": 1}}


def test_every_value_knows_its_line() -> None:
    parsed = parse_yaml("a: 1\nb:\n  - c: 2\n    d: [3,\n      4]\n", "f.yaml")
    assert str(parsed.location(("b", 0, "c"))) == "f.yaml:3"
    assert str(parsed.location(("b", 0, "d", 1))) == "f.yaml:5"
    assert str(parsed.location(("b", 0, "nothing"))) == "f.yaml:3"  # the nearest around it


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"# only a comment\n", "is empty"),
        (b"- a\n", ":1: should be a mapping (key: value), not a list"),
        (b"12\n", "should be a mapping (key: value), not a number"),
        (b"\x00\x01", "is a binary file, not text"),
        ("task: x".encode("utf-16"), "is UTF-16 text (save it as UTF-8)"),
        (b"a: 1\nname: caf\xe9\n", ":2: is not UTF-8: byte 0xe9 (save it as UTF-8)"),
    ],
)
def test_a_file_of_the_wrong_kind_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "task.yaml"
    path.write_bytes(data)
    with pytest.raises(PickModelError) as caught:
        read_document(path, Task)
    assert message in str(caught.value)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_bytes(b"\xef\xbb\xbftask: text-classification\r\nn_rows: 5\r\n")
    assert read_document(path, Task)[0].n_rows == 5


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_document(tmp_path, Task)
    with pytest.raises(InputError, match="no such file"):
        read_document(tmp_path / "none.yaml", Task)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task: text-classification\nhardware: {training: x}", ":2: unknown key 'hardware.training' (did you mean 'train'?)"),
        ("task: text-classification\nlangauges: [en]", ":2: unknown key 'langauges' (did you mean 'languages'?)"),
        ("task: text-classification\nconstraints:\n  licens: MIT", ":3: unknown key 'constraints.licens' (did you mean 'license'?)"),
        ("n_rows: 5", ":1: the key 'task' is missing"),
        ("task: 5", ":1: task: should be a valid string, not 5"),
        ("task: text-classification\nn_rows: '5'", ":2: n_rows: should be a valid integer, not '5'"),
        ("task: text-classification\nn_rows: true", ":2: n_rows: should be a valid integer, not True"),
        ("task: text-classification\nschema_version: 2", ":2: schema_version: should be 1, not 2"),
        ("task: text-classification\nhardware: 5", ":2: hardware: should be a valid string, not 5"),
        ("task: text-classification\nhardware: {train: {id: a, kind: gpu}}", ":2: the key 'hardware.train.memory_gib' is missing"),
        ("task: text-classification\nhardware:\n  train: {id: a, kind: gpu, memory_gib: 0}", ":3: hardware.train.memory_gib: should be greater than 0, not 0"),
        ("task: text-classification\nconstraints: {license: [[MIT]]}", ":2: constraints.license.0: should be a valid string, not ['MIT']"),
        ("task: 5\nn_rows: x", ":1: task: should be a valid string, not 5 (and 1 more problem)"),
    ],
)  # fmt: skip
def test_a_document_that_does_not_fit_names_the_key_and_the_nearest(
    text: str, message: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        check(parse_yaml(text, "f.yaml"), Task)
    assert str(caught.value) == f"f.yaml{message}"


def test_a_list_that_ends_early_is_called_so_and_lacks_no_key() -> None:
    for text, n in (("of: []", "0 items"), ("of: [0.5]", "1 item")):
        with pytest.raises(SchemaError) as caught:
            check(parse_yaml(text, "f.yaml"), Pair)
        assert str(caught.value).startswith(f"f.yaml:1: of: ends after {n}, and more are needed")


@given(st.text(max_size=200))
def test_no_text_whatever_ends_in_anything_but_a_value_or_an_input_error(text: str) -> None:
    message = ""
    try:
        parse_yaml(text, "f.yaml")
    except InputError as error:
        message = str(error)
    assert "\n" not in message


@pytest.mark.parametrize("document", [Task, Entry])
def test_an_unknown_key_is_answered_with_keys_that_a_file_may_have(
    document: type[FrozenRecord],
) -> None:
    with pytest.raises(SchemaError) as caught:
        check(parse_yaml("qqqqq: 1", "f.yaml"), document)
    shown = str(caught.value).partition("(one of: ")[2].removesuffix(", …)").split(", ")
    assert len(shown) > 3
    assert {*shown} <= {field.name for field in fields(document)}
