"""`init` writes a profile that recommend runs on, and never over one that is there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import typer

from pick_model.documents.base import adapter
from pick_model.documents.init_report import InitReport

from .conftest import ROOT, Run

TRAIN = str(ROOT / "examples" / "support-tickets" / "train.csv")


def test_the_profile_says_how_surely_and_recommend_runs_on_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    done = run("init", "--data", TRAIN, "--output", str(path), "--license", "permissive")
    assert done.code == 0, done.err
    assert done.err.startswith(f"wrote {path}")
    text = path.read_text(encoding="utf-8")
    assert "task: text-classification  # sure: the labels are 6 different words" in text
    assert "languages: [en]  # sure: " in text
    assert "n_labels: 6  # sure: " in text
    assert "constraints:\n  license: permissive  # given: " in text
    ranked = run("recommend", str(path), "-f", "json")
    assert ranked.code == 0, ranked.err
    assert json.loads(ranked.out)["task"]["n_labels"] == 6


def test_a_file_that_is_there_stays_unless_forced(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text("mine")
    done = run("init", "--data", TRAIN, "-o", str(path))
    assert done.code == 2
    assert "--force" in done.err
    assert path.read_text() == "mine"
    assert run("init", "--data", TRAIN, "-o", str(path), "--force").code == 0
    assert "text-classification" in path.read_text()


def test_it_never_writes_over_the_data(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("text,label\nfine words here,a\nother words there,b\nmore words,a\nand,b\n")
    before = data.read_text()
    assert run("init", "--data", str(data), "-o", str(data), "--force").code == 2
    assert data.read_text() == before


def test_options_outdo_what_the_data_say(run: Run) -> None:
    words = ["--data", TRAIN, "--rows", "8000", "--metric", "mcc", "--language", "de", "-o", "-"]
    out = run("init", *words, "--name", "mine: {x} #1").out
    assert "n_rows: 8000  # given" in out
    assert "metric: mcc  # given" in out
    assert "languages: [de]  # given" in out
    assert 'name: "mine: {x} #1"' in out


def test_recommend_runs_on_the_profile_of_a_table_of_figures(run: Run, tmp_path: Path) -> None:
    data, path = tmp_path / "rows.csv", tmp_path / "task.yaml"
    rows = "".join(f"{n * 7 % 11 / 2},{n * 5 % 13 / 4},{'ab'[n * 3 % 5 % 2]}\n" for n in range(60))
    data.write_text("width,length,species\n" + rows)
    assert run("init", "--data", str(data), "-o", str(path)).code == 0
    text = path.read_text(encoding="utf-8")
    assert (
        "task: tabular-classification  # likely: a table of figures; its target is species" in text
    )
    assert "probe cannot measure them" in text
    ranked = run("recommend", str(path), "-f", "json")
    assert json.loads(ranked.out)["task"]["task"] == "tabular-classification"


def test_another_task_for_the_data_leaves_out_what_it_has_no_place_for(run: Run) -> None:
    out = run("init", "--data", TRAIN, "--task", "feature-extraction", "-o", "-").out
    assert "task: feature-extraction  # given" in out
    assert "label_kind" not in out
    assert "n_labels" not in out
    assert "metric" not in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--task NAME"),
        (["--task", "text-clasification"], "did you mean 'text-classification'?"),
        (["--task", "text-classification", "--labels", "1"], "2 or more are needed"),
        (["--task", "text-classification", "--rows", "-3"], "n_rows"),
        (["--task", "text-classification", "--language", "xx-klingon"], "language"),
        (["--task", "text-classification", "--license", "mti"], "unknown licence"),
        (["--task", "text-classification", "--hardware", "abacus"], "unknown hardware"),
        (["--task", "text-classification", "--preset", "cheap"], "unknown preset"),
        (["--task", "text-classification", "--metric", "bleu"], "bleu"),
        (["--data", "nowhere.csv"], "no such file"),
        (["--data", str(ROOT / "README.md")], ".md"),
    ],
)
def test_wrong_input_is_exit_2_and_writes_nothing(
    words: list[str], told: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("init", *words)
    assert done.code == 2
    assert told in done.err
    assert list(tmp_path.iterdir()) == []


def test_errors_are_json_too(run: Run) -> None:
    done = run("init", "--data", "nowhere.csv", "--format", "json")
    assert json.loads(done.out)["error"]["exit"] == 2


def test_the_report_has_every_guess_with_its_message(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    done = run("init", "--data", TRAIN, "-o", str(path), "-f", "json")
    report = adapter(InitReport).validate_json(done.out)
    assert report.path == str(path)
    assert path.exists()
    by_key = {one.key: one for one in report.guesses}
    assert by_key["n_labels"].value == 6
    assert by_key["hardware"].sureness in ("sure", "unsure")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person at a terminal types; an empty answer takes what is offered."""
    given: list[str] = []

    def prompt(text: str, default: str = "", **_: object) -> str:
        return given.pop(0) or default

    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(typer, "prompt", prompt)
    return given


class _Terminal:
    def isatty(self) -> bool:
        return True


def test_a_few_answers_make_a_profile(run: Run, answers: list[str]) -> None:
    answers += ["text-clasification", "text-classification", "en, de", "no", "4", "", "permissive"]
    done = run("init", "-o", "-")
    assert done.code == 0, done.err
    assert "did you mean 'text-classification'?" in done.err
    assert "languages: [en, de]  # given" in done.out
    assert "n_labels: 4" in done.out
    assert "n_rows" not in done.out
    assert "license: permissive" in done.out
    assert answers == []


def test_nobody_is_asked_what_options_say(run: Run, answers: list[str]) -> None:
    answers += ["text-classification", ""]
    given = ["--labels", "6", "--license", "commercial", "--language", "de", "-o", "-"]
    done = run("init", *given)
    assert done.code == 0, done.err
    for line in ("languages: [de]  # given", "n_labels: 6", "license: commercial"):
        assert line in done.out
    assert answers == []


def test_ctrl_c_at_a_question_is_an_interruption(
    run: Run, answers: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(typer, "prompt", interrupted)
    monkeypatch.chdir(tmp_path)
    assert run("init").code == 130
    assert list(tmp_path.iterdir()) == []


def test_a_label_that_is_presumed_is_told_as_the_option_that_measuring_needs(
    run: Run, tmp_path: Path
) -> None:
    data, path = tmp_path / "rows.csv", tmp_path / "task.yaml"
    rows = "".join(f"the kettle number {n} boils well,{'ab'[n % 2]}\n" for n in range(40))
    data.write_text("text,what kind\n" + rows)
    done = run("init", "--data", str(data), "-o", str(path))
    assert done.code == 0, done.err
    assert "--label 'what kind'" in done.err
    assert run("init", "--data", TRAIN, "-o", str(path), "--force").err.count("--label") == 0
