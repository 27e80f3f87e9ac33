"""Estimated memory and FLOPs beside measured and published ones, and beside what peers say.

    python tests/benchmarks/cost.py [activations] [flops] [process] [published] [batches] [card]

Activations: what autograd saves in a real step on the CPU, at sizes, lengths and batches that no
trace was fitted to. FLOPs: torch's counter on whole models of the catalog's shape on the meta
device. Process: the peak of a whole Python process that takes two training steps. Published:
figures of papers, READMEs and tables. Batches: the largest that ran. Card: steps whose memory was measured on a T4, beside what
fitcheck says of them in an environment of its own. `accelerate` is its estimate-memory with Adam,
`6NT` six FLOPs a parameter and token of training.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from statistics import fmean
from typing import Any, NamedTuple

from card_memory import CardStep, card_steps, estimated
from cost_published import batches, published, row
from fitcheck_peer import fitcheck_gib
from results_file import report

from pick_model.catalog.catalog import Catalog
from pick_model.catalog.load import load_catalog
from pick_model.cost.estimate import estimate
from pick_model.cost.traces import Attention, Setting, saved
from pick_model.documents.catalog import Forward
from pick_model.documents.profile import Profile, settle
from pick_model.documents.task import Task, Training
from pick_model.record import replace

GIB = 2**30
SEED = 99


def activations() -> list[dict[str, Any]]:
    """Every traced layout at two unseen points, in fp32 on the CPU."""
    from pick_model.cost.trace_models import LAYOUTS, build, small_sizes
    from pick_model.cost.trace_step import saved_bytes

    rng, rows = random.Random(SEED), []
    for name, layout in LAYOUTS.items():
        for batch in (3, 7):
            sizes = small_sizes(layout, rng)
            sizes = sizes._replace(L=sizes.L + 2 * layout.period)
            case = build(layout, sizes, None)
            fused = case.model.config._attn_implementation == "sdpa"
            attention: Attention = "fused" if fused else "eager"
            one, base = saved(name, sizes, Setting("cpu", attention, "fp32", "full"))
            real = saved_bytes(case.model, case.step(batch))
            rows.append(row(f"{name}, {sizes.S} × {batch}", batch * one + base, real, "bytes"))
    return rows


class Whole(NamedTuple):
    """A model of a catalog entry's shape, and the class that makes it."""

    entry: str
    config: str
    model: str
    batch: int
    tokens: int = 0
    pixels: int = 0
    seconds: float = 0.0
    changes: str = "{}"


WHOLES = (
    Whole("all-minilm-l6-v2", "BertConfig", "BertForSequenceClassification", 32, tokens=128,
          changes='{"num_hidden_layers": 6, "hidden_size": 384, "intermediate_size": 1536}'),
    Whole("bert-base-uncased", "BertConfig", "BertForSequenceClassification", 8, tokens=128),
    Whole("bert-base-uncased", "BertConfig", "BertForSequenceClassification", 4, tokens=384),
    Whole("vit-base-patch16-224", "ViTConfig", "ViTForImageClassification", 8, pixels=224),
    Whole("wav2vec2-base", "Wav2Vec2Config", "Wav2Vec2ForSequenceClassification", 2, seconds=5.0,
          changes='{"apply_spec_augment": false, "activation_dropout": 0.0, "layerdrop": 0.0}'),
)  # fmt: skip

STEP = """
import json, resource, sys, torch, transformers
given = json.loads(sys.argv[1])
config = getattr(transformers, given["config"])(**json.loads(given["changes"]))
model = getattr(transformers, given["model"])(config).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
batch = given["batch"]
if given["tokens"]:
    mask = torch.ones(batch, given["tokens"], dtype=torch.long)
    mask[:, -2:] = 0
    inputs = {"input_ids": torch.full((batch, given["tokens"]), 5), "attention_mask": mask}
elif given["pixels"]:
    inputs = {"pixel_values": torch.randn(batch, 3, given["pixels"], given["pixels"])}
else:
    inputs = {"input_values": torch.randn(batch, int(16000 * given["seconds"]))}
for _ in range(2):
    optimizer.zero_grad()
    model(**inputs, labels=torch.zeros(batch, dtype=torch.long)).loss.backward()
    optimizer.step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def process() -> list[dict[str, Any]]:
    """Peak memory of a process that trains, and what accelerate says of the model's states."""
    from accelerate.utils import calculate_maximum_sizes

    known, rows = load_catalog(()), []
    for whole in WHOLES:
        done = subprocess.run(
            [sys.executable, "-c", STEP, json.dumps(whole._asdict())],
            capture_output=True,
            text=True,
            check=True,
        )
        costs = estimate(known.find(whole.entry), profile(known, whole))
        peer = 4 * calculate_maximum_sizes(_empty(whole))[0] / GIB
        need = costs.training_memory_gib
        if need is None:
            raise SystemExit(f"{whole.entry}: not estimated")
        real = float(done.stdout) / GIB
        name = f"{whole.entry}, {_input(whole)} × {whole.batch}"
        rows.append(row(name, need, real, "GiB") | {"accelerate": round(peer, 3)})
    return rows


