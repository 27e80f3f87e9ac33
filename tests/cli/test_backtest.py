"""`backtest` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run

TABLE = """\
model,dataset,metric,score
bert-base-uncased,tickets,accuracy,0.811
roberta-base,tickets,accuracy,0.843
distilbert-base-uncased,tickets,accuracy,0.795
roberta-large,tickets,accuracy,0.861
nobody/knows-this,tickets,accuracy,0.9
"""


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "lab.csv"
    path.write_text(TABLE, encoding="utf-8")
    return str(path)


def test_a_users_table_is_tested_and_unknown_names_are_listed(run: Run, table: str) -> None:
    done = run("backtest", "--table", table)
    assert done.code == 0, done.err
    assert "nobody/knows-this" in done.out
    assert "expected standing" in done.out
    report = json.loads(run("backtest", "--table", table, "--format", "json").out)
    assert report["command"] == "backtest"
    assert report["tables"][0]["unmatched"] == ["nobody/knows-this"]
    assert report["tables"][0]["benchmarks"][0]["n_models"] == 4
    assert "| static prior |" in run("backtest", "--table", table, "--format", "markdown").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--hide", "model"], "--hide"),
        (["--task", "text-clasification"], "did you mean 'text-classification'?"),
        (["--protocol", "finetune"], "did you mean 'fine-tune'?"),
        (["--table", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_wrong_use_says_what_to_type(run: Run, words: list[str], message: str) -> None:
    done = run("backtest", *words)
    assert done.code == 2
    assert message in done.err
