"""The back-test on the shipped evidence and on published tables, beside the static prior.

    python tests/benchmarks/backtest_public.py [--tables FOLDER] [--only WORD]

A published table is a CSV of `model,dataset,metric,score`. They are looked for beside the test
data (PICK_MODEL_TEST_DATA/../gold) unless --tables names a folder; without any, only the
shipped evidence is tested. Of a published table all is hidden, and its data sets everywhere;
`over_static` and `over_size` are the mean differences of tau from the static prior and from
the most parameters, with their paired 90 % intervals.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

from results_file import report

from pick_model import load_catalog
from pick_model.backtest.backtest import backtest
from pick_model.documents.backtest import Backtest, Gain, Summary
from pick_model.errors import InputError, SchemaError
from tests.told import words

ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser()
    data = Path(os.environ.get("PICK_MODEL_TEST_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--tables", type=Path, default=data.parent / "gold")
    parser.add_argument("--only", default="", help="part of a table's name")
    options = parser.parse_args()
    catalog = load_catalog()
    rows: list[dict[str, Any]] = []
    for hide in ("source", "dataset", "family"):
        if options.only in f"shipped, {hide}":
            began = time.perf_counter()
            found = backtest(catalog, hide=hide)  # type: ignore[arg-type]
            rows.append(line(f"shipped, {hide}", found, time.perf_counter() - began))
    skipped = []
    for path in sorted(options.tables.glob("*.csv")):
        if options.only not in path.stem:
            continue
        began = time.perf_counter()
        try:
            found = backtest(catalog, file=path)
        except (InputError, SchemaError) as error:
            skipped.append(f"{path.stem}: {words(error.message)}")
            continue
        rows.append(line(path.stem, found, time.perf_counter() - began))
    public = [row for row in rows if not row["table"].startswith("shipped")]
    if public:
        means = {key: mean([row[key] for row in public]) for key in MEANS}
        rows.append({**dict.fromkeys(rows[0]), "table": "mean of public tables", **means})
    report("backtest_public", rows)
    print("\n".join(skipped))


MEANS = ("tau", "static", "size", "regret", "size_regret", "coverage", "p_best", "was_best")


def line(name: str, found: Backtest, seconds: float) -> dict[str, Any]:
    """One table's figures."""
    m: Summary = found.mean
    size = m.baselines["most parameters"]
    gains = {gain.baseline: gain for gain in m.gains}
    models = {model for table in found.tables for model in table.matched}
    said = found.reliability
    return {
        "table": name,
        "models": len(models),
        "n": m.n_benchmarks,
        "tau": m.tau,
        "static": m.baselines["static prior"].tau,
        "over_static": _gain(gains["static prior"]),
        "size": size.tau,
        "over_size": _gain(gains["most parameters"]),
        "ceiling": found.ceiling.tau if found.ceiling else None,
        "regret": m.regret1,
        "size_regret": size.regret1,
        "coverage": m.coverage,
        "p_best": said.first.predicted if said else None,
        "was_best": said.first.realised if said else None,
        "seconds": round(seconds, 1),
    }


def _gain(gain: Gain) -> str:
    low, high = gain.tau_interval
    return f"{gain.tau:+.2f} ({low:+.2f} {high:+.2f})"


def mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


if __name__ == "__main__":
    main()
