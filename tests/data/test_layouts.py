"""How a file lays out its rows: a token a row, numbered tokens, headers, delimiters, paths."""

from __future__ import annotations

import json

import pytest

from pick_model.data.read import read_dataset
from pick_model.errors import InputError
from pick_model.words.say import say_all
from tests.data.build import Write

# Tokens and tags of three sentences, and what every layout of them must read as.
SENTENCES = (
    (("Meet", "O"), ("Ada", "B-PER"), ("King", "I-PER")),
    (("in", "O"), ("Turin", "B-LOC")),
    (("#", "O"), ("7", "O"), ("Ada", "B-PER")),
)
ROWS = [(i, j, w, t) for i, s in enumerate(SENTENCES) for j, (w, t) in enumerate(s)]
TOKENS = tuple(tuple(w for w, _ in s) for s in SENTENCES)
NAMES = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")
LABELS = ((4, 1, 3), (4, 0), (4, 4, 1))


def table(header: str, line: str) -> str:
    """A line for each token; {first} is what only the first token of a sentence shows."""
    lines = (
        line.format(i=i, j=j, w=w, t=t, first="" if j else f"Sentence: {i}") for i, j, w, t in ROWS
    )
    return "\n".join([header, *lines]) + "\n"


def conll(line: str, before: str = "") -> str:
    return "\n".join(
        before + "".join(line.format(n=j + 1, w=w, t=t) + "\n" for j, (w, t) in enumerate(s))
        for s in SENTENCES
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.csv", table("Sentence #,Word,POS,Tag", "{first},{w},NN,{t}")),
        ("d.csv", table("sentence,word,tag", "{first},{w},{t}")),
        ("d.csv", table("sentence_id,words,labels", "{i},{w},{t}")),
        ("d.tsv", table("sent_id\ttoken\tner", "{i}\t{w}\t{t}")),
        (
            "d.jsonl",
            "\n".join(json.dumps({"sentence_id": i, "word": w, "tag": t}) for i, _, w, t in ROWS),
        ),
        (
            "d.csv",
            "tokens,ner_tags\n"
            + "".join(f'"{[w for w, _ in s]}","{[t for _, t in s]}"\n' for s in SENTENCES),
        ),
        ("d.conll", conll("{n}\t{w}\t{t}")),
        ("d.conll", conll("{n} {w} {t}", before="#\thttp://acme.example/1\n")),
        ("d.conll", conll("{n}\t{w}\t{t}\tO", before="#\thttp://acme.example/1\t[2011]\n")),
        ("d.conll", conll("{w}\u00a0{t}")),
        ("d.conll", conll("{w} NN B-NP {t}")),
        ("d.bio", conll("{t}\t{w}")),
    ],
    ids=[
        "first row of a sentence",
        "first row of a sentence, lower case",
        "every row",
        "tsv",
        "jsonl",
        "lists as Python prints them",
        "numbered",
        "numbered, with comments",
        "numbered, empty inner layer",
        "no-break spaces",
        "chunks beside entities",
        "tags first",
    ],
)
def test_every_layout_of_the_same_sentences_reads_the_same(
    write: Write, name: str, content: str
) -> None:
    found = read_dataset(write(name, content))
    assert found.tokens == TOKENS
    assert (found.label_names, found.labels) == (NAMES, LABELS)


def test_which_rows_were_put_together_is_told(write: Write) -> None:
    content = table("Sentence #,Word,POS,Tag", "{first},{w},NN,{t}")
    found = read_dataset(write("d.csv", content))
    assert found.rows == (2, 5, 7)
    assert found.reading is not None
    assert found.reading.columns.sentence == "Sentence #"
    assert any("'Sentence #'" in note for note in say_all(found.reading.notes))
    assert any("--label POS" in note for note in say_all(found.reading.notes))


def test_a_no_break_space_can_be_a_token(write: Write) -> None:
    found = read_dataset(write("d.conll", "a O\n\u00a0 O\nRome B-LOC\n\nb O\n"))
    assert found.tokens == (("a", "\u00a0", "Rome"), ("b",))


def test_ten_numbered_columns_are_conllu_whatever_the_file_is_called(write: Write) -> None:
    line = "\t".join(["{n}", "{w}", "_", "NOUN", *"_" * 6])
    found = read_dataset(write("d.conll", conll(line).replace("Ada\t_\tNOUN", "Ada\t_\tPROPN")))
    assert found.tokens == TOKENS
    assert found.label_names == ("NOUN", "PROPN")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.conll", conll("{n}\t{t}")),
        (
            "d.jsonl",
            "\n".join(
                json.dumps({"tokens": [str(n) for n in range(len(s))], "tags": [t for _, t in s]})
                for s in SENTENCES
            ),
        ),
    ],
)
def test_tokens_that_only_count_are_refused(write: Write, name: str, content: str) -> None:
    with pytest.raises(InputError, match="only count"):
        read_dataset(write(name, content))


def test_one_word_texts_with_span_tags_are_not_classified(write: Write) -> None:
    with pytest.raises(InputError, match="one token a row"):
        read_dataset(write("d.csv", table("text,label", "{w},{t}")))


