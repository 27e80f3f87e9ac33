"""The training loop's mechanics, on a model of width 16."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pick_model.encoders.load import IGNORE, Encoded, Loaded, encode, load, pick_device  # noqa: E402
from pick_model.encoders.network import Head, Net  # noqa: E402
from pick_model.errors import EnvironmentProblem  # noqa: E402  after the skip
from pick_model.measure.probe import train as training  # noqa: E402
from pick_model.measure.probe.clock import Stopwatch, TimeAccount  # noqa: E402
from pick_model.measure.probe.train import Job, rate_at, train  # noqa: E402
from tests.measure.conftest import make_rows  # noqa: E402

KINDS = ["single-label", "multi-label", "regression", "tokens"]


@pytest.fixture(scope="module")
def loaded(tiny: Path) -> Loaded:
    return load(tiny, device="cpu", precision="fp32")


def encoded(loaded: Loaded, kind: str, n: int = 24, **options: Any) -> Encoded:
    return encode(make_rows(kind, n, **options), loaded, 32)


def job(**changes: Any) -> Job:
    return Job(**{"seed": 0, "steps": 6, "learning_rate": 1e-3, "batch": 8, **changes})


def run(
    loaded: Loaded, rows: Encoded, one: Job, head: Head | None = None
) -> training.TrainingOutcome:
    return train(loaded, rows, rows.take(range(8)), rows, head, one, lambda _: 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_label_trains_and_gives_a_line_a_prediction(
    loaded: Loaded, kind: str
) -> None:
    rows = encoded(loaded, kind)
    outcome = run(loaded, rows, job())
    lines = sum(len(s) for s in rows.starts) if kind == "tokens" else len(rows)
    assert outcome.logits.shape == (lines, rows.n_outputs)
    assert np.isfinite(outcome.logits).all()
    assert outcome.steps == 6


def test_pairs_are_joined_by_the_tokenizer_and_told_apart(loaded: Loaded) -> None:
    rows = encoded(loaded, "single-label", pairs=True)
    separator = loaded.tokenizer.sep_token_id
    assert rows.inputs[0]["input_ids"].count(separator) == 2
    assert set(rows.inputs[0]["token_type_ids"]) == {0, 1}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(loaded: Loaded) -> None:
    rows = encoded(loaded, "single-label")
    a, b, c = (run(loaded, rows, job(seed=seed)).logits for seed in (0, 0, 1))
    assert a.tobytes() == b.tobytes()
    assert a.tobytes() != c.tobytes()


def test_a_run_leaves_the_pretrained_weights_as_they_were(loaded: Loaded) -> None:
    before = {k: v.clone() for k, v in loaded.encoder.state_dict().items()}
    run(loaded, encoded(loaded, "single-label"), job())
    assert all(torch.equal(v, before[k]) for k, v in loaded.encoder.state_dict().items())


def test_a_run_leaves_torchs_own_state_as_it_was(loaded: Loaded) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    run(loaded, encoded(loaded, "single-label"), job())
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]


def test_every_pass_sees_every_row_once(loaded: Loaded) -> None:
    rows = encoded(loaded, "single-label", 21)
    batches = training.epochs(rows, 8, seed=3)
    passes = [[row for _ in range(3) for row in next(batches)] for _ in range(2)]
    assert [sorted(p) for p in passes] == [list(range(21))] * 2
    assert passes[0] != passes[1]


def test_the_rate_rises_over_a_tenth_and_falls_to_zero() -> None:
    rate = rate_at(100)
    values = [rate(step) for step in range(101)]
    assert values.index(max(values)) == 10
    assert values[100] == 0
    assert all(a <= b for a, b in pairwise(values[:11]))
    assert all(a >= b for a, b in pairwise(values[10:]))


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_in_pieces_are_the_gradients_of_the_batch(loaded: Loaded, kind: str) -> None:
    rows = encoded(loaded, kind)
    chosen = list(range(12))
    found = []
    for micro in (12, 5):
        torch.manual_seed(0)
        net = Net(loaded, loaded.encoder, rows.n_outputs, kind == "tokens").eval()
        net.zero_grad()
        scaler = torch.amp.GradScaler("cpu", enabled=False)
        loss, _ = training.accumulate(net, loaded, rows, chosen, None, scaler, micro)
        found.append((loss, net.head.weight.grad.clone()))
    net.zero_grad(set_to_none=True)
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-5)
    torch.testing.assert_close(found[0][1], found[1][1], rtol=1e-4, atol=1e-6)


class Timed:
    """A clock that a step moves by the size of its batch, and by how slow the machine is then."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, slow: Callable[[int], float], fixed: float = 0.0
    ) -> None:
        """fixed: of a step of the mean batch, what takes as long whatever the batch is."""
        self.time, self.steps, self.rates = 0.0, 0, dict[int, float]()

        def accumulate(net: Net, _: Loaded, rows: Encoded, chosen: list[int], *__: Any) -> Any:
            by_size = (1 - fixed) * training.size_of(rows, chosen)
            self.time += slow(self.steps) * (by_size + fixed * self.typical)
            self.steps += 1
            sum(p.sum() for p in net.parameters()).backward()
            return 0.0, len(chosen)

        def seen(schedule: Callable[..., Any]) -> Callable[..., Any]:
            def made(*asked: Any) -> Callable[[int], float]:
                rate = schedule(*asked)

                def at(step: int) -> float:
                    self.rates[step] = rate(step)  # the last one asked for is the step's
                    return self.rates[step]

                return at

            return made

        monkeypatch.setattr(training, "accumulate", accumulate)
        monkeypatch.setattr(training, "falling", seen(training.falling))
        monkeypatch.setattr(training, "rate_at", seen(training.rate_at))

    def run(self, loaded: Loaded, seconds: float, steps: int = 60) -> training.TrainingOutcome:
        """Of rows of very different lengths; seconds: as many as so many tokens take."""
        rows = encoded(loaded, "single-label", 160)
        sizes = np.random.default_rng(0).lognormal(3, 1.2, len(rows)).astype(int) + 1
        rows = dataclasses.replace(rows, sizes=list(map(int, sizes)))
        one = job(steps=steps, evaluations=0)
        self.typical = training.mean_size(rows, one)
        account = TimeAccount(seconds * steps * self.typical, lambda: self.time, 0.0)
        watch = Stopwatch(account, self.typical, lambda _: 0.0)
        none = rows.take([])
        return train(loaded, rows, none, none, None, one, lambda _: 0.0, watch=watch)


