"""A pretrained encoder from a folder, as it is found: what it takes, holds and gives.

transformers' own classes load it: AutoModel without a head, and what turns rows into its
inputs. What they hand back is looked at, not trusted: a configuration may say anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from pick_model.encoders.config import refuse_unfit
from pick_model.encoders.folder import read_folder, seen_alone
from pick_model.encoders.images import load_images
from pick_model.encoders.loaded import Loaded, reads_none, states
from pick_model.encoders.machine import cpu_facts
from pick_model.encoders.network_facts import OTHER_MODEL, beside
from pick_model.encoders.objective import IGNORE
from pick_model.encoders.products import faster
from pick_model.encoders.reading import collate, encode
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sealed import in_words, memory_in_words, offline, quiet, refuse_kernels
from pick_model.encoders.sounds import load_sounds
from pick_model.encoders.texts import load_texts
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

__all__ = [
    "IGNORE",
    "Encoded",
    "Loaded",
    "autocast",
    "collate",
    "encode",
    "load",
    "pick_device",
    "pick_dtype",
    "reading",
]

# By modality of the rows.
LOADERS: dict[str, Callable[..., Loaded]] = {
    "text": load_texts,
    "image": load_images,
    "audio": load_sounds,
}


def load(
    folder: Path,
    *,
    modality: str = "text",
    device: str = "auto",
    precision: str = "auto",
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
) -> Loaded:
    """The pretrained encoder in a folder that reads rows of a modality, in float32 on `device`.

    Only the files that `read_folder` has checked are read, with the network shut. Raises
    EnvironmentProblem when they are no encoder of it that works, whatever the reason.
    """
    name = called(folder)
    files = read_folder(
        folder, name, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    refuse_unfit(files.config, name, modality)
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
        with seen_alone(files, with_media=modality != "text") as seen, offline():
            loaded = LOADERS[modality](
                seen, files, name, where, pick_dtype(precision, where), trust_remote_code
            )
        return replace(loaded, hidden=width(loaded))


def called(folder: Path) -> str:
    """A folder by its name; one of the Hub's cache by its repository's."""
    folder = folder.absolute()
    cache = folder.parent.parent.name
    if folder.parent.name == "snapshots" and cache.startswith("models--"):
        return cache.removeprefix("models--").replace("--", "/")
    return folder.name


def width(loaded: Loaded) -> int:
    """H, from the states of one small input; they must be finite, and one for each token."""
    inputs, of_text = loaded.modality.sample(loaded), loaded.modality.name == "text"
    told, other = reads_none(loaded), beside(loaded.encoder.config)
    if other is not None and of_text:
        told = message("reads-no-text-alone", name=loaded.name, other=other)
    with (
        in_words(told, OTHER_MODEL if of_text else message("give-another-model")),
        torch.inference_mode(),
    ):
        was = loaded.encoder.training
        loaded.encoder.eval()
        found = states(loaded, inputs)
        loaded.encoder.train(was)
    return found.places.shape[-1] if found.own is None else found.own.shape[-1]


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


@contextmanager
def reading(loaded: Loaded) -> Iterator[None]:
    """Passes that nothing is learnt from: no gradients, and products by the faster library."""
    with torch.inference_mode(), autocast(loaded), faster(loaded.device, loaded.dtype):
        yield
