"""What a budget buys: `select` beside simpler ways to spend it. By hand, after `zoo.py`:

    nice -n 10 python tests/benchmarks/funnel.py --sets subj banking77 --rows 600 --deals 0 1 2 3

The nine variants of MiniLM are the candidates; truth is the full fine-tune of each in
results/zoo_gold.csv, of as many rows. Regret is what the model that a way ends with scores there
below the best, in points; spend is in seconds of the processor, as a share of fine-tuning all.
Truth is a share of so many held-out rows, so the best of nine is the best by chance as well: noise
is the standard error of the difference of two such shares, in points, and a model less than it
below the best is called within noise. It leaves out what another seed would change.

- select, with a tenth, a quarter and a half of that as its budget;
- top-k: the first k by the screen's score are fine-tuned, the best of them is taken;
- one epoch: all are trained for one pass, the best half goes on to the end.

Every way chooses by the same held-out rows, a part of the training file that nothing learns from;
for the second and third, the last choice, between models that were fine-tuned in full, is by the
truth itself. One choice is luck as much as skill: each deal has its own rows to choose by and its
own seed, and the last lines are means over the deals of a set, and over sets, where noise is the
standard error that deals leave in the mean; one pass of each is made for the first deal. What was found is kept in the temporary folder, by the
code that found it.
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

import pick_model
from pick_model.files import json_digest

KEPT = Path(tempfile.gettempdir()) / "pick-model-funnel"
CODE = Path(pick_model.__file__).parent
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
    deal: int
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
    parser.add_argument("--deals", type=int, nargs="+", default=[0])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.10, 0.25, 0.50])
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--called", help="Behind the result's name.", default="")
    options = parser.parse_args()
    lines: list[dict[str, Any]] = []
    for name in options.sets:
        for deal in options.deals:
            case = read(name, options, deal)
            first = read(name, options, options.deals[0])
            if case is None or first is None or not len(case.choosing):
                said = f"no gold of {options.rows} rows for every member, or no rows to choose by"
                print(f"{name}: {said}", file=sys.stderr)
                break
            epochs = {member: one_epoch(first, member) for member in case.folders}
            if deal == first.deal:
                lines += discarding(case, epochs)
            lines += kept_ways(case, epochs, options.shares)
    report(
        "funnel" + f"-{options.called}" * bool(options.called),
        lines + means(lines),
        "torch",
        "transformers",
        "numpy",
    )
    return 0


def kept_ways(
    case: Case, epochs: Mapping[str, Epoch], shares: Sequence[float]
) -> list[dict[str, Any]]:
    """A line for each way that screens, some of them found by an earlier run of this code."""
    code = json_digest([path.read_text(encoding="utf-8") for path in sorted(CODE.rglob("*.py"))])
    lines = []
    for share in (0.0, *shares):
        kept = KEPT / code[:12] / f"{case.name}-{len(case.train)}-{case.deal}-{share:g}.json"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            made = [selecting(case, epochs, share)] if share else by_screen(case, epochs)
            kept.write_text(json.dumps(made))
        lines += json.loads(kept.read_text())
        print(lines[-1], flush=True)
    return lines


def whole(epochs: Mapping[str, Epoch]) -> float:
    """Seconds of fine-tuning all in full."""
    return sum(epoch.full_seconds for epoch in epochs.values())


def means(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each way over the deals of each set, and over sets."""
    sets = list(dict.fromkeys(one["set"] for one in lines))
    found = []
    for of in [*([name] for name in sets), sets] if len(sets) > 1 else [sets]:
        for way in dict.fromkeys(one["way"] for one in lines):
            by_set = [[o for o in lines if o["way"] == way and o["set"] == name] for name in of]
            some = [one for deals in by_set for one in deals]
            lost = [[one["regret"] for one in deals] for deals in by_set]
            # Each set has its own scatter of deals, and counts as much as any other.
            doubt = [np.var(deals, ddof=1) / len(deals) for deals in lost if len(deals) > 1]
            crowned = sum(one["verdict"] == "the best" for one in some)
            found.append(
                dict.fromkeys(lines[0], "")
                | {
                    "set": f"mean, {of[0] if len(of) == 1 else len(of)}",
                    "way": way,
                    "spend": round(float(np.mean([one["spend"] for one in some])), 3),
                    "regret": round(float(np.mean([np.mean(deals) for deals in lost])), 2),
                    "noise": round(float(np.sqrt(sum(doubt))) / len(of), 2) if doubt else None,
                    "verdict": f"the best in {crowned} of {len(some)}",
                }
            )
    return found


