"""Time a device: products of matrices, and steps of small random networks built here.

Nothing is downloaded and no weights are read. Two widths of one encoder tell arithmetic from
memory, a batch of one tells what launching takes; a small residual network does the same for
convolutions. Needs torch and transformers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pick_model.cost.forward import layer_flops
from pick_model.cost.outputs import DROPPED, FUSED, layer_outputs, plain_sizes
from pick_model.cost.rates import WIDTH, Step, step_of
from pick_model.documents.catalog import Shape
from pick_model.documents.hardware import Arithmetic, NetworkKind, Phase, Timing
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

if TYPE_CHECKING:
    import torch
    from torch import nn

TOKENS = 128
PIXELS = 64
# Layers, hidden size and heads: one encoder that memory holds back, one that arithmetic does.
SHAPES = ((4, 256, 4), (2, 768, 12))
VOCABULARY = 1000  # small: looking up is not what is timed
LEAST, MOST = 3, 50  # steps timed
TIMES = 2  # everything is timed so often, some seconds apart; what disturbed one misses the other
MATRIX = {"cpu": 1024, "cuda": 8192, "mps": 4096}  # rows and columns
PHASES: tuple[Phase, ...] = ("infer", "train")
BATCHES = {"cpu": (1, 4), "cuda": (1, 64), "mps": (1, 16)}

Clock = Callable[[], float]


class Network(NamedTuple):
    """A random network, one input of a batch of it, and what a forward pass of one costs."""

    name: str
    kind: NetworkKind
    model: nn.Module
    inputs: Callable[[int], dict[str, torch.Tensor]]
    flops: float
    written: float
    layers: float
    scores: float = 0.0  # written beside, in training on a processor: attention's dropout


def torch_device(kind: str) -> str:
    """The torch device that a machine of this kind is. Raises EnvironmentProblem without one."""
    import torch

    if kind == "cpu":
        return "cpu"
    device = "mps" if kind == "mps" else "cuda"  # ROCm calls itself so too
    there = torch.backends.mps.is_available() if kind == "mps" else torch.cuda.is_available()
    if not there:
        raise EnvironmentProblem(
            message("device-not-seen", version=str(torch.__version__), device=kind.upper()),
            hint=message("install-torch-for-it"),
            code="device",
        )
    return device


def calibrate(
    device: str,
    budget: float = 20.0,
    now: Clock = time.perf_counter,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Timing]:
    """Timings of a torch device ("cpu", "cuda", "mps") in about `budget` seconds.

    `tell` is given the name of each piece before it is timed.
    """
    networks = [_encoder(*shape) for shape in SHAPES] + [_residual()]
    arithmetics = _arithmetics(device)
    batches = BATCHES[device]
    each = budget / (len(networks) * len(arithmetics) * len(batches) * 2 * TIMES)
    found: dict[tuple[object, ...], Timing] = {}
    for _ in range(TIMES):
        for network in networks:
            network.model.to(device)
            for dtype in arithmetics:
                for batch in batches:
                    for phase in PHASES:
                        tell(f"{network.name}, {batch} at once, {dtype}, {phase}")
                        new = _timing(network, device, dtype, phase, batch, each, now)
                        same = (new.what, dtype, phase)
                        found[same] = min(found.get(same, new), new, key=lambda t: t.seconds)
            network.model.cpu()
    return list(found.values())


def matrix_tflops(device: str, budget: float = 1.0, now: Clock = time.perf_counter) -> float:
    """TFLOP/s of a product of square fp32 matrices."""
    import torch

    n = MATRIX[device]
    a, b = torch.randn(n, n, device=device), torch.randn(n, n, device=device)
    return 2 * n**3 / step_seconds(lambda: torch.mm(a, b), device, budget, now) / 1e12


def _arithmetics(device: str) -> tuple[Arithmetic, ...]:
    return ("fp32", "mixed") if device == "cuda" else ("fp32",)


def _timing(
    network: Network,
    device: str,
    dtype: Arithmetic,
    phase: Phase,
    batch: int,
    budget: float,
    now: Clock,
) -> Timing:
    step = network_step(network, dtype, phase, batch, device)
    inputs = {name: value.to(device) for name, value in network.inputs(batch).items()}
    run = step_runner(network.model, inputs, device, dtype, phase)
    return Timing(
        origin="calibration",
        what=f"random {network.name}, {batch} at once",
        kind=network.kind,
        phase=phase,
        dtype=dtype,
        flops=step.flops,
        moved_bytes=step.moved_bytes,
        launches=step.launches,
        seconds=step_seconds(run, device, budget, now),
        made_on=date.today().isoformat(),
    )


def network_step(
    network: Network, dtype: Arithmetic, phase: Phase, batch: int, device: str = "cpu"
) -> Step:
    """What one step of `batch` inputs computes."""
    weights = float(sum(p.numel() for p in network.model.parameters()))
    training = phase == "train"
    scores = network.scores if training and device == "cpu" else 0.0
    return step_of(
        passes=3.0 if training else 1.0,
        flops=batch * network.flops,
        written=batch * (network.written + scores),
        weights=weights,
        trained=weights if training else 0.0,
        layers=network.layers,
        width=WIDTH[dtype],
    )


def step_runner(
    model: nn.Module, inputs: dict[str, torch.Tensor], device: str, dtype: Arithmetic, phase: Phase
) -> Callable[[], object]:
    """A function that runs one step: a forward pass, or AdamW's whole one."""
    import torch

    def cast() -> AbstractContextManager[object]:
        return nullcontext() if dtype == "fp32" else torch.autocast(device, dtype=torch.float16)

    def infer() -> None:
        with torch.inference_mode(), cast():
            model(**inputs)

    if phase == "infer":
        model.eval()
        return infer
    model.train()
    fused = device in ("cpu", "cuda")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, fused=fused)

    def train() -> None:
        with cast():
            loss = model(**inputs).last_hidden_state.float().square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return train


