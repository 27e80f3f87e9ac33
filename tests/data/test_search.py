"""Files of queries, passages and judgements: what is read, and what is said of faults."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pick_model.data.search import SearchData, read_pairs, read_search
from pick_model.data.search_columns import parsed_columns
from pick_model.errors import InputError, UsageError
from tests.told import words

QUERIES = "id,text\nq1,lost card\nq2,late book\n"
CORPUS = "id,text\np1,cards that were lost\np2,books that are late\np3,opening hours\n"
RELEVANCE = "query_id,passage_id\nq1,p1\nq2,p2\n"


def written(
    folder: Path, queries: str = QUERIES, corpus: str = CORPUS, relevance: str = RELEVANCE
) -> tuple[Path, Path, Path]:
    paths = []
    for name, text in (("queries", queries), ("corpus", corpus), ("relevance", relevance)):
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths[0], paths[1], paths[2]


def read(folder: Path, **texts: str) -> SearchData:
    return read_search(*written(folder, **texts))


def test_three_files_are_joined_by_their_ids(tmp_path: Path) -> None:
    data = read(tmp_path)
    assert [(q.id, q.text, q.relevant) for q in data.queries] == [
        ("q1", "lost card", {0: 1.0}),
        ("q2", "late book", {1: 1.0}),
    ]
    assert [p.text for p in data.corpus] == [
        "cards that were lost",
        "books that are late",
        "opening hours",
    ]
    assert [p.text for p in data.corpus] == [p.text for p in data.corpus]  # as often as one likes
    assert (data.n_passages, data.n_judgements, data.graded, data.notes) == (3, 2, False, ())
    assert data.source == "queries.csv · corpus.csv · relevance.csv"


def test_files_as_beir_has_them(tmp_path: Path) -> None:
    queries, corpus, relevance = (tmp_path / n for n in ("q.jsonl", "c.jsonl.gz", "test.tsv"))
    queries.write_text(json.dumps({"_id": "1", "text": "lost", "metadata": {}}) + "\n")
    lines = [
        {"_id": "d1", "title": "Cards", "text": "that were lost"},
        {"_id": "d2", "text": "x"},
        {"_id": "d3", "title": None, "text": "y"},
    ]
    with gzip.open(corpus, "wt") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    relevance.write_text("query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t1\n1\td3\t0\n")
    data = read_search(queries, corpus, relevance)
    assert data.queries[0].relevant == {0: 2.0, 1: 1.0}
    assert data.graded
    assert [p.text for p in data.corpus] == ["Cards that were lost", "x", "y"]


def test_a_query_that_stands_among_the_passages_is_no_answer_to_itself(tmp_path: Path) -> None:
    """As BEIR has it; another text of the same number is another passage."""
    data = read(tmp_path, corpus=CORPUS + "q1,lost card\nq2,another text\n", relevance=RELEVANCE)
    assert [q.itself for q in data.queries] == [3, None]
    assert [note.code for note in data.notes] == ["queries-among-passages"]
    judged = read(tmp_path, corpus=CORPUS + "q1,lost card\n", relevance=RELEVANCE + "q1,q1\n")
    assert judged.queries[0].itself is None  # for whoever says that it is


TREC = "1 0 10 1\n1\tQ0\t30\t-2\n\n2 0 20 3\n"


def of_marco(folder: Path, judgements: str, name: str = "dev.qrels") -> SearchData:
    """Tables of numbered texts without a header, and judgements."""
    queries, corpus, relevance = (folder / n for n in ("queries.tsv", "collection.tsv", name))
    queries.write_text("1\tlost card\n2\tlate book\n", encoding="utf-8")
    corpus.write_text("10\tcards, that were lost\n20\tlate books\n30\tspam\n", encoding="utf-8")
    relevance.write_text(judgements, encoding="utf-8")
    return read_search(queries, corpus, relevance)


@pytest.mark.parametrize("name", ["dev.qrels", "qrels.dev.tsv", "judged.txt", "judged.csv"])
def test_files_as_trec_and_ms_marco_have_them(tmp_path: Path, name: str) -> None:
    data = of_marco(tmp_path, TREC, name)
    assert [(q.id, q.text, q.relevant) for q in data.queries] == [
        ("1", "lost card", {0: 1.0}),
        ("2", "late book", {1: 3.0}),
    ]
    assert [p.text for p in data.corpus] == ["cards, that were lost", "late books", "spam"]
    assert data.n_queries_in_file == 2


@pytest.mark.parametrize(
    ("text", "row"), [("query,passage,grade\n1,10,1\n", 1), (TREC + "1 0 20\n", 5)]
)
def test_a_line_that_is_no_judgement_is_said(tmp_path: Path, text: str, row: int) -> None:
    with pytest.raises(InputError, match="no judgement") as fault:
        of_marco(tmp_path, text)
    assert str(fault.value.location) == f"{tmp_path / 'dev.qrels'}:{row}"


def test_what_is_empty_or_unanswered_is_left_out_and_said(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        queries=QUERIES + "q3,nobody knows\nq4,\n",
        corpus="id,text\np0,\n" + CORPUS.partition("\n")[2],
        relevance=RELEVANCE + "q2,p0\n",
    )
    assert [q.id for q in data.queries] == ["q1", "q2"]
    assert data.queries[1].relevant == {1: 1.0}
    assert data.n_queries_in_file == 4
    assert [words(note) for note in data.notes] == [
        "1 query (queries.csv:4) without a relevant passage is left out",
        "1 query (queries.csv:5) without text is left out",
        "1 passage (corpus.csv:2) without text is left out",
    ]


def test_a_query_whose_only_answer_is_empty_is_left_out_and_said(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        queries=QUERIES + "q3,nobody knows\n",
        corpus="id,text\np0,\n" + CORPUS.partition("\n")[2],
        relevance=RELEVANCE + "q3,p0\n",
    )
    assert [q.id for q in data.queries] == ["q1", "q2"]
    assert words(data.notes[-1]) == "1 query whose only answers have no text is left out, too"


@pytest.mark.parametrize(
    ("texts", "where", "says"),
    [
        ({"relevance": RELEVANCE + "q1,p9\n"}, "relevance.csv:4", "no passage 'p9' in corpus.csv"),
        ({"relevance": RELEVANCE + "q9,p1\n"}, "relevance.csv:4", "no query 'q9' in queries.csv"),
        ({"relevance": RELEVANCE + "q1,\n"}, "relevance.csv:4", "the passage-id is empty"),
        ({"queries": QUERIES + "q1,again\n"}, "queries.csv:4", "'q1' stands in row 2 already"),
        ({"corpus": CORPUS + "p3,again\n"}, "corpus.csv:5", "'p3' stands in row 4 already"),
        ({"corpus": CORPUS + ",nameless\n"}, "corpus.csv:5", "the passage-id is empty"),
        ({"queries": "id,words\nq1,x\n"}, "queries.csv", "no column of the query among id, words"),
        ({"corpus": "key,colour\np1,x\n"}, "corpus.csv", "no column of the passage"),
        ({"relevance": "a,b\nq1,p1\n"}, "relevance.csv", "no column of the query-id"),
        (
            {"relevance": "query_id,passage_id,grade\nq1,p1,much\n"},
            "relevance.csv:2",
            "'much' is no number",
        ),
        ({"relevance": "query_id,passage_id,grade\nq1,p1,-1\n"}, "relevance.csv:2", "'-1'"),
        ({"relevance": "query_id,passage_id,grade\nq1,p1,inf\n"}, "relevance.csv:2", "'inf'"),
        ({"relevance": "query_id,passage_id,grade\nq1,p1,\n"}, "relevance.csv:2", "''"),
        (
            {"relevance": "query_id,passage_id,grade\nq1,p1,1\nq1,p1,2\n"},
            "relevance.csv:3",
            "another grade in row 2",
        ),
        (
            {"relevance": "query_id,passage_id,grade\nq1,p1,0\nq2,p2,0\n"},
            "relevance.csv",
            "no query has a relevant passage",
        ),
        ({"corpus": "id,text\np1,x\np2,\n"}, "corpus.csv", "one passage to search among"),
        ({"queries": ""}, "queries.csv", "empty"),
        ({"queries": "id,text,text\nq1,x,y\n"}, "queries.csv:1", "two columns"),
    ],
)
def test_a_fault_is_said_with_its_file_and_row(
    tmp_path: Path, texts: dict[str, str], where: str, says: str
) -> None:
    with pytest.raises(InputError) as fault:
        read(tmp_path, **texts)
    assert str(fault.value.location) == str(tmp_path / where)
    assert says in words(fault.value.message)


def test_a_misspelt_id_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        read(
            tmp_path,
            corpus=CORPUS.replace("p1", "page-1"),
            relevance=RELEVANCE.replace("p1", "page1"),
        )
    assert words(fault.value.hint) == "did you mean 'page-1'?"


@pytest.mark.parametrize("cell", [["a"], {"a": 1}])
def test_a_cell_that_is_no_text_is_said(tmp_path: Path, cell: Any) -> None:
    _, corpus, relevance = written(tmp_path)
    lines = tmp_path / "queries.jsonl"
    lines.write_text(json.dumps({"id": "q1", "text": cell}) + "\n")
    with pytest.raises(InputError) as fault:
        read_search(lines, corpus, relevance)
    assert str(fault.value.location) == f"{lines}:1"
    assert words(fault.value.message) == "the query is no text"


def test_columns_can_be_named(tmp_path: Path) -> None:
    paths = written(
        tmp_path, queries=QUERIES.replace("text", "asked"), corpus=CORPUS.replace("text", "said")
    )
    data = read_search(*paths, named=parsed_columns(["query=asked", "passage=said"]))
    assert len(data.queries) == 2
    with pytest.raises(InputError) as fault:
        read_search(*paths, named={"query": "askd", "passage": "said"})
    assert words(fault.value.hint) == "did you mean 'asked'?"


def test_files_may_call_an_id_differently(tmp_path: Path) -> None:
    """Theirs first, then that of the judgements: each file takes the one that it has."""
    paths = written(
        tmp_path,
        queries=QUERIES.replace("id,", "fid,", 1),
        relevance="frage,passage\n" + RELEVANCE.partition("\n")[2],
    )
    given = ["query-id=fid", "passage-id=passage"]
    with pytest.raises(InputError) as fault:
        read_search(*paths, named=parsed_columns(given))
    assert fault.value.hint is not None
    data = read_search(*paths, named=parsed_columns([*given, "query-id=frage", "passage-id=id"]))
    assert [q.relevant for q in data.queries] == [{0: 1.0}, {1: 1.0}]


@pytest.mark.parametrize("given", ["passage", "passage=", "=text", "page=text"])
def test_columns_that_cannot_be_read_are_said(given: str) -> None:
    with pytest.raises(UsageError):
        parsed_columns([given])


def test_one_file_of_pairs(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        "query,passage,grade\nlost card,cards lost,2\nlate,books late,1\nlost card,other cards,1\n"
        "late,books late,1\n,x,1\nhours,cards lost,0\n"
    )
    data = read_pairs(path)
    assert [p.text for p in data.corpus] == ["cards lost", "books late", "other cards"]
    assert [(q.text, q.relevant) for q in data.queries] == [
        ("lost card", {0: 2.0, 2: 1.0}),
        ("late", {1: 1.0}),
    ]
    assert [words(note) for note in data.notes] == [
        "1 row (pairs.csv:6) without query or passage is left out"
    ]
    assert data.file_digests == (data.digest,)


def test_languages_are_read_or_told_by_the_script(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        queries="id,text,lang\nq1,lost card,English\nq2,丢失的卡,\n",
        corpus="id,text,language\np1,cards,en-GB\np2,卡片,\np3,cartes,\n",
    )
    assert [q.language for q in data.queries] == ["en", "zh"]
    assert [data.corpus.language_of(p) for p in data.corpus] == ["en", "zh", "Latin"]


def test_one_language_of_the_task_stands_for_a_script_that_several_share(tmp_path: Path) -> None:
    data = read_search(*written(tmp_path), language="de")
    assert {q.language for q in data.queries} == {"de"}
    assert {data.corpus.language_of(p) for p in data.corpus} == {"de"}


def test_more_queries_than_asked_for_are_sampled_alike(tmp_path: Path) -> None:
    many = "".join(f"q{n},what is {n}\n" for n in range(50))
    answers = "".join(f"q{n},p{n % 3 + 1}\n" for n in range(50))
    paths = written(
        tmp_path, queries="id,text\n" + many, relevance="query_id,passage_id\n" + answers
    )
    one, two = (read_search(*paths, most_queries=10, seed=seed) for seed in (0, 0))
    other = read_search(*paths, most_queries=10, seed=1)
    assert one.queries == two.queries != other.queries
    assert len(one.queries) == 10
    assert one.n_queries_in_file == 50


def test_the_corpus_comes_in_blocks(tmp_path: Path) -> None:
    data = read(tmp_path)
    assert [len(block) for block in data.corpus.blocks(2)] == [2, 1]
