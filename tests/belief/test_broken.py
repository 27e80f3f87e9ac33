"""Broken runs are found by rule, and what looks like one is kept where the model explains it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pick_model.belief.broken import broken_runs, chance_of, sound
from pick_model.belief.fit import fit
from pick_model.documents.catalog import Corpus, Score
from pick_model.record import replace

from .small import World, benchmark, entry, row


def found(world: World, rows: Sequence[Score]) -> dict[tuple[str, str], str]:
    broken = broken_runs(rows, world.entries, world.benchmarks)
    return {(rows[b.position].entry, rows[b.position].benchmark): b.rule for b in broken}


def changed(world: World, scores: dict[tuple[str, str], float], **changes: Any) -> list[Score]:
    """The world's rows with some scores replaced, all under changed conditions."""
    return [
        r._replace(score=scores.get((r.entry, r.benchmark), r.score), **changes) for r in world.rows
    ]


def world(n_labels: int = 100) -> World:
    made = World()
    made.benchmarks = {name: replace(b, n_labels=n_labels) for name, b in made.benchmarks.items()}
    return made


def test_ordinary_scores_are_all_kept() -> None:
    plain = world()
    assert broken_runs(plain.rows, plain.entries, plain.benchmarks) == []
    assert sound(plain.rows, plain.entries, plain.benchmarks) == list(enumerate(plain.rows))


def test_a_head_at_chance_on_a_model_that_learns_elsewhere_is_left_out() -> None:
    made = world()
    rows = changed(made, {("m7", "alpha"): 0.011}, protocol="few-shot")
    assert found(made, rows) == {("m7", "alpha"): "at-chance"}


def test_a_prompt_that_fails_is_kept() -> None:
    made = world()
    assert found(made, changed(made, {("m7", "alpha"): 0.011}, protocol="zero-shot")) == {}


def test_a_language_the_model_does_not_know_explains_chance() -> None:
    made = world()
    made.benchmarks["alpha"] = replace(made.benchmarks["alpha"], languages=("th",))
    made.entries["m6"] = replace(made.entries["m6"], languages=("th",))
    scores = {("m6", "alpha"): 0.011, ("m7", "alpha"): 0.011}
    rows = changed(made, scores, protocol="few-shot")
    assert found(made, rows) == {("m6", "alpha"): "at-chance"}


def test_where_nobody_learns_much_chance_is_no_fault() -> None:
    made = world()
    hard = {(f"m{i}", "alpha"): 0.1 + 0.01 * i for i in range(8)}
    rows = changed(made, {**hard, ("m7", "alpha"): 0.01}, protocol="few-shot")
    assert found(made, rows) == {}


def test_one_collapsed_training_run_is_left_out_and_the_others_of_its_model_stay() -> None:
    made = world()
    assert found(made, changed(made, {("m7", "alpha"): 0.2})) == {("m7", "alpha"): "collapsed"}


def test_a_set_up_that_failed_twice_is_left_out_for_that_model_alone() -> None:
    made = world()
    rows = changed(made, {("m7", "alpha"): 0.2, ("m7", "bravo"): 0.15})
    others = [r._replace(source="other") for r in world().rows if r.benchmark == "cobra"]
    rules = found(made, [*rows, *others])
    assert {name for name, _ in rules} == {"m7"}
    assert sorted(rules.values()) == ["collapsed"] * 2 + ["set-up"] * (len(made.benchmarks) - 2)
    broken = broken_runs([*rows, *others], made.entries, made.benchmarks)
    assert all(b.position < len(rows) for b in broken)  # another source is another set-up


def test_a_model_that_is_weak_everywhere_is_not_broken() -> None:
    made = world()
    weak = {("m0", name): 0.2 + 0.01 * i for i, name in enumerate(made.benchmarks)}
    assert found(made, changed(made, weak)) == {}


def test_errors_and_pairs_are_left_alone() -> None:
    made = world()
    pair = [row("m0", "alpha", 0.9), row("m7", "alpha", 0.01)]
    assert found(made, pair) == {}
    assert found(made, changed(made, {("m7", "alpha"): 9.0}, metric="perplexity")) == {}


def test_chance_is_the_metric_s_own_or_one_in_so_many_labels() -> None:
    ten = benchmark("ten", n_labels=10)
    assert chance_of(ten, "accuracy") == 1 / 10
    assert chance_of(ten, "mcc") == 0
    assert chance_of(ten, "auc") == 0.5
    assert chance_of(ten, "ndcg_at_10") == 0


def test_the_fit_does_not_see_what_is_left_out() -> None:
    made = world()
    rows = changed(made, {("m7", "alpha"): 0.2})
    without = [r for r in rows if (r.entry, r.benchmark) != ("m7", "alpha")]
    key = ("text", "tuned")
    one, other = (fit(some, made.entries, made.benchmarks)[key] for some in (rows, without))
    assert one.standing == other.standing
    assert entry("m7").id in one.standing


def learnt(made: World, name: str, *corpora: str, base: str | None = None) -> None:
    one = made.entries[name]
    pretraining = replace(one.pretraining, corpora=tuple(Corpus(name=c) for c in corpora))
    made.entries[name] = replace(one, pretraining=pretraining, base_model=base)


def test_a_model_that_learnt_the_data_set_itself_is_no_guide_to_new_data() -> None:
    made = world()
    learnt(made, "m2", "English Wikipedia", "Alpha")
    learnt(made, "m3", "some questions", base="m2")  # what its base learnt, it knows
    probed = changed(made, {}, protocol="linear-probe")
    assert found(made, probed) == {("m2", "alpha"): "seen", ("m3", "alpha"): "seen"}


def test_where_every_model_is_trained_on_the_data_set_having_seen_it_is_no_advantage() -> None:
    made = world()
    learnt(made, "m2", "Alpha")
    assert found(made, made.rows) == {}


def test_collections_are_known_by_what_they_hold() -> None:
    made = world()
    learnt(made, "m1", "Flan 2022 task collection")
    made.benchmarks["glue-mnli-mm"] = replace(made.benchmarks["alpha"], id="glue-mnli-mm")
    rows = [
        r._replace(benchmark="glue-mnli-mm" if r.benchmark == "alpha" else r.benchmark)
        for r in changed(made, {}, protocol="few-shot")
    ]
    assert found(made, rows) == {("m1", "glue-mnli-mm"): "seen"}
