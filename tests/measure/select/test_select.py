"""A budget spent: what is measured, when it ends, and what is never given up."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch")

from pick_model.belief.equal_rows import ScreenMeasurement
from pick_model.belief.measuring import Chosen, Option
from pick_model.belief.observations import ProbeResult
from pick_model.documents.select import Further, SelectReport
from pick_model.documents.task import Constraints
from pick_model.errors import EnvironmentProblem, NoCandidate, UsageError
from pick_model.interval import Interval
from pick_model.measure.executors import Processes
from pick_model.measure.ledger import is_whole
from pick_model.measure.probe import run as probe_run
from pick_model.measure.select import run as select_run
from pick_model.measure.select import worth
from pick_model.measure.select.diary import Act, Diary
from pick_model.measure.select.foreseen import LEAST_PROBE
from pick_model.measure.select.settings import Settings
from pick_model.measure.select.state import MORE
from tests.encoders.models import bert
from tests.measure.reports import baseline
from tests.measure.reports import report as probe_report
from tests.measure.select.conftest import Go

WHOLE = {"rows": 4000, "passes": 3.0}  # of a full fine-tune


def certain(report: SelectReport) -> dict[str, Any]:
    """Without what depends on the clock."""
    plain = report.model_dump(mode="json", exclude={"made_on", "spent_seconds", "full_seconds"})
    for step in plain["steps"]:
        del step["seconds"], step["foreseen_seconds"]
    for one in plain["results"]:
        del one["full_seconds"]
    plain.pop("further")
    return plain


def tick(seconds: float) -> Callable[[], float]:
    """A clock that goes on by so much whenever it is read."""
    at = [0.0]

    def now() -> float:
        at[0] += seconds
        return at[0]

    return now


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Probes without training: every model reaches .9. Holds who was probed, and the budgets."""
    seen: list[tuple[str, float]] = []

    def probe(models: Any, *others: Any, **_: Any) -> Any:
        [ref], settings = models, others[2]
        seen.append((ref.name, settings.budget_seconds))
        return probe_report(model=ref.name)

    monkeypatch.setattr(probe_run, "probe", probe)
    return seen


@pytest.mark.usefixtures("probed")
def test_screens_and_probes_move_the_belief_until_nothing_is_left_to_gain(
    go: Go, one_layer: Path, tiny: Path, minilm: Path
) -> None:
    found = go([tiny, one_layer, minilm])
    screened = [step.model for step in found.steps if step.stage == "screen"]
    assert set(screened) == {str(tiny), str(one_layer), str(minilm)}
    assert found.decision.pick != str(tiny)  # it knows nothing, and the screen shows it
    assert found.ended in ("decided", "nothing-left")
    assert found.decision.expected_loss <= found.expected_loss_before
    first = found.steps[0]
    assert first.observation is not None
    assert first.before is not None
    assert first.after is not None
    assert first.before.standing != first.after.standing
    [worst] = [one for one in found.results if one.model == str(tiny)]
    assert worst.prior is not None
    assert worst.believed is not None
    assert worst.believed.p_best < worst.prior.p_best


@pytest.mark.usefixtures("probed")
def test_a_folder_that_cannot_be_loaded_is_named_and_the_others_go_on(
    go: Go, one_layer: Path, minilm: Path, tmp_path: Path
) -> None:
    broken = bert(tmp_path / "broken")
    (broken / "tokenizer.json").write_text("{")
    empty = tmp_path / "empty"
    empty.mkdir()
    found = go([broken, one_layer, empty, minilm])
    errors = {one.model: one.error for one in found.results if one.error is not None}
    assert set(errors) == {str(broken), str(empty)}
    assert {one.rank for one in found.results if one.error is not None} == {None}
    assert found.decision.pick in (str(one_layer), str(minilm))
    assert found.note_messages[-1].values == {"n": 2}


@pytest.mark.usefixtures("probed")
def test_limits_hold_for_the_user_s_own_models_as_far_as_they_are_known(
    go: Go, one_layer: Path, minilm: Path
) -> None:
    limits = Constraints(max_parameters=15_000_000, license=("MIT",))
    found = go([one_layer, minilm], prices={"constraints": limits})
    assert found.decision.pick == str(one_layer)
    [over] = [one for one in found.results if one.error is not None]
    assert (over.model, over.rank, over.error.code) == (str(minilm), None, "limit")
    assert "over 15,000,000" in over.error.message
    [note] = [one for one in found.note_messages if one.code == "limit-not-held"]
    assert note.values == {"limit": "license", "models": (str(one_layer),)}


