"""The back-test: what it hides, what it reports, and what must not leak."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from pick_model.backtest.backtest import _key, _to_decide, backtest, shipped_rows
from pick_model.backtest.ceiling import ceiling
from pick_model.backtest.evidence import Evidence
from pick_model.backtest.folds import folds, to_predict
from pick_model.backtest.predict import LEAST, hidden_groups
from pick_model.backtest.rankings import LARGEST_THAT_FITS, History, predictions
from pick_model.catalog.catalog import Catalog
from pick_model.documents.backtest import Backtest, Hide
from pick_model.documents.base import adapter, to_json
from pick_model.documents.catalog import Score
from pick_model.errors import InputError, SchemaError
from pick_model.render.backtest import as_markdown, terminal
from pick_model.render.layout import Page

from ..belief.small import World, benchmark

HIDES: tuple[Hide, ...] = ("dataset", "source")


def predicted(evidence: Evidence, name: str, hide: Hide = "dataset") -> dict[str, float]:
    """Standings expected on a hidden benchmark, over those its source has there."""
    (hidden,) = (
        one
        for one in hidden_groups(evidence, hide, None)
        if one.group.benchmark == name and one.group.source != "copyist"
    )
    return {one.member.name: one.member.mean for one in hidden.members}


def with_rows(world: World, extra: list[Score]) -> Evidence:
    benchmarks = {**world.benchmarks, "zebra": benchmark("zebra")}
    return Evidence([*world.rows, *extra], world.entries, benchmarks)


def turned(world: World, name: str) -> list[Score]:
    """The rows of a benchmark with the best model last: scores nobody would expect."""
    return [r._replace(score=round(1.4 - r.score, 6)) for r in world.rows if r.benchmark == name]


def test_a_copy_under_another_name_does_not_leak() -> None:
    world = World()
    world.rows = [r for r in world.rows if r.benchmark != "cobra"] + turned(world, "cobra")
    copy = [
        r._replace(benchmark="zebra", score=100 * r.score, source="other")
        for r in world.rows
        if r.benchmark == "cobra"
    ]
    with_copy = predicted(with_rows(world, copy), "cobra")
    assert with_copy == pytest.approx(predicted(with_rows(world, []), "cobra"), abs=0.05)
    # Scores as surprising that are no copy do move what is expected.
    news = [r._replace(score=r.score + 0.01 * (i % 3)) for i, r in enumerate(copy)]
    moved = predicted(with_rows(world, news), "cobra")
    assert max(abs(moved[name] - with_copy[name]) for name in moved) > 0.2


def test_a_copied_number_under_another_source_does_not_leak() -> None:
    world = World()
    rows = [r._replace(source="other") if r.benchmark > "d" else r for r in world.rows]
    world.rows = rows
    copies = [r._replace(source="copyist") for r in rows if r.benchmark == "alpha"]
    for hide in HIDES:
        clean = predicted(with_rows(world, []), "alpha", hide)
        planted = predicted(with_rows(world, copies), "alpha", hide)
        assert planted == pytest.approx(clean, abs=0.05)


@pytest.mark.parametrize("hide", ["dataset", "family", "source"])
def test_every_member_of_every_group_is_predicted_once(hide: str) -> None:
    world = World()
    world.rows = [r._replace(source="other") if r.benchmark > "d" else r for r in world.rows]
    evidence = with_rows(world, [])
    seen: list[int] = []
    for fold in folds(evidence, hide, 4):
        for group, members in fold.groups:
            chosen = [group.members[i].position for i in members]
            assert set(chosen) <= fold.hidden
            seen += chosen
    assert sorted(seen) == list(range(len(world.rows)))


def two_labs() -> Evidence:
    """Half of the benchmarks are of another source, which has one of the first's as well."""
    world = World()
    world.rows = [r._replace(source="other") if r.benchmark > "d" else r for r in world.rows]
    again = [r._replace(score=r.score - 0.01, source="other") for r in turned(world, "alpha")]
    return with_rows(world, again)


def test_a_hidden_source_leaves_nothing_of_it_and_nothing_of_its_data_sets() -> None:
    evidence = two_labs()
    predicted_groups = 0
    for fold in folds(evidence, "source", 4):
        (source,) = {group.source for group, _ in fold.groups}
        data = {evidence.datasets[group.benchmark] for group, _ in fold.groups}
        for position, row in enumerate(evidence.rows):
            gone = row.source == source or evidence.datasets[row.benchmark] in data
            assert (position in fold.hidden) == gone
        predicted_groups += len(fold.groups)
    assert predicted_groups == 9


