"""What a budget buys: `select` beside simpler ways to spend it. By hand, after `zoo.py`:

    nice -n 10 python tests/benchmarks/funnel.py --sets subj banking77 --rows 600

The nine variants of MiniLM are the candidates; truth is the full fine-tune of each in
results/zoo_gold.csv, of as many rows. Regret is what the model that a way ends with scores there
below the best, in points; spend is in seconds of the processor, as a share of fine-tuning all.
Truth is a share of so many held-out rows, so the best of nine is the best by chance as well: noise
is the standard error of the difference of two such shares, in points, and a model less than it
below the best is called within noise. It leaves out what another seed would change.

- select, with a tenth, a quarter and a half of that as its budget;
- top-k: the first k by the screen's score are fine-tuned, the best of them is taken;
- one epoch: all are trained for one pass, the best half goes on to the end.

Every way chooses by the same held-out rows, none of which the truth is scored on; for the second
and third, the last choice, between models that were fine-tuned in full, is by the truth itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import zoo
from results_file import report

KEPT = Path(tempfile.gettempdir()) / "pick-model-funnel"
SHARES = (0.10, 0.25, 0.50)
TOP = (1, 2, 4)


@dataclass(frozen=True)
class Epoch:
    """One pass of one member, and what three would have cost."""

    score: float
    seconds: float
    full_seconds: float


@dataclass(frozen=True)
class Case:
    """One set with its truth."""

    name: str
    train: Any
    choosing: Any
    judged: Any  # what the truth is scored on
    folders: Mapping[str, Path]
    truth: Mapping[str, float]
    metric: str
    precision: str

    def regret(self, member: str) -> float:
        return 100 * (max(self.truth.values()) - self.truth[member])

    def noise(self, member: str) -> float | None:
        """Points of standard error between a member's accuracy and the best one's."""
        if self.metric != "accuracy":
            return None
        shares = max(self.truth.values()), self.truth[member]
        return 100 * float(np.sqrt(sum(p * (1 - p) for p in shares) / len(self.judged)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=["subj", "banking77"])
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--heldout", type=int, default=1000)
    parser.add_argument("--precision", default="fp32")
    options = parser.parse_args()
    lines: list[dict[str, Any]] = []
    for name in options.sets:
        case = read(name, options)
        if case is None or not len(case.choosing):
            said = (
                f"{name}: no gold of {options.rows} rows for every member, or no rows to choose by"
            )
            print(said, file=sys.stderr)
            continue
        epochs = {member: one_epoch(case, member) for member in case.folders}
        whole = sum(epoch.full_seconds for epoch in epochs.values())
        lines += discarding(case, epochs, whole)
        lines += by_screen(case, epochs, whole)
        for share in SHARES:
            lines.append(selecting(case, share, whole))
            print(lines[-1], flush=True)
    report("funnel", lines, "torch", "transformers", "numpy")
    return 0


def read(name: str, options: Any) -> Case | None:
    """Rows to learn from and to choose by; the truth, where all of it is there."""
    train, both = zoo.read(name, options.rows, 2 * options.heldout)
    train = replace(train, n_total=len(train))  # all that the truth learnt from
    _, judged = zoo.read(name, options.rows, options.heldout)
    used = set(judged.rows)
    choosing = both.take([at for at, row in enumerate(both.rows) if row not in used])
    conditions = (name, len(train), len(judged))
    lines = [one for one in zoo.gold() if (one.set, one.rows, one.heldout) == conditions]
    gold: dict[str, list[float]] = {}
    for one in lines:
        gold.setdefault(one.model, []).append(one.score)
    if set(gold) != set(zoo.MEMBERS):
        return None
    truth = {member: float(np.mean(scores)) for member, scores in gold.items()}
    metric = lines[0].metric
    return Case(name, train, choosing, judged, zoo.folders(), truth, metric, options.precision)


def one_epoch(case: Case, member: str, by_truth: bool = False) -> Epoch:
    """One pass, or what an earlier run found; scored on the rows to choose by, or the truth's."""
    rows = case.judged if by_truth else case.choosing
    on = "-judged" if by_truth else ""
    kept = KEPT / f"{case.name}-{len(case.train)}-{member}{on}.json"
    if not kept.exists():
        cpu: dict[str, float] = {}
        made = zoo.fine_tuned(
            case.name,
            member,
            case.folders[member],
            case.train,
            rows,
            0,
            case.precision,
            passes=1,
            cpu=cpu,
        )
        full = cpu["whole"] + (zoo.PASSES - 1) * cpu["training"]
        KEPT.mkdir(exist_ok=True)
        kept.write_text(json.dumps([made.score, cpu["whole"], full]))
        print(f"{case.name} {member}: one pass {made.score:.3f}, {cpu['whole']:.0f} s", flush=True)
    return Epoch(*json.loads(kept.read_text()))


