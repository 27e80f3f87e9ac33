"""A user's table of results as a file: long cells, odd line ends, what is no CSV."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.backtest.foreign import Foreign, read_foreign
from pick_model.catalog.catalog import Catalog
from pick_model.documents import reader
from pick_model.errors import InputError, SchemaError
from tests.told import words

HEAD = "model,dataset,metric,score,notes\n"
LINE = "roberta-base,ours,accuracy,0.7,"


def read(tmp_path: Path, catalog: Catalog, text: str) -> Foreign:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    return read_foreign(path, catalog, (), "fine-tune", None)


@pytest.mark.parametrize(
    "notes", ["n" * 140_000, '"' + "two\nlines" * 20_000 + '"', "a\u2028b", ""]
)
def test_a_long_or_odd_cell_beside_the_scores_does_no_harm(
    tmp_path: Path, catalog: Catalog, notes: str
) -> None:
    found = read(tmp_path, catalog, HEAD + LINE + notes + "\n")
    assert [row.score for row in found.rows] == [0.7]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n"])
def test_any_line_end_will_do(tmp_path: Path, catalog: Catalog, end: str) -> None:
    found = read(tmp_path, catalog, (HEAD + LINE + "x\n").replace("\n", end))
    assert [row.score for row in found.rows] == [0.7]


def test_a_cell_without_end_is_refused_with_its_line(
    tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_CELL", 1000)
    with pytest.raises(InputError) as caught:
        read(tmp_path, catalog, HEAD + LINE + '"never closed\n' + (LINE + "\n") * 100)
    assert caught.value.location is not None
    assert caught.value.location.line is not None
    assert "quotation mark" in words(caught.value.hint)


def test_a_row_that_is_too_short_is_told_with_its_line(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(SchemaError, match="should be a number") as caught:
        read(tmp_path, catalog, HEAD + LINE + "\nroberta-base,ours,accuracy,much\n")
    assert caught.value.location is not None
    assert caught.value.location.line == 3
