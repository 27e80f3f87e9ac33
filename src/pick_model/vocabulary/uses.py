"""Ways of use: how a pretrained model is put to work, in published scores, profiles and probes."""

from __future__ import annotations

from typing import Literal, get_args

# How a published score was come by.
Protocol = Literal["fine-tune", "lora", "linear-probe", "few-shot", "zero-shot"]
# How the model of a profile is trained; a probe of frozen features is called a linear one.
# `qlora` keeps the frozen weights in 4 bits, `as-is` trains nothing at all.
Method = Literal["full", "lora", "qlora", "frozen", "as-is"]
ProbeMethod = Literal["full", "lora", "linear"]

PROTOCOLS: tuple[str, ...] = get_args(Protocol)
PROBE_METHODS: tuple[str, ...] = get_args(ProbeMethod)
# Ways that change the pretrained weights, or what is added to them; the others leave them alone.
TUNED = frozenset({"fine-tune", "full", "lora", "qlora"})
TRAINED = frozenset({"fine-tune", "lora", "linear-probe"})  # on whole training sets

# Other words for a protocol, as tables of results have them.
SPELLINGS: dict[str, Protocol] = {
    "lora": "lora",
    "frozen": "linear-probe",
    "probe": "linear-probe",
    "logreg": "linear-probe",
    "zeroshot": "zero-shot",
}
