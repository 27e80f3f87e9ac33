"""Checks of a record against its kin: family, base model, name, the other rates of a machine.

Each was seen to find mistakes that were planted, and finds none in the shipped catalog but for
what `exceptions.yaml` argues.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from pick_model.catalog.draft.architectures import ARCHITECTURES
from pick_model.catalog.reader import Placed, named
from pick_model.catalog.validate.context import Context
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.vocabulary.languages import language_named, languages
from pick_model.words.message import Message
from pick_model.words.say import message

FAMILY_KINDS: dict[str, set[str]] = {}
for _found in ARCHITECTURES.values():
    if _found.modality == "text":
        FAMILY_KINDS.setdefault(_found.family, set()).add(_found.kind)
# An id this like a repository's name (difflib's ratio) and not the same is a slip; of the
# shipped ones that differ on purpose none comes near.
SLIP = 0.9
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
        longer = (entry.max_tokens or 0) > LONGER * (base.max_tokens or float("inf"))
        if longer and entry.modality == base.modality == "text":
            told = message(
                "longer-than-base", own=entry.max_tokens, id=base.id, other=base.max_tokens
            )
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
        yield message("languages-not-of-base", own=sorted(own), id=base.id, other=min(other))


def names(context: Context) -> int:
    """A repository is called like its entry, and a language in a name is one it is said to have."""
    looked = 0
    for placed in context.facts:
        entry: Entry = placed.value
        looked += 1
        if entry.hub_repo:
            called = entry.hub_repo.rpartition("/")[2].lower()
            near = SequenceMatcher(None, called, entry.id.lower(), autojunk=False).ratio()
            if called != entry.id.lower() and near > SLIP:
                context.wrong(
                    placed,
                    message("repository-spelt-otherwise", hub_repo=entry.hub_repo),
                    "hub_repo",
                )
        _languages_in_name(context, placed, entry.id)
    for placed in context.parsed.benchmarks:
        looked += 1
        _languages_in_name(context, placed, f"{placed.value.id} {placed.value.name}")
        ending = re.split(r"[-_.]", named(placed))[-1]
        codes, known = placed.value.languages, languages().get(ending)
        if len(ending) == 2 and known and codes and ending not in codes:
            context.wrong(
                placed,
                message(
                    "ending-not-of-languages",
                    ending=ending,
                    name=known.name,
                    languages=str(list(codes)),
                ),
                "languages",
            )
    return looked


def _languages_in_name(context: Context, placed: Placed, text: str) -> None:
    words = (word.lower() for word in re.findall(r"[A-Z]?[a-z]+", text))
    named_after = {word: code for word in words if (code := language_named(word))}
    codes = placed.value.languages
    if named_after and codes and not set(named_after.values()) & set(codes):
        what = " and ".join(named_after)
        context.wrong(
            placed, message("called-otherwise", what=what, languages=str(list(codes))), "languages"
        )
