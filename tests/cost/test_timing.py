"""What a calibration runs: networks whose costs are counted right, on devices that are there."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from pick_model.cost import timing  # noqa: E402
from pick_model.cost.rates import ACCESSES, OPTIMIZER_BYTES  # noqa: E402
from pick_model.cost.timing import (  # noqa: E402
    LEAST,
    MOST,
    TIMES,
    Network,
    calibrate,
    network_step,
    step_runner,
    step_seconds,
    torch_device,
)
from pick_model.errors import EnvironmentProblem  # noqa: E402


@pytest.fixture(params=["encoder", "residual"], scope="module")
def network(request: pytest.FixtureRequest) -> Network:
    return timing._encoder(2, 64, 2) if request.param == "encoder" else timing._residual()


def test_flops_are_those_of_torchs_counter(network: Network) -> None:
    inputs = network.inputs(3)
    # Attention fused for a processor is counted by no formula; the plain one costs as much.
    if network.kind == "transformer":
        config: Any = network.model.config
        config._attn_implementation = "eager"
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.model.eval()(**inputs)
    assert counter.get_total_flops() == pytest.approx(3 * network.flops, rel=0.02)


def test_numbers_written_are_the_outputs_of_products(network: Network) -> None:
    seen: list[int] = []

    def count(_layer: Any, _inputs: Any, output: Any) -> None:
        seen.append(output.numel())

    counted = (torch.nn.Linear, torch.nn.Conv2d)
    hooks = [
        m.register_forward_hook(count) for m in network.model.modules() if isinstance(m, counted)
    ]
    with torch.no_grad():
        out = network.model.eval()(**network.inputs(1)).last_hidden_state
    for hook in hooks:
        hook.remove()
    attended = network.layers * out.numel() if network.kind == "transformer" else 0
    assert sum(seen) + attended == network.written


def test_a_step_of_training_moves_three_passes_and_the_optimizers_numbers(network: Network) -> None:
    weights = sum(p.numel() for p in network.model.parameters())
    infer, train = (network_step(network, "fp32", phase, 5) for phase in ("infer", "train"))
    assert infer.flops == 5 * network.flops
    assert infer.moved_bytes == 4 * (ACCESSES * 5 * network.written + weights)
    assert train.flops == 3 * infer.flops
    scores = 4 * ACCESSES * 5 * network.scores  # of attention's dropout, in each pass
    assert train.moved_bytes == 3 * (infer.moved_bytes + scores) + OPTIMIZER_BYTES * weights
    # two layers of two heads, scores and what was drawn for each
    assert network.scores == (2 * 2 * 2 * 128**2 if network.kind == "transformer" else 0)
    card = network_step(network, "fp32", "train", 5, "cuda")
    assert card.moved_bytes == 3 * infer.moved_bytes + OPTIMIZER_BYTES * weights


def test_a_step_trains(network: Network) -> None:
    before = [p.detach().clone() for p in network.model.parameters()]
    step_runner(network.model, network.inputs(2), "cpu", "fp32", "train")()
    changed = [
        not torch.equal(a, b) for a, b in zip(before, network.model.parameters(), strict=True)
    ]
    assert sum(changed) > len(changed) / 2


@pytest.mark.parametrize("kind", ["gpu", "mps", "tpu"])
def test_a_device_torch_does_not_see_is_an_error_of_the_environment(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(EnvironmentProblem, match="does not see"):
        torch_device(kind)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert torch_device("gpu") == "cuda"
    assert torch_device("cpu") == "cpu"


@pytest.mark.parametrize(("each", "calls"), [(1.0, LEAST), (0.001, MOST), (0.1, 10)])
def test_a_step_is_repeated_as_often_as_the_budget_holds(each: float, calls: int) -> None:
    class Clock:
        at = 0.0

    made = 0

    def run() -> None:
        nonlocal made
        made += 1
        Clock.at += each

    assert step_seconds(run, "cpu", 1.0, lambda: Clock.at) == pytest.approx(each)
    assert abs(made - 1 - calls) <= 1  # one warms up


def test_a_step_that_was_held_up_counts_as_the_others() -> None:
    class Clock:
        at, steps = 0.0, iter([9.0, 0.1, 5.0, 0.1, 0.1, 3.0, 0.1, 0.1])

    def run() -> None:
        Clock.at += next(Clock.steps, 0.1)

    assert step_seconds(run, "cpu", 9.0, lambda: Clock.at) == pytest.approx(0.1)


def test_both_kinds_and_phases_are_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "SHAPES", ((1, 32, 2),))
    monkeypatch.setattr(timing, "BATCHES", {"cpu": (1, 2)})
    told: list[str] = []
    found = calibrate("cpu", 0.0, tell=told.append)
    assert len(found) == 8
    assert len(told) == 8 * TIMES
    assert {(t.kind, t.phase, t.dtype) for t in found} == {
        (kind, phase, "fp32") for kind in ("transformer", "convolution") for phase in ("train", "infer")
    }  # fmt: skip
    assert all(t.seconds > 0 for t in found)
