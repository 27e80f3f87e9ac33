"""Queries, the passages to be found, and which passage answers which query.

Either three files, joined by ids, or one file of queries beside a right passage. Passages are
read from the file each time they are gone through, so that a corpus of any size needs the
memory of a block: what stays is its ids.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pick_model.data.search_columns import Named
from pick_model.data.search_rows import (
    SearchColumns,
    grade_of,
    id_of,
    joined,
    language_of,
    opened,
    rows_of,
    text_of,
)
from pick_model.data.source import DataFile, digest
from pick_model.errors import InputError, did_you_mean
from pick_model.files import json_digest
from pick_model.words.message import Message
from pick_model.words.say import message

SHOWN = 3  # rows that a note names


class Passage(NamedTuple):
    """What may be found."""

    text: str
    told: str  # the language as the file has it, nothing where it does not say


class Query(NamedTuple):
    """What is searched for, and the grades of the passages that answer it, by their place."""

    id: str
    text: str
    language: str
    relevant: dict[int, float]
    itself: int | None = None  # the place where it stands as a passage, which is no answer to it


@dataclass(frozen=True)
class PassageCorpus:
    """The passages of a file, or those given; without the empty ones."""

    file: SearchColumns | None
    given: tuple[Passage, ...]
    alone: str | None  # the language where the script does not tell it

    def __iter__(self) -> Iterator[Passage]:
        if self.file is None:
            yield from self.given
            return
        source = self.file.source
        for row, cells in rows_of(self.file):
            text = joined(source, row, cells)
            if text:
                yield Passage(text, text_of(source, row, cells, "language"))

    def language_of(self, passage: Passage) -> str:
        """A code; else the script."""
        return language_of(passage.text, passage.told, self.alone)

    def blocks(self, size: int) -> Iterator[list[Passage]]:
        """The passages in order, so many at a time."""
        passages = iter(self)
        while block := list(islice(passages, size)):
            yield block


@dataclass(frozen=True)
class SearchData:
    """What a retrieval is measured on. Queries without a relevant passage are left out."""

    queries: tuple[Query, ...]
    corpus: PassageCorpus
    n_passages: int
    n_queries_in_file: int
    n_judgements: int  # of the queries kept, above 0
    graded: bool  # some passages answer better than others
    source: str  # the files' names
    digest: str  # sha256 of the one file, or over those of the three
    file_digests: tuple[str, ...]
    notes: tuple[Message, ...]


def read_search(
    queries: Path,
    corpus: Path,
    relevance: Path,
    *,
    named: Named | None = None,
    language: str | None = None,
    most_queries: int | None = None,
    seed: int = 0,
) -> SearchData:
    """The three files: queries (id, text), passages (id, text), judgements (both ids, grade).

    Without a grade a judgement is 1; 0 is not relevant. named: columns by part. language: of
    what is in a script that several languages share. Of more than `most_queries` a sample.

    Raises InputError with the row: a missing column or id, an id twice, a judgement of an
    unknown query or passage, a grade that is no number of 0 or more, no query with an answer.
    """
    named = named or {}
    asked = opened(queries, ("query", "query-id"), ("language",), named)
    held = opened(corpus, ("passage", "passage-id"), ("title", "language"), named)
    judged = opened(relevance, ("query-id", "passage-id"), ("grade",), named)
    judgements = judgements_in(judged)
    known, in_file, notes = queries_in(asked, judgements, judged.source, language)
    kept = sample(known, most_queries, seed)
    wanted = {p: row for q in kept for p, (_, row) in judgements[q.id].items()}
    texts = {q.id: q.text for q in kept}
    places, own, n_passages, told = places_in(held, wanted, texts, judged.source)
    found = [
        q._replace(
            relevant={
                places[p]: grade
                for p, (grade, _) in judgements[q.id].items()
                if grade > 0 and p in places
            },
            itself=None if q.id in judgements[q.id] else own.get(q.id),
        )
        for q in kept
    ]
    files = tuple(digest(one.source) for one in (asked, held, judged))
    return search_data(
        found,
        PassageCorpus(held, (), language),
        n_passages,
        in_file,
        [one.source for one in (asked, held, judged)],
        json_digest(files),
        files,
        [*notes, *told],
    )


def read_pairs(
    pairs: Path,
    *,
    named: Named | None = None,
    language: str | None = None,
    most_queries: int | None = None,
    seed: int = 0,
) -> SearchData:
    """One file of queries beside a right passage; all its passages are what may be found.

    Equal texts are one query, or one passage. Raises InputError as `read_search` does.
    """
    file = opened(pairs, ("query", "passage"), ("title", "grade", "language"), named or {})
    places: dict[str, int] = {}
    passages: list[Passage] = []
    queries: dict[str, Query] = {}
    empty = []
    for row, cells in rows_of(file):
        query, text = text_of(file.source, row, cells, "query"), joined(file.source, row, cells)
        if not query or not text:
            empty.append(row)
            continue
        grade, told = (
            grade_of(file.source, row, cells),
            text_of(file.source, row, cells, "language"),
        )
        if text not in places:
            places[text] = len(passages)
            passages.append(Passage(text, told))
        known = queries.setdefault(
            query, Query(str(row), query, language_of(query, told, language), {})
        )
        if grade > 0:
            known.relevant[places[text]] = max(grade, known.relevant.get(places[text], 0.0))
    notes = (
        [message("pairs-without-text", n=len(empty), rows=first_rows(file.source, empty))]
        if empty
        else []
    )
    kept = sample([q for q in queries.values() if q.relevant], most_queries, seed)
    found = digest(file.source)
    return search_data(
        kept,
        PassageCorpus(None, tuple(passages), language),
        len(passages),
        len(queries),
        [file.source],
        found,
        (found,),
        notes,
    )


def search_data(
    queries: Sequence[Query],
    corpus: PassageCorpus,
    n_passages: int,
    in_file: int,
    sources: Sequence[DataFile],
    whole: str,
    files: tuple[str, ...],
    notes: list[Message],
) -> SearchData:
    """The data, if there is something to find and to be found."""
    answered = tuple(q for q in queries if q.relevant)
    if not answered:
        raise sources[-1].error(message("no-query-answered"), hint=message("judge-some-passage"))
    if n_passages < 2:
        raise sources[min(1, len(sources) - 1)].error(
            message("too-few-passages", n=n_passages), hint=message("give-more-passages")
        )
    lost = len(queries) - len(answered)
    notes = [*notes, message("queries-answered-by-empty", n=lost)] if lost else notes
    grades = [grade for q in answered for grade in q.relevant.values()]
    return SearchData(
        queries=answered,
        corpus=corpus,
        n_passages=n_passages,
        n_queries_in_file=in_file,
        n_judgements=len(grades),
        graded=len(set(grades)) > 1,
        source=" · ".join(source.path.name for source in sources),
        digest=whole,
        file_digests=files,
        notes=tuple(notes),
    )


Judgements = dict[str, dict[str, tuple[float, int]]]  # grade and row by passage, by query


def judgements_in(file: SearchColumns) -> Judgements:
    """All judgements."""
    found: Judgements = {}
    for row, cells in rows_of(file):
        query = id_of(file.source, row, cells, "query-id")
        passage = id_of(file.source, row, cells, "passage-id")
        grade = grade_of(file.source, row, cells)
        before = found.setdefault(query, {}).setdefault(passage, (grade, row))
        if before[0] != grade:
            raise file.source.error(
                message("judged-twice", query=query, passage=passage, row=before[1]),
                row,
                message("keep-one-judgement"),
            )
    return found


def queries_in(
    file: SearchColumns, judgements: Judgements, judged: DataFile, language: str | None
) -> tuple[list[Query], int, list[Message]]:
    """The queries that have an answer, how many the file holds, and which have none."""
    seen: dict[str, int] = {}
    found: list[Query] = []
    unanswered, empty = [], []
    for row, cells in rows_of(file):
        name = id_of(file.source, row, cells, "query-id")
        once(file.source, row, name, seen)
        text = text_of(file.source, row, cells, "query")
        if not text:
            empty.append(row)
        elif any(grade > 0 for grade, _ in judgements.get(name, {}).values()):
            told = text_of(file.source, row, cells, "language")
            spoken = language_of(text, told, language)
            found.append(Query(name, text, spoken, {}))
        else:
            unanswered.append(row)
    for query, answers in judgements.items():
        if query not in seen:
            row = min(row for _, row in answers.values())
            raise unknown(judged, row, "query", query, file.source, seen)
    notes = []
    if unanswered:
        notes.append(
            message(
                "queries-without-answer",
                n=len(unanswered),
                rows=first_rows(file.source, unanswered),
            )
        )
    if empty:
        notes.append(
            message("queries-without-text", n=len(empty), rows=first_rows(file.source, empty))
        )
    return found, len(seen), notes


def places_in(
    file: SearchColumns, wanted: Mapping[str, int], queries: Mapping[str, str], judged: DataFile
) -> tuple[dict[str, int], dict[str, int], int, list[Message]]:
    """The places of the passages that answer, and of queries that stand among the passages, by id
    and text; how many passages there are, and the empty ones."""
    seen: dict[str, int] = {}
    places: dict[str, int] = {}
    own: dict[str, int] = {}
    n, empty = 0, []
    for row, cells in rows_of(file):
        name = id_of(file.source, row, cells, "passage-id")
        once(file.source, row, name, seen)
        if not joined(file.source, row, cells):
            empty.append(row)
            continue
        if name in wanted:
            places[name] = n
        if queries.get(name) == text_of(file.source, row, cells, "passage"):
            own[name] = n
        n += 1
    for name, row in wanted.items():
        if name not in seen:
            raise unknown(judged, row, "passage", name, file.source, seen)
    notes = []
    if empty:
        notes.append(
            message("passages-without-text", n=len(empty), rows=first_rows(file.source, empty))
        )
    if own:
        notes.append(message("queries-among-passages", n=len(own)))
    return places, own, n, notes


def once(source: DataFile, row: int, name: str, seen: dict[str, int]) -> None:
    """Note an id; it must be new."""
    before = seen.setdefault(name, row)
    if before != row:
        raise source.error(
            message("search-id-twice", name=name, row=before), row, message("give-each-an-id")
        )


def unknown(
    judged: DataFile, row: int, what: str, name: str, file: DataFile, seen: Iterable[str]
) -> InputError:
    """A judgement of what is not there."""
    return judged.error(
        message("judged-unknown", what=what, name=name, file=file.path.name),
        row,
        did_you_mean(name, islice(seen, 5000), listed=3),
    )


def sample(queries: Sequence[Query], most: int | None, seed: int) -> list[Query]:
    """At most so many, in their order."""
    if most is None or len(queries) <= most:
        return list(queries)
    chosen = random.Random(seed).sample(range(len(queries)), most)  # noqa: S311 -- no secret
    return [queries[at] for at in sorted(chosen)]


def first_rows(source: DataFile, rows: Sequence[int]) -> tuple[str, ...]:
    """Where the first of some rows are."""
    return tuple(f"{source.path.name}:{row}" for row in rows[:SHOWN])
