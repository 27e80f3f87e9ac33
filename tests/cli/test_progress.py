"""What a person waiting sees on stderr."""

from __future__ import annotations

import io
import sys

import pytest

from pick_model.cli.progress import EVERY, left_words, lines, progress, say
from pick_model.terminal import drawable
from pick_model.words.say import message

settings = pytest.importorskip("pick_model.measure.probe.settings")
Progress = settings.Progress
PLAN = message("in-words", words="60 s buy [one] pass")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_a_stage_is_said_as_it_begins_and_every_so_often(
    capsys: pytest.CaptureFixture[str],
) -> None:
    time = [0.0]
    tick = lines(several=False, now=lambda: time[0])
    for step in range(100):
        tick(Progress(message("training-on", n=90), step, 100, 120.0 - step))
        time[0] += 1.0
    tick(Progress(message("training-on", n=90), 100, 100, 0.0))
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 100 / EVERY
    assert said[0] == "training on 90 rows 0 of 100, about 2 min left"
    assert "about 70 s left" in said[5]


def test_a_note_is_said_once_and_several_models_are_told_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tick = lines(several=True)
    tick(Progress(PLAN, note=PLAN))
    tick(Progress(message("loading-model"), model="org/name"))
    tick(Progress(message("reading-rows-with-all"), 1, 3))
    assert capsys.readouterr().err == (
        "60 s buy [one] pass\nname: loading the model\nreading rows with every model 1 of 3\n"
    )


@pytest.mark.parametrize(
    ("term", "drawn"), [("xterm-256color", True), ("dumb", False), ("", False), (None, False)]
)
def test_a_bar_is_drawn_only_where_a_line_can_be_drawn_again(
    monkeypatch: pytest.MonkeyPatch, term: str | None, drawn: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.delenv("TERM", raising=False)
    if term is not None:
        monkeypatch.setenv("TERM", term)
    assert drawable(sys.stderr) == drawn
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not drawable(sys.stderr)


def test_a_bar_on_a_terminal_shows_the_stage_the_time_left_and_the_notes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with progress(several=False) as tick:
        tick(Progress(PLAN, note=PLAN))
        tick(Progress(message("in-words", words="training on [90] rows"), 40, 100, 75.0))
    shown = terminal.getvalue()
    for words in ("60 s buy [one] pass", "training on [90] rows, about 75 s left"):
        assert words in shown


def test_a_closed_stderr_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    say("nobody hears")
    with progress(several=False) as tick:
        tick(Progress(message("training-on", n=90), 1, 2))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3.0, "a few seconds left"),
        (42.4, "about 42 s left"),
        (200.0, "about 3 min left"),
    ],
)
def test_time_left_is_said_as_people_say_it(seconds: float | None, words: str) -> None:
    assert left_words(Progress(message("training-on", n=90), 1, 2, seconds)) == words
