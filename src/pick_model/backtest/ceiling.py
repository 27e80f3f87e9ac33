"""What noise allows: how well one run agrees with the mean of the other runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pick_model.backtest.agreement import pearson, weighted_tau
from pick_model.documents.backtest import Ceiling


def ceiling(runs: Mapping[tuple[str, str, str], Sequence[float]], least: int) -> Ceiling | None:
    """Agreement of single runs with the others' mean, over benchmarks of `least` models.

    `runs` maps (entry, benchmark, metric) to the scores of its runs. None when no model has
    three. Runs of different models are paired in the order they stand.
    """
    tables: dict[tuple[str, str], list[Sequence[float]]] = defaultdict(list)
    for (_, benchmark, metric), scores in sorted(runs.items()):
        if len(scores) >= 3:
            tables[benchmark, metric].append(scores)
    taus, pearsons, most = [], [], 0
    for models in tables.values():
        if len(models) < least:
            continue
        n_runs = min(len(scores) for scores in models)
        most = max(most, n_runs)
        pairs = [_one_against_rest(models, run) for run in range(n_runs)]
        taus.append(sum(weighted_tau(rest, one) or 0.0 for one, rest in pairs) / n_runs)
        pearsons.append(sum(pearson(rest, one) or 0.0 for one, rest in pairs) / n_runs)
    if not taus:
        return None
    n = len(taus)
    return Ceiling(
        n_benchmarks=n,
        n_runs=most,
        tau=round(sum(taus) / n, 4),
        pearson=round(sum(pearsons) / n, 4),
    )


def _one_against_rest(
    models: Sequence[Sequence[float]], run: int
) -> tuple[list[float], list[float]]:
    one = [scores[run] for scores in models]
    rest = [(sum(scores) - scores[run]) / (len(scores) - 1) for scores in models]
    return one, rest
