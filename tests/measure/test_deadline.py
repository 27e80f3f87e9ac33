"""A budget is a deadline: what happens when the machine is slow, or becomes so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from pick_model.documents.probe import ProbeReport, deterministic_part
from pick_model.errors import BudgetTooSmall
from pick_model.measure.probe.clock import GRACE, SLOWER, Stopwatch, TimeAccount, budget_words
from pick_model.measure.probe.run import probe
from pick_model.measure.probe.settings import Progress, Settings
from pick_model.words.say import say
from tests.measure.conftest import make_rows
from tests.measure.slowing import Machine
from tests.told import words

BUDGET = 60.0
LATE = 1.15


def run(
    model: Path,
    cache: Path,
    machine: Machine,
    kind: str = "single-label",
    n: int = 1200,
    **more: Any,
) -> ProbeReport:
    settings = Settings(**{"budget_seconds": BUDGET, "precision": "fp32", "cache": cache, **more})
    train, heldout = make_rows(kind, n), make_rows(kind, 150, seed=9)
    return probe([str(model)], train, heldout, settings, now=machine.now, began=machine.now())


@pytest.mark.parametrize("slow_from", [2.0, 6.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 57.0])
def test_a_probe_ends_in_time_though_the_machine_becomes_three_times_slower(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow_from: float
) -> None:
    machine = Machine(slow_from)
    machine.run_on(monkeypatch)
    [result] = run(tiny, tmp_path, machine).results
    assert machine.time <= LATE * BUDGET
    assert result.steps > 0
    assert result.dropped


@pytest.mark.parametrize("kind", ["multi-label", "regression", "tokens"])
@pytest.mark.parametrize(
    "options", [{}, {"seeds": 3}, {"learning_rate": 1e-4}, {"method": "linear"}]
)
def test_every_kind_and_plan_ends_in_time_when_slowed_midway(
    tiny: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    options: dict[str, Any],
) -> None:
    machine = Machine(BUDGET / 2)
    machine.run_on(monkeypatch)
    run(tiny, tmp_path, machine, kind, n=800, **options)
    assert machine.time <= LATE * BUDGET


def test_many_heldout_rows_are_sampled_so_that_predicting_them_does_not_eat_the_budget(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(25.0)
    machine.run_on(monkeypatch)
    settings = Settings(budget_seconds=BUDGET, precision="fp32", cache=tmp_path)
    train, heldout = make_rows("single-label", 600), make_rows("single-label", 3000, seed=9)
    [result] = probe([str(tiny)], train, heldout, settings, now=machine.now).results
    assert machine.time <= LATE * BUDGET
    assert any("held-out rows" in words and "3,000" in words for words in result.dropped)


def test_a_budget_that_holds_all_that_was_planned_drops_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine()
    machine.run_on(monkeypatch)
    [result] = run(tiny, tmp_path, machine, n=300, budget_seconds=600.0).results
    assert result.dropped == ()
    assert machine.time < 600


def test_a_run_that_is_cut_short_has_let_its_rate_fall_and_is_reported(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(25.0, slower=8.0)
    machine.run_on(monkeypatch)
    [result] = run(tiny, tmp_path, machine).results
    assert any("of the largest run" in words for words in result.dropped)
    assert result.steps > 0
    assert result.rows == result.curve[-1].rows


def test_the_same_command_on_the_same_store_drops_the_same_and_trains_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(20.0)
    machine.run_on(monkeypatch)
    first = run(tiny, tmp_path, machine)
    between = machine.time
    second = run(tiny, tmp_path, machine)  # by now all of it is slow
    assert machine.time == between
    a, b = (json.dumps(deterministic_part(r), sort_keys=True) for r in (first, second))
    assert a == b


@pytest.mark.parametrize(
    ("machine", "budget"),
    [
        (Machine(), 1.0),
        (Machine(loading=70.0), BUDGET),
        (Machine(step=4.0, row=1.3), BUDGET),
        (Machine(row=2.0), BUDGET),
    ],
    ids=["one second", "slow disk", "large model", "slow prediction"],
)
def test_where_not_one_run_fits_a_budget_that_would_hold_one_is_named(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: Machine, budget: float
) -> None:
    from pick_model.measure.probe.settings import parse_budget

    machine.run_on(monkeypatch)
    with pytest.raises(BudgetTooSmall) as caught:
        run(tiny, tmp_path, machine, budget_seconds=budget)
    assert caught.value.exit_code == 3
    named = words(caught.value.hint).split()[1]
    wide = parse_budget(named)
    assert wide > budget
    machine.time = 0.0
    [result] = run(tiny, tmp_path / "again", machine, budget_seconds=wide).results
    assert result.steps > 0


def test_seeds_asked_for_that_cannot_fit_are_refused_with_what_would_hold_them(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine()
    machine.run_on(monkeypatch)
    with pytest.raises(BudgetTooSmall, match="100 seeds"):
        run(tiny, tmp_path, machine, seeds=100)


def test_the_plan_is_said_before_anything_is_trained_and_every_later_tick_knows_the_time_left(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine()
    machine.run_on(monkeypatch)
    ticks: list[Progress] = []
    settings = Settings(budget_seconds=BUDGET, precision="fp32", cache=tmp_path)
    train, heldout = make_rows("single-label", 600), make_rows("single-label", 100, seed=9)
    probe([str(tiny)], train, heldout, settings, ticks.append, now=machine.now, began=0.0)
    [at] = [i for i, tick in enumerate(ticks) if tick.note]
    assert "in 60 s: " in say(ticks[at].note)
    assert not any("training" in say(tick.stage) for tick in ticks[:at])
    later = [tick.seconds_left for tick in ticks[at + 1 :]]
    assert None not in later
    assert later[0] > later[-1]


def test_what_cannot_be_interrupted_is_begun_only_if_it_ends_in_time_also_slower() -> None:
    account = TimeAccount(100.0, now=lambda: 0.0, began=0.0)
    most = (1 + GRACE) * 100.0 / SLOWER
    assert account.safe(most * 0.99)
    assert not account.safe(most * 1.01)


def test_without_a_budget_everything_fits_and_no_run_is_cut() -> None:
    account = TimeAccount(now=lambda: 1e12, began=0.0)
    assert account.fits(1e9, 1e9)
    assert Stopwatch(account, 1.0, lambda _: 1e9).fits(7, 3, 1e6) == 7


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(41.0, "50s"), (90.0, "90s"), (91.0, "2m"), (4000.0, "67m"), (9000, "3h")],
)
def test_a_budget_is_named_as_the_option_takes_it(seconds: float, words: str) -> None:
    assert budget_words(seconds) == words
