"""Figures that must not depend on a unit, a batch's pieces or a label that never changes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pick_model.data.dataset import Dataset  # noqa: E402
from pick_model.encoders.load import Loaded, encode, load  # noqa: E402
from pick_model.encoders.network import Net, predict  # noqa: E402
from pick_model.errors import EnvironmentProblem, InputError  # noqa: E402
from pick_model.measure.probe import frozen, train  # noqa: E402
from pick_model.measure.probe.baselines import baselines  # noqa: E402
from pick_model.measure.probe.metrics import Scorer  # noqa: E402
from pick_model.measure.probe.pieces import Run  # noqa: E402
from pick_model.measure.probe.predictors import PREDICTORS  # noqa: E402
from pick_model.measure.probe.rows import make_sets  # noqa: E402
from pick_model.measure.probe.run import probe  # noqa: E402
from pick_model.measure.probe.scores import stuck  # noqa: E402
from pick_model.measure.probe.settings import Settings  # noqa: E402
from pick_model.measure.probe.tagger import words_fitted  # noqa: E402
from pick_model.measure.probe.thresholds import DecisionRule  # noqa: E402
from tests.measure.conftest import make_rows  # noqa: E402


@pytest.fixture(scope="module")
def loaded(tiny: Path) -> Loaded:
    return load(tiny, device="cpu", precision="fp32")


def scaled(rows: Dataset, unit: float) -> Dataset:
    return dataclasses.replace(rows, labels=tuple(unit * float(y) for y in rows.labels))


@pytest.mark.parametrize("unit", [1e-12, 1e-7, 1.0, 1e9])
@pytest.mark.parametrize("metric", ["pearson", "spearman"])
def test_a_correlation_does_not_depend_on_the_unit(unit: float, metric: str) -> None:
    rows = make_rows("regression", 80)
    said = [float(y) + 0.3 * (-1) ** i for i, y in enumerate(rows.labels)]
    plain = Scorer(rows, metric, replicates=50)
    other = Scorer(scaled(rows, unit), metric, replicates=50)
    assert other.score([unit * y for y in said]) == pytest.approx(plain.score(said))
    np.testing.assert_allclose(other.resampled([unit * y for y in said]), plain.resampled(said))


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e-9, 7e12])
def test_a_constant_correlates_with_nothing_whatever_its_size(constant: float) -> None:
    scorer = Scorer(make_rows("regression", 60), "pearson", replicates=20)
    assert scorer.score([constant] * 60) == 0
    assert not scorer.resampled([constant] * 60).any()


@pytest.mark.parametrize("unit", [1e-7, 1e6])
def test_a_probe_of_targets_in_another_unit_says_the_same(
    tiny: Path, tmp_path: Path, unit: float
) -> None:
    settings = Settings(
        max_steps=6, seeds=1, precision="fp32", metric="rmse", cache=tmp_path, learning_rate=1e-3
    )
    sets = make_rows("regression", 120), make_rows("regression", 60, seed=9)
    [plain] = probe([str(tiny)], *sets, settings).results
    [other] = probe([str(tiny)], *(scaled(part, unit) for part in sets), settings).results
    assert other.score == pytest.approx(unit * plain.score, rel=1e-3)
    assert other.verdict == plain.verdict
    assert other.majority_only == plain.majority_only
    for name, line in plain.baselines.items():
        assert other.baselines[name].score == pytest.approx(unit * line.score, rel=1e-2)


def test_numbers_far_from_zero_are_not_taken_for_one_number() -> None:
    varied = Run([1e6, 1e6 + 1.0, 1e6 - 1.0])
    same = Run([1e6, 1e6 + 1e-5, 1e6])
    assert not stuck([varied], "regression", scale=1.0)
    assert stuck([same], "regression", scale=1.0)


def test_a_number_that_came_apart_is_the_mean(loaded: Loaded) -> None:
    rows = encode(make_rows("regression", 3), loaded, 16)
    logits = np.array([[0.5], [np.nan], [np.inf]], dtype=np.float32)
    decided = PREDICTORS["regression"].decide(logits, rows, DecisionRule(mean=2.0, scale=4.0))
    assert decided == [4.0, 2.0, 2.0]


@pytest.mark.parametrize("micro", [1, 2, 5])
def test_weighted_classes_give_the_same_gradients_in_pieces_of_any_size(
    loaded: Loaded, micro: int
) -> None:
    rows = encode(make_rows("single-label", 24), loaded, 32)
    weights = torch.tensor([0.2, 4.0])
    found = []
    for size in (12, micro):
        torch.manual_seed(0)
        net = Net(loaded, loaded.encoder, rows.n_outputs, by_token=False).eval()
        net.zero_grad()
        scaler = torch.amp.GradScaler("cpu", enabled=False)
        loss, _ = train.accumulate(net, loaded, rows, list(range(12)), weights, scaler, size)
        found.append((loss, net.head.weight.grad.clone()))
    net.zero_grad(set_to_none=True)
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-5)
    torch.testing.assert_close(found[0][1], found[1][1], rtol=1e-4, atol=1e-6)


def every_row(n: int, seed: int) -> Dataset:
    """Label 0 is on every row, label 2 on none, label 1 on those that say something good."""
    rows = make_rows("single-label", n, seed=seed)
    labels = tuple((0, 1) if y else (0,) for y in rows.labels)
    return dataclasses.replace(
        rows, kind="multi-label", labels=labels, label_names=("always", "good", "never")
    )


def test_a_label_that_every_row_carries_is_always_said_by_tfidf() -> None:
    rows, tuning, heldout = (every_row(n, seed) for seed, n in enumerate((120, 40, 60)))
    said = baselines(rows, tuning, heldout, "micro_f1")["tfidf"]
    assert all(0 in labels and 2 not in labels for labels in said)


def test_a_label_that_every_row_carries_starts_the_head_certain(
    loaded: Loaded, tiny: Path, tmp_path: Path
) -> None:
    rows = encode(every_row(60, 0), loaded, 32)
    x = frozen.features(loaded, rows)
    head, _ = frozen.fit_head(x, rows, x, rows)
    logits = x @ head.weight.T + head.bias
    assert (logits[:, 0] > 5).all()
    assert (logits[:, 2] < -5).all()
    settings = Settings(max_steps=4, seeds=1, precision="fp32", cache=tmp_path)
    [result] = probe([str(tiny)], every_row(120, 1), every_row(60, 2), settings).results
    assert result.score > 0.7


def test_a_single_class_is_what_tfidf_says() -> None:
    rows = dataclasses.replace(make_rows("single-label", 30), labels=(1,) * 30)
    heldout = make_rows("single-label", 10, seed=3)
    assert baselines(rows, rows.take(range(5)), heldout, "accuracy")["tfidf"] == [1] * 10


def test_a_baseline_says_on_how_many_rows_it_was_fitted(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pick_model.measure.probe import plan

    monkeypatch.setattr(plan, "FEATURE_ROWS_DEFAULT", 70)
    settings = Settings(max_steps=21, seeds=1, precision="fp32", cache=tmp_path)
    sets = make_rows("single-label", 140), make_rows("single-label", 60, seed=9)
    [result] = probe([str(tiny)], *sets, settings).results
    assert result.rows == 112
    assert result.baselines["frozen"].rows == 70
    assert result.baselines["tfidf"].rows == 112


def test_a_taggers_baseline_says_on_how_many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from pick_model.measure.probe import tagger

    rows, tuning = make_rows("tokens", 40), make_rows("tokens", 10, seed=1)
    assert words_fitted(rows, tuning) is None
    monkeypatch.setattr(tagger, "MAX_TAGGED_WORDS", 120)
    assert words_fitted(rows, tuning) == 120


def test_out_of_memory_at_predicting_one_row_is_exit_4(loaded: Loaded) -> None:
    rows = encode(make_rows("single-label", 4), loaded, 16)
    net = Net(loaded, loaded.encoder, rows.n_outputs, by_token=False)

    def full(*_: Any) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    hook = loaded.encoder.register_forward_pre_hook(full)
    try:
        with pytest.raises(EnvironmentProblem, match="predicting one row") as caught:
            predict(net, loaded, rows)
    finally:
        hook.remove()
    assert caught.value.exit_code == 4


def test_pairs_are_not_scored_on_single_texts() -> None:
    pairs, single = make_rows("single-label", 60, pairs=True), make_rows("single-label", 30)
    for train_rows, heldout in ((pairs, single), (single, pairs)):
        with pytest.raises(InputError, match="pairs of texts"):
            make_sets(train_rows, heldout, 0)