def line(case: Case, way: str, member: str, share: float, **more: Any) -> dict[str, Any]:
    regret, noise = case.regret(member), case.noise(member)
    near = noise is not None and 0 < regret < noise
    return {
        "set": case.name,
        "way": way,
        "spend": round(share, 3),
        "takes": member,
        "regret": round(regret, 2),
        "noise": None if noise is None else round(noise, 2),
        "verdict": "the best" if regret == 0 else "within noise" if near else "",
        "steps": more.get("steps", ""),
    }


def discarding(case: Case, epochs: Mapping[str, Epoch], whole: float) -> list[dict[str, Any]]:
    """After one pass of all, and after the better half went on to the end."""
    order = sorted(epochs, key=lambda member: -epochs[member].score)
    first = sum(epoch.seconds for epoch in epochs.values())
    half = order[: -(-len(order) // 2)]
    rest = sum(epochs[m].full_seconds - epochs[m].seconds for m in half)
    return [
        line(case, "full, all", best_of(case, order), 1.0),
        line(case, "one epoch of all", order[0], first / whole),
        line(case, "one epoch, half to the end", best_of(case, half), (first + rest) / whole),
    ]


def by_screen(case: Case, epochs: Mapping[str, Epoch], whole: float) -> list[dict[str, Any]]:
    """The first k of a screen of all, fine-tuned."""
    from pick_model.measure.screen.run import screen
    from pick_model.measure.screen.settings import Settings

    with tempfile.TemporaryDirectory() as cache:
        begun = time.process_time()
        settings = Settings(device="cpu", precision=case.precision, cache=Path(cache))
        found = screen([str(folder) for folder in case.folders.values()], case.train, settings)
        took = time.process_time() - begun
    names = {str(folder): member for member, folder in case.folders.items()}
    order = [names[one.model] for one in found.results]
    lines = [line(case, "screen alone", order[0], took / whole)]
    for k in TOP:
        spend = took + sum(epochs[member].full_seconds for member in order[:k])
        lines.append(line(case, f"top {k} of the screen", best_of(case, order[:k]), spend / whole))
    return lines


def best_of(case: Case, members: Sequence[str]) -> str:
    return max(members, key=lambda member: case.truth[member])


def selecting(case: Case, share: float, whole: float) -> dict[str, Any]:
    """`select` with a share of the cost of fine-tuning all as its budget."""
    from pick_model import load_catalog
    from pick_model.advise.profile import settled
    from pick_model.documents.task import Task
    from pick_model.encoders.resolve import ModelRef
    from pick_model.measure.candidates import named
    from pick_model.measure.select.run import select
    from pick_model.measure.select.settings import Settings

    catalog = load_catalog()
    task = Task(
        task="text-classification",
        languages=("en",),
        n_labels=len(case.train.label_names),
        n_rows=len(case.train),
        metric="accuracy",
    )
    profile, here = settled(task, catalog), settled(task, catalog, hardware="local")
    refs = [ModelRef(member, folder) for member, folder in case.folders.items()]
    asked = named(refs, catalog, profile)
    with tempfile.TemporaryDirectory() as cache:
        settings = Settings(
            budget_seconds=share * whole,
            metric="accuracy",
            device="cpu",
            precision=case.precision,
            cache=Path(cache),
        )
        begun = time.process_time()
        _, found = select(
            asked,
            profile,
            here,
            case.train,
            case.choosing,
            settings,
            among=list(asked.refs),
            now=time.process_time,
        )
        took = time.process_time() - begun
    steps = ", ".join(f"{step.stage} {step.model}" for step in found.steps)
    return line(case, f"select, {share:.0%}", found.decision.pick, took / whole, steps=steps)


if __name__ == "__main__":
    sys.exit(main())
