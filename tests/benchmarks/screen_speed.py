"""What a screen costs beside transformer-ranker: the same models, rows, precision and machine.

    python tests/benchmarks/screen_speed.py --peer PEER/bin/python --rows 1000 --sets subj banking77

PEER is an environment with transformer-ranker 0.2.0 and datasets<4 beside the same torch and
transformers. Each line is a process of its own, by its own CPU seconds and largest memory: the
peer by its default (H-score on the mean of layers), ours cold (an empty cache), warm (all
features kept), and by adaptive rows. How alike the features of one model are is a line too. How much of the peer's batches is padding depends on the
texts, so several sets tell more than one; of all but the first, only cold. Prints a table, and how
near the forward pass comes to the machine's matrix rate, and writes both with date and versions to
results/. `--peaks 500 1000 2000 4000` instead measures what both hold at most on so many rows of
the first set, cold, with two models.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import zoo
from results_file import report

HERE = Path(__file__).resolve().parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", type=Path, help="python with transformer-ranker")
    parser.add_argument("--sets", nargs="+", default=["subj"])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--members", nargs="+", default=list(zoo.MEMBERS))
    parser.add_argument("--peaks", type=int, nargs="+", help="rows to take the largest memory of")
    options = parser.parse_args()
    folders = [str(path) for name, path in zoo.folders().items() if name in options.members]
    if options.peaks:
        found = [line for rows in options.peaks for line in peaks(rows, folders[:2], options)]
        report("screen_peaks", found, "torch", "transformers", "numpy")
        return 0
    lines: list[dict[str, Any]] = []
    for name in options.sets:
        rows, _ = zoo.read(name, options.rows, 100)
        with tempfile.TemporaryDirectory() as scratch:
            found = compared(Path(scratch), rows, folders, options, whole=name == options.sets[0])
        lines += [{"set": name, **line} for line in found]
        print(*lines[-len(found) :], sep="\n", flush=True)
    lines.append({"set": name, **forward(Path(folders[0]), rows)})
    if options.peer is not None:
        lines.append({"set": name, **alike(Path(folders[0]), rows, options.peer)})
    report(
        "screen_speed" if options.peer else "screen_rows", lines, "torch", "transformers", "numpy"
    )
    return 0


def peaks(rows: int, folders: list[str], options: Any) -> list[dict[str, Any]]:
    """What the peer and ours hold at most on so many rows, cold."""
    given, _ = zoo.read(options.sets[0], rows, 100)
    with tempfile.TemporaryDirectory() as scratch:
        found = compared(Path(scratch), given, folders, options, whole=False)
    return [
        {"set": options.sets[0], "what": one["what"], "rows": rows, "peak_mb": one["peak_mb"]}
        for one in found
    ]


def compared(
    scratch: Path, rows: Any, folders: list[str], options: Any, whole: bool
) -> list[dict[str, Any]]:
    """The peer and ours, cold, and where the whole is wanted also warm and adaptive."""
    given = scratch / "rows.json"
    given.write_text(json.dumps({"texts": rows.texts, "pairs": rows.pairs, "labels": rows.labels}))
    ours = scratch / "rows.csv"
    with ours.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(
            [text, rows.label_names[label]]
            for text, label in zip(rows.texts, rows.labels, strict=True)
        )
    screen = [sys.executable, "-m", "pick_model", "screen", "--data", str(ours), "--text", "text"]
    screen += ["--label", "label", "--precision", "fp32", "--rows", str(len(rows)), "-f", "json"]
    screen += [word for folder in folders for word in ("--model", folder)]
    found = []
    results: dict[str, list[dict[str, Any]]] = {}
    base = None
    if options.peer is not None:
        peer = [str(options.peer), str(HERE / "peer_ranker.py"), str(given), "hscore", "layermean"]
        base, _ = timed("transformer-ranker", [*peer, *folders], scratch)
        found.append({**base, "rows": len(rows) * len(folders)})
    cache = scratch / "cache"
    ways: list[tuple[str, list[str]]] = [("screen, cold", ["--all-rows"])]
    if whole:
        ways += [("screen, warm", ["--all-rows"]), ("screen, adaptive rows", [])]
    for name, more in ways:
        if "warm" not in name:
            shutil.rmtree(cache, ignore_errors=True)
        line, out = timed(name, [*screen, *more], scratch, PICK_MODEL_CACHE=str(cache))
        results[name] = json.loads(out)["results"]
        read = 0 if "warm" in name else sum(one["rows"] for one in results[name])
        found.append({**line, "rows": read})
    if whole:
        adaptive, all_rows = results["screen, adaptive rows"], results["screen, cold"]
        found.append(fewer_rows(adaptive, all_rows, len(rows)))
    for line in found:
        line["of the peer's"] = (
            line["cpu_seconds"] / base["cpu_seconds"] if base and line["cpu_seconds"] else None
        )
    return found


def fewer_rows(
    adaptive: list[dict[str, Any]], whole: list[dict[str, Any]], rows: int
) -> dict[str, Any]:
    """How many rows a model read where they come in parts, and who leads both ways."""
    share = median(one["rows"] for one in adaptive) / rows
    few, all_ = (
        [Path(one["model"]).name for one in some if one["may_lead"]] for some in (adaptive, whole)
    )
    missed = [name for name in all_ if name not in few]
    told = f"rows in parts: {share:.0%} of {rows} in the median; top group {', '.join(few)}; "
    told += f"of all rows {', '.join(all_)}, of which missed: {', '.join(missed) or 'none'}"
    return untimed(told, None)


def timed(name: str, words: list[str], cwd: Path, **more: str) -> tuple[dict[str, Any], str]:
    """CPU seconds, seconds and largest resident memory of one process, and what it printed."""
    threads = os.environ.get("OMP_NUM_THREADS", "1")
    with (cwd / "out").open("w") as out, (cwd / "err").open("w") as err:
        begun = time.monotonic()
        child = subprocess.Popen(
            words,
            stdout=out,
            stderr=err,
            cwd=cwd,
            env={**os.environ, "OMP_NUM_THREADS": threads, **more},
        )
        _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{name}: {(cwd / 'err').read_text()[-2000:]}")
    line = {
        "what": name,
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "seconds": round(time.monotonic() - begun, 2),
        "peak_mb": round(used.ru_maxrss / 1024),
    }
    return line, (cwd / "out").read_text()


def forward(folder: Path, rows: Any) -> dict[str, Any]:
    """The share of the machine's matrix rate that reading rows with one model reaches."""
    import torch
    from torch.nn import functional
    from torch.utils.flop_counter import FlopCounterMode

    from pick_model.encoders import products
    from pick_model.encoders.features import all_views, features
    from pick_model.encoders.load import encode, load, reading

    def linear_flops(x: Any, weight: Any, *_: Any, **__: Any) -> int:
        return int(2 * torch.Size(x).numel() * weight[0])

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    loaded = load(folder, device="cpu", precision="fp32")
    encoded = encode(rows.take(range(min(256, len(rows)))), loaded, 256)
    views = all_views(loaded, by_word=False)
    features(loaded, encoded.take(range(16)), views)
    own = {torch.ops.mkldnn._linear_pointwise: linear_flops} if products.by_onednn() else {}
    with FlopCounterMode(display=False, custom_mapping=own) as counted:
        features(loaded, encoded, views)
    begun = time.process_time()
    features(loaded, encoded, views)
    reached = counted.get_total_flops() / (time.process_time() - begun)
    a, b = torch.randn(1536, loaded.hidden), torch.randn(4 * loaded.hidden, loaded.hidden)
    rates = {}
    for name, way in (("torch's own products", torch.inference_mode()), ("ours", reading(loaded))):
        with way:
            functional.linear(a, b)
            begun = time.process_time()
            for _ in range(20):
                functional.linear(a, b)
        rates[name] = 20 * 2 * a.numel() * len(b) / (time.process_time() - begun)
    shares = " and ".join(f"{reached / rate:.0%} of the rate of {n}" for n, rate in rates.items())
    told = f"forward pass of {folder.name}: {reached / 1e9:.0f} GFLOP/s, {shares}"
    return {**untimed(told, len(encoded)), "of the peer's": None}


