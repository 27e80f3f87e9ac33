"""What one training step keeps for its backward pass, and its FLOPs: counted while it runs.

Needs torch. `saved_bytes` runs a step on the CPU and adds up the distinct storages that
autograd holds at the end of the forward pass; parameters are not counted. Under `gpu=True`
the step takes the paths that CUDA takes, so that small CPU tensors tell what a GPU would keep:
dropout keeps a mask of one byte, `scaled_dot_product_attention` keeps queries, keys, values,
output and one number a row, and autocast follows CUDA's lists of operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

Step = Callable[[], Any]

# CUDA's autocast lists (PyTorch 2.13, "CUDA Op-Specific Behavior"), as far as models use them.
TO_16_BITS = {"linear", "matmul", "__matmul__", "__rmatmul__", "bmm", "baddbmm", "addmm", "mm"} | {
    f"conv{n}d" for n in (1, 2, 3)
}
TO_32_BITS = {
    "layer_norm",
    "group_norm",
    "softmax",
    "log_softmax",
    "exp",
    "log",
    "pow",
    "rsqrt",
} | {"__pow__", "norm", "cumsum", "prod", "sum", "nll_loss", "cross_entropy", "mse_loss"}


def saved_bytes(
    model: torch.nn.Module, step: Step, *, gpu: bool = False, mixed: bool = False
) -> int:
    """Bytes that autograd keeps at the end of `step`, which runs `model` forward.

    `gpu` counts what CUDA's kernels would keep, on whatever device the step runs; `mixed` runs
    it under bfloat16 autocast. Parameters, their 16-bit copies and buffers are left out.
    """
    left_out = {_storage(p) for p in (*model.parameters(), *model.buffers())}
    kept: dict[int, torch.UntypedStorage] = {}  # held on to, so that no address comes twice

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept.setdefault(storage._cdata, storage)
        return tensor.detach()  # an output that held itself would never be freed

    with ExitStack() as stack:
        copies = stack.enter_context(_kernels(gpu, mixed))
        stack.enter_context(torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t))
        held = step()  # keeps the graph, and so every address, until all is counted
        left_out |= {_storage(copy) for copy in copies.values()}
    total = sum(s.nbytes() for address, s in kept.items() if address not in left_out)
    del held
    return int(total)


def counted_flops(step: Step) -> int:
    """FLOPs of `step` by torch's counter: matrix products, convolutions and attention."""
    with (
        FlopCounterMode(display=False) as counter,
        _kernels(gpu=True, mixed=False),
        torch.no_grad(),
    ):
        step()
    return int(counter.get_total_flops())


def _storage(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


@contextmanager
def _kernels(gpu: bool, mixed: bool) -> Iterator[Mapping[int, torch.Tensor]]:
    """The kernels a step runs on; gives the 16-bit copies of weights that autocast makes."""
    if gpu:
        mode = _LikeCuda(mixed)
        with mode:
            yield mode.copies
    else:
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            yield {}


class _LikeCuda(TorchFunctionMode):
    """Runs CPU tensors through the operations that CUDA would choose."""

    def __init__(self, mixed: bool) -> None:
        super().__init__()
        self.mixed = mixed
        self.copies: dict[int, torch.Tensor] = {}  # of weights, by the weight's address

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == "dropout":
            return _dropout(*args, **kwargs)
        if name == "scaled_dot_product_attention":
            if self.mixed:
                args, kwargs = self._cast(args, kwargs, torch.bfloat16)
            return _attention(*args, **kwargs)
        if self.mixed and name in TO_16_BITS:
            args, kwargs = self._cast(args, kwargs, torch.bfloat16)
        elif self.mixed and name in TO_32_BITS:
            args, kwargs = self._cast(args, kwargs, torch.float32)
        return func(*args, **kwargs)

    def _cast(self, args: Any, kwargs: Any, to: torch.dtype) -> tuple[Any, Any]:
        def one(value: Any) -> Any:
            if isinstance(value, (tuple, list)):
                return type(value)(one(v) for v in value)
            if not isinstance(value, torch.Tensor) or not value.is_floating_point():
                return value
            if value.dtype == to:
                return value
            if not (isinstance(value, torch.nn.Parameter) and to is torch.bfloat16):
                return value.to(to)
            address = id(value)
            if address not in self.copies:
                self.copies[address] = value.to(to)
            return self.copies[address]

        return one(tuple(args)), {key: one(value) for key, value in kwargs.items()}


def _dropout(
    x: torch.Tensor, p: float = 0.5, training: bool = True, *_: object, **__: object
) -> torch.Tensor:
    if not training or p == 0.0:
        return x
    return torch.native_dropout(x, p, True)[0]


def _attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    *_: object,
    **__: object,
) -> torch.Tensor:
    bias = attn_mask
    if bias is not None and bias.dtype == torch.bool:  # made anew at every call, and kept
        bias = torch.zeros(bias.shape, dtype=query.dtype).masked_fill(~bias, -1e4)
    out: torch.Tensor = _Fused.apply(query, key, value, bias)  # type: ignore[no-untyped-call]
    return out


class _Fused(torch.autograd.Function):
    """What flash and memory-efficient attention keep (Dao et al. 2022, algorithm 4)."""

    @staticmethod
    def forward(
        ctx: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        bias: torch.Tensor | None,
    ) -> torch.Tensor:
        groups = query.shape[1] // key.shape[1]
        keys = key.repeat_interleave(groups, 1).transpose(-1, -2)
        scores = torch.matmul(query, keys)  # counted as FLOPs, not kept
        out = torch.matmul(scores, value.repeat_interleave(groups, 1))
        row_sums = torch.zeros(query.shape[:-1], dtype=torch.float32)
        # A bias that stands for all inputs or heads at once is kept once.
        kept = (query, key, value, out, row_sums)
        ctx.save_for_backward(*kept, *([bias] if bias is not None else []))
        return out

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        raise NotImplementedError("traces stop after the forward pass")
