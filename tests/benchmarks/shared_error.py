"""What errors of prediction have in common: the shares of `belief.joint`.

    python tests/benchmarks/shared_error.py

Every published benchmark is predicted without its source and data set, and placed by its
predictions (`backtest.placing`). A pair of models errs alike where the square of the difference
of their errors, over what two independent errors would have, is small. Printed for each world
and scale: the mean over benchmarks for pairs of one line of base models, of one root, of one
family, of one kind, and of none of these, each against pairs of one kind.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import mean
from typing import Any

from results_file import report

from pick_model import load_catalog
from pick_model.backtest.backtest import shipped_rows
from pick_model.backtest.evidence import Evidence
from pick_model.backtest.placing import covariances, placed
from pick_model.backtest.predict import hidden_groups
from pick_model.belief.joint import Marginal
from pick_model.belief.rows import scale_of, world_of

LEAST = 5  # models of a benchmark: among fewer, centring takes most of what they share
RELATIONS = ("root", "family", "kind", "other")


def relation(one: Marginal, other: Marginal) -> str:
    """The nearest thing that two models share."""
    if one.root == other.root:
        return "root"
    if one.family == other.family:
        return "family"
    return "kind" if one.kind == other.kind else "other"


def main() -> None:
    catalog = load_catalog()
    evidence = Evidence(shipped_rows(catalog), catalog.entries, dict(catalog.benchmarks))
    found: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for hidden in hidden_groups(evidence, "source", None):
        group = hidden.group
        members = [one.member for one in hidden.members]
        scores = [member.score for member in group.members]
        if len({member.name for member in members}) < LEAST or len(set(scores)) < 2:
            continue
        errors = placed(scores, [m.mean for m in members], covariances(members)).error
        pairs: dict[str, list[float]] = defaultdict(list)
        for i, one in enumerate(members):
            for j, other in enumerate(members[:i]):
                apart = float(errors[i] - errors[j]) ** 2 / (one.sd**2 + other.sd**2)
                pairs[relation(one, other)].append(apart)
        world = world_of(evidence.benchmarks[group.benchmark].modality)
        for name, values in pairs.items():
            found[world, scale_of(group.task, group.protocol)][name].append(mean(values))
    rows: list[dict[str, Any]] = []
    for (world, scale), by in sorted(found.items()):
        usual = mean(by["kind"]) if by["kind"] else None
        rows.append(
            {
                "world": world,
                "scale": scale,
                "benchmarks": max(map(len, by.values())),
                **{
                    name: mean(by[name]) / usual if by[name] and usual else None
                    for name in RELATIONS
                },
            }
        )
    report("shared_error", rows)


if __name__ == "__main__":
    main()
