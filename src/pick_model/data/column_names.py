"""Names of columns in public data sets, and how a name is compared.

Names are compared without case, spaces and punctuation; in each list the more telling name
comes first, since a file may have several of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

TEXTS = (
    "text",
    "sentence",
    "content",
    "review",
    "query",
    "utterance",
    "tweet",
    "comment",
    "message",
    "document",
    "body",
    "sms",
    "post",
    "question",
    "description",
    "abstract",
    "summary",
    "input",
    "prompt",
    "passage",
    "narrative",
    "title",  # beside any of the others it is the shorter half of the text
    "headline",
    "subject",
)
PAIRS = (
    ("text_a", "text_b"),
    ("text1", "text2"),
    ("sentence1", "sentence2"),
    ("sentence_a", "sentence_b"),
    ("premise", "hypothesis"),
    ("question1", "question2"),
    ("query", "document"),
    ("query", "passage"),
    ("query", "title"),
    ("question", "sentence"),
    ("question", "answer"),
    ("question", "passage"),
    ("s1", "s2"),
)
LABELS = (
    "label",
    "labels",
    "category",
    "categories",
    "class",
    "intent",
    "target",
    "sentiment",
    "emotion",
    "emotions",
    "topic",
    "topics",
    "tag",
    "tags",
    "gold_label",
    "gold",
    "cats",
    "score",
    "stars",
    "rating",
    "similarity",
    "y",
)
TOKENS = ("tokens", "words", "token", "word", "form")
TAGS = ("tags", "ner_tags", "ner", "pos_tags", "upos", "upos_tags", "pos", "slots", "bio")
LOOSE_TAGS = ("labels", "label", "tag")  # tags only where no column holds plain text
SENTENCES = (
    "sentence#",
    "sentence_id",
    "sentence_no",
    "sentence_number",
    "sentence_idx",
    "sentence_index",
    "sent_id",
    "sent#",
    "sid",
    "sentence",
    "sent",
)
# A name that has one of these beside "text" or "label" says something about it.
ABOUT = frozenset(
    {"id", "ids", "idx", "index", "len", "length", "lang", "language", "type", "count", "hash"}
    | {"source", "date"}
)


def plain(name: str) -> str:
    """The name as it is compared."""
    return re.sub(r"[^\w#]|_", "", name.lower())


def words(name: str) -> list[str]:
    """The words of a name: ["review", "text"] of "Review Text", review_text and reviewText."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[\W_]+", apart.lower()) if word]


def first(columns: Sequence[str], known: Sequence[str]) -> str | None:
    """The column whose name is the earliest of the known ones."""
    return next(iter(all_known(columns, known)), None)


def all_known(columns: Sequence[str], known: Sequence[str]) -> list[str]:
    """The columns with a known name, in the order of the known names."""
    by_plain = {plain(name): name for name in reversed(columns)}
    return [by_plain[p] for word in known if (p := plain(word)) in by_plain]
