"""How much data a model has seen in pretraining, in units that compare."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from pick_model.documents.catalog import Entry, Pretraining
from pick_model.interval import Interval
from pick_model.vocabulary.data_units import UNITS

# Where only the size of the corpus is known it was read at least once and, going by BERT
# (Devlin et al. 2019, appendix A.2), hardly more than 40 times.
MOST_PASSES = 40.0


def data_seen(lineage: Sequence[Entry]) -> tuple[str, Interval] | None:
    """Kind of data and amount, summed over a model and those it was made from.

    `lineage`: the model, its base, that one's base …. A sentence encoder keeps what its base
    learnt. Stages in another kind (the images of a speech model's base) are left out: the
    first known stage tells the kind. Where a stage is unknown the sum is a lower bound. None
    when no stage is known.
    """
    total: tuple[str, Interval] | None = None
    for entry in lineage:
        seen = _in_one_stage(entry.pretraining)
        if seen is not None and (total is None or total[0] == seen[0]):
            total = seen[0], seen[1] if total is None else total[1].plus(seen[1])
    return total


def _in_one_stage(stage: Pretraining) -> tuple[str, Interval] | None:
    if stage.data_seen is not None and stage.data_seen_unit is not None:
        unit = UNITS[stage.data_seen_unit]
        amount = stage.data_seen * unit.worth
        return unit.quantity, Interval(amount, amount, amount)
    if stage.data_size is not None and stage.data_unit is not None:
        unit = UNITS[stage.data_unit]
        amount = stage.data_size * unit.worth
        return unit.quantity, Interval(amount * sqrt(MOST_PASSES), amount, amount * MOST_PASSES)
    return None
