"""The five criteria: value functions from what is known of a model to 0–1.

Every value function runs between fixed anchors, written in `ANCHORS`; nothing depends on
which other models are present. Each returns an Interval: the value, and how low and high it
could be. What is unknown is `UNKNOWN`: a low value, and the whole scale as its interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10, sqrt

from msgspec import Struct

from pick_model.advise.needs import share_left, told
from pick_model.advise.suitability import SUITABILITY
from pick_model.belief.expected import Expected
from pick_model.belief.pretraining_data import data_seen
from pick_model.cost.estimate import Costs
from pick_model.documents.catalog import Entry
from pick_model.documents.profile import Profile
from pick_model.interval import Interval
from pick_model.vocabulary.data_units import quantities
from pick_model.words.message import Message
from pick_model.words.say import message


class Anchor(Struct, frozen=True):
    """Where a quantity is worth 0 and where 1; `log` interpolates its logarithm."""

    quantity: str  # what it is called
    worth_0: float
    worth_1: float
    log: bool
    origin: str


ANCHORS: dict[str, Anchor] = {
    "expected": Anchor("expected-standing", -2.0, 2.0, False, "95 % of a normal scale"),
    "tokens": Anchor("tokens-seen", 1e8, 1e13, True, "from WikiText-103 to today's open corpora"),
    "images": Anchor("images-seen", 1e6, 1e11, True, "from one pass of ImageNet-1k to SigLIP's"),
    "hours": Anchor("hours-seen", 1e2, 1e7, True, "from LibriSpeech-100 to Whisper v3's"),
    "interactions": Anchor(
        "interactions-seen", 1e5, 1e9, True, "from MovieLens-100k to all of Amazon's"
    ),
    "training_hours": Anchor(
        "fine-tuning-hours", 100.0, 1 / 60, True, "a working week to a minute"
    ),
    "memory_share": Anchor("share-of-memory", 1.0, 0.05, True, "all of it to a twentieth"),
    "latency_ms": Anchor(
        "latency-ms", 1000.0, 1.0, True, "where a user stops waiting to where none is felt"
    ),
    "disk_gib": Anchor("disk-gib", 100.0, 0.01, True, "a large decoder to a phone app's share"),
}

# A cost or an amount of data that nobody tells is presumed at a quarter of its scale: no more
# than a quarter of what the shipped catalog knows is worth less. That of data, hours, latency and
# disk has its lower quartile at 0.42 to 0.89; of memory, 38 % lies below.
UNKNOWN = Interval(0.25, 0.0, 1.0)
TINY = 1e-12  # below every anchor; keeps the logarithm of nothing finite
_LOG_TINY = log10(TINY)

# Share of the pretraining value that depends on the domain. Set by hand: general models
# learn most of what they know of a language outside any one domain.
DOMAIN_SHARE = 0.3
GENERAL_FOR_DOMAIN = 0.5  # general data holds some of any domain: between its own and another's


# The anchors as the arithmetic needs them: where the scale starts, and 1 over its length.
_SCALES = {
    name: (
        log10(anchor.worth_0) if anchor.log else anchor.worth_0,
        1
        / (
            log10(anchor.worth_1 / anchor.worth_0)
            if anchor.log
            else anchor.worth_1 - anchor.worth_0
        ),
        anchor.log,
    )
    for name, anchor in ANCHORS.items()
}


def on_scale(name: str, amount: Interval, factor: float = 1.0) -> Interval:
    """Where an amount, times a factor, stands between the anchors of that name, 0 to 1.

    Clamped; for a cost, where more is worth less, the ends change places.
    """
    start, per_unit, log = _SCALES[name]
    value, low, high = amount
    if log:
        value = log10(value * factor) if value > TINY else _LOG_TINY
        low = log10(low * factor) if low > TINY else _LOG_TINY
        high = log10(high * factor) if high > TINY else _LOG_TINY
    value = (value - start) * per_unit
    low = (low - start) * per_unit
    high = (high - start) * per_unit
    if low > high:
        low, high = high, low
    return Interval(
        0.0 if value < 0.0 else 1.0 if value > 1.0 else value,
        0.0 if low < 0.0 else 1.0 if low > 1.0 else low,
        0.0 if high < 0.0 else 1.0 if high > 1.0 else high,
    )


def values(
    entry: Entry, profile: Profile, costs: Costs, expected: Expected, lineage: Sequence[Entry]
) -> tuple[Interval, Interval, Interval, Interval, Interval]:
    """The value of each criterion, in the order of `CRITERIA`.

    The costs are of the model as it stands. One that lacks a head, or reads part of an input,
    is cheap for that very reason, so its cheapness is worth what is left of the model.
    """
    left = share_left(entry, profile)
    training = _known("training_hours", costs.training_hours)
    return (
        on_scale("expected", expected.standing),
        pretraining_value(entry, profile, lineage),
        architecture_value(entry, profile, left),
        training if profile.method == "as-is" else training.times(left),
        compute_value(costs, profile).times(left),
    )


def _known(name: str, amount: Interval | None, factor: float = 1.0) -> Interval:
    return UNKNOWN if amount is None else on_scale(name, amount, factor)


def pretraining_value(entry: Entry, profile: Profile, lineage: Sequence[Entry]) -> Interval:
    """How much data was seen, how much of it may be in the task's languages and domain.

    A model of n languages has between all and 1/n of its data in one of them; the middle on
    a logarithmic scale is 1/√n. The languages themselves are a hard constraint.
    """
    if not entry.pretrained:
        return Interval(0.0, 0.0, 0.0)
    seen = data_seen(lineage)
    if seen is None:
        amount = UNKNOWN
    else:
        name, quantity = seen
        languages = len(entry.languages or ()) or 1
        share = min(1.0, max(len(profile.languages), 1) / languages)
        quantity = Interval(quantity.value * sqrt(share), quantity.low * share, quantity.high)
        amount = on_scale(name, quantity)
    domain = _domain_fit(entry, profile)
    return amount.times(1 - DOMAIN_SHARE + DOMAIN_SHARE * domain)


def _domain_fit(entry: Entry, profile: Profile) -> float:
    """1 where the domain is the model's own or none is asked, 0 where it is another's."""
    if profile.domain is None:
        return 1.0 if not entry.domains else GENERAL_FOR_DOMAIN
    if profile.domain in entry.domains:
        return 1.0
    return 0.0 if entry.domains else GENERAL_FOR_DOMAIN


def architecture_value(entry: Entry, profile: Profile, left: float) -> Interval:
    """Suitability of the kind, times what is left of the model for all that it lacks."""
    suits = SUITABILITY[profile.task].get(entry.kind, 0.0) * left
    return Interval(suits, suits, suits)


def anchored(name: str) -> Message:
    """Where the quantity of that name is worth 0 and where 1."""
    anchor = ANCHORS[name]
    return message(
        "anchored-by-logarithm" if anchor.log else "anchored",
        quantity=anchor.quantity,
        worth_0=anchor.worth_0,
        worth_1=anchor.worth_1,
    )


def readings(usual: Mapping[str, Message], entry: Entry, profile: Profile) -> dict[str, Message]:
    """What each criterion's value is made of: `usual` by criterion, and what this entry changes."""
    found = dict(usual)
    seen = tuple(anchored(name) for name in quantities(entry.modality))
    found["pretraining_data"] = message("reads-data-seen", anchors=seen)
    missing = told(entry, profile)
    found["architecture"] = message("reads-suitability")
    if missing:
        found["architecture"] = message("reads-suitability-lacking", lacking=missing)
    left = share_left(entry, profile)
    if left < 1:
        for cost in ("training_time", "compute"):
            found[cost] = message("reads-what-is-left", usual=usual[cost], share=left)
    if profile.method == "as-is":
        found["training_time"] = message("reads-no-training")
    return found


def compute_value(costs: Costs, profile: Profile) -> Interval:
    """Mean of four: training memory, serving memory, latency, disk, each on its anchors."""
    a = _known("memory_share", costs.training_memory_gib, 1 / profile.train_on.memory_gib)
    b = _known("memory_share", costs.serving_memory_gib, 1 / profile.serve_on.memory_gib)
    c = _known("latency_ms", costs.latency_ms)
    d = _known("disk_gib", costs.disk_gib)
    return Interval(
        (a.value + b.value + c.value + d.value) / 4,
        (a.low + b.low + c.low + d.low) / 4,
        (a.high + b.high + c.high + d.high) / 4,
    )
