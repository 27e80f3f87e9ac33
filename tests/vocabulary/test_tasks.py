"""Tasks: how they are used and what their labels are."""

from __future__ import annotations

from pick_model.vocabulary.metrics import DEFAULTS, METRICS
from pick_model.vocabulary.tasks import (
    AS_IT_COMES_WITHOUT_ROWS,
    LABEL_KINDS,
    TAKES_PAIRS,
    TASKS,
    USED_AS_IT_COMES,
)


def test_the_tables_beside_the_tasks_name_tasks() -> None:
    named = USED_AS_IT_COMES | AS_IT_COMES_WITHOUT_ROWS | LABEL_KINDS.keys() | set(TAKES_PAIRS)
    assert named <= TASKS.keys()
    assert not USED_AS_IT_COMES & AS_IT_COMES_WITHOUT_ROWS


def test_every_kind_of_labels_has_a_usual_metric_that_scores_it_in_each_of_its_tasks() -> None:
    for task, kinds in LABEL_KINDS.items():
        for kind in kinds:
            assert DEFAULTS[kind] in TASKS[task].metrics
            assert kind in METRICS[DEFAULTS[kind]].kinds
