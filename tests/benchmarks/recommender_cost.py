"""Recommenders' epochs and memory as RecBole and others timed them, beside our figures.

    python tests/benchmarks/recommender_cost.py

The first two tables are those that `cost/recommenders.py` was read off, and the third one's
sequences of 20 items are its low ends: there only the distance from the middle tells anything.
RecBole's general models of 2020 were not looked at for it, but for BPR's least.
"""

from __future__ import annotations

import math
import platform
from collections import defaultdict
from statistics import median
from typing import NamedTuple

from pick_model.catalog.load import load_catalog
from pick_model.cost.estimate import estimate
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import settle
from pick_model.documents.task import Task, Training
from pick_model.interval import Interval

TITAN_V = Machine(id="titan-v", kind="gpu", memory_gib=12.0, bandwidth_gb_s=652.8, fp32_tflops=14.9)
TITAN_RTX = Machine(
    id="titan-rtx", kind="gpu", memory_gib=24.0, bandwidth_gb_s=672.0, fp32_tflops=16.3
)
A40 = Machine(id="a40", kind="gpu", memory_gib=48.0, bandwidth_gb_s=695.8, fp32_tflops=37.4)


class Table(NamedTuple):
    """Seconds an epoch, and GB where told, by model and data set; None: not told or left out."""

    name: str
    machine: Machine
    batch: int
    rows: tuple[float, ...]  # trained on, by data set
    seconds: dict[str, tuple[float | None, ...]]
    memory_gb: dict[str, tuple[float | None, ...]]


# General models train on eight tenths, the others on all but a user's last two items.
PAIRS = (667_559.0, 945_035.0, 1_634_722.0)
SEQUENCES = (822_381.0, 1_100_194.0, 1_898_426.0)
TABLES = (
    Table(
        "RecBole 7b02be5e, general",
        TITAN_V,
        4096,
        PAIRS,
        {
            "bpr-mf": (1.73, 3.93, 6.20),
            "neumf": (3.30, None, 11.34),
            "mult-vae": (0.04, 1.37, 3.05),
            "lightgcn": (4.10, 13.54, 34.03),
            "ngcf": (5.76, 22.63, 59.71),
            "sgl": (14.93, 64.89, 169.0),
            "ncl": (6.51, None, 82.13),  # on Amazon Books as SGL's to the last digit
        },
        {
            "bpr-mf": (0.31, 0.74, 0.17),
            "neumf": (0.15, None, 0.32),
            "mult-vae": (0.94, 3.51, 5.82),
            "lightgcn": (0.44, 1.01, 0.59),
            "ngcf": (0.47, 1.34, 1.22),
            "sgl": (0.67, 2.93, 5.01),
            "ncl": (0.61, 2.72, 5.16),
        },
    ),
    Table(
        "RecBole 7b02be5e, sequential",
        TITAN_V,
        4096,
        SEQUENCES,
        {
            "fpmc": (6.08, 15.44, 13.05),
            "gru4rec": (18.43, 24.51, 22.95),
            "narm": (22.73, 24.91, 41.23),
            "sasrec": (69.37, 78.19, 62.29),
            "bert4rec": (77.75, 254.92, 270.80),
            "caser": (569.90, 3253.50, None),
            "srgnn": (655.62, 478.05, 847.11),
            "gc-san": (693.87, 528.84, 1396.14),
        },
        {
            "gru4rec": (1.31, 0.66, 3.84),
            "narm": (1.38, 0.76, 3.54),
            "sasrec": (4.01, 1.36, 6.10),
            "bert4rec": (4.81, 4.74, 6.31),
        },
    ),
    Table(  # its device is not told; the table of sequential models of the same days has this one
        "RecBole 238a8a78 (2020), general",
        TITAN_RTX,
        2048,
        (800_167.0, 1_582_275.0, 2_322_918.0),
        {
            "bpr-mf": (1.93, 4.42, 6.31),
            "neumf": (4.94, 11.33, 17.38),
            "lightgcn": (7.83, 30.21, 67.91),
            "ngcf": (12.09, 52.50, None),
        },
        {},
    ),
    Table(
        "RecBole 0693cb97 (2020), sequential",
        TITAN_RTX,
        2048,
        (988_127.0, 428_566.0),
        {
            "gru4rec": (7.78, 4.10),
            "narm": (8.29, 4.30),
            "sasrec": (17.78, 8.36),
            "bert4rec": (36.09, 16.80),
            "srgnn": (327.38, 88.59),
            "gc-san": (335.27, 96.69),
        },
        {},
    ),
    Table(
        "RecDiff (arXiv 2406.01629), table 4: Epinions, Yelp",
        A40,
        4096,
        (447_312.0, 672_513.0),
        {"mhcn": (9.98, 28.51)},
        {},
    ),
)


def figures(table: Table, model: str, rows: float) -> tuple[Interval, Interval]:
    """Seconds of an epoch and GB of training on so many rows."""
    training = Training(batch_size=table.batch, epochs=1)
    asked = Task(task="item-recommendation", n_rows=int(rows), training=training)
    costs = estimate(load_catalog(()).find(model), settle(asked, lambda _: table.machine))
    if costs.training_hours is None or costs.training_memory_gib is None:
        raise SystemExit(f"{model}: unknown")
    return costs.training_hours.times(3600), costs.training_memory_gib.times(2**30 / 1e9)


def main() -> None:
    """Print each figure beside ours, and by table how many lie inside and how far off."""
    print(platform.platform())
    for table in TABLES:
        found: dict[str, list[tuple[bool, float]]] = defaultdict(list)
        for what, told in (("s", table.seconds), ("GB", table.memory_gb)):
            for model, by_set in told.items():
                for rows, real in zip(table.rows, by_set, strict=True):
                    if real is None:
                        continue
                    ours = figures(table, model, rows)[what == "GB"]
                    inside = ours.low <= real <= ours.high
                    found[what].append((inside, abs(math.log(ours.value / real))))
                    print(
                        f"{model:10} {rows:>10,.0f} rows: {real:8.2f} {what:2}, "
                        f"ours {ours.value:8.2f} ({ours.low:.2f} to {ours.high:.2f})"
                        + ("" if inside else "  outside")
                    )
        for what, some in found.items():
            off = math.exp(median(error for _, error in some))
            print(
                f"{table.name}, {what}: {sum(i for i, _ in some)} of {len(some)} inside, "
                f"median off by {off:.2f}\n"
            )


if __name__ == "__main__":
    main()
