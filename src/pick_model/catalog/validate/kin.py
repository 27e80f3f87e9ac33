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
            context.wrong(
                placed, f"{entry.family} is of kind {' or '.join(sorted(kinds))}, not {entry.kind}",
                "kind",
            )  # fmt: skip
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
                placed, f"hidden_size {own}, while its base model {base.id} has {other}",
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
                context.wrong(placed, f"hub_repo {entry.hub_repo} is spelt otherwise", "hub_repo")
        _languages_in_name(context, placed, entry.id)
    for placed in context.parsed.benchmarks:
        looked += 1
        _languages_in_name(context, placed, f"{placed.value.id} {placed.value.name}")
        ending = re.split(r"[-_.]", named(placed))[-1]
        codes, known = placed.value.languages, languages().get(ending)
        if len(ending) == 2 and known and codes and ending not in codes:
            context.wrong(
                placed, f"ends in {ending} ({known.name}), languages are {list(codes)}", "languages"
            )
    return looked


def _languages_in_name(context: Context, placed: Placed, text: str) -> None:
    words = (word.lower() for word in re.findall(r"[A-Z]?[a-z]+", text))
    named_after = {word: code for word in words if (code := language_named(word))}
    codes = placed.value.languages
    if named_after and codes and not set(named_after.values()) & set(codes):
        what = " and ".join(named_after)
        context.wrong(placed, f"is called {what}, languages are {list(codes)}", "languages")


def machines(context: Context) -> int:
    """A machine's rates fit one another and its memory: dense, in one unit, of one device."""
    for placed in context.parsed.hardware:
        for message, field in _odd_rates(placed.value):
            context.wrong(placed, message, field)
    return len(context.parsed.hardware)


def _odd_rates(machine: Machine) -> Iterator[tuple[str, str]]:
    fp16, bf16, tf32 = machine.fp16_tflops, machine.bf16_tflops, machine.tf32_tflops
    if fp16 and bf16 and abs(fp16 / bf16 - 1) > SAME:
        yield f"fp16_tflops {fp16:g} and bf16_tflops {bf16:g} should be one", "fp16_tflops"
    if bf16 and tf32 and machine.id.startswith("nvidia"):
        low, high = BF16_OVER_TF32
        if not low <= bf16 / tf32 <= high:
            yield (
                f"bf16_tflops is {bf16 / tf32:.2f} × tf32_tflops, where dense ones are twice",
                "bf16_tflops",
            )
    if machine.kind in ("gpu", "tpu") and machine.bandwidth_gb_s and machine.memory_gib:
        low, high = BANDWIDTH_SHARE
        share = machine.bandwidth_gb_s / machine.memory_gib
        if not low <= share <= high:
            yield (
                f"bandwidth_gb_s is {share:.1f} for each GiB, where {low:g} to {high:g} is usual; "
                "bits for bytes?",
                "bandwidth_gb_s",
            )
