"""One model's account of costs: what it takes, whether it fits, and what to change if not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pick_model import __version__
from pick_model.advise.cautions import cautions
from pick_model.advise.report import estimates, figure, summary
from pick_model.cost.estimate import (
    PLAIN,
    Costs,
    LargestBatch,
    estimate,
    fits,
    largest_batch,
)
from pick_model.cost.fitting import FittingSetup, smallest_machine, ways_to_fit
from pick_model.cost.forward import UNATTENDING, attention_of, attentions_of
from pick_model.cost.layouts import NEIGHBOURS, built_like, limits_met
from pick_model.cost.memory import Setup
from pick_model.cost.recommenders import recipe_of
from pick_model.cost.traces import versions
from pick_model.documents.catalog import Entry
from pick_model.documents.estimate import (
    Alternative,
    AttentionBatch,
    CostReport,
    EstimateSetting,
)
from pick_model.documents.hardware import Machine
from pick_model.documents.names import Basis
from pick_model.documents.profile import Profile
from pick_model.documents.report import Estimate
from pick_model.interval import Interval
from pick_model.record import asdict, replace
from pick_model.words.message import Message
from pick_model.words.say import message, say_all

# Cautions that the account tells at more length.
TOLD = ("fits-with", "training-unknown", "estimate-unknown")

SHOWN = 4  # alternatives, from the least change


def account(
    entry: Entry,
    profile: Profile,
    setup: Setup,
    machines: Iterable[Machine],
    *,
    origin: Literal["catalog", "hub", "folder"] = "catalog",
) -> CostReport:
    """The whole account of one training.

    `machines` are those to look for one that is large enough. Raises ValueError for an attention
    implementation that the architecture has not.
    """
    costs = estimate(entry, profile, setup)
    fit = fits(costs.training_memory_gib, profile.train_on)
    ways: list[FittingSetup] = []
    machine = None
    if fit in ("maybe", "no"):
        ways = [w for w in ways_to_fit(entry, profile, setup) if w.settings(profile, setup)]
        machine = smallest_machine(entry, profile, setup, machines)
    elif costs.account is not None:
        machine = smallest_machine(entry, profile, setup, machines)
    told = _advice(entry, profile, costs, fit, ways, machine)
    told += _without_effect(entry, profile, setup)
    batch = largest_batch(costs, profile.train_on)
    built = built_like(entry)
    return CostReport(
        tool_version=__version__,
        model=entry.id,
        origin=origin,
        built_like=built.layout if built else None,
        n_parameters=entry.n_parameters,
        setting=_setting(entry, profile, setup, costs),
        hardware=profile.train_on.id,
        memory_gib=profile.train_on.memory_gib,
        estimates=estimates(costs),
        parts=_parts(costs),
        largest_batch=batch.expected,
        largest_batch_surely=batch.surely,
        largest_batch_perhaps=batch.perhaps,
        largest_batches=_batches(entry, profile, setup, batch),
        fits=fit,
        serving_fits=fits(costs.serving_memory_gib, profile.serve_on),
        alternatives=tuple(_alternative(way, profile, setup, costs) for way in ways[:SHOWN]),
        smallest_machine=machine.id if machine else None,
        advice=say_all(told),
        advice_messages=tuple(told),
        traced_with=versions(),
    )


def _batches(
    entry: Entry, profile: Profile, setup: Setup, asked: LargestBatch
) -> tuple[AttentionBatch, ...]:
    """The largest batch by each attention the model has: the asked one, then the other."""
    if entry.kind in UNATTENDING:
        return ()
    first = attention_of(entry, setup.attention)
    found = {first: asked}
    for attention in attentions_of(entry):
        if attention not in found:
            costs = estimate(entry, profile, replace(setup, attention=attention))
            found[attention] = largest_batch(costs, profile.train_on)
    return tuple(AttentionBatch(attention=name, **asdict(b)) for name, b in found.items())


def _setting(entry: Entry, profile: Profile, setup: Setup, costs: Costs) -> EstimateSetting:
    return EstimateSetting(
        task=profile.task,
        input=summary(profile).input,
        hardware=profile.train_on.id,
        serve_on=profile.serve_on.id,
        method=profile.method,
        dtype=profile.dtype,
        batch_size=profile.batch_size,
        micro_batch=costs.micro_batch,
        optimizer=setup.optimizer,
        attention=None if entry.kind in UNATTENDING else attention_of(entry, setup.attention),
        checkpointing=setup.checkpointing,
        n_rows=profile.n_rows,
        epochs=float(profile.epochs),
    )


def _parts(costs: Costs) -> dict[str, Estimate]:
    """The training memory by part, GiB; they do not add up, for not all peak together."""
    account = costs.account
    if account is None:
        return {}
    batch = costs.micro_batch
    parts: dict[str, tuple[Interval, Basis]] = {
        "weights": (_certain(account.weights), "derived"),
        "gradients": (_certain(account.gradients), "derived"),
        "optimizer": (_certain(account.optimizer), "derived"),
        "activations": (account.activations(batch), account.basis),
        "layer_at_work": (_certain(batch * account.passing_one + account.head), "derived"),
        "framework": (account.overhead, "published"),
    }
    return {
        name: Estimate(**figure(amount), unit="GiB", basis=basis)
        for name, (amount, basis) in parts.items()
    }


def _certain(value: float) -> Interval:
    return Interval(value, value, value)


def _alternative(way: FittingSetup, profile: Profile, setup: Setup, costs: Costs) -> Alternative:
    return Alternative(
        settings=way.settings(profile, setup),
        micro_batch=way.batch,
        training_memory_gib=Estimate(
            **figure(way.memory_gib), unit="GiB", basis=costs.memory_basis
        ),
    )


def _of_input(entry: Entry, profile: Profile) -> list[Message]:
    """Where the figures are of another input than the one that was asked for."""
    found = []
    for unit, read, given in limits_met(entry, profile):
        if unit == "tokens":
            found.append(message("reads-first", tokens=int(read), wanted=int(given)))
        elif unit == "seconds":
            found.append(message("reads-seconds", read=read, wanted=given))
        else:
            found.append(message("scales-images", read=read, wanted=given))
    return found


def _of_shape(entry: Entry) -> list[Message]:
    """Dimensions that nobody told, and what stands for them."""
    if entry.kind not in NEIGHBOURS or recipe_of(entry) is not None:
        return []  # a recommender's costs are its interactions', whatever its layers
    shape, told = entry.shape, []
    if shape.hidden_size is None or shape.n_layers is None:
        stated = {"hidden_size": shape.hidden_size, "n_layers": shape.n_layers}
        lacks = tuple(name for name, value in stated.items() if value is None)
        told.append(message("shape-unknown", what=lacks))
    else:
        stated = {"n_heads": shape.n_heads, "intermediate_size": shape.intermediate_size}
        lacks = tuple(name for name, value in stated.items() if value is None)
        if lacks:
            told.append(message("shape-assumed", what=lacks))
    return told


def _without_effect(entry: Entry, profile: Profile, setup: Setup) -> list[Message]:
    """What was asked for and changes no figure of a recommender that learns from nothing."""
    if recipe_of(entry) is None or profile.method == "as-is":
        return []
    asked = [f"method: {profile.method}"] if profile.method != "full" else []
    asked += [setup.optimizer] if setup.optimizer != PLAIN.optimizer else []
    asked += ["checkpointing"] if setup.checkpointing else []
    return [message("learns-whole", settings=tuple(asked))] if asked else []


def _advice(
    entry: Entry,
    profile: Profile,
    costs: Costs,
    fit: str | None,
    ways: list[FittingSetup],
    machine: Machine | None,
) -> list[Message]:
    told = []
    if entry.n_parameters is None and costs.training_memory_gib is None:
        told.append(message("no-parameter-count"))
    elif entry.n_parameters is None and profile.method != "as-is":
        told.append(message("sized-by-interactions", n=profile.n_rows))
    elif costs.training_memory_gib is None:
        told.append(message("no-trace", kind=entry.kind, family=entry.family))
    here = profile.train_on
    if entry.n_parameters is not None and costs.forward_flops is None:
        told.append(message("no-flops", kind=entry.kind, family=entry.family))
    elif entry.n_parameters is not None and costs.training_hours is None:
        told.append(message("no-peak", machine=here.id))
    if fit == "no" and costs.training_memory_gib is not None:
        low = costs.training_memory_gib.low
        told.append(
            message("training-over-memory", value=low, limit=here.memory_gib, machine=here.id)
        )
        if not ways:
            told.append(message("nothing-fits", machine=here.id))
    told += [m for m in cautions(entry, profile, costs) if m.code not in TOLD]
    told += _of_input(entry, profile) + _of_shape(entry)
    if fit in ("maybe", "no") and machine is not None:
        told.append(message("fits-on", machine=machine.id, memory=machine.memory_gib))
    return told
