"""What a user's results on other data tell of a task, replayed on published tables. By hand:

    python tests/benchmarks/other_data.py [--world text]

Each source of fine-tuned scores is hidden in turn, as by the back-test, and each of its data sets
is the task. Told are its scores on 1, 3 and all of its other data sets by the same protocol, as a
ledger's results on other data are (`belief/own_data.py`). Weighted tau and the points that taking
the first loses, in the mean over tables (one source, one protocol), each data set of one counted
once, with the 90 % interval of the difference from nothing told, by drawing tables. The last
column is how many of the standings lie in their 90 % intervals. Prints a table and writes it,
dated, to results/.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from results_file import report

from pick_model import load_catalog
from pick_model.backtest.agreement import regret, weighted_tau
from pick_model.backtest.backtest import shipped_rows
from pick_model.backtest.evidence import Evidence
from pick_model.backtest.predict import HiddenGroup, hidden_groups
from pick_model.belief.expected import Z90
from pick_model.belief.joint import Marginal, marginal
from pick_model.belief.level import Level, prior_level
from pick_model.belief.outlook import Outlook
from pick_model.belief.own_data import OtherResult, own_data
from pick_model.belief.rows import TUNED, Group, scale_of, world_of
from pick_model.documents.catalog import Entry, lineage
from pick_model.interval import Interval
from pick_model.vocabulary.metrics import LOWER_IS_BETTER

METHODS = {"fine-tune": "full", "lora": "lora"}
TOLD = (0, 1, 3, 99)  # other data sets
LEAST = 5  # models of a data set that is the task


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--world", default="text")
    options = parser.parse_args()
    catalog = load_catalog()
    evidence = Evidence(shipped_rows(catalog), catalog.entries, dict(catalog.benchmarks))
    tables: dict[tuple[str, str], list[HiddenGroup]] = defaultdict(list)
    for one in hidden_groups(evidence, "source", None):
        group = one.group
        world = world_of(evidence.benchmarks[group.benchmark].modality)
        if world != options.world or group.protocol not in METHODS:
            continue
        if scale_of(group.task, group.protocol) == TUNED:
            tables[group.source, group.protocol].append(one)
    found = {key: replayed(some, evidence) for key, some in tables.items()}
    found = {key: some for key, some in found.items() if some}
    lines = summary(found)
    report(f"other_data-{options.world}", lines, "numpy")
    return 0


def replayed(some: Sequence[HiddenGroup], evidence: Evidence) -> dict[int, list[tuple[float, ...]]]:
    """Sets told -> tau and regret of each of a table's data sets."""
    found: dict[int, list[tuple[float, ...]]] = defaultdict(list)
    of_data: dict[str, HiddenGroup] = {}
    for one in some:  # the first metric of each
        of_data.setdefault(evidence.datasets[one.group.benchmark], one)
    for data, one in of_data.items():
        others = [other.group for name, other in of_data.items() if name != data]
        if len(one.group.members) < LEAST or not others:
            continue
        for told in TOLD:
            pick = np.random.default_rng(len(found[told])).permutation(len(others))[:told]
            results = [r for n in sorted(pick) for r in results_of(others[n])]
            found[told].append(expected(one, results, evidence))
    return found


def results_of(group: Group) -> list[OtherResult]:
    """A table's scores on one data set as a user's."""
    sign = -1.0 if group.metric in LOWER_IS_BETTER else 1.0
    method = METHODS[group.protocol]
    return [
        OtherResult(
            m.entry,
            group.metric,
            method,
            Interval(sign * m.score, sign * m.score, sign * m.score),
            "tokens" if group.task == "token-classification" else "single-label",
            group.benchmark,
            group.benchmark,
        )
        for m in {m.entry: m for m in group.members}.values()
    ]


def expected(
    one: HiddenGroup, results: Sequence[OtherResult], evidence: Evidence
) -> tuple[float, float, float]:
    """Tau and regret of what is expected of the members, and whether they lie as far apart."""
    fitted = one.fitted
    outlook = Outlook(one.target, evidence.numbering, fitted.scales, fitted.scores)

    def level(metric: str) -> Level | None:
        return prior_level(metric, None, one.target, fitted.places, evidence.benchmarks)

    def line(name: str) -> list[Entry]:
        return lineage(evidence.entries[name], evidence.entries)

    own = own_data(results, outlook, METHODS[one.group.protocol], line, level)
    if own is not None:
        outlook = Outlook(one.target, own.numbering, fitted.scales, fitted.scores, own.own)
    members = []
    for name in (m.entry for m in one.group.members):
        more = own.standings(name) if own is not None else ()
        z = outlook.expected(line(name), [*fitted.scores(name), *more]).z
        members.append(marginal(line(name), z))
    truth = [m.score for m in one.group.members]
    said = [m.mean for m in members]
    return weighted_tau(truth, said) or 0.0, 100 * regret(truth, said, 1), inside(truth, members)


def inside(truth: Sequence[float], members: Sequence[Marginal]) -> float:
    """The share of models within their intervals, level and unit of the scores taken out."""
    y, mean = np.array(truth), np.array([m.mean for m in members])
    sd = np.array([m.sd for m in members])
    unit = np.sqrt((mean.var() + (sd**2).mean()) / y.var())
    z = (y - y.mean()) * unit + mean.mean()
    return float(np.mean(np.abs(z - mean) <= Z90 * sd))


def summary(
    found: Mapping[tuple[str, str], Mapping[int, Sequence[tuple[float, ...]]]],
) -> list[dict[str, Any]]:
    """Means over tables, by how many other data sets were told."""
    random = np.random.default_rng(0)
    draws = random.integers(len(found), size=(2000, len(found)))
    by_told = {
        told: np.array([np.mean(some[told], axis=0) for some in found.values()]) for told in TOLD
    }
    lines = []
    for told, values in by_told.items():
        lead = (values - by_told[0])[draws].mean(axis=1)
        low, high = np.quantile(lead, (0.05, 0.95), axis=0)
        tau, lost, share = values.mean(axis=0)
        lines.append(
            {
                "told": "all" if told > 90 else told,
                "tables": len(found),
                "data sets": sum(len(some[0]) for some in found.values()),
                "tau": float(tau),
                "less nothing told": f"{tau - by_told[0][:, 0].mean():+.3f} ({low[0]:+.3f} {high[0]:+.3f})",
                "points lost": float(lost),
                "less": f"{lost - by_told[0][:, 1].mean():+.2f} ({low[1]:+.2f} {high[1]:+.2f})",
                "inside": float(share),
            }
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
