"""What a model would cost on a task: memory, time, latency, disk.

The one public function is `estimate`. Every figure is an `Interval` (value, low, high), or None
where the catalog does not know enough. Units: GiB, hours, milliseconds, FLOPs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec import Struct

from pick_model.cost import recommenders
from pick_model.cost.forward import forward_flops
from pick_model.cost.memory import (
    GIB,
    Account,
    Setup,
    states_gib,
    training_account,
)
from pick_model.cost.serving import serving_memory
from pick_model.cost.time import (
    energy_kwh,
    is_timed,
    latency_ms,
    rows_of_one,
    serving_rates,
    training_hours,
    training_rates,
)
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Machine
from pick_model.documents.names import Basis
from pick_model.documents.profile import Profile
from pick_model.interval import Interval
from pick_model.record import replace

LARGEST_BATCH = 2**20  # no search goes further

Fit = Literal["yes", "maybe", "no"]

PLAIN = Setup()
# Checkpointing runs each layer forward twice: of three passes' arithmetic it makes four.
CHECKPOINTING = {"full": 4 / 3, "lora": 3 / 2, "qlora": 3 / 2}


NOTHING = Interval(0.0, 0.0, 0.0)  # what is used as it comes costs to train


class Costs(Struct, frozen=True):
    """What one model would cost; None is unknown."""

    training_hours: Interval | None
    training_memory_gib: Interval | None
    serving_memory_gib: Interval | None
    latency_ms: Interval | None  # one input through the model, batch 1
    disk_gib: Interval | None
    forward_flops: Interval | None  # of one input
    states_gib: float | None  # part of the training memory that no batch size changes
    account: Account | None  # the training memory by part
    micro_batch: int  # inputs in one device's memory; below its share of the batch, accumulated
    memory_basis: Basis = "derived"
    flops_basis: Basis = "derived"
    energy_kwh: Interval | None = None  # of training, the devices alone
    hours_basis: Basis = "derived"  # "measured" where the machine itself was timed
    latency_basis: Basis = "derived"
    checkpointing: bool = False  # activations are computed again: less memory, more time


def estimate(entry: Entry, profile: Profile, setup: Setup | None = None) -> Costs:
    """Costs of fine-tuning and serving `entry` on the profile's machines.

    Without a `setup` it is the plain one; with checkpointing, which costs time and no quality,
    where training is expected to fit with it and not without.
    Raises ValueError for an attention implementation that the architecture has not.
    """
    costs = _estimate(entry, profile, setup or PLAIN)
    if setup is None and profile.accumulates and _exceeds(costs, profile.train_on):
        lighter = _estimate(entry, profile, replace(PLAIN, checkpointing=True))
        if not _exceeds(lighter, profile.train_on):
            return lighter
    return costs


def _exceeds(costs: Costs, machine: Machine) -> bool:
    """Whether training is expected not to fit."""
    need = costs.training_memory_gib
    return need is not None and need.value > machine.memory_gib


def _estimate(entry: Entry, profile: Profile, setup: Setup) -> Costs:
    recipe = recommenders.recipe_of(entry)
    if recipe is not None:
        return _of_recommender(entry, recipe, profile)
    batch, account, training = training_memory(entry, profile, setup)
    flops = forward_flops(entry, profile)
    trained_on = single = None
    if flops is not None:
        single = flops.of(1)
        trained_on = flops.of(batch).times(1 / batch)
        if setup.checkpointing:
            trained_on = trained_on.times(CHECKPOINTING.get(profile.method, 1.0))
    hours = training_hours(entry, profile, trained_on, batch)
    return Costs(
        training_hours=hours,
        training_memory_gib=training,
        serving_memory_gib=serving_memory(entry, profile),
        latency_ms=latency_ms(entry, profile, single),
        disk_gib=_disk_gib(entry),
        forward_flops=single,
        states_gib=states_gib(entry, profile) if profile.method != "as-is" else None,
        account=account,
        micro_batch=batch,
        memory_basis=account.basis if account else "derived",
        flops_basis=flops.basis if flops else "derived",
        energy_kwh=energy_kwh(profile, hours),
        hours_basis="measured" if is_timed(training_rates(entry, profile)) else "derived",
        latency_basis="measured" if is_timed(serving_rates(entry, profile)) else "derived",
        checkpointing=setup.checkpointing,
    )


def _of_recommender(entry: Entry, recipe: recommenders.Recipe, profile: Profile) -> Costs:
    """The costs of what learns a vector for each user and item of the data."""
    memory, hours = NOTHING, NOTHING
    if profile.method != "as-is":
        memory = recommenders.training_memory(entry, recipe, profile)
        hours = recommenders.training_hours(recipe, profile)
    return Costs(
        training_hours=hours,
        training_memory_gib=memory,
        serving_memory_gib=recommenders.serving_memory(entry, recipe, profile),
        latency_ms=recommenders.latency_ms(entry, recipe, profile),
        disk_gib=recommenders.tables_gib(entry, recipe, profile, 4),
        forward_flops=None,
        states_gib=None,
        account=None,
        micro_batch=profile.batch_size,
        energy_kwh=energy_kwh(profile, hours),
    )


class TrainingMemory(NamedTuple):
    """What training takes on one device, and how many inputs it holds at once."""

    batch: int
    account: Account | None
    need_gib: Interval | None


def training_memory(entry: Entry, profile: Profile, setup: Setup = PLAIN) -> TrainingMemory:
    """Training memory alone: the account, and the peak at the batch that is held at once.

    Raises ValueError for an attention implementation that the architecture has not.
    """
    machine = profile.train_on
    whole = batch = rows_of_one(profile)
    if profile.method == "as-is":
        return TrainingMemory(batch, None, NOTHING)
    recipe = recommenders.recipe_of(entry)
    if recipe is not None:
        return TrainingMemory(batch, None, recommenders.training_memory(entry, recipe, profile))
    account = training_account(entry, profile, setup)
    if account is None:
        return TrainingMemory(batch, None, None)
    need = account.total(batch)
    # The batch is halved until it surely fits; to 1 when nothing does.
    while profile.accumulates and batch > 1 and need.high > machine.memory_gib:
        batch //= 2
        need = account.total(batch, held=batch < whole)
    return TrainingMemory(batch, account, need)


def _disk_gib(entry: Entry) -> Interval | None:
    """Size of the published file: fp32 mostly, 16-bit for large models.

    Checkpoints of more than a billion parameters are, with few exceptions, published in
    16 bits; smaller ones in 32.
    """
    n = entry.n_parameters
    if n is None:
        return None
    usual = 2 if n > 10**9 else 4
    return Interval(n * usual / GIB, n * 2 / GIB, n * 4 / GIB)


def fits(need: Interval | None, machine: Machine) -> Fit | None:
    """Whether memory suffices: the whole interval, part of it, or not even its low end."""
    if need is None:
        return None
    if need.high <= machine.memory_gib:
        return "yes"
    return "no" if need.low > machine.memory_gib else "maybe"


class LargestBatch(Struct, frozen=True):
    """How many inputs fit the machine at once; None where not even one does, or nobody knows."""

    expected: int | None
    surely: int | None  # at the memory's high end, by whatever software
    perhaps: int | None  # at its low end


def largest_batch(costs: Costs, machine: Machine) -> LargestBatch:
    """The largest batch by the memory's value and by both its ends.

    What ran elsewhere need not have run in PyTorch, whose kernels join what older software writes
    out: the low end holds for that as well. timm's batches in training, which are PyTorch's, lie by
    the value (tests/benchmarks/cost.py); Google's and NVIDIA's for BERT in TensorFlow by the low
    end and below.
    """
    account = costs.account
    if account is None or account.kept_one.value + account.passing_one == 0:
        return LargestBatch(None, None, None)  # what one input takes is unknown
    return LargestBatch(
        expected=_most(lambda batch: account.total(batch).value <= machine.memory_gib),
        surely=_most(
            lambda batch: (
                max(account.total(batch).high, account.written_out(batch)) <= machine.memory_gib
            )
        ),
        perhaps=_most(lambda batch: account.total(batch).low <= machine.memory_gib),
    )


def _most(holds: Callable[[int], bool]) -> int | None:
    """The largest number that holds, of those below which every one does; None without any."""
    if not holds(1):
        return None
    fitting, over = 1, 2
    while over <= LARGEST_BATCH and holds(over):
        fitting, over = over, 2 * over
    while over - fitting > 1:
        middle = (fitting + over) // 2
        if holds(middle):
            fitting = middle
        else:
            over = middle
    return min(fitting, LARGEST_BATCH)
