"""Does a screen order models as full fine-tunes do? By hand, after `zoo.py` has made the truth:

    python tests/benchmarks/screen_truth.py --rows 300 600 2000 [--peer PEER/bin/python]

For every set in results/zoo_gold.csv whose seeds agree the nine models are screened on rows of the training file,
fewer than features are wide (384) and more, and each way to order them (the screen's own order,
its score, each measure, the peer's estimators) is held against the mean score of the full
fine-tunes on as many rows, or on the fewest where there are none on so few: weighted tau, and what
taking the first loses in points. The last lines are means over sets, of each number of rows and of
all (a set's own mean counts once), with the 90 % interval of the paired difference from the peer's
best setting, the one whose tau is highest in that mean. Prints tables and writes them, dated, to
results/. What was found is kept in the temporary folder, a set at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import zoo
from results_file import report

HERE = Path(__file__).resolve().parent
# Sets on which full fine-tunes of other seeds order the models otherwise have no order to be found:
# on two none learns, and their seeds agree by -.2 and -.1; on the others by .6 and more.
AGREE = 0.5
KEPT = Path(tempfile.gettempdir()) / "pick-model-screen-truth"
MEASURES = ("ridge", "logme", "h_score", "knn")
AVERAGED = ("tau", "regret", "tau_of_another_seed", "tau_of_knowing")
ESTIMATORS, AGGREGATORS = ("hscore", "logme", "knn"), ("layermean", "bestlayer")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", help="Those of the truth, if not given.")
    parser.add_argument("--rows", type=int, nargs="+", default=[1000])
    parser.add_argument("--adaptive", action="store_true")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--peer", type=Path, help="python with transformer-ranker")
    parser.add_argument("--called", help="Behind the result's name.", default="")
    options = parser.parse_args()
    folders = zoo.folders()
    lines = [line for rows in options.rows for line in on_rows(rows, folders, options)]
    over = [[rows] for rows in options.rows] + [options.rows] * (len(options.rows) > 1)
    averages = [line for some in over for line in means(lines, some)]
    report(
        f"screen_truth{'-adaptive' * options.adaptive}{options.called and '-' + options.called}",
        lines + averages,
        "torch",
        "transformers",
        "numpy",
    )
    return 0


def on_rows(asked: int, folders: Mapping[str, Path], options: Any) -> list[dict[str, Any]]:
    """Every way on every set, a line each, where so many rows are screened at most."""
    gold = most_rows(zoo.gold(), asked)
    lines = []
    for name, scores in mean_scores(gold).items():
        if options.sets and name not in options.sets:
            continue
        of = [line for line in gold if line.set == name]
        rows, _ = zoo.read(name, asked, 100)
        if len(rows) > of[0].rows:  # fine-tunes have not seen as much
            continue
        between = zoo.between_seeds(name, of[0].rows)
        if between is None or between < AGREE:
            print(f"{name}: left out, for seeds agree by {between}", flush=True)
            continue
        places = {member: str(folders[member]) for member in scores}
        work = f"{name}-{len(rows)}-{options.precision}{'-adaptive' * options.adaptive}"
        ways = kept(f"{work}-ours", partial(ours, rows, places, options))
        if not ways:
            print(f"{name}: left out, for the screen refuses these models on it", flush=True)
            continue
        if options.peer is not None and rows.kind != "multi-label":
            ways |= kept(f"{name}-{len(rows)}-peer", partial(peers, rows, places, options.peer))
        facts = {
            "asked": asked,
            "rows": len(rows),
            "gold_rows": of[0].rows,
            "gold_seeds": len({line.seed for line in of}),
            "tau_of_another_seed": between,
            "tau_of_knowing": of_knowing(of),
        }
        lines += [{**compared(name, way, scores, found), **facts} for way, found in ways.items()]
    return lines


def kept(name: str, made: Callable[[], dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """What is made, or what an earlier run made of the same."""
    path = KEPT / f"{name}.json"
    if not path.exists():
        found = made()
        KEPT.mkdir(exist_ok=True)
        path.write_text(json.dumps(found))
        print(f"{name}: done", flush=True)
    found_before: dict[str, dict[str, float]] = json.loads(path.read_text())
    return found_before


def mean_scores(gold: Sequence[zoo.Gold]) -> dict[str, dict[str, float]]:
    """Set -> member -> utility, the mean over seeds; sets of which a member lacks are left out."""
    from pick_model.vocabulary.metrics import LOWER_IS_BETTER

    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for line in gold:
        sign = -1.0 if line.metric in LOWER_IS_BETTER else 1.0
        found[line.set][line.model].append(sign * line.score)
    return {
        name: {member: float(np.mean(scores)) for member, scores in members.items()}
        for name, members in found.items()
        if len(members) == len(zoo.MEMBERS)
    }


def most_rows(gold: Sequence[zoo.Gold], at_most: int) -> list[zoo.Gold]:
    """Of each set the fine-tunes on the most rows, of which every member has one.

    at_most: as many as are screened, so that both saw the same; where a set has none on so few,
    on the fewest.
    """
    members: dict[tuple[str, int], set[str]] = defaultdict(set)
    for line in gold:
        members[line.set, line.rows].add(line.model)
    rows: dict[str, list[int]] = defaultdict(list)
    for (name, n), some in members.items():
        if len(some) == len(zoo.MEMBERS):
            rows[name].append(n)
    of = {
        name: max((n for n in some if n <= at_most), default=min(some))
        for name, some in rows.items()
    }
    return [line for line in gold if of.get(line.set) == line.rows]


def of_knowing(gold: Sequence[zoo.Gold], draws: int = 300) -> float | None:
    """Weighted tau that a way would have at most that knew what each model scores in the mean.

    gold: of one set. Means of as many seeds scatter around what they are means of by the spread
    of seeds, one for all models; None where a seed is alone. That the official test file is a
    sample too comes on top and is left out.
    """
    from pick_model.backtest.agreement import weighted_tau

    by_seed = {
        seed: {o.model: o.score for o in gold if o.seed == seed} for seed in {o.seed for o in gold}
    }
    scores = np.array(
        [[of[m] for m in zoo.MEMBERS] for of in by_seed.values() if len(of) == len(zoo.MEMBERS)]
    )
    if len(scores) < 2:
        return None
    known = scores.mean(axis=0)  # (members,)
    sd = float(np.sqrt(scores.var(axis=0, ddof=1).mean() / len(scores)))
    random = np.random.default_rng(0)
    taus = [
        weighted_tau(list(known + sd * random.standard_normal(len(known))), list(known)) or 0.0
        for _ in range(draws)
    ]
    return float(np.mean(taus))


def ours(rows: Any, places: Mapping[str, str], options: Any) -> dict[str, dict[str, float]]:
    """Way of ordering -> member -> value, higher is better."""
    from pick_model.measure.screen.run import screen
    from pick_model.measure.screen.settings import Settings
    from pick_model.vocabulary.metrics import LOWER_IS_BETTER

    settings = Settings(
        rows=len(rows), adaptive=options.adaptive, device="cpu", precision=options.precision
    )
    screened = screen(list(places.values()), rows, settings)
    found = screened.results
    if any(one.measures is None for one in found):
        return {}
    member = {place: name for name, place in places.items()}
    ways = {"order": {member[one.model]: -float(one.data_rank or 99) for one in found}}
    sign = -1.0 if screened.metric in LOWER_IS_BETTER else 1.0
    scores = {member[one.model]: one.score for one in found}
    ways["score"] = {name: sign * s for name, s in scores.items() if s is not None}
    for name in MEASURES:
        ways[name] = {member[one.model]: getattr(one.measures, name) for one in found}
    return ways


def peers(rows: Any, places: Mapping[str, str], python: Path) -> dict[str, dict[str, float]]:
    """The same by transformer-ranker, each estimator on the mean of layers and on the best."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        told = {"texts": rows.tokens or rows.texts, "pairs": rows.pairs, "labels": rows.labels}
        json.dump({**told, "names": rows.label_names if rows.tokens else None}, file)
        file.flush()
        words = [str(python), str(HERE / "peer_ranker.py"), file.name]
        words += [",".join(ESTIMATORS), ",".join(AGGREGATORS), *places.values()]
        done = subprocess.run(words, capture_output=True, text=True, env=dict(os.environ))
    if done.returncode:
        raise SystemExit(f"the peer: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    by_place = {place: name for name, place in places.items()}
    return {
        f"peer {way}": {by_place[place]: value for place, value in scores.items()}
        for way, scores in found.items()
    }


def compared(
    name: str, way: str, truth: Mapping[str, float], found: Mapping[str, float]
) -> dict[str, Any]:
    """Weighted tau, and the points that taking the first loses."""
    from pick_model.backtest.agreement import regret, weighted_tau

    members = list(truth)
    true, said = [truth[m] for m in members], [found[m] for m in members]
    return {
        "set": name,
        "way": way,
        "tau": weighted_tau(true, said),
        "regret": 100 * regret(true, said, 1),
        "lead": None,
        "low": None,
        "high": None,
    }


def means(lines: Sequence[dict[str, Any]], asked: Sequence[int]) -> list[dict[str, Any]]:
    """Of each way over sets; its lead in tau over the peer's best setting, from low to high.

    asked: the numbers of rows that are averaged, first for each set.
    """
    lines = [line for line in lines if line["asked"] in asked]
    sets = sorted({line["set"] for line in lines})
    by_way: dict[str, dict[str, dict[str, float | None]]] = defaultdict(dict)
    for way in dict.fromkeys(line["way"] for line in lines):
        for name in sets:
            some = [line for line in lines if line["set"] == name and line["way"] == way]
            if len(some) == len({line["asked"] for line in lines if line["set"] == name}):
                by_way[way][name] = {key: mean_of(some, key) for key in AVERAGED}
    random, found = np.random.default_rng(0), []
    draws = random.integers(0, len(sets), size=(2000, len(sets)))
    rivals = [of for way, of in by_way.items() if way.startswith("peer") and set(sets) <= of.keys()]
    base = max(rivals, key=lambda of: sum(of[s]["tau"] or 0.0 for s in sets), default={})
    for way, of in by_way.items():
        there = [name for name in sets if name in of]
        line = dict.fromkeys(lines[0]) | {"set": f"mean of {len(there)}", "way": way}
        line |= {key: mean_of([of[name] for name in there], key) for key in AVERAGED}
        line["rows"] = ", ".join(map(str, asked))
        if set(sets) <= of.keys() & base.keys() and len(sets) > 1:
            lead = np.array([(of[s]["tau"] or 0.0) - (base[s]["tau"] or 0.0) for s in sets])
            low, high = np.percentile(lead[draws].mean(axis=1), [5, 95])
            line |= {"lead": float(lead.mean()), "low": float(low), "high": float(high)}
        found.append(line)
    return found


def mean_of(lines: Sequence[Mapping[str, Any]], key: str) -> float | None:
    """The mean of a column; an order without any says 0, and None where a limit is unknown."""
    values = [0.0 if key == "tau" and line[key] is None else line[key] for line in lines]
    return None if None in values else float(np.mean(values))


if __name__ == "__main__":
    sys.exit(main())
