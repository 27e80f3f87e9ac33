"""How a benchmark tells what it found: a table on stdout, a dated file beside it."""

from __future__ import annotations

import json
import os
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def machine(*packages: str) -> dict[str, Any]:
    """The machine and the versions a figure was found on."""
    found: dict[str, Any] = {
        "system": platform.system(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "python": platform.python_version(),
    }
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def show(_name: str, rows: list[dict[str, Any]], *_packages: str) -> None:
    """Print the rows as a table."""
    if not rows:
        print("nothing was run: no time was left")
        return
    columns = list(rows[0])
    cells = [[_shown(row[c]) for c in columns] for row in rows]
    widths = [max(len(c), *(len(r[i]) for r in cells)) for i, c in enumerate(columns)]
    for line in ([*columns], *cells):
        print("  ".join(word.ljust(w) for word, w in zip(line, widths, strict=True)).rstrip())


def report(name: str, rows: list[dict[str, Any]], *packages: str) -> Path:
    """Print the rows as a table and write them to results/NAME-DATE.json."""
    show(name, rows)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{date.today():%Y-%m-%d}.json"
    found = {"benchmark": name, "date": f"{date.today()}", "machine": machine(*packages)}
    path.write_text(json.dumps({**found, "rows": rows}, indent=2) + "\n", encoding="utf-8")
    print(f"\nwritten to results/{path.name}")
    return path


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
