"""What others measured of memory and time, and the largest batches that ran, beside our figures."""

from __future__ import annotations

import csv
from typing import Any

from pick_model.catalog.catalog import Catalog
from pick_model.catalog.load import load_catalog
from pick_model.cost.estimate import Costs, LargestBatch, estimate, largest_batch
from pick_model.cost.fit_rates import RUNS
from pick_model.cost.memory import Setup
from pick_model.cost.traces import Attention
from pick_model.documents.profile import Profile, settle
from pick_model.documents.task import Task, Training
from pick_model.interval import Interval
from pick_model.record import replace

# Google's README for BERT (google-research/bert @ eedf5716): the largest batches of fine-tuning on
# a Titan X of 12 GB in TensorFlow 1.11, by tokens; 0: not one.
TITAN_X = "nvidia-p100-16gb"  # the same chip's memory is set apart
GOOGLES = {
    "bert-base-uncased": {64: 64, 128: 32, 256: 16, 320: 14, 384: 12, 512: 6},
    "bert-large-uncased": {64: 12, 128: 6, 256: 2, 320: 1, 384: 0, 512: 0},
}
# timm's training benchmark begins at 512 and goes down by these steps until the batch fits; that
# the one above did not is known (timm/utils/decay_batch.py).
TIMMS = "timm-3090-train-pt112"
STEPS = (512, 384, 256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8)
CPU, CARD = "cpu-8-core", "nvidia-t4"


def published(known: Catalog) -> list[dict[str, Any]]:
    """Figures that others measured or published, with where they stand."""

    def kept(tokens: int, batch: int, dtype: str, hardware: str) -> Interval:
        profile = settled(known, hardware, tokens, dtype=dtype, batch_size=batch)
        costs = estimate(known.find("bert-base-uncased"), profile, Setup(attention="eager"))
        if costs.account is None:
            raise SystemExit("bert-base: not traced")
        return costs.account.activations(batch)

    rows = []
    for dtype, traced in (("fp32", (1.71, 23.8)), ("mixed", (1.16, 13.2))):
        for hardware in (CPU, CARD):
            for (batch, tokens), real in zip(((16, 128), (32, 512)), traced, strict=True):
                name = f"BERT-base {batch}×{tokens}, activations, {dtype} eager, {hardware}"
                rows.append(row(name, kept(tokens, batch, dtype, hardware), real, "GiB"))
    chat: dict[str, Any] = {"task": "text-generation", "batch_size": 1}
    for method, real, told in (("lora", 18.5, "16 to 21"), ("qlora", 9.0, "8 to 10")):
        profile = settled(known, "nvidia-rtx-4090", 512, method=method, **chat)
        need = estimate(known.find("mistral-7b-v0.1"), profile).training_memory_gib
        rows.append(
            row(f"7B, {method}, 512 tokens: {told} GB in published runs", need, real, "GiB")
        )
    profile = settled(known, CARD, 8000, batch_size=1)
    need = estimate(known.find("modernbert-base"), profile).training_memory_gib
    rows.append(row("ModernBERT-base, one input of 8,000 tokens, T4 (16 GiB)", need, None, "GiB"))
    return rows + list(_deberta_beside_modernbert(known))


def _deberta_beside_modernbert(known: Catalog) -> list[dict[str, Any]]:
    """DeBERTa-v3's time and memory over ModernBERT's, the same input.

    ModernBERT's makers tell twice the time on 512 tokens of an RTX 4090, and five times the memory
    of inference in large batches (Warner et al. 2024, section 4), which training's is not.
    """
    rows = []
    for tokens in (128, 512):
        profile = replace(
            settled(known, "nvidia-rtx-4090", tokens, batch_size=32), accumulates=False
        )
        ours, other = (
            estimate(known.find(name), profile, Setup())
            for name in ("deberta-v3-base", "modernbert-base")
        )
        for what, real in (("training_hours", 2.0), ("training_memory_gib", None)):
            name = f"DeBERTa-v3 over ModernBERT, base, 32×{tokens}, RTX 4090: {what}"
            ratio = _over(getattr(ours, what), getattr(other, what))
            rows.append(row(name, ratio, real if tokens == 512 else None, "times"))
    return rows


