"""A pretrained encoder from a folder, as it is found: what it takes, holds and gives.

transformers' own classes load it: AutoModel without a head, and the model's tokenizer. What
they hand back is looked at, not trusted: a configuration may say anything. Shapes: B rows,
T tokens, H width.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from pick_model.errors import EnvironmentProblem
from pick_model.probe.config import refuse_unfit
from pick_model.probe.folder import ModelFiles, read_folder, refuse_no_tokenizer, seen_alone
from pick_model.probe.machine import cpu_facts
from pick_model.probe.reading import IGNORE, Encoded, collate, encode, measured
from pick_model.probe.sealed import in_words, memory_in_words, offline, refuse_kernels

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

# Share of parameters that may be new. A layer of the deepest encoders in use (48, DeBERTa-v2
# xxlarge; 24 under a large table, XLM-RoBERTa) is more than this; poolers do not count.
MISSING_ALLOWED = 0.01
NO_LIMIT = 512  # tokens, where neither table, configuration nor tokenizer says: BERT's
UNLIMITED = 1 << 26  # no table is larger; tokenizers write 1e30 for "no limit"
_POSITIONS = re.compile(r"position|pos_emb|\bwpe\b", re.IGNORECASE)
_NOT_POSITIONS = re.compile(r"relative|rel_|distance|token_type|type_emb", re.IGNORECASE)
OTHER_MODEL = "a text encoder, such as those that `pick-model recommend` ranks"
SAMPLE = "a b 1"  # its pieces show how a tokenizer writes a space and frames a text


@dataclass(frozen=True)
class Loaded:
    """A model on its device, and how to feed it."""

    encoder: nn.Module
    tokenizer: Any
    hidden: int  # width of what comes out
    positions: int  # longest input the model takes, in tokens
    device: torch.device
    dtype: torch.dtype  # of autocast; float32 means none
    target_mean: float = 0.0
    target_scale: float = 1.0
    name: str = "the model"
    takes: tuple[str, ...] = ("input_ids", "attention_mask")  # the encoder's arguments
    table_rows: int | None = None  # of the word table, if it has one
    token_types: int = 0  # rows of the table of segments
    pad_id: int = 0  # what fills a row up, behind the mask
    frame: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())  # ids before and after a text
    spaced: bool = False  # a word inside a text is tokenized with the space before it


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
    name = folder.name
    files = read_folder(
        folder, name, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    refuse_unfit(files.config, name)
    refuse_kernels()
    where = pick_device(device)
    hint = "config.json, a tokenizer and *.safetensors that belong together"
    if "auto_map" in files.config and not trust_remote_code:
        hint = "its code would run on this machine; --trust-remote-code if you trust it"
    with (
        memory_in_words(f"while loading {name}", "a smaller model, or a machine with more memory"),
        in_words(f"cannot load the model in {name}", hint),
        quiet(),
    ):
        with seen_alone(files) as seen, offline():
            encoder, tokenizer = from_transformers(seen, files, trust_remote_code)
        encoder = encoder.to(where)
        refuse_nan(encoder, name)
        refuse_empty(tokenizer, name)
        frame, spaced = framing(tokenizer)
        rows, pad = table_rows(encoder), tokenizer.pad_token_id
        loaded = Loaded(
            encoder=encoder,
            tokenizer=tokenizer,
            hidden=0,
            positions=positions(encoder, tokenizer),
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


def from_transformers(
    seen: Path, files: ModelFiles, trust_remote_code: bool
) -> tuple[nn.Module, Any]:
    """Encoder and tokenizer, with every tensor of the encoder from the weights."""
    from transformers import MODEL_MAPPING, AutoConfig, AutoModel, AutoTokenizer

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": trust_remote_code}
    config = AutoConfig.from_pretrained(seen, **options)
    name = files.folder.name
    if type(config) in MODEL_MAPPING:
        found = MODEL_MAPPING[type(config)]
        refuse_other_input(found[0] if isinstance(found, tuple) else found, name)
    refuse_no_tokenizer(files, name)
    refuse_larger(config, files)
    tokenizer = AutoTokenizer.from_pretrained(seen, **options)
    model, info = AutoModel.from_pretrained(
        seen,
        use_safetensors=True if files.parameters is not None else None,
        dtype=torch.float32,
        output_loading_info=True,
        ignore_mismatched_sizes=True,  # told below, with names and shapes
        **options,
    )
    encoder = model
    if getattr(model.config, "is_encoder_decoder", False):
        encoder = model.get_encoder()
        if not hasattr(encoder, "config"):  # FSMT's has none of its own
            encoder.config = model.config
        refuse_other_input(encoder, name)
    refuse_new_weights(model, encoder, info, name)
    return encoder, tokenizer


def refuse_other_input(model: Any, name: str) -> None:
    """Refuse what reads images or sound, alone or beside text."""
    reads = getattr(model, "main_input_name", "input_ids")
    if reads == "input_ids":
        return
    what = {"pixel_values": "images, ", "input_features": "sound, ", "input_values": "sound, "}
    raise EnvironmentProblem(
        f"{name} reads {what.get(reads, '')}{reads!r}; it is no encoder of text",
        hint=OTHER_MODEL,
        code="model",
    )


def refuse_larger(config: Any, files: ModelFiles) -> None:
    """Refuse a configuration of a much larger network than the weights, before it is built.

    What weights lack would be filled with noise: a table, or layers up to all the memory.
    """
    from transformers import AutoModel

    if files.parameters is None or "auto_map" in files.config:
        return
    with torch.device("meta"):
        described = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
    wanted = sum(p.numel() for p in described.parameters())
    if wanted > 2 * files.parameters + 1_000_000:  # a pooler, tied or computed tables
        raise EnvironmentProblem(
            f"config.json of {files.folder.name} describes {wanted:,} parameters, "
            f"and the weights hold {files.parameters:,}",
            hint="the config.json that belongs to the weights",
            code="weights",
        )


def refuse_new_weights(model: nn.Module, encoder: nn.Module, info: Any, name: str) -> None:
    """Refuse an encoder of which the weights hold other shapes, or not (nearly) all."""
    for tensor, there, here in sorted(info["mismatched_keys"]):
        if "pooler" in tensor:
            continue
        raise EnvironmentProblem(
            f"{tensor} of {name} is {list(there)} in the weights and {list(here)} by config.json",
            hint="the config.json that belongs to the weights",
            code="weights",
        )
    named = dict(model.named_parameters(remove_duplicate=False))
    used = {id(p) for p in encoder.parameters()}
    missing = {
        id(named[tensor]): (tensor, named[tensor].numel())
        for tensor in info["missing_keys"]
        if tensor in named and id(named[tensor]) in used and "pooler" not in tensor
    }
    tables = {id(m.weight) for m in encoder.modules() if isinstance(m, nn.Embedding)}
    lost = sorted(missing[key][0] for key in missing if key in tables)
    total = sum(p.numel() for p in encoder.parameters())
    count = sum(size for _, size in missing.values())
    if lost or count > MISSING_ALLOWED * total:
        example = lost[0] if lost else min(tensor for tensor, _ in missing.values())
        raise EnvironmentProblem(
            f"the weights in {name} lack {len(missing)} of the model's tensors, "
            f"{count / total:.0%} of its parameters ({example})",
            hint="weights of this architecture; what they lack would be noise",
            code="weights",
        )


def refuse_nan(encoder: nn.Module, name: str) -> None:
    """Refuse weights that are not numbers."""
    for tensor, values in encoder.named_parameters():
        if values.is_floating_point() and not bool(torch.isfinite(values).all()):
            raise EnvironmentProblem(
                f"{tensor} of {name} holds NaN or infinite weights",
                hint="download or save the model again, or take another",
                code="weights",
            )


def refuse_empty(tokenizer: Any, name: str) -> None:
    """Refuse a tokenizer that knows its special tokens and no others."""
    if len(tokenizer) - len(set(tokenizer.all_special_ids)) < 2:
        raise EnvironmentProblem(
            f"the tokenizer of {name} has no vocabulary: it knows {len(tokenizer)} tokens, "
            "all of them special",
            hint="put tokenizer.json, or vocab.txt and what belongs to it, beside its weights",
            code="tokenizer",
        )


def framing(tokenizer: Any) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], bool]:
    """The ids put around a text, and whether words are to be read with the space before them.

    Byte-level BPE has other pieces for "dog" than for " dog", and pretraining has seen
    hardly any of the former; the running text is what the pieces must look like.
    """

    def ids(*texts: str) -> list[int]:
        return [i for t in texts for i in tokenizer(t, add_special_tokens=False)["input_ids"]]

    whole, running = tokenizer(SAMPLE)["input_ids"], ids(SAMPLE)
    at = next((i for i in range(len(whole)) if whole[i : i + len(running)] == running), 0)
    first, *rest = SAMPLE.split()
    plain, spaced = ids(first, *rest), ids(first, *(f" {word}" for word in rest))
    frame = tuple(whole[:at]), tuple(whole[at + len(running) :])
    return frame, plain != running and spaced == running


def arguments(encoder: nn.Module) -> tuple[str, ...]:
    """The tensors of a batch that the encoder's forward takes by name."""
    known = inspect.signature(encoder.forward).parameters
    names = ("input_ids", "attention_mask", "token_type_ids")
    named = tuple(name for name in names if name in known)
    return named if "input_ids" in named else names  # code of others: *args, **kwargs


