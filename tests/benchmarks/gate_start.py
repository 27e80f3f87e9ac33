"""What starting the gate costs: whole processes against importing the libraries it stands on.

    python tests/benchmarks/gate_start.py [--rounds 15]

The same method as `startup.py`: each round runs every command once, in turn; the figures are
medians of processor time and of its ratio to the floor of the same round. The whole catalog is
ranked in each, for the lock's own word on it counts for nothing; `gate` is measured where nothing
has changed since the lock, and where the task has.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from results_file import report
from startup import FLOOR, ROOT, run_once

TOOL = [sys.executable, "-m", "pick_model"]
POLICY = """\
license: permissive
limits: {max_parameters: 400000000, max_serving_memory_gib: 8}
ranking: {margin: 1}
safetensors: false
remote_code: true
rules: {license-chain: note, task-changed: warning}
"""


def prepared(folder: Path, environment: dict[str, str]) -> dict[str, list[str]]:
    """The commands to run, on a lock that passes and on one whose task has changed."""
    task = folder / "task.yaml"
    shutil.copy(ROOT / "examples" / "support-tickets" / "task.yaml", task)
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    for name in ("same.lock", "changed.lock"):
        words = ["lock", str(task), "roberta-base", "--offline", "--revision", "0" * 40]
        words += ["-o", str(folder / name)]
        subprocess.run([*TOOL, *words], check=True, env=environment, stderr=subprocess.DEVNULL)
    other = folder / "other.yaml"
    other.write_text(f"{task.read_text(encoding='utf-8')}domain: news\n", encoding="utf-8")
    gate = [*TOOL, "gate", "--policy", str(folder / "policy.yaml"), "--lock"]
    return {
        "import typer, pydantic, yaml, rich": FLOOR,
        "gate": [*gate, str(folder / "same.lock")],
        "gate --format json": [*gate, str(folder / "same.lock"), "--format", "json"],
        "gate, task changed": [*gate, str(folder / "changed.lock"), "--task", str(other)],
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "PICK_MODEL_CACHE": str(Path(scratch) / "cache")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        commands = prepared(Path(scratch), environment)
        for command in commands.values():  # one run each to warm up
            run_once(command, environment)
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
        for _ in range(given.rounds):
            for name, command in commands.items():
                found[name].append(run_once(command, environment))
    floor = [cpu for cpu, _, _ in next(iter(found.values()))]
    rows: list[dict[str, Any]] = [
        {
            "command": name,
            "cpu_ms": 1e3 * statistics.median(cpu for cpu, _, _ in runs),
            "least_cpu_ms": 1e3 * min(cpu for cpu, _, _ in runs),
            "wall_ms": 1e3 * statistics.median(wall for _, wall, _ in runs),
            "ratio_to_floor": statistics.median(
                cpu / f for (cpu, _, _), f in zip(runs, floor, strict=True)
            ),
            "mib": max(mib for _, _, mib in runs),
        }
        for name, runs in found.items()
    ]
    report("gate_start", rows, "typer", "pydantic", "pyyaml", "rich")


if __name__ == "__main__":
    main()
