"""Every wrong input: one clear line, where it is, the nearest valid word, the right code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pick_model import errors

from .conftest import ROOT, TICKETS, Run

TEXT = "task: text-classification\n"
ENTRY = """\
models:
  - id: our-bert
    family: bert
    kind: encoder
    modality: text
    tasks: [text-classification]
"""

# What stands in the file (None: no file), the exit code, what the one line must say.
PROFILES: list[tuple[str, bytes | None, int, str]] = [
    ("missing", None, 2, "task.yaml: no such file"),
    ("empty", b"", 2, "task.yaml: is empty"),
    ("not YAML", b"task: [", 2, "task.yaml:2: is not YAML"),
    ("a list", b"- task\n", 2, "task.yaml:1: should be a mapping (key: value), not a list"),
    ("a word", b"task\n", 2, "should be a mapping (key: value), not plain text"),
    ("a key twice", b"task: x\ntask: y\n", 2, "task.yaml:2: the key 'task' stands twice"),
    ("alias bomb", b"a: &a [1,2,3,4,5,6,7,8,9]\n" + b"".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n".encode()
        for i in range(8)), 2, "aliases expand to too many values"),
    ("deep", b"a: " + b"[" * 5000, 2, "task.yaml:1: "),  # who says so depends on the library
    ("deep blocks", b"".join(b" " * i + b"a:\n" for i in range(60)), 2, "task.yaml:51: nests deeper than 50 levels"),
    ("larger than any profile", b"# " + b"x" * 2**22, 2, "task.yaml: larger than 4 MiB"),
    ("a tag", b"task: !!python/name:os.system x\n", 2, "which is not allowed here"),
    ("unknown key", TEXT.encode() + b"langauges: [en]\n", 2, "task.yaml:2: unknown key 'langauges' (did you mean 'languages'?)"),
    ("unknown nested key", TEXT.encode() + b"constraints:\n  licence: MIT\n", 2, "task.yaml:3: unknown key 'constraints.licence' (did you mean 'license'?)"),
    ("misspelt task", b"task: txt-classification\n", 2, "did you mean 'text-classification'?"),
    ("misspelt licence", TEXT.encode() + b"constraints: {license: mti}\n", 2, "task.yaml:2: constraints.license.0: unknown licence 'mti' (did you mean 'MIT'?)"),
    ("misspelt language", TEXT.encode() + b"languages: [germn]\n", 2, "unknown language 'germn' (did you mean 'German'?)"),
    ("misspelt preset", TEXT.encode() + b"preset: balnced\n", 2, "task.yaml:2: preset: unknown preset 'balnced' (did you mean 'balanced'?)"),
    ("misspelt model", TEXT.encode() + b"constraints: {ban_models: [robeta-base]}\n", 2, "task.yaml:2: no model 'robeta-base' in the catalog (did you mean 'roberta-base'?)"),
    ("misspelt family", TEXT.encode() + b"constraints: {require_families: [robrta]}\n", 2, "require_families: no family 'robrta' in the catalog (did you mean 'roberta'?)"),
    ("misspelt hardware", TEXT.encode() + b"hardware: nvida-t4\n", 2, "task.yaml:2: unknown hardware 'nvida-t4' (did you mean 'nvidia-t4'?)"),
    ("negative", TEXT.encode() + b"n_rows: -5\n", 2, "task.yaml:2: n_rows: should be greater than or equal to 0, not -5"),
    ("huge", TEXT.encode() + b"n_rows: 1e99\n", 2, "task.yaml:2: n_rows: should be less than or equal to 1000000000000000"),
    ("not a number", TEXT.encode() + b"n_rows: .nan\n", 2, "task.yaml:2: n_rows: should be a valid integer, not nan"),
    ("infinite", TEXT.encode() + b"constraints: {max_latency_ms: .inf}\n", 2, "max_latency_ms"),
    ("no weight", TEXT.encode() + b"weights: {transferability: 0, pretraining_data: 0, architecture: 0, training_time: 0, compute: 0}\n", 2, "task.yaml:2: weights: should be finite and not all zero"),
    ("a percentage", TEXT.encode() + b"current:\n  model: my-svm\n  score: 87\n", 2, "task.yaml:4: current.score: 87 is no accuracy, which lies from 0 to 1 (write 0.87)"),
    ("a price alone", TEXT.encode() + b"price_per_hour: 2\n", 2, "task.yaml:2: price_per_hour: nothing to hold it against"),
    ("points of what has none", TEXT.encode() + b"metric: rmse\npoint_worth: 5\n", 2, "task.yaml:3: point_worth: rmse has no points"),
    ("labels of another task", b"task: object-detection\nlabel_kind: multi-label\n", 2, "task.yaml:2: label_kind: multi-label does not suit object-detection"),
    ("half a direction", b"task: translation\ntranslate: {from: en}\n", 2, "task.yaml:2: the key 'translate.to' is missing"),
    ("contradiction", TEXT.encode() + b"constraints:\n  released_after: 2024-01\n  released_before: 2020-01\n", 2, "released_after 2024-01 is later than released_before 2020-01"),
    ("required and banned", TEXT.encode() + b"constraints: {require_families: bert, ban_families: bert}\n", 2, "'bert' is both required and banned"),
    ("no candidate", TEXT.encode() + b"constraints: {max_parameters: 1000}\n", 3, "no model is left: all "),
    ("binary", b"\x00\x01\x02\x03", 2, "task.yaml: is a binary file, not text"),
    ("latin-1", b"name: caf\xe9\n", 2, "task.yaml:1: is not UTF-8: byte 0xe9 (save it as UTF-8)"),
    ("utf-16", TEXT.encode("utf-16"), 2, "task.yaml: is UTF-16 text (save it as UTF-8)"),
]  # fmt: skip


@pytest.mark.parametrize("document", ["table", "json"])
@pytest.mark.parametrize(
    ("content", "code", "message"), [p[1:] for p in PROFILES], ids=[p[0] for p in PROFILES]
)
def test_a_wrong_profile(
    content: bytes | None, code: int, message: str, document: str, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "task.yaml"
    if content is not None:
        path.write_bytes(content)
    done = run("recommend", str(path), "--format", document)
    assert done.code == code
    assert message in done.err
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    if document == "table":
        assert done.out == ""
    else:
        error = json.loads(done.out)["error"]
        assert error["exit"] == code
        assert error["message"] in done.err
        assert error["message_code"] != "in-words"  # it has a code and values of its own


def test_no_candidate_names_the_nearest_misses(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(TEXT + "constraints: {max_parameters: 2500000}\n", encoding="utf-8")
    done = run("recommend", str(path))
    if done.code == 0:  # a model that small is in the catalog
        path.write_text(TEXT + "constraints: {max_parameters: 1000000}\n", encoding="utf-8")
        done = run("recommend", str(path))
    assert done.code == 3
    assert "nearest: " in done.err
    assert "parameters" in done.err


# Words after the profile, the code, what the line must say.
OPTIONS: list[tuple[list[str], int, str]] = [
    (["--preset", "ege"], 2, "--preset: unknown preset 'ege' (did you mean 'edge'?)"),
    (["--weight", "compte=1"], 2, "--weight: unknown criterion 'compte' (did you mean 'compute'?)"),
    (["--weight", "compute=much"], 2, "(write CRITERION=NUMBER, as compute=0.4)"),
    (["--weight", "compute"], 2, "(write CRITERION=NUMBER, as compute=0.4)"),
    (["--weight", "compute=-1"], 2, "should be a finite number of 0 or more"),
    (["--weight", "compute=inf"], 2, "should be a finite number of 0 or more"),
    (
        ["--hardware", "laptop"],
        2,
        "unknown hardware 'laptop' (`local` is this machine; `pick-model hardware` lists those known by name)",
    ),
    (["--hardware", "nvidia-t44"], 2, "unknown hardware 'nvidia-t44' (did you mean 'nvidia-t4'?)"),
    (["--top", "-1"], 2, "--top -1: should be 0 (all) or more"),
    (["--top", "many"], 2, "invalid value for '--top'"),
    (["--format", "jsn"], 2, "'jsn' is not one of 'table', 'json', 'markdown', 'csv'"),
    (["--catalog", "none.yaml"], 2, "none.yaml: no such file"),
    (["--bogus"], 2, "no such option: --bogus"),
    (["--output", "."], 2, ".: is a folder; --output needs a file"),
    (["--output", "none/x.txt"], 2, "none/x.txt: cannot be written: no such file or directory"),
]


@pytest.mark.parametrize(("words", "code", "message"), OPTIONS, ids=[o[0][0] for o in OPTIONS])
def test_a_wrong_option(words: list[str], code: int, message: str, run: Run) -> None:
    done = run("recommend", TICKETS, *words)
    assert done.code == code
    assert message.lower() in done.err.lower()
    assert done.err.count("\n") == 1
    assert done.out == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["recomend"], "recommend"),
        (["recommend"], "missing argument"),
        (["explain", TICKETS, "robeta-base"], "did you mean 'roberta-base'?"),
        (["explain", TICKETS], "missing argument"),
        (["compare", TICKETS, "roberta-base", "xx-none"], "no model 'xx-none' in the catalog"),
        (["lock", TICKETS, "./tuned"], "give the model an entry in an overlay"),
        (["schema", "taks"], "did you mean 'task'?"),
    ],
)
def test_a_wrong_command(words: list[str], message: str, run: Run) -> None:
    done = run(*words)
    assert done.code == 2
    assert message in done.err.lower()
    assert done.err.count("\n") == 1


def test_a_broken_overlay_is_refused_not_dropped(run: Run, tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(ENTRY.replace("encoder", "encodr"), encoding="utf-8")
    done = run("recommend", TICKETS, "--catalog", str(overlay))
    assert done.code == 2
    assert "own.yaml:4: our-bert: kind: unknown kind 'encodr' (did you mean 'encoder'?)" in done.err
    assert done.out == ""


def test_a_folder_for_a_profile(run: Run, tmp_path: Path) -> None:
    done = run("recommend", str(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert "is a folder; a file is needed" in done.err


def test_a_permission_error_on_the_profile_is_wrong_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pick_model.documents.reader import read_text

    path = tmp_path / "task.yaml"
    path.write_text(TEXT, encoding="utf-8")

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pick_model.documents.reader.read_bounded", refuse)
    with pytest.raises(errors.InputError, match="cannot be read: permission denied"):
        read_text(path)


def test_a_failed_write_leaves_the_old_file_whole(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.json"
    target.write_text("old", encoding="utf-8")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    done = run("recommend", TICKETS, "--format", "json", "--output", str(target))
    assert done.code == errors.ENVIRONMENT
    assert "the disk is full" in done.err
    assert target.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_a_bug_of_ours_is_70_never_1_and_leaves_a_log(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("pick_model.advise.recommend.recommend", crash)
    done = run("recommend", TICKETS, "--format", "json")
    assert done.code == 70
    assert "a bug of ours: RuntimeError: boom" in done.err
    log = Path(json.loads(done.out)["error"]["hint"].rsplit(" ", 1)[1])
    assert "in crash" in log.read_text(encoding="utf-8")
    log.unlink()


def test_a_name_with_control_characters_cannot_paint_the_terminal(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(TEXT + 'name: "a\\e[31mb"\n', encoding="utf-8")
    done = run("recommend", str(path))
    assert done.code == 0
    assert "\x1b" not in done.out


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "pick_model", *words]


def test_a_closed_pipe_is_no_error() -> None:
    reader = subprocess.Popen(
        command("recommend", TICKETS, "--top", "0", "--format", "json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert reader.stdout is not None
    assert reader.stderr is not None
    reader.stdout.close()
    error = reader.stderr.read()
    reader.stderr.close()
    assert (reader.wait(), error) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_kill_are_130_without_a_traceback(tmp_path: Path, by: signal.Signals) -> None:
    pipe = tmp_path / "task.yaml"
    os.mkfifo(pipe)  # reading it waits for a writer that never comes
    waiting = subprocess.Popen(
        command("recommend", str(pipe)),
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # A job that a script put into the background inherits a deaf ear for Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    writer = os.open(pipe, os.O_WRONLY)  # opens only once the command has begun to read
    time.sleep(0.5)  # so that it is reading, and not between opening and reading
    waiting.send_signal(by)
    _, error = waiting.communicate(timeout=60)
    os.close(writer)
    assert waiting.returncode == 130
    assert error == "interrupted\n"