@pytest.mark.parametrize("fixed", [0.0, 0.5, 0.9])
def test_long_batches_in_a_row_do_not_end_a_run(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch, fixed: float
) -> None:
    clock = Timed(monkeypatch, lambda _: 1.0, fixed)
    made = clock.run(loaded, seconds=1.25)
    assert (made.steps, made.cut) == (60, False)
    assert made.step_seconds == pytest.approx(clock.typical, rel=0.1)


def test_a_run_that_a_slow_spell_cut_goes_on_after_it(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the rate that it would have had."""
    clock = Timed(monkeypatch, lambda step: 4.0 if 10 <= step < 20 else 1.0)
    made = clock.run(loaded, seconds=1.7)
    planned = rate_at(60)
    assert clock.rates[20] < planned(20)
    later = range(40, 60)
    assert [clock.rates[step] for step in later] == pytest.approx(
        list(map(planned, later)), abs=0.03
    )
    assert (made.steps, made.cut, made.timed) == (60, False, True)


@pytest.mark.parametrize("seconds", [1.0, 1.2, 1.47, 1.6])
def test_no_step_of_a_run_cut_or_lengthened_learns_nothing(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    clock = Timed(monkeypatch, lambda step: 10.0 if 8 <= step < 13 else 1.0)
    made = clock.run(loaded, seconds=seconds)
    assert made.timed
    assert all(clock.rates[step] > 0 for step in range(made.steps))


def test_a_run_cut_while_its_rate_still_rises_gets_to_the_full_rate(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Falling to zero from the first steps' rate it would learn nothing."""
    clock = Timed(monkeypatch, lambda _: 2.0)
    made = clock.run(loaded, seconds=1.0)
    assert made.cut
    assert 20 <= made.steps <= 35
    assert max(clock.rates.values()) > 0.8


class Short:
    """An encoder's memory that holds no more than `most` rows."""

    def __init__(self, most: int, error: Exception) -> None:
        self.most, self.error = most, error

    def __call__(self, _: Any, args: Any, kwargs: Any) -> None:
        if torch.is_grad_enabled() and kwargs["input_ids"].shape[0] > self.most:
            raise self.error


OUT = [
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
    torch.cuda.OutOfMemoryError("CUDA out of memory"),
    MemoryError(),
]


@pytest.mark.parametrize("error", OUT, ids=lambda e: type(e).__name__)
def test_out_of_memory_halves_the_batch_and_goes_on(loaded: Loaded, error: Exception) -> None:
    rows = encoded(loaded, "single-label")
    hook = loaded.encoder.register_forward_pre_hook(Short(3, error), with_kwargs=True)
    try:
        outcome = run(loaded, rows, job())
    finally:
        hook.remove()
    assert outcome.micro_batch == 2
    assert outcome.steps == 6


def test_out_of_memory_at_one_row_is_exit_4_and_says_what_helps(loaded: Loaded) -> None:
    rows = encoded(loaded, "single-label")
    hook = loaded.encoder.register_forward_pre_hook(Short(0, OUT[0]), with_kwargs=True)
    try:
        with pytest.raises(EnvironmentProblem, match="--method lora") as caught:
            run(loaded, rows, job())
    finally:
        hook.remove()
    assert caught.value.exit_code == 4


def test_other_errors_of_a_model_are_not_taken_for_memory_and_said(loaded: Loaded) -> None:
    rows = encoded(loaded, "single-label")
    hook = loaded.encoder.register_forward_pre_hook(
        Short(0, RuntimeError("shapes do not match")), with_kwargs=True
    )
    try:
        with pytest.raises(EnvironmentProblem, match="shapes do not match") as caught:
            run(loaded, rows, job())
    finally:
        hook.remove()
    assert caught.value.code != "out-of-memory"


def test_checkpointing_changes_memory_and_not_the_result(loaded: Loaded) -> None:
    rows = encoded(loaded, "single-label")
    plain, frugal = (run(loaded, rows, job(checkpointing=c)).logits for c in (False, True))
    np.testing.assert_allclose(plain, frugal, rtol=1e-4, atol=1e-5)


def test_a_run_stops_when_the_tuning_rows_stop_improving(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = encoded(loaded, "single-label")
    losses = iter([1.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3])
    monkeypatch.setattr(training, "mean_loss", lambda *_: next(losses))
    outcome = run(loaded, rows, job(steps=60, evaluations=10))
    assert outcome.early_stopped
    assert [p.step for p in outcome.curve] == [6, 12, 18, 24, 30]  # best at 12, three more


def test_one_pass_is_never_stopped_early(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = encoded(loaded, "single-label")
    rising = iter(range(100))
    monkeypatch.setattr(training, "mean_loss", lambda *_: float(next(rising)))
    outcome = run(loaded, rows, job(steps=3, evaluations=3))
    assert (outcome.early_stopped, outcome.steps) == (False, 3)


def test_class_weights_move_predictions_towards_the_heavy_class(loaded: Loaded) -> None:
    rows = encoded(loaded, "single-label")
    light = run(loaded, rows, job(class_weights=(1.0, 0.01))).logits
    heavy = run(loaded, rows, job(class_weights=(0.01, 1.0))).logits
    assert (heavy[:, 1] - heavy[:, 0]).mean() > (light[:, 1] - light[:, 0]).mean()


def test_lora_trains_adapters_and_the_head_alone(loaded: Loaded) -> None:
    pytest.importorskip("peft")
    net = training.build(loaded, encoded(loaded, "single-label"), None, job(method="lora"))
    trained = {name for name, p in net.named_parameters() if p.requires_grad}
    assert trained
    assert all("lora_" in name or name.startswith("head.") for name in trained)
    outcome = run(loaded, encoded(loaded, "single-label"), job(method="lora"))
    assert np.isfinite(outcome.logits).all()


def test_the_first_head_is_where_a_run_starts(loaded: Loaded) -> None:
    """With a rate of next to nothing the head given is the head that predicts."""
    rows = encoded(loaded, "single-label")
    head = Head(np.zeros((2, 16), dtype=np.float32), np.array([3.0, -3.0], dtype=np.float32))
    outcome = run(loaded, rows, job(learning_rate=1e-9), head)
    np.testing.assert_allclose(outcome.logits, np.tile([3.0, -3.0], (24, 1)), atol=1e-3)


def test_predictions_come_in_the_rows_order_whatever_their_length(loaded: Loaded) -> None:
    rows = encoded(loaded, "tokens", 30)
    net = Net(loaded, loaded.encoder, rows.n_outputs, by_token=True)
    together = training.predict(net, loaded, rows)
    alone = [training.predict(net, loaded, rows.take([i])) for i in range(30)]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-4, atol=1e-5)


def test_words_cut_off_by_the_length_are_marked(loaded: Loaded) -> None:
    rows = encode(make_rows("tokens", 12), loaded, 4)
    net = Net(loaded, loaded.encoder, rows.n_outputs, by_token=True)
    logits = training.predict(net, loaded, rows)
    assert len(logits) == sum(len(s) for s in rows.starts)
    assert np.isnan(logits).any()
    assert run(loaded, rows, job()).logits.shape == logits.shape


def test_a_tokenizer_that_pads_on_the_left_reads_the_same_tokens(loaded: Loaded) -> None:
    left = dataclasses.replace(loaded)
    rows = encoded(loaded, "tokens", 10)
    net = Net(loaded, loaded.encoder, rows.n_outputs, by_token=True)
    right = training.predict(net, loaded, rows)
    side = loaded.tokenizer.padding_side
    try:
        left.tokenizer.padding_side = "left"
        shifted, targets = training.collate(rows, list(range(10)), left)
    finally:
        left.tokenizer.padding_side = side
    at = targets != IGNORE
    assert int(at.sum()) == len(right)
    assert (shifted["attention_mask"][at] == 1).all()


def test_an_unknown_device_is_exit_4() -> None:
    with pytest.raises(EnvironmentProblem, match="no device"):
        pick_device("cuda:77")


def test_a_folder_that_transformers_cannot_read_is_exit_4(tiny: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny, tmp_path / "new")
    (tmp_path / "new" / "config.json").write_text('{"model_type": "no-such-architecture"}')
    with pytest.raises(EnvironmentProblem, match="cannot load"):
        load(tmp_path / "new")


def test_weights_of_another_architecture_are_refused_instead_of_random_ones(
    tiny: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    shutil.copytree(tiny, tmp_path / "other")
    file = tmp_path / "other" / "model.safetensors"
    weights = {f"elsewhere.{name}": value for name, value in load_file(file).items()}
    save_file(weights, file, {"format": "pt"})
    with pytest.raises(EnvironmentProblem, match="lack"):
        load(tmp_path / "other")


def test_loading_leaves_transformers_as_talkative_as_it_was(tiny: Path) -> None:
    from transformers.utils import logging

    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    load(tiny, device="cpu")
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before
