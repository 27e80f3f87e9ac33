"""Checks of what a model learnt from: one size for one corpus, passes, hours and compute."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from pick_model.catalog.validate.context import Context
from pick_model.documents.catalog import Entry, Pretraining
from pick_model.words.message import Message
from pick_model.words.say import message

AGREE = 1.6  # two counts of one corpus in one unit: ImageNet-21k's two releases differ by 1.12
# Data seen over distinct data of one unit: passes. Image models run thousands of short epochs
# (MobileNetV4 2,400), text and pairs at most hundreds; below a pass a part of the data was used.
PASSES = {"images": (0.5, 3000.0), "hours": (0.5, 1500.0), "tokens": (0.9, 200.0),
          "image-text-pairs": (0.5, 60.0), "text-pairs": (0.05, 300.0), "bytes": (0.5, 200.0),
          "words": (0.5, 200.0)}  # fmt: skip
# Tokens for each byte or word of text, over the passes: 0.3 a byte in one pass (The Pile), 1.3 a
# word, up to 300 passes. Bytes called tokens, or the other way, leave the smaller ends.
TOKENS_OVER = {"bytes": (0.2, 60.0), "words": (0.5, 400.0)}
# Share of the chips' 16-bit peak that the stated compute takes: .03 to .7 in the catalog where
# the number of chips is told.
UTILISED = (0.015, 1.0)
PEAKS = {  # FLOP/s at 16 bits of one chip, as in catalogs/hardware.yaml
    "p100": 19e12, "v100": 125e12, "a100": 312e12, "h100": 989e12,
    "tpu v2": 23e12, "tpu v3": 61.5e12, "tpu v4": 275e12,
}  # fmt: skip
_CHIPS = re.compile(r"(\d+) ?[x×]? ?(?:NVIDIA |Google |Tesla )*(V100|A100|H100|P100|TPU v\d)", re.I)


def data(context: Context) -> int:
    """Corpora have one size, passes and tokens are believable, and so is the chips' share."""
    looked = 0
    corpora = _corpora(context)
    alike = _alike(context)
    for placed in context.facts:
        entry: Entry = placed.value
        learnt = entry.pretraining
        amounts = (learnt.data_size, learnt.data_seen, learnt.hardware_hours)
        looked += len(learnt.corpora) + sum(amount is not None for amount in amounts)
        for told, field in (
            *_corpus_sizes(entry, corpora),
            *_data_of_kin(entry, alike),
            *_passes(learnt),
            *_share_of_peak(learnt),
        ):
            context.wrong(placed, told, "pretraining", field)
    return looked


_Sizes = dict[tuple[str, str], dict[str, float]]  # corpus, unit -> entry -> size


def _corpora(context: Context) -> _Sizes:
    found: _Sizes = defaultdict(dict)
    for entry in context.entries.values():
        for corpus in entry.pretraining.corpora:
            if corpus.size and corpus.unit:
                found[corpus.name, corpus.unit][entry.id] = corpus.size
    return found


def _corpus_sizes(entry: Entry, corpora: Mapping[tuple[str, str], Mapping[str, float]]) -> Iterator[
    tuple[Message, str]
]:  # fmt: skip
    for corpus in entry.pretraining.corpora:
        if not corpus.size or not corpus.unit:
            continue
        there = corpora[corpus.name, corpus.unit]
        others = [size for name, size in there.items() if name != entry.id]
        if others and not min(others) / AGREE <= corpus.size <= max(others) * AGREE:
            usual = min(others, key=lambda size: abs(size - (corpus.size or 0)))
            told = message("corpus-of-two-sizes", name=corpus.name, own=corpus.size, usual=usual)
            yield told, "corpora"


_Alike = dict[tuple[str, ...], dict[str, tuple[float, str]]]


def _alike(context: Context) -> _Alike:
    """Entries of one list of corpora, with their data."""
    found: _Alike = defaultdict(dict)
    for entry in context.entries.values():
        learnt = entry.pretraining
        if learnt.corpora and learnt.data_size and learnt.data_unit:
            found[_names(learnt)][entry.id] = (learnt.data_size, learnt.data_unit)
    return found


def _names(learnt: Pretraining) -> tuple[str, ...]:
    return tuple(sorted(corpus.name for corpus in learnt.corpora))


def _data_of_kin(entry: Entry, alike: _Alike) -> Iterator[tuple[Message, str]]:
    learnt = entry.pretraining
    if not learnt.data_size or not learnt.corpora:
        return
    others = [there for name, there in alike[_names(learnt)].items() if name != entry.id]
    if len(others) < 2 or len(set(others)) > 2:
        return
    units = {unit for _, unit in others}
    if learnt.data_unit not in units:
        told = message("unit-unlike-same-data", own=learnt.data_unit or "", usual=min(units))
        yield told, "data_unit"
        return
    same = [size for size, unit in others if unit == learnt.data_unit]
    if not min(same) / AGREE <= learnt.data_size <= max(same) * AGREE:
        yield message("size-unlike-same-data", own=learnt.data_size, usual=same[0]), "data_size"


def _passes(learnt: Pretraining) -> Iterator[tuple[Message, str]]:
    if not learnt.data_size or not learnt.data_seen:
        return
    unit, seen = learnt.data_unit or "", learnt.data_seen_unit
    ratio = learnt.data_seen / learnt.data_size
    low, high = PASSES.get(unit, (0.0, 1e9)) if unit == seen else (0.0, 1e9)
    if seen == "tokens" and unit in TOKENS_OVER:
        low, high = TOKENS_OVER[unit]
    if not low <= ratio <= high:
        told = message("passes-odd", times=ratio, unit=unit, seen=seen or "", least=low, most=high)
        yield told, "data_seen"


def _share_of_peak(learnt: Pretraining) -> Iterator[tuple[Message, str]]:
    """Compute over what the chips could do in the hours that are told."""
    found = _CHIPS.search(learnt.hardware or "")
    if not found or not learnt.hardware_hours or not learnt.compute_flop:
        return
    peak = PEAKS.get(found[2].lower())
    if peak is None:
        return
    share = learnt.compute_flop / (learnt.hardware_hours * 3600 * int(found[1]) * peak)
    low, high = UTILISED
    if not low <= share <= high:
        yield message("hours-not-of-compute", share=share, least=low, most=high), "hardware_hours"
