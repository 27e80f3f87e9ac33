"""The script of a page ranks exactly as the program does; without a browser."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import quickjs

from pick_model.advise.contenders import BY_COSTS, BY_FACTS, Contest, contest
from pick_model.advise.recommend import recommend
from pick_model.advise.report import summary
from pick_model.catalog.catalog import Catalog
from pick_model.documents.profile import Profile
from pick_model.documents.task import Constraints
from pick_model.record import fields, replace
from pick_model.render.html.page import asset, embedded
from pick_model.render.html.ranking import LIMITS, MOST, ranking_data
from tests.render.pages import TASKS, choices, profile_of, ranked_by_the_program

N = 50  # weightings a task


class Script:
    """The arithmetic of a page, on the data of a contest."""

    def __init__(self, found: Contest, profile: Profile) -> None:
        data = ranking_data(
            found, profile, summary(profile), (), unit="points", shown=10, command="", facts={}
        )
        self._context = quickjs.Context()
        self._context.eval(asset("rank.js") + f"var DATA = {embedded(data)};")

    def __call__(self, expression: str) -> Any:
        return json.loads(self._context.eval(f"JSON.stringify({expression})"))

    def ranked(self, weights: list[float], lifted: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self(
            f"Rank.ranked(DATA.contenders, Rank.normalised({json.dumps(weights)}),"
            f"{json.dumps(lifted)}, DATA.price)"
            ".map(function (r) { return {id: r.id, rank: r.rank, score: r.score}; })"
        )
        return found


@pytest.fixture(params=TASKS, scope="module")
def asked(request: pytest.FixtureRequest, catalog: Catalog) -> tuple[Profile, Contest, Script]:
    profile = profile_of(request.param, catalog)
    found = contest(profile, catalog)
    assert len(found.contenders) <= MOST
    return profile, found, Script(found, profile)


def test_any_weights_and_limits_give_the_order_and_the_scores_of_the_program(
    asked: tuple[Profile, Contest, Script], catalog: Catalog
) -> None:
    profile, found, script = asked
    orders = set()
    for weights, lifted in choices(profile, found.limits, N):
        want = ranked_by_the_program(profile, catalog, weights, lifted)
        got = script.ranked(weights, lifted)
        assert [(r["id"], r["rank"]) for r in got] == [(id, rank) for id, rank, *_ in want]
        for row, (_, _, *score) in zip(got, want, strict=True):
            assert row["score"] == pytest.approx(score, abs=1e-9)
        orders.add(tuple(r["id"] for r in got))
    assert len(orders) >= 4  # the choices do change it, by money the limits alone


def test_the_waterfall_counts_each_model_for_the_limit_that_the_program_names(
    asked: tuple[Profile, Contest, Script], catalog: Catalog
) -> None:
    profile, found, script = asked
    assert found.limits
    for lifted in ((), found.limits[:1], found.limits[-1:]):
        kept = {
            name: getattr(profile.constraints, name) for name in found.limits if name not in lifted
        }
        limited = replace(profile, constraints=type(profile.constraints)(**kept))
        want = recommend(limited, catalog, top=1).rejected_by
        rows = script(f"Rank.waterfall(DATA.contenders, DATA.outsiders, {json.dumps(lifted)})")
        assert [(name, n) for name, n in rows] == list(want.items())


def test_acceptability_and_the_pareto_set_are_those_of_the_program(
    asked: tuple[Profile, Contest, Script], catalog: Catalog
) -> None:
    profile, _, script = asked
    report = recommend(profile, catalog, top=None)
    wins = script("Rank.acceptability(Rank.leading(DATA.contenders, []))")
    assert wins == pytest.approx(
        {c.id: c.acceptability for c in report.candidates if c.acceptability}, abs=1e-6
    )
    front = script(
        "Rank.front(Rank.admitted(DATA.contenders, []).filter(function (c) { return c.hours !== null; })"
        ".map(function (c) { return {x: c.hours, y: c.standing, id: c.id}; }))"
        ".map(function (p) { return p.id; })"
    )
    assert set(front) == {c.id for c in report.candidates if c.pareto}


def test_some_task_has_models_that_may_break_a_limit(catalog: Catalog) -> None:
    """Else the order of the sure and the doubtful would not be tested above."""
    found = contest(profile_of("costs", catalog), catalog)
    assert any(c.doubts for c in found.contenders)
    several = Counter(len(c.breaks) for c in found.contenders)
    assert several[2] > 0


def test_a_page_without_room_for_all_keeps_the_best_and_counts_the_others(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pick_model.render.html.ranking.MOST", 20)
    profile = profile_of("facts", catalog)
    found = contest(profile, catalog)
    script = Script(found, profile)
    best = [c.id for c in recommend(profile, catalog, top=20).candidates]
    assert [r["id"] for r in script.ranked(list(profile.weights), [])] == best
    left_out = len(found.contenders) - 20
    assert script("DATA.left_out") == left_out
    rows = dict(script("Rank.waterfall(DATA.contenders, DATA.outsiders, [])"))
    assert 20 + sum(rows.values()) == len(catalog.entries)
    lifted = json.dumps(list(found.limits))
    assert (
        dict(script(f"Rank.waterfall(DATA.contenders, DATA.outsiders, {lifted})"))[
            "not on this page"
        ]
        == left_out
    )


def test_every_limit_of_a_profile_can_be_lifted_and_has_its_words() -> None:
    names = {field.name for field in fields(Constraints)}
    assert names == {*BY_FACTS, *BY_COSTS} == set(LIMITS)


@pytest.mark.parametrize("weights", [[0, 0, 0, 0, 0], [1, -1, 1, 1, 1], [1e308, 1e308, 1, 1, 1]])
def test_weights_that_leave_nothing_to_weigh_are_refused(
    weights: list[float], catalog: Catalog
) -> None:
    profile = profile_of("money", catalog)
    script = Script(contest(profile, catalog), profile)
    assert script(f"Rank.normalised({weights})") is None


def test_the_script_tells_why_a_model_comes_last(
    asked: tuple[Profile, Contest, Script], catalog: Catalog
) -> None:
    profile, _, script = asked
    told = script(
        f"Rank.ranked(DATA.contenders, Rank.normalised({json.dumps(list(profile.weights))}), [],"
        "DATA.price).map(function (r) { return [r.id, r.behind]; })"
    )
    assert dict(told) == {
        c.id: c.outdone_by or ("" if c.doubtful else None)
        for c in recommend(profile, catalog, top=None).candidates
    }
