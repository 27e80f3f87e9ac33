"""What to change when a training does not fit, and which machine it would fit.

A `FittingSetup` is a training of the same model that is expected to fit; `ways_to_fit` gives the
ones that change least first. Nothing here is a guess of its own: each is estimated like any other
training.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from pick_model.cost.estimate import PLAIN, fits, training_memory
from pick_model.cost.memory import Setup
from pick_model.cost.recommenders import recipe_of
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.documents.profile import Profile
from pick_model.interval import Interval
from pick_model.record import replace
from pick_model.vocabulary.uses import Method

# From the least change to the largest. Methods before the asked one are not offered: they would
# take more memory, or train less of the model than it takes to fit.
METHODS: tuple[Method, ...] = ("full", "lora", "qlora")


class FittingSetup(Struct, frozen=True):
    """A training that is expected to fit."""

    batch: int  # inputs in memory at once
    method: Method
    checkpointing: bool
    memory_gib: Interval

    def settings(self, profile: Profile, setup: Setup = PLAIN) -> tuple[str, ...]:
        """What differs from the training that was asked for, as one writes it."""
        differs = []
        if self.method != profile.method:
            differs.append(f"method: {self.method}")
        if self.checkpointing and not setup.checkpointing:
            differs.append("checkpointing")
        if self.batch < profile.batch_size:
            differs.append(f"batch {self.batch}")
        return tuple(differs)


def ways_to_fit(entry: Entry, profile: Profile, setup: Setup = PLAIN) -> Iterator[FittingSetup]:
    """Trainings that fit the profile's machine, the ones that change least first."""
    if recipe_of(entry) is not None:
        yield from _smaller_batch(entry, profile, setup)
        return
    if profile.method not in METHODS:
        return
    asked = training_memory(entry, profile, setup)
    same = (profile.method, setup.checkpointing, asked.batch)
    for method in METHODS[METHODS.index(profile.method) :]:
        for checkpointing in (False, True) if not setup.checkpointing else (True,):
            changed = replace(profile, method=method, accumulates=True)
            found = training_memory(entry, changed, replace(setup, checkpointing=checkpointing))
            need = found.need_gib
            if (method, checkpointing, found.batch) == same or need is None:
                continue
            if need.value <= profile.train_on.memory_gib:
                yield FittingSetup(found.batch, method, checkpointing, need)


def _smaller_batch(entry: Entry, profile: Profile, setup: Setup) -> Iterator[FittingSetup]:
    """The largest half, quarter, … of the batch that surely fits, else that is expected to.

    Nothing else makes less of what a recommender learns from nothing.
    """
    limit, batch = profile.train_on.memory_gib, profile.batch_size
    asked = training_memory(entry, profile, setup).need_gib
    expected = asked is not None and asked.value <= limit  # as it is asked for
    found: FittingSetup | None = None
    while batch > 1:
        batch //= 2
        need = training_memory(entry, replace(profile, batch_size=batch), setup).need_gib
        if need is None or need.value > limit:
            continue
        way = FittingSetup(batch, profile.method, setup.checkpointing, need)
        if need.high <= limit:
            yield way
            return
        found = found or (None if expected else way)
    if found is not None:
        yield found


def smallest_machine(
    entry: Entry, profile: Profile, setup: Setup, machines: Iterable[Machine]
) -> Machine | None:
    """The accelerator with the least memory, then the least arithmetic, that surely suffices.

    Prices change by the day and are nobody's fact; of one generation the smaller card is the
    cheaper one.
    """

    def size(machine: Machine) -> tuple[float, float, str]:
        peak = machine.fp16_tflops or machine.bf16_tflops or machine.fp32_tflops or 0.0
        return machine.memory_gib, peak, machine.id

    for machine in sorted((m for m in machines if m.kind == "gpu"), key=size):
        there = training_memory(entry, replace(profile, train_on=machine), setup)
        if fits(there.need_gib, machine) == "yes":
            return machine
    return None
