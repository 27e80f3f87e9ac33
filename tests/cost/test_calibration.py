"""Timings in the cache folder: kept, used, damaged, forgotten, written by two at once."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest

from pick_model.cost.calibration import FOLDER, forget, keep, load, with_timings
from pick_model.documents.hardware import Machine, Timing
from pick_model.errors import EnvironmentProblem
from pick_model.record import replace
from pick_model.words.say import say

TIMING = Timing(
    origin="calibration",
    what="random encoder 4x256, 8 at once",
    kind="transformer",
    phase="train",
    dtype="fp32",
    flops=2e10,
    moved_bytes=9e8,
    launches=12,
    seconds=0.36,
    made_on="2026-11-28",
)
HERE = Machine(id="local", name="Some CPU, 4 cores", kind="cpu", memory_gib=16.0, fp32_tflops=0.3)


def files(cache: Path) -> list[Path]:
    return sorted((cache / FOLDER).glob("*/*.json"))


def test_a_timing_is_found_again_on_its_device_alone(tmp_path: Path) -> None:
    keep("Some CPU, 4 cores", TIMING, tmp_path)
    assert load("Some CPU, 4 cores", tmp_path).timings == (TIMING,)
    assert load("Some CPU, 2 cores", tmp_path).timings == ()
    assert with_timings(HERE, tmp_path).measured == (TIMING,)
    other = replace(HERE, name="Another CPU, 4 cores")
    assert with_timings(other, tmp_path) is other


def test_the_newest_of_two_alike_stays(tmp_path: Path) -> None:
    keep("x", TIMING, tmp_path)
    keep("x", replace(TIMING, seconds=0.5), tmp_path)
    keep("x", replace(TIMING, phase="infer"), tmp_path)
    assert sorted(t.seconds for t in load("x", tmp_path).timings) == [0.36, 0.5]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"schema_version": 2}', b"[" * 100_000,
     b'{"schema_version": 1, "device": "x", "timing": {"seconds": -1}}',
     b'{"schema_version": 1, "device": "y", "timing": {}}'],
)  # fmt: skip
def test_a_damaged_file_is_passed_over_and_named(content: bytes, tmp_path: Path) -> None:
    keep("x", TIMING, tmp_path)
    keep("x", replace(TIMING, phase="infer"), tmp_path)
    damaged = files(tmp_path)[0]
    damaged.write_bytes(content)
    kept = load("x", tmp_path)
    assert len(kept.timings) == 1
    assert [say(note) for note in kept.notes] == [
        f"{damaged} is damaged: passed over until `hardware --calibrate`"
    ]


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "0", '"0.36"'])
def test_no_absurd_figure_is_believed(figure: str, tmp_path: Path) -> None:
    keep("x", TIMING, tmp_path)
    file = files(tmp_path)[0]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"seconds": 0.36', f'"seconds": {figure}'), encoding="utf-8")
    assert load("x", tmp_path).timings == ()


def test_a_damaged_file_is_made_again_by_the_next_timing(tmp_path: Path) -> None:
    keep("x", TIMING, tmp_path)
    files(tmp_path)[0].write_text("{", encoding="utf-8")
    keep("x", TIMING, tmp_path)
    assert load("x", tmp_path) == ((TIMING,), ())


def test_forgetting_leaves_nothing_and_counts(tmp_path: Path) -> None:
    keep("x", TIMING, tmp_path)
    keep("y", TIMING, tmp_path)
    assert forget(tmp_path) == 2
    assert not files(tmp_path)
    assert list((tmp_path / FOLDER).iterdir()) == []
    assert forget(tmp_path) == 0
    assert forget(tmp_path / "never") == 0


def test_a_folder_that_cannot_be_written_is_an_error_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file", encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match="cannot keep"):
        keep("x", TIMING, tmp_path)


def write_many(cache: str, origin: str) -> None:
    for n in range(20):
        keep("x", replace(TIMING, what=f"{origin} {n}"), Path(cache))
        keep("x", replace(TIMING, what="both"), Path(cache))


def test_two_processes_lose_no_timing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=write_many, args=(str(tmp_path), name)) for name in ("one", "two")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    kept = load("x", tmp_path)
    assert len(kept.timings) == 20 + 20 + 1
    assert kept.notes == ()
    for file in files(tmp_path):
        json.loads(file.read_text(encoding="utf-8"))
