"""Formats, columns and kinds of labels that `read_dataset` understands."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from pick_model.data.dataset import Columns
from pick_model.data.labels import as_label
from pick_model.data.read import read_dataset
from pick_model.errors import InputError, UsageError
from pick_model.words.say import message
from tests.data.build import Write
from tests.told import words

ROWS = [("good film", "pos"), ("bad film", "neg"), ("fine, really", "pos"), ('a "dud"', "neg")]
TEXTS = tuple(text for text, _ in ROWS)
CSV = 'text,label\ngood film,pos\nbad film,neg\n"fine, really",pos\n"a ""dud""",neg\n'
JSONL = "".join(json.dumps({"text": t, "label": y}) + "\n" for t, y in ROWS)
TSV = "text\tlabel\n" + "".join(f"{t}\t{y}\n" for t, y in ROWS)


def parquet_bytes(
    columns: dict[str, list[object]], metadata: dict[str, str] | None = None
) -> bytes:
    sink = pyarrow.BufferOutputStream()
    table = pyarrow.table(columns)
    pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), sink)
    return sink.getvalue().to_pybytes()


PARQUET = parquet_bytes({"text": list(TEXTS), "label": [y for _, y in ROWS]})


@pytest.mark.parametrize("zipped", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "content", "first_row"),
    [
        ("d.csv", CSV, 2),
        ("d.tsv", TSV, 2),
        ("d.jsonl", JSONL, 1),
        ("d.ndjson", JSONL, 1),
        ("d.parquet", PARQUET, 1),
    ],
)
def test_the_same_rows_are_read_from_every_format_plain_or_gzipped(
    write: Write, name: str, content: str | bytes, first_row: int, zipped: str
) -> None:
    path = write(name + zipped, content)
    found = read_dataset(path)
    assert found.texts == TEXTS
    assert found.labels == (1, 0, 1, 0)
    assert found.label_names == ("neg", "pos")
    assert found.rows == tuple(range(first_row, first_row + 4))
    assert found.n_total == 4
    assert found.source == path.name
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.replace("\n", "\r\n"),
        CSV.replace("\n", "\n\n"),
        CSV.rstrip("\n"),
        CSV.replace(",", ";").replace("fine; really", "fine, really"),
        CSV.replace("text,label", " text , label "),
    ],
    ids=[
        "byte order mark",
        "CRLF",
        "blank lines",
        "no last newline",
        "semicolons",
        "spaced header",
    ],
)
def test_how_a_spreadsheet_writes_csv_does_not_matter(write: Write, content: str | bytes) -> None:
    found = read_dataset(write("d.csv", content), text="text")
    assert (found.texts, found.labels) == (TEXTS, (1, 0, 1, 0))


def test_row_numbers_are_the_lines_on_which_records_begin(write: Write) -> None:
    lines = ["text,label", '"one', 'two",a', "", "three,b", "four,a", "five,b"]
    found = read_dataset(write("d.csv", "\n".join(lines)))
    assert found.texts[0] == "one\ntwo"
    assert found.rows == tuple(
        lines.index(start) + 1 for start in ('"one', "three,b", "four,a", "five,b")
    )


def test_unicode_line_separators_stay_inside_a_text(write: Write) -> None:
    text = "one\u2028two\u0085three"
    found = read_dataset(write("d.csv", f"text,label\n{text},a\nx,b\ny,a\nz,b\n"))
    assert found.texts[0] == text
    assert found.rows == (2, 3, 4, 5)


def test_a_text_longer_than_the_csv_modules_default_limit_is_read(write: Write) -> None:
    text = "word " * 40_000  # 200,000 characters; Python's limit is 131,072
    found = read_dataset(write("d.csv", f"text,label\n{text},a\nx,b\ny,a\nz,b\n"))
    assert len(found.texts[0]) == 5 * 40_000


def test_reading_leaves_the_csv_modules_global_limit_as_it_was(write: Write) -> None:
    before = csv.field_size_limit(100_000)
    try:
        read_dataset(write("d.csv", CSV))
        assert csv.field_size_limit() == 100_000
    finally:
        csv.field_size_limit(before)


def test_a_label_in_brackets_that_is_no_list_leaks_no_warning_of_python() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert as_label("['\\d']") == "['\\d']"
    assert caught == []


def test_quotes_in_tsv_are_plain_text_unless_they_enclose_a_field(write: Write) -> None:
    rows = ['"hello" she said\ta', '5" nails\tb', '"a ""b"" c"\ta', '"\tb']
    found = read_dataset(write("d.tsv", "text\tlabel\n" + "\n".join(rows)))
    assert found.texts == ('"hello" she said', '5" nails', 'a "b" c', '"')


