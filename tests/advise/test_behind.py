"""What comes after all others leads nowhere, and every account of it says why."""

from __future__ import annotations

import csv
import io

import pytest

from pick_model import compare, explain, recommend
from pick_model.advise.profile import settled
from pick_model.advise.rank import Scored
from pick_model.advise.recommend import flip_weights
from pick_model.advise.robustness import acceptability
from pick_model.advise.scoring import Scoring
from pick_model.advise.versions import outdone
from pick_model.catalog.catalog import Catalog
from pick_model.documents.task import Constraints, Task
from pick_model.interval import Interval
from pick_model.record import replace
from pick_model.render.tables import as_csv, as_markdown

SOCIAL = Task(task="item-recommendation", domain="social", n_rows=1_000_000)
# Limits that many may keep though they are expected to break them, older versions among them.
TIGHT = Task(
    task="text-classification",
    languages=("en",),
    n_rows=2_000,
    constraints=Constraints(max_latency_ms=10.0),
)


@pytest.fixture(scope="module")
def tight(catalog: Catalog) -> Scoring:
    return Scoring(settled(TIGHT, catalog), catalog)


@pytest.fixture(scope="module")
def pair(catalog: Catalog) -> tuple[Scored, Scored]:
    """A model and a later version of it that outdoes it."""
    scoring = Scoring(settled(SOCIAL, catalog), catalog)
    by_id = {one.entry.id: one for one in scoring.scored}
    return by_id["simgcl"], by_id["xsimgcl"]


def test_no_weighting_lets_a_model_lead_that_comes_after_all_others(tight: Scoring) -> None:
    assert tight.doubtful
    assert tight.outdone
    assert not tight.late & {flip.winner for flip in flip_weights(tight)}
    assert not tight.late & acceptability(tight.front).keys()


def test_a_later_version_that_is_doubtful_is_named_by_nobody(
    tight: Scoring, catalog: Catalog
) -> None:
    by_doubtful = {x for x, later in tight.outdone.items() if tight.doubtful.issuperset(later)}
    assert by_doubtful
    named = {c.id: c.outdone_by for c in recommend(TIGHT, catalog, top=None).candidates}
    assert {named[name] for name in by_doubtful} == {None}
    assert not tight.doubtful & set(named.values())


@pytest.mark.parametrize("order", [("simgcl", "xsimgcl"), ("xsimgcl", "simgcl")])
def test_compare_puts_the_later_version_first_and_says_so(
    order: tuple[str, str], catalog: Catalog
) -> None:
    report = compare(SOCIAL, catalog, order)
    assert [(c.rank, c.id) for c in report.candidates] == [(1, "xsimgcl"), (2, "simgcl")]
    [told] = [note for note in report.note_messages if note.code == "behind-later"]
    assert told.values == {"model": "simgcl", "by": "xsimgcl"}


def test_compared_without_its_later_version_a_model_is_as_any_other(catalog: Catalog) -> None:
    report = compare(SOCIAL, catalog, ("simgcl", "sept"))
    assert [c.rank for c in report.candidates] == [1, 1]  # they tie
    assert "behind-later" in {note.code for note in report.note_messages}  # of the catalog


def test_explain_promises_no_first_place_to_what_comes_last(
    tight: Scoring, catalog: Catalog
) -> None:
    [told] = explain(SOCIAL, catalog, "simgcl").to_win_messages
    assert told.code == "behind-later"
    doubtful = min(tight.doubtful - tight.outdone.keys())
    [told] = explain(TIGHT, catalog, doubtful).to_win_messages
    assert told.code == "behind-doubtful"


def test_markdown_and_csv_mark_what_comes_after_all_others(catalog: Catalog) -> None:
    report = recommend(SOCIAL, catalog, top=None)
    text = as_markdown(report)
    assert "| simgcl &lt; |" in text
    assert "&lt;: a later version is no worse by any criterion" in text
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(as_csv(report)))}
    assert rows["simgcl"]["outdone_by"] == "xsimgcl"
    assert rows["xsimgcl"]["outdone_by"] == ""
    assert {row["doubtful"] for row in rows.values()} == {"0"}


def test_a_cost_beyond_its_scale_still_counts(
    pair: tuple[Scored, Scored], catalog: Catalog
) -> None:
    """200 and 1,000 hours are both worth nothing, and are not the same."""
    older, later = pair
    for name, beyond in (("training_hours", 200.0), ("latency_ms", 2000.0), ("disk_gib", 200.0)):
        amounts = [Interval(beyond, beyond, beyond), Interval(5 * beyond, beyond, 9 * beyond)]
        costs = [
            replace(one.costs, **{name: amount}) for one, amount in zip(pair, amounts, strict=True)
        ]
        dearer = [replace(older, costs=costs[0]), replace(later, costs=costs[1])]
        assert not outdone(dearer, catalog, ())
        cheaper = [
            replace(older, costs=replace(older.costs, **{name: amounts[1]})),
            replace(later, costs=replace(later.costs, **{name: amounts[0]})),
        ]
        assert outdone(cheaper, catalog, ()) == {"simgcl": ("xsimgcl",)}


def test_by_money_fewer_points_or_more_hours_outdo_nothing(
    pair: tuple[Scored, Scored], catalog: Catalog
) -> None:
    older, later = pair
    assert outdone(pair, catalog, (), {"simgcl": 0.5, "xsimgcl": 0.5})
    assert not outdone(pair, catalog, (), {"simgcl": 0.5, "xsimgcl": 0.4})
    hours = older.costs.training_hours
    assert hours is not None
    for more in (Interval(hours.value * 1.001, hours.low, hours.high), None):
        slower = replace(later, costs=replace(later.costs, training_hours=more))
        assert outdone([older, slower], catalog, ())
        assert not outdone([older, slower], catalog, (), {"simgcl": 0.5, "xsimgcl": 0.5})


def test_by_money_the_list_names_who_would_have_stood_in_it_by_money(catalog: Catalog) -> None:
    priced = replace(SOCIAL, point_worth=100.0, price_per_hour=1.0)
    full = recommend(priced, catalog, top=None)
    late = next(c for c in full.candidates if c.outdone_by)
    assert late.net_value is not None
    for top in (1, 5, 10):
        report = recommend(priced, catalog, top=top)
        least = min(c.net_value for c in report.candidates if c.net_value is not None)
        told = [note for note in report.note_messages if note.code == "outdone-versions"]
        assert bool(told) == (late.net_value >= least)
