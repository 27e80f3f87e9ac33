"""What starting costs: whole processes against importing the libraries they stand on.

    python tests/benchmarks/startup.py [--rounds 15] [--overlay 20000] [--backtests 1]

Each round runs every command once, in turn, so that a slow moment of the machine hits all of
them; the figures are medians of processor time (user + system) and of its ratio to the floor
of the same round, and the largest resident memory. The back-test of the shipped evidence, which
takes a hundred times as long, is run afterwards.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from results_file import report

ROOT = Path(__file__).parents[2]
FLOOR = [sys.executable, "-c", "import typer, pydantic, yaml, rich"]
ENTRY = """\
- id: generated-{n}
  family: generated
  kind: encoder
  modality: text
  tasks: [text-classification, token-classification]
  languages: [en]
  license: MIT
  release_date: "2024-01"
  n_parameters: {parameters}
  n_embedding_parameters: 23440896
  max_tokens: 512
  shape: {{n_layers: {layers}, hidden_size: 768, n_heads: 12, intermediate_size: 3072, vocab_size: 30522}}
  pretraining: {{data_size: 3300000000, data_unit: words}}
"""


def run_once(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Processor seconds, wall seconds and MiB of one run. Raises when it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed with {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024


def overlay_file(folder: Path, entries: int) -> Path:
    """An overlay of so many made-up encoders, all of which meet the example's constraints."""
    path = folder / "overlay.yaml"
    lines = ["models:\n"]
    for n in range(entries):
        layers = 2 + n % 23
        lines.append(
            ENTRY.format(n=n, layers=layers, parameters=24_000_000 + 7_087_872 * layers + n)
        )
    path.write_text("".join(lines), encoding="utf-8")
    return path


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--overlay", type=int, default=20_000, help="entries; 0 leaves it out")
    options.add_argument("--backtests", type=int, default=1, help="runs of it; 0 leaves it out")
    given = options.parse_args()
    tool = [sys.executable, "-m", "pick_model"]
    task = "examples/support-tickets/task.yaml"
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "PICK_MODEL_CACHE": str(Path(scratch) / "cache")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        commands: dict[str, list[str]] = {
            "import typer, pydantic, yaml, rich": FLOOR,
            "recommend": [*tool, "recommend", task],
            "recommend --format json": [*tool, "recommend", task, "--format", "json"],
        }
        rows: list[dict[str, Any]] = []
        if given.overlay:
            overlay = overlay_file(Path(scratch), given.overlay)
            name = f"recommend, {given.overlay:,}-entry overlay, second run"
            commands[name] = [*commands["recommend"], "--catalog", str(overlay)]
            first = run_once(commands[name], environment)
            print(f"first run of the overlay: {first[1]:.1f} s, {first[2]:.0f} MiB\n")
        for command in commands.values():  # one run each to warm up
            run_once(command, environment)
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in commands}
        for _ in range(given.rounds):
            for name, command in commands.items():
                found[name].append(run_once(command, environment))
        backtests = [run_once([*tool, "backtest"], environment) for _ in range(given.backtests)]
        floor = [cpu for cpu, _, _ in found["import typer, pydantic, yaml, rich"]]
        plain = [cpu for cpu, _, _ in found["recommend"]]
        for name, runs in found.items():
            ratios = [cpu / f for (cpu, _, _), f in zip(runs, floor, strict=True)]
            more = [cpu - p for (cpu, _, _), p in zip(runs, plain, strict=True)]
            rows.append(
                {
                    "command": name,
                    "cpu_ms": 1e3 * statistics.median(cpu for cpu, _, _ in runs),
                    "wall_ms": 1e3 * statistics.median(wall for _, wall, _ in runs),
                    "ratio_to_floor": statistics.median(ratios),
                    "s_more_than_recommend": statistics.median(more),
                    "mib": max(mib for _, _, mib in runs),
                }
            )
        if backtests:
            rows.append(
                {
                    "command": "backtest",
                    "cpu_ms": 1e3 * statistics.median(cpu for cpu, _, _ in backtests),
                    "wall_ms": 1e3 * statistics.median(wall for _, wall, _ in backtests),
                    "ratio_to_floor": None,
                    "s_more_than_recommend": None,
                    "mib": max(mib for _, _, mib in backtests),
                }
            )
    report("startup", rows, "typer", "pydantic", "pyyaml", "rich")


if __name__ == "__main__":
    main()
