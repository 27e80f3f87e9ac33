"""The prompts that a model was trained with, before queries and before passages.

From the model's own files where they name them; else by the repository's name, of families
whose cards tell users to write them, in the table below. Without its prompt a model still gives
vectors, only worse ones, so whoever measures must know which were used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pick_model.encoders.sentence_settings import SentenceSettings

From = Literal["given", "model", "family", "none"]

# Names under which prompts of the two sides are kept, the more usual first. Those of
# sentence-transformers' encode_query and encode_document, then as found in models' files.
QUERY_NAMES = ("query", "retrieval.query", "s2p_query", "web_search_query", "search_query")
PASSAGE_NAMES = ("document", "passage", "corpus", "retrieval.passage", "search_document")

# Repository, query prompt, passage prompt. Read in embeddings-benchmark/mteb, under
# mteb/models/model_implementations: e5_models.py, bge_models.py, nomic_models.py.
FAMILIES: tuple[tuple[str, str, str], ...] = (
    (r"intfloat/(multilingual-)?e5-(small|base|large)(-v2)?", "query: ", "passage: "),
    (
        r"baai/bge-(small|base|large)-en(-v1\.5)?",
        "Represent this sentence for searching relevant passages: ",
        "",
    ),
    (r"baai/bge-(small|base|large)-zh(-v1\.5)?", "为这个句子生成表示以用于检索相关文章：", ""),
    (
        r"nomic-ai/(nomic-embed-text-v(1|1\.5|2-moe)|modernbert-embed-base)",
        "search_query: ",
        "search_document: ",
    ),
)


@dataclass(frozen=True)
class Prompts:
    """What is written before queries and passages, and who says so."""

    query: str
    passage: str
    query_from: From
    passage_from: From
    # The model's own, where others were given; None: it names none.
    own_query: str | None = None
    own_passage: str | None = None


def prompts_for(
    settings: SentenceSettings, repository: str | None, query: str | None, passage: str | None
) -> Prompts:
    """The prompts of one model. repository: on the Hub, None of a folder. query, passage: what
    the user gives for all models, an empty text for none.
    """
    own_query, query_from = own(settings, repository, QUERY_NAMES, 0)
    own_passage, passage_from = own(settings, repository, PASSAGE_NAMES, 1)
    return Prompts(
        query=query if query is not None else own_query or "",
        passage=passage if passage is not None else own_passage or "",
        query_from="given" if query is not None else query_from,
        passage_from="given" if passage is not None else passage_from,
        own_query=own_query,
        own_passage=own_passage,
    )


def own(
    settings: SentenceSettings, repository: str | None, names: tuple[str, ...], side: int
) -> tuple[str | None, From]:
    """The model's prompt of one side, None where nothing says any."""
    # Empty ones are written beside every model by the library and say nothing.
    kept = {name: text for name, text in settings.prompts if text}
    # A model that names the prompt of one side means none before the other.
    if any(name in kept for name in (*QUERY_NAMES, *PASSAGE_NAMES)):
        return next((kept[name] for name in names if name in kept), ""), "model"
    for pattern, *both in FAMILIES:
        if repository is not None and re.fullmatch(pattern, repository.lower()):
            return both[side], "family"
    return None, "none"
