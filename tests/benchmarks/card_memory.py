"""Published training steps whose memory was measured on a card (`catalogs/speed/memory.csv`)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pick_model.cost.estimate import Costs, estimate
from pick_model.cost.memory import Setup
from pick_model.documents.catalog import Entry, Shape
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import settle
from pick_model.documents.task import Task, Training
from pick_model.record import replace

FILE = Path(__file__).parents[2] / "catalogs" / "speed" / "memory.csv"
MIB_A_GIB = 1024


class CardStep(NamedTuple):
    """One step of LoRA or QLoRA on one card, checkpointing on."""

    what: str
    entry: Entry
    method: str
    attention: str
    tokens: int
    batch: int
    rank: int
    allocated_gib: float  # tensors, at the peak
    process_gib: float  # with what the allocator held and the CUDA context
    seconds: float
    tied: bool  # whether the output layer is the table of tokens
    peer_fitted: bool  # whether fitcheck's constants were fitted on this row


def card_steps() -> Iterator[CardStep]:
    """All rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield CardStep(
                what=f"{row['model'].rpartition('/')[2]} {row['method']} {row['attention']}"
                f" {row['batch']} × {row['tokens']}",
                entry=_entry(row),
                method=row["method"],
                attention=row["attention"],
                tokens=int(row["tokens"]),
                batch=int(row["batch"]),
                rank=int(row["rank"]),
                allocated_gib=float(row["allocated_mib"]) / MIB_A_GIB,
                process_gib=float(row["process_mib"]) / MIB_A_GIB,
                seconds=float(row["seconds"]),
                tied=row["tied"] == "1",
                peer_fitted=row["peer_fitted"] == "1",
            )


def _entry(row: dict[str, str]) -> Entry:
    """All of them are built like Llama."""
    return Entry(
        id="measured",
        family="llama",
        kind="decoder",
        modality="text",
        tasks=("text-generation",),
        n_parameters=int(row["parameters"]),
        n_embedding_parameters=int(row["vocabulary"]) * int(row["hidden"]),
        shape=Shape(
            n_layers=int(row["layers"]),
            hidden_size=int(row["hidden"]),
            intermediate_size=int(row["ffn"]),
            gated_ffn=True,
            n_heads=int(row["heads"]),
            n_kv_heads=int(row["kv_heads"]),
            head_dim=int(row["head_dim"]),
            vocab_size=int(row["vocabulary"]),
        ),
    )


def estimated(step: CardStep, card: Machine) -> Costs:
    """What `estimate` says of it.

    The runs adapt query, key, value and output where ours adapts query and value: twice the rank
    has as many parameters.
    """
    training = Training(method=step.method, dtype="mixed", batch_size=step.batch)  # type: ignore[arg-type]
    asked = Task(task="text-generation", input_tokens=step.tokens, training=training)
    settled = replace(settle(asked, lambda _: card), lora_rank=2 * step.rank, accumulates=False)
    setup = Setup(checkpointing=True, attention=step.attention)  # type: ignore[arg-type]
    return estimate(step.entry, settled, setup)