def test_the_other_tables_of_a_hidden_source_say_nothing() -> None:
    world = World()
    world.rows = [r._replace(source="other") if r.benchmark > "d" else r for r in world.rows]
    clean = predicted(with_rows(world, []), "alpha", "source")
    world.rows = [r for r in world.rows if r.benchmark != "bravo"] + turned(world, "bravo")
    assert predicted(with_rows(world, []), "alpha", "source") == clean
    assert predicted(with_rows(world, []), "alpha", "dataset") != clean


def test_a_source_without_which_nothing_is_left_is_not_predicted() -> None:
    assert list(hidden_groups(with_rows(World(), []), "source", None)) == []


def test_what_is_hidden_moves_neither_prediction_nor_level() -> None:
    """All that is left out may be anything: the fit, the levels and the units never read it."""
    world = World()
    world.rows = [r._replace(source="other") if r.benchmark > "d" else r for r in world.rows]
    other = [r._replace(score=r.score / 2) if r.benchmark == "alpha" else r for r in world.rows]
    for hide in HIDES:
        found = []
        for rows in (world.rows, other):
            evidence = Evidence(rows, world.entries, world.benchmarks)
            (one,) = (
                one for one in hidden_groups(evidence, hide, None) if one.group.benchmark == "alpha"
            )
            found.append((one.members, one.level(evidence)))
        assert found[0] == found[1]


def test_a_hidden_family_leaves_none_of_its_scores() -> None:
    evidence = with_rows(World(), [])
    for fold in folds(evidence, "family", 4):
        families = {evidence.entries[evidence.rows[p].entry].family for p in fold.hidden}
        left = {r.entry for position, r in enumerate(evidence.rows) if position not in fold.hidden}
        assert not families & {evidence.entries[name].family for name in left}


def test_the_fit_beats_chance_and_the_static_prior_is_its_mean() -> None:
    world = World()
    evidence = with_rows(world, [])
    group = next(g for g in evidence.groups["text", "tuned"] if g.benchmark == "alpha")
    others = [g for g in evidence.groups["text", "tuned"] if g.benchmark != "alpha"]
    history = History(others, dict.fromkeys(evidence.benchmarks, "text"))
    entries = [world.entries[m.entry] for m in group.members]
    prior = predictions("static prior", entries, group, history)
    scores = {}
    for g in others:
        values = [m.score for m in g.members]
        mean = sum(values) / 8
        spread = (sum((v - mean) ** 2 for v in values) / 8) ** 0.5
        for m in g.members:
            scores.setdefault(m.entry, []).append((m.score - mean) / spread)
    assert prior == pytest.approx([sum(scores[e.id]) / 7 for e in entries])
    sizes = predictions("most parameters", entries, group, history)
    assert sizes == [e.n_parameters for e in entries]
    fits = predictions("largest that fits", entries, group, history)
    assert max(fits) <= LARGEST_THAT_FITS


def test_the_ceiling_is_one_run_against_the_mean_of_the_others() -> None:
    runs = {(f"m{i}", "alpha", "accuracy"): [float(i), float(i), float(i)] for i in range(4)}
    perfect = ceiling(runs, 4)
    assert perfect is not None
    assert (perfect.tau, perfect.n_runs, perfect.n_benchmarks) == (1.0, 3, 1)
    assert ceiling({key: scores[:2] for key, scores in runs.items()}, 4) is None


GLUE = """\
model,dataset,metric,score,lab
bert-base-uncased,sst2,accuracy,92.1,us
roberta-base,sst2,accuracy,94.0,us
distilbert/distilbert-base-uncased,sst2,accuracy,90.5,us
microsoft--deberta-v3-base,sst2,accuracy,95.3,us
our-secret-model,sst2,accuracy,99.0,us
bert-base-uncased,tickets,accuracy,81.1,us
roberta-base,tickets,accuracy,84.3,us
distilbert/distilbert-base-uncased,tickets,accuracy,79.5,us
microsoft--deberta-v3-base,tickets,accuracy,,us
roberta-large#1,tickets,accuracy,85.5,us
roberta-large#2,tickets,accuracy,86.5,us
"""


