"""A probe adds its speed to what is known of this machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from safetensors.torch import load_file, save_file

from pick_model.cost.calibration import load
from pick_model.cost.detect import local_machine
from pick_model.cost.forward import layer_flops
from pick_model.documents.catalog import Shape
from pick_model.documents.hardware import Timing
from pick_model.measure.probe import timed
from pick_model.measure.probe.run import probe
from pick_model.measure.probe.settings import Settings
from tests.measure.conftest import make_rows

HERE = "Some CPU, 1 core"


@pytest.fixture(autouse=True)
def _one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed, "device_name", lambda device, threads: HERE)


def probed(model: Path, cache: Path, **changes: Any) -> tuple[Timing, ...]:
    settings = Settings(
        **{"max_steps": 4, "seeds": 1, "batch": 16, "precision": "fp32", "cache": cache, **changes}
    )
    rows, heldout = make_rows("single-label", 140), make_rows("single-label", 60, seed=9)
    probe([str(model)], rows, heldout, settings)
    return load(HERE, cache).timings


def test_a_probe_keeps_its_step_as_a_timing(tiny: Path, tmp_path: Path) -> None:
    [timing] = probed(tiny, tmp_path)
    assert (timing.origin, timing.kind, timing.phase, timing.dtype) == (
        "probe", "transformer", "train", "fp32",
    )  # fmt: skip
    tokens = int(timing.what.split(" x ")[1].split()[0])
    shape = Shape(n_layers=1, hidden_size=16, n_heads=2, intermediate_size=32)
    assert timing.flops == 3 * 16 * layer_flops(shape, tokens)
    assert timing.launches == 3
    assert timing.seconds > 0


def test_every_model_of_a_probe_is_timed(tiny: Path, tmp_path: Path) -> None:
    """The second one finds the trivial baselines that the first one fitted."""
    other = tmp_path / "other"
    shutil.copytree(tiny, other)
    weights = load_file(other / "model.safetensors")
    save_file({name: 2 * value for name, value in weights.items()}, other / "model.safetensors")
    settings = Settings(max_steps=4, seeds=1, batch=16, precision="fp32", cache=tmp_path / "cache")
    rows, heldout = make_rows("single-label", 140), make_rows("single-label", 60, seed=9)
    report = probe([str(tiny), str(other)], rows, heldout, settings)
    assert [one.timing.resumed for one in report.results] == [0, 0]
    assert len(load(HERE, tmp_path / "cache").timings) == 2


def test_what_was_read_from_the_store_is_not_timed_again(tiny: Path, tmp_path: Path) -> None:
    first = probed(tiny, tmp_path)
    assert probed(tiny, tmp_path) == first


@pytest.mark.parametrize("changes", [{"method": "linear"}, {"checkpointing": True}])
def test_what_is_no_plain_training_step_is_not_kept(
    changes: dict[str, Any], tiny: Path, tmp_path: Path
) -> None:
    assert probed(tiny, tmp_path, **changes) == ()


def test_a_part_of_the_cores_says_nothing_about_the_machine(
    monkeypatch: pytest.MonkeyPatch, tiny: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(timed, "device_name", lambda device, threads: None)
    assert probed(tiny, tmp_path) == ()


def test_a_full_disk_does_not_stop_a_probe(
    monkeypatch: pytest.MonkeyPatch, tiny: Path, tmp_path: Path
) -> None:
    (tmp_path / "timings").write_text("a file where the folder would be", encoding="utf-8")
    assert probed(tiny, tmp_path) == ()


def test_timings_are_filed_under_the_name_that_local_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pick_model.cost.detect import device_name

    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("HIP_VISIBLE_DEVICES", "")
    local = local_machine({}, cache=tmp_path)
    assert device_name("cpu", 1000) == local.name
    if local.name and not local.name.endswith(", 1 core"):
        assert device_name("cpu", 0) is None