def read(name: str, options: Any, deal: int = 0) -> Case | None:
    """Rows to learn from and to choose by; the truth, where all of it is there."""
    from pick_model.data.split import subsample

    train, judged = zoo.read(name, options.rows, options.heldout)
    every, _ = zoo.read(name, sys.maxsize, 1)
    used = set(train.rows)
    others = every.take([at for at, row in enumerate(every.rows) if row not in used])
    choosing = subsample(others, options.heldout, seed=deal) if len(others) else others
    train = replace(train, n_total=len(train))  # all that the truth learnt from
    conditions = (name, len(train), len(judged))
    lines = [one for one in zoo.gold() if (one.set, one.rows, one.heldout) == conditions]
    gold: dict[str, list[float]] = {}
    for one in lines:
        gold.setdefault(one.model, []).append(one.score)
    if set(gold) != set(zoo.MEMBERS):
        return None
    truth = {member: float(np.mean(scores)) for member, scores in gold.items()}
    metric = lines[0].metric
    return Case(
        name, deal, train, choosing, judged, zoo.folders(), truth, metric, options.precision
    )


def one_epoch(case: Case, member: str, by_truth: bool = False) -> Epoch:
    """One pass, or what an earlier run found; scored on the rows to choose by, or the truth's."""
    rows = case.judged if by_truth else case.choosing
    on = "-judged" if by_truth else ""
    kept = KEPT / f"{case.name}-{len(case.train)}-{case.deal}-{member}{on}.json"
    if not kept.exists():
        cpu: dict[str, float] = {}
        made = zoo.fine_tuned(
            case.name,
            member,
            case.folders[member],
            case.train,
            rows,
            case.deal,
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
        "deal": case.deal,
        "way": way,
        "spend": round(share, 3),
        "takes": member,
        "regret": round(regret, 2),
        "noise": None if noise is None else round(noise, 2),
        "verdict": "the best" if regret == 0 else "within noise" if near else "",
        "steps": more.get("steps", ""),
    }


def discarding(case: Case, epochs: Mapping[str, Epoch]) -> list[dict[str, Any]]:
    """After one pass of all, and after the better half went on to the end."""
    order = sorted(epochs, key=lambda member: -epochs[member].score)
    first = sum(epoch.seconds for epoch in epochs.values())
    half = order[: -(-len(order) // 2)]
    rest = sum(epochs[m].full_seconds - epochs[m].seconds for m in half)
    return [
        line(case, "full, all", best_of(case, order), 1.0),
        line(case, "one epoch of all", order[0], first / whole(epochs)),
        line(
            case, "one epoch, half to the end", best_of(case, half), (first + rest) / whole(epochs)
        ),
    ]


def by_screen(case: Case, epochs: Mapping[str, Epoch]) -> list[dict[str, Any]]:
    """The first k of a screen of all, fine-tuned."""
    from pick_model.measure.screen.run import screen
    from pick_model.measure.screen.settings import Settings

    with tempfile.TemporaryDirectory() as cache:
        begun = time.process_time()
        settings = Settings(
            seed=case.deal, device="cpu", precision=case.precision, cache=Path(cache)
        )
        found = screen([str(folder) for folder in case.folders.values()], case.train, settings)
        took = time.process_time() - begun
    names = {str(folder): member for member, folder in case.folders.items()}
    order = [names[one.model] for one in found.results]
    lines = [line(case, "screen alone", order[0], took / whole(epochs))]
    for k in TOP:
        spend = took + sum(epochs[member].full_seconds for member in order[:k])
        lines.append(
            line(case, f"top {k} of the screen", best_of(case, order[:k]), spend / whole(epochs))
        )
    return lines


def best_of(case: Case, members: Sequence[str]) -> str:
    return max(members, key=lambda member: case.truth[member])


def selecting(case: Case, epochs: Mapping[str, Epoch], share: float) -> dict[str, Any]:
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
            budget_seconds=share * whole(epochs),
            metric="accuracy",
            seed=case.deal,
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
    return line(
        case, f"select, {share:.0%}", found.decision.pick, took / whole(epochs), steps=steps
    )


if __name__ == "__main__":
    sys.exit(main())
