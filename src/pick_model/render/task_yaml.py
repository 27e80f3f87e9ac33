"""A task profile as it is first written: each line says what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pick_model.documents.init_report import Guess
from pick_model.escape import plain
from pick_model.render.yaml_text import inline

HEADER = """Written by pick-model init. Behind each line stands how surely it is right,
and by what. Change what is wrong; pick-model recommend reads it."""


def task_yaml(guesses: Sequence[Guess]) -> str:
    """The text of task.yaml; what is left open stands there as a comment."""
    head = "".join(f"# {line}\n" for line in HEADER.splitlines())
    return head + "".join(f"{line}\n" for line in _lines(guesses))


def _lines(guesses: Sequence[Guess]) -> Iterator[str]:
    block = ""
    for one in guesses:
        outer, _, inner = one.key.rpartition(".")
        if outer and outer != block:
            yield f"{outer}:"
        block = outer
        key = f"  {inner}" if outer else one.key
        why = f"  # {one.sureness}: {plain(one.why)}"
        if one.value is None:
            yield f"# {key}:{why}"
        else:
            yield f"{key}: {inline(one.value)}{why}"
