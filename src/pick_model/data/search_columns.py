"""Which column of a file of queries, passages or judgements plays which part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pick_model.data.column_names import first
from pick_model.data.source import DataFile
from pick_model.errors import UsageError, did_you_mean
from pick_model.words.say import message

# The more telling name first; compared as `column_names.plain` leaves them, so that query-id of
# BEIR's files, query_id and QueryId are one.
_QUERY_IDS = ("query_id", "qid", "question_id", "query_no")
_PASSAGE_IDS = (
    *("passage_id", "corpus_id", "document_id", "doc_id", "docid", "pid", "did"),
    *("article_id", "answer_id"),
)
_LANGUAGES = ("language", "lang", "locale")
NAMES: dict[str, tuple[str, ...]] = {
    "query": ("query", "question", "anchor", "text", "utterance", "title"),
    "passage": (
        *("passage", "text", "document", "doc", "content", "body", "article", "answer", "context"),
        *("positive", "description", "abstract", "response"),
    ),
    "query-id": _QUERY_IDS,
    "passage-id": _PASSAGE_IDS,
    "title": ("title", "headline"),
    "grade": ("grade", "relevance", "score", "rel", "label", "judgement", "judgment"),
    "language": _LANGUAGES,
}
# In a file of their own, ids are mostly called so.
_OWN_IDS = ("id", "_id", "key", "no", "number")


# Columns by part: one, or several where files call theirs differently.
Named = Mapping[str, str | tuple[str, ...]]


def columns_for(
    source: DataFile,
    there: Sequence[str],
    parts: Sequence[str],
    optional: Sequence[str],
    named: Named,
) -> dict[str, str]:
    """The column of each part, and of each optional part that the file has.

    named: the columns that the user names, by part; those of other files are passed over where
    this one lacks them. Raises InputError for a part without a column.
    """
    found: dict[str, str] = {}
    for part in (*parts, *optional):
        given = named.get(part, ())
        names = (given,) if isinstance(given, str) else given
        column = next((name for name in names if name in there), None)
        if names and column is None and part in parts:
            raise source.error(
                message("no-column-named", name=names[-1], option="column"),
                hint=did_you_mean(names[-1], there) or message("name-column-again", part=part),
            )
        if column is None:
            left = [name for name in there if name not in found.values()]
            own = _OWN_IDS if part.endswith("-id") and _lone(part, parts) else ()
            column = first(left, (*NAMES[part], *own))
        if column is not None:
            found[part] = column
        elif part in parts:
            raise source.error(
                message("no-column-for-part", part=part, columns=tuple(there[:12])),
                hint=message("name-search-column", part=part),
            )
    return found


def _lone(part: str, parts: Sequence[str]) -> bool:
    """Whether a file has no ids but these."""
    return not any(other != part and other.endswith("-id") for other in parts)


def parsed_columns(
    given: Sequence[str], parts: Collection[str] = NAMES
) -> dict[str, tuple[str, ...]]:
    """`["passage=body"]` as a mapping, of the parts there are. Raises UsageError."""
    found: dict[str, tuple[str, ...]] = {}
    for item in given:
        part, equals, column = item.partition("=")
        if not equals or not column:
            raise UsageError(
                message("search-column-unreadable", item=item),
                hint=message("write-part-and-column"),
            )
        if part not in parts:
            raise UsageError(
                message("unknown-search-part", part=part), hint=did_you_mean(part, parts)
            )
        found[part] = (*found.get(part, ()), column)
    return found
