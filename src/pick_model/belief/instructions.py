"""Scores taken with more than the text: an instruction, or an adapter, that plain use lacks.

Tables of embeddings put an instruction for the task in front of each text where a model's makers
ask for one, or load the adapter for the task. A head on frozen features reads the text alone, and
so do a screen and a probe; searches, which ask for it themselves, are given it.
"""

from __future__ import annotations

from typing import NamedTuple

from pick_model.belief.rows import FROZEN
from pick_model.belief.similarity import Target
from pick_model.documents.catalog import Entry


class Lost(NamedTuple):
    """What a model loses of its standing without what it was scored with, in standard scores."""

    mean: float
    sd: float  # of one model around it


# By `python tests/benchmarks/instructions.py`: what NV-Embed v1 and v2 and SPEED lose of their
# makers' scores in runs of MTEB that gave no instruction, less what models lose there that never
# take one, on English sets that they are not known to have been trained on: .45, .77 and 1.29, of
# which .84 is the mean, .42 the standard deviation, and .48 with what three models leave open. On
# sets that they were trained on, whose scores do not count, they and KaLM lose 1.2 to 2.0. It is
# having an instruction that tells, less its words: with others than the published ones
# Qwen3-Embedding, KaLM and E5 lose .31, −.04 and −.08 (Kostiuk and Enevoldsen 2026,
# arXiv:2605.22544, their runs). Of adapters nobody tells a figure, only that jina-v3 classifies
# worse without (github.com/sbintuitions/JMTEB/issues/77): they are taken to be worth as much.
WITHOUT = Lost(0.85, 0.5)
NOTHING = Lost(0.0, 0.0)


def lost_by(entry: Entry, target: Target) -> Lost:
    """What a model loses of its standing on the frozen scale where it reads the text alone."""
    return WITHOUT if target.text_alone and entry.scored_with is not None else NOTHING


def taken_off(entry: Entry, target: Target) -> float:
    """The same of what is expected of it on the target, in standard scores."""
    share = 1.0 if target.scale == FROZEN else target.frozen_share
    return share * lost_by(entry, target).mean
