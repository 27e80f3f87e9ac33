"""No command writes over what it reads; `-` is stdout; inputs and errors have bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pick_model import errors
from pick_model.cli import boundary
from pick_model.cli.inputs import named_by, refuse_overwriting
from pick_model.words.say import message

from .conftest import ROOT, TICKETS, Run

TEXT = "task: text-classification\n"
BAN = "ban:\n  - {id: roberta-base, reason: none}\n"
ROWS = "text,label\n" + "".join(f"row {i},{'ab'[i % 2]}\n" for i in range(20))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one of each input."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "task.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "overlays").mkdir()
    (tmp_path / "overlays" / "own.yaml").write_text(BAN, encoding="utf-8")
    (tmp_path / "policy.yaml").write_text("license: permissive\n", encoding="utf-8")
    (tmp_path / "soft.yaml").symlink_to("task.yaml")
    (tmp_path / "hard.yaml").hardlink_to(tmp_path / "task.yaml")
    (tmp_path / "Dockerfile.gpu").write_text("FROM scratch\n", encoding="utf-8")
    for name in ("settings.json", "overlays/config.json"):
        (tmp_path / name).write_text('{"model_type": "bert"}', encoding="utf-8")
    for name in ("start.sh", "tool"):
        (tmp_path / name).write_text("#!/bin/sh\necho\n", encoding="utf-8")
    (tmp_path / ".env").write_text("KEY=1\n", encoding="utf-8")
    (tmp_path / "broken.lock").write_text("{", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("recommend task.yaml -o task.yaml", "task.yaml"),
        ("recommend task.yaml -o overlays/../task.yaml", "task.yaml"),
        ("recommend task.yaml -o soft.yaml", "task.yaml"),
        ("recommend task.yaml -o hard.yaml", "task.yaml"),
        ("recommend soft.yaml -f json -o task.yaml", "task.yaml"),
        ("recommend task.yaml --catalog overlays -o overlays/own.yaml", "overlays/own.yaml"),
        ("recommend task.yaml --results rows.csv -o rows.csv", "rows.csv"),
        ("recommend task.yaml --data rows.csv -o rows.csv", "rows.csv"),
        ("explain task.yaml bert-base-uncased -o task.yaml", "task.yaml"),
        ("compare task.yaml bert-base-uncased roberta-base -o task.yaml", "task.yaml"),
        ("lock task.yaml roberta-base --offline -o task.yaml", "task.yaml"),
        ("probe nobody/nothing --data rows.csv -o rows.csv", "rows.csv"),
        ("probe nobody/nothing --data rows.csv --record rows.csv", "rows.csv"),
        ("probe nobody/nothing --data task.yaml --eval-data rows.csv -o rows.csv", "rows.csv"),
        ("probe overlays --data rows.csv -o overlays/own.yaml", "overlays/own.yaml"),
        ("screen --data rows.csv --model overlays -o rows.csv", "rows.csv"),
        ("screen --data rows.csv --model overlays --record rows.csv", "rows.csv"),
        ("screen --data rows.csv --models tool -o tool", "tool"),
        ("backtest --table rows.csv -o rows.csv", "rows.csv"),
        ("catalog list --catalog overlays/own.yaml -o overlays/own.yaml", "overlays/own.yaml"),
        ("catalog validate overlays -o overlays/own.yaml", "overlays/own.yaml"),
        ("catalog diff overlays rows.csv -o rows.csv", "rows.csv"),
        ("catalog refresh overlays --dry-run -o overlays/own.yaml", "overlays/own.yaml"),
        ("gate --policy policy.yaml -o policy.yaml", "policy.yaml"),
        ("gate --lock broken.lock --report junit=broken.lock", "broken.lock"),
        ("gate --lock broken.lock --report junit=task.yaml", "task.yaml"),
        ("gate --lock broken.lock -o policy.yaml", "policy.yaml"),
        ("gate --task task.yaml --report sarif=task.yaml", "task.yaml"),
        ("gate --discover . -o policy.yaml", "policy.yaml"),
        ("gate --discover . -o Dockerfile.gpu", "Dockerfile.gpu"),
        ("gate --discover . -f json -o settings.json", "settings.json"),
        ("gate --discover . --report gitlab=start.sh", "start.sh"),
        ("gate --discover . -o tool", "tool"),
        ("gate --discover . -o .env", ".env"),
        ("probe overlays --data rows.csv -f json -o overlays/config.json", "overlays/config.json"),
    ],
)
def test_an_output_that_is_an_input_is_refused_and_the_input_untouched(
    words: str, kept: str, here: Path, run: Run
) -> None:
    before = (here / kept).read_bytes()
    done = run(*words.split())
    assert done.code == 2
    assert "would overwrite what this command reads" in done.err
    assert (here / kept).read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        "gate --report junit=a.xml --report sarif=a.xml",
        "gate --report junit=a.xml -o overlays/../a.xml",
        "probe nobody/nothing --data rows.csv --record a -o a",
        "gate --report junit=- --report sarif=-",
    ],
)
def test_two_outputs_to_one_file_are_refused(words: str, here: Path, run: Run) -> None:
    done = run(*words.split())
    assert done.code == 2
    assert "both" in done.err or "two documents" in done.err
    assert not (here / "a.xml").exists()


def test_what_a_lock_names_is_an_input(here: Path) -> None:
    lock = ROOT / "examples" / "support-tickets" / "pick-model.lock"
    read = set(named_by(lock, "policy.yaml"))
    assert {lock, lock.parent / "policy.yaml", lock.parent / "task.yaml"} <= read
    with pytest.raises(errors.UsageError):
        refuse_overwriting([("--output", lock.parent / "task.yaml")], read)


def test_a_report_can_be_written_again_and_into_a_folder_that_is_read(here: Path, run: Run) -> None:
    words = ["recommend", "task.yaml", "--catalog", "overlays", "-o", "overlays/report.md"]
    assert [run(*words).code, run(*words).code] == [0, 0]
    for kind in ("json", "sarif", "gitlab", "junit", "markdown"):
        name = {"junit": "report.xml", "markdown": "report.md"}.get(kind, f"{kind}.json")
        for _ in range(2):
            assert run("gate", "--discover", ".", "-o", name, "-f", kind).code in (0, 1, 3)


@pytest.mark.parametrize("output", ["-", "/dev/stdout"])
def test_a_dash_is_stdout(output: str, here: Path, run: Run) -> None:
    usual = run("recommend", "task.yaml")
    assert run("recommend", "task.yaml", "-o", output) == usual
    locked = run("lock", "task.yaml", "roberta-base", "--offline", "-o", output)
    assert locked.code == 0
    assert locked.out.startswith("# Written by pick-model lock")
    assert not (here / "-").exists()


@pytest.mark.skipif(os.name == "nt", reason="POSIX devices")
def test_a_device_is_both_read_and_written_without_harm(here: Path, run: Run) -> None:
    assert run("recommend", "task.yaml", "-o", "/dev/null").code == 0
    assert run("recommend", "/dev/null", "-o", "/dev/null").code == 2  # an empty profile
    assert run("recommend", "/dev/zero").code == 2
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_profile_can_come_through_a_pipe() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pick_model", "recommend", "/dev/stdin", "-f", "json"],
        input=TEXT, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["command"] == "recommend"


LONG = "x" * 5000


@pytest.mark.parametrize(
    "words",
    [
        ["recommend", LONG],
        ["recommend", TICKETS, "--catalog", LONG],
        ["recommend", TICKETS, "--results", LONG],
        ["recommend", TICKETS, "-o", LONG],
        ["explain", TICKETS, LONG],
        ["gate", "--lock", LONG],
        ["backtest", "--table", LONG],
        ["catalog", "validate", LONG],
        ["catalog", "diff", LONG, LONG],
        ["catalog", "refresh", LONG],
        ["catalog", "show", LONG],
        ["schema", LONG],
        [LONG],
    ],
    ids=lambda words: " ".join(word[:9] for word in words),
)
def test_an_endless_name_is_wrong_input_told_in_a_line_that_fits(
    words: list[str], run: Run
) -> None:
    done = run(*words)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert len(done.err) < 1100
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["catalog"]], ids=["pick-model", "catalog"])
def test_no_arguments_print_the_help_whole(words: list[str], run: Run) -> None:
    done, asked = run(*words), run(*words, "--help")
    assert (done.code, asked.code) == (2, 0)
    assert done.err == asked.out
    assert "..." not in done.err.replace("[ARGS]...", "")
    assert done.out == ""


def test_a_catalog_that_is_not_valid_is_an_error_beside_its_report(here: Path, run: Run) -> None:
    (here / "wrong.yaml").write_text("models:\n  - {id: ours}\n", encoding="utf-8")
    for format in ("table", "json"):
        done = run("catalog", "validate", "wrong.yaml", "-f", format)
        assert done.code == 2
        assert "wrong.yaml" in done.out
        assert done.err.startswith("error: wrong.yaml: ")
        assert done.err.count("\n") == 1
    assert json.loads(done.out)["valid"] is False


def failing(error: BaseException) -> Callable[[object], int]:
    def run(_: object) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), 4),
        (KeyboardInterrupt(), 130),
        (RecursionError("too deep"), 70),
        (SystemExit(1), 2),
        (BrokenPipeError(32, "Broken pipe"), 4),
        (ConnectionResetError(104, "reset"), 4),
        (OSError(28, "No space left on device"), 4),
        (OSError(36, "File name too long", "x"), 2),
        (OSError(5, "Input/output error", "x"), 4),
        (errors.NoCandidate(message("nothing-found", text="x")), 3),
        (ZeroDivisionError(), 70),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
@pytest.mark.parametrize("format", ["table", "json"])
def test_every_error_has_its_code(
    error: BaseException, code: int, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert boundary.guarded(failing(error), ["recommend", "-f", format]) == code
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    if format == "json" and code != 130:
        assert json.loads(out)["error"]["exit"] == code


def test_a_broken_pipe_of_somebody_else_is_not_the_librarys_exit_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("pick_model.advise.recommend.recommend", gone)
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # the library puts others in their place
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    assert run("recommend", TICKETS).code == 4


@pytest.mark.parametrize(
    "where", ["pick_model.cli.streams.plain", "pick_model.documents.base.to_json"]
)
@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt])
def test_an_error_while_telling_an_error_has_its_code_too(
    where: str, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [error()]

    def once(text: object) -> str:
        if first:
            raise first.pop()
        return "told"

    monkeypatch.setattr(where, once)
    code = boundary.guarded(
        failing(errors.UsageError(message("see-help"))), ["recommend", "-f", "json"]
    )
    assert code == (4 if error is MemoryError else 130)


@pytest.mark.skipif(os.name == "nt", reason="POSIX limits")
@pytest.mark.parametrize("format", ["table", "json"])
def test_a_process_that_runs_out_of_memory_ends_with_4(format: str) -> None:
    script = (
        "import resource, sys\n"
        "from pick_model.cli import boundary, main\n"
        "def fill(_):\n"
        "    resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))\n"
        "    held = []\n"
        "    while True:\n"
        "        held.append(bytearray(200) if len(held) % 2 else [held])\n"
        "main._run = fill\n"
        f"sys.argv[1:] = ['recommend', '-f', {format!r}]\n"
        "main.entry_point()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 4
    assert done.stderr == "error: out of memory\n"


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_ctrl_c_while_modules_are_imported_is_130() -> None:
    script = (
        "import os, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'pick_model.cli.app':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "sys.argv[1:] = ['--version']\n"
        "from pick_model.cli.main import entry_point\n"
        "entry_point()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (errors.INTERRUPTED, "interrupted\n")
