"""Seconds foreseen by the cost model, and the pace that steps teach."""

from __future__ import annotations

import pytest

from pick_model.advise.profile import settled
from pick_model.catalog.load import load_catalog
from pick_model.documents.task import Task
from pick_model.measure.select.foreseen import (
    BACKWARD,
    LEAST_PROBE,
    LOAD_SECONDS,
    PART,
    WHOLE,
    Foreseen,
    first_rows,
    on_this_machine,
)
from tests.measure.conftest import make_rows

CATALOG = load_catalog()
HERE = on_this_machine(
    settled(Task(task="text-classification"), CATALOG, hardware="cpu-8-core"),
    make_rows("single-label", 600),
)


def foreseen() -> Foreseen:
    entries = {name: CATALOG.entries[name] for name in ("roberta-base", "roberta-large")}
    return Foreseen(entries, HERE, 200)


def test_a_screen_is_loading_and_one_forward_pass_over_the_first_rows() -> None:
    found = foreseen()
    # 200 of 600 rows once, where the fine-tune reads 600 three times, forward and back.
    passes = 200 / 600 / 3 / BACKWARD
    assert found.screen("roberta-base") == pytest.approx(
        LOAD_SECONDS + found.full("roberta-base") * passes
    )
    assert found.full("roberta-large") > 2 * found.full("roberta-base")


def test_a_probe_gets_the_fine_tunes_time_or_a_part_of_the_budget() -> None:
    found = foreseen()
    whole = WHOLE * found.full("roberta-base") + LEAST_PROBE
    assert found.probe("roberta-base", 1e9) == found.whole("roberta-base") == whole
    assert found.probe("roberta-base", 60.0) == PART * 60.0
    assert found.probe("roberta-base", 1.0) == LEAST_PROBE


def test_the_pace_of_screens_is_the_median_of_what_they_took_and_does_not_compound() -> None:
    found = foreseen()
    planned, training = found.screen("roberta-base"), found.full("roberta-base")
    for took in (2.0, 3.0, 4.0):  # of one act, planned before any of them
        found.learn(1.0, took, pace=1.0)
    assert found.pace == pytest.approx(3.0)
    assert found.screen("roberta-base") == pytest.approx(3.0 * planned)
    found.learn(6.0, 6.0, pace=3.0)  # as foreseen at the pace of then
    assert found.pace == pytest.approx(3.0)
    assert found.full("roberta-base") == training  # most of a screen is loading and judging


def test_training_is_foreseen_by_reading_and_then_by_training() -> None:
    found = foreseen()
    base, large = found.full("roberta-base"), found.full("roberta-large")
    found.learn_reading("roberta-base", rows_per_second=90.0, step_forwards=5.0)
    assert found.full("roberta-base") == pytest.approx(3 * 600 * 5 / 90)
    assert found.full("roberta-large") == pytest.approx(100 / base * large)
    found.learn_training("roberta-base", 150.0)
    assert found.full("roberta-base") == 150.0
    assert found.full("roberta-large") == pytest.approx(1.5 * 100 / base * large)
    found.learn_reading("roberta-large", rows_per_second=30.0, step_forwards=5.0)
    assert found.full("roberta-large") == pytest.approx(1.5 * 300)


def test_a_screen_reads_no_more_rows_first_than_there_are() -> None:
    assert first_rows(make_rows("single-label", 40), 2000) == 40
    assert first_rows(make_rows("single-label", 40), 10) == 10