def test_a_list_of_words_with_classes_stays_one(write: Write) -> None:
    found = read_dataset(write("d.csv", "word,label\nfine,pos\npoor,neg\ngood,pos\nbad,neg\n"))
    assert (found.kind, found.texts) == ("single-label", ("fine", "poor", "good", "bad"))


ROWS_OF_TEXT = [("a fine film", "pos"), ("a poor film", "neg")] * 3


def joined(mark: str, header: str = "text{}label") -> str:
    return "\n".join([header.format(mark), *(f"{t}{mark}{y}" for t, y in ROWS_OF_TEXT)]) + "\n"


@pytest.mark.parametrize(
    ("name", "content", "first"),
    [
        ("d.csv", joined("|"), 2),
        ("d.csv", "sep=;\n" + joined(";"), 3),
        ("d.csv", '"sep=#"\r\n' + joined("#").replace("\n", "\r\n"), 3),
        ("d.tsv", "sep=\t\n" + joined("\t"), 3),
    ],
)
def test_the_delimiter_may_be_a_bar_or_named_in_excels_first_line(
    write: Write, name: str, content: str, first: int
) -> None:
    found = read_dataset(write(name, content))
    assert found.texts[:2] == ("a fine film", "a poor film")
    assert found.rows == tuple(range(first, first + 6))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("d.tsv", joined(","), "has no tab in its first line"),
        ("d.csv", joined("^"), "has one column"),
        ("d.csv", joined(",") + "text,label\n", "repeats the header"),
        ("d.json", '{\n "text": "a",\n "label": "b"\n}\n', "jq -c"),
        (
            "d.jsonl",
            "\n".join(
                json.dumps({"text": t, "entities": [{"start": 0, "end": 1, "label": "X"}]})
                for t, _ in ROWS_OF_TEXT
            ),
            "holds spans",
        ),
        ("d.csv", joined(",").encode("utf-16-le"), "iconv -f UTF-16LE"),
        ("d.csv", joined(",").encode("utf-16-be"), "iconv -f UTF-16BE"),
    ],
)
def test_what_a_file_is_instead_is_said(
    write: Write, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_dataset(write(name, content))
    assert message in str(caught.value)


@pytest.mark.parametrize("header", ["0,1", "id,text"])
def test_names_that_are_numbers_in_order_are_a_header(write: Write, header: str) -> None:
    content = header + "\n" + "".join(f"{i},{t}\n" for i, (t, _) in enumerate(ROWS_OF_TEXT))
    with pytest.raises(InputError, match="no label column"):
        read_dataset(write("d.csv", content))


def test_nested_values_are_columns_by_their_path(write: Write) -> None:
    records = ({"data": {"text": t, "n": 1}, "gold": {"label": y}} for t, y in ROWS_OF_TEXT)
    found = read_dataset(write("d.jsonl", "\n".join(map(json.dumps, records))))
    assert found.reading is not None
    assert (found.reading.columns.text, found.reading.columns.label) == ("data.text", "gold.label")


@pytest.mark.parametrize(
    ("header", "row", "text"),
    [
        ("Title,Review Text,Rating", "short,the long one {i},{y}", "Review Text"),
        ("headline,body,class", "short,the long one {i},{y}", "body"),
        ("review_title,review_body,stars", "short,the long one {i},{y}", "review_body"),
        ("id,Unnamed: 0,tweet_text,sentiment", "{i},{i},the long one {i},{y}", "tweet_text"),
        ("text_id,utterance,intent", "u{i},the long one {i},{y}", "utterance"),
        ("label_text,complaint,label", "word,the long one {i},{y}", "complaint"),
        ("review,comment,label", ",the long one {i},{y}", "comment"),
        ("sentence,content,label", "{i},the long one {i},{y}", "content"),
        ("when,complaint,label", "2024-01-0{i},the long one {i},{y}", "complaint"),
    ],
)
def test_the_text_is_the_column_whose_name_and_cells_say_so(
    write: Write, header: str, row: str, text: str
) -> None:
    rows = [row.format(i=i, y="ab"[i % 2]) for i in range(6)]
    found = read_dataset(write("d.csv", "\n".join([header, *rows])))
    assert found.reading is not None
    assert found.reading.columns.text == text
    assert found.texts[0] == "the long one 0"


def test_other_columns_that_could_play_a_part_are_told(write: Write) -> None:
    rows = [f"short one {i},the long one {i},{'ab'[i % 2]},{'pn'[i % 2]}" for i in range(6)]
    found = read_dataset(write("d.csv", "\n".join(["title,body,topic,sentiment", *rows])))
    assert found.reading is not None
    notes = " ".join(say_all(found.reading.notes))
    assert "--text title" in notes
    assert "--label topic" in notes


def test_texts_that_are_mostly_empty_are_refused_unless_named(write: Write) -> None:
    rows = [f"{'' if i else 'one word or two'},{'ab'[i % 2]}" for i in range(6)]
    path = write("d.csv", "\n".join(["text,label", *rows]))
    with pytest.raises(InputError, match="5 texts in column 'text' are empty"):
        read_dataset(path)
    assert len(read_dataset(path, text="text")) == 6
