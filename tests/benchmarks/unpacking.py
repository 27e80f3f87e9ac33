"""What QLoRA adds to a step of LoRA on a processor, beside the estimate.

    python tests/benchmarks/unpacking.py [--seconds 8]

Random encoders and decoders, adapters on query and value, one core, processor seconds; the same
model with its layers' matrices in NF4. What unpacking takes is told as the FLOPs that the core
could compute meanwhile, a weight and pass. Needs bitsandbytes, which the project does not.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from results_file import report

from pick_model.cost.timing import step_seconds

TARGETS = ["query", "value", "q_proj", "v_proj"]


class Shape(NamedTuple):
    kind: str
    layers: int
    hidden: int
    between: int


SHAPES = (
    Shape("bert", 6, 384, 1536),
    Shape("bert", 4, 768, 3072),
    Shape("llama", 4, 576, 1536),
    Shape("llama", 2, 1536, 8960),
)
INPUTS = ((1, 128), (4, 128))  # batch and length


def model_of(shape: Shape) -> Any:
    """A random model with adapters."""
    import peft
    import transformers

    config = transformers.AutoConfig.for_model(
        shape.kind,
        num_hidden_layers=shape.layers,
        hidden_size=shape.hidden,
        intermediate_size=shape.between,
        num_attention_heads=shape.hidden // 64,
        num_key_value_heads=shape.hidden // 64,
        vocab_size=1000,
    )
    net = transformers.AutoModel.from_config(config)
    adapters = peft.LoraConfig(
        target_modules=[t for t in TARGETS if any(n.endswith(t) for n, _ in net.named_modules())],
        r=8,
        lora_dropout=0.0,
    )
    return peft.get_peft_model(net, adapters).train()


def pack(net: Any) -> int:
    """Put the layers' frozen matrices into NF4; how many numbers they hold."""
    from bitsandbytes import nn as packed

    numbers = 0
    for module in list(net.modules()):
        for name, layer in list(module.named_children()):
            if type(layer) is torch.nn.Linear and not layer.weight.requires_grad:
                other = packed.Linear4bit(
                    layer.in_features,
                    layer.out_features,
                    bias=layer.bias is not None,
                    compute_dtype=torch.float32,
                    quant_type="nf4",
                )
                other.weight = packed.Params4bit(
                    layer.weight.data, requires_grad=False, quant_type="nf4"
                ).to("cpu")
                other.bias = layer.bias
                setattr(module, name, other)
                numbers += layer.weight.numel()
    return numbers


def step_of(net: Any, batch: int, length: int) -> Callable[[], None]:
    """One training step of the adapters."""
    trained = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-6, fused=True)
    ids = torch.randint(0, 1000, (batch, length))

    def step() -> None:
        net(input_ids=ids).last_hidden_state.square().mean().backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def rows(seconds: float) -> list[dict[str, Any]]:
    found = []
    for shape in SHAPES:
        for batch, length in INPUTS:
            net = model_of(shape)
            plain = step_seconds(step_of(net, batch, length), "cpu", seconds, time.process_time)
            numbers = pack(net)  # what a pass multiplies each by, and scores:
            once = (
                2 * batch * length + 4 * batch * length**2 * shape.layers * shape.hidden / numbers
            )
            run = step_of(net, batch, length)
            quantised = step_seconds(run, "cpu", seconds, time.process_time)
            print(f"{shape}: {plain:.3f} s, {quantised:.3f} s", flush=True)
            name = f"{shape.kind} {shape.layers}x{shape.hidden}"
            found.append(
                {
                    "what": f"{name}, {batch} x {length}",
                    "lora_s": plain,
                    "qlora_s": quantised,
                    "ratio": quantised / plain,
                    "flops_a_weight": (quantised / plain - 1) * once,
                }
            )
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=8.0, help="for each step, about")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    report("unpacking", rows(options.parse_args().seconds), "torch", "bitsandbytes", "peft")


if __name__ == "__main__":
    main()
