"""How much data a model has seen in pretraining, in units that compare."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from pick_model.documents.catalog import Entry, Pretraining
from pick_model.interval import Interval

# The kind of data each unit counts, and what one is worth in the kind's own unit. A word is
# about 1.33 tokens (BERT's 3.3e9 words are about 4.4e9 word pieces), a token about 4.4 bytes
# (RoBERTa's 160 GB are about 36e9), a training pair of a sentence encoder, cut to 64 to 512
# tokens and mostly a question or a title, some 64 tokens, a single text (a post, a sentence)
# half of that, one of AudioSet's clips ten seconds of an hour. Only logarithms of them are
# read, where a factor of two is little.
DATA_UNITS = {
    "tokens": ("tokens", 1.0),
    "words": ("tokens", 1.33),
    "bytes": ("tokens", 1 / 4.4),
    "texts": ("tokens", 32.0),
    "text-pairs": ("tokens", 64.0),
    "images": ("images", 1.0),
    "image-text-pairs": ("images", 1.0),
    "hours": ("hours", 1.0),
    "clips": ("hours", 10 / 3600),
    "interactions": ("interactions", 1.0),
}
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
        kind, worth = DATA_UNITS[stage.data_seen_unit]
        amount = stage.data_seen * worth
        return kind, Interval(amount, amount, amount)
    if stage.data_size is not None and stage.data_unit is not None:
        kind, worth = DATA_UNITS[stage.data_unit]
        amount = stage.data_size * worth
        return kind, Interval(amount * sqrt(MOST_PASSES), amount, amount * MOST_PASSES)
    return None