def flops() -> list[dict[str, Any]]:
    """One forward pass by torch's counter, and six FLOPs a parameter and token over three."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    known, rows = load_catalog(()), []
    for whole in WHOLES:
        model = _empty(whole).eval()
        if whole.tokens:
            inputs = {"input_ids": torch.zeros(1, whole.tokens, dtype=torch.long, device="meta")}
        elif whole.pixels:
            inputs = {"pixel_values": torch.zeros(1, 3, whole.pixels, whole.pixels, device="meta")}
        else:
            sound = torch.zeros(1, int(16000 * whole.seconds), device="meta")
            inputs = {"input_values": sound}
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            model(**inputs)
        entry = known.find(whole.entry)
        found = estimate(entry, profile(known, whole)).forward_flops
        if found is None or entry.n_parameters is None:
            raise SystemExit(f"{whole.entry}: not estimated")
        tokens = whole.tokens or int(50 * whole.seconds) or (whole.pixels // 16) ** 2 + 1
        name = f"{whole.entry}, {_input(whole)}"
        peer = float(2 * entry.n_parameters * tokens)
        rows.append(row(name, found, counter.get_total_flops(), "FLOP") | {"6NT": peer})
    return rows


# timm's and Google's GMACs, doubled, as the catalog has them.
PUBLISHED_FLOPS = (
    "vit_small_patch16_224.augreg_in21k_ft_in1k",
    "vit-base-patch16-224",
    "vit-base-patch32-224-in21k",
    "vit-large-patch16-224-in21k",
    "vit-huge-patch14-224-in21k",
    "beit_base_patch16_224.in22k_ft_in22k_in1k",
    "ast-finetuned-audioset-10-10-0.4593",
)


def beside_published() -> list[dict[str, Any]]:
    """What others measured, and traces of FLOPs beside published ones."""
    known = load_catalog(())
    return published(known) + [traced_beside_published(known, name) for name in PUBLISHED_FLOPS]


def traced_beside_published(known: Catalog, name: str) -> dict[str, Any]:
    """A trace of an entry without its published figure, beside that figure."""
    entry = known.find(name)
    if entry.forward is None:
        raise SystemExit(f"{name}: nothing is published of it")
    settled = profile(known, Whole(name, "", "", 1, pixels=224))
    if entry.modality == "audio":
        settled = profile(known, Whole(name, "", "", 1, seconds=entry.forward.seconds or 10.0))
    seconds = entry.forward.seconds
    bare = Forward(seconds=seconds) if seconds else None
    traced = estimate(replace(entry, forward=bare), settled).forward_flops
    return row(f"{name}: FLOPs, trace beside published", traced, entry.forward.flops, "FLOP")


def profile(known: Catalog, whole: Whole) -> Profile:
    """The step of a whole model, as a profile on a processor of any size."""
    given: dict[str, Any] = {"task": "text-classification", "input_tokens": whole.tokens}
    if whole.pixels:
        given = {"task": "image-classification", "input_pixels": whole.pixels}
    if whole.seconds:
        given = {"task": "audio-classification", "input_seconds": whole.seconds}
    training = Training(batch_size=whole.batch, dtype="fp32")
    return settle(Task(hardware="cpu-32-core", training=training, **given), known.machine)


def _empty(whole: Whole) -> Any:
    """The whole model without numbers, on the meta device."""
    import torch
    import transformers

    config = getattr(transformers, whole.config)(**json.loads(whole.changes))
    with torch.device("meta"):
        return getattr(transformers, whole.model)(config)


def _input(whole: Whole) -> str:
    if whole.tokens:
        return f"{whole.tokens} tokens"
    return f"{whole.pixels} px" if whole.pixels else f"{whole.seconds:g} s"


def card() -> list[dict[str, Any]]:
    """Published steps of LoRA and QLoRA on a T4, ours and fitcheck's."""
    steps, rows = list(card_steps()), []
    machine = load_catalog(()).machine("nvidia-t4")
    for step, peer in zip(steps, fitcheck_gib(steps), strict=True):
        need = estimated(step, machine).training_memory_gib
        if need is None:
            raise SystemExit(f"{step.what}: not estimated")
        inside = need.low <= step.process_gib <= need.high
        found = row(step.what, need, step.process_gib, "GiB") | {"inside": inside}
        off = round(peer / step.process_gib - 1, 3) if peer else None
        rows.append(found | {"fitcheck": peer and round(peer, 3), "fitcheck_off": off,
                             "fitcheck_fitted": step.peer_fitted,
                             "accelerate": round(adam_gib(step), 3)})  # fmt: skip
    for name, told in (
        ("all", rows),
        ("not fitted by fitcheck", [r for r in rows if not r["fitcheck_fitted"]]),
    ):
        ours, peers = ([abs(r[key] or 0.0) for r in told] for key in ("off", "fitcheck_off"))
        share = sum(r["inside"] for r in told) / len(told)
        print(f"{name}: {len(told)} steps, {share:.0%} inside, off by {fmean(ours):.1%},"
              f" at most {max(ours):.0%}; fitcheck {fmean(peers):.1%}, at most {max(peers):.0%}")  # fmt: skip
    return rows


def adam_gib(step: CardStep) -> float:
    """accelerate's rule for training with Adam: four times the weights, here in 16 bits."""
    return 4 * 2 * (step.entry.n_parameters or 0) / GIB


PARTS = {
    "activations": activations,
    "flops": flops,
    "process": process,
    "published": beside_published,
    "batches": batches,
    "card": card,
}


def main() -> None:
    for name in sys.argv[1:] or PARTS:
        report(f"cost_{name}", PARTS[name](), "torch", "transformers", "accelerate")
        print()


if __name__ == "__main__":
    main()
