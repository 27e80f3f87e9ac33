"""Matrix products of reading, by the faster of the two libraries that torch carries.

torch multiplies fp32 matrices on a CPU by MKL, which keeps to AVX2 on processors that are not
Intel's. oneDNN, which torch takes for convolutions and 16 bits, writes its code for what the
processor has: on one core of an EPYC of 2024 253 GFLOP/s beside 112, and reading 500 rows with
MiniLM took .55 of the time. The products differ by rounding.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

# Primitives that oneDNN keeps, each with code and room for one shape of a product. Texts come in
# every length, and of 1,024, its default, none is asked for again: on 2,000 rows of subj they
# took 110 MB, and no time was gained by more than eight. A network of images has more shapes.
KEPT_SHAPES = 16


def keep_few_shapes() -> None:
    """To be called before the first product; of no effect where the environment says otherwise."""
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(KEPT_SHAPES))


@cache
def by_onednn() -> bool:
    """Whether this processor has AVX-512, which MKL takes on Intel's alone, and torch the operator.

    It is the one that torch's compiler calls, and bears no public name; where another torch has
    it no more, or otherwise, reading takes longer.
    """
    if torch.backends.cpu.get_cpu_capability() != "AVX512":
        return False
    try:
        found = _linear(torch.full((2, 3), 2.0), torch.ones(4, 3), None)
    except (AttributeError, RuntimeError, TypeError):
        return False
    return found.tolist() == [[6.0] * 4] * 2


def reads_faster(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether there is a faster way for what nobody wants the gradients of."""
    return device.type == "cpu" and dtype == torch.float32 and by_onednn()


def mostly_linear(network: nn.Module) -> bool:
    """Whether most weights that are multiplied are linear layers', which the faster way is of."""
    linear = multiplied = 0
    for module in network.modules():
        weight = getattr(module, "weight", None)
        if isinstance(weight, Tensor) and weight.dim() > 1 and not isinstance(module, nn.Embedding):
            multiplied += weight.numel()
            linear += weight.numel() * isinstance(module, nn.Linear)
    return 2 * linear > multiplied


def faster(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[object]:
    """Meanwhile linear layers that nobody wants the gradients of take the faster way, if any."""
    return ByOneDNN() if reads_faster(device, dtype) else nullcontext()


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x (..., K) and weight (N, K), fp32 on the CPU: (..., N)."""
    found: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
    return found


class ByOneDNN(TorchFunctionMode):
    """Linear layers by oneDNN: of plain fp32 tensors on the CPU, without gradients."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func is functional.linear and _fits(*args, **kwargs):
            return _linear(*_in_order(*args, **kwargs))
        return func(*args, **kwargs)


def _in_order(
    input: Tensor, weight: Tensor, bias: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """What `functional.linear` was given, by whatever names."""
    return input, weight, bias


def _fits(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> bool:
    given = [one for one in (input, weight, bias) if one is not None]
    plain = all(
        type(one) in (Tensor, nn.Parameter)
        and one.dtype == torch.float32
        and one.device.type == "cpu"
        and one.layout == torch.strided
        for one in given
    )
    return (
        plain
        and not torch.is_grad_enabled()
        and input.dim() > 1
        and input.numel() > 0
        and weight.dim() == 2
    )
