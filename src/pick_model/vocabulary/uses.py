"""Ways of use: how a pretrained model is put to work, in published scores, profiles and probes."""

from __future__ import annotations

from typing import Literal, get_args

# How a published score was come by. An `evaluation` scores weights that their maker tuned for the
# task on data other than the benchmark's (ImageNet weights on ImageNet-R, a transcriber on a new
# corpus); `few-shot` trains a light head on a few rows and `in-context` shows them in a prompt;
# `from-scratch` scores weights that saw nothing before the benchmark's own training set.
Protocol = Literal[
    "fine-tune",
    "lora",
    "linear-probe",
    "few-shot",
    "zero-shot",
    "evaluation",
    "from-scratch",
    "in-context",
]
# How the model of a profile is trained; a probe of frozen features is called a linear one.
# `qlora` keeps the frozen weights in 4 bits, `as-is` trains nothing at all.
Method = Literal["full", "lora", "qlora", "frozen", "as-is"]
ProbeMethod = Literal["full", "lora", "linear"]

PROTOCOLS: tuple[str, ...] = get_args(Protocol)
PROBE_METHODS: tuple[str, ...] = get_args(ProbeMethod)
# What a score by each of them is called among published ones.
PROTOCOL_OF_METHOD: dict[str, Protocol] = {
    "full": "fine-tune",
    "lora": "lora",
    "qlora": "lora",
    "frozen": "linear-probe",
    "linear": "linear-probe",
}
# How a probe does what a profile asks for: LoRA on quantised weights learns as LoRA does.
PROBE_OF_METHOD: dict[str, ProbeMethod] = {
    "full": "full",
    "lora": "lora",
    "qlora": "lora",
    "frozen": "linear",
}
YOURS = "yours"  # the source of a user's own scores, among those of published ones
# Scores and ways of use of weights trained for the task; the others leave them as pretrained.
TUNED = frozenset({"fine-tune", "full", "lora", "qlora", "evaluation", "from-scratch"})
# On whole training sets of the benchmark.
TRAINED = frozenset({"fine-tune", "lora", "linear-probe", "from-scratch"})

# Other words for a protocol, as tables of results have them.
SPELLINGS: dict[str, Protocol] = {
    "lora": "lora",
    "frozen": "linear-probe",
    "probe": "linear-probe",
    "logreg": "linear-probe",
    "zeroshot": "zero-shot",
}