def table_rows(encoder: nn.Module) -> int | None:
    """Rows of the word table; None for a model that has none (CANINE hashes characters)."""
    try:
        table = encoder.get_input_embeddings()  # type: ignore[operator]
    except (NotImplementedError, AttributeError):
        return None
    return int(table.num_embeddings) if isinstance(table, nn.Embedding) else None


def token_types(encoder: nn.Module) -> int:
    """How many segments the model tells apart by a table of their own; 0 for none.

    GPT-2 and XLM take `token_type_ids` too, and look them up among their words.
    """
    if any("seg_embed" in name for name, _ in encoder.named_parameters()):  # XLNet, Funnel
        return UNLIMITED
    sizes = [
        module.num_embeddings
        for name, module in encoder.named_modules()
        if isinstance(module, nn.Embedding) and re.search(r"token_type|segment", name)
    ]
    return min(sizes, default=0)


def positions(encoder: nn.Module, tokenizer: Any) -> int:
    """The longest input in tokens: by the table of positions, as found, or what is told.

    RoBERTa and its kin count positions from the padding's id + 1, so 514 rows hold 512;
    BART and OPT leave out the first `offset` rows.
    """
    limits = []
    for name, module in encoder.named_modules():
        last = name.rpartition(".")[2]
        if (
            isinstance(module, nn.Embedding)
            and _POSITIONS.search(last)
            and not _NOT_POSITIONS.search(name)
        ):
            skipped = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(module.num_embeddings - max(skipped, getattr(module, "offset", 0)))
    config: Any = encoder.config
    told = [getattr(config.get_text_config(), "max_position_embeddings", None)]
    told.append(tokenizer.model_max_length)
    limits += [int(n) for n in told if isinstance(n, int | float) and 0 < n < UNLIMITED]
    return min(limits, default=NO_LIMIT)


