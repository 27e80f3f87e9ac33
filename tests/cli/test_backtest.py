"""`backtest` on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace(",", ";"), "by commas, not by ';'"),
        (lambda text: text.replace(",", "\t"), "by commas, not by"),
        (lambda text: f"sep=,\n{text}", "leave out the line sep="),
        (lambda text: text.replace("0.811", "81.1%"), "write 81.1, without the sign"),
        (lambda text: text.replace("0.811", '"0,811"'), "write 0.811"),
        (lambda text: text.replace("0.811", "81.1"), "line 2 in percents"),
        (lambda text: text.replace("0.843", "84.3"), "line 2 in fractions"),
        (lambda text: text.replace("0.811", "-0.2"), "it lies between 0 and 100, in percent"),
        (lambda text: text.replace("0.811", "811"), "it lies between 0 and 100, in percent"),
        (lambda text: text.replace("0.811", "1e308"), "should be a number"),
        (lambda text: text.replace("bert-", "bird-"), "not bird-base-uncased"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_with_what_to_write(
    change: Callable[[str], str], message: str, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "lab.csv"
    path.write_text(change(TABLE), encoding="utf-8")
    done = run("backtest", "--table", str(path))
    assert done.code == 2
    assert message in done.err


def test_a_table_of_equal_scores_has_nothing_to_rank(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "lab.csv"
    path.write_text(re.sub(r"0\.\d+", "0.5", TABLE), encoding="utf-8")
    done = run("backtest", "--table", str(path))
    assert done.code == 2
    assert "no data set has different scores of 4 models" in done.err


def test_percents_near_nothing_and_headers_in_capitals_are_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "lab.csv"
    # A fifth model: the run near nothing is left out as broken, and four are needed.
    text = TABLE.replace("model,d", " Model,D") + "deberta-v3-base,tickets,accuracy,87.0\n"
    for fraction, percent in {"811": "0.1", "843": "84.3", "795": "79.5", "861": "86.1"}.items():
        text = text.replace(f"0.{fraction}", percent)
    path.write_text(text.replace("0.9", "90"), encoding="utf-8")
    assert run("backtest", "--table", str(path)).code == 0