def _over(one: Interval, other: Interval) -> Interval:
    return Interval(one.value / other.value, one.low / other.high, one.high / other.low)


def batches() -> list[dict[str, Any]]:
    """The largest batches that ran: timm's in PyTorch, Google's and NVIDIA's in TensorFlow."""
    known, rows = load_catalog(()), []
    for model, found in GOOGLES.items():
        for tokens, real in found.items():
            profile = settled(known, TITAN_X, tokens, dtype="fp32")
            card = replace(profile.train_on, memory_gib=12.0)
            most = _most(known, model, replace(profile, train_on=card), "adamw")
            rows.append(
                _batch(f"{model}, {tokens} tokens, 12 GB, TensorFlow 1.11", most, real, None)
            )
    # DeepLearningExamples @ 729963dd, TensorFlow 1.15; the second from its issue 29: 14 did not.
    for tokens, dtype, real, above in ((384, "fp32", 10, 24), (512, "mixed", 13, 14)):
        profile = settled(known, "nvidia-v100-32gb", tokens, dtype=dtype)
        most = _most(known, "bert-large-uncased", profile, "adamw")
        name = f"bert-large-uncased, {tokens} tokens, {dtype}, 32 GB, TensorFlow 1.15"
        rows.append(_batch(name, most, real, above))
    with RUNS.open(encoding="utf-8", newline="") as file:
        timms = [r for r in csv.DictReader(file) if r["source"] == TIMMS]
    for run in timms:
        batch, (name, _, side) = int(run["batch"]), run["model"].partition("@")
        entry = next((e for e in known.entries if _is(e, name)), None)
        if entry is None or batch not in STEPS[1:]:  # 512 is where it begins
            continue
        task = {"task": "image-classification", "input_pixels": int(side)}
        profile = settled(known, run["device"], None, **task)
        if known.find(entry).image_size not in (None, int(side)):
            continue
        above = STEPS[STEPS.index(batch) - 1]
        most = _most(known, entry, profile, "sgd")
        if most.expected is not None:
            rows.append(_batch(f"{run['model']}, 24 GB, PyTorch 1.12", most, batch, above))
    for software in ("TensorFlow", "PyTorch"):
        mine = [r for r in rows if software in r["what"]]
        print(f"{software}: {sum(r['inside'] for r in mine)} of {len(mine)} inside")
    return rows


def _is(entry: str, name: str) -> bool:
    return entry.partition(".")[0].replace("-", "_") == name


def _most(known: Catalog, model: str, profile: Profile, optimizer: Any) -> LargestBatch:
    costs: Costs = estimate(known.find(model), profile, Setup(optimizer, attention=EAGER))
    return largest_batch(costs, profile.train_on)


EAGER: Attention = "eager"


def _batch(name: str, most: LargestBatch, real: int, above: int | None) -> dict[str, Any]:
    """`above`: what did not fit; real lies below it."""
    low, high = most.surely or 0, most.perhaps or 0
    found = row(name, Interval(most.expected or 0, low, high), real, "inputs")
    return found | {"above": above, "inside": low < (above or real + 1) and real <= high}


def settled(known: Catalog, hardware: str, tokens: int | None, **given: Any) -> Profile:
    """A profile of this input on this machine."""
    task = {"task": "text-classification", "input_tokens": tokens, "batch_size": 1} | given
    training = {key: task.pop(key) for key in ("batch_size", "dtype", "method") if key in task}
    asked = Task(hardware=hardware, training=Training(**training), **task)
    return settle(asked, known.machine)


def row(what: str, ours: Interval | float | None, real: float | None, unit: str) -> dict[str, Any]:
    """One line: what we say, what is so, and by how much we are off."""
    value, low, high = ours if isinstance(ours, Interval) else (ours, None, None)
    return {
        "what": what,
        "unit": unit,
        "estimate": None if value is None else float(f"{value:.4g}"),
        "low": None if low is None else float(f"{low:.4g}"),
        "high": None if high is None else float(f"{high:.4g}"),
        "real": None if real is None else float(f"{real:.4g}"),
        "off": round(value / real - 1, 3) if value and real else None,
    }