def alike(folder: Path, rows: Any, peer: Path) -> dict[str, Any]:
    """The cosine of one model's features with the peer's, both the mean over layers.

    The peer leaves [CLS] and [SEP] out and averages the pieces of a word before it averages words.
    So ours are also read by the mean without the first and the last token: the same vector where
    every word is one piece.
    """
    import numpy as np
    from tokenizers.pre_tokenizers import Whitespace

    from pick_model.encoders.features import Views, all_views, features
    from pick_model.encoders.load import encode, load
    from pick_model.encoders.pooling import POOLINGS, mean

    rows = rows.take(range(min(256, len(rows))))
    with tempfile.TemporaryDirectory() as scratch:
        given, out = Path(scratch) / "rows.json", Path(scratch) / "out.npy"
        given.write_text(json.dumps({"texts": rows.texts}))
        words = [str(peer), str(HERE / "peer_ranker.py"), str(given), "features", str(out)]
        subprocess.run([*words, str(folder)], check=True, capture_output=True)
        theirs = np.load(out)  # (N, H)
    loaded = load(folder, device="cpu", precision="fp32")
    encoded, every = encode(rows, loaded, 256), all_views(loaded, by_word=False)
    blocks = tuple(layer for layer in every.layers if layer)

    def inside(states: Any, mask: Any) -> Any:
        place = mask.cumsum(dim=1)
        return mean(states, mask * (place > 1) * (place < mask.sum(dim=1, keepdim=True)))

    POOLINGS["inside"] = inside
    cosine = {}
    for how in ("mean", "inside"):
        ours = features(loaded, encoded, Views(blocks, (how,), every.depth)).mean(axis=0)
        lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
        cosine[how] = (ours * theirs).sum(axis=1) / lengths
    one_each = np.zeros(len(encoded), dtype=bool)
    for row, text in enumerate(rows.texts):
        split = [word for word, _ in Whitespace().pre_tokenize_str(text)]
        cut = loaded.tokenizer(split, is_split_into_words=True)
        same = cut["input_ids"] == list(encoded.inputs[row]["input_ids"])
        one_each[row] = same and [at for at in cut.word_ids() if at is not None] == [
            *range(len(split))
        ]
    told = (
        f"features of {folder.name} and the peer's: cosine {cosine['mean'].mean():.3f} in the mean, "
        f"without [CLS] and [SEP] {cosine['inside'].mean():.3f} and at least "
        f"{cosine['inside'][one_each].min():.6f} on {one_each.sum()} rows of words of one piece"
    )
    return {**untimed(told, len(encoded)), "of the peer's": None}


def untimed(what: str, rows: int | None) -> dict[str, Any]:
    """A line that tells of something else than a process."""
    return {"what": what, "cpu_seconds": None, "seconds": None, "peak_mb": None, "rows": rows}


if __name__ == "__main__":
    sys.exit(main())
