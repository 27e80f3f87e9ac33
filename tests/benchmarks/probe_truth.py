"""Does a probe of a tenth of the steps order models as full fine-tunes do, and what does it take?

    nice -n 10 python tests/benchmarks/probe_truth.py [--sets subj ...]      (after `zoo.py`)

For every set in results/zoo_gold.csv the nine variants of MiniLM are probed on the rows of the
truth with `--max-steps` a tenth of the full steps and one seed, and ordered by the score that is
expected of the full fine-tune: weighted tau with the truth, beside the tau that full fine-tunes of
one seed have with another's; what taking the first loses in points; how many 90 % intervals hold
the true score and how wide they are in the median; and seconds of the processor as a share of
fine-tuning all in full. Beside it, one pass of each, which is what discarding after an epoch goes
by. Prints a table and writes it, dated, to results/. What was run
is kept in the temporary folder with its seconds, by the code of the probe that ran it; how the
curve is read from it is not part of that code.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import funnel
import numpy as np
import zoo
from results_file import report

from pick_model.backtest.agreement import weighted_tau
from pick_model.files import json_digest
from pick_model.measure.probe import settings

CODE = Path(settings.__file__).parent
READING = "curve.py"  # reads what was run, at no cost: what is run does not hang on it
KEPT = Path(tempfile.gettempdir()) / "pick-model-probe-truth"
SHARE = 0.1  # of the full fine-tune's steps


def probed(case: funnel.Case, member: str) -> dict[str, float]:
    """What a probe expects of one member, and the seconds of the processor that it took.

    What was run is found again, by the code that ran it, with its seconds; one store for all
    members, as of `probe` with several models.
    """
    from pick_model.measure.probe.run import probe

    code = [p.read_text(encoding="utf-8") for p in sorted(CODE.glob("*.py")) if p.name != READING]
    kept = KEPT / json_digest(code)[:12] / f"{case.name}-{len(case.train)}"
    steps = round(SHARE * zoo.PASSES * -(-len(case.train) // zoo.BATCH))
    asked = settings.Settings(
        max_steps=steps, seeds=1, device="cpu", precision=case.precision, cache=kept
    )
    begun = time.process_time()
    [found] = probe([str(case.folders[member])], case.train, case.judged, asked).results
    took = kept / f"{member}.json"
    if not took.exists():
        took.write_text(json.dumps(time.process_time() - begun))
    expected = found.extrapolated
    told = {
        "value": expected.score,
        "low": expected.interval[0],
        "high": expected.interval[1],
        "seconds": json.loads(took.read_text()),
    }
    print(f"{case.name} {member}: {found.verdict} {told}", flush=True)
    return told


def lines_of(case: funnel.Case) -> list[dict[str, Any]]:
    members = list(case.folders)
    truth = [case.truth[m] for m in members]
    epochs = [funnel.one_epoch(case, m, by_truth=True) for m in members]
    whole = sum(epoch.full_seconds for epoch in epochs)
    probes = [probed(case, m) for m in members]
    ways = {
        "probe": ([p["value"] for p in probes], sum(p["seconds"] for p in probes)),
        "one epoch": ([e.score for e in epochs], sum(e.seconds for e in epochs)),
    }
    seeds = zoo.between_seeds(case.name, len(case.train))
    inside = sum(p["low"] <= score <= p["high"] for p, score in zip(probes, truth, strict=True))
    width = 100 * float(np.median([p["high"] - p["low"] for p in probes]))
    return [
        {
            "set": case.name,
            "rows": len(case.train),
            "way": way,
            "tau": round(weighted_tau(truth, scores) or 0.0, 3),
            "tau_of_another_seed": None if seeds is None else round(seeds, 3),
            "regret": round(100 * (max(truth) - truth[int(np.argmax(scores))]), 2),
            "cpu_share": round(seconds / whole, 3),
            "inside": inside if way == "probe" else None,
            "of": len(members),
            "width": round(width, 1) if way == "probe" else None,
        }
        for way, (scores, seconds) in ways.items()
    ]


def means(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for way in ("probe", "one epoch"):
        of = [line for line in lines if line["way"] == way]
        mean = {
            key: round(float(np.mean([x[key] for x in of])), 3)
            for key in ("tau", "regret", "cpu_share")
        }
        inside = sum(x["inside"] or 0 for x in of) if way == "probe" else None
        seeds = [x["tau_of_another_seed"] for x in of if x["tau_of_another_seed"] is not None]
        found.append(
            {
                "set": "all",
                "rows": None,
                "way": way,
                **mean,
                "tau_of_another_seed": round(float(np.mean(seeds)), 3) if seeds else None,
                "inside": inside,
                "of": sum(x["of"] for x in of),
                "width": None,
            }
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", help="Those of the truth, if not given.")
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--heldout", type=int, default=1000)
    parser.add_argument("--precision", default="fp32")
    options = parser.parse_args()
    names = options.sets or sorted({one.set for one in zoo.gold() if one.rows == options.rows})
    lines: list[dict[str, Any]] = []
    for name in names:
        case = funnel.read(name, options)
        if case is None:
            print(f"{name}: no truth of {options.rows} rows for every member", file=sys.stderr)
            continue
        lines += lines_of(case)
    report("probe_truth", lines + (means(lines) if lines else []), "torch", "transformers", "numpy")
    return 0


if __name__ == "__main__":
    sys.exit(main())
