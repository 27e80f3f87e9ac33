"""A pretrained encoder from a folder, as it is found: what it takes, holds and gives.

transformers' own classes load it: AutoModel without a head, and the model's tokenizer. What
they hand back is looked at, not trusted: a configuration may say anything. Shapes: B rows,
T tokens, H width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from pick_model.encoders.config import refuse_unfit
from pick_model.encoders.folder import (
    ModelFiles,
    read_folder,
    refuse_no_tokenizer,
    require_readers,
    seen_alone,
)
from pick_model.encoders.loaded import Loaded
from pick_model.encoders.machine import cpu_facts
from pick_model.encoders.network_facts import (
    OTHER_MODEL,
    SAMPLE,
    UNLIMITED,
    arguments,
    beside,
    encoder_of,
    framing,
    positions,
    refuse_empty,
    refuse_larger,
    refuse_left_over,
    refuse_nan,
    refuse_new_weights,
    refuse_other_input,
    refuse_short,
    table_rows,
    token_types,
)
from pick_model.encoders.objective import IGNORE
from pick_model.encoders.reading import Encoded, collate, encode, measured
from pick_model.encoders.sealed import in_words, memory_in_words, offline, quiet, refuse_kernels
from pick_model.errors import EnvironmentProblem, WrongValue
from pick_model.words.say import message

__all__ = [
    "IGNORE",
    "Encoded",
    "Loaded",
    "autocast",
    "collate",
    "encode",
    "load",
    "measured",
    "pick_device",
    "pick_dtype",
]


def load(
    folder: Path,
    *,
    device: str = "auto",
    precision: str = "auto",
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
) -> Loaded:
    """The pretrained encoder and tokenizer in a folder, in float32 on `device`.

    Only the files that `read_folder` has checked are read, with the network shut. Raises
    EnvironmentProblem when they are no text encoder that works, whatever the reason.
    """
    name = called(folder)
    files = read_folder(
        folder, name, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    refuse_unfit(files.config, name)
    refuse_kernels()
    where = pick_device(device)
    hint = message("give-what-belongs")
    if "auto_map" in files.config and not trust_remote_code:
        hint = message("trust-code")
    with (
        memory_in_words(
            message("out-of-memory-at-loading", name=name), message("smaller-or-more-memory")
        ),
        in_words(message("model-not-loaded", name=name), hint),
        quiet(),
    ):
        with seen_alone(files) as seen, offline():
            encoder, tokenizer = from_transformers(seen, files, trust_remote_code)
        encoder = encoder.to(where)
        refuse_nan(encoder, name)
        refuse_empty(tokenizer, name)
        frame, spaced = framing(tokenizer)
        rows, pad = table_rows(encoder), tokenizer.pad_token_id
        longest = positions(encoder, tokenizer)
        refuse_short(longest, frame, name)
        loaded = Loaded(
            encoder=encoder,
            tokenizer=tokenizer,
            hidden=0,
            positions=longest,
            device=where,
            dtype=pick_dtype(precision, where),
            name=name,
            takes=arguments(encoder),
            table_rows=rows,
            token_types=token_types(encoder),
            pad_id=pad if isinstance(pad, int) and 0 <= pad < (rows or pad + 1) else 0,
            frame=frame,
            spaced=spaced,
        )
        return replace(loaded, hidden=width(loaded))


def called(folder: Path) -> str:
    """A folder by its name; one of the Hub's cache by its repository's."""
    folder = folder.absolute()
    cache = folder.parent.parent.name
    if folder.parent.name == "snapshots" and cache.startswith("models--"):
        return cache.removeprefix("models--").replace("--", "/")
    return folder.name


def from_transformers(
    seen: Path, files: ModelFiles, trust_remote_code: bool
) -> tuple[nn.Module, Any]:
    """Encoder and tokenizer, with every tensor of the encoder from the weights."""
    from transformers import MODEL_MAPPING, AutoConfig, AutoModel, AutoTokenizer

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": trust_remote_code}
    config = AutoConfig.from_pretrained(seen, **options)
    name = called(files.folder)
    if type(config) in MODEL_MAPPING:
        found = MODEL_MAPPING[type(config)]
        refuse_other_input(found[0] if isinstance(found, tuple) else found, name)
    refuse_no_tokenizer(files, name)
    require_readers(files, name)
    if type(config) in MODEL_MAPPING:
        refuse_larger(config, files.parameters, name)
    tokenizer = AutoTokenizer.from_pretrained(seen, **options)
    model, info = AutoModel.from_pretrained(
        seen,
        use_safetensors=True if files.parameters is not None else None,
        dtype=torch.float32,
        output_loading_info=True,
        ignore_mismatched_sizes=True,  # told below, with names and shapes
        **options,
    )
    encoder = encoder_of(model)
    refuse_other_input(encoder, name)
    refuse_new_weights(model, encoder, info, name)
    refuse_left_over(model, info, name)
    return encoder, tokenizer


def width(loaded: Loaded) -> int:
    """H, from the states of one short text; they must be finite, and one for each token."""
    inputs = sample(loaded)
    told, other = message("reads-no-text-here", name=loaded.name), beside(loaded.encoder.config)
    if other is not None:
        told = message("reads-no-text-alone", name=loaded.name, other=other)
    with (
        in_words(told, OTHER_MODEL),
        torch.inference_mode(),
    ):
        was = loaded.encoder.training
        loaded.encoder.eval()
        found = states(loaded.encoder, inputs, loaded.takes)  # (1, T, H)
        loaded.encoder.train(was)
    return found.shape[-1]


def sample(loaded: Loaded) -> dict[str, torch.Tensor]:
    """A short text as the model takes it, each (1, T)."""
    rows = loaded.table_rows or UNLIMITED
    ids = [i for i in loaded.tokenizer(SAMPLE)["input_ids"] if i < rows] or [0]
    return {
        "input_ids": torch.tensor([ids], device=loaded.device),
        "attention_mask": torch.ones(1, len(ids), dtype=torch.int64, device=loaded.device),
    }


def states(
    encoder: nn.Module, inputs: dict[str, torch.Tensor], takes: Sequence[str]
) -> torch.Tensor:
    """The encoder's last hidden states (B, T, H), whatever else it returns."""
    out = encoder(**{name: value for name, value in inputs.items() if name in takes})
    found = out[0] if isinstance(out, tuple) and out else getattr(out, "last_hidden_state", None)
    if not isinstance(found, torch.Tensor) or found.ndim != 3:
        raise WrongValue(message("gives-no-vectors"))
    if found.shape[:2] != inputs["input_ids"].shape:
        told = message("gives-vectors", n=found.shape[1], tokens=inputs["input_ids"].shape[1])
        raise WrongValue(told)
    return found


def pick_device(name: str) -> torch.device:
    """`auto` is CUDA (or ROCm), then MPS, then the CPU."""
    if name != "auto":
        try:
            return torch.zeros(1, device=name).device
        except (RuntimeError, AssertionError) as fault:
            raise EnvironmentProblem(
                message("no-such-device", name=name), hint=message("use-cpu"), code="device"
            ) from fault
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def pick_dtype(precision: str, device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies it in hardware, else float32.

    On a CPU that means AMX tiles: measured on 2 cores with MiniLM at 32 rows of 16 and of
    64 tokens, forward and backward took 0.6 times float32's seconds.
    """
    if precision != "auto":
        return {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    if device.type == "cpu" and cpu_facts().get("amx_bf16", False):
        return torch.bfloat16
    return torch.float32


def autocast(loaded: Loaded) -> torch.autocast:
    return torch.autocast(
        loaded.device.type,
        dtype=loaded.dtype if loaded.dtype != torch.float32 else None,
        enabled=loaded.dtype != torch.float32,
    )
