"""The fit of published scores: linking, copies, robustness, reproducibility."""

from __future__ import annotations

from math import log10

import pytest

from pick_model.belief.facts import (
    FACTS,
    MATCHES,
    backbone_size,
    facts_of,
    own_table,
    release_year,
)
from pick_model.belief.fit import fit
from pick_model.belief.rows import FROZEN, TUNED, WRITTEN, as_used, gather, group_of, scale_of
from pick_model.documents.catalog import Shape
from pick_model.record import replace

from .small import World, benchmark, entry, plain, row

KEY = ("text", "tuned")


def test_the_fit_finds_the_abilities_that_made_the_scores() -> None:
    world = World()
    scale = fit(world.rows, world.entries, world.benchmarks)[KEY]
    assert plain(scale.standing) == plain(world.ability)
    assert sum(scale.standing.values()) == pytest.approx(0, abs=1e-9)
    assert sum(v * v for v in scale.standing.values()) / 8 == pytest.approx(1)
    size = scale.line.slopes[FACTS.index("log10_parameters")]
    assert size > 0


def test_a_table_of_strong_models_alone_does_not_make_them_average() -> None:
    """Two tables without a common model: only the line says which is the stronger."""
    world = World()
    weak, strong = ("m0", "m1", "m2", "m3"), ("m4", "m5", "m6", "m7")
    rows = [
        r._replace(source="weak" if r.entry in weak else "strong")
        for r in world.rows
        if (r.entry in weak) == (r.benchmark in ("alpha", "bravo", "cobra", "delta"))
    ]
    standing = fit(rows, world.entries, world.benchmarks)[KEY].standing
    means = [sum(standing[name] for name in some) / 4 for some in (weak, strong)]
    assert means[1] - means[0] > 1  # standardised table by table it would be 0


def test_units_of_a_score_do_not_matter() -> None:
    world = World()
    percent = [r._replace(score=100 * r.score) if r.benchmark == "alpha" else r for r in world.rows]
    errors = [
        r._replace(score=1 - r.score, metric="loss") if r.benchmark == "bravo" else r
        for r in world.rows
    ]
    plain_fit = fit(world.rows, world.entries, world.benchmarks)[KEY].standing
    for changed in (percent, errors):
        other = fit(changed, world.entries, world.benchmarks)[KEY].standing
        assert other == pytest.approx(plain_fit, abs=1e-6)


def test_a_copied_number_is_one_measurement() -> None:
    world = World()
    copies = [r._replace(source="copyist") for r in world.rows if r.benchmark == "alpha"]
    groups = gather(enumerate([*world.rows, *copies]), world.benchmarks)
    weights = {
        (g.benchmark, g.source): {m.weight for m in g.members}
        for g in groups
        if g.benchmark in ("alpha", "bravo")
    }
    assert weights == {
        ("alpha", "lab"): {1 / 2},
        ("alpha", "copyist"): {1 / 2},
        ("bravo", "lab"): {1.0},
    }


def test_two_metrics_of_one_benchmark_are_half_a_measurement_each() -> None:
    world = World(n_benchmarks=2)
    f1 = [r._replace(metric="macro_f1", score=r.score - 0.01) for r in world.rows[:8]]
    groups = gather(enumerate([*world.rows, *f1]), world.benchmarks)
    assert sorted({(g.benchmark, m.weight) for g in groups for m in g.members}) == [
        ("alpha", 1 / 2),
        ("bravo", 1.0),
    ]


def test_a_spread_over_runs_is_no_condition() -> None:
    one = row("a", "alpha", 0.9, conditions="3,000 sampled test rows; sd=0.0030")
    other = row("b", "alpha", 0.8, conditions="3,000 sampled test rows; sd=0.0100")
    assert group_of(one) == group_of(other)
    assert group_of(one) != group_of(one._replace(conditions="sd=0.0030"))


def test_a_collapsed_run_moves_its_model_less_than_a_mean_would() -> None:
    world = World()
    collapsed = [
        r._replace(score=0.3) if (r.entry, r.benchmark) == ("m7", "alpha") else r
        for r in world.rows
    ]
    scale = fit(collapsed, world.entries, world.benchmarks)[KEY]
    weights = {
        collapsed[row].entry: weight
        for row, _, weight in zip(*scale.standards, strict=True)
        if collapsed[row].benchmark == "alpha"
    }
    assert weights["m7"] < 0.8 * min(w for name, w in weights.items() if name != "m7")
    assert plain(scale.standing)[0] == "m7"


def test_the_order_of_rows_and_entries_does_not_matter() -> None:
    world = World()
    one = fit(world.rows, world.entries, world.benchmarks)[KEY].standing
    turned = dict(reversed(world.entries.items()))
    other = fit(world.rows[::-1], turned, world.benchmarks)[KEY].standing
    assert other == pytest.approx(one, abs=1e-9)


def test_a_noisy_source_weighs_less() -> None:
    calm, wild = World(noise=0.1), World(noise=1.5, seed=1)
    rows = calm.rows + [r._replace(source="wild") for r in wild.rows]
    standards = fit(rows, calm.entries, calm.benchmarks)[KEY].standards
    weights: dict[str, list[float]] = {"lab": [], "wild": []}
    for position, weight in zip(standards.rows.tolist(), standards.weight.tolist(), strict=True):
        weights[rows[position].source].append(weight)
    assert sum(weights["lab"]) / len(weights["lab"]) > 2 * sum(weights["wild"]) / len(
        weights["wild"]
    )