def test_names_replace_a_missing_header(write: Write) -> None:
    found = read_dataset(write("d.csv", "a,good\nb,bad\na,fine\nb,poor\n"), names=["label", "text"])
    assert found.texts == ("good", "bad", "fine", "poor")
    assert found.rows == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("text,label", Columns("text", "label", guessed=("text", "label"))),
        ("id,Review,Stars", Columns("Review", "Stars", guessed=("text", "label"))),
        ("intent,utterance", Columns("utterance", "intent", guessed=("text", "label"))),
        ("Text,text,label", Columns("Text", "label", guessed=("text", "label"))),
        ("foo,category", Columns("foo", "category", guessed=("text", "label"))),
        ("label_text,text,label", Columns("text", "label", guessed=("text", "label"))),
        *(
            (f"{one},{two},label", Columns(one, "label", two, None, ("text", "text_pair", "label")))
            for one, two in [
                ("text_a", "text_b"),
                ("sentence1", "sentence2"),
                ("premise", "hypothesis"),
                ("question1", "question2"),
            ]
        ),
    ],
)
def test_columns_are_guessed_by_name_and_the_guess_is_told(
    write: Write, header: str, columns: Columns
) -> None:
    width = header.count(",") + 1
    rows = [",".join(f"{word}{column}" for column in range(width)) for word in "abab"]
    found = read_dataset(write("d.csv", "\n".join([header, *rows])))
    assert found.reading is not None
    assert found.reading.columns == columns
    assert (found.pairs is not None) == (columns.text_pair is not None)


def test_named_columns_win_over_guesses(write: Write) -> None:
    content = "text,label,title,kind,thread\n" + "".join(f"a,b,t{i},k{i % 2},g\n" for i in range(4))
    found = read_dataset(write("d.csv", content), text="title", label="kind", group="thread")
    assert found.texts == ("t0", "t1", "t2", "t3")
    assert found.label_names == ("k0", "k1")
    assert found.groups == ("g",) * 4
    assert found.reading is not None
    assert found.reading.columns == Columns("title", "kind", None, "thread", ())


def test_rows_with_an_empty_group_are_groups_of_their_own(write: Write) -> None:
    found = read_dataset(write("d.csv", "text,label,g\na,x,1\nb,y,\nc,x,\nd,y,1\n"), group="g")
    assert found.groups is not None
    assert found.groups[0] == found.groups[3]
    assert len(set(found.groups)) == 3


@pytest.mark.parametrize(
    ("labels", "kind", "names"),
    [
        (["a", "b", "a", "b"], "single-label", ("a", "b")),
        (["0", "1", "0", "1"], "single-label", ("0", "1")),
        (["0.0", "1.0", "2.0", "0", "1", "2"], "single-label", ("0", "1", "2")),
        (["10", "2", "10", "2"], "single-label", ("2", "10")),
        (["a|b", "a", "b", "a"], "multi-label", ("a", "b")),
        (["x|y"] * 3 + ["z"] * 3, "single-label", ("x|y", "z")),
        (["a"] * 300 + ["b"] * 300 + ["a|b"] * 2, "single-label", ("a", "a|b", "b")),
        (["['\\d']", "b"] * 2, "single-label", ("['\\d']", "b")),
        (["0.5", "1.5", "2", "3.25"], "regression", ()),
        (["-1e3", "2.5", "+4", ".5"], "regression", ()),
        ([str(7 * i % 30) for i in range(30)], "regression", ()),
        (["none", "null", "none", "null"], "single-label", ("none", "null")),
    ],
)
def test_the_kind_of_labels_is_found_out(
    write: Write, labels: list[str], kind: str, names: tuple[str, ...]
) -> None:
    content = "text,label\n" + "".join(f"text {i},{y}\n" for i, y in enumerate(labels))
    found = read_dataset(write("d.csv", content))
    assert (found.kind, found.label_names) == (kind, names)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ([True, False], ("false", "true")),
        ([1, 0], ("0", "1")),
        ([1.0, 0.0], ("0", "1")),
    ],
)
def test_json_values_are_classes_by_their_meaning(
    write: Write, value: list[object], names: tuple[str, ...]
) -> None:
    lines = [json.dumps({"text": f"t {i}", "label": value[i % 2]}) for i in range(4)]
    found = read_dataset(write("d.jsonl", "\n".join(lines)))
    assert found.label_names == names
    assert found.labels == (1, 0, 1, 0)


