"""How wide the intervals of memory and time are, over the whole catalog, before any calibration.

    python tests/benchmarks/cost_widths.py

Every entry that has such a figure, on two cards and a processor, by every method, in two
arithmetics and two sizes of step; the bounds are 2.5 for memory and 4 for time.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import Any

from results_file import report

from pick_model.catalog.load import load_catalog
from pick_model.cost.estimate import estimate
from pick_model.cost.layouts import built_like
from pick_model.documents.profile import settle
from pick_model.documents.task import Task, Training
from pick_model.vocabulary.tasks import TASKS

BOUNDS = {"memory": 2.5, "time": 4.0}
SETTINGS = tuple(
    (machine, method, dtype, batch, length)
    for machine in ("nvidia-t4", "nvidia-a100-80gb", "cpu-8-core")
    for method in ("full", "lora", "qlora", "frozen")
    for dtype in ("fp32", "mixed")
    for batch, length in ((1, 128), (32, 512))
)


def widths() -> list[dict[str, Any]]:
    """High over low of memory and time, all entries that have such a figure, 48 settings each."""
    known = load_catalog(())
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for name in known.entries:
        entry = known.find(name)
        for machine, method, dtype, batch, length in SETTINGS:
            training = Training(method=method, dtype=dtype, batch_size=batch)  # type: ignore[arg-type]
            size = {"image": {"input_pixels": 224}, "audio": {"input_seconds": 10}}
            given: dict[str, Any] = size.get(
                TASKS[entry.tasks[0]].modality, {"input_tokens": length}
            )
            try:
                asked = Task(task=entry.tasks[0], hardware=machine, training=training, **given)
                costs = estimate(entry, settle(asked, known.machine))
            except ValueError:  # a task whose input is none of the three
                continue
            shown = "shape known" if built_like(entry) else "shape unknown"
            for what, need in (
                ("memory", costs.training_memory_gib),
                ("time", costs.training_hours),
            ):
                if need is not None and need.low > 0:
                    found[what, machine, shown].append(need.high / need.low)
    return [
        {
            "what": f"{what}, {machine}, {shown}",
            "figures": len(ratios),
            "median": median(ratios),
            "p95": sorted(ratios)[int(0.95 * len(ratios))],
            "widest": max(ratios),
            "over_bound": sum(r > BOUNDS[what] for r in ratios) / len(ratios),
        }
        for (what, machine, shown), ratios in sorted(found.items())
    ]


if __name__ == "__main__":
    report("cost_widths", widths())
