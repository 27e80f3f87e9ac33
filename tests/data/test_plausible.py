"""Readings that would go through and mean nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pick_model.data.dataset import Dataset
from pick_model.data.read import read_dataset
from pick_model.errors import InputError
from pick_model.words.say import say_all
from tests.data.build import Write

BITS = ("101", "010", "111", "000", "110", "001")


def table(header: str, labels: list[str], n: int = 24) -> str:
    cells = (labels[i % len(labels)] for i in range(n))
    return f"{header}\n" + "".join(
        f"call {i} about a kettle\t{cell}\n" for i, cell in enumerate(cells)
    )


def notes(found: Dataset) -> str:
    assert found.reading is not None
    return " ".join(say_all(found.reading.notes))


# -- zeros and ones without brackets


@pytest.mark.parametrize("mark", [",", ", ", ";", "|", " "])
def test_bare_zeros_and_ones_are_places(write: Write, mark: str) -> None:
    found = read_dataset(write("d.tsv", table("text\tlabels", [mark.join(bits) for bits in BITS])))
    assert (found.kind, found.label_names) == ("multi-label", ("0", "1", "2"))
    assert found.labels[:4] == ((0, 2), (1,), (0, 1, 2), ())
    assert "places of the lists are labels" in notes(found)


def test_bare_lists_with_exactly_one_1_are_classes(write: Write) -> None:
    found = read_dataset(write("d.tsv", table("text\tlabels", ["1;0;0", "0;1;0", "0;0;1"])))
    assert (found.kind, found.labels[:3]) == ("single-label", (0, 1, 2))


def test_two_zeros_and_ones_with_a_comma_may_be_decimal_numbers(write: Write) -> None:
    with pytest.raises(InputError, match="decimal comma"):
        read_dataset(write("d.tsv", table("text\tlabels", ["0,1", "1,0", "1,1"])))


@pytest.mark.parametrize("spelt", ["{}", "[{}]"])
def test_an_evaluation_file_is_read_by_place_where_the_training_file_lacks_the_last(
    write: Write, spelt: str
) -> None:
    """Read as lists of labels its zeros and ones would be the labels "0" and "1"."""
    cells = [spelt.format(bits) for bits in ("1, 0, 0", "0, 1, 0", "1, 1, 0", "0, 0, 0")]
    train = read_dataset(write("train.tsv", table("text\tlabels", cells)))
    assert train.label_names == ("0", "1")
    heldout = read_dataset(write("eval.tsv", table("text\tlabels", cells[::-1])), like=train)
    assert heldout.labels[:4] == ((), (0, 1), (1,), (0,))


# -- labels that may be something else, and that is told


@pytest.mark.parametrize("mark", ["/", "+", " & ", " "])
def test_names_that_recur_alone_and_together_are_told_whatever_joins_them(
    write: Write, mark: str
) -> None:
    labels = ["repair", f"repair{mark}praise", "praise", f"praise{mark}order", "order"]
    found = read_dataset(write("d.tsv", table("text\tlabels", labels)))
    assert found.kind == "single-label"
    assert f"{mark.strip() or ' '!r}" in notes(found)
    apart = read_dataset(
        write("e.tsv", table("text\tlabels", labels)), separator=mark.strip() or " "
    )
    assert apart.label_names == ("order", "praise", "repair")


def test_names_of_several_words_are_not_asked_about(write: Write) -> None:
    found = read_dataset(write("d.tsv", table("text\tlabel", ["late parcel", "lost card", "R&D"])))
    assert notes(found) == ""


@pytest.mark.parametrize("mark", ["-", "?", "N/A", "None", "unlabelled", "-1"])
def test_a_class_that_may_mean_no_label_is_told_with_the_option_that_leaves_it_out(
    write: Write, mark: str
) -> None:
    path = write("d.tsv", table("text\tlabel", ["2", "0", "1", mark]))
    assert "--skip-label" in notes(read_dataset(path))
    found = read_dataset(path, skip=mark)
    assert (len(found), found.label_names) == (18, ("0", "1", "2"))


@pytest.mark.parametrize("dash", "-–—")
def test_pairs_without_a_gold_label_may_have_any_dash(write: Write, dash: str) -> None:
    rows = [f"it rains {i}\tit is wet\t{('yes', 'no', dash)[i % 3]}\n" for i in range(12)]
    found = read_dataset(write("d.tsv", "premise\thypothesis\tlabel\n" + "".join(rows)))
    assert (len(found), found.label_names) == (8, ("no", "yes"))


# -- texts


def test_a_longer_text_beside_the_one_taken_is_told(write: Write) -> None:
    rows = [
        f"kettle number {i} leaks,it leaked over the table for the {i}th time,{i % 2}\n"
        for i in range(12)
    ]
    found = read_dataset(write("d.csv", "Headline,Story,label\n" + "".join(rows)))
    assert "--text Story" in notes(found)


# -- tokens and tags

SENTENCE = (("Ada", "B-PER"), ("King", "I-PER"), ("left", "O"), ("Turin", "B-LOC"), ("late", "O"))
TOKENS = tuple(word for word, _ in SENTENCE)


def conll(line: str, before: str = "") -> str:
    return "\n".join(
        before
        + "".join(line.format(s=s, n=n, w=w, t=t) + "\n" for n, (w, t) in enumerate(SENTENCE))
        for s in range(6)
    )


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("{s}\t{w}\t{t}", ""),  # the sentence's number
        ("news/{s} 0 {n} {w} N - {t}", "#begin document (news/7); part 000\n"),  # OntoNotes
        ("{n} doc{s} {w} {t}", ""),
        ("{w} {t} {n}", ""),  # the token's number last
        ("{w} N {t} 0.{n}7", ""),  # how sure somebody was
    ],
)
def test_columns_that_repeat_or_count_are_neither_tokens_nor_tags(
    write: Write, line: str, before: str
) -> None:
    found = read_dataset(write("d.conll", conll(line, before)))
    assert found.tokens == (TOKENS,) * 6
    assert found.label_names == ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")
    assert "taken from column" in notes(found)


def test_one_sentence_of_everything_is_refused(write: Write) -> None:
    content = conll("{w}\t{t}").replace("\n\n", "\n")
    with pytest.raises(InputError, match="are one sentence"):
        read_dataset(write("d.conll", content))


@pytest.mark.parametrize("mark", [",", ", "])
def test_tags_with_commas_between_are_tags(write: Write, mark: str) -> None:
    rows = [{"sentence": " ".join(TOKENS), "word_labels": mark.join(t for _, t in SENTENCE)}] * 6
    path = write("d.jsonl", "\n".join(map(json.dumps, rows)))
    found = read_dataset(path, kind="tokens", text="sentence", label="word_labels")
    assert len(found.labels) == 6
    assert found.tokens == (TOKENS,) * 6


def test_a_comma_can_be_a_tag(write: Write) -> None:
    rows = [{"tokens": "late , again", "pos_tags": "RB , RB"}] * 6
    found = read_dataset(write("d.jsonl", "\n".join(map(json.dumps, rows))))
    assert found.label_names == (",", "RB")


@pytest.mark.parametrize("spans", [[[0, 3, "PER"]], [[0, 3, "PER"], [9, 14, "LOC"]]])
def test_spans_in_lists_are_told_for_what_they_are(write: Write, spans: list[object]) -> None:
    rows = [{"text": "Ada left Turin", "entities": spans}] * 6
    with pytest.raises(InputError, match="holds spans"):
        read_dataset(write("d.jsonl", "\n".join(map(json.dumps, rows))))


def test_one_sentence_alone_is_no_table_of_columns(write: Write, tmp_path: Path) -> None:
    train = read_dataset(write("train.conll", conll("{w}\t{t}")))
    row = {"tokens": list(TOKENS), "tags": [tag for _, tag in SENTENCE]}
    assert len(read_dataset(write("eval.jsonl", json.dumps(row)), like=train)) == 1


# -- lists and objects in cells


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{'repair': 1, 'praise': 1}", "{'repair': 0, 'praise': 1}"),
        ('{"repair": true, "praise": true}', '{"repair": false, "praise": true}'),
        ("\"['repair', 'praise']\"", "\"['praise']\""),  # written twice
        ("{'repair', 'praise'}", "{'praise'}"),
        ("Index(['repair', 'praise'], dtype='object')", "Index(['praise'], dtype='object')"),
    ],
)
def test_what_printing_made_of_a_list_or_an_object_is_read_back(
    write: Write, one: str, other: str
) -> None:
    found = read_dataset(write("d.tsv", table("text\tlabels", [one, other])))
    assert (found.kind, found.label_names) == ("multi-label", ("praise", "repair"))
    assert found.labels[:2] == ((0, 1), (0,))


def test_a_tensor_is_a_list_wherever_it_was(write: Write) -> None:
    cells = ["tensor([0., 1., 0.])", "tensor([1., 1., 0.], device='cuda:0')"]
    found = read_dataset(write("d.tsv", table("text\tlabels", cells)))
    assert (found.label_names, found.labels[:2]) == (("0", "1"), ((1,), (0, 1)))


@pytest.mark.parametrize("cell", ["[{'id': 7, 'name': 'repair'}]", "[['repair'], ['praise']]"])
def test_lists_of_objects_and_lists_are_no_names(write: Write, cell: str) -> None:
    with pytest.raises(InputError, match="a word, a number or a list of them"):
        read_dataset(write("d.tsv", table("text\tlabels", [cell, cell.replace("repair", "x")])))


@pytest.mark.parametrize("other", ["repair\u200b", "re\u00adpair", "\uff52epair"])
def test_labels_that_look_the_same_are_told(write: Write, other: str) -> None:
    found = read_dataset(write("d.tsv", table("text\tlabel", ["repair", other, "praise"])))
    assert "look the same" in notes(found)


# -- one token a row


def rows_of_tokens(order: list[int]) -> str:
    rows = [(s, w, t) for s in range(6) for w, t in SENTENCE]
    lines = ("{}\t{}\t{}\n".format(*rows[i]) for i in order)
    return "sentence_id\tword\ttag\n" + "".join(lines)


def test_rows_of_sentences_that_are_mixed_up_are_refused(write: Write) -> None:
    together = list(range(30))
    assert read_dataset(write("d.tsv", rows_of_tokens(together))).tokens == (TOKENS,) * 6
    apart = [i for start in range(5) for i in range(start, 30, 5)]
    with pytest.raises(InputError, match="30 of 30 sentences are one word"):
        read_dataset(write("e.tsv", rows_of_tokens(apart)))


def test_the_whole_sentence_beside_each_of_its_words_is_what_they_share(write: Write) -> None:
    rows = [f"{' '.join(TOKENS)} {s}\t{w}\t{t}\n" for s in range(6) for w, t in SENTENCE]
    found = read_dataset(write("d.tsv", "sentence\tword\ttag\n" + "".join(rows)))
    assert found.tokens == (TOKENS,) * 6


def test_the_pieces_of_a_tokenizer_are_no_words(write: Write) -> None:
    rows = [{"tokens": ["[CLS]", "ada", "##s"], "labels": [-100, 1, -100]}] * 6
    with pytest.raises(InputError, match="pieces of a tokenizer"):
        read_dataset(write("d.jsonl", "\n".join(map(json.dumps, rows))))


def test_tags_with_an_o_that_mark_no_spans_are_told(write: Write) -> None:
    found = read_dataset(
        write("d.conll", conll("{w}\t{t}").replace("B-", "b-").replace("I-", "i-"))
    )
    assert "no tags of spans" in notes(found)
    assert "no tags of spans" not in notes(read_dataset(write("e.conll", conll("{w}\t{t}"))))


def test_a_mark_inside_a_name_is_no_delimiter_where_the_rows_have_another(write: Write) -> None:
    rows = [f"call {i};{('repair', 'praise')[i % 2]} now\n" for i in range(12)]
    found = read_dataset(write("d.csv", "call, or letter;label\n" + "".join(rows)))
    assert found.label_names == ("praise now", "repair now")
