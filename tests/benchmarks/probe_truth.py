"""Does a probe of a tenth of the steps order models as full fine-tunes do, and what does it take?

    nice -n 10 python tests/benchmarks/probe_truth.py [--sets subj ...] [--rows 600 2000]

After `zoo.py`. For every set in results/zoo_gold.csv, of each number of rows that there is truth
of, the nine variants of MiniLM are probed on the rows of the truth with `--max-steps` a tenth of
the full steps and one seed, and ordered by the score that is expected of the full fine-tune:
weighted tau with the truth, beside the tau that full fine-tunes of one seed have with another's;
what taking the first loses in points; how many 90 % intervals hold the true score and how wide
they are in the median; and seconds of the processor as a share of fine-tuning all in full. Errors
over what their intervals allow, squared, in the mean (`error`), and half the squared difference of
two errors of models that transfer or may (`apart`), on the scale of the metric's link: what the
latter is less than 1 sets no probe above another (`belief.ways.PROBED`). `--other-rows` scores the probes on rows that the
truth is not scored on, as a user does, where a set has enough of them. Beside it, one pass of each,
which is what discarding after an epoch goes by (`--without-epochs` leaves it out, and with it the
shares, which are told from it). Prints a table and writes it, dated, to
results/. What was run is kept in the temporary folder with its seconds, by the code of the probe
that ran it; how the curve is read from it is not part of that code.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import funnel
import numpy as np
import zoo
from results_file import report

from pick_model.backtest.agreement import weighted_tau
from pick_model.belief.expected import Z90
from pick_model.belief.level import link_of
from pick_model.files import json_digest
from pick_model.interval import Interval
from pick_model.measure.probe import settings

CODE = Path(settings.__file__).parent
READING = "curve.py"  # reads what was run, at no cost: what is run does not hang on it
KEPT = Path(tempfile.gettempdir()) / "pick-model-probe-truth"
LEAST_OTHERS = 400  # rows: fewer tell little of two models
SHARE = 0.1  # of the full fine-tune's steps


def probed(case: funnel.Case, member: str, steps: int, other_rows: bool) -> dict[str, Any]:
    """What a probe of so many steps expects of one member, and the processor's seconds it took.

    What was run is found again, by the code that ran it, with its seconds; one store for all
    members, as of `probe` with several models.
    """
    from pick_model.measure.probe.run import probe

    code = [p.read_text(encoding="utf-8") for p in sorted(CODE.glob("*.py")) if p.name != READING]
    kept = KEPT / json_digest(code)[:12] / f"{case.name}-{len(case.train)}{'-other' * other_rows}"
    heldout = case.choosing if other_rows else case.judged
    asked = settings.Settings(
        max_steps=steps, seeds=1, device="cpu", precision=case.precision, cache=kept
    )
    begun = time.process_time()
    [found] = probe([str(case.folders[member])], case.train, heldout, asked).results
    took = kept / f"{member}.json" if steps == tenth(case) else kept / f"{member}-{steps}.json"
    if not took.exists():
        took.write_text(json.dumps(time.process_time() - begun))
    expected = found.extrapolated
    told: dict[str, Any] = {
        "verdict": found.verdict,
        "value": expected.score,
        "low": expected.interval[0],
        "high": expected.interval[1],
        "seconds": json.loads(took.read_text()),
    }
    print(f"{case.name} {member}: {told}", flush=True)
    return told


def tenth(case: funnel.Case) -> int:
    """Steps: a tenth of those that the truth took."""
    return round(SHARE * zoo.PASSES * -(-len(case.train) // zoo.BATCH))


def lines_of(
    case: funnel.Case, steps: int, with_epochs: bool, other_rows: bool
) -> list[dict[str, Any]]:
    members = list(case.folders)
    truth = [case.truth[m] for m in members]
    probes = [probed(case, m, steps, other_rows) for m in members]
    ways = {"probe": ([p["value"] for p in probes], sum(p["seconds"] for p in probes))}
    whole = None
    if with_epochs:
        epochs = [funnel.one_epoch(case, m, by_truth=True) for m in members]
        whole = sum(epoch.full_seconds for epoch in epochs)
        ways["one epoch"] = ([e.score for e in epochs], sum(e.seconds for e in epochs))
    seeds = zoo.between_seeds(case.name, len(case.train))
    inside = sum(p["low"] <= score <= p["high"] for p, score in zip(probes, truth, strict=True))
    width = 100 * float(np.median([p["high"] - p["low"] for p in probes]))
    error, apart = errors(case, probes)
    return [
        {
            "set": case.name,
            "rows": len(case.train),
            "way": way,
            "steps": steps if way == "probe" else None,
            "tau": round(weighted_tau(truth, scores) or 0.0, 3),
            "tau_of_another_seed": None if seeds is None else round(seeds, 3),
            "regret": round(100 * (max(truth) - truth[int(np.argmax(scores))]), 2),
            "cpu_share": None if whole is None else round(seconds / whole, 3),
            "inside": inside if way == "probe" else None,
            "of": len(members),
            "width": round(width, 1) if way == "probe" else None,
            "error": round(error, 2) if way == "probe" else None,
            "apart": round(apart, 2) if way == "probe" else None,
        }
        for way, (scores, seconds) in ways.items()
    ]


def errors(case: funnel.Case, probes: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Mean square of errors over what their intervals allow; half that of two of them apart."""
    link = link_of(case.metric)
    assert link is not None
    allowed = [link.half_width(Interval(p["value"], p["low"], p["high"])) / Z90 for p in probes]
    found = [
        (link.of(p["value"]) - link.of(case.truth[member])) / sd
        for p, member, sd in zip(probes, case.folders, allowed, strict=True)
    ]
    might = [z for z, p in zip(found, probes, strict=True) if p["verdict"] != "does-not-transfer"]
    pairs = [(a - b) ** 2 / 2 for k, a in enumerate(might) for b in might[:k]]
    return float(np.mean(np.square(found))), float(np.mean(pairs))


