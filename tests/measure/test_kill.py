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
from pick_model.measure.probe.run import probe
from pick_model.measure.probe.settings import Settings
from pick_model.words.say import say
from tests.measure.conftest import make_rows
model, cache = sys.argv[1:]
settings = Settings(
    max_steps=8, seeds=3, batch=16, precision="fp32", cache=Path(cache), extend=False,
    learning_rate=2e-4
)
def tick(p):
    print(say(p.stage), p.done, p.total, flush=True)
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


@pytest.fixture(scope="module")
def at_once(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """The reports of two probes that ran side by side on one cache."""
    cache = tmp_path_factory.mktemp("shared")
    return [finish(process)[1] for process in [start(tiny, cache) for _ in range(2)]]


def test_a_killed_probe_goes_on_and_repeats_at_most_one_seed(
    tiny: Path, tmp_path: Path, at_once: list[dict[str, object]]
) -> None:
    process = start(tiny, tmp_path / "killed")
    assert process.stdout is not None
    for line in process.stdout:
        if "seed 1" in line and not line.rstrip().endswith(("0 1", "8 8")):
            process.send_signal(signal.SIGKILL)  # in the middle of the second seed
            break
    process.wait(30)
    assert process.returncode == -signal.SIGKILL
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
    files = list((tmp_path / "killed").rglob("*.json"))
    assert all(json.loads(p.read_text()) for p in files)

    ticks, resumed_report, resumed = finish(start(tiny, tmp_path / "killed"))
    assert resumed >= 4  # lengths, frozen, the runs of the curve and of one seed
    trained = {line.partition(" on ")[0] for line in ticks if line.startswith("training, seed")}
    assert trained == {"training, seed 1", "training, seed 2"}

    assert resumed_report == at_once[0]


def test_two_probes_at_once_on_one_cache_give_the_same_report(
    at_once: list[dict[str, object]],
) -> None:
    assert at_once[0] == at_once[1]
