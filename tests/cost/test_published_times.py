"""Estimated fine-tuning times against wall-clock times that others published."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pick_model.catalog.model import Catalog
from pick_model.cost.estimate import estimate
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import settle
from pick_model.documents.task import Task

# Training rows of the GLUE tasks (Wang et al. 2018, table 1); run_glue.py pads to 128 tokens
# and trains 3 epochs at batch 32.
ROWS = {"SST-2": 67_349, "QQP": 363_846, "MNLI": 392_702, "QNLI": 104_743, "CoLA": 8_551}
TITAN_RTX = Machine(id="titan-rtx", kind="gpu", memory_gib=24.0, fp32_tflops=16.3)


@pytest.fixture(scope="module")
def seconds(test_data: Path) -> dict[str, float]:
    table = test_data.parent / "gold" / "bert_base_cased_glue_train_seconds_titanrtx.csv"
    if not table.exists():
        pytest.skip(f"no published times at {table}")
    with table.open(encoding="utf-8") as file:
        return {
            row["dataset"]: float(row["score"])
            for row in csv.DictReader(file)
            if row["metric"].startswith("train_seconds")
        }


@pytest.mark.parametrize("task", ROWS)
def test_the_interval_covers_what_a_titan_rtx_took(
    task: str, seconds: dict[str, float], catalog: Catalog
) -> None:
    settled = settle(Task(task="text-classification", n_rows=ROWS[task]), lambda _: TITAN_RTX)
    hours = estimate(catalog.find("bert-base-cased"), settled._replace(dtype="fp32")).training_hours
    assert hours is not None
    assert hours.low < seconds[task] / 3600 < hours.high
