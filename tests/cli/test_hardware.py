"""`pick-model hardware`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pick_model.cost import calibration, timing
from pick_model.documents.base import adapter
from pick_model.documents.hardware_report import HardwareReport
from tests.cli.conftest import TICKETS, Run


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PICK_MODEL_CACHE", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("HIP_VISIBLE_DEVICES", "")


def report(text: str) -> HardwareReport:
    return adapter(HardwareReport).validate_json(text)


def test_this_machine_and_every_known_one_are_told(run: Run) -> None:
    done = run("hardware", "--format", "json")
    assert done.code == 0
    found = report(done.out)
    assert found.here.machine.id == "local"
    assert {"nvidia-t4", "cpu-4-core"} <= {machine.id for machine in found.machines}
    table = run("hardware", "t4").out
    assert table.startswith("this machine: ")
    assert "nvidia-t4" in table
    assert "nvidia-a100" not in table


def test_a_misspelt_machine_is_told_the_nearest(run: Run) -> None:
    done = run("hardware", "nvidia-t5")
    assert done.code == 2
    assert "nvidia-t4" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--calibrate", "--forget"), "one of the two"),
        (("--seconds", "0"), "2 to 600"),
        (("--seconds", "nan"), "2 to 600"),
        (("--seconds", "1e9"), "2 to 600"),
        (("--seconds", "soon"), "--seconds"),
    ],
)
def test_absurd_settings_are_refused(words: tuple[str, ...], said: str, run: Run) -> None:
    done = run("hardware", *words)
    assert done.code == 2
    assert said in done.err


class Ticking:
    """A clock that goes on by a tenth of a second whenever it is asked."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += 0.1
        return self.at


@pytest.fixture
def _a_clock_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = timing.calibrate
    monkeypatch.setattr(timing, "SHAPES", ((1, 32, 2),))
    monkeypatch.setattr(timing, "BATCHES", {"cpu": (1, 2)})

    def calibrate(device: str, budget: float, tell: object) -> object:
        return plain(device, 0.0, Ticking())

    monkeypatch.setattr(timing, "calibrate", calibrate)
    monkeypatch.setattr(timing, "matrix_tflops", lambda device, budget: 0.125)


@pytest.mark.usefixtures("_a_clock_of_our_own")
def test_calibration_is_kept_used_and_forgotten(run: Run, tmp_path: Path) -> None:
    before = run("explain", TICKETS, "roberta-base", "--hardware", "local", "-f", "json")
    done = run("hardware", "--calibrate", "-f", "json")
    assert done.code == 0, done.err
    found = report(done.out)
    assert found.here.matrix_tflops == 0.125
    kinds = {(t.kind, t.phase) for t in found.here.machine.measured}
    assert kinds == {
        (kind, phase) for kind in ("transformer", "convolution") for phase in ("train", "infer")
    }
    assert [t.seconds for t in found.here.machine.measured] == pytest.approx([0.1] * 8)
    if before.code == 0:  # where the ranking stands
        after = run("explain", TICKETS, "roberta-base", "--hardware", "local", "-f", "json")
        assert json.loads(after.out) != json.loads(before.out)
    assert "8 timings" in run("hardware", "t4").out
    assert report(run("hardware", "--forget", "-f", "json").out).forgotten == 8
    assert report(run("hardware", "-f", "json").out).here.machine.measured == ()


def test_a_damaged_timing_is_told_and_does_not_stop_anything(run: Run, tmp_path: Path) -> None:
    name = report(run("hardware", "-f", "json").out).here.machine.name
    folder = calibration._folder(name or "", tmp_path)
    folder.mkdir(parents=True)
    (folder / "x.json").write_text("{", encoding="utf-8")
    done = run("hardware", "t4")
    assert done.code == 0
    assert "damaged" in " ".join(done.out.split())