@pytest.mark.parametrize(("reached", "below"), [(0.95, True), (0.5, False)])
def test_who_is_not_expected_to_beat_tf_idf_is_said(
    go: Go,
    one_layer: Path,
    minilm: Path,
    monkeypatch: pytest.MonkeyPatch,
    reached: float,
    below: bool,
) -> None:
    """A probe foretells .91."""
    baselines = {"majority": baseline(0.4, 0.4), "tfidf": baseline(reached, 0.0)}
    monkeypatch.setattr(
        probe_run,
        "probe",
        lambda refs, *_, **__: probe_report(model=refs[0].name, baselines=baselines),
    )
    found = go([one_layer, minilm], stages=("probe",))
    codes = [one.code for one in found.note_messages]
    assert ("pick-below-baseline" in codes) == below


def test_no_candidate_at_all_is_said(go: Go, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NoCandidate):
        go([empty])


def test_a_budget_that_holds_nothing_measures_nothing(
    go: Go, one_layer: Path, minilm: Path
) -> None:
    found = go([one_layer, minilm], seconds=2.0)
    assert (found.steps, found.ended) == ((), "budget")
    assert found.further is not None
    assert found.further.expected_loss_after <= found.decision.expected_loss


@pytest.mark.usefixtures("probed")
def test_where_the_choice_is_decided_nothing_is_offered_to_change_it(
    go: Go, tiny: Path, one_layer: Path, minilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = Further(minutes=1.0, steps=(("screen", str(tiny)),), expected_loss_after=0.0)
    monkeypatch.setattr(select_run, "further", lambda _: more)
    assert go([tiny, one_layer, minilm], seconds=2.0).further == more
    decided = go([tiny])
    assert (decided.ended, decided.further) == ("decided", None)


@pytest.mark.parametrize(
    ("points", "won", "ended"),
    [(0.05, 0.02, None), (0.005, 0.002, "decided"), (0.05, 0.0, "decided")],
)
def test_a_budget_is_used_while_a_measurement_may_well_change_the_choice(
    monkeypatch: pytest.MonkeyPatch, points: float, won: float, ended: str | None
) -> None:
    """Half a hundredth of a point to be gained is as good as nothing, a twentieth is not, unless
    no result would change the choice."""
    option = Option(0, "probe", 10.0)
    monkeypatch.setattr(select_run, "in_turn", lambda *_: [Chosen(option, points / 40)])
    monkeypatch.setattr(worth, "loss_after", lambda _, told, __: 1.0 - (won if told else 0.0))
    free = SimpleNamespace(point_worth=None, price_per_hour=None)
    scoring = SimpleNamespace(decision=SimpleNamespace(in_points=True))
    state: Any = SimpleNamespace(scoring=scoring, unit=40.0, profile=free)
    assert select_run._ended(state, [option], [option], {}) == ended


@pytest.mark.parametrize(("point_worth", "ended"), [(100.0, None), (10.0, "worth")])
def test_a_measurement_pays_by_what_it_wins_for_the_choice(
    monkeypatch: pytest.MonkeyPatch, point_worth: float, ended: str | None
) -> None:
    """An hour for 1.50 wins a twentieth of a point, whatever the best of the measured gains."""
    option = Option(0, "probe", 3600.0)
    monkeypatch.setattr(select_run, "in_turn", lambda *_: [Chosen(option, 10.0)])
    monkeypatch.setattr(worth, "loss_after", lambda _, told, __: 0.95 if told else 1.0)
    prices = SimpleNamespace(point_worth=point_worth, price_per_hour=1.5)
    scoring = SimpleNamespace(decision=SimpleNamespace(in_points=True))
    state: Any = SimpleNamespace(scoring=scoring, unit=1.0, profile=prices)
    assert select_run._ended(state, [option], [option], {}) == ended


@pytest.mark.parametrize(("left", "screens"), [(10.0, 3), (90.0, 5), (600.0, 8)])
def test_what_nothing_told_the_pace_of_is_begun_as_if_the_machine_were_thrice_as_slow(
    left: float, screens: int
) -> None:
    eight = Act("screen", tuple("abcdefgh"), (6.0,) * 8, left)
    found = select_run.cautious(eight, left)
    assert (len(found.models), len(found.foreseen)) == (screens, screens)


def test_the_first_screens_are_few_where_the_budget_is_short_and_no_pace_is_known(
    go: Go, tiny: Path, one_layer: Path, minilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: list[int] = []
    carry_out = select_run.carry_out

    def seen(bench: Any, act: Act, *others: Any) -> Any:
        acts.append(len(act.models))
        return carry_out(bench, act, *others)

    monkeypatch.setattr(select_run, "carry_out", seen)
    monkeypatch.setattr(select_run, "LEAST_SCREENED", 1)
    # Three screens of some three seconds each fit, but not on a machine thrice as slow.
    go([tiny, one_layer, minilm], stages=("screen",), seconds=14.0, now=tick(0.001))
    assert acts[0] == 1


def test_the_clock_ends_it(
    go: Go, tiny: Path, one_layer: Path, minilm: Path, probed: list[tuple[str, float]]
) -> None:
    found = go([tiny, one_layer, minilm], stages=("probe",), seconds=40.0, now=tick(6.0))
    assert found.ended == "budget"
    assert 1 <= len(probed) < 3
    assert found.spent_seconds <= 1.15 * 40.0
    # A probe gets what is left, and never more than that.
    assert all(budget < 40.0 for _, budget in probed)


@pytest.mark.parametrize(("other", "seconds"), [(20.0, 30.0), (120.0, 90.0), (None, 90.0)])
def test_a_probe_is_given_what_nothing_else_could_use(other: float | None, seconds: float) -> None:
    """It would take 200 seconds in full, and 90 are left: another of 20 seconds fits after it."""
    whole = SimpleNamespace(probe_seconds=lambda *_: 200.0, priced=False)
    bench: Any = SimpleNamespace(state=whole, foreseen=None)
    act = Act("probe", ("a",), (30.0,), 30.0)
    others = [] if other is None else [Option(1, "probe", other)]
    found = select_run.lasting(bench, act, others, 90.0)
    assert (found.budget, found.foreseen) == (seconds, (seconds,))
    whole.probe_seconds = lambda *_: 40.0
    found = select_run.lasting(bench, act, [], 90.0)
    assert (found.budget, found.foreseen) == (90.0, (40.0,))  # it ends when it is done
    whole.priced = True
    assert select_run.lasting(bench, act, others, 90.0) == act


def test_an_act_that_a_killed_run_began_keeps_its_time(tmp_path: Path) -> None:
    diary = Diary(tmp_path, {"of": "this"}, lambda _: None)
    begun, later = Act("probe", ("a",), (40.0,), 40.0), Act("probe", ("a",), (36.0,), 36.0)
    assert diary.begin(3, begun, 40.0) == begun
    assert diary.begin(3, later, 36.0) == begun
    assert diary.begin(3, dataclasses.replace(later, models=("b",)), 36.0).models == ("b",)
    assert diary.begin(4, begun, 40.0) == begun
    assert diary.begin(4, later, 20.0) == later  # there is no time for it any more


def test_what_costs_more_than_it_is_worth_is_not_measured(
    go: Go, tiny: Path, one_layer: Path, minilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worth, "LEAST_POINTS", 0.0)  # nothing but the price ends it
    dear = {"point_worth": 0.01, "price_per_hour": 1000.0}
    found = go([tiny, one_layer, minilm], prices=dear)
    assert (found.steps, found.ended) == ((), "worth")


@pytest.mark.usefixtures("probed")
def test_what_costs_less_than_it_is_worth_is_measured(
    go: Go, tiny: Path, one_layer: Path, minilm: Path
) -> None:
    cheap = {"point_worth": 1000.0, "price_per_hour": 0.01}
    assert go([tiny, one_layer, minilm], prices=cheap).steps


def test_a_model_that_still_says_one_class_is_probed_for_longer_and_not_dropped(
    go: Go, one_layer: Path, minilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets: dict[str, list[float]] = {}

    def probe(models: Any, *others: Any, **_: Any) -> Any:
        [ref], settings = models, others[2]
        budgets.setdefault(ref.name, []).append(settings.budget_seconds)
        some = {"score": 0.5, "majority_only": True} if len(budgets[ref.name]) == 1 else {}
        made = probe_report(model=ref.name, **some)
        [result] = made.results
        unsaid = result.timing.model_copy(update={"full_seconds": None})
        result = result.model_copy(update={"timing": unsaid})
        return made.model_copy(update={"results": (result,)})

    monkeypatch.setattr(probe_run, "probe", probe)
    found = go([one_layer, minilm], stages=("probe",))
    again = next(name for name, some in budgets.items() if len(some) > 1)
    assert budgets[again][1] == pytest.approx(2 * budgets[again][0])
    first = next(step for step in found.steps if step.model == again)
    assert first.majority_only
    assert first.observation is None
    assert first.before == first.after  # nothing was concluded
    assert [step for step in found.steps if step.model == again][1].observation is not None


def test_a_whole_fine_tune_that_says_one_class_is_a_result(
    go: Go, one_layer: Path, minilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe(models: Any, *_: Any, **__: Any) -> Any:
        return probe_report(model=models[0].name, majority_only=True, **WHOLE)

    monkeypatch.setattr(probe_run, "probe", probe)
    found = go([one_layer, minilm], stages=("probe",))
    assert not any(step.majority_only for step in found.steps)
    assert found.steps[0].observation is not None


def test_what_short_probes_leave_open_is_fine_tuned_in_full(
    go: Go, one_layer: Path, minilm: Path, tmp_path: Path, probed: list[tuple[str, float]]
) -> None:
    # Draws go by the order of names, and a checkout may lie anywhere.
    large, small = (
        shutil.copytree(minilm, tmp_path / "a"),
        shutil.copytree(one_layer, tmp_path / "b"),
    )
    found = go([small, large], stages=("probe",))
    seconds: dict[str, list[float]] = {}
    for name, budget in probed:
        seconds.setdefault(name, []).append(budget)
    again = [some for some in seconds.values() if len(some) > 1]
    assert again
    assert all(len(some) == 2 and some[1] >= MORE * some[0] for some in again)
    assert len(found.steps) == len(probed)


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        (WHOLE, True),
        ({**WHOLE, "passes": 1.478, "direct": True}, False),  # the budget cut it
        ({**WHOLE, "passes": 1.478, "early_stopped": True}, True),
        ({"rows": 1000, "passes": 3.0, "early_stopped": True}, False),  # of 4,000
    ],
)
def test_a_full_fine_tune_has_learnt_from_all_rows_to_its_end(
    changes: dict[str, Any], whole: bool
) -> None:
    [result] = probe_report(**changes).results
    assert is_whole(result) == whole


def test_what_was_fine_tuned_in_full_is_not_probed_again(
    go: Go, one_layer: Path, minilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def probe(models: Any, *_: Any, **__: Any) -> Any:
        seen.append(models[0].name)
        return probe_report(model=models[0].name, **WHOLE)

    monkeypatch.setattr(probe_run, "probe", probe)
    found = go([one_layer, minilm], stages=("probe",))
    assert sorted(seen) == sorted({str(one_layer), str(minilm)})
    assert found.ended == "nothing-left"


def test_where_only_a_full_fine_tune_is_left_and_does_not_fit_more_time_would_tell(
    go: Go, one_layer: Path, minilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe(models: Any, *_: Any, **__: Any) -> Any:
        made = probe_report(model=models[0].name)
        [result] = made.results
        long = result.timing.model_copy(update={"full_seconds": 500.0})
        return made.model_copy(update={"results": (result.model_copy(update={"timing": long}),)})

    monkeypatch.setattr(probe_run, "probe", probe)
    found = go([one_layer, minilm], stages=("probe",), seconds=400.0)
    assert len(found.steps) == 2
    assert found.ended == "budget"
    assert found.further is None  # not in ten minutes


def test_a_probe_of_one_model_moves_its_twin(
    go: Go, minilm: Path, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe(models: Any, *_: Any, **__: Any) -> Any:
        return probe_report(model=models[0].name)

    monkeypatch.setattr(probe_run, "probe", probe)
    twin = shutil.copytree(minilm, tmp_path / "twin")
    found = go([minilm, twin, tiny], stages=("probe",))
    first = found.steps[0].model
    [other] = [one for one in found.results if one.model != first][:1]
    assert other.prior is not None
    assert other.believed is not None
    assert other.believed.standing != other.prior.standing


@pytest.mark.usefixtures("probed")
def test_killed_after_a_step_it_goes_on_with_the_same_steps(
    go: Go, tiny: Path, one_layer: Path, minilm: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    models = [tiny, one_layer, minilm]
    whole = go(models, cache=tmp_path / "whole", noise=0.3)
    assert len(whole.steps) > 3
    done = probe_run.probe

    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(probe_run, "probe", stop)
    with pytest.raises(KeyboardInterrupt):
        go(models, cache=tmp_path / "killed", noise=0.3)
    monkeypatch.setattr(probe_run, "probe", done)
    stages: list[str] = []
    again = go(
        models,
        cache=tmp_path / "killed",
        noise=0.3,
        progress=lambda p: stages.append(p.stage.code),
    )
    assert "reading-rows" not in stages  # the screens are read from the cache
    assert certain(again) == certain(whole)


@pytest.mark.usefixtures("probed")
def test_what_was_screened_before_is_not_read_again(
    go: Go, tiny: Path, one_layer: Path, minilm: Path, tmp_path: Path
) -> None:
    """Its time is in no plan, and the chosen one's is."""
    measures = {"logme": 0.1, "h_score": 0.2}
    told = [
        ScreenMeasurement(str(path), "accuracy", Interval(0.8, 0.75, 0.85), 120, measures)
        for path in (tiny, one_layer)
    ]
    read: set[str] = set()
    found = go(
        [tiny, one_layer, minilm],
        noise=0.3,
        stages=("screen",),
        told=told,
        progress=lambda p: read.add(p.model) if p.stage.code == "reading-rows" else None,
    )
    assert [(step.stage, step.model) for step in found.steps] == [("screen", str(minilm))]
    assert read == {str(minilm)}
    assert sum(one.screened is not None for one in found.results) == 3


@pytest.mark.usefixtures("probed")
def test_what_was_told_in_another_metric_bars_no_model_from_being_measured(
    go: Go, tiny: Path, one_layer: Path, minilm: Path
) -> None:
    told = [ProbeResult(str(tiny), "macro_f1", Interval(0.8, 0.75, 0.85), "transfers")]
    found = go([tiny, one_layer, minilm], noise=0.3, told=told)
    assert ("screen", str(tiny)) in [(step.stage, step.model) for step in found.steps]


@pytest.mark.usefixtures("probed")
def test_a_linear_probe_bars_no_model_from_being_fine_tuned(
    go: Go, tiny: Path, one_layer: Path
) -> None:
    told = [
        ProbeResult(str(path), "accuracy", Interval(0.8, 0.75, 0.85), "transfers", "linear")
        for path in (tiny, one_layer)
    ]
    found = go([tiny, one_layer], noise=0.3, told=told, stages=("probe",))
    assert found.steps
    before = go([tiny, one_layer], noise=0.3, told=(), stages=("probe",))
    assert found.results[0].prior != before.results[0].prior  # it counts, as a screen does


@pytest.mark.usefixtures("probed")
def test_models_read_at_a_time_take_the_time_of_all_of_them_and_no_more_when_found_again(
    go: Go, tiny: Path, one_layer: Path, minilm: Path, tmp_path: Path
) -> None:
    """The seconds of three workers are three times those that passed."""
    read = {"now": tick(1.0), "stages": ("screen",), "executor": Processes(3), "noise": 0.3}
    models, cache = [tiny, one_layer, minilm], tmp_path / "at once"
    first = go(models, cache=cache, **read)
    assert len(first.steps) == 3
    again = go(models, cache=cache, **(read | {"now": tick(1.0)}))
    assert again.steps == first.steps
    assert again.spent_seconds == first.spent_seconds < sum(one.seconds for one in first.steps)


@pytest.mark.usefixtures("probed")
def test_a_damaged_file_of_the_cache_is_said_and_made_again(
    go: Go, tiny: Path, one_layer: Path, minilm: Path, tmp_path: Path
) -> None:
    whole = go([tiny, one_layer, minilm])
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-9] + b"\0" * 9)
    notes: list[str | None] = []
    again = go([tiny, one_layer, minilm], progress=lambda p: notes.append(p.note and p.note.code))
    assert sum(code in ("piece-damaged", "features-damaged") for code in notes) >= 3
    assert certain(again) == certain(whole)


def test_a_full_disk_ends_it(
    go: Go, one_layer: Path, minilm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="the disk is full") as caught:
        go([one_layer, minilm])
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("seconds", [0.0, -1.0, 1e9])
def test_a_budget_has_bounds(seconds: float) -> None:
    with pytest.raises(UsageError, match="--budget"):
        Settings(budget_seconds=seconds)


def test_settings_reach_screens_and_probes_alike(tmp_path: Path) -> None:
    settings = Settings(budget_seconds=60.0, cache=tmp_path, offline=True, seed=3)
    screen, probe = settings.screening(5.0), settings.probing("qlora", 9.0)
    assert (screen.budget_seconds, probe.budget_seconds, probe.method) == (5.0, 9.0, "lora")
    assert screen.thorough_seconds == LEAST_PROBE
    assert settings.screening(600.0).thorough_seconds == pytest.approx(200.0)
    for one in (screen, probe):
        assert (one.cache, one.offline, one.seed) == (tmp_path, True, 3)
    assert dataclasses.replace(settings, seed=4).screening(5.0).seed == 4