def width(loaded: Loaded) -> int:
    """H, from the states of one short text; they must be finite, and one for each token."""
    rows = loaded.table_rows or UNLIMITED
    ids = [i for i in loaded.tokenizer(SAMPLE)["input_ids"] if i < rows] or [0]
    inputs = {
        "input_ids": torch.tensor([ids], device=loaded.device),
        "attention_mask": torch.ones(1, len(ids), dtype=torch.int64, device=loaded.device),
    }
    with (
        in_words(f"{loaded.name} cannot read a text{beside(loaded.encoder.config)}", OTHER_MODEL),
        torch.inference_mode(),
    ):
        was = loaded.encoder.training
        loaded.encoder.eval()
        found = states(loaded.encoder, inputs, loaded.takes)  # (1, T, H)
        loaded.encoder.train(was)
    return found.shape[-1]


def beside(config: Any) -> str:
    """What a model wants besides text, as words that end a message."""
    parts = [part.removesuffix("_config") for part in getattr(config, "sub_configs", {})]
    parts = [part for part in parts if part in ("vision", "audio", "image", "speech", "qformer")]
    return f" alone (it is one of text and {parts[0]})" if parts else ""


def states(
    encoder: nn.Module, inputs: dict[str, torch.Tensor], takes: Sequence[str]
) -> torch.Tensor:
    """The encoder's last hidden states (B, T, H), whatever else it returns."""
    out = encoder(**{name: value for name, value in inputs.items() if name in takes})
    found = getattr(out, "last_hidden_state", None)
    if not isinstance(found, torch.Tensor) or found.ndim != 3:
        raise TypeError("it gives no vector for each token, as encoders of text do")
    if found.shape[:2] != inputs["input_ids"].shape:
        raise TypeError(
            f"it gives {found.shape[1]} vectors for {inputs['input_ids'].shape[1]} tokens"
        )
    return found


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars, no advice and no warnings from transformers meanwhile."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
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


def autocast(loaded: Loaded) -> torch.autocast:
    return torch.autocast(
        loaded.device.type,
        dtype=loaded.dtype if loaded.dtype != torch.float32 else None,
        enabled=loaded.dtype != torch.float32,
    )
