"""kill -9 at any moment, then the same command: it goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

SCRIPT = """
import json, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from pick_model.documents.probe import deterministic_part
from pick_model.probe.run import probe
from pick_model.probe.settings import Settings
from tests.probe.conftest import make_rows
model, cache = sys.argv[1:]
settings = Settings(
    max_steps=8, seeds=4, batch=16, precision="fp32", cache=Path(cache), extend=False
)
def tick(p):
    print(p.stage, p.done, p.total, flush=True)
train, heldout = make_rows("regression", 140), make_rows("regression", 60, seed=9)
report = probe([model], train, heldout, settings, tick)
print("RESULT " + json.dumps([deterministic_part(report), report.results[0].timing.resumed]))
"""


def start(model: Path, cache: Path) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root / "src"), str(root)])
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(model), str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
    )


def finish(process: subprocess.Popen[str]) -> tuple[list[str], dict[str, object], int]:
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    lines = out.splitlines()
    document, resumed = json.loads(lines[-1].removeprefix("RESULT "))
    return lines[:-1], document, resumed


def test_a_killed_probe_goes_on_and_repeats_at_most_one_seed(tiny: Path, tmp_path: Path) -> None:
    process = start(tiny, tmp_path / "killed")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("seed 2") and not line.rstrip().endswith("8 8"):
            process.send_signal(signal.SIGKILL)  # in the middle of the third seed
            break
    process.wait(30)
    assert process.returncode == -signal.SIGKILL
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
    files = list((tmp_path / "killed").rglob("*.json"))
    assert all(json.loads(p.read_text()) for p in files)

    ticks, resumed_report, resumed = finish(start(tiny, tmp_path / "killed"))
    assert resumed >= 5  # lengths, speed, plan, frozen, the runs of the curve and of two seeds
    trained = {line.split(",")[0] for line in ticks if line.startswith("seed")}
    assert trained <= {"seed 2", "seed 3"}

    _, whole_report, _ = finish(start(tiny, tmp_path / "whole"))
    assert resumed_report == whole_report


def test_two_probes_at_once_on_one_cache_give_the_same_report(tiny: Path, tmp_path: Path) -> None:
    both = [start(tiny, tmp_path / "shared") for _ in range(2)]
    first, second = (finish(process)[1] for process in both)
    assert first == second
