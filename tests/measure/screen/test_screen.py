"""A screen from models and rows to its report."""

from __future__ import annotations

import dataclasses
import gc
import itertools
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pick_model.belief.ways import FROZEN  # noqa: E402  after the skip
from pick_model.data.dataset import Dataset  # noqa: E402
from pick_model.documents.screen import ScreenReport  # noqa: E402
from pick_model.errors import EnvironmentProblem, InputError, UsageError  # noqa: E402
from pick_model.measure.probe.metrics import Scorer  # noqa: E402
from pick_model.measure.probe.settings import Progress  # noqa: E402
from pick_model.measure.probe.verdict import UtilityDraws  # noqa: E402
from pick_model.measure.screen import contest  # noqa: E402
from pick_model.measure.screen import rows as rows_module  # noqa: E402
from pick_model.measure.screen.contest import ContestStanding, may_lead, standing  # noqa: E402
from pick_model.measure.screen.judge import Seen, judge  # noqa: E402
from pick_model.measure.screen.measures import logme, separation  # noqa: E402
from pick_model.measure.screen.pieces import Judged, RunContext, View  # noqa: E402
from pick_model.measure.screen.reader import uncollected  # noqa: E402
from pick_model.measure.screen.ridge import FOLDS  # noqa: E402
from pick_model.measure.screen.rows import sizes, stages  # noqa: E402
from pick_model.measure.screen.run import screen  # noqa: E402
from pick_model.measure.screen.settings import Settings  # noqa: E402
from pick_model.measure.screen.spectrum import spectrum  # noqa: E402
from pick_model.words.message import Message  # noqa: E402
from pick_model.words.say import message, say  # noqa: E402
from tests.encoders.models import bert  # noqa: E402
from tests.measure.conftest import make_rows  # noqa: E402

MACHINE = RunContext("cpu", "a processor", "float32", 1, 1)


def settings(cache: Path, **options: Any) -> Settings:
    return Settings(cache=cache, device="cpu", precision="fp32", **options)


def certain(report: ScreenReport) -> dict[str, Any]:
    """Without what depends on the clock or the cache."""
    plain = report.model_dump(mode="json", exclude={"made_on"})
    for result in plain["results"]:
        del result["seconds"], result["cached"]
    return plain


@pytest.fixture
def small_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "FIRST", 30)
    monkeypatch.setattr(contest, "ENOUGH", -1.0)  # whatever frozen features leave open
    monkeypatch.setattr(rows_module, "OF_EACH_CLASS", 4)


@pytest.mark.parametrize(
    ("kind", "pairs", "metric"),
    [
        ("single-label", False, "accuracy"),
        ("single-label", True, "accuracy"),
        ("multi-label", False, "micro_f1"),
        ("regression", False, "spearman"),
        ("tokens", False, "entity_f1"),
    ],
)
def test_rows_of_any_kind_become_a_score_in_their_metric(
    one_layer: Path, tmp_path: Path, kind: str, pairs: bool, metric: str
) -> None:
    data = make_rows(kind, 90, pairs=pairs)
    report = screen([str(one_layer)], data, settings(tmp_path))
    [found] = report.results
    assert (report.metric, report.data.kind, found.rows) == (metric, kind, 90)
    assert found.interval is not None
    assert found.score is not None
    assert found.measures is not None
    assert found.interval[0] <= found.score <= found.interval[1]
    # what a pair is labelled by, whether both moods are one, is no sum of the two
    assert found.measures.ridge > (-0.1 if pairs else 0.3)
    assert ScreenReport.model_validate_json(report.model_dump_json()) == report


def test_a_model_that_knows_words_is_before_one_that_does_not(
    one_layer: Path, tiny: Path, tmp_path: Path
) -> None:
    report = screen([str(tiny), str(one_layer)], make_rows("single-label", 120), settings(tmp_path))
    assert [one.model for one in report.results] == [str(one_layer), str(tiny)]
    assert [one.rank for one in report.results] == [1, 2]