def test_facts_count_shared_layers_and_leave_out_embeddings_and_heads() -> None:
    shared = entry("albert", n_parameters=11_000_000, n_embedding_parameters=4_000_000)
    assert backbone_size(shared) == pytest.approx(log10(7_000_000))
    twelve = Shape(n_layers=12, n_unique_layers=1)
    assert backbone_size(
        entry("a", n_parameters=11_000_000, n_embedding_parameters=4_000_000, shape=twelve)
    ) == pytest.approx(log10(12 * 7_000_000))
    block = 4 * 512 * 512 + 2 * 512 * 2048
    six = Shape(n_layers=6, hidden_size=512, intermediate_size=2048)
    untied = entry("a", n_parameters=70_000_000, n_embedding_parameters=25_000_000, shape=six)
    assert backbone_size(untied) == pytest.approx(log10(6 * block))
    tied = entry("a", n_parameters=45_000_000, n_embedding_parameters=25_000_000, shape=six)
    assert backbone_size(tied) == pytest.approx(log10(20_000_000))
    assert release_year(entry("a", release_date="2020-07-01")) == pytest.approx(2020 + 6 / 12)
    unknown = facts_of((entry("a", n_parameters=None, release_date=None, languages=None),))
    assert unknown[:2] == (None, None)


def test_modalities_and_ways_of_use_have_scales_of_their_own() -> None:
    world = World(n_benchmarks=4)
    frozen = [r._replace(protocol="few-shot") for r in world.rows if r.benchmark == "alpha"]
    spoken = {**world.benchmarks, "sound": benchmark("sound", modality="audio", languages=())}
    heard = [r._replace(benchmark="sound") for r in world.rows if r.benchmark == "bravo"]
    scales = fit([*world.rows, *frozen, *heard], world.entries, spoken)
    assert sorted(scales) == [("audio", "tuned"), ("text", "frozen"), ("text", "tuned")]


AWAY = MATCHES.index("away_domain")


def away(frozen_on: str | None, modality: str = "audio") -> tuple[float, float]:
    """What a model of another domain is worth, frozen and tuned.

    Every second model is of speech; tuned, these alone are compared, and on speech alone.
    """
    world = World(n_benchmarks=4)
    entries = {
        name: replace(one, domains=("speech",) if int(name[1]) % 2 else ())
        for name, one in world.entries.items()
    }
    spoken = {
        name: benchmark(name, modality="audio", languages=(), domain="speech")
        for name in world.benchmarks
    }
    rows = [r for r in world.rows if entries[r.entry].domains]
    if frozen_on is not None:
        spoken["other"] = benchmark("other", modality=modality, languages=(), domain=frozen_on)
        rows += [
            row(r.entry, "other", r.score - 0.2 * bool(entries[r.entry].domains))._replace(
                protocol="linear-probe"
            )
            for r in world.rows
            if r.benchmark == "alpha"
        ]
    scales = fit(rows, entries, spoken)
    frozen = scales.get((modality, "frozen"))
    tuned = scales["audio", "tuned"].line.matches[AWAY]
    return frozen.line.matches[AWAY] if frozen else 0.0, tuned


def test_what_one_way_of_use_tells_of_domains_is_expected_of_the_others() -> None:
    """Where no table holds models of several domains; by less, for it was not seen there."""
    assert away(None)[1] == pytest.approx(0)
    frozen, tuned = away("sounds")
    assert frozen < tuned < 0


def test_another_modality_tells_nothing_of_domains() -> None:
    frozen, tuned = away("sounds", modality="image")
    assert frozen < 0
    assert tuned == pytest.approx(0)


def test_few_shots_of_what_writes_are_prompts_and_stand_where_it_writes() -> None:
    entries = {"chat": entry("chat", kind="decoder"), "embed": entry("embed")}
    rows = [row(name, "alpha", 0.5, protocol="few-shot") for name in entries]
    rows.append(row("chat", "alpha", 0.6))
    used = as_used(rows, entries)
    assert [one.protocol for one in used] == ["in-context", "few-shot", "fine-tune"]
    scales = [scale_of("text-classification", one.protocol) for one in used]
    assert scales == [WRITTEN, FROZEN, TUNED]


@pytest.mark.parametrize(
    ("source", "own"),
    [
        ("ev-marbert", True),
        ("ev-marbert-paper", True),
        ("ev-mar-bert", True),  # each word begins one of the model's
        ("ev-bert", True),  # by its family
        ("ev-euroeval", False),
        ("ev-marbert-and-others", False),
        ("ev-arbert", False),
    ],
)
def test_a_table_is_called_after_the_models_of_its_makers(source: str, own: bool) -> None:
    assert own_table(entry("marbertv2", family="bert"), source) is own


def test_makers_tables_flatter_and_so_tell_less() -> None:
    """The same scores lift a model by less where its makers published them."""

    def standing(source: str) -> float:
        made = World()
        better = {"m3": 0.1}
        rows = [r._replace(score=r.score + better.get(r.entry, 0.0)) for r in made.rows]
        rows = [r._replace(source=source if r.benchmark == "alpha" else "lab") for r in rows]
        return fit(rows, made.entries, made.benchmarks)["text", "tuned"].standing["m3"]

    assert standing("m3") < standing("elsewhere")