@pytest.mark.parametrize("spelling", ['["b","a"]', "['b', 'a']", "a|b", "b | a|"])
def test_several_labels_of_a_row_may_be_spelt_as_list_or_with_bars(
    write: Write, spelling: str
) -> None:
    other = "[]" if spelling.startswith("[") else "c"
    cells = [spelling, spelling, other, other, spelling, spelling]
    quoted = "".join('text {},"{}"\n'.format(i, c.replace('"', '""')) for i, c in enumerate(cells))
    found = read_dataset(write("d.csv", "text,label\n" + quoted), kind="multi-label")
    a, b = found.label_names.index("a"), found.label_names.index("b")
    assert found.labels[0] == (a, b)
    assert found.labels[2] == (() if other == "[]" else (found.label_names.index("c"),))


def test_forcing_a_kind_keeps_bars_inside_a_class_name(write: Write) -> None:
    content = "text,label\n1 x,a|b\n2 x,a\n3 x,b\n4 x,a|b\n5 x,a\n6 x,b\n"
    assert read_dataset(write("d.csv", content)).kind == "multi-label"
    found = read_dataset(write("d.csv", content), kind="single-label")
    assert found.label_names == ("a", "a|b", "b")


SENTENCES = [(("the", "cat"), ("O", "B-x")), (("a", "big", "dog", "!"), ("O", "B-x", "I-x", "O"))]
CONLL = "\n".join("".join(f"{w}\t{t}\n" for w, t in zip(*s, strict=True)) for s in SENTENCES)
TOKENS_JSONL = "".join(json.dumps({"tokens": w, "tags": t}) + "\n" for w, t in SENTENCES)


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("d.conll", CONLL, (1, 4)),
        ("d.iob", CONLL.replace("\t", " "), (1, 4)),
        ("d.conll", CONLL.replace("\n", "\r\n"), (1, 4)),
        ("d.conll", "-DOCSTART- O\n\n# id 1 domain=x\n" + CONLL, (4, 7)),
        ("d.conll", CONLL.replace("\t", "\tNN\tX\t"), (1, 4)),
        ("d.jsonl", TOKENS_JSONL, (1, 2)),
        ("d.jsonl", TOKENS_JSONL.replace("tokens", "words").replace("tags", "ner_tags"), (1, 2)),
        (
            "d.csv",
            'tokens,tags\nthe cat,O B-x\n"[""a"",""big"",""dog"",""!""]",O B-x I-x O\n',
            (2, 3),
        ),
        ("d.conll.gz", CONLL, (1, 4)),
    ],
)
def test_tokens_with_tags_are_read_from_every_format(
    write: Write, name: str, content: str, rows: tuple[int, ...]
) -> None:
    found = read_dataset(write(name, content))
    assert found.kind == "tokens"
    assert found.tokens == tuple(words for words, _ in SENTENCES)
    assert found.texts == ("the cat", "a big dog !")
    assert found.label_names == ("B-x", "I-x", "O")
    assert found.labels == ((2, 0), (2, 0, 1, 2))
    assert found.rows == rows


def test_conllu_gives_form_and_upos_without_ranges_and_empty_nodes(write: Write) -> None:
    def line(number: str, form: str, tag: str) -> str:
        return "\t".join([number, form, "_", tag, *"_" * 6])

    lines = [
        "# text = du pain",
        line("1-2", "du", "_"),
        line("1", "de", "ADP"),
        line("2", "le", "DET"),
        line("2.1", "x", "X"),
        line("3", "pain", "NOUN"),
        "",
    ]
    found = read_dataset(write("d.conllu", "\n".join(lines * 2)))
    assert found.tokens == (("de", "le", "pain"),) * 2
    assert found.label_names == ("ADP", "DET", "NOUN")


def test_an_inside_tag_that_only_the_held_out_file_has_is_known(write: Write) -> None:
    train = read_dataset(write("train.conll", "a\tB-x\nb\tB-y\nc\tI-y\nd\tO\n\n" * 2))
    assert train.label_names == ("B-x", "B-y", "I-x", "I-y", "O")
    test = read_dataset(
        write("test.conll", "a\tB-x\nb\tI-x\n"), kind="tokens", label_names=train.label_names
    )
    assert test.labels == ((0, 2),)


def test_hub_class_names_in_parquet_metadata_replace_numbers(write: Write) -> None:
    features = {
        "tokens": {"feature": {"dtype": "string"}},
        "ner_tags": {"feature": {"names": ["O", "B-x", "I-x"], "_type": "ClassLabel"}},
    }
    data = parquet_bytes(
        {"tokens": [["a", "b", "c"], ["d", "e", "f"]], "ner_tags": [[0, 1, 0], [1, 2, 0]]},
        {"huggingface": json.dumps({"info": {"features": features}})},
    )
    found = read_dataset(write("d.parquet", data))
    assert found.label_names == ("B-x", "I-x", "O")
    assert found.labels == ((2, 0, 2), (0, 1, 2))


