"""How long a model trains and how long one input takes, from its work and the machine's rates."""

from __future__ import annotations

from pick_model.cost.forward import serving_bytes
from pick_model.cost.lately import lately_for
from pick_model.cost.outputs import launched_layers, network_kind, output_numbers
from pick_model.cost.rates import (
    WIDTH,
    Rates,
    Step,
    data_parallel_share,
    rates_of,
    seconds,
    step_of,
)
from pick_model.documents.catalog import Entry
from pick_model.documents.hardware import Arithmetic, NetworkKind, Phase
from pick_model.documents.profile import Profile
from pick_model.interval import Interval
from pick_model.vocabulary.uses import Method

# Forward passes that a trained row costs: a backward one costs two (Kaplan et al. 2020, section
# 2.1), and adapters save the weights' gradients, half of that.
PASSES: dict[Method, float] = {"full": 3.0, "lora": 2.0, "qlora": 2.0, "frozen": 1.0, "as-is": 0.0}
# QLoRA unpacks its weights in every pass: seconds of a step over those of plain LoRA in 20 pairs
# of steps on a T4, 135 million to 1.7 thousand million parameters, 5, 50 and 95 % points
# (catalogs/speed/memory.csv).
UNPACKING = Interval(1.5, 1.33, 2.36)
# A processor unpacks once a pass, however long the inputs: what it could multiply meanwhile,
# FLOPs a weight, by 8 pairs of steps on one core of an AMD EPYC with AVX-512, bitsandbytes
# 0.50.2: least, middle and most (tests/benchmarks/unpacking.py). Not measured on several cores.
UNPACKED_FLOPS = Interval(50.0, 37.0, 150.0)

# Images Pillow decodes a second on one core: the least, the middle and the most of five server
# processors on ImageNet's validation images (ternaus/imread_benchmark, 2026). Four processes of a
# data loader are usual, and decode while the device computes.
DECODED_PER_SECOND = (360.0, 551.0, 726.0)
LOADERS = 4


def training_hours(
    entry: Entry, profile: Profile, flops: Interval | None, batch: int
) -> Interval | None:
    """Hours of all rows and epochs: arithmetic, memory, launches and the decoding of images.

    batch: rows in one device's memory at once. Several devices share the rows; a frozen backbone
    reads them once, whatever the epochs; a model used as it comes trains no time. None where the
    machine's rates are unknown.
    """
    if profile.method == "as-is":
        return Interval(0.0, 0.0, 0.0)
    rates = training_rates(entry, profile)
    step = training_step(entry, profile, flops, batch)
    if flops is None or rates is None or step is None:
        return None
    epochs = 1.0 if profile.method == "frozen" else profile.epochs
    unpacking = _unpacking(entry, profile, flops.value * batch)
    one = seconds(step, rates, flops, unpacking).times(unpacking.value)
    if entry.modality in ("image", "image-text"):
        one = _decoding(one, batch)
    share = data_parallel_share(devices_used(profile))
    parts = rows_of_one(profile) / batch  # steps of one device, of which the batch's is made
    steps = profile.n_rows * epochs / profile.batch_size * parts / 3600
    return Interval(
        one.value * steps / share.value, one.low * steps / share.high, one.high * steps / share.low
    )


def rows_of_one(profile: Profile) -> int:
    """Rows of a batch that one of the machine's devices has, at most."""
    return -(-profile.batch_size // profile.train_on.count)


def devices_used(profile: Profile) -> int:
    """Devices that have a row of every batch: no more than there are rows."""
    return -(-profile.batch_size // rows_of_one(profile))


def training_rates(entry: Entry, profile: Profile) -> Rates | None:
    """What one device reaches in a training step; a frozen backbone is only read."""
    return _training_rates(network_kind(entry), profile)


@lately_for
def _training_rates(kind: NetworkKind, profile: Profile) -> Rates | None:
    phase: Phase = "infer" if profile.method in ("frozen", "as-is") else "train"
    return rates_of(profile.train_on, profile.dtype, kind, phase)


def serving_rates(entry: Entry, profile: Profile) -> Rates | None:
    """What one device reaches when it serves: fp32 on a processor, 16 bits elsewhere."""
    return _serving_rates(network_kind(entry), profile)


@lately_for
def _serving_rates(kind: NetworkKind, profile: Profile) -> Rates | None:
    machine = profile.serve_on
    dtype: Arithmetic = "fp32" if machine.kind == "cpu" else "mixed"
    return rates_of(machine, dtype, kind, "infer")


def is_timed(rates: Rates | None) -> bool:
    """Whether timings of the machine itself are in its rates."""
    return rates is not None and rates.timings > 0


def training_step(
    entry: Entry, profile: Profile, flops: Interval | None, batch: int
) -> Step | None:
    """What one device computes for `batch` rows, as the profile's method trains them.

    Where gradients are accumulated over several such steps, each has its share of the
    optimizer's one.
    """
    if flops is None:
        return None
    passes = PASSES[profile.method]
    weights = _weights(entry)
    here = profile.train_on.kind == "cpu" and profile.method != "frozen"
    written = output_numbers(entry, profile, flops.value, trained_on_cpu=here)
    stepped = min(1.0, batch / rows_of_one(profile))
    return step_of(
        passes=passes,
        flops=flops.value * batch,
        written=written * batch,
        weights=weights,
        trained=weights * stepped if profile.method == "full" else 0.0,
        layers=launched_layers(entry),
        width=WIDTH[profile.dtype],
    )


def latency_ms(entry: Entry, profile: Profile, flops: Interval | None) -> Interval | None:
    """Milliseconds of one input, alone, through the model on the machine that serves it."""
    machine = profile.serve_on
    rates = serving_rates(entry, profile)
    if flops is None or rates is None or entry.n_parameters is None:
        return None
    step = step_of(
        passes=1.0,
        flops=flops.value,
        written=output_numbers(entry, profile, flops.value),
        weights=_weights(entry),
        trained=0.0,
        layers=launched_layers(entry),
        width=serving_bytes(machine),
    )
    return seconds(step, rates, flops).times(1e3)


def energy_kwh(profile: Profile, hours: Interval | None) -> Interval | None:
    """Energy of training at the power the devices at work are built for; the host comes on top."""
    watts = profile.train_on.tdp_w
    if hours is None or watts is None:
        return None
    return hours.times(watts * devices_used(profile) / 1000)


def _weights(entry: Entry) -> float:
    """Parameters that a pass reads; of an embedding it reads a few rows."""
    active = entry.n_active_parameters or entry.n_parameters or 0
    return float(max(active - (entry.n_embedding_parameters or 0), 0))


def _unpacking(entry: Entry, profile: Profile, flops: float) -> Interval:
    """Seconds of a step over those of one whose weights are not packed; `flops`: of its batch."""
    if profile.method != "qlora":
        return Interval(1.0, 1.0, 1.0)
    if profile.train_on.kind != "cpu":
        return UNPACKING
    once = _weights(entry) / flops
    return Interval(*(1 + once * end for end in UNPACKED_FLOPS))


def _decoding(step: Interval, batch: int) -> Interval:
    """A step whose images are decoded meanwhile by LOADERS processes."""
    slow, usual, fast = DECODED_PER_SECOND
    return Interval(
        max(step.value, batch / usual / LOADERS),
        max(step.low, batch / fast / LOADERS),
        max(step.high, batch / slow / LOADERS),
    )