@pytest.fixture(scope="module")
def report(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    path = tmp_path_factory.mktemp("foreign") / "lab.csv"
    path.write_text(GLUE, encoding="utf-8")
    return backtest(catalog, file=path)


def test_another_labs_table_works_as_it_is(report: Backtest) -> None:
    (table,) = report.tables
    assert table.unmatched == ("our-secret-model",)
    assert table.matched == (
        "bert-base-uncased",
        "deberta-v3-base",
        "distilbert-base-uncased",
        "roberta-base",
        "roberta-large",
    )
    assert [(b.benchmark, b.n_models) for b in table.benchmarks] == [("sst2", 4), ("tickets", 4)]
    assert any("1 of 6 models" in note for note in report.notes)
    assert any("1 line is left out" in note for note in report.notes)
    for one in table.benchmarks:
        assert one.tau is not None
        assert one.tau > 0.5


@pytest.mark.parametrize("width", [80, 160])
def test_the_report_keeps_its_schema_and_can_be_shown(report: Backtest, width: int) -> None:
    schema = adapter(Backtest).json_schema(mode="serialization")
    jsonschema.validate(json.loads(to_json(report)), schema)
    page = Page(width, colour=False)
    terminal(report, page)
    text = page.text()
    assert "our-secret-model" in text
    assert all(len(line) <= width for line in text.splitlines())
    told = " ".join(text.split())
    assert "each predicted without the file" in told
    assert told.index("against size:") < told.index("ranking by")
    assert "| expected standing |" in as_markdown(report)


def test_the_source_is_hidden_first_and_the_data_set_alone_beside_it(report: Backtest) -> None:
    assert report.hide == "source"
    assert report.beside is not None
    assert report.beside.hide == "dataset"
    assert report.beside.mean.n_benchmarks == report.mean.n_benchmarks == 2
    assert report.reliability is not None
    assert report.reliability.n == 2
    assert report.reliability.points is not None
    assert report.reliability.points.n == 2 * 3


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("model,dataset,score\na,b,1\n", SchemaError, "no column 'metric'"),
        ("model,dataset,metric,score\na,b,accuracy,high\n", SchemaError, "'high'"),
        ("model,dataset,metric,score\n,b,accuracy,1\n", SchemaError, "should not be empty"),
        ("model,dataset,metric,score\n", SchemaError, "no scores"),
        (
            "model,dataset,metric,score,protocol\na,b,accuracy,1,fine-tunning\n",
            SchemaError,
            "'fine-tunning'",
        ),
        ("model,dataset,metric,score\nbert-base-uncased,b,accuracy,1\n", InputError, "4 models"),
    ],
)
def test_a_table_that_cannot_be_used_says_why_and_where(
    catalog: Catalog, tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message) as caught:
        backtest(catalog, file=path)
    assert "table.csv" in str(caught.value)


def test_a_row_of_the_shipped_evidence_in_a_users_table_counts_once(
    catalog: Catalog, tmp_path: Path
) -> None:
    from pick_model.backtest.backtest import shipped_rows
    from pick_model.backtest.foreign import read_foreign, without_copies

    known = shipped_rows(catalog)
    told = [r for r in known if r.benchmark == "glue-sst2" and r.source == "ev-model-recycling"]
    lines = [f"{r.entry},SST2,accuracy,{100 * r.score:.2f}" for r in told]
    path = tmp_path / "copy.csv"
    path.write_text("\n".join(["model,dataset,metric,score", *lines]), encoding="utf-8")
    foreign = read_foreign(path, catalog, known, "fine-tune", None)
    left = without_copies(known, foreign)
    assert not [r for r in left if r in told]
    assert foreign.benchmarks["file:SST2"].task == "text-classification"


def test_which_decisions_are_tested_does_not_hang_on_the_run(catalog: Catalog) -> None:
    one, again = (
        Evidence(shipped_rows(catalog), catalog.entries, catalog.benchmarks) for _ in "12"
    )
    chosen = _to_decide(one, None)
    assert chosen == _to_decide(one, None) == _to_decide(again, None)
    told = {_key(group) for group in to_predict(one, LEAST)}
    assert chosen < told


def test_a_benchmark_is_asked_about_with_as_many_rows_as_its_models_had() -> None:
    made = World()
    many = Evidence(made.rows, made.entries, made.benchmarks)
    cut = [row._replace(conditions="at most 1024 training texts") for row in made.rows]
    few = Evidence(cut, made.entries, made.benchmarks)
    shares = [
        evidence.target(to_predict(evidence, LEAST)[0]).frozen_share for evidence in (many, few)
    ]
    assert shares == [many.crossover.frozen_share(n) for n in (10_000, 1024)]
    assert shares[0] < shares[1]