def test_beside_models_that_cannot_be_read_one_reads_as_many_rows_as_alone(
    one_layer: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken").mkdir()
    data, cache = make_rows("single-label", 700), tmp_path / "cache"
    report = screen([str(one_layer), str(tmp_path / "broken")], data, settings(cache))
    assert [one.rows for one in report.results] == [700, 0]


def test_labels_without_meaning_are_not_learnt(one_layer: Path, tmp_path: Path) -> None:
    data = make_rows("single-label", 150)
    order = np.random.default_rng(0).permutation(150)
    shuffled = dataclasses.replace(data, labels=tuple(data.labels[i] for i in order))
    [found] = screen([str(one_layer)], shuffled, settings(tmp_path)).results
    assert found.measures is not None
    assert found.interval is not None
    assert found.measures.ridge < 0.05
    assert abs(found.measures.h_score) < 0.12
    assert found.interval[0] < 0.58


def test_a_text_that_stands_twice_does_not_teach_itself(one_layer: Path, tmp_path: Path) -> None:
    data = make_rows("single-label", 80)
    order = np.random.default_rng(0).permutation(80)
    shuffled = dataclasses.replace(data, labels=tuple(data.labels[i] for i in order))
    twice = shuffled.take([i for i in range(80) for _ in range(2)])
    twice = dataclasses.replace(twice, rows=tuple(range(2, 162)), n_total=160)
    [found] = screen([str(one_layer)], twice, settings(tmp_path)).results
    assert found.score is not None
    assert found.score < 0.65


def test_the_same_command_says_the_same_and_reads_no_row_again(
    one_layer: Path, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models, data = [str(one_layer), str(tiny)], make_rows("single-label", 60)
    first = screen(models, data, settings(tmp_path))
    assert [one.cached for one in first.results] == [False, False]
    monkeypatch.setattr("pick_model.encoders.load.load", None)
    again = screen(models, data, settings(tmp_path))
    assert [one.cached for one in again.results] == [True, True]
    assert certain(again) == certain(first)


def test_other_labels_of_the_same_texts_read_no_row_again(
    one_layer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_rows("single-label", 60)
    screen([str(one_layer)], data, settings(tmp_path))
    monkeypatch.setattr("pick_model.encoders.load.load", None)
    labels: Any = data.labels
    other = dataclasses.replace(data, labels=tuple(1 - y for y in labels))
    [found] = screen([str(one_layer)], other, settings(tmp_path)).results
    assert found.cached
    assert found.error is None


def test_other_weights_or_lengths_are_read_again(one_layer: Path, tmp_path: Path) -> None:
    data, copy = make_rows("single-label", 40), tmp_path / "copy"
    screen([str(one_layer)], data, settings(tmp_path / "cache"))
    shutil.copytree(one_layer, copy)
    [same] = screen([str(copy)], data, settings(tmp_path / "cache")).results
    assert same.cached
    [shorter] = screen([str(copy)], data, settings(tmp_path / "cache", max_length=8)).results
    assert not shorter.cached


def test_a_model_that_cannot_be_loaded_is_named_and_the_others_go_on(
    one_layer: Path, tmp_path: Path
) -> None:
    broken = bert(tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"\0" * 20)
    empty = tmp_path / "empty"
    empty.mkdir()
    report = screen(
        [str(broken), str(one_layer), str(empty)],
        make_rows("single-label", 40),
        settings(tmp_path / "cache"),
        unknown={
            "typo": UsageError(
                message("no-such-model", name="typo"), hint=message("give-another-model")
            )
        },
    )
    assert [one.model for one in report.results] == [
        str(one_layer), str(broken), str(empty), "typo",
    ]  # fmt: skip
    first, *others = report.results
    assert (first.rank, first.error) == (1, None)
    for one in others:
        assert one.error is not None
        assert one.error.message
        assert (one.rank, one.score, one.measures) == (None, None, None)
    assert report.note_messages[-1].values == {"n": 3}


def test_what_is_wrong_with_all_models_is_no_report(one_layer: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="metric"):
        screen([str(one_layer)], make_rows("single-label", 40), settings(tmp_path, metric="rmse"))
    with pytest.raises(InputError, match="no model"):
        screen([], make_rows("single-label", 40), settings(tmp_path))
    with pytest.raises(InputError, match="more labelled rows"):
        screen([str(one_layer)], make_rows("single-label", 5), settings(tmp_path))
    with pytest.raises(UsageError, match="--rows"):
        settings(tmp_path, rows=0)


@pytest.mark.usefixtures("small_stages")
def test_more_rows_are_read_only_with_models_that_may_lead(
    one_layer: Path, tiny: Path, tmp_path: Path
) -> None:
    twin = shutil.copytree(one_layer, tmp_path / "twin")
    (twin / "README.md").write_text("not a part of the weights")
    report = screen(
        [str(one_layer), str(tiny), str(twin)], make_rows("single-label", 120), settings(tmp_path)
    )
    assert report.data.stages == (30, 60, 120)
    rows = {one.model: one.rows for one in report.results}
    assert rows[str(one_layer)] == rows[str(twin)] == 120
    assert rows[str(tiny)] < 120
    assert [one.may_lead for one in report.results] == [True, True, False]
    assert report.note_messages[0].code == "screen-undecided"
    again = screen(
        [str(one_layer), str(tiny), str(twin)],
        make_rows("single-label", 120),
        settings(tmp_path, last_rows=60),
    )
    assert max(one.rows for one in again.results) == 60


def test_models_are_read_on_while_rows_could_tell_more_than_frozen_features_leave_open(
    one_layer: Path, tmp_path: Path
) -> None:
    report = screen([str(one_layer)], make_rows("single-label", 60), settings(tmp_path))
    assert report.results[0].rows == 60  # of one there is no order to find out
    judged = judged_of(stages(make_rows("single-label", 40), 40, False, 0)[0], NOISE, (FIRST_VIEW,))
    random = np.random.default_rng(0)

    def at(score: float, error: float) -> ContestStanding:
        drawn = score + error * random.standard_normal(2000)
        return ContestStanding(judged, 0, 1.0, UtilityDraws(score, drawn), score)

    # A point apart at .8: the logit's slope there is 6.25.
    known = contest.ENOUGH * (2 * FROZEN.variance) ** 0.5 / 6.25
    rough = [at(0.80, known), at(0.79, known), at(0.40, known)]
    assert contest.worth_reading(rough, "accuracy") == [True, True, False]
    fine = [at(0.80, known / 2), at(0.795, known / 2), at(0.40, known / 2)]
    assert contest.may_lead(fine) == [True, True, False]
    assert contest.worth_reading(fine, "accuracy") == [False, False, False]
    assert contest.worth_reading(fine, "accuracy", thorough=True) == [True, True, False]


@pytest.mark.usefixtures("small_stages")
def test_a_thorough_screen_reads_on_whoever_may_lead_in_the_time_it_has_for_that(
    one_layer: Path, minilm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, both = make_rows("single-label", 120, noise=0.3), [str(one_layer), str(minilm)]
    monkeypatch.setattr(contest, "ENOUGH", 100.0)  # any error is small beside the features'

    def rows(**options: Any) -> list[int]:
        return [one.rows for one in screen(both, data, settings(tmp_path, **options)).results]

    assert rows() == [30, 30]
    assert rows(thorough_seconds=1e6) == [120, 120]
    assert rows(thorough_seconds=1e-6) == [30, 30]
    alone = screen(both[:1], data, settings(tmp_path, budget_seconds=1e6, thorough_seconds=1e-6))
    assert [one.rows for one in alone.results] == [30]  # one model ends with its time, too
    alone = screen(both[:1], data, settings(tmp_path, budget_seconds=1e6))
    assert [one.rows for one in alone.results] == [120]
    again = settings(tmp_path, thorough_seconds=float("inf"), last_rows=30)
    assert [one.rows for one in screen(both[:1], data, again).results] == [30]


@pytest.mark.usefixtures("small_stages")
def test_a_leader_by_the_first_rows_ends_the_screen(
    one_layer: Path, tiny: Path, tmp_path: Path
) -> None:
    report = screen([str(tiny), str(one_layer)], make_rows("single-label", 240), settings(tmp_path))
    assert [one.may_lead for one in report.results] == [True, False]
    assert report.results[0].rows < 240
    assert report.note_messages[0].code == "screen-decided"
    whole = screen(
        [str(tiny), str(one_layer)],
        make_rows("single-label", 240),
        settings(tmp_path, adaptive=False),
    )
    assert [one.rows for one in whole.results] == [240, 240]
    assert whole.data.stages == (30, 240)


def read_all(tick: Progress) -> bool:
    return tick.stage.code == "reading-rows" and tick.done == tick.total


@pytest.mark.usefixtures("small_stages")
def test_parts_are_nested_stratified_and_read_once(one_layer: Path, tmp_path: Path) -> None:
    data = make_rows("single-label", 120)
    found = stages(data, 120, True, 0)
    assert [len(stage) for stage in found] == [30, 60, 120]
    assert [len(stage.new) for stage in found] == [30, 30, 60]
    assert [len(stage) for stage in stages(data, 120, False, 0)] == [30, 120]
    assert sizes(100, 2, True) == [30, 60, 100]
    assert sizes(80, 2, True) == [30, 80]
    assert sizes(44, 2, False) == [44]
    assert sizes(120, 20, True) == [80, 120]
    for before, after in itertools.pairwise(found):
        assert after.rows.rows[: len(before)] == before.rows.rows
        assert after.rows.rows[len(before) :] == after.new.rows
        assert 0.4 < np.mean(np.array(before.rows.labels)) / np.mean(np.array(data.labels)) < 1.6
    seen: list[int] = []
    screen(
        [str(one_layer), str(one_layer)],
        data,
        settings(tmp_path),
        lambda p: seen.append(p.total) if read_all(p) else None,
    )
    assert seen == [30, 30, 60]


@pytest.mark.usefixtures("small_stages")
def test_a_budget_that_ends_leaves_the_ranking_so_far(
    one_layer: Path, tiny: Path, tmp_path: Path
) -> None:
    twin = shutil.copytree(one_layer, tmp_path / "twin")
    clock = iter(range(10_000))
    report = screen(
        [str(one_layer), str(twin), str(tiny)],
        make_rows("single-label", 120),
        settings(tmp_path / "cache", budget_seconds=9.0),
        now=lambda: float(next(clock)),
    )
    assert report.results[0].rows == 30
    assert [one.error and one.error.code for one in report.results] == [None, None, "budget"]
    assert report.results[-1].may_lead  # nothing rules out what nobody has read
    codes = {told.code for told in report.note_messages}
    ended = {"screen-budget", "screen-unread", "screen-failed", "screen-without-baselines"}
    assert codes == {"screen-undecided", *ended}


FIRST_VIEW = View(1, "mean")
NOISE = np.random.default_rng(1).standard_normal((1, 40, 3))


def judged_of(stage: Any, features: np.ndarray, views: tuple[View, ...]) -> Judged:
    return judge(Seen((features,), views, 1, 0.0, MACHINE), stage)


def test_many_layers_of_noise_are_not_taken_for_one_that_says_something() -> None:
    data = make_rows("single-label", 120)
    views = tuple(View(n, "first") for n in range(20))
    best, found = [], []
    for seed in range(12):
        random = np.random.default_rng(seed)
        labels = tuple(data.labels[i] for i in random.permutation(120))
        [stage] = stages(dataclasses.replace(data, labels=labels), 120, False, 0)
        judged = judged_of(stage, random.normal(size=(20, 120, 20)), views)
        best.append(max(score.explained for score in judged.scores))
        found.append(judged.explained)
    assert np.mean(found) < 0.01
    assert np.mean(best) > np.mean(found) + 0.02


def test_the_layer_that_tells_the_labels_is_found() -> None:
    data = make_rows("single-label", 100)
    [stage] = stages(data, 100, False, 0)
    x = np.random.default_rng(0).normal(size=(3, 100, 8))
    x[1, :, 3] += 4 * np.array(stage.rows.labels)
    views = tuple(View(n, "first") for n in range(3))
    found = judged_of(stage, x, views)
    assert found.best == View(1, "first")
    scorer = Scorer(stage.rows)
    assert standing(found, 0, scorer).score > 0.95


def test_the_mean_of_all_blocks_is_looked_at_where_there_are_several() -> None:
    data = make_rows("single-label", 60)
    [stage] = stages(data, 60, False, 0)
    x = np.random.default_rng(0).normal(size=(3, 60, 8))
    x[1:, :, 3] += np.array(stage.rows.labels)
    found = judged_of(stage, x, tuple(View(n, "mean") for n in range(3)))
    assert found.best == View(None, "mean")
    assert len(found.scores) == 4


def test_the_table_of_words_is_looked_at_and_not_taken() -> None:
    data = make_rows("single-label", 100)
    [stage] = stages(data, 100, False, 0)
    x = np.random.default_rng(0).normal(size=(2, 100, 8))
    x[0, :, 3] += 9 * np.array(stage.rows.labels)
    views = (View(0, "first"), View(1, "first"))
    found = judged_of(stage, x, views)
    assert found.scores[0].explained > 0.8
    assert found.best == View(1, "first")
    assert found.explained < 0.3
    assert found.of_folds == (views[1:],) * FOLDS
    alone = judged_of(stage, x[:1], views[:1])
    assert alone.best == views[0]
    assert alone.of_folds == (views[:1],) * FOLDS


def test_layers_chosen_by_the_first_rows_do_not_flatter_a_model_for_having_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 40 layers of noise those that suit the first rows best are looked at on all rows."""
    monkeypatch.setattr("pick_model.measure.screen.rows.FIRST", 100)
    random, right, near = np.random.default_rng(0), [], []
    for seed in range(12):
        data = make_rows("single-label", 240)
        labels = tuple(int(one) for one in random.integers(2, size=240))
        first, whole = stages(dataclasses.replace(data, labels=labels), 240, True, seed)
        x = random.normal(size=(40, 240, 6))
        views = tuple(View(n + 1, "first") for n in range(40))
        before = judged_of(first, x[:, : len(first)], views)
        after = judge(Seen((x,), views, 1, 0.0, MACHINE), whole, before)
        truth = np.array(whole.rows.labels)
        right.append(np.mean(np.array(after.predictions) == truth))
        near.append(np.mean(np.array(after.nearby) == truth))
    error = 0.5 / (240 * len(right)) ** 0.5
    assert abs(np.mean(right) - 0.5) < 2.5 * error
    assert abs(np.mean(near) - 0.5) < 2.5 * error


def test_a_layer_that_overflows_is_left_out_and_a_model_of_such_layers_refused() -> None:
    data = make_rows("single-label", 60)
    [stage] = stages(data, 60, False, 0)
    x = np.random.default_rng(0).normal(size=(2, 60, 8))
    x[0, 7, 3] = np.inf
    found = judged_of(stage, x, (View(0, "first"), View(1, "first")))
    assert [score.view.layer for score in found.scores] == [1]
    x[1, 0, 0] = np.nan
    with pytest.raises(EnvironmentProblem, match="NaN or infinite"):
        judged_of(stage, x, (View(0, "first"), View(1, "first")))


def test_words_that_were_cut_off_are_neither_fitted_nor_scored_right() -> None:
    data = make_rows("tokens", 40)
    [stage] = stages(data, 40, False, 0)
    tags = np.array([tag for row in stage.rows.labels for tag in row])  # type: ignore[attr-defined]
    x = np.random.default_rng(0).normal(size=(1, len(tags), 6)) * 0.1
    x[0, np.arange(len(tags)), tags] += 5
    cut = np.arange(len(tags)) % 6 == 5  # the last word of each sentence
    x[0, cut] = np.nan
    found = judged_of(stage, x, (View(1, "word"),))
    truth: Any = stage.rows.labels
    for said, true in zip(found.predictions, truth, strict=True):
        assert tuple(said)[:5] == true[:5]
        assert tuple(said)[5] == 2  # the commonest


def test_a_model_as_good_on_every_row_may_lead_and_one_worse_on_each_may_not() -> None:
    data = make_rows("single-label", 200)
    [stage] = stages(data, 200, False, 0)
    scorer = Scorer(stage.rows)
    truth = list(stage.rows.labels)

    def said(wrong: Callable[[int], bool]) -> Judged:
        flipped = [1 - y if wrong(i) else y for i, y in enumerate(truth)]  # type: ignore[operator]
        x = np.zeros((1, 200, 2))
        return dataclasses.replace(
            judged_of(stage, x, (View(0, "mean"),)), predictions=flipped, nearby=flipped
        )

    found = [said(lambda i: i % 10 == 0), said(lambda i: i % 10 == 1), said(lambda i: i % 3 == 0)]
    assert may_lead([standing(one, 0, scorer) for one in found]) == [True, True, False]


def test_models_that_may_lead_stand_by_their_evidence_and_equals_share_a_rank() -> None:
    [stage] = stages(make_rows("single-label", 40), 40, False, 0)
    judged = judged_of(stage, NOISE, (FIRST_VIEW,))

    def at(logme: float, score: float, parameters: int, stage: int = 1) -> ContestStanding:
        machine = dataclasses.replace(judged.machine, parameters=parameters)
        one = dataclasses.replace(judged, machine=machine, logme=logme)
        drawn = np.full(10, score)
        before = None if stage == 0 else at(logme, 0.9, parameters, 0)
        return ContestStanding(one, stage, 1.0, UtilityDraws(score, drawn), score, before)

    found = [
        at(0.9, 0.9, 1, stage=0),  # read for less long, which says nothing against it
        at(0.8, 0.7, 1),  # its LogME is better than that of those that may lead
        at(0.4, 0.8, 1),
        at(0.5, 0.8, 2),
        at(0.5, 0.8, 9),
    ]
    assert contest.may_lead(found) == [True, False, True, True, True]
    assert contest.ordered(found) == [0, 4, 3, 2, 1]  # of equals the larger is told first
    assert contest.ranks(found) == [1, 5, 4, 2, 2]


def test_evidence_of_unequal_rows_is_compared_as_of_equal_ones_and_twins_stay_equal() -> None:
    [stage] = stages(make_rows("single-label", 40), 40, False, 0)
    judged = judged_of(stage, NOISE, (FIRST_VIEW,))

    def at(*logme: float) -> ContestStanding:
        found: ContestStanding | None = None
        for n, value in enumerate(logme):
            one = dataclasses.replace(judged, logme=value)
            found = ContestStanding(one, n, 1.0, UtilityDraws(0.5, np.zeros(9)), 0.5, found)
        assert found is not None
        return found

    # The leader, a weak one that gained more, one between; the leader's twin and a weak one were
    # read no further.
    found = [at(0.33, 0.42), at(0.13, 0.30), at(0.23, 0.36), at(0.33), at(0.10)]
    assert contest.evidence(found) == pytest.approx([0.42, 0.30, 0.36, 0.42, 0.282])
    assert contest.ranks(found) == [1, 4, 3, 1, 5]
    two = [at(0.33, 0.42), at(0.13, 0.30), at(0.20)]  # too few for a line
    assert contest.evidence(two) == pytest.approx([0.42, 0.30, 0.33])
    twice = [at(0.3, 0.4, 0.5), at(0.2, 0.3, 0.4), at(0.2, 0.3), at(0.1)]
    assert contest.evidence(twice) == pytest.approx([0.5, 0.4, 0.4, 0.3])


@pytest.mark.usefixtures("small_stages")
def test_logme_is_of_the_block_that_has_most_under_the_first_pooling_on_the_rows_read() -> None:
    first, *_, whole = stages(make_rows("single-label", 120), 120, True, 0)
    x, labels = np.random.default_rng(0).normal(size=(5, 120, 8)), np.array(whole.rows.labels)
    for view, told in enumerate((9.0, 0.0, 1.0, 0.5, 9.0)):
        x[view, :, 3] += told * labels
    x[1, len(first) :, 3] += 3 * labels[len(first) :]  # which the first rows do not show
    views = (View(0, "mean"), *(View(n, "mean") for n in (1, 2, 3)), View(3, "first"))
    begun = judged_of(first, x[:, : len(first)], views)
    assert begun.best == View(3, "first")

    def of_view(found: Judged, view: int, stage: Any) -> bool:
        targets, of = stage.columns, x[view, : len(stage)].astype(np.float32)
        told = logme(of, targets), separation(spectrum(of), targets).adjusted
        return (found.logme, found.h_score) == pytest.approx(told, abs=1e-6)

    assert of_view(begun, 2, first)
    assert of_view(judge(Seen((x,), views, 1, 0.0, MACHINE), whole, begun), 1, whole)
    x[1, 7, 3] = np.inf
    assert of_view(judge(Seen((x,), views, 1, 0.0, MACHINE), whole, begun), 2, whole)


def test_a_model_read_no_further_is_compared_on_the_rows_that_the_leader_read_too() -> None:
    [stage] = stages(make_rows("single-label", 40), 40, False, 0)
    judged = judged_of(stage, NOISE, (FIRST_VIEW,))
    random = np.random.default_rng(0)

    def at(score: float, stage: int, before: ContestStanding | None = None) -> ContestStanding:
        drawn = score + 0.01 * random.standard_normal(2000)
        one = dataclasses.replace(judged, explained=score, logme=score)
        return ContestStanding(one, stage, 1.0, UtilityDraws(score, drawn), score, before)

    level, worse = at(0.795, 0), at(0.70, 0)
    leader, fallen = at(0.90, 1, at(0.80, 0)), at(0.80, 1, at(0.78, 0))
    found = [fallen, worse, level, leader]
    assert contest.may_lead(found) == [False, False, True, True]
    assert contest.ordered(found) == [3, 2, 0, 1]
    assert contest.ranks(found) == [3, 4, 2, 1]
    assert not any(contest.worth_reading(found, "accuracy"))
    # Out on the rows of the first stage, and so for good, whoever leads later.
    out = at(0.74, 0)
    found = [at(0.77, 1, at(0.80, 0)), at(0.86, 1, at(0.76, 0)), out]
    assert contest.may_lead([found[1].at(0), out]) == [True, True]
    assert contest.may_lead(found) == [False, True, False]
    assert contest.ranks(found) == [3, 1, 2]  # the last gains as the others did


def test_rows_of_one_group_are_drawn_together() -> None:
    data: Dataset = dataclasses.replace(
        make_rows("single-label", 60), groups=tuple(str(i // 6) for i in range(60))
    )
    [stage] = stages(data, 60, False, 0)
    weights = Scorer(stage.rows).weights
    for block in np.unique(stage.blocks):
        own = weights[:, stage.blocks == block]
        assert (own == own[:, :1]).all()


def test_an_interrupted_screen_goes_on_where_it_was(
    one_layer: Path, tiny: Path, tmp_path: Path
) -> None:
    data, models = make_rows("single-label", 60), [str(one_layer), str(tiny)]

    def interrupt(tick: Progress) -> None:
        if tick.model == str(tiny) and tick.stage.code == "reading-rows":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen(models, data, settings(tmp_path), interrupt)
    found = {one.model: one.cached for one in screen(models, data, settings(tmp_path)).results}
    assert found == {str(one_layer): True, str(tiny): False}


def test_a_damaged_feature_file_is_made_again_and_said(one_layer: Path, tmp_path: Path) -> None:
    data = make_rows("single-label", 60)
    before = screen([str(one_layer)], data, settings(tmp_path))
    for path in tmp_path.rglob("*.safetensors"):
        path.write_bytes(path.read_bytes()[:-1])
    for path in tmp_path.rglob("*.json"):
        path.write_text("{")
    notes: list[Message] = []
    after = screen(
        [str(one_layer)],
        data,
        settings(tmp_path),
        lambda p: notes.append(p.note) if p.note else None,
    )
    # A file of features, a model's record and those of two baselines.
    assert len([note for note in notes if "damaged and is made again" in say(note)]) == 4
    assert certain(after) == certain(before)


def test_progress_names_the_model(one_layer: Path, tmp_path: Path) -> None:
    ticks: list[Progress] = []
    screen([str(one_layer)], make_rows("single-label", 40), settings(tmp_path), ticks.append)
    *of_model, baseline = ticks
    assert {tick.model for tick in of_model} == {str(one_layer)}
    assert say(baseline.stage) == "fitting the baselines to beat, TF-IDF"


@pytest.mark.parametrize("on", [True, False])
def test_garbage_is_collected_again_as_before(on: bool) -> None:
    was = gc.isenabled()
    try:
        gc.enable() if on else gc.disable()
        with uncollected():
            assert not gc.isenabled()
            made: list[list[int]] = [[] for _ in range(5_000)]
        assert gc.isenabled() is on
        old = gc.get_objects(generation=2)  # what was made is not gone through with what comes
        assert {id(one) for one in made} <= {id(one) for one in old}
        assert gc.get_freeze_count() == 0
    finally:
        gc.enable() if was else gc.disable()


def test_what_an_import_leaves_holds_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that was caught and kept holds its frame, and that the frames that called it."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "leaves_a_frame.py").write_text(
        "def tried():\n"
        "    try:\n"
        "        raise ImportError\n"
        "    except ImportError as fault:\n"
        "        kept = fault\n"
        "tried()\n"
    )

    class Model:
        pass

    def imported() -> weakref.ref[Model]:
        model = Model()
        with uncollected():
            import leaves_a_frame  # noqa: F401
        return weakref.ref(model)

    was = gc.isenabled()
    gc.disable()
    try:
        assert imported()() is None
    finally:
        gc.enable() if was else gc.disable()


def test_copies_of_a_text_are_no_more_evidence_than_it_is_alone() -> None:
    data = make_rows("single-label", 60)
    of_text = dict(zip(data.texts, np.random.default_rng(0).normal(size=(60, 5)), strict=True))

    def judged(rows: Dataset) -> Judged:
        [stage] = stages(rows, 500, False, 0)
        x = np.array([[of_text[text] for text in stage.rows.texts]])
        x[0, :, 2] += np.array(stage.rows.labels)
        return judged_of(stage, x, (FIRST_VIEW,))

    once, thrice = judged(data), judged(data.take([*range(60)] * 3))
    assert len(thrice.predictions) == 180
    assert (thrice.logme, thrice.h_score) == pytest.approx((once.logme, once.h_score))


def test_what_models_read_in_a_second_is_told_as_when_features_were_made(
    one_layer: Path, tiny: Path, tmp_path: Path
) -> None:
    data, models = make_rows("single-label", 60), [str(one_layer), str(tiny)]
    clock = iter(range(10**6))
    told: list[dict[str, float]] = [{}, {}]
    for speeds in told:
        screen(models, data, settings(tmp_path), now=lambda: next(clock), speed=speeds.__setitem__)
    assert set(told[0]) == set(models)
    assert told[0] == told[1]  # the second reads nothing
    assert all(0 < speed <= 60 for speed in told[0].values())  # 60 rows, a second at least


def test_few_rows_asked_for_are_not_called_all_there_are() -> None:
    with pytest.raises(UsageError, match="of 3 rows 3 are of different texts"):
        stages(make_rows("single-label", 60), 3, True, 0)
    with pytest.raises(InputError, match="has 3 rows of different texts"):
        stages(make_rows("single-label", 3), 2000, True, 0)
