"""Which prompt a model gets, and who says so."""

from __future__ import annotations

import pytest

from pick_model.encoders.sentence_settings import SentenceSettings
from pick_model.measure.retrieval.prompts import prompts_for


def settings(**prompts: str) -> SentenceSettings:
    return SentenceSettings(told=True, prompts=tuple(prompts.items()))


@pytest.mark.parametrize(
    ("told", "repository", "given", "wanted"),
    [
        # its own files
        ({"query": "q: ", "document": "d: "}, None, (None, None), ("q: ", "model", "d: ", "model")),
        ({"query": "q: "}, "intfloat/e5-small", (None, None), ("q: ", "model", "", "model")),
        ({"passage": "p: ", "corpus": "c: "}, None, (None, None), ("", "model", "p: ", "model")),
        ({"query": "q: ", "document": "", "passage": "p: "}, None, (None, None), ("q: ", "model", "p: ", "model")),
        # its family
        ({"query": "", "document": ""}, "intfloat/e5-base", (None, None), ("query: ", "family", "passage: ", "family")),
        ({}, "intfloat/multilingual-e5-base", (None, None), ("query: ", "family", "passage: ", "family")),
        ({}, "BAAI/bge-small-en-v1.5", (None, None), ("Represent this sentence for searching relevant passages: ", "family", "", "family")),
        ({}, "intfloat/e5-mistral-7b-instruct", (None, None), ("", "none", "", "none")),
        ({}, "somebody/e5-small", (None, None), ("", "none", "", "none")),
        # of other names
        ({"STS": "s: "}, None, (None, None), ("", "none", "", "none")),
        # given
        ({"query": "q: "}, None, ("x: ", None), ("x: ", "given", "", "model")),
        ({}, "intfloat/e5-base", ("", ""), ("", "given", "", "given")),
    ],
)  # fmt: skip
def test_the_prompt_is_the_users_the_models_or_its_familys(
    told: dict[str, str],
    repository: str | None,
    given: tuple[str | None, str | None],
    wanted: tuple[str, str, str, str],
) -> None:
    found = prompts_for(settings(**told), repository, *given)
    assert (found.query, found.query_from, found.passage, found.passage_from) == wanted


def test_the_models_own_is_known_beside_the_one_given() -> None:
    found = prompts_for(settings(), "intfloat/e5-base", "x: ", None)
    assert (found.own_query, found.own_passage) == ("query: ", "passage: ")
