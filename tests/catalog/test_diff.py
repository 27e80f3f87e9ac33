"""`diff` separates what can only add from what changes or goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.catalog.diff import diff
from pick_model.documents.catalog_reports import Change
from pick_model.errors import SchemaError
from tests.catalog.small import edit, write_small

M, B, E = "models/models.yaml", "benchmarks.yaml", "evidence/scores.csv"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return write_small(tmp_path / "a"), write_small(tmp_path / "b")


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, str, str | None, str]]:
    return [(c.safety, c.what, c.subject, c.field, c.why) for c in changes]


@pytest.mark.parametrize(
    ("name", "old", "new", "change"),
    [
        (M, "  languages: []\n", "  languages: []\n  license: MIT\n",
         ("safe", "model", "small-vit", "license", "filled")),
        (M, "aliases: [sb]", "aliases: [sb, tiny]",
         ("safe", "model", "small-bert", "aliases", "grew")),
        (M, "aliases: [sb]", "aliases: [tiny]",
         ("judgement", "model", "small-bert", "aliases", "changed")),
        (M, "n_parameters: 110000000", "n_parameters: 111000000",
         ("judgement", "model", "tuned-bert", "n_parameters", "changed")),
        (M, "    n_token_types: 2\n", "",
         ("judgement", "model", "small-bert", "shape.n_token_types", "removed")),
        (M, "  image_size: 224\n  shape", "  image_size: 224\n  superseded_by: small-bert\n  shape",
         ("judgement", "model", "small-vit", "superseded_by", "superseded")),
        (M, "license: CC-BY-NC-4.0\n  release_date: \"2021", "license: MIT\n  release_date: \"2021",
         ("judgement", "model", "tuned-bert", "license", "changed")),
        (M, "- id: tuned-bert", "- id: tuned-bert-2",
         ("judgement", "model", "tuned-bert", None, "removed")),
        (M, "- id: tuned-bert", "- id: tuned-bert-2",
         ("safe", "model", "tuned-bert-2", None, "added")),
        (B, "  n_labels: 2\n", "  n_rows: 10\n  n_labels: 2\n",
         ("safe", "benchmark", "sentiment", "n_rows", "filled")),
        (B, "name: Sentiment", "name: Sentiments",
         ("safe", "benchmark", "sentiment", "name", "reworded")),
        (E, "0.91", "0.92",
         ("judgement", "score", "small-bert sentiment accuracy test fine-tune paper", "score",
          "changed")),
        (E, "tuned-bert,sentiment,accuracy,0.93,test,fine-tune,,,paper\n", "",
         ("judgement", "score", "tuned-bert sentiment accuracy test fine-tune paper", None,
          "removed")),
    ],
)  # fmt: skip
def test_a_change_is_judged_by_what_it_does(
    pair: tuple[Path, Path], name: str, old: str, new: str,
    change: tuple[str, str, str, str | None, str],
) -> None:  # fmt: skip
    edit(pair[1], name, old, new)
    assert change in told(diff(*pair).changes)


def test_what_is_equal_differs_in_nothing(pair: tuple[Path, Path]) -> None:
    report = diff(*pair)
    assert report.changes == ()
    assert (report.n_safe, report.n_judgement) == (0, 0)


def test_what_is_filled_one_way_is_removed_the_other_way(pair: tuple[Path, Path]) -> None:
    edit(pair[1], M, "  languages: []\n", "  languages: []\n  license: MIT\n")
    assert [c.safety for c in diff(*pair).changes] == ["safe"]
    back = diff(pair[1], pair[0]).changes
    assert [(c.safety, c.before, c.after) for c in back] == [("judgement", "MIT", None)]


def test_judgement_comes_first(pair: tuple[Path, Path]) -> None:
    edit(pair[1], M, "aliases: [sb]", "aliases: [sb, tiny]")
    edit(pair[1], E, "0.91", "0.92")
    assert [c.safety for c in diff(*pair).changes] == ["judgement", "safe"]


def test_corrections_and_bans_of_overlays_need_judgement(tmp_path: Path) -> None:
    before, after = tmp_path / "a.yaml", tmp_path / "b.yaml"
    before.write_text("corrections:\n- {id: gpt2, set: {max_tokens: 1}, source: us}\n")
    after.write_text(
        "corrections:\n- {id: gpt2, set: {max_tokens: 2}, source: us}\n"
        "ban:\n- {id: alexnet, reason: old}\n"
    )
    assert told(diff(before, after).changes) == [
        ("judgement", "ban", "alexnet", None, "added"),
        ("judgement", "correction", "gpt2", "max_tokens", "changed"),
    ]


def test_a_catalog_that_cannot_be_read_is_not_taken_for_an_empty_one(
    pair: tuple[Path, Path],
) -> None:
    edit(pair[1], M, "kind: vit", "kind: vitt")
    with pytest.raises(SchemaError, match="did you mean 'vit'"):
        diff(*pair)
