"""How a long command says on stderr what it is doing: a bar on a terminal, else plain lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pick_model.cli.streams import say
from pick_model.escape import plain
from pick_model.terminal import drawable
from pick_model.words.reader import listing, phrase, tell

if TYPE_CHECKING:
    from pick_model.measure.probe.settings import Progress

EVERY = 10.0  # seconds between two lines of one stage, where there is no terminal

Tick = Callable[["Progress"], None]


@contextmanager
def progress(several: bool) -> Iterator[Tick]:
    """A function that takes every tick of a probe. `several`: name the model as well."""
    if not drawable(sys.stderr):
        yield lines(several)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (  # the bar first: it stands still whatever the stage is called
        BarColumn(24, complete_style="cyan", pulse_style="cyan", finished_style="green"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield bar(bars, several)


def bar(bars: Any, several: bool) -> Tick:
    """One bar, of the stage that runs now."""
    from rich.markup import escape

    task = bars.add_task(phrase("starting"), total=None)

    def tick(p: Progress) -> None:
        if p.note:
            say(tell(p.note))  # rich sees to it that the line lands above the bar
            return
        stage = _whose(p, several) + tell(p.stage)
        bars.update(
            task,
            description=escape(plain(_with_time_left(stage, p))),
            completed=p.done,
            total=p.total if p.total > 1 else None,  # a bar that only moves
        )

    return tick


def lines(several: bool, now: Callable[[], float] = time.monotonic) -> Tick:
    """A line as a stage begins, and every so often while it lasts."""
    last, at = "", 0.0

    def tick(p: Progress) -> None:
        nonlocal last, at
        if p.note:
            say(tell(p.note))
            return
        stage = _whose(p, several) + tell(p.stage)
        if stage == last and (now() - at < EVERY or p.done == p.total):
            return
        last, at = stage, now()
        if p.total > 1:
            stage = f"{stage} {phrase('done-of', done=p.done, total=p.total)}"
        say(_with_time_left(stage, p))

    return tick


def _with_time_left(stage: str, p: Progress) -> str:
    return listing(filter(None, (stage, left_words(p))), "phrases")


def _whose(p: Progress, several: bool) -> str:
    """Before what is done with one model of several; nothing before what is done with all."""
    return phrase("label", name=p.model.rsplit("/", 1)[-1]) if several and p.model else ""


def left_words(p: Progress) -> str:
    """How long everything planned for this model will still take."""
    if p.seconds_left is None:
        return ""
    seconds = p.seconds_left
    if seconds < 10:
        return phrase("few-seconds-left")
    if seconds < 100:
        return phrase("seconds-left", seconds=seconds)
    return phrase("minutes-left", minutes=seconds / 60)
