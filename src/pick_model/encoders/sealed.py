"""What holds while a stranger's model is read: no network, no foreign code, faults in words."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pick_model.errors import EnvironmentProblem, PickModelError, WrongValue
from pick_model.hub import client as hub
from pick_model.words.message import Message
from pick_model.words.say import message

OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
MOST_WORDS = 240  # of a library's message, in characters


@contextmanager
def offline() -> Iterator[None]:
    """The Hub's client refuses to connect meanwhile.

    The variables alone are read when the libraries are imported, so their copies are set too.
    """
    import transformers.utils.hub

    places: list[tuple[Any, str, Any]] = [
        (hub.constants(), "HF_HUB_OFFLINE", True),
        (transformers.utils.hub, "_is_offline_mode", True),
    ]
    variables = {name: os.environ.get(name) for name in OFFLINE}
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in places if has(owner, name)]
    os.environ.update(OFFLINE)
    for owner, name, value in places:
        if has(owner, name):
            setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)
        for variable, old in variables.items():
            if old is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = old


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars, advice, warnings or errors of transformers' own meanwhile; it raises."""
    from logging import CRITICAL

    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(CRITICAL)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def refuse_kernels() -> None:
    """From here on transformers fetches no kernels: code of the Hub that nobody installed.

    Some models ask for theirs at the first forward, so this stays; they go on without.
    """
    try:
        from transformers.integrations import hub_kernels
    except ImportError:  # an older transformers, which has none
        return
    hub_kernels._kernels_enabled = False
    hub_kernels.get_kernel = no_kernel


def no_kernel(*_: Any, **__: Any) -> Any:
    raise ImportError("code from the Hub is not run")


def has(owner: Any, name: str) -> bool:
    """Whether a module itself holds a name."""
    return name in vars(owner)


@contextmanager
def in_words(what: Message, hint: Message, code: str = "model") -> Iterator[None]:
    """Whatever a library raises in the block becomes "`what`: reason", exit code 4.

    A stranger's file can make a library fail in any way, so no class is told apart; even
    the tokenizers' panics, which are not Exceptions. What is not a fault of the model passes:
    our own errors, an interrupt, and memory, which training answers with smaller batches.
    """
    try:
        yield
    except (PickModelError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as fault:
        if out_of_memory(fault):
            raise
        told = message("fails-with", what=what, reason=reason(fault))
        raise EnvironmentProblem(told, hint=hint, code=code) from fault


@contextmanager
def memory_in_words(told: Message, hint: Message) -> Iterator[None]:
    """Out of memory in the block becomes `told`, where no smaller piece is left to try."""
    try:
        yield
    except (RuntimeError, MemoryError) as fault:
        if not out_of_memory(fault):
            raise
        raise EnvironmentProblem(told, hint=hint, code="out-of-memory") from fault


def out_of_memory(fault: BaseException) -> bool:
    """CUDA and MPS raise a class of their own, the CPU's allocator a RuntimeError."""
    import torch

    if isinstance(fault, torch.cuda.OutOfMemoryError | MemoryError):
        return True
    words = str(fault).lower()
    return isinstance(fault, RuntimeError) and (
        "out of memory" in words or "can't allocate memory" in words
    )


def reason(fault: BaseException) -> str | Message:
    """The first line of a fault that says something, with its class where it says little."""
    if isinstance(fault, WrongValue):
        return fault.told
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    words = lines[0] if lines else ""
    if len(words) > MOST_WORDS:
        words = words[:MOST_WORDS] + "…"
    return words if " " in words else f"{type(fault).__name__} {words}".strip()
