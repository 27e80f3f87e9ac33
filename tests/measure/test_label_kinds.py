"""A kind of labels is complete: each place that must know it knows all of them."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from pick_model.data.dataset import LabelKind  # noqa: E402
from pick_model.data.label_kinds import LABEL_KINDS  # noqa: E402
from pick_model.encoders.objective import IGNORE, OBJECTIVES  # noqa: E402
from pick_model.encoders.rows import Encoded  # noqa: E402
from pick_model.measure.probe.metrics import FAMILIES, METRICS  # noqa: E402
from pick_model.measure.probe.predictors import PREDICTORS  # noqa: E402
from pick_model.measure.probe.train import mean_loss  # noqa: E402

WORDS = Encoded(
    "tokens",
    ({"input_ids": [1, 2, 3, 4]}, {"input_ids": [1]}),
    ((1, 2, -1), ()),
    ((2, 0, 1), ()),
    3,
)


def test_every_place_knows_every_kind() -> None:
    kinds = set(get_args(LabelKind))
    assert kinds == set(LABEL_KINDS) == set(OBJECTIVES) == set(PREDICTORS)
    assert {*FAMILIES, "retrieval"} == set(METRICS)  # of queries, which no probe trains on
    assert {kind.scored_as(("B-x", "O")) for kind in LABEL_KINDS.values()} <= set(FAMILIES)


def test_a_word_that_was_cut_off_has_a_line_and_no_loss() -> None:
    assert [WORDS.lines(row) for row in range(2)] == [3, 0]
    assert WORDS.read(range(2)) == [2, 0]
    assert WORDS.is_read().tolist() == [True, True, False]
    lines = WORDS.lines_of(0, np.arange(8.0).reshape(4, 2))
    np.testing.assert_array_equal(lines, [[2, 3], [4, 5], [np.nan, np.nan]])
    logits = np.log(np.array([[0.1, 0.1, 0.8], [0.5, 0.4, 0.1], [np.nan] * 3], dtype=np.float32))
    assert mean_loss(logits, WORDS) == pytest.approx(-(np.log(0.8) + np.log(0.5)) / 2)


@pytest.mark.parametrize("kind", sorted(OBJECTIVES))
def test_a_mean_loss_in_pieces_weighed_by_their_mass_is_the_whole_mean(kind: str) -> None:
    objective = OBJECTIVES[kind]
    labels = {"multi-label": [(0,), (1, 2), ()], "regression": [0.5, -1.0, 2.0]}.get(
        kind, [0, 2, 1]
    )
    weights = torch.tensor([0.5, 1.0, 3.0]) if kind == "single-label" else None
    logits = torch.linspace(-1, 1, 9).reshape(3, 3)[:, : 1 if kind == "regression" else 3]

    def summed(rows: slice) -> float:
        targets = objective.targets(labels[rows], 3)
        return float(objective.loss(logits[rows], targets, weights)) * objective.mass(
            labels[rows], weights
        )

    pieces = summed(slice(0, 2)) + summed(slice(2, 3))
    assert pieces == pytest.approx(summed(slice(0, 3)), rel=1e-5)


def test_cross_entropy_passes_over_positions_without_a_label() -> None:
    logits, targets = torch.randn(2, 3, 4), torch.tensor([[1, IGNORE, 0], [IGNORE, 2, 3]])
    said = logits.log_softmax(-1)
    wanted = -(said[0, 0, 1] + said[0, 2, 0] + said[1, 1, 2] + said[1, 2, 3]) / 4
    assert float(OBJECTIVES["tokens"].loss(logits, targets, None)) == pytest.approx(float(wanted))