def test_an_evaluation_file_gets_the_training_datas_indices(write: Write) -> None:
    train = read_dataset(write("train.csv", "text,label\na,x\nb,y\nc,z\nd,x\ne,y\nf,z\n"))
    test = read_dataset(
        write("test.csv", "text,label\ng,z\n"), kind=train.kind, label_names=train.label_names
    )
    assert test.label_names == train.label_names
    assert test.labels == (train.label_names.index("z"),)


def test_an_unseen_label_in_an_evaluation_file_names_the_row_and_the_nearest(write: Write) -> None:
    path = write("test.csv", "text,label\na,spam\nb,hamm\n")
    with pytest.raises(InputError, match="'hamm' does not occur in the training data") as caught:
        read_dataset(path, label_names=("ham", "spam"))
    assert caught.value.location is not None
    assert caught.value.location.line == 3
    assert words(caught.value.hint) == "did you mean 'ham'?"


def test_the_digest_is_of_the_whole_file(write: Write) -> None:
    path = write("d.csv", "text,label\n" + "some words,a\nmore words,b\n" * 5000)  # 120 KiB
    assert read_dataset(path).digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_missing_class_number_of_the_hub_is_an_empty_label(write: Write) -> None:
    features = {"label": {"names": ["neg", "pos"]}}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    columns: dict[str, list[object]] = {"text": list("abcde"), "label": [0, 1, 1, 0, -1]}
    with pytest.raises(InputError, match="empty label") as caught:
        read_dataset(write("d.parquet", parquet_bytes(columns, metadata)))
    assert caught.value.location is not None
    assert caught.value.location.line == 5


def large_file(path: Path, n: int) -> Path:
    """Rows sorted by class; "rare" has three of them."""
    with gzip.open(path, "wt") if path.suffix == ".gz" else path.open("w") as file:
        file.write("text,label\n")
        for i in range(n):
            label = "rare" if i in (5, n // 2, n - 1) else "ab"[i >= n * 3 // 4]
            file.write(f"row number {i},{label}\n")
    return path


def test_a_large_file_is_sampled_by_class_in_file_order(tmp_path: Path) -> None:
    found = read_dataset(large_file(tmp_path / "d.csv", 4_000), max_rows=400)
    counts = Counter(found.label_names[label] for label in found.labels)  # type: ignore[call-overload]
    # 2 of the rare class, whose share of 0.3 rows is raised, and the rest 3 to 1
    assert counts == {"rare": 2, "a": 299, "b": 99} or counts == {"rare": 2, "a": 298, "b": 100}
    assert found.n_total == 4_000
    assert list(found.rows) == sorted(found.rows)
    assert all(
        text == f"row number {row - 2}" for text, row in zip(found.texts, found.rows, strict=True)
    )
    assert found.reading is not None
    assert found.reading.notes == (message("a-sample", n=400, all=4000),)


def test_a_sample_is_the_same_for_a_seed_and_another_for_another(tmp_path: Path) -> None:
    path = large_file(tmp_path / "d.csv.gz", 2_000)
    once, again, other = (read_dataset(path, max_rows=100, seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert once.rows != other.rows


@pytest.mark.parametrize(
    ("header", "cell"),
    [("text,label", "{:.2f}"), ("text,label", "l{0:.0f}|m{0:.0f}")],
    ids=["regression", "multi-label"],
)
def test_other_kinds_are_sampled_too(write: Write, header: str, cell: str) -> None:
    rows = [f"t {i}," + cell.format(i % 7 + 0.5) for i in range(600)]
    found = read_dataset(write("d.csv", "\n".join([header, *rows])), max_rows=100)
    assert len(found) == 100


def test_sentences_are_sampled_with_the_rare_entity(write: Write) -> None:
    sentences = ["a\tB-x\nb\tO\n"] * 300 + ["a\tB-rare\n"] * 2 + ["b\tO\n"] * 300
    found = read_dataset(write("d.conll", "\n".join(sentences)), max_rows=50)
    assert len(found) == 50
    rare = found.label_names.index("B-rare")
    assert sum(rare in row for row in found.labels) == 2  # type: ignore[operator]


def test_memory_follows_the_sample_and_not_the_file(tmp_path: Path) -> None:
    def peak(n: int) -> int:
        path = large_file(tmp_path / f"{n}.csv", n)
        tracemalloc.start()
        try:
            read_dataset(path, max_rows=500)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)  # what Python allocates once
    assert peak(40_000) < 1.2 * peak(8_000)


@pytest.mark.parametrize(
    "options",
    [
        {"task": "text-clasification"},
        {"kind": "single"},
        {"kind": "tokens", "task": "text-classification"},
        {"max_rows": 0},
        {"max_rows": 3},
    ],
)
def test_wrong_arguments_are_usage_errors(write: Write, options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        read_dataset(write("d.csv", CSV), **options)  # type: ignore[arg-type]
