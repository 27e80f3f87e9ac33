"""Span tags of every scheme: which tag sets mark spans, and which spans a sequence holds."""

from __future__ import annotations

import pytest

from pick_model.data.entities import entities, has_entities, opens_inside
from pick_model.data.profile import ClassCount, profile
from pick_model.measure.probe.metrics import Scorer
from tests.data.build import dataset

SPANS = [("x", 1, 4), ("y", 4, 5), ("x", 6, 7)]


@pytest.mark.parametrize(
    "tags",
    [
        "O B-x I-x I-x B-y O B-x",
        "O I-x I-x I-x I-y O I-x",
        "O B-x I-x E-x S-y O S-x",
        "O B-x I-x L-x U-y O U-x",
        "O B-x M-x E-x S-y O S-x",
        "O B_x I_x I_x B_y O B_x",
    ],
    ids=["BIO", "IO", "BIOES", "BILOU", "BMES", "underscore"],
)
def test_every_scheme_gives_the_same_spans_once_each(tags: str) -> None:
    words = tags.split()
    assert entities(words) == SPANS
    assert has_entities(sorted({*words}))
    names = tuple(sorted({*words}))
    one = dataset([tuple(names.index(w) for w in words)] * 3, kind="tokens", names=names)
    counts = {"x": 2 * 3, "y": 1 * 3}
    assert profile(one).classes == tuple(ClassCount(name=n, count=c) for n, c in counts.items())
    assert Scorer(one, "entity_f1", replicates=2).score(one.labels) == 1.0


def test_bare_roles_mark_spans_of_one_type() -> None:
    assert has_entities(["B", "I", "O"])
    assert entities(["O", "B", "I", "B"]) == [("", 1, 3), ("", 3, 4)]


@pytest.mark.parametrize(
    "names", [["NOUN", "VERB"], ["O"], ["B-x", "I-x"], ["O", "S", "V"], ["O", "B-x", "other"]]
)
def test_tags_that_are_no_spans_are_scored_word_by_word(names: list[str]) -> None:
    assert not has_entities(names)


@pytest.mark.parametrize(
    ("tags", "wrong"),
    [
        ("B-x E-x S-y", False),
        ("B-x L-x U-y B-y L-y", False),
        ("O E-x", True),
        ("S-x I-x", True),
        ("B-x E-x E-x", True),
        ("B-x I-y", True),
    ],
)
def test_a_tag_that_goes_on_with_nothing_is_noticed(tags: str, wrong: bool) -> None:
    assert opens_inside(tags.split()) is wrong