def step_seconds(run: Callable[[], object], device: str, budget: float, now: Clock) -> float:
    """Seconds of one call, after one to warm up: the lower quartile of as many as fit the budget.

    What else the machine does now slows some of them and says nothing about later.
    """
    run()
    _wait(device)
    took: list[float] = []
    begun = now()
    while len(took) < LEAST or (now() - begun < budget and len(took) < MOST):
        start = now()
        run()
        _wait(device)
        took.append(now() - start)
    return sorted(took)[len(took) // 4]


def _wait(device: str) -> None:
    """Until the device has done all that it was given."""
    import torch

    if device == "cuda":
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()


def _encoder(layers: int, hidden: int, heads: int) -> Network:
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        num_hidden_layers=layers,
        hidden_size=hidden,
        intermediate_size=4 * hidden,
        num_attention_heads=heads,
        vocab_size=VOCABULARY,
        max_position_embeddings=TOKENS,
    )
    shape = Shape(n_layers=layers, hidden_size=hidden, intermediate_size=4 * hidden, n_heads=heads)
    return Network(
        name=f"encoder {layers}x{hidden}, {TOKENS} tokens",
        kind="transformer",
        model=BertModel(config, add_pooling_layer=False),
        inputs=lambda batch: {"input_ids": torch.randint(0, VOCABULARY, (batch, TOKENS))},
        flops=layers * layer_flops(shape, TOKENS),
        written=layers * layer_outputs(plain_sizes(shape, TOKENS), TOKENS, FUSED, gated=False),
        layers=layers,
        scores=DROPPED * layers * heads * TOKENS**2,
    )


def _residual() -> Network:
    import torch
    from transformers import ResNetConfig, ResNetModel

    config = ResNetConfig(
        embedding_size=64, hidden_sizes=[256, 512], depths=[2, 2], layer_type="bottleneck"
    )
    model = ResNetModel(config)

    def inputs(batch: int) -> dict[str, torch.Tensor]:
        return {"pixel_values": torch.randn(batch, 3, PIXELS, PIXELS)}

    counted = list(_convolutions(model, inputs(1)))
    return Network(
        name=f"residual network, {PIXELS} pixels",
        kind="convolution",
        model=model,
        inputs=inputs,
        flops=sum(flops for flops, _ in counted),
        written=sum(written for _, written in counted),
        layers=len(counted),
    )


def _convolutions(model: nn.Module, inputs: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """FLOPs and numbers written, of each convolution of one forward pass."""
    import torch

    found: list[tuple[float, float]] = []

    def count(layer: Any, _inputs: Any, output: Any) -> None:
        read = layer.in_channels // layer.groups * layer.kernel_size[0] * layer.kernel_size[1]
        found.append((2.0 * output.numel() * read, float(output.numel())))

    hooks = [
        layer.register_forward_hook(count)
        for layer in model.modules()
        if isinstance(layer, torch.nn.Conv2d)
    ]
    with torch.inference_mode():
        model.eval()(**inputs)
    for hook in hooks:
        hook.remove()
    return iter(found)
