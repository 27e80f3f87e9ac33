"""A pretrained encoder from a folder, and rows as the token ids it reads.

transformers' own classes do both: AutoModel without a head, and the model's tokenizer.
Shapes: B rows, T tokens, C outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pick_model.data.dataset import Dataset
from pick_model.errors import EnvironmentProblem
from pick_model.probe.machine import cpu_facts

MISSING_ALLOWED = 0.1  # share of tensors that may be new; a pooler never counts
IGNORE = -100  # cross entropy's mark for positions without a label


@dataclass(frozen=True)
class Encoded:
    """Rows as token ids, with what is needed to score them."""

    kind: str
    inputs: tuple[dict[str, list[int]], ...]
    starts: tuple[tuple[int, ...], ...]  # tokens: position of each word's first piece, or -1
    targets: tuple[Any, ...]
    n_outputs: int

    def __len__(self) -> int:
        return len(self.inputs)

    def length(self, row: int) -> int:
        return len(self.inputs[row]["input_ids"])

    def take(self, rows: Sequence[int]) -> Encoded:
        return Encoded(
            self.kind,
            tuple(self.inputs[i] for i in rows),
            tuple(self.starts[i] for i in rows) if self.starts else (),
            tuple(self.targets[i] for i in rows),
            self.n_outputs,
        )


@dataclass(frozen=True)
class Loaded:
    """A model on its device, and how to feed it."""

    encoder: nn.Module
    tokenizer: Any
    hidden: int
    positions: int  # longest input the model takes, in tokens
    device: torch.device
    dtype: torch.dtype  # of autocast; float32 means none
    target_mean: float = 0.0
    target_scale: float = 1.0


def load(
    folder: Path,
    *,
    device: str = "auto",
    precision: str = "auto",
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
) -> Loaded:
    """The pretrained encoder and tokenizer in a folder, in float32 on `device`.

    Weights are read from safetensors only, unless `allow_pickle`. Raises
    EnvironmentProblem when the folder holds no model that transformers can read.
    """
    from transformers import AutoModel, AutoTokenizer

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": trust_remote_code}
    try:
        with quiet():
            tokenizer = AutoTokenizer.from_pretrained(folder, **options)
            encoder, info = AutoModel.from_pretrained(
                folder,
                use_safetensors=None if allow_pickle else True,
                dtype=torch.float32,
                output_loading_info=True,
                **options,
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as fault:
        first = str(fault).strip().splitlines()[0] if str(fault).strip() else repr(fault)
        hint = "a folder with config.json, a tokenizer and *.safetensors"
        if "trust_remote_code" in str(fault):
            hint = "its code would run on this machine; --trust-remote-code if you trust it"
        raise EnvironmentProblem(
            f"cannot load the model in {folder.name}: {first}", hint=hint, code="model"
        ) from fault
    # A checkpoint of other names loads without a word and leaves random weights.
    missing = [name for name in info["missing_keys"] if "pooler" not in name]
    total = len(encoder.state_dict())
    if len(missing) > MISSING_ALLOWED * total:
        raise EnvironmentProblem(
            f"the weights in {folder.name} lack {len(missing)} of the model's {total} tensors",
            hint="the checkpoint belongs to another architecture than its config.json says",
            code="weights",
        )
    if getattr(encoder.config, "is_encoder_decoder", False):
        encoder = encoder.get_encoder()
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    where = pick_device(device)
    config = encoder.config.get_text_config()
    positions = min(
        int(getattr(config, "max_position_embeddings", None) or 512),
        int(tokenizer.model_max_length),
    )
    if config.model_type in ("roberta", "xlm-roberta", "camembert", "xlm-roberta-xl"):
        positions -= 2  # positions count from padding_idx + 1
    return Loaded(
        encoder=encoder.to(where),
        tokenizer=tokenizer,
        hidden=int(config.hidden_size),
        positions=positions,
        device=where,
        dtype=pick_dtype(precision, where),
    )


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars and no advice from transformers meanwhile."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def pick_device(name: str) -> torch.device:
    """`auto` is CUDA (or ROCm), then MPS, then the CPU."""
    if name != "auto":
        try:
            return torch.zeros(1, device=name).device
        except (RuntimeError, AssertionError) as fault:
            raise EnvironmentProblem(
                f"no device {name!r} here", hint="--device cpu", code="device"
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


def encode(dataset: Dataset, loaded: Loaded, max_length: int) -> Encoded:
    """Token ids of each row, cut at `max_length`; targets in the loss's own units.

    Regression targets are standardised with the loaded model's target mean and scale.
    """
    tokenizer = loaded.tokenizer
    kwargs: dict[str, Any] = {"truncation": True, "max_length": max_length}
    starts: list[tuple[int, ...]] = []
    targets: list[Any]
    if dataset.kind == "tokens":
        words = [list(row) for row in dataset.tokens or ()]
        batch = tokenizer(words, is_split_into_words=True, **kwargs)
        targets = []
        for row, labels in enumerate(dataset.labels):
            first: dict[int, int] = {}
            for position, word in enumerate(batch.word_ids(row)):
                if word is not None:
                    first.setdefault(word, position)
            starts.append(tuple(first.get(word, -1) for word in range(len(words[row]))))
            targets.append(tuple(labels))  # type: ignore[arg-type]
    else:
        pairs = None if dataset.pairs is None else list(dataset.pairs)
        batch = tokenizer(list(dataset.texts), pairs, **kwargs)
        targets = list(dataset.labels)
    n_outputs = len(dataset.label_names)
    if dataset.kind == "regression":
        n_outputs = 1
        targets = [(float(value) - loaded.target_mean) / loaded.target_scale for value in targets]
    names = [name for name in tokenizer.model_input_names if name in batch]
    inputs = tuple({name: batch[name][row] for name in names} for row in range(len(dataset)))
    return Encoded(dataset.kind, inputs, tuple(starts), tuple(targets), n_outputs)


def collate(
    rows: Encoded, chosen: Sequence[int], loaded: Loaded
) -> tuple[dict[str, Tensor], Tensor]:
    """Padded inputs, each (B, T), and targets: (B,), (B, C) or (B, T)."""
    loaded.tokenizer.deprecation_warnings["Asking-to-pad-a-fast-tokenizer"] = True
    padded = loaded.tokenizer.pad(
        {name: [rows.inputs[i][name] for i in chosen] for name in rows.inputs[0]},
        padding=True,
        return_tensors="pt",
    )
    inputs = {name: value.to(loaded.device) for name, value in padded.items()}  # (B, T)
    width = inputs["input_ids"].shape[1]
    if rows.kind == "tokens":
        targets = torch.full((len(chosen), width), IGNORE)  # (B, T)
        for at, row in enumerate(chosen):
            shift = left_padding(loaded, rows, row, width)
            for start, label in zip(rows.starts[row], rows.targets[row], strict=True):
                if start >= 0:
                    targets[at, start + shift] = label
    elif rows.kind == "multi-label":
        targets = torch.zeros(len(chosen), rows.n_outputs)  # (B, C)
        for at, row in enumerate(chosen):
            targets[at, list(rows.targets[row])] = 1.0
    else:
        kind = torch.float32 if rows.kind == "regression" else torch.int64
        targets = torch.tensor([rows.targets[i] for i in chosen], dtype=kind)  # (B,)
    return inputs, targets.to(loaded.device)


def left_padding(loaded: Loaded, rows: Encoded, row: int, width: int) -> int:
    """Where a row's own tokens begin in a padded batch."""
    return width - rows.length(row) if loaded.tokenizer.padding_side == "left" else 0


def autocast(loaded: Loaded) -> torch.autocast:
    return torch.autocast(
        loaded.device.type,
        dtype=loaded.dtype if loaded.dtype != torch.float32 else None,
        enabled=loaded.dtype != torch.float32,
    )
