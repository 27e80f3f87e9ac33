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
# GB/s for each GiB of an accelerator's memory: 10 (K80) to 76 (RTX 3080) in the catalog.
BANDWIDTH_SHARE = (5.0, 90.0)
# Dense BF16 over TF32 of NVIDIA's: two since Ampere; four is a rate of sparse matrices.
BF16_OVER_TF32 = (1.8, 2.2)
SAME = 0.02  # FP16 and BF16 run at one rate, but for rounding


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
    return looked


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


def machines(context: Context) -> int:
    """A machine's rates fit one another and its memory: dense, in one unit, of one device."""
    for placed in context.parsed.hardware:
        for told, field in _odd_rates(placed.value):
            context.wrong(placed, told, field)
    return len(context.parsed.hardware)


def _odd_rates(machine: Machine) -> Iterator[tuple[Message, str]]:
    fp16, bf16, tf32 = machine.fp16_tflops, machine.bf16_tflops, machine.tf32_tflops
    if fp16 and bf16 and abs(fp16 / bf16 - 1) > SAME:
        yield message("rates-should-be-one", fp16=fp16, bf16=bf16), "fp16_tflops"
    if bf16 and tf32 and machine.id.startswith("nvidia"):
        low, high = BF16_OVER_TF32
        if not low <= bf16 / tf32 <= high:
            yield message("rate-not-dense", times=bf16 / tf32), "bf16_tflops"
    if machine.kind in ("gpu", "tpu") and machine.bandwidth_gb_s and machine.memory_gib:
        low, high = BANDWIDTH_SHARE
        share = machine.bandwidth_gb_s / machine.memory_gib
        if not low <= share <= high:
            yield message("bandwidth-odd", share=share, least=low, most=high), "bandwidth_gb_s"
