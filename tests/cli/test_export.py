"""`catalog export`: the whole catalog, unknown as NULL, and nothing half written."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pick_model import load_catalog
from pick_model.render.export import ExportTable, as_csv, as_parquet, as_sqlite, tables
from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def found() -> dict[str, ExportTable]:
    return tables(load_catalog())


def test_every_model_and_score_is_in_the_database(
    found: dict[str, ExportTable], tmp_path: Path
) -> None:
    catalog = load_catalog()
    path = tmp_path / "c.sqlite"
    path.write_bytes(as_sqlite(found))
    with sqlite3.connect(path) as base:
        assert base.execute("select count(*) from models").fetchone() == (len(catalog.entries),)
        n_scores = sum(len(rows) for rows in catalog.details["scores"].values())
        assert base.execute("select count(*) from scores").fetchone() == (n_scores,)
        bert = base.execute(
            "select n_parameters, shape_n_layers, n_languages from models "
            "where id = 'bert-base-uncased'"
        ).fetchone()
        assert bert == (109_482_240, 12, 1)
        one = base.execute(
            "select source from model_sources where model = 'bert-base-uncased' "
            "and field = 'release_date'"
        ).fetchall()
        assert one
        # Every score is of a model and a benchmark that are there.
        for column, table in (("entry", "models"), ("benchmark", "benchmarks")):
            lost = base.execute(
                f"select count(*) from scores where {column} not in (select id from {table})"
            )
            assert lost.fetchone() == (0,)


def test_unknown_is_null_and_none_is_zero(found: dict[str, ExportTable]) -> None:
    models = found["models"]
    at = models.columns.index("n_languages")
    by_id = {row[0]: row for row in models.rows}
    catalog = load_catalog()
    unknown = next(e.id for e in catalog.entries.values() if e.languages is None)
    speechless = next(e.id for e in catalog.entries.values() if e.languages == ())
    assert (by_id[unknown][at], by_id[speechless][at]) == (None, 0)


def test_csv_reads_back_and_starts_no_formula() -> None:
    text = as_csv(ExportTable(("id", "note"), [("a", "=1+1"), ("b", None), ("c", 'x,"y"')]))
    rows = list(csv.reader(text.splitlines()))
    assert rows == [["id", "note"], ["a", "'=1+1"], ["b", ""], ["c", 'x,"y"']]


def test_parquet_holds_the_same(found: dict[str, ExportTable], tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "scores.parquet"
    path.write_bytes(as_parquet(found["scores"]))
    read = parquet.read_table(path)
    assert read.num_rows == len(found["scores"].rows)
    assert read.column("score").to_pylist()[:5] == [row[3] for row in found["scores"].rows[:5]]


def test_without_pyarrow_the_extra_is_named(
    found: dict[str, ExportTable], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pick_model.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match="writing Parquet needs the 'probe' extra"):
        as_parquet(found["machines"])


@pytest.mark.parametrize(
    ("to", "format", "code", "words"),
    [
        ("-", "sqlite", 2, "to a file or folder"),
        ("a-file", "csv", 2, "several files in a folder"),
        (".", "sqlite", 2, "folder"),
        ("none/here.sqlite", "sqlite", 2, "cannot be written"),
        ("x", "json", 2, "json"),
    ],
)
def test_what_cannot_be_written_is_said(
    tmp_path: Path, to: str, format: str, code: int, words: str
) -> None:
    (tmp_path / "a-file").write_text("kept", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "pick_model", "catalog", "export", to, "--format", format],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.returncode, words in result.stderr) == (code, True), result.stderr
    assert (tmp_path / "a-file").read_text(encoding="utf-8") == "kept"


def test_a_failed_export_leaves_what_was_there(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "c.sqlite"
    path.write_text("old", encoding="utf-8")
    assert run("catalog", "export", str(path), "--catalog", str(tmp_path / "no.yaml"))[0] == 2
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("to", "format"), [("c.sqlite", "sqlite"), ("tables", "csv")])
def test_what_is_there_is_replaced_only_by_force(
    tmp_path: Path, run: Run, to: str, format: str
) -> None:
    path = tmp_path / to
    there = path if format == "sqlite" else path / "models.csv"
    there.parent.mkdir(exist_ok=True)
    there.write_text("mine", encoding="utf-8")
    code, _, told = run("catalog", "export", str(path), "--format", format)
    assert (code, "--force replaces it" in told) == (2, True), told
    assert there.read_text(encoding="utf-8") == "mine"
    assert list(there.parent.iterdir()) == [there]
    assert run("catalog", "export", str(path), "--format", format, "--force")[0] == 0
    assert there.read_bytes()[:4] != b"mine"
