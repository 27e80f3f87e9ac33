"""Checks of an entry against its kin: the kinds of its family, and its base model.

Each was seen to find mistakes that were planted, and finds none in the shipped catalog but for
what `exceptions.yaml` argues.
"""

from __future__ import annotations

from collections.abc import Iterator

from pick_model.catalog.draft.architectures import ARCHITECTURES
from pick_model.catalog.validate.context import Context
from pick_model.documents.catalog import Entry
from pick_model.words.message import Message
from pick_model.words.say import message

FAMILY_KINDS: dict[str, set[str]] = {}
for _found in ARCHITECTURES.values():
    if _found.modality == "text":
        FAMILY_KINDS.setdefault(_found.family, set()).add(_found.kind)
# Times the length of the base model: continued training goes to a longer one in two steps of a
# power of two, and says so.
LONGER = 2
# Parameters over those of the base model: heads, poolers and adapters are added, vocabularies cut.
GROWN = (0.6, 1.5)
# Kinds that put a network of their own on top of the base, or beside it.
HEADED = frozenset({"detector", "segmenter", "depth-estimator", "speech-encoder-decoder",
                    "vision-language", "dual-encoder", "audio-text-dual-encoder"})  # fmt: skip


def families(context: Context) -> int:
    """A text entry's kind is one its family comes in, or a sentence encoder made from it."""
    looked = 0
    for placed in context.facts:
        entry: Entry = placed.value
        kinds = FAMILY_KINDS.get(entry.family)
        if kinds is None or entry.modality != "text":
            continue
        looked += 1
        if entry.kind not in {*kinds, "sentence-encoder"}:
            told = message(
                "kind-not-of-family",
                family=entry.family,
                kinds=" or ".join(sorted(kinds)),
                kind=entry.kind,
            )
            context.wrong(placed, told, "kind")
    return looked


def bases(context: Context) -> int:
    """A model has the width of its base model, whose weights it starts from, unless distilled."""
    looked = 0
    for placed in context.facts:
        entry: Entry = placed.value
        base = context.entries.get(entry.base_model or "")
        if base is None:
            continue
        looked += 1
        if "distil" in (entry.pretraining.objective or ""):
            continue  # taught by it, and narrower
        own, other = entry.shape.hidden_size, base.shape.hidden_size
        if own and other and own != other and entry.modality == base.modality:
            context.wrong(
                placed, message("width-not-of-base", own=own, id=base.id, other=other),
                "base_model",
            )  # fmt: skip
        length, there = entry.max_tokens, base.max_tokens
        texts = entry.modality == base.modality == "text"
        if texts and length and there and length > LONGER * there:
            told = message("longer-than-base", own=length, id=base.id, other=there)
            context.wrong(placed, told, "max_tokens")
        for told in _another_make(entry, base):
            context.wrong(placed, told, "base_model")
    return looked


def _another_make(entry: Entry, base: Entry) -> Iterator[Message]:
    """A base of another size, language or modality, where weights were taken over as they are."""
    if entry.modality != base.modality:
        return
    if entry.n_parameters and base.n_parameters and entry.kind not in HEADED:
        times = entry.n_parameters / base.n_parameters
        low, high = GROWN
        if not low <= times <= high:
            yield message("size-not-of-base", times=times, id=base.id)
    own, other = set(entry.languages or ()), set(base.languages or ())
    if own and other and len(other) == 1 and not own & other:
        yield message("languages-not-of-base", own=tuple(sorted(own)), id=base.id, other=min(other))
