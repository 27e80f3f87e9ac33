"""A user's table says of each metric which way is better, or is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pick_model.backtest.directions import metric_in

from .conftest import Run

MODELS = ("bert-base-uncased", "roberta-base", "distilbert-base-uncased", "roberta-large")
SCORES = (0.30, 0.22, 0.37, 0.19)  # errors: roberta-large is the best


def table(folder: Path, *metrics: str) -> str:
    path = folder / "ours.csv"
    lines = [
        f'{model},desk,"{metric}",{score}'
        for metric in metrics
        for model, score in zip(MODELS, SCORES, strict=True)
    ]
    path.write_text("\n".join(["model,dataset,metric,score", *lines]) + "\n", "utf-8")
    return str(path)


def taus(run: Run, *words: str) -> dict[str, float]:
    done = run("backtest", *words, "--format", "json")
    assert done.code == 0, done.err
    found = json.loads(done.out)["tables"][0]["benchmarks"]
    return {one["metric"]: one["tau"] for one in found}


@pytest.mark.parametrize(
    ("written", "name"),
    [("test_accuracy", "accuracy"), ("Macro-F1 (dev)", "macro_f1"), ("eval_loss", "loss"),
     ("accuracy(logreg on frozen embedding)", "accuracy"), ("NDCG@3", "ndcg_at_10"), ("MRR", "mrr_at_10"),
     ("val RMSE", "rmse"), ("F1 score", "f1"), ("word error rate", "wer"), ("top-1 error", "error"),
     ("negative log loss", None), ("accuracy drop", None), ("neg_mean_squared_error", None),
     ("1 - accuracy", None), ("100-acc", None), ("-loss", None), ("1/perplexity", None), ("accuracy 降", None),
     ("Accuracy ↑", "accuracy"), ("loss ↓", "loss"), ("accuracy ↓", None), ("top-5-accuracy", "top5_accuracy"),
     ("score", None), ("seconds", None), ("accuracy and loss", None), ("", None), ("指标", None)],
)  # fmt: skip
def test_a_metric_is_known_by_its_words_unless_one_could_turn_it_round(
    written: str, name: str | None
) -> None:
    assert metric_in(written) == name


def test_every_unknown_metric_is_asked_for_at_once(run: Run, tmp_path: Path) -> None:
    path = table(tmp_path, "accuracy", "grumpiness", "joy index")
    done = run("backtest", "--table", path)
    assert done.code == 2
    assert f"{path}:6:" in done.err
    for word in ("'grumpiness'", "'joy index'", "--higher-is-better", "--lower-is-better"):
        assert word in done.err
    assert "accuracy" not in done.err


def test_the_option_says_which_way_is_better(run: Run, tmp_path: Path) -> None:
    path = table(tmp_path, "error rate", "grumpiness", "joy index")
    words = ["--table", path, "--lower-is-better", "Grumpiness", "--higher-is-better", "joy index"]
    found = taus(run, *words)
    assert found["grumpiness"] == found["error rate"] > 0 > found["joy index"]


def test_two_metrics_are_never_taken_for_runs_of_one(run: Run, tmp_path: Path) -> None:
    path = table(tmp_path, "train accuracy", "test accuracy", "ndcg@3", "ndcg@10")
    assert len(taus(run, "--table", path)) == 4


def test_the_users_word_outranks_the_table(run: Run, tmp_path: Path) -> None:
    path = table(tmp_path, "loss")
    usual, turned = (
        taus(run, "--table", path),
        taus(run, "--table", path, "--higher-is-better", "loss"),
    )
    assert usual["loss"] > 0 > turned["loss"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--higher-is-better", "acuracy"], "holds no metric 'acuracy' (did you mean 'accuracy'?)"),
        (["--higher-is-better", "accuracy", "--lower-is-better", "Accuracy"], "both"),
    ],
)
def test_an_option_in_vain_is_refused(
    words: list[str], message: str, run: Run, tmp_path: Path
) -> None:
    done = run("backtest", "--table", table(tmp_path, "accuracy"), *words)
    assert done.code == 2
    assert message in done.err


def test_the_options_are_for_a_table(run: Run) -> None:
    done = run("backtest", "--lower-is-better", "loss")
    assert (done.code, "--table FILE.csv" in done.err) == (2, True)


@pytest.mark.parametrize("metric", ["loss", "joy index"])
def test_regret_has_no_points_where_a_metric_has_no_ceiling(
    metric: str, run: Run, tmp_path: Path
) -> None:
    words = ["--higher-is-better", metric] if metric != "loss" else []
    done = run("backtest", "--table", table(tmp_path, metric), *words, "--format", "json")
    assert json.loads(done.out)["tables"][0]["benchmarks"][0]["regret1"] is None
