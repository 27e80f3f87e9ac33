"""Wrong data ends in an InputError that names the file, the row and what to do."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pick_model.data import records
from pick_model.data.read import read_dataset
from pick_model.errors import WRONG_INPUT, InputError
from tests.data.build import Write
from tests.told import words

GOOD = "text,label\none,a\ntwo,b\nthree,a\nfour,b\n"
TOKENS = {"tokens": ["a", "b"], "tags": ["O", "B-x"]}


def jsonl(*records: object) -> str:
    return "\n".join(json.dumps(record) for record in records)


def rows(*labels: str) -> str:
    return "text,label\n" + "".join(f"text {i},{label}\n" for i, label in enumerate(labels))


# name, content, options, row, part of the message, part of the hint
CASES: dict[str, tuple[str, str | bytes, dict[str, object], int | None, str, str]] = {
    "empty file": ("d.csv", b"", {}, None, "the file is empty", ""),
    "header only": ("d.csv", "text,label\n", {}, None, "a header and no rows", ""),
    "blank file": ("d.csv", "\n\n", {}, None, "no header and no rows", ""),
    "no records": ("d.jsonl", "\n\n", {}, None, "no records", ""),
    "no label column": ("d.csv", "text,lable\na,b\n", {}, None, "no label column", "--label lable"),
    "no label column like one": ("d.csv", "text,x\na,b\n", {}, None, "'text', 'x'", "--label x"),
    "no text column": ("d.csv", "a,b,label\n1,2,3\n", {}, None, "no text column", "--text a"),
    "only a label column": ("d.csv", "label\na\n", {}, None, "no column beside the label", "text"),
    "named column absent": ("d.csv", GOOD, {"label": "labl"}, None, "named by --label", "'label'"),
    "one column for two parts": (
        "d.csv",
        GOOD,
        {"text": "label", "label": "label"},
        None,
        "both",
        "--label",
    ),
    "tokens for tags": (
        "d.jsonl",
        jsonl(TOKENS),
        {"task": "token-classification", "text": "tokens", "label": "tokens"},
        None,
        "both",
        "--label",
    ),
    "two columns of a name": (
        "d.csv",
        "text,label,text\na,b,c\n",
        {},
        1,
        "two columns are named 'text'",
        "rename",
    ),
    "one class": (
        "d.csv",
        rows("a", "a", "a", "a"),
        {},
        None,
        "only one label occurs: 'a'",
        "two classes",
    ),
    "too few rows": (
        "d.csv",
        rows("a", "b", "c"),
        {},
        None,
        "3 rows are too few for the 3",
        "at least 6",
    ),
    "too few numbers": ("d.csv", rows("1.5", "2.5"), {}, None, "2 rows are too few", "at least 4"),
    "one number": ("d.csv", rows(*["1.5"] * 5), {}, None, "the same number", ""),
    "floats for classes": (
        "d.csv",
        rows("1", "2", "2.5", "1"),
        {"kind": "single-label"},
        4,
        "decimal numbers",
        "regression",
    ),
    "words for numbers": (
        "d.csv",
        rows("1.5", "2", "high", "1"),
        {"kind": "regression"},
        4,
        "no number from -1e30 to 1e30",
        "--label",
    ),
    "a number whose square is none": (
        "d.csv",
        rows("1.5", "2", "-1e302", "1"),
        {"kind": "regression"},
        4,
        "no number from -1e30 to 1e30",
        "--label",
    ),
    "a word among numbers": (
        "d.csv",
        rows(*["1.5", "2.5"] * 10, "inf"),
        {},
        22,
        "nearly all others are",
        "delete",
    ),
    "decimal commas": (
        "d.csv",
        rows('"1,5"', '"2,5"', '"1,5"', "2"),
        {},
        2,
        "decimal comma",
        "3.5",
    ),
    "empty label": (
        "d.csv",
        rows("a", "b", "", "a", ""),
        {},
        4,
        "2 rows, this one first, have an empty label",
        "delete",
    ),
    "NaN label": (
        "d.csv",
        rows("a", "b", "NaN", "a"),
        {},
        4,
        "the row has an empty label or NaN",
        "delete",
    ),
    "null label": (
        "d.jsonl",
        jsonl({"text": "x", "label": "a"}, {"text": "y", "label": None}),
        {},
        2,
        "empty label",
        "",
    ),
    "NaN in JSON": (
        "d.jsonl",
        jsonl({"text": "x", "label": 1.0}, {"text": "y", "label": float("nan")}),
        {},
        2,
        "empty label",
        "",
    ),
    "object for a label": (
        "d.jsonl",
        jsonl({"text": "x", "label": {"a": 1}}),
        {},
        1,
        "not a word",
        "",
    ),
    "list for a class": (
        "d.jsonl",
        jsonl(*[{"text": "x", "label": y} for y in ("a", ["b"], "a", "b")]),
        {},
        2,
        "a list where a plain label",
        "none",
    ),
    "list for a text": (
        "d.jsonl",
        jsonl({"text": ["x"], "label": "a"}),
        {},
        1,
        "holds a list, not text",
        "--text",
    ),
    "record without the key": (
        "d.jsonl",
        jsonl({"text": "x", "label": "a"}, {"label": "b"}),
        {},
        2,
        "has no 'text'",
        "null",
    ),
    "endless label": ("d.csv", rows("a", "x" * 3000), {}, 3, "3,000 characters long", "--label"),
    "numbers for texts": (
        "d.csv",
        "text,label\n1,a\n2.5,b\n3,a\n4,b\n",
        {},
        2,
        "holds only numbers",
        "--text",
    ),
    "no text at all": ("d.csv", "text,label\n,a\n,b\n ,a\n,b\n", {}, 2, "is empty", "--text"),
    "ragged row, long": (
        "d.csv",
        GOOD + "five, six,a\n",
        {},
        6,
        "3 fields where the header names 2",
        "quotes",
    ),
    "ragged row, short": (
        "d.csv",
        GOOD + "five\nsix,a\n",
        {},
        6,
        "1 fields where the header names 2",
        "missing",
    ),
    "ragged TSV row": ("d.tsv", GOOD.replace(",", "\t") + "a\tb\tc\n", {}, 6, "3 fields", "quotes"),
    "quote never closed": (
        "d.csv",
        GOOD + '"five,a\nsix,b\n',
        {},
        6,
        "never closed (reading stopped at line 7)",
        '""',
    ),
    "text after a quote": ("d.csv", GOOD + '"five" and,a\n', {}, 6, "broken quoting", '""'),
    "quote closed rows later": (
        "d.csv",
        'text,label\n"one,a\ntwo,b\n"three",a\n',
        {},
        2,
        "stopped at line 4",
        '""',
    ),
    "lone carriage returns": (
        "d.csv",
        "text,label\rone,a\rtwo,b\r",
        {},
        1,
        "lone carriage return",
        "LF",
    ),
    "Latin-1": (
        "d.csv",
        GOOD.encode() + "caf\u00e9,a\n".encode("latin-1"),
        {},
        6,
        "byte 0xe9 at position 4 of the line is not UTF-8",
        "iconv -f WINDOWS-1252 -t UTF-8 ",
    ),
    "Latin-1 in JSON": (
        "d.jsonl",
        b'{"text": "caf\xe9", "label": "a"}',
        {},
        1,
        "not UTF-8",
        "iconv",
    ),
    "UTF-16": ("d.csv", GOOD.encode("utf-16"), {}, 1, "is UTF-16", "iconv -f UTF-16"),
    "NUL byte": ("d.csv", GOOD + "fi\0ve,a\n", {}, 6, "NUL byte", r"perl -pe 's/\0//g' "),
    "UTF-16 without a mark": (
        "d.csv",
        GOOD.encode("utf-16-le"),
        {},
        1,
        "NUL byte",
        "iconv -f UTF-16LE",
    ),
    "invalid JSON": (
        "d.jsonl",
        jsonl(TOKENS) + '\n{"tokens": [',
        {},
        2,
        "not valid JSON",
        "one complete object",
    ),
    "JSON array": (
        "d.json",
        json.dumps([{"text": "x", "label": "a"}]),
        {},
        1,
        "a JSON array",
        "jq -c '.[]' ",
    ),
    "JSON number": ("d.jsonl", "7\n", {}, 1, "not a JSON object", ""),
    "nested beyond reason": ("d.jsonl", '{"a":' + "[" * 200_000, {}, 1, "JSON", ""),
    "absurd integer": (
        "d.jsonl",
        '{"text": "x", "label": ' + "9" * 5000 + "}",
        {},
        1,
        "not usable JSON",
        "",
    ),
    "half a character": (
        "d.jsonl",
        '{"text": "a \\ud83d", "label": "a"}',
        {},
        1,
        "surrogate",
        "character",
    ),
    "tags do not align": (
        "d.jsonl",
        jsonl(TOKENS, {"tokens": ["a"], "tags": []}),
        {},
        2,
        "1 tokens and 0 tags do not align",
        "one tag a token",
    ),
    "tags are no list": (
        "d.jsonl",
        jsonl({"tokens": ["a"], "tags": 3}),
        {},
        1,
        "tags are not a list",
        "",
    ),
    "empty tag": (
        "d.jsonl",
        jsonl({"tokens": ["a", "b"], "tags": ["O", ""]}),
        {},
        1,
        "token 2 has an empty tag",
        "O",
    ),
    "broken list of tokens": (
        "d.csv",
        'tokens,tags\n"[a, b]",O O\n',
        {},
        2,
        "tokens are not valid JSON",
        "[",
    ),
    "token without a tag": ("d.conll", "a\nb\n", {}, 1, "'a' has no tag", "tab"),
    "CoNLL line cut short": (
        "d.conll",
        "a\tO\nb\tB-x\n\nc\nd\tO\n",
        {},
        4,
        "1 columns where the lines before have 2",
        "tag",
    ),
    "only O": (
        "d.conll",
        "a\tO\nb\tO\n\nc\tO\n",
        {},
        None,
        "only one label occurs: 'O'",
        "two classes",
    ),
    "sentences wanted": (
        "d.csv",
        GOOD,
        {"task": "token-classification"},
        None,
        "no columns of tokens and tags",
        "--text",
    ),
    "texts wanted": (
        "d.conll",
        "a\tO\nb\tB-x\n",
        {"task": "text-classification"},
        None,
        "tagged tokens",
        "token-classification",
    ),
    "no Parquet": (
        "d.parquet",
        b"PAR1 and then nothing",
        {},
        None,
        "not a whole Parquet file",
        "again",
    ),
    "not gzip": ("d.csv.zip", GOOD, {}, None, "unsupported kind of file '.zip'", "unpack"),
    "spreadsheet": ("d.xlsx", b"PK\x03\x04", {}, None, "unsupported kind of file '.xlsx'", "CSV"),
    "no extension": ("data", GOOD, {}, None, "without an extension", ".csv"),
    "header for JSON": ("d.jsonl.gz", b"", {}, None, "no records", ""),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_wrong_data_is_refused_with_file_row_and_remedy(
    write: Write, case: tuple[str, str | bytes, dict[str, object], int | None, str, str]
) -> None:
    name, content, options, row, message, hint = case
    path = write(name, content)
    with pytest.raises(InputError) as caught:
        read_dataset(path, **options)  # type: ignore[arg-type]
    error = caught.value
    assert error.exit_code == WRONG_INPUT
    assert error.location is not None
    assert (error.location.file, error.location.line) == (str(path), row)
    assert message in words(error.message)
    assert hint in words(error.hint)
    assert "\n" not in str(error)


def test_a_gzip_name_without_gzip_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.csv.gz"
    path.write_text(GOOD)
    with pytest.raises(InputError, match=r"named \.gz and is not gzip.*rename it to d\.csv"):
        read_dataset(path)


def test_gzip_bytes_without_a_gzip_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(gzip.compress(GOOD.encode()))
    with pytest.raises(InputError, match=r"rename it to d\.csv\.gz"):
        read_dataset(path)


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_truncated_gzip_file_is_refused(write: Write, suffix: str, kept: float) -> None:
    records = [{"text": f"text {i * i % 9973}", "label": i % 2} for i in range(5000)]
    csv = "text,label\n" + "".join(f"{r['text']},{r['label']}\n" for r in records)
    path = write(f"d.{suffix}.gz", jsonl(*records) if suffix == "jsonl" else csv)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    with pytest.raises(InputError, match="damaged or cut short"):
        read_dataset(path)


def test_damaged_gzip_data_name_the_line_reached(tmp_path: Path) -> None:
    path = tmp_path / "d.csv.gz"
    data = bytearray(gzip.compress(("text,label\n" + "some words,a\n" * 5000).encode()))
    data[-8:-4] = b"\0\0\0\0"  # the checksum
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="damaged or cut short") as caught:
        read_dataset(path)
    assert caught.value.location is not None
    assert caught.value.location.line == 5002


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "d.parquet"
    columns = {"text": [f"t {i}" for i in range(1000)], "label": ["a", "b"] * 500}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="not a whole Parquet file"):
        read_dataset(path)


def test_damaged_pages_inside_a_parquet_file_are_refused(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "d.parquet"
    columns = {"text": [f"t {i}" for i in range(1000)], "label": ["a", "b"] * 500}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    data = bytearray(path.read_bytes())
    data[4:400] = b"\xff" * 396  # the first page; the footer still parses
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="not a whole Parquet file"):
        read_dataset(path)


def test_a_missing_file_suggests_its_neighbour(write: Write) -> None:
    path = write("train.csv", GOOD)
    with pytest.raises(InputError, match="no such file") as caught:
        read_dataset(path.with_name("trian.csv"))
    assert words(caught.value.hint) == "did you mean 'train.csv'?"


def test_a_file_in_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        read_dataset(tmp_path / "no" / "d.csv")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_dataset(tmp_path)


def test_an_unreadable_file_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("d.csv", GOOD)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        read_dataset(path)


def test_a_file_that_changes_between_the_passes_is_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("d.csv", "text,label\n" + "one x,a\ntwo x,b\n" * 50)
    iterate = records.Records.__iter__

    def shrink(self: records.Records):  # type: ignore[no-untyped-def]
        yield from iterate(self)
        path.write_text("text,label\n" + "one x,a\n" * 99)

    monkeypatch.setattr(records.Records, "__iter__", shrink)
    with pytest.raises(InputError, match="changed while it was read"):
        read_dataset(path, max_rows=20)
