"""A probe from rows to report."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from pick_model.data.dataset import Dataset  # noqa: E402
from pick_model.documents.base import adapter, to_json  # noqa: E402
from pick_model.documents.probe import ProbeReport, Verdict, deterministic_part  # noqa: E402
from pick_model.errors import InputError, MissingExtra, UsageError  # noqa: E402
from pick_model.measure.probe import run as running  # noqa: E402
from pick_model.measure.probe.run import probe  # noqa: E402
from pick_model.measure.probe.settings import Progress, Settings  # noqa: E402
from pick_model.measure.probe.verdict import Judgement  # noqa: E402
from pick_model.words.say import say  # noqa: E402
from tests.measure.conftest import BAD, GOOD, make_rows  # noqa: E402

KINDS = ["single-label", "multi-label", "regression", "tokens"]


def quick(cache: Path, **changes: Any) -> Settings:
    return Settings(
        **{"max_steps": 8, "seeds": 2, "batch": 16, "precision": "fp32", "cache": cache, **changes}
    )


def both(kind: str, n: int = 140, **options: Any) -> tuple[Dataset, Dataset]:
    return make_rows(kind, n, **options), make_rows(kind, 60, seed=9, **options)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["full", "linear"])
def test_every_kind_of_task_ends_in_a_report(
    tiny: Path, tmp_path: Path, kind: str, method: str
) -> None:
    report = probe([str(tiny)], *both(kind), quick(tmp_path, method=method))
    [result] = report.results
    assert set(result.baselines) == {"majority", "tfidf", "frozen"}
    low, high = result.interval
    assert low <= result.score <= high
    assert result.extrapolated.interval[0] <= result.extrapolated.interval[1]
    assert result.steps == (0 if method == "linear" else result.curve[-1].steps)
    assert len(result.seed_scores) == len(result.seeds)
    assert adapter(ProbeReport).validate_json(to_json(report)) == report


def test_pairs_lora_and_class_weights_end_in_a_report(tiny: Path, tmp_path: Path) -> None:
    settings = quick(tmp_path, method="lora", metric="macro_f1", class_weights="balanced")
    [result] = probe([str(tiny)], *both("single-label", pairs=True), settings).results
    assert (result.method, result.metric) == ("lora", "macro_f1")


def test_a_model_that_reads_the_words_transfers_where_grams_cannot(
    one_layer: Path, tmp_path: Path
) -> None:
    """Training and held-out rows share no mood word: only pretraining connects them."""

    def with_words(rows: Dataset, part: slice) -> Dataset:
        good, bad = GOOD[part], BAD[part]
        words = ((good if y else bad)[i % len(good)] for i, y in enumerate(rows.labels))
        return dataclasses.replace(
            rows, texts=tuple(f"it was {w} {i % 7}" for i, w in enumerate(words))
        )

    train, heldout = both("single-label", 120)
    train, heldout = with_words(train, slice(4, 8)), with_words(heldout, slice(0, 4))
    settings = quick(tmp_path, learning_rate=1e-4)
    [result] = probe([str(one_layer)], train, heldout, settings).results
    assert result.verdict == "transfers"
    assert result.baselines["tfidf"].difference.low > 0
    assert result.baselines["majority"].difference.low > 0


def test_a_model_that_knows_nothing_does_not_transfer(tiny: Path, tmp_path: Path) -> None:
    [result] = probe([str(tiny)], *both("single-label"), quick(tmp_path)).results
    assert result.verdict in ("does-not-transfer", "inconclusive")
    assert result.reason


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("verdict", ["transfers", "inconclusive", "does-not-transfer"])
def test_a_run_goes_on_unless_the_curve_is_flat_and_the_verdict_clear(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flat: bool, verdict: Verdict
) -> None:
    from pick_model.measure.probe import one

    read = one.curve_of
    monkeypatch.setattr(one, "curve_of", lambda *a: dataclasses.replace(read(*a), flattened=flat))
    monkeypatch.setattr(one, "judgement_of", lambda *_: Judgement(verdict, "set by the test"))
    train, heldout = both("single-label", n=120)
    settings = quick(tmp_path, max_steps=17, learning_rate=1e-4)  # short of the full 18
    [early] = probe(
        [str(tiny)], train, heldout, dataclasses.replace(settings, extend=False)
    ).results
    [late] = probe([str(tiny)], train, heldout, settings).results
    assert not early.extended
    assert late.extended == (not flat or verdict == "inconclusive")
    assert (late.steps > early.steps) == late.extended
    assert late.flattened == flat


def test_a_run_at_the_majority_class_is_not_eliminated_before_it_went_on(
    tiny: Path, tmp_path: Path
) -> None:
    train, heldout = both("single-label", noise=0.5)
    settings = quick(tmp_path, max_steps=11, batch=32, learning_rate=1e-7)  # of the full 12
    early = probe([str(tiny)], train, heldout, dataclasses.replace(settings, extend=False))
    late = probe([str(tiny)], train, heldout, settings)
    assert early.results[0].verdict != "does-not-transfer"
    assert late.results[0].extended


def test_the_full_fine_tune_needs_no_more_steps_where_it_was_stopped_early(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pick_model.measure.probe import train as training

    rising = iter(range(1000))
    monkeypatch.setattr(training, "mean_loss", lambda *_: float(next(rising)))
    train, heldout = both("single-label", noise=0.5)
    settings = quick(tmp_path, max_steps=1000, seeds=1, learning_rate=1e-7)
    [result] = probe([str(tiny)], train, heldout, settings).results
    assert result.direct
    assert result.early_stopped
    assert result.steps < result.full_steps
    assert result.needs
    assert "more-steps" not in {one.code for one in result.needs_messages}


@pytest.mark.parametrize(("steps", "predicted"), [(3, 400), (20, 450)])
def test_few_steps_are_judged_by_no_more_rows_than_they_are_worth(
    tiny: Path, tmp_path: Path, steps: int, predicted: int
) -> None:
    train, _ = both("single-label")
    heldout = make_rows("single-label", 450, seed=9)
    settings = quick(tmp_path, max_steps=steps, batch=16, extend=False)
    [result] = probe([str(tiny)], train, heldout, settings).results
    told = [one for one in result.dropped_messages if one.code == "rows-predicted"]
    assert [one.values["n"] for one in told] == ([predicted] if predicted < 450 else [])
    assert result.confusion is not None
    counted = sum(sum(line) for line in result.confusion.counts)
    assert counted == pytest.approx(predicted)


def test_the_same_command_gives_the_same_bytes_save_the_timings(tiny: Path, tmp_path: Path) -> None:
    reports = [
        probe([str(tiny)], *both("single-label"), quick(tmp_path / name)) for name in ("a", "b")
    ]
    a, b = (json.dumps(deterministic_part(r), sort_keys=True) for r in reports)
    assert a == b


def test_what_depends_on_the_clock_is_in_the_timings_alone(tiny: Path, tmp_path: Path) -> None:
    report = probe([str(tiny)], *both("single-label"), quick(tmp_path))
    kept = deterministic_part(report)["results"][0]
    for key in ("seconds", "peak_memory_gib", "timing"):
        assert key not in kept
        assert key in report.results[0].model_dump()
    assert not [key for key in kept if "second" in key]
    assert report.made_on == datetime.date.today().isoformat()
    assert "made_on" not in deterministic_part(report)


def test_baselines_are_also_fitted_on_the_rows_trained_on_where_those_are_fewer(
    tiny: Path, tmp_path: Path
) -> None:
    train, heldout = both("single-label")
    [part] = probe([str(tiny)], train, heldout, quick(tmp_path, max_rows=60)).results
    [whole] = probe([str(tiny)], train, heldout, quick(tmp_path, max_steps=30)).results
    assert (part.rows, whole.rows) == (60, 112)  # of 140, a fifth chooses
    for name in ("majority", "tfidf"):
        alike = part.baselines[name].same_rows
        assert alike is not None
        assert alike.rows == 60
        assert alike.difference.low <= alike.difference.value <= alike.difference.high
        assert whole.baselines[name].same_rows is None
    assert part.baselines["frozen"].same_rows is None  # is always of the same rows


def test_another_seed_gives_another_report(tiny: Path, tmp_path: Path) -> None:
    a, b = (
        probe([str(tiny)], *both("regression"), quick(tmp_path, seed=seed)).results[0]
        for seed in (0, 5)
    )
    assert a.seeds == (0, 1)
    assert b.seeds == (5, 6)
    assert a.seed_scores != b.seed_scores


def test_a_second_run_trains_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pick_model.measure.probe import train as training

    first = probe([str(tiny)], *both("single-label"), quick(tmp_path))

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("trained again")

    monkeypatch.setattr(training, "train", never)
    second = probe([str(tiny)], *both("single-label"), quick(tmp_path))
    assert deterministic_part(first) == deterministic_part(second)
    assert second.results[0].timing.resumed > 0


@pytest.mark.parametrize(
    "change",
    [{"learning_rate": 1e-3}, {"batch": 8}, {"max_length": 4}, {"class_weights": "balanced"}],
)
def test_other_options_are_not_read_from_the_store(
    tiny: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    a, b = (
        probe([str(tiny)], *both("regression"), quick(tmp_path, **more)).results[0]
        for more in ({}, change)
    )
    assert b.timing.resumed <= 4  # lengths, speed, frozen features, baselines; no run
    assert "class_weights" in change or a.seed_scores != b.seed_scores


def test_other_weights_are_not_read_from_the_store(tiny: Path, tmp_path: Path) -> None:
    import shutil

    from safetensors.torch import load_file, save_file

    other = tmp_path / "other"
    shutil.copytree(tiny, other)
    weights = load_file(other / "model.safetensors")
    save_file(
        {k: v * 1.1 for k, v in weights.items()}, other / "model.safetensors", {"format": "pt"}
    )
    settings = quick(tmp_path / "cache")
    a, b = (
        probe([str(folder)], *both("regression"), settings).results[0] for folder in (tiny, other)
    )
    assert a.weights_digest != b.weights_digest
    assert a.seed_scores != b.seed_scores


def test_several_models_are_reported_in_the_order_asked_for(
    tiny: Path, one_layer: Path, tmp_path: Path
) -> None:
    settings = quick(tmp_path, method="linear")
    report = probe([str(one_layer), str(tiny)], *both("single-label"), settings)
    assert [r.model for r in report.results] == [str(one_layer), str(tiny)]


def test_the_curve_rises_in_rows_and_ends_at_the_score(tiny: Path, tmp_path: Path) -> None:
    train, heldout = both("single-label", 300)
    [result] = probe([str(tiny)], train, heldout, quick(tmp_path, extend=False)).results
    single = [p for p in result.curve if p.passes <= 1]
    assert [p.rows for p in single] == sorted({p.rows for p in single})
    assert single[-1].score == result.score
    assert result.total_steps >= sum(p.steps * p.seeds for p in result.curve)


def test_progress_ends_every_run_it_begins(tiny: Path, tmp_path: Path) -> None:
    ticks: list[Progress] = []
    probe([str(tiny)], *both("single-label"), quick(tmp_path), ticks.append)
    last = {say(tick.stage): tick for tick in ticks if not tick.note}
    assert last
    assert all(tick.done == tick.total for tick in last.values())


def test_a_file_sampled_down_is_extrapolated_to_its_whole(tiny: Path, tmp_path: Path) -> None:
    train, heldout = both("single-label")
    train = dataclasses.replace(train, n_total=14_000)
    [result] = probe([str(tiny)], train, heldout, quick(tmp_path)).results
    assert result.extrapolated.rows == pytest.approx(14_000 * result.rows / len(train), rel=0.2)


def test_no_model_is_an_input_error() -> None:
    with pytest.raises(InputError, match="no model"):
        probe([], *both("single-label"))


def test_an_unknown_metric_is_a_usage_error(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="accuracy"):
        probe([str(tiny)], *both("single-label"), quick(tmp_path, metric="acuracy"))


def test_a_missing_extra_is_exit_4_with_the_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r'pip install "pick-model\[probe\]"') as caught:
        probe(["org/name"], *both("single-label"))
    assert caught.value.exit_code == 4


def test_the_threads_asked_for_are_used_and_put_back(tiny: Path, tmp_path: Path) -> None:
    report = probe([str(tiny)], *both("single-label"), quick(tmp_path, threads=2))
    assert report.environment.threads == 2
    assert torch.get_num_threads() == 1


@pytest.mark.slow
def test_minilm_transfers_to_real_topics(
    minilm: Path, real: Callable[..., Any], tmp_path: Path
) -> None:
    """204 topics of sib200, where TF-IDF has .72 and MiniLM well above .8."""
    train, heldout = real("sib200_en", 200, 204)
    settings = Settings(
        max_steps=10, seeds=1, extend=False, learning_rate=2e-4, max_length=48, cache=tmp_path
    )
    [result] = probe([str(minilm)], train, heldout, settings).results
    assert result.verdict == "transfers"
