"""The results ledger: whole lines, whoever writes."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from pathlib import Path

import pytest

from pick_model.errors import EnvironmentProblem, InputError
from pick_model.measure.ledger import holds_something_else, read_ledger, record
from tests.measure.reports import report
from tests.told import words


def test_a_recorded_report_is_read_back_as_evidence(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger.jsonl"
    record(report(), path)
    record(report(verdict="inconclusive"), path)
    lines = read_ledger(path).lines
    assert [line.verdict for line in lines] == ["transfers", "inconclusive"]
    one = report().results[0]
    assert (lines[0].score, lines[0].interval) == (one.score, one.interval)
    assert (lines[0].full_rows, lines[0].undecided) == (4000, False)
    record(report(majority_only=True), path)
    assert read_ledger(path).lines[-1].undecided
    assert lines[0].baselines == {name: b.score for name, b in one.baselines.items()}


def test_a_line_that_another_tool_has_written_anew_is_read(tmp_path: Path) -> None:
    """As jq or pandas would: spaces, and keys in another order."""
    path = tmp_path / "ledger.jsonl"
    record(report(), path)
    plain = dict(sorted(json.loads(path.read_text()).items()))
    path.write_text(json.dumps(plain) + "\n" + json.dumps({**plain, "stage": "screen"}) + "\n")
    with pytest.raises(InputError) as fault:
        read_ledger(path)
    assert str(fault.value.location) == f"{path}:2"
    assert "not a line" in words(fault.value.message)
    path.write_text(json.dumps(plain) + "\n")
    assert len(read_ledger(path).lines) == 1


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("rank,model,score\n1,a,.5\n", True),
        ('{"stage":"screen","command":"screen","results":[]}\n', True),
        ("garbage", True),
        ("", False),
        ('{"schema_version":1,"model":"cut', False),
    ],
)
def test_nothing_is_added_to_a_file_that_is_no_ledger(
    tmp_path: Path, text: str, other: bool
) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(text)
    assert holds_something_else(path) == other
    if not text:
        record(report(), path)
        assert not holds_something_else(path)


def test_a_line_that_a_crash_cut_short_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    record(report(), path)
    with path.open("a") as file:
        file.write('{"schema_version":1,"mod')
    record(report(), path)
    lines = path.read_text().splitlines()
    assert len(lines) == 3
    assert lines[0] == lines[2]


@pytest.mark.parametrize(
    ("kept", "zeros"),
    [
        (1, b""),
        (12, b""),
        (30, b""),
        (400, b"\xc3"),
        (-2, b""),
        (-1, b""),
        (0, b"\0" * 9),
        (40, b"\0" * 9),
    ],
)
def test_a_torn_line_is_left_out_with_a_note_that_names_it(
    tmp_path: Path, kept: int, zeros: bytes
) -> None:
    path = tmp_path / "ledger.jsonl"
    record(report(), path)
    whole = path.read_text()
    path.write_bytes((whole + whole[:-1][:kept]).encode() + zeros)  # as a kill leaves it
    last = read_ledger(path)
    assert (len(last.lines), len(last.notes)) == (1, 1)
    assert words(last.notes[0]).startswith(f"{path}:2: ")
    record(report(), path)  # and it harms nobody once others have been recorded behind it
    later = read_ledger(path)
    assert (len(later.lines), later.notes) == (2, last.notes)


def test_a_full_disk_leaves_the_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.jsonl"
    record(report(), path)
    before = path.read_bytes()

    def full(_: int) -> None:  # half of it is written by now
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        record(report(), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "word"),
    [("{]", "not a line"), ('{"model": 3}', "model"), ("[]", "not a line"), ("\1", "not a line")],
)
def test_a_line_that_is_none_is_named_by_its_number(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "ledger.jsonl"
    record(report(), path)
    with path.open("a") as file:
        file.write("\n" + text + "\n")
    with pytest.raises(InputError, match=word) as caught:
        read_ledger(path)
    assert caught.value.location is not None
    assert caught.value.location.line == 3


def test_a_ledger_that_is_not_there_or_not_text_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_ledger(tmp_path / "none.jsonl")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a line"):
        read_ledger(tmp_path / "binary.jsonl")


def test_a_ledger_that_cannot_be_written_is_exit_4(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot write"):
        record(report(), tmp_path)


def append_often(path: str) -> None:
    for _ in range(20):
        record(report(), Path(path))


def test_probes_that_record_at_once_leave_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=append_often, args=(str(path),)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(read_ledger(path).lines) == 3 * 20
