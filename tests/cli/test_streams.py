"""Exit 1 is the gate's alone: every command and format with streams that are full or gone.

Each command runs as a process, for Python itself flushes once more at the end.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import ROOT, TICKETS

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")

FOLDER = str(ROOT / "examples" / "support-tickets")
GATE = ["gate", "--lock", f"{FOLDER}/pick-model.lock", "--offline", "--today", "2027-06-01"]
LOCK = ["lock", TICKETS, "roberta-base", "--offline", "--output", "-"]
TWO = ["roberta-base", "bert-base-uncased"]


def formats(words: list[str], *names: str) -> list[list[str]]:
    return [[*words, "--format", name] for name in names]


# All that print a document. FILES stands for a folder with what a case needs.
DOCUMENTS: list[list[str]] = [
    *formats(["recommend", TICKETS], "table", "json", "markdown", "csv"),
    *formats(["compare", TICKETS, *TWO], "table", "json", "markdown", "csv"),
    *formats(["explain", TICKETS, TWO[0]], "table", "json"),
    *formats(GATE, "text", "json", "markdown", "junit", "sarif", "github", "gitlab"),
    *formats(["catalog", "list", "--task", "text-classification"], "table", "json", "csv"),
    *formats(["catalog", "search", "roberta"], "table", "json", "csv"),
    *formats(["catalog", "show", TWO[0]], "table", "json"),
    *formats(["catalog", "stats"], "table", "json"),
    *formats(["catalog", "validate", "FILES/overlay.yaml"], "table", "json"),
    *formats(["catalog", "diff", "FILES/overlay.yaml", "FILES/overlay.yaml"], "table", "json"),
    LOCK,
    ["schema", "task"],
    ["--help"],
    ["probe", "--help"],
    ["--version"],
]
# And what ends in an error, which goes to both streams with --format json.
ERRORS: list[list[str]] = [
    [],
    ["catalog"],
    ["recomend"],
    *formats(["recommend", "FILES/none.yaml"], "table", "json"),
    *formats(["compare", TICKETS, "nobody/nothing"], "table", "json"),
    *formats(["explain", TICKETS, "nobody/nothing"], "table", "json"),
    *formats(["gate", "--lock", "FILES/none.lock"], "text", "json", "junit", "github"),
    *formats(["backtest", "--table", "FILES/none.csv"], "table", "json", "markdown"),
    *formats(["catalog", "show", "nobody/nothing"], "table", "json"),
    *formats(["catalog", "validate", "FILES/broken.yaml"], "table", "json"),
    *formats(["catalog", "refresh", "FILES/none", "--dry-run"], "table", "json"),
    *formats(["probe", "nobody/nothing", "--data", "FILES/none.csv"], "table", "json"),
    ["catalog", "add", "not a hub id"],
    ["lock", "FILES/none.yaml", TWO[0]],
    ["schema", "taks"],
]


def broken_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


# What a stream is made of; None closes it, as >&- does.
STREAMS: dict[str, Callable[[], int] | None] = {
    "full": lambda: os.open("/dev/full", os.O_WRONLY),
    "broken": broken_pipe,
    "closed": None,
    "read-only": lambda: os.open(os.devnull, os.O_RDONLY),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("streams")
    (made / "overlay.yaml").write_text("ban:\n  - {id: roberta-base, reason: no}\n")
    (made / "broken.yaml").write_text("models:\n  - {id: ours}\n")
    return made


def codes(words: list[str], folder: Path, out: list[str], err: list[str]) -> list[int]:
    """The exit codes of one command with each kind of stream, run side by side."""
    running = []
    words = [word.replace("FILES", str(folder)) for word in words]
    for one, other in zip(out, err, strict=True):
        descriptors = {}
        for number, kind in ((1, one), (2, other)):
            make = STREAMS.get(kind, lambda: os.open(os.devnull, os.O_WRONLY))
            descriptors[number] = make() if make is not None else None
        closing = [f"{number}>&-" for number, d in descriptors.items() if d is None]
        process = subprocess.Popen(
            [
                "sh",
                "-c",
                f'exec "$@" {" ".join(closing)}',
                "sh",
                sys.executable,
                "-m",
                "pick_model",
                *words,
            ],
            stdin=subprocess.DEVNULL,
            stdout=descriptors[1],
            stderr=descriptors[2],
            cwd=ROOT,
        )
        for descriptor in descriptors.values():
            if descriptor is not None:
                os.close(descriptor)
        running.append(process)
    return [process.wait(60) for process in running]


def named(words: list[str]) -> str:
    kept = [re.sub(r".*/", "", word) for word in words]
    return " ".join(kept) or "nothing"


@pytest.mark.parametrize("words", DOCUMENTS, ids=named)
def test_a_document_that_cannot_be_written_is_4_and_a_reader_that_has_gone_is_none(
    words: list[str], folder: Path
) -> None:
    assert codes(words, folder, ["full", "closed", "broken"], ["fine"] * 3) == [4, 4, 0]


@pytest.mark.parametrize("words", ERRORS, ids=named)
def test_an_error_keeps_its_code_whatever_becomes_of_its_message(
    words: list[str], folder: Path
) -> None:
    kinds = ["full", "closed", "broken"]
    assert codes(words, folder, kinds, ["full", "fine", "closed"]) == [2] * 3


@pytest.mark.parametrize(
    "words", [["recommend", TICKETS], GATE, LOCK, ["--help"]], ids=lambda words: words[0]
)
def test_a_document_is_as_good_without_stderr(words: list[str], folder: Path) -> None:
    kinds = ["fine", "full", "closed", "broken", "read-only"]
    assert len(set(codes(words, folder, ["fine"] * 5, kinds))) == 1


def test_a_failing_gate_is_1_with_any_streams(folder: Path) -> None:
    policy = folder / "policy.yaml"
    policy.write_text("license: BSD-2-Clause\n", encoding="utf-8")
    kinds = ["fine", "full", "closed", "broken"]
    assert codes([*GATE, "--policy", str(policy)], folder, kinds, kinds[::-1]) == [1] * 4


def test_a_failing_gate_says_that_its_report_is_lost(folder: Path) -> None:
    policy = folder / "policy.yaml"
    policy.write_text("license: BSD-2-Clause\n", encoding="utf-8")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pick_model", *GATE, "--policy", str(policy)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error: stdout cannot be written: ")


def test_a_file_never_takes_the_place_of_a_closed_stream(folder: Path) -> None:
    path = folder / "report.json"
    words = ["recommend", TICKETS, "--format", "json", "--output", str(path)]
    assert codes(words, folder, ["closed"], ["closed"]) == [0]
    assert path.read_text(encoding="utf-8").startswith("{")


def test_no_stream_that_fails_is_silent_about_it(folder: Path) -> None:
    for words in (["recommend", TICKETS], ["recommend", TICKETS, "-f", "json"], ["--help"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "pick_model", *words],
                stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT,
            )  # fmt: skip
        assert done.returncode == 4
        assert done.stderr.startswith("error: stdout cannot be written: ")
        assert done.stderr.count("\n") == 1


def test_a_terminal_gets_whole_words_and_what_was_said_apart_from_the_document() -> None:
    """At 60 columns, where the terminal itself would break a line anywhere."""
    import fcntl
    import pty
    import struct
    import termios

    long = "a-word " * 20
    program = (
        "from pick_model.cli import options, streams; streams.prepare();"
        f"streams.say({long!r}, 'note'); options.emit('the document', None);"
        "options.emit('another', None)"
    )
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    with subprocess.Popen([sys.executable, "-c", program], stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            shown += piece
    os.close(ours)
    assert run.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).splitlines()  # the note's label is bold
    assert lines[-4:] == [lines[-4], "", "the document", "another"]
    said = lines[:-3]
    assert said[0].startswith("note: a-word")
    assert {word for line in said for word in line.split()} == {"note:", "a-word"}
    assert all(len(line) <= 60 for line in said)