def means(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each number of rows and each way, over sets; of what is known."""

    def mean(of: list[dict[str, Any]], key: str) -> float | None:
        known = [line[key] for line in of if line[key] is not None]
        return round(float(np.mean(known)), 3) if known else None

    found = []
    for rows, way in sorted({(line["rows"], line["way"]) for line in lines}):
        of = [line for line in lines if (line["rows"], line["way"]) == (rows, way)]
        averaged = ("tau", "tau_of_another_seed", "regret", "cpu_share", "error", "apart")
        inside = sum(x["inside"] for x in of) if way == "probe" else None
        whole = {"inside": inside, "of": sum(x["of"] for x in of)}
        means_of = {key: mean(of, key) for key in averaged}
        blank = dict.fromkeys(of[0])
        found.append({**blank, "set": "all", "rows": rows, "way": way, **means_of, **whole})
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", help="Those of the truth, if not given.")
    parser.add_argument("--rows", type=int, nargs="+", help="Those of the truth, if not given.")
    parser.add_argument("--max-steps", type=int, help="A tenth of the full ones, if not given.")
    parser.add_argument("--without-epochs", action="store_true")
    parser.add_argument("--other-rows", action="store_true")
    parser.add_argument("--precision", default="fp32")
    options = parser.parse_args()
    gold = {(one.rows, one.set, one.heldout) for one in zoo.gold()}
    lines: list[dict[str, Any]] = []
    for rows, name, heldout in sorted(gold):
        if rows not in (options.rows or [rows]) or name not in (options.sets or [name]):
            continue
        conditions = {"rows": rows, "heldout": heldout, "precision": options.precision}
        case = funnel.read(name, argparse.Namespace(**conditions))
        if case is None:
            print(f"{name}: no truth of {rows} rows for every member", file=sys.stderr)
            continue
        if options.other_rows and len(case.choosing) < LEAST_OTHERS:
            continue
        steps = options.max_steps or tenth(case)
        lines += lines_of(case, steps, not options.without_epochs, options.other_rows)
    name = f"probe_truth-{options.max_steps}-steps" if options.max_steps else "probe_truth"
    name += "-other-rows" * options.other_rows
    report(name, lines + (means(lines) if lines else []), "torch", "transformers", "numpy")
    return 0


if __name__ == "__main__":
    sys.exit(main())
