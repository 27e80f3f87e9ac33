"""Matrix products of float32 on a CPU by oneDNN, where nothing is learnt.

torch hands float32 to MKL, which on some processors is the slower of the two: on an AMD EPYC
MiniLM's layers on subj took 12 % less of a core by oneDNN, and the features agreed to 3e-6.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from pick_model.encoders.loaded import Loaded


@contextmanager
def by_onednn(loaded: Loaded) -> Iterator[None]:
    """The encoder's linear layers go by oneDNN meanwhile; as they are where it is not to be had.

    The operator is the one that torch's own compiler calls, and has no public name.
    """
    product = getattr(torch.ops.mkldnn, "_linear_pointwise", None)
    plain = loaded.device.type == "cpu" and loaded.dtype == torch.float32
    known: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if product is None or not plain or not known:
        yield
        return
    changed = [m for m in loaded.encoder.modules() if type(m) is nn.Linear and _fits(m)]
    for module in changed:
        module.forward = partial(_linear, product, module)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for module in changed:
            del module.forward  # what its class has is seen again


def _fits(module: nn.Linear) -> bool:
    """Of float32, and with nothing in the way: other libraries put their own `forward` there."""
    return module.weight.dtype == torch.float32 and "forward" not in vars(module)


def _linear(product: Any, module: nn.Linear, x: Tensor) -> Tensor:
    """x @ weightᵀ + bias, (..., in) -> (..., out)."""
    if x.dtype != torch.float32 or x.ndim < 2 or not x.numel():
        return nn.functional.linear(x, module.weight, module.bias)
    found: Tensor = product(x, module.weight, module.bias, "none", [], "")
    return found
