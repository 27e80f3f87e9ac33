"""Training that nobody tells of shows where many are known to be trained, and not elsewhere."""

from __future__ import annotations

from random import Random

import pytest

from pick_model.belief.broken import broken_runs
from pick_model.belief.untold import LEAST_CLEAN, LEAST_COMPARED, LEAST_POPULAR
from pick_model.documents.catalog import Benchmark, Entry, Score

from .small import benchmark, entry, row

POPULAR = [f"popular{name}" for name in ("one", "two", "three", "four", "five", "six")]
CLEAN = [f"clean{name}" for name in "abcdefghij"]
HONEST = [f"honest{i}" for i in range(LEAST_COMPARED + 4)]
OPEN = [f"open{i}" for i in range(4)]  # tell what they were trained on


def scores(
    cheats: dict[str, float], *, protocol: str = "few-shot", others: int = len(HONEST)
) -> tuple[list[Score], dict[str, Entry], dict[str, Benchmark]]:
    """Scores of models of one ability each, and of `cheats`, by what they gain where many train."""
    random = Random(1)
    entries = {name: entry(name) for name in [*HONEST[:others], *cheats]}
    entries |= {name: entry(name, training_sets=("popular*",)) for name in OPEN}
    ability = {name: random.gauss(0.6, 0.05) for name in entries}
    ability |= dict.fromkeys(cheats, 0.6)
    rows = []
    for name in [*POPULAR, *CLEAN]:
        for model in entries:
            gain = (cheats.get(model, 0.0) + 0.2 * (model in OPEN)) * (name in POPULAR)
            score = ability[model] + gain + random.gauss(0, 0.02)
            rows.append(row(model, name, round(score, 4), protocol=protocol))
    return rows, entries, {name: benchmark(name) for name in [*POPULAR, *CLEAN]}


def untold(*table: object) -> set[tuple[str, str]]:
    rows, entries, benchmarks = table
    found = broken_runs(rows, entries, benchmarks)  # type: ignore[arg-type]
    return {
        (rows[one.position].entry, rows[one.position].benchmark)  # type: ignore[index]
        for one in found
        if one.rule == "untold"
    }


def test_a_model_far_better_on_what_others_train_on_is_not_believed_there() -> None:
    assert untold(*scores({"cheat": 0.25})) == {("cheat", name) for name in POPULAR}


def test_who_is_good_everywhere_is_believed() -> None:
    rows, entries, benchmarks = scores({"strong": 0.0})
    better = [r._replace(score=r.score + 0.2 * (r.entry == "strong")) for r in rows]
    assert untold(better, entries, benchmarks) == set()


def test_who_is_only_less_bad_there_is_believed() -> None:
    """What was trained on a data set stands above the others on it."""
    rows, entries, benchmarks = scores({"weak": 0.25})
    worse = [r._replace(score=r.score - 0.4 * (r.entry == "weak")) for r in rows]
    assert untold(worse, entries, benchmarks) == set()


def test_where_all_are_trained_nobody_is_ahead_for_it() -> None:
    assert untold(*scores({"cheat": 0.25}, protocol="fine-tune")) == set()


@pytest.mark.parametrize(
    ("popular", "clean", "others"),
    [
        (LEAST_POPULAR - 1, len(CLEAN), len(HONEST)),
        (len(POPULAR), LEAST_CLEAN - 1, len(HONEST)),
        (len(POPULAR), len(CLEAN), LEAST_COMPARED - 10),
    ],
)
def test_few_data_sets_or_models_say_nothing(popular: int, clean: int, others: int) -> None:
    rows, entries, benchmarks = scores({"cheat": 0.25}, others=others)
    kept = {*POPULAR[:popular], *CLEAN[:clean]}
    assert untold([r for r in rows if r.benchmark in kept], entries, benchmarks) == set()
